"""`make bench` [NAME]: runs the benches of this folder (or the one named), prints the table; `--write` keeps it."""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from tests.bench.measuring import Row

BENCHES = ("certificate", "web", "memory")
ROOT = Path(__file__).resolve().parents[2]


def main(words: list[str]) -> None:
    write = "--write" in words
    wanted = [word for word in words if not word.startswith("--")] or list(BENCHES)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    rows: list[Row] = []
    for name in wanted:
        rows += import_module(f"tests.bench.{name}").run()
    table = _table(rows)
    print(table)
    if write:
        (ROOT / "docs" / "bench" / "results.md").write_text(_page(table), encoding="utf-8")


def _table(rows: list[Row]) -> str:
    lines = ["| what | ours | against | ratio | goal | met |", "|---|---|---|---|---|---|"]
    lines += [f"| {row.what} | {row.ours} | {row.theirs} | {row.ratio} | {row.goal} | {row.met} |" for row in rows]
    return "\n".join(lines)


def _page(table: str) -> str:
    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                if line.startswith("model name")), platform.processor())  # fmt: skip
    head = (
        f"# Bench of {datetime.now(UTC):%Y-%m-%d}\n\n"
        f"Machine: {os.cpu_count()} cores, {cpu}, {platform.system()}, Python {platform.python_version()}, SQLite.\n"
        "CPU time of the serving processes, sides taking turns, median of the rounds (`make bench`).\n"
    )
    return f"{head}\n{table}\n\n{(ROOT / 'docs' / 'bench' / 'words.md').read_text(encoding='utf-8')}"


if __name__ == "__main__":
    main(sys.argv[1:])
