"""`make test`: everything that must hold, in one command.

Brings the Debian packages it may, checks style and layers, checks the countries, runs the suite on SQLite and
on PostgreSQL. With CI=true a missing program is a failure; otherwise it says what was therefore not run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

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
    engines: dict[str, dict[str, str]] = {"SQLite": {}}
    with ExitStack() as stack:
        if tools.program("initdb"):
            engines["PostgreSQL"] = {"PENCERE_TEST_DATABASE": stack.enter_context(tools.postgresql())}
        failed += [f"suite on {engine}" for engine, more in engines.items() if not _suite(engine, more)]
        failed += [f"browser on {engine}" for engine in _browsers(engines)]
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
    """All that needs no browser."""
    began = time.monotonic()
    print(f"--- {engine}", flush=True)
    done = subprocess.run(_pytest("not browser"), cwd=tools.REPOSITORY, env={**os.environ, **environment}, check=False)
    print(f"--- {engine}: {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


def _browsers(engines: dict[str, dict[str, str]]) -> list[str]:
    """In processes of their own: the loop of their driver would get into other tests' way. All engines at once, for
    a journey mostly waits; gives those on which it failed."""
    began = time.monotonic()
    failed = []
    with ThreadPoolExecutor() as pool:
        running = {engine: pool.submit(_browser, environment) for engine, environment in engines.items()}
        for engine, run in running.items():
            done = run.result()
            print(f"--- {engine}: browser\n{done.stdout}{done.stderr}", flush=True)
            if done.returncode:
                failed.append(engine)
    print(f"--- browser: {time.monotonic() - began:.0f} s", flush=True)
    return failed


def _browser(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _pytest("browser"), cwd=tools.REPOSITORY, env={**os.environ, **environment}, check=False, capture_output=True,
        text=True,
    )  # fmt: skip


def _pytest(words: str) -> list[str]:
    return [f"{BIN}/pytest", "-n", "2", "--dist", "loadgroup", "--durations=10", "-m", words, *sys.argv[1:]]


if __name__ == "__main__":
    sys.exit(main())
