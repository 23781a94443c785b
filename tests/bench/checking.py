"""`pencere check` on a country of 1,000 services: copies of those that it has, each declared, translated and proven.

The copies differ in nothing but their names, but the checker does not know that: it reads, resolves and proves each.
"""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import tools
from tests.bench.measuring import Row

SERVICES = 1000
GOAL_SECONDS = 20


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        country = Path(folder) / "country"
        originals = multiplied(tools.REPOSITORY / "countries" / "azerbaijan", country, SERVICES)
        lines = sum(len(path.read_text().splitlines()) for path in country.rglob("*.yaml"))
        whole, waited = _checked(country)
        one, _ = _checked(country / "services" / originals[0])
    copied = f"copies of {len(originals)}, {lines:,} lines"
    return [
        Row(
            f"check of {SERVICES} services ({copied}), from a cold start, processor time",
            f"{whole:.1f} s ({waited:.0f} s by the clock, others working)",
            "—",
            f"{1000 * whole / SERVICES:.1f} ms a service",
            f"≤ {GOAL_SECONDS} s",
            "yes" if whole <= GOAL_SECONDS else "no",
        ),
        Row("check of one folder, in that country of 1,000", f"{one:.1f} s", "—", "—", "—", "—"),
    ]


def multiplied(source: Path, target: Path, wanted: int) -> list[str]:
    """A country like `source` with so many services; returns the names of the originals."""
    shutil.copytree(source, target)
    names = sorted(path.name for path in (target / "services").iterdir())
    copies: dict[str, list[str]] = {name: [name] for name in names}
    for number in range(wanted - len(names)):
        name = names[number % len(names)]
        copy = f"{name}-{number:04}"
        shutil.copytree(target / "services" / name, target / "services" / copy)
        declared = target / "services" / copy / "service.yaml"
        own = re.sub(
            r"^aliases: .*\n", "", declared.read_text(encoding="utf-8"), flags=re.M
        )  # a name names one service
        declared.write_text(own, encoding="utf-8")
        copies[name].append(copy)
    for path in (*target.glob("agreements/*.yaml"), *target.glob("life-events/*.yaml")):
        path.write_text(_with_copies(path.read_text(encoding="utf-8"), copies), encoding="utf-8")
    return names


def _with_copies(text: str, copies: dict[str, list[str]]) -> str:
    """Wherever a list names a service it names the copies, too."""

    def listed(found: re.Match[str]) -> str:
        words = [word.strip() for word in found.group(2).split(",") if word.strip()]
        more = [copy for word in words for copy in copies.get(word, [word])]
        return f"{found.group(1)}: [{', '.join(more)}]"

    return re.sub(r"\b(services|starts_with): \[([^\]]*)\]", listed, text)


def _checked(path: Path) -> tuple[float, float]:
    """Processor seconds and seconds of the whole command. It must find no error, or it has been spared work."""
    before, began = _children(), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pencere", "check", str(path)],
        cwd=tools.REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    waited, used = time.monotonic() - began, _children() - before
    if done.returncode:
        raise RuntimeError(done.stdout[-3000:] + done.stderr[-3000:])
    return used, waited


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
