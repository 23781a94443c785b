"""A rush for places: many tickets, few places, several writing processes, two of them killed in the middle.

Each ticket asks its group's register for a place, as a queue does when it is its turn; a few of those who got one take
it for good in the register that fills the places. The oracle counts: as many are given as there are, none twice.

    python -m tests.faults.rush prepare GROUPS PLACES          python -m tests.faults.rush judge
    python -m tests.faults.rush write NUMBER WRITERS TICKETS GROUPS
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests import tools
from tests.installation import Installation, installation

GROUPS, CAPACITY, FILLS = "kindergarten-groups", "place", "kindergarten-enrolments"
SIGNS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
ONE_IN_TAKES = 5
"""So many of those who hold a place take it for good."""


@dataclass
class Outcome:
    """What the rush came to; `wrong` is what the oracle finds."""

    places: int
    tickets: int
    held: int
    taken: int
    seconds: float
    worst: float  # seconds that one ticket waited for its answer
    kills: int
    wrong: list[str] = field(default_factory=list)

    @property
    def given(self) -> int:
        return self.held + self.taken


def rush(
    *, groups: int, places: int, tickets: int, writers: int, kills: int = 2, more: Mapping[str, str] | None = None
) -> Outcome:
    """In an installation of its own, on the engine of PENCERE_TEST_DATABASE or on SQLite. Bounded; ends by itself."""
    with installation(more=more) as place:
        place.command("migrate")
        _inside(place, "prepare", groups, places)
        began = time.monotonic()
        words = [[number, writers, tickets, groups] for number in range(writers)]
        processes = [_begin(place, *each) for each in words]
        for number in range(kills):
            time.sleep(1.0)
            victim = processes[number]
            if victim.poll() is None:
                victim.send_signal(signal.SIGKILL)
                victim.communicate()
                processes[number] = _begin(place, *words[number])  # asks again from the start, with the same keys
        seen = [json.loads(_said(process)) for process in processes]
        seconds = time.monotonic() - began
        judged = json.loads(_inside(place, "judge", groups, places))
    wrong = list(judged["wrong"])
    told = {key for each in seen for key in each["given"]}
    lost = told - set(judged["keys"])
    if lost:
        wrong.append(f"{len(lost)} tickets were told that they have a place, and have none")
    if judged["held"] + judged["taken"] != min(groups * places, tickets):
        wrong.append(f"{judged['held'] + judged['taken']} places were given, of {groups * places}")
    worst = max(each["worst"] for each in seen)
    return Outcome(groups * places, tickets, judged["held"], judged["taken"], seconds, worst, kills, wrong)


def _begin(place: Installation, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.rush", "write", *map(str, words)],
        env=_environment(place), cwd=tools.REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _said(process: subprocess.Popen[str]) -> str:
    said, complaint = process.communicate()
    if process.returncode:
        raise RuntimeError(complaint[-3000:])
    return said.splitlines()[-1]


def _inside(place: Installation, *words: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.rush", *map(str, words)],
        env=_environment(place), cwd=tools.REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return done.stdout


def _environment(place: Installation) -> dict[str, str]:
    return {**place.environment, "DJANGO_SETTINGS_MODULE": "pencere.conf.settings"}


# ---- in a process of the installation


def prepare(groups: int, places: int) -> None:
    from pencere import country
    from pencere.registers import actions

    district = next(unit.code for unit in country.current().territory if unit.until is None)
    rows = [
        {"group_no": _group(number), "kindergarten": f"No {number}", "district": district, "birth_year": 2022,
         "places": places}
        for number in range(groups)
    ]  # fmt: skip
    now = datetime.now(UTC)
    actions.add_rows(GROUPS, rows, valid_from=now.date(), recorded_by="rush", now=now)


def write(number: int, writers: int, tickets: int, groups: int) -> None:
    """Every ticket of this writer, once; neighbours of a group are asked for by different writers at once."""
    from django.db import connection

    from pencere.registers import actions

    given, worst = [], 0.0
    for ticket in range(number, tickets, writers):
        began = time.monotonic()
        now = datetime.now(UTC)
        key = f"rush:{ticket}"
        held = actions.reserve(GROUPS, CAPACITY, _group(ticket % groups), key=key, now=now)
        if held is not None:
            if ticket % ONE_IN_TAKES == 0:
                row = {"child": _child(ticket), "group": _group(ticket % groups), "case": None}
                actions.accept(
                    FILLS, "enrol", row, key=key, valid_from=now.date(), recorded_by="rush", now=now, hold=key
                )  # fmt: skip
            given.append(key)
        worst = max(worst, time.monotonic() - began)
    connection.close()
    print(json.dumps({"given": given, "worst": worst}))


def judge(groups: int, places: int) -> None:
    """Counts what is in the tables, not what somebody said."""
    from pencere.registers.models import Hold, Row

    holds = list(Hold.objects.values_list("place", "key", "state"))
    of_place = Counter(place for place, _key, state in holds if state in ("held", "taken"))
    keys = [key for _place, key, _state in holds]
    rows = Row.objects.filter(register=FILLS, retired_at__isnull=True).count()
    taken = sum(state == "taken" for _place, _key, state in holds)
    wrong = [f"{place}: {count} of {places}" for place, count in of_place.items() if count > places]
    wrong += [f"{key} holds more than one place" for key, count in Counter(keys).items() if count > 1]
    if rows != taken:
        wrong.append(f"{taken} holds were taken, by {rows} rows")
    print(json.dumps({"held": len(holds) - taken, "taken": taken, "keys": keys, "wrong": wrong}))


def _group(number: int) -> str:
    return f"G-{number:04}"


def _child(number: int) -> str:
    """An identifier of seven signs."""
    return "".join(_digits(number, 7))


def _digits(number: int, length: int) -> Iterator[str]:
    for place in reversed(range(length)):
        yield SIGNS[number // len(SIGNS) ** place % len(SIGNS)]


def main(words: list[str]) -> None:
    import django

    django.setup()
    {"prepare": prepare, "write": write, "judge": judge}[words[0]](*map(int, words[1:]))


if __name__ == "__main__":
    main(sys.argv[1:])
