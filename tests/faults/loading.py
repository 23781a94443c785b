"""An officer loads a file in a browser, over HTTP, while the installation's worker is killed with -9 at random moments.

A dry run without kills says what has to come out: the same error file, the same numbers. At every look nobody reads a
row before the load is confirmed, and all of them after. Bounded; ends by itself.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests import tools
from tests.bench.measuring import tree_of
from tests.faults.citizen import TOKEN, Answer, Citizen
from tests.faults.journal import Journal
from tests.faults.storm import inside
from tests.installation import Installation

REGISTER, COLUMNS, CLERK = "visit-slots", ("slot_no", "office", "at", "desks"), "2RGY4KA"
HERE = "/en/console/loads/"
_SECONDS = 240


@dataclass
class Outcome:
    kills: int = 0
    rows: int = 0
    bad: int = 0
    wrong: list[str] = field(default_factory=list)


def load_under_kills(place: Installation, *, lines: int, kills: int, seed: int) -> Outcome:
    """So many kills while the file is checked, as many while it is confirmed, and while it is undone."""
    chance = random.Random(seed)
    made = json.loads(inside(place, "tests.faults.sessions", "officer", CLERK))
    clerk = Citizen(place.url, made[0]["session"], made[0]["person"], Journal(place.data.parent / "journal"))
    outcome = Outcome()
    with _reader(place) as readable:
        _load(place, clerk, _file(lines), kills, chance, outcome, readable)
    return outcome


def _load(
    place: Installation,
    clerk: Citizen,
    content: bytes,
    kills: int,
    chance: random.Random,
    outcome: Outcome,
    readable: Callable[[], int],
) -> None:
    before = readable()
    dry = _sent(clerk, content, "dry")
    _until(clerk, dry, "dropped/")
    expected = _errors(clerk, dry)
    load = _sent(clerk, content, "check")
    outcome.kills += _kill(place, clerk, load, ("arrived/", "staging/"), kills, chance)
    while not _state(clerk, load).startswith("ready/"):
        if readable() != before:
            outcome.wrong.append("rows could be read while the file was checked")
        time.sleep(0.5)
    if _errors(clerk, load) != expected:
        outcome.wrong.append("another error file than without kills")
    outcome.rows, outcome.bad = _counts(place, load)
    if (outcome.rows, outcome.bad) != _counts(place, dry):
        outcome.wrong.append(f"other numbers than without kills: {outcome.rows}, {outcome.bad}")
    if readable() != before:
        outcome.wrong.append("rows could be read before the load was confirmed")

    for step, end, whole in (("confirm", "confirmed//", before + outcome.rows), ("undo", "undone//", before)):
        _posted(clerk, f"{load}{step}/", {})
        outcome.kills += _kill(place, clerk, load, (f"ready/{step}", f"confirmed/{step}"), kills, chance)
        until = time.monotonic() + _SECONDS
        while not _state(clerk, load).startswith(end):
            if readable() not in (before, before + outcome.rows):
                outcome.wrong.append(f"half of a load could be read: {step}")
            if time.monotonic() > until:
                raise TimeoutError(f"{step} never ended: {_state(clerk, load)}")
            time.sleep(0.1)
        if readable() != whole:
            outcome.wrong.append(f"{readable()} rows after {step}, not {whole}")


def _file(lines: int) -> bytes:
    """Of 50 lines one is wrong by itself, and of 500 one for a number that another has."""
    written = [",".join(COLUMNS)]
    for number in range(1, lines + 1):
        at = f"2027-{number % 12 + 1:02}-{number % 28 + 1:02}T{number % 9 + 9:02}:00+04:00"
        slot = f"killed-{number - 1 if number % 500 == 0 else number}"
        written.append(f"{slot},Xidmət mərkəzi {number % 17},{at},{'many' if number % 50 == 7 else number % 8}")
    return "\n".join([*written, ""]).encode()


def _sent(clerk: Citizen, content: bytes, do: str) -> str:
    """Sends the file, says what its columns hold, and asks for a check or a dry run; gives the load's address."""
    answer = _multipart(clerk, f"{HERE}new/", {"register": REGISTER}, content)
    if answer.status != 302:
        raise RuntimeError(f"the file was not taken: {answer.status} {answer.body[-1500:]}")
    columns = {f"column-{place}": name for place, name in enumerate(COLUMNS)}
    _posted(clerk, answer.location, {**columns, "since": "", "do": do})
    return answer.location


def _posted(clerk: Citizen, path: str, form: dict[str, str]) -> None:
    answer = clerk.until_answered("POST", path, form)
    if answer.status != 302:
        raise RuntimeError(f"{path}: {answer.status} {answer.body[-1500:]}")


def _multipart(clerk: Citizen, path: str, form: dict[str, str], content: bytes) -> Answer:
    """One request with a file, as browsers send it."""
    import http.client

    edge = "edge-of-the-parts"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in {"csrfmiddlewaretoken": TOKEN, **form}.items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="slots.csv"\r\n'
    body = b"".join(parts) + f"{head}Content-Type: text/csv\r\n\r\n".encode() + content + f"\r\n--{edge}--\r\n".encode()
    where = urlsplit(clerk.url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
    headers = {
        "Cookie": f"pencere_session={clerk.session}; pencere_csrf={TOKEN}",
        "Host": where.netloc,
        "Content-Type": f"multipart/form-data; boundary={edge}",
    }
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.getheader("Location", ""), response.read().decode())
    finally:
        connection.close()


def _kill(
    place: Installation, clerk: Citizen, load: str, while_: tuple[str, ...], kills: int, chance: random.Random
) -> int:
    """Kills the worker at random moments, at most so often, as long as the load stands so."""
    done = 0
    until = time.monotonic() + _SECONDS
    while done < kills and time.monotonic() < until:
        time.sleep(chance.uniform(0.05, 1.2))
        if not _state(clerk, load).startswith(while_):
            break
        done += _kill_worker(place)
    return done


def _kill_worker(place: Installation) -> int:
    assert place.process is not None
    killed = 0
    for process in tree_of(place.process.pid):
        try:
            words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
            if b"worker" in words:
                os.kill(process, signal.SIGKILL)
                killed = 1
        except (FileNotFoundError, ProcessLookupError):
            continue
    return killed


def _until(clerk: Citizen, load: str, state: str) -> None:
    until = time.monotonic() + _SECONDS
    while not _state(clerk, load).startswith(state):
        if time.monotonic() > until:
            raise TimeoutError(f"{load} never became {state}: {_state(clerk, load)}")
        time.sleep(0.3)


def _state(clerk: Citizen, load: str) -> str:
    answer = clerk.until_answered("GET", f"{load}state/")
    return str(json.loads(answer.body)["state"])


def _errors(clerk: Citizen, load: str) -> str:
    return clerk.until_answered("GET", f"{load}errors.csv").body


@contextmanager
def _reader(place: Installation) -> Iterator[Callable[[], int]]:
    """Asks a process of the installation again and again how many rows can be read; to start one each time is slow."""
    command = [sys.executable, "-m", "tests.faults.loading", "readable"]
    with subprocess.Popen(
        command, env=place.environment, cwd=tools.REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        asks, answers = process.stdin, process.stdout
        assert asks and answers

        def readable() -> int:
            asks.write("\n")
            asks.flush()
            return int(answers.readline())

        yield readable


def _counts(place: Installation, load: str) -> tuple[int, int]:
    rows, bad = json.loads(inside(place, "tests.faults.loading", "counts", load.strip("/").rpartition("/")[2]))
    return rows, bad


def _look(words: list[str]) -> None:
    """Run inside the installation's environment: how many rows can be read, at every line, or the numbers of a load."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "pencere.conf.settings"
    import django

    django.setup()
    from pencere.registers.models import Load, Row

    if words[0] == "readable":
        for _asked in sys.stdin:
            print(Row.objects.filter(register=REGISTER, retired_at__isnull=True).count(), flush=True)
    else:
        load = Load.objects.get(pk=int(words[1]))
        print(json.dumps([load.rows, load.bad]))


if __name__ == "__main__":
    _look(sys.argv[1:])
