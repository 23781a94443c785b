"""Verify look-up, service page and submission against raw Starlette floors on the same tables.

Both servers run at once, one process each; the rounds take turns, and only the servers' CPU time counts. What the
floor leaves out is said in `floor.py`; what a row means is said in the table's words.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from tests import tools
from tests.bench.measuring import Row, cpu_of, interleaved, tree_of
from tests.faults.citizen import TOKEN, Citizen
from tests.faults.journal import Journal
from tests.installation import Installation, free_port, installation

ROUNDS = 7
READS, SENDS = 300, 24


def run() -> list[Row]:
    if os.environ.get("PENCERE_TEST_DATABASE"):
        raise RuntimeError("the floors are of SQLite; run the bench without PENCERE_TEST_DATABASE")
    with installation(more={"PENCERE_TRUSTED_PROXIES": "1"}) as place:  # so that checks may come from many addresses
        place.start(persons=2000)
        people = citizens(place, SENDS)
        codes = _codes(place, people, 4)
        with Floor(place, people[0]) as (floor, floor_process, _draft):
            ours = Server(place.url, web_process(place))
            theirs = Server(floor, floor_process)
            return [
                _verify(ours, theirs, codes),
                *_page(ours, theirs),
                _submission(place, ours, theirs, people[1:]),
            ]


class Server:
    def __init__(self, url: str, process: int) -> None:
        parts = urlsplit(url)
        self.host, self.port, self.process = parts.hostname or "", parts.port or 80, process
        self._connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        self._host = parts.netloc

    def ask(self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        self._connection.request(method, path, body or None, {"Host": self._host, **(headers or {})})
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def cpu(self, work: Callable[[], None]) -> float:
        self._connection.close()  # a server hangs up while the other side has its turn
        processes = tree_of(self.process)
        before = cpu_of(processes)
        work()
        return cpu_of(processes) - before


def _verify(ours: Server, theirs: Server, codes: list[str]) -> Row:
    chance = random.Random(1)

    def side(server: Server, path: str) -> Callable[[int], float]:
        def work() -> None:
            for number in range(READS):
                asker = {"X-Forwarded-For": f"198.51.{chance.randrange(256)}.{chance.randrange(256)}"}
                status, body = server.ask("GET", path + codes[number % len(codes)], headers=asker)
                assert status == 200 and b"genuine" in body, (status, body[:200])

        return lambda _round: server.cpu(work)

    cost = interleaved({"ours": side(ours, "/api/verify/"), "floor": side(theirs, "/verify/")}, ROUNDS)
    return floor_row("verify look-up (look written and synced)", cost, READS, 40)


def _page(ours: Server, theirs: Server) -> list[Row]:
    """Twice: the page that is kept for everybody, and the page drawn for somebody who brings a session."""
    visitor = {"Cookie": "pencere_session=none"}

    def side(server: Server, path: str, headers: dict[str, str]) -> Callable[[int], float]:
        def work() -> None:
            for _ in range(READS):
                status, body = server.ask("GET", path, headers=headers)
                assert status == 200 and len(body) > 3000

        return lambda _round: server.cpu(work)

    path = "/en/services/residence-certificate/"
    sides = {"kept": side(ours, path, {}), "drawn": side(ours, path, visitor), "floor": side(theirs, "/service", {})}
    cost = interleaved(sides, ROUNDS)
    return [
        floor_row("service page, kept for everybody", {"ours": cost["kept"], "floor": cost["floor"]}, READS, 30),
        floor_row("service page, drawn anew for a session", {"ours": cost["drawn"], "floor": cost["floor"]}, READS, 30),
    ]


def _submission(place: Installation, ours: Server, theirs: Server, people: list[Citizen]) -> Row:
    def prepared(side: str) -> list[tuple[Citizen, str, str]]:
        return [(person, *person.prepare()) for person in people]

    def send_ours(_round: int) -> float:
        ready = prepared("ours")

        def work() -> None:
            for person, ref, key in ready:
                form = f"csrfmiddlewaretoken={TOKEN}&send-once={key}"
                status, _ = ours.ask("POST", f"/en/apply/{ref}/send/", form, headers_of(place, person))
                assert status == 302, status

        return ours.cpu(work)

    def send_theirs(_round: int) -> float:
        ready = prepared("floor")

        def work() -> None:
            for _person, ref, _key in ready:
                form = f"csrfmiddlewaretoken={TOKEN}&key={uuid.uuid4().hex}"
                status, _ = theirs.ask("POST", f"/submit/{ref}", form, headers_of(place, _person))
                assert status == 303, status

        return theirs.cpu(work)

    cost = interleaved({"ours": send_ours, "floor": send_theirs}, ROUNDS)
    return floor_row("submission (decided, all written in one transaction, receipt signed)", cost, len(people), 30)


def headers_of(place: Installation, person: Citizen) -> dict[str, str]:
    return {
        "Host": urlsplit(place.url).netloc,
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"pencere_session={person.session}; pencere_csrf={TOKEN}",
    }


def floor_row(what: str, cost: dict[str, float], times: int, goal: int) -> Row:
    ours, floor = (1e6 * cost[side] / times for side in ("ours", "floor"))
    share = 100 * floor / ours
    return Row(
        what,
        f"{ours:.0f} µs",
        f"{floor:.0f} µs",
        f"{share:.0f} % of the floor",
        f"≥ {goal} %",
        "yes" if share >= goal else "no",
    )


def citizens(place: Installation, number: int) -> list[Citizen]:
    made = subprocess.run(
        [sys.executable, "-m", "tests.faults.sessions", str(number)],
        env=place.environment, cwd=tools.REPOSITORY, capture_output=True, text=True, check=True,
    )  # fmt: skip
    journal = Journal(Path(tempfile.mkdtemp()) / "journal")
    return [Citizen(place.url, each["session"], each["person"], journal) for each in json.loads(made.stdout)]


def _codes(place: Installation, people: list[Citizen], wanted: int) -> list[str]:
    """So many codes, of the first whose certificate needs no officer."""
    found: list[str] = []
    for person in people:
        if len(found) == wanted:
            break
        if code := _a_code(place, person):
            found.append(code)
    if len(found) < wanted:
        raise RuntimeError(f"{len(found)} certificates instead of {wanted}")
    return found


def _a_code(place: Installation, person: Citizen) -> str:
    """The code on the paper of a certificate that this person gets now; empty if none comes in 20 seconds."""
    told = person.walk_once()
    until = time.monotonic() + 20
    while time.monotonic() < until:
        page = person.until_answered("GET", f"/en/me/cases/{told.ref}/").body
        found = re.search(r'href="(/en/me/documents/[0-9a-f-]+/en\.pdf)"', page)
        if found:
            break
        time.sleep(0.4)
    else:
        return ""
    papers = place.data / "papers"
    newest = max(papers.rglob("*.pdf"), key=lambda path: path.stat().st_mtime)
    text = subprocess.run(
        [str(tools.program("pdftotext")), "-raw", str(newest), "-"], capture_output=True, text=True, check=True
    ).stdout
    code = re.search(r"/verify/([A-Za-z0-9_-]{22})", text.replace("\n", ""))
    assert code, text
    return code.group(1)


def web_process(place: Installation) -> int:
    assert place.process is not None
    for process in tree_of(place.process.pid)[1:]:
        command = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
        if b"web" in command:
            return process
    raise RuntimeError("no web process")


class Floor:
    """The floor's server on the installation's own database, with pages of the same words."""

    def __init__(self, place: Installation, person: Citizen) -> None:
        self._place, self._person, self._port = place, person, free_port()

    def __enter__(self) -> tuple[str, int, str]:
        """Its address, its process, and the draft whose form both sides show."""
        folder = self._place.data.parent / "pages"
        folder.mkdir()
        ref, _key = self._person.prepare()
        words = {}
        for name, path in (("service", "/en/services/residence-certificate/"), ("form", f"/en/apply/{ref}/request/")):
            template, words[name] = _template(self._person.until_answered("GET", path).body)
            (folder / f"{name}.html").write_text(template, encoding="utf-8")
        (folder / "words.json").write_text(json.dumps(words), encoding="utf-8")
        environment = {
            **os.environ,
            "FLOOR_DATABASE": str(self._place.data / "pencere.sqlite3"),
            "FLOOR_PAGES": str(folder),
        }
        self._process = subprocess.Popen(
            [
                str(Path(sys.executable).parent / "granian"), "--interface", "asgi", "--workers", "1", "--log-level",
                "warning", "--port", str(self._port), "tests.bench.floor:app",
            ],
            env=environment, cwd=tools.REPOSITORY,
        )  # fmt: skip
        url = f"http://127.0.0.1:{self._port}"
        for _ in range(100):
            try:
                Server(url, self._process.pid).ask("GET", "/service")
                break
            except OSError:
                time.sleep(0.1)
        return url, self._process.pid, ref

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


def _template(html: str) -> tuple[str, list[str]]:
    """The page with its first sentences as places to fill, and what they are filled with."""
    words = [word for word in dict.fromkeys(re.findall(r">([^<>{}]{12,200})<", html)) if word.strip()][:40]
    for number, word in enumerate(words):
        html = html.replace(f">{word}<", f">{{{{ words[{number}] }}}}<")
    return html, words
