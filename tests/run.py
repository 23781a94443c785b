"""`make test`: everything that must hold, in one command.

Brings the Debian packages it may, checks style and layers, checks the countries, runs the suite on SQLite and
on PostgreSQL (of the walks in a browser those marked `both_engines`). With CI=true a missing program is a failure;
otherwise it says what was therefore not run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from tests import tools

CI = os.environ.get("CI", "").lower() == "true"
BIN = os.path.dirname(sys.executable)


def main() -> int:
    missing = tools.install_missing()
    if missing:
        print(f"Missing: {', '.join(missing)}. Type: sudo apt-get install {' '.join(missing)}")
        if CI:
            return 1
        print("Tests that need them are left out.")
    failed = [name for name, command in _checks() if not _passes(name, command)]
    if not _suite("SQLite", {}):
        failed.append("suite on SQLite")
    if tools.program("initdb"):
        with tools.postgresql(tools.FORGETFUL) as url:
            if not _suite("PostgreSQL", {"PENCERE_TEST_DATABASE": url}):
                failed.append("suite on PostgreSQL")
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


def _suite(engine: str, environment: dict[str, str]) -> bool:
    """Browsers in processes of their own: the loop of their driver would get into other tests' way."""
    began = time.monotonic()
    passed = True
    for words in ("not browser", "browser"):
        print(f"--- {engine}: {words}", flush=True)
        there = {**os.environ, **environment}
        done = subprocess.run(_pytest(words), cwd=tools.REPOSITORY, env=there, check=False)
        passed = passed and done.returncode == 0
    print(f"--- {engine}: {time.monotonic() - began:.0f} s", flush=True)
    return passed


def _pytest(words: str) -> list[str]:
    return [f"{BIN}/pytest", "-n", "2", "--durations=10", "-m", words, *sys.argv[1:]]


if __name__ == "__main__":
    sys.exit(main())
