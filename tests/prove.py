"""`make prove` [--kills N] [--write]: the long proofs, one after the other, with their figures.

Five writers for a minute; a storm of kills on SQLite and on PostgreSQL; the broken builds once more. `--write` puts
the figures into docs/proofs. Bounded: it ends by itself.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests import tools

SECONDS = 60.0


def main(words: list[str]) -> int:
    kills = int(words[words.index("--kills") + 1]) if "--kills" in words else 1000
    lines: list[str] = []
    failed = [name for name, proof in (
        ("five writers", lambda: _five_writers(lines)),
        ("storm on SQLite", lambda: _storm(lines, "SQLite", kills)),
        ("storm on PostgreSQL", lambda: _storm_on_postgresql(lines, kills)),
    ) if not proof()]  # fmt: skip
    text = _page(lines)
    print(text)
    if "--write" in words:
        (tools.REPOSITORY / "docs" / "proofs" / "results.md").write_text(text, encoding="utf-8")
    return 1 if failed else 0


def _five_writers(lines: list[str]) -> bool:
    from tests.faults.test_five_writers import race

    with tempfile.TemporaryDirectory() as folder:
        seen, rows = race(Path(folder) / "gated.sqlite3", "pencere.conf.gated_sqlite", SECONDS)
    done, worst = sum(writer["done"] for writer in seen), max(writer["worst"] for writer in seen)
    errors = sum(writer["errors"] for writer in seen)
    good = errors == 0 and rows == 3 * done and worst <= 1
    lines.append(
        f"| five processes write to one SQLite database for {SECONDS:.0f} s | {done} transactions, {errors} errors, "
        f"worst wait {worst:.2f} s | 0 errors, ≤ 1 s | {_met(good)} |"
    )
    return good


def _storm(lines: list[str], engine: str, kills: int) -> bool:
    from tests.faults.storm import rage
    from tests.installation import installation

    began = time.monotonic()
    with installation() as place:
        place.start(persons=300)
        outcome = rage(place, kills=kills, citizens=4, seed=int(time.time()))
    good = not outcome.wrong and not outcome.problems and outcome.acknowledged > 0
    lines.append(
        f"| {outcome.kills} kills with -9 under submissions on {engine}, {outcome.power_cuts} of them of the "
        f"whole tree, in {time.monotonic() - began:.0f} s | {outcome.acknowledged} acknowledged, "
        f"{len(outcome.wrong)} wrong | 0 lost, 0 twice, 0 by halves | {_met(good)} |"
    )
    for problem in [*outcome.wrong, *outcome.problems][:20]:
        print(problem, file=sys.stderr)
    return good


def _storm_on_postgresql(lines: list[str], kills: int) -> bool:
    with tools.postgresql() as url:
        os.environ["PENCERE_TEST_DATABASE"] = url
        try:
            return _storm(lines, "PostgreSQL", kills)
        finally:
            del os.environ["PENCERE_TEST_DATABASE"]


def _page(lines: list[str]) -> str:
    head = (
        f"# Proofs of {datetime.now(UTC):%Y-%m-%d}\n\n"
        f"Machine: {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()} (`make prove`).\n\n"
        "| what | seen | promised | holds |\n|---|---|---|---|\n"
    )
    return head + "\n".join(lines) + "\n"


def _met(yes: bool) -> str:
    return "yes" if yes else "no"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
