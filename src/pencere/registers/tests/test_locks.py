"""Nobody waits in a circle: who changes a row and who brings in many take their locks in one order (PostgreSQL)."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import OperationalError, connection, transaction

from pencere.registers import guards


@pytest.mark.django_db(transaction=True)
def test_a_change_and_a_load_do_not_wait_for_each_other():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    problems: list[Exception] = []
    holds = threading.Event()

    def change() -> None:
        try:
            with transaction.atomic():
                guards.lock(connection, "boats", "b-1")
                holds.set()
                _until_somebody_waits()
                guards.lock_unique(connection, [("boats.call_sign", "4jaa"), ("boats.name", "b")])
        except OperationalError as problem:
            problems.append(problem)
        finally:
            connection.close()

    one = threading.Thread(target=change)
    one.start()
    holds.wait(10)
    with transaction.atomic():
        guards.lock_loads(connection)
        guards.lock_all(connection)
    one.join(10)

    assert not problems and not one.is_alive()


def _until_somebody_waits() -> None:
    for _look in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")
