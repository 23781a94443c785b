"""`make test`: everything that must hold, in one command.

Brings the Debian packages it may, checks style and layers, checks the countries, runs the suite on SQLite and
on PostgreSQL (of the walks in a browser those marked `both_engines`). With CI=true a missing program is a failure;
otherwise it says what was therefore not run.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time

from tests import tools

CI = os.environ.get("CI", "").lower() == "true"
NOTHING_TO_DO = 5  # pytest's word for it: all of a phase was left out, for want of a program
BIN = os.path.dirname(sys.executable)


def main() -> int:
    missing = tools.install_missing()
    if missing:
        print(f"Missing: {', '.join(missing)}. Type: sudo apt-get install {' '.join(missing)}")
        if CI:
            return 1
        print("Tests that need them are left out.")
    failed = [name for name, command in _checks() if not _passes(name, command)]
    failed += [f"{phase} on SQLite" for phase in _suite("SQLite", {}, judged=True)]
    if tools.program("initdb"):
        with tools.postgresql(tools.FORGETFUL) as url:
            on_it = {"PENCERE_TEST_DATABASE": url}
            failed += [f"{phase} on PostgreSQL" for phase in _suite("PostgreSQL", on_it, judged=False)]
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


def _suite(engine: str, environment: dict[str, str], *, judged: bool) -> list[str]:
    """Gives the phases that failed. Browsers have processes of their own: their driver's loop gets in others' way."""
    there = compiled_once() | environment
    failed = []
    with tempfile.TemporaryDirectory(prefix="pencere-journeys-") as seen:
        phases = {"not browser": there, "browser and not judges": there | {"JOURNEYS": seen}}
        if judged:
            phases["judges"] = phases["browser and not judges"]
        for words, its in phases.items():
            began, before = time.monotonic(), _computed()
            print(f"--- {engine}: {words}", flush=True)
            command = [*pytest_of(words), "--durations=10", *sys.argv[1:]]
            done = subprocess.run(command, cwd=tools.REPOSITORY, env=its, check=False).returncode
            if done and (CI or done != NOTHING_TO_DO):
                failed.append(words)
            seconds = f"{time.monotonic() - began:.0f} s, {_computed() - before:.0f} s of computing"
            print(f"--- {engine}: {words}: {seconds}", flush=True)
    return failed


def compiled_once() -> dict[str, str]:
    """The environment, without the wish to compile every module anew in every process: there are hundreds."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


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


def _computed() -> float:
    """Seconds of computing in what we started and what that started; PostgreSQL's own are not among them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
