"""`make prove` [NAME …] [--kills N] [--tickets N] [--persons N] [--megabytes N] [--write]: the long proofs.

Five writers for a minute; a storm of kills, fees under kills, a rush for places, a nation, each on SQLite and on
PostgreSQL. With a NAME (a word of "five writers", "storm on SQLite", …) only those; `--write` puts the figures into
docs/proofs, each in its line. Bounded: it ends by itself.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests import tools
from tests.run import pytest_of

SECONDS = 60.0
NATION_SECONDS = 300.0
"""For a million persons."""
MEMORY_TIMES = 1.5
"""So many times the memory of a small file may a large one take."""
MOST = 3600
RESULTS = tools.REPOSITORY / "docs" / "proofs" / "results.md"


WORDS = """`make prove` kills 1,000 times on each engine and gives 10,000 places to 50,000 tickets, unless it is told
otherwise; the lines say what it was told. A storm of a dozen kills, a rush for forty places and the builds broken on
purpose are part of `make test`.
"""


@dataclass(frozen=True)
class Proven:
    """A line of the table: what was done, what was seen, what was promised, whether it holds."""

    good: bool
    line: str


def main(words: list[str]) -> int:
    kills = int(words[words.index("--kills") + 1]) if "--kills" in words else 1000
    tickets = int(words[words.index("--tickets") + 1]) if "--tickets" in words else 50_000
    persons = int(words[words.index("--persons") + 1]) if "--persons" in words else 1_000_000
    megabytes = int(words[words.index("--megabytes") + 1]) if "--megabytes" in words else 1024
    proofs: dict[str, Callable[[], Proven]] = {
        "five writers": _five_writers,
        "storm on SQLite": lambda: _storm("SQLite", kills),
        "storm on PostgreSQL": lambda: _on_postgresql(lambda: _storm("PostgreSQL", kills)),
        "paying on SQLite": lambda: _paying("SQLite", kills // 10),
        "paying on PostgreSQL": lambda: _on_postgresql(lambda: _paying("PostgreSQL", kills // 10)),
        "rush on SQLite": lambda: _rush("SQLite", tickets),
        "rush on PostgreSQL": lambda: _on_postgresql(lambda: _rush("PostgreSQL", tickets)),
        "walks on PostgreSQL": lambda: _on_postgresql(_walks),
        "large file on SQLite": lambda: _large_file("SQLite", megabytes),
        "large file on PostgreSQL": lambda: _on_postgresql(lambda: _large_file("PostgreSQL", megabytes)),
        "nation on SQLite": lambda: _nation("SQLite", persons),
        "nation on PostgreSQL": lambda: _on_postgresql(lambda: _nation("PostgreSQL", persons)),
    }
    wanted = [name for name in proofs if name in words] or list(proofs)
    seen = {name: proofs[name]() for name in wanted}
    page = _page({name: proven.line for name, proven in seen.items()}, list(proofs))
    print(page)
    if "--write" in words:
        RESULTS.write_text(page, encoding="utf-8")
    return 0 if all(proven.good for proven in seen.values()) else 1


def _walks() -> Proven:
    """Those in a browser that `make test` leaves out on PostgreSQL, and the others too."""
    began, counted, good = time.monotonic(), [], True
    with tempfile.TemporaryDirectory(prefix="pencere-journeys-") as seen:
        for words in ("browser and not judges", "judges"):
            there = {**os.environ, "EVERY_WALK": "yes", "JOURNEYS": seen}
            done = subprocess.run(pytest_of(words), cwd=tools.REPOSITORY, env=there, capture_output=True, text=True)
            print(done.stdout[-4000:], file=sys.stderr)
            good = good and done.returncode == 0
            counted.append(done.stdout.strip().splitlines()[-1].strip("= ").split(" in ")[0])
    seconds, told = time.monotonic() - began, ", judges: ".join(counted)
    line = f"every walk in a browser, on PostgreSQL, in {seconds:.0f} s | {told} | all pass | {_met(good)}"
    return Proven(good, line)


def _five_writers() -> Proven:
    from tests.faults.test_five_writers import race

    with tempfile.TemporaryDirectory() as folder:
        seen, rows = race(Path(folder) / "gated.sqlite3", "pencere.conf.gated_sqlite", SECONDS)
    done, worst = sum(writer["done"] for writer in seen), max(writer["worst"] for writer in seen)
    errors = sum(writer["errors"] for writer in seen)
    good = errors == 0 and rows == 3 * done and worst <= 1
    line = (
        f"five processes write to one SQLite database for {SECONDS:.0f} s | {done} transactions, {errors} errors, "
        f"worst wait {worst:.2f} s | 0 errors, ≤ 1 s | {_met(good)}"
    )
    return Proven(good, line)


def _storm(engine: str, kills: int) -> Proven:
    from tests.faults.storm import rage
    from tests.installation import installation

    began = time.monotonic()
    with installation() as place:
        place.start(persons=300)
        outcome = rage(place, kills=kills, citizens=4, seed=int(time.time()))
    good = not outcome.wrong and not outcome.problems and outcome.acknowledged > 0
    line = (
        f"{outcome.kills} kills with -9 under submissions on {engine}, {outcome.power_cuts} of them of the "
        f"whole tree, in {time.monotonic() - began:.0f} s | {outcome.acknowledged} acknowledged, "
        f"{len(outcome.wrong)} wrong | 0 lost, 0 twice, 0 by halves | {_met(good)}"
    )
    for problem in [*outcome.wrong, *outcome.problems][:20]:
        print(problem, file=sys.stderr)
    return Proven(good, line)


def _rush(engine: str, tickets: int) -> Proven:
    """Five tickets for each place, 25 places a group."""
    from tests.faults.rush import rush

    outcome = rush(groups=max(1, tickets // 125), places=25, tickets=tickets, writers=8)
    good = not outcome.wrong
    line = (
        f"{outcome.tickets} tickets ask for {outcome.places} places by 8 writing processes on {engine}, "
        f"{outcome.kills} of them killed and begun again, in {outcome.seconds:.0f} s | {outcome.given} places given "
        f"({outcome.taken} of them taken for good), {len(outcome.wrong)} wrong, longest wait {outcome.worst:.2f} s | "
        f"all places, none twice | {_met(good)}"
    )
    for problem in outcome.wrong[:20]:
        print(problem, file=sys.stderr)
    return Proven(good, line)


def _paying(engine: str, kills: int) -> Proven:
    from tests.faults.paying import pay_under_kills

    outcome = pay_under_kills(persons=4, each=max(5, kills), kills=kills, seed=int(time.time()))
    good = not outcome.wrong and not outcome.problems and outcome.returned == outcome.payments
    line = (
        f"{outcome.payments} fees are paid and paid back on {engine} under {outcome.kills} kills with -9, the payment "
        f"provider among the killed, in {outcome.seconds:.0f} s | {outcome.returned} paid and paid back, "
        f"{len(outcome.wrong)} wrong | each once, none lost or open | {_met(good)}"
    )
    for problem in [*outcome.wrong, *outcome.problems][:20]:
        print(problem, file=sys.stderr)
    return Proven(good, line)


def _nation(engine: str, persons: int) -> Proven:
    """Memory is that of the largest process, and of two cores' worth of them it is the same for any nation."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PENCERE_DATA": folder, "PENCERE_DEMO": "yes"}
        if url := os.environ.get("PENCERE_TEST_DATABASE"):
            environment["PENCERE_DATABASE"] = url
        command = [sys.executable, "-m", "pencere"]
        subprocess.run([*command, "migrate"], env=environment, check=True, capture_output=True, timeout=300)
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        made = subprocess.run(
            [*command, "nation", "--persons", str(persons)], env=environment, capture_output=True, timeout=MOST
        )
        seconds = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    computed = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    within = NATION_SECONDS * persons / 1_000_000
    good = made.returncode == 0 and seconds <= within
    line = (
        f"a nation of {persons:,} persons fills all registers on {engine}, in {seconds:.0f} s by the clock | "
        f"{computed:.0f} s of computing in our processes, {used.ru_maxrss // 1024} MB in the largest of them, load "
        f"{os.getloadavg()[0]:.1f} | ≤ {within:.0f} s | {_met(good)}"
    )
    return Proven(good, line)


def _large_file(engine: str, megabytes: int) -> Proven:
    """A file is checked, staged and confirmed by `pencere import`; memory is that of this process alone."""
    large, seconds, lines, right = _imported(megabytes)
    small, _seconds, _lines, small_is_right = _imported(10)
    good = right and small_is_right and large <= MEMORY_TIMES * small
    line = (
        f"a CSV of {megabytes:,} MB, {lines:,} lines, is loaded on {engine}, in {seconds:.0f} s by the clock, load "
        f"{os.getloadavg()[0]:.1f} | {large} MB of memory in the process, {small} MB for one of 10 MB; all good "
        f"lines confirmed, bad ones named: {_met(right)} | memory ≤ {MEMORY_TIMES:.1f} times | {_met(good)}"
    )
    return Proven(good, line)


def _imported(megabytes: int) -> tuple[int, float, int, bool]:
    """The largest memory (MB), the seconds, the lines, and whether exactly the good lines were confirmed."""
    history = "Fondun tarixi: şəhər idarəsinin sənədləri – qorunub saxlanılan hissə. " * 28
    with tempfile.TemporaryDirectory() as folder:
        file, lines, bad = Path(folder) / "fonds.csv", 0, 0
        with file.open("w", encoding="utf-8") as written:
            written.write("fond_no,heading,archive,creator,kind,from_year,inventories,files,history\n")
            while written.tell() < megabytes << 20:
                for _line in range(1000):
                    lines += 1
                    bad += lines % 33 == 0
                    year = "long ago" if lines % 33 == 0 else 1800 + lines % 200
                    written.write(
                        f"F-{lines},Fond {lines},Arxiv {lines % 40},İdarə {lines % 900},institution,{year},1,2,"
                    )
                    written.write(f"{history}\n")
        environment = {**os.environ, "PENCERE_DATA": f"{folder}/data", "PENCERE_DEMO": "yes"}
        if url := os.environ.get("PENCERE_TEST_DATABASE"):
            environment["PENCERE_DATABASE"] = url
        command = [sys.executable, "-m", "pencere"]
        subprocess.run([*command, "migrate"], env=environment, check=True, capture_output=True, timeout=300)
        began = time.monotonic()
        with (Path(folder) / "said").open("w+b") as said:
            words = [*command, "import", "archive-fonds", str(file), "--yes", "--json"]
            process = subprocess.Popen(words, env=environment, stdout=said, stderr=subprocess.STDOUT)
            _pid, _status, used = os.wait4(process.pid, 0)
            seconds = time.monotonic() - began
            said.seek(0)
            told = said.read().decode(errors="replace")
        right = f'"state": "confirmed", "rows": {lines - bad}, "bad": {bad},' in told
        if not right:
            print(told[-2000:], file=sys.stderr)
        if url:
            subprocess.run([*command, "import", "archive-fonds", "--undo", "1"], env=environment, capture_output=True)
    return used.ru_maxrss // 1024, seconds, lines, right


def _on_postgresql(proof: Callable[[], Proven]) -> Proven:
    with tools.postgresql() as url:
        os.environ["PENCERE_TEST_DATABASE"] = url
        try:
            return proof()
        finally:
            del os.environ["PENCERE_TEST_DATABASE"]


def _page(fresh: dict[str, str], order: list[str]) -> str:
    """The table with the lines that were proven now; the others stay as they were."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    lines = {name: f"| {name} | {line} | {today} |" for name, line in fresh.items()}
    for line in RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else []:
        name = line.split("|")[1].strip() if line.startswith("|") else ""
        if name in order:
            lines.setdefault(name, line)
    head = (
        "# Proofs\n\n"
        f"Machine: {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()} (`make prove`).\n\n"
        "| proof | what | seen | promised | holds | day |\n|---|---|---|---|---|---|\n"
    )
    return head + "\n".join(lines[name] for name in order if name in lines) + f"\n\n{WORDS}"


def _met(yes: bool) -> str:
    return "yes" if yes else "no"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
