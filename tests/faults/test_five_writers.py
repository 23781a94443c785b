"""Five processes write to one SQLite database at once: no error, nobody starves.

The default suite gives them four seconds; `make prove` a minute, and writes down the worst wait. A bare
connection without the gate, tried in the same way, is the broken build: it must show what the gate is for.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SECONDS = float(os.environ.get("FIVE_WRITERS_SECONDS", "4"))

WRITER = """
import json, sys, time
import django
from django.conf import settings
path, engine, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
settings.configure(DATABASES={"default": {"ENGINE": engine, "NAME": path, "OPTIONS": {
    "transaction_mode": "IMMEDIATE", "timeout": 0.2 if "gated" not in engine else 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"}}})
django.setup()
from django.db import connection, transaction, OperationalError
done, worst, errors, until = 0, 0.0, 0, time.monotonic() + seconds
while time.monotonic() < until:
    began = time.monotonic()
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                for _ in range(3):
                    cursor.execute("INSERT INTO entry (writer, body) VALUES (%s, %s)", [sys.argv[4], "x" * 400])
        done += 1
    except OperationalError:
        errors += 1
    worst = max(worst, time.monotonic() - began)
print(json.dumps({"done": done, "worst": worst, "errors": errors}))
"""


def race(path: Path, engine: str, seconds: float, writers: int = 5) -> tuple[list[dict[str, float]], int]:
    """What each writer saw, and how many rows there are in the end."""
    import sqlite3

    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, writer TEXT, body TEXT)")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), engine, str(seconds), str(number)], stdout=subprocess.PIPE
        )
        for number in range(writers)
    ]
    seen = [json.loads(process.communicate(timeout=seconds + 60)[0]) for process in processes]
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT count(*) FROM entry").fetchone()[0]
    return seen, rows


@pytest.mark.faults
def test_five_writers_get_no_error_and_every_write_is_there(tmp_path: Path):
    seen, rows = race(tmp_path / "gated.sqlite3", "pencere.conf.gated_sqlite", SECONDS)

    assert [writer["errors"] for writer in seen] == [0] * 5
    assert rows == 3 * sum(writer["done"] for writer in seen)
    least, most = min(writer["done"] for writer in seen), max(writer["done"] for writer in seen)
    assert least > most / 10, f"one writer starves: {seen}"


@pytest.mark.faults
def test_a_killed_holder_opens_the_gate(tmp_path: Path):
    path = tmp_path / "killed.sqlite3"
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from pencere.conf.gated_sqlite.base import Gate\n"
            "gate = Gate(sys.argv[1]); gate.take(); print('held', flush=True); time.sleep(60)",
            str(path),
        ],
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
    holder.kill()
    holder.wait()

    from pencere.conf.gated_sqlite.base import Gate

    gate = Gate(str(path))
    gate.take()
    gate.close()
