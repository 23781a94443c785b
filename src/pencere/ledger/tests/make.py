"""Builders: purposes, looks, a ledger of some length; and the ways in which a ledger can fail to be written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.db import OperationalError, connection, connections, transaction

from pencere.base.errors import Unavailable
from pencere.base.purpose import Purpose
from pencere.ledger import actions, keys
from pencere.ledger.actions import Look, Receipt

NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
SUBJECT = "5ABC123"


def purpose(ground: str = "law", **changes: str) -> Purpose:
    made = Purpose(ground, "residence-law 5", "residence-certificate", "K7QF2-9XMZT", "din", "system", "account")
    return replace(made, **changes)


def look(subject: str = SUBJECT, *, now: datetime = NOW, kind: str = "evidence", **changes: str) -> Receipt:
    looks = [Look(subject, "residence", ("address", "valid_from"), "AZ/GOV/din/residence/by-person")]
    return actions.record_look(purpose(**changes), looks, kind=kind, now=now)[0]


def leaf(number: int = 0, *, now: datetime = NOW) -> Receipt:
    with transaction.atomic():
        return actions.record("case.decided", {"case": f"CASE-{number}", "outcome": "grant"}, now=now)


def ledger(length: int, *, every: int = 97) -> list[Receipt]:
    """Leaves and looks in turn, sealed in batches of `every`, so that there are several checkpoints."""
    receipts = []
    for number in range(length):
        now = NOW + timedelta(milliseconds=number)
        receipts.append(leaf(number, now=now) if number % 3 else look(f"{number:07d}", now=now))
        if number % every == every - 1:
            actions.seal_pending(now)
    actions.seal_pending(NOW + timedelta(hours=1))
    return receipts


# --- a ledger that cannot be written


@contextmanager
def _table_missing() -> Iterator[None]:
    _run("ALTER TABLE ledger_look RENAME TO ledger_look_away")
    try:
        yield
    finally:
        _run("ALTER TABLE ledger_look_away RENAME TO ledger_look")


@contextmanager
def _insert_refused() -> Iterator[None]:
    if connection.vendor == "postgresql":
        _run("CREATE FUNCTION refuse_look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
             "RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$")  # fmt: skip
        _run("CREATE TRIGGER refuse_look BEFORE INSERT ON ledger_look FOR EACH ROW EXECUTE FUNCTION refuse_look()")
    else:
        _run("CREATE TRIGGER refuse_look BEFORE INSERT ON ledger_look BEGIN SELECT RAISE(ABORT, 'refused'); END")
    try:
        yield
    finally:
        if connection.vendor == "postgresql":
            _run("DROP FUNCTION refuse_look() CASCADE")
        else:
            _run("DROP TRIGGER refuse_look")


@contextmanager
def _disk_full() -> Iterator[None]:
    """SQLite really runs out of pages; PostgreSQL says so in the trigger of `_insert_refused`."""
    if connection.vendor == "postgresql":
        with _insert_refused():
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0] + 8}")
    looks = [(purpose(), Look("filler0", "residence", ("address",)))]  # first large ones, then what still fits
    looks.append((Purpose("own", "", "s", "", "", "p"), Look("s", "r", ("f",))))
    for why, filler in looks:
        refused = 0
        while refused < 20:
            try:
                actions.record_look(why, [filler], kind="own", now=NOW)
            except Unavailable:
                refused += 1
    try:
        yield
    finally:
        _run("PRAGMA max_page_count = 1073741823")


@contextmanager
def _commit_fails() -> Iterator[None]:
    """Every statement succeeds, and the commit does not: nothing may count before it."""

    def refuse(*_: object) -> None:
        raise OperationalError("disk I/O error")

    with mock.patch.object(type(connections["default"]), "_commit", refuse):
        yield


@contextmanager
def _no_key() -> Iterator[None]:
    """The folder of keys cannot be read."""
    away = Path(settings.PENCERE.data) / "no-folder"
    away.write_text("a file where the folder should be")
    keys._signer.cache_clear()
    try:
        with mock.patch.object(settings, "PENCERE", replace(settings.PENCERE, data=away)):
            yield
    finally:
        keys._signer.cache_clear()
        away.unlink()


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


WAYS_TO_FAIL: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "the table is missing": _table_missing,
    "the row is refused": _insert_refused,
    "the disk is full": _disk_full,
    "the commit fails": _commit_fails,
    "the key cannot be read": _no_key,
}
