"""`pencere run`: prepares the installation, then keeps its processes alive until told to stop.

Each process is started anew if it dies (with a growing pause), so a kill of any of them heals by itself.
"""

from __future__ import annotations

import ctypes
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import click

FIRST_PAUSE, LONGEST_PAUSE, BETWEEN_LOOKS = 0.1, 5.0, 0.2
"""Seconds before a process that died is started again: at once after a kill, slower if it keeps dying."""
SHOWN = 6
"""Persons whom the first lines name; the demo's page names the others."""


_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass
class _Child:
    command: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    pause: float = FIRST_PAUSE
    start_at: float = field(default=0.0)
    started: float = field(default=0.0)


def run(*, demo: bool, persons: int) -> int:
    """Returns the exit status."""
    if demo:
        os.environ["PENCERE_DEMO"] = "yes"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pencere.conf.settings")
    began = time.monotonic()
    _prepare_apart(persons)
    commands = [("web",), ("worker",)]
    if demo:
        commands += [("demo-provider",), ("demo-payments",), ("stand-in",)]
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    children = [_Child((sys.executable, "-m", "pencere", *command)) for command in commands]
    try:
        _keep_alive(children, stop, began)
    finally:
        _end(children)
    return 0


def _prepare_apart(persons: int) -> None:
    """In a process of its own, so that this one stays small while it waits."""
    done = subprocess.run([sys.executable, "-m", "pencere", "prepare", "--persons", str(persons)], check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def _keep_alive(children: list[_Child], stop: threading.Event, began: float) -> None:
    told = False
    while not stop.is_set():
        for child in children:
            if child.process is not None and child.process.poll() is not None:
                lived = time.monotonic() - child.started
                child.pause = FIRST_PAUSE if lived > 5 else min(child.pause * 2, LONGEST_PAUSE)
                click.echo(
                    f"pencere {child.command[-1]} ended ({child.process.returncode}); starting it again", err=True
                )
                child.process, child.start_at = None, time.monotonic() + child.pause
            if child.process is None and time.monotonic() >= child.start_at:
                child.process = subprocess.Popen(child.command, preexec_fn=die_with_parent)
                child.started = time.monotonic()
        if not told and _answers():
            told = True
            click.echo(_welcome(time.monotonic() - began))
        stop.wait(BETWEEN_LOOKS)


def die_with_parent() -> None:
    """In a child, before it becomes the command: the kernel ends it when `pencere run` dies, however that dies."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _welcome(seconds: float) -> str:
    """What a newcomer needs: where it is, and in the demo whom to sign in as."""
    from pencere.conf.configuration import read

    here = read()
    lines = [f"Ready after {seconds:.1f} s: {here.url}"]
    if not here.database.startswith("postgresql"):
        lines.append("Database: SQLite, for a demo or a pilot of up to about 100,000 persons (docs/run).")
    people = here.data / "demo" / "people.jsonl"
    if here.demo and people.exists():
        lines += ["", "Everybody here is invented. Sign in and choose, for instance:"]
        with people.open(encoding="utf-8") as file:
            known = [json.loads(line) for line in itertools.islice(file, 120)]
        lines += [f"  {one['name']}: {_english(one['note'])}" for one in known if one["note"]][:SHOWN]
        lines.append(f"  Who is who, for every service: {here.url}/demo/")
        officers = [one for one in known if one["role"]]
        lines += ["", "Officers, and the command that says their code of this minute:"]
        for one in officers[:3]:
            office = f"{one['agency']} {one['role']}"
            lines.append(f'  {one["name"]} ({office}): .venv/bin/pencere demo code "{office}"')
        if len(officers) > 3:
            lines.append(f"  and {len(officers) - 3} more, on the same page")
        lines += ["", f"What happens at other agencies, you let happen: {here.url}/demo/agencies/"]
        lines += ["", "Ctrl+C stops it. What you did is kept."]
    return "\n".join(lines)


def _english(note: dict[str, str]) -> str:
    return note.get("en") or next(iter(note.values()))


def _answers() -> bool:
    from http.client import HTTPConnection, HTTPException

    from pencere.conf.configuration import read

    host, port = read().address
    asked = HTTPConnection(host, port, timeout=1)
    try:
        asked.request("GET", "/health/live")
        return asked.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        asked.close()


def _end(children: list[_Child]) -> None:
    for child in children:
        if child.process is not None and child.process.poll() is None:
            child.process.send_signal(signal.SIGTERM)
    for child in children:
        if child.process is not None:
            try:
                child.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                child.process.kill()
