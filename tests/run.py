"""`make test`: everything that must hold, in one command.

Brings the Debian packages it may, checks style and layers, checks the countries, runs the suite on SQLite and
on PostgreSQL (of the walks in a browser those marked `both_engines`). With CI=true a missing program is a failure;
otherwise it says what was therefore not run.

Browsers wait for pages, and what is killed waits for its restart: the walks of both engines go beside the other tests
of both engines, so that no core waits with them. Each line says which of the two it is of.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests import tools

CI = os.environ.get("CI", "").lower() == "true"
NOTHING_TO_DO = 5  # pytest's word for it: all of a phase was left out, for want of a program
BIN = os.path.dirname(sys.executable)


@dataclass(frozen=True)
class Phase:
    """One run of pytest: the engine's name, the tests by their marks, the environment."""

    engine: str
    words: str
    environment: dict[str, str]


def main() -> int:
    missing = tools.install_missing()
    if missing:
        print(f"Missing: {', '.join(missing)}. Type: sudo apt-get install {' '.join(missing)}")
        if CI:
            return 1
        print("Tests that need them are left out.")
    with _lanes() as lanes, ThreadPoolExecutor(len(lanes)) as pool:
        running = [pool.submit(_runs, name, phases) for name, phases in lanes.items()]
        failed = [name for name, command in _checks() if not _passes(name, command)]
        failed += [phase for lane in running for phase in lane.result()]
    print(f"Failed: {', '.join(failed)}" if failed else "Everything holds.")
    return 1 if failed else 0


def _checks() -> list[tuple[str, list[str]]]:
    return [
        ("style", [f"{BIN}/ruff", "check", "--quiet", "."]),
        ("format", [f"{BIN}/ruff", "format", "--check", "--quiet", "."]),
        ("layers", [f"{BIN}/lint-imports"]),
        ("types", [f"{BIN}/mypy", "src/pencere"]),
        ("azerbaijan", [f"{BIN}/pencere", "check", "countries/azerbaijan"]),
        ("template", [f"{BIN}/pencere", "check", "countries/template"]),
    ]


def _passes(name: str, command: list[str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(command, cwd=tools.REPOSITORY, check=False, capture_output=True, text=True)
    word = "ok" if done.returncode == 0 else "FAILED"
    print(f"{name}: {word} ({time.monotonic() - began:.1f} s)", flush=True)
    if done.returncode:
        print(done.stdout[-6000:] + done.stderr[-6000:], flush=True)
    return done.returncode == 0


@contextmanager
def _lanes() -> Iterator[dict[str, list[Phase]]]:
    """What may run at the same time, each with its phases one after the other. Judges look at what SQLite's walks saw.

    Browsers have processes of their own in any case: their driver's loop gets in others' way.
    """
    lanes: dict[str, list[Phase]] = {"tests": [], "walks": []}
    with ExitStack() as stack:
        seen = stack.enter_context(tempfile.TemporaryDirectory(prefix="pencere-journeys-"))
        prepared = stack.enter_context(tempfile.TemporaryDirectory(prefix="pencere-prepared-"))
        there = compiled_once() | {"JOURNEYS": seen, "PREPARED": prepared}
        lanes["tests"].append(Phase("SQLite", "not browser", there))
        lanes["walks"] += [Phase("SQLite", words, there) for words in ("browser and not judges", "judges")]
        if tools.program("initdb"):
            on_it = there | {"PENCERE_TEST_DATABASE": stack.enter_context(tools.postgresql(tools.FORGETFUL, "az-AZ"))}
            lanes["tests"].append(Phase("PostgreSQL", "not browser", on_it))
            lanes["walks"].append(Phase("PostgreSQL", "browser and not judges", on_it))
        yield lanes


def compiled_once() -> dict[str, str]:
    """The environment, without the wish to compile every module anew in every process: there are hundreds."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _runs(lane: str, phases: list[Phase]) -> list[str]:
    """Gives the phases that failed."""
    return [f"{phase.words} on {phase.engine}" for phase in phases if not _holds(lane, phase)]


def _holds(lane: str, phase: Phase) -> bool:
    """Whether all of the phase passed; its lines are told as they come."""
    name, began = f"--- {phase.engine}: {phase.words}", time.monotonic()
    print(name, flush=True)
    command = [*pytest_of(phase.words), "--durations=10", *sys.argv[1:]]
    process = subprocess.Popen(
        command, cwd=tools.REPOSITORY, env=phase.environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        print(f"{lane} | {line}", end="", flush=True)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    # What it started is counted in, but for what was killed and PostgreSQL's own processes.
    computed = used.ru_utime + used.ru_stime
    print(f"{name}: {time.monotonic() - began:.0f} s, {computed:.0f} s of computing", flush=True)
    return process.returncode == 0 or (process.returncode == NOTHING_TO_DO and not CI)


def pytest_of(words: str) -> list[str]:
    """Kills and pages are waited for: one process more than there are cores. What judges is one process."""
    if words == "judges":
        return [f"{BIN}/pytest", "-m", words, "tests/journeys"]
    command = [f"{BIN}/pytest", "-m", words, "-n", str(min(os.cpu_count() or 1, 4) + 1)]
    return command if words.startswith("not ") else [*command, *_marked("browser")]


def _marked(name: str) -> list[str]:
    """The files in which tests bear a mark: to read all others takes each process some seconds."""
    files = (file for folder in ("src", "tests") for file in (tools.REPOSITORY / folder).rglob("test_*.py"))
    return sorted(str(file) for file in files if f"mark.{name}" in file.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
