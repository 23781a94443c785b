"""`make bench` [NAME …]: runs the benches of this folder (or those named), prints their tables; `--write` keeps them.

Each bench has a section of its own in docs/bench/results.md, with its day: the others stay as they were.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from tests.bench.measuring import Row

BENCHES = ("certificate", "web", "form", "memory", "tables", "checking", "places", "parcels", "loading", "alike",
           "million", "listing", "listing_million")  # fmt: skip
ON_DEMAND = ("million", "listing_million")
ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "bench" / "results.md"


def main(words: list[str]) -> None:
    write = "--write" in words
    wanted = [word for word in words if not word.startswith("--")] or [
        name for name in BENCHES if name not in ON_DEMAND
    ]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    sections = {name: _section(import_module(f"tests.bench.{name}").run()) for name in wanted}
    print("\n\n".join(sections.values()))
    if write:
        RESULTS.write_text(_page(sections), encoding="utf-8")


def _section(rows: list[Row]) -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}\n\n{_table(rows)}"


def _table(rows: list[Row]) -> str:
    lines = ["| what | ours | against | ratio | goal | met |", "|---|---|---|---|---|---|"]
    lines += [f"| {row.what} | {row.ours} | {row.theirs} | {row.ratio} | {row.goal} | {row.met} |" for row in rows]
    return "\n".join(lines)


def _page(fresh: dict[str, str]) -> str:
    """The page with the sections that were measured now; the others stay."""
    kept = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    sections = {
        name: text.strip() for name, text in re.findall(r"^## (\w+)\n\n(.*?)(?=^## )", kept, re.M | re.S)
    } | fresh
    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.processor())  # fmt: skip
    head = (
        "# Bench\n\n"
        f"Machine: {os.cpu_count()} cores, {cpu}, {platform.system()}, Python {platform.python_version()}, SQLite.\n"
        "CPU time of the working processes, sides taking turns, median of the rounds (`make bench`).\n"
    )
    parts = [f"## {name}\n\n{sections[name]}" for name in BENCHES if name in sections]
    words = (ROOT / "docs" / "bench" / "words.md").read_text(encoding="utf-8")
    return "\n\n".join([head.strip(), *parts, words])


if __name__ == "__main__":
    main(sys.argv[1:])
