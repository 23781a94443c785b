"""The port "period overlap": no two live rows of one key hold on the same day. A trigger on both engines.

PostgreSQL: two transactions do not see each other's rows, so the trigger first takes one of 256 locks by the key
(`lock` takes the same one before an action reads what it changes); SQLite has one writer at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

_CLASS = 1919907699  # "rows", as the trigger says it too
_CHANGES, _PLACES, _VALUES, _LISTS = 0x63686E67, 0x706C6163, 0x756E6971, 0x6C697374  # chng plac uniq list
_LOADS, _GROUND, _REFERRED = 0x6C6F6164, 0x67726E64, 0x72656672  # load grnd refr
_OVERLAP = "registers_row: two rows of one key hold on the same day"
_COLUMNS = "register, key, valid_from, valid_until, retired_at"

_SQLITE = """
CREATE TRIGGER registers_row_{name} BEFORE {event} ON registers_row WHEN NEW.retired_at IS NULL
BEGIN
    SELECT RAISE(ABORT, '{message}') WHERE EXISTS (
        SELECT 1 FROM registers_row
        WHERE register = NEW.register AND "key" = NEW."key" AND retired_at IS NULL AND id IS NOT NEW.id
          AND valid_from <= COALESCE(NEW.valid_until, '9999-12-31')
          AND COALESCE(valid_until, '9999-12-31') >= NEW.valid_from);
END
"""

_POSTGRESQL = (
    """
CREATE FUNCTION registers_refuse_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(1919907699, hashtext(NEW.register || chr(31) || NEW.key) & 255);
    IF EXISTS (
        SELECT 1 FROM registers_row
        WHERE register = NEW.register AND key = NEW.key AND retired_at IS NULL AND id <> NEW.id
          AND valid_from <= COALESCE(NEW.valid_until, 'infinity')
          AND COALESCE(valid_until, 'infinity') >= NEW.valid_from
    ) THEN
        RAISE EXCEPTION 'registers_row: two rows of one key hold on the same day' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
END $$
""",
    f"""
CREATE TRIGGER registers_row_overlap BEFORE INSERT OR UPDATE OF {_COLUMNS} ON registers_row
FOR EACH ROW WHEN (NEW.retired_at IS NULL) EXECUTE FUNCTION registers_refuse_overlap()
""",
)


_POSTGRESQL_UNLESS_CHECKED = (
    "DROP TRIGGER registers_row_overlap ON registers_row",
    f"""
CREATE TRIGGER registers_row_overlap BEFORE INSERT OR UPDATE OF {_COLUMNS} ON registers_row FOR EACH ROW
WHEN (NEW.retired_at IS NULL AND current_setting('pencere.checked', true) IS DISTINCT FROM 'as a whole')
EXECUTE FUNCTION registers_refuse_overlap()
""",
)


def put(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in _POSTGRESQL:
                cursor.execute(statement)
            return
        for name, event in (("added", "INSERT"), ("changed", f"UPDATE OF {_COLUMNS}")):
            cursor.execute(_SQLITE.format(name=name, event=event, message=_OVERLAP))


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS registers_refuse_overlap() CASCADE")
            return
        for name in ("added", "changed"):
            cursor.execute(f"DROP TRIGGER IF EXISTS registers_row_{name}")


def put_unless_checked(connection: BaseDatabaseWrapper) -> None:
    """The trigger lets rows in that were checked as a whole; see `checked_as_a_whole`."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for statement in _POSTGRESQL_UNLESS_CHECKED:
                cursor.execute(statement)


def put_always(connection: BaseDatabaseWrapper) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER registers_row_overlap ON registers_row")
            cursor.execute(_POSTGRESQL[1])


@contextmanager
def checked_as_a_whole(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Rows go in of which the caller, holding `lock_all`, has asked the database all at once what the trigger asks of

    each. Only for this transaction, and the trigger is back when it ends, however it ends.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL pencere.checked = 'as a whole'")
            yield
            cursor.execute("SET LOCAL pencere.checked = ''")
            return
        cursor.execute("DROP TRIGGER registers_row_added")  # nobody else writes, and it rolls back with the rest
        yield
        cursor.execute(_SQLITE.format(name="added", event="INSERT", message=_OVERLAP))


# --- locks, in the order in which they are taken: changes, places, loads, rows, values; so nobody waits in a circle


def lock_change(connection: BaseDatabaseWrapper, register: str, key: str) -> None:
    """Nobody else takes the change that is sent under this key; the first lock of a change."""
    _hold(connection, _CHANGES, f"{register}\x1f{key}")


def lock_place(connection: BaseDatabaseWrapper, register: str, capacity: str, place: str) -> None:
    """Nobody else gives out, holds or takes these places; the second lock."""
    _hold(connection, _PLACES, f"{register}\x1f{capacity}\x1f{place}")


def lock_loads(connection: BaseDatabaseWrapper) -> None:
    """Nobody else takes ids for many rows at once; the third lock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOADS])


def lock_ground(connection: BaseDatabaseWrapper, register: str) -> None:
    """Nobody else writes shapes of a register whose rows lie apart; the fourth lock."""
    _hold(connection, _GROUND, register)


def lock(connection: BaseDatabaseWrapper, register: str, key: str) -> None:
    """Until the end of the transaction nobody else changes rows of this key; the fifth lock."""
    _hold(connection, _CLASS, f"{register}\x1f{key}")


def lock_rows(connection: BaseDatabaseWrapper, register: str, keys: Iterable[str]) -> None:
    """The same of several keys, in the one order in which all take them; instead of the fifth lock."""
    if connection.vendor == "postgresql":
        _hold_several(connection, _CLASS, [f"{register}\x1f{key}" for key in keys])


def lock_unique(connection: BaseDatabaseWrapper, pairs: Iterable[tuple[str, str]]) -> None:
    """Nobody else writes a row with these values of fields that are unique; the sixth lock."""
    if connection.vendor == "postgresql":
        _hold_several(connection, _VALUES, [f"{field}\x1f{value}" for field, value in pairs])


def lock_referred(connection: BaseDatabaseWrapper, pairs: Iterable[tuple[str, str]]) -> None:
    """What a row refers to (register, what names it) is not forgotten meanwhile; many may at once. The last lock."""
    if connection.vendor == "postgresql":
        names = [f"{register}\x1f{named}" for register, named in pairs]
        _hold_several(connection, _REFERRED, names, how="pg_advisory_xact_lock_shared")


def try_lock_referring(connection: BaseDatabaseWrapper, register: str, named: Iterable[str]) -> set[str]:
    """Of what names rows, that of which nobody is just writing that they refer to it, and nobody can from now on.

    Waits for nobody: whoever holds this, and all other locks, is about to forget.
    """
    asked = sorted(set(named))
    if connection.vendor != "postgresql":
        return set(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH one AS MATERIALIZED (SELECT name, hashtext(%s || chr(31) || name) & 255 AS place "
            "FROM unnest(%s::text[]) AS name), held AS MATERIALIZED (SELECT place, "
            "pg_try_advisory_xact_lock(%s, place) AS ours FROM (SELECT DISTINCT place FROM one) AS place) "
            "SELECT name FROM one JOIN held USING (place) WHERE ours",
            [register, asked, _REFERRED],
        )
        return {name for (name,) in cursor.fetchall()}


def lock_all(connection: BaseDatabaseWrapper) -> None:
    """Nobody else changes a row of any key or writes a unique value; for many rows at once, after `lock_loads`."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for class_ in (_CLASS, _VALUES):
                cursor.execute(
                    "SELECT COUNT(pg_advisory_xact_lock(%s, place)) FROM generate_series(0, 255) AS place", [class_]
                )


def lock_list(connection: BaseDatabaseWrapper, register: str, event: str) -> None:
    """Nobody else numbers the events of this list."""
    _hold(connection, _LISTS, f"{register}\x1f{event}")


def _hold(connection: BaseDatabaseWrapper, class_: int, name: str) -> None:
    """SQLite has one writer at a time and needs none."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s) & 255)", [class_, name])


def _hold_several(
    connection: BaseDatabaseWrapper, class_: int, names: list[str], *, how: str = "pg_advisory_xact_lock"
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT({how}(%s, place)) FROM "  # noqa: S608
            "(SELECT DISTINCT hashtext(name) & 255 AS place FROM unnest(%s::text[]) AS name ORDER BY place) AS one",
            [class_, names],
        )
