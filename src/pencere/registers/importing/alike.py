"""Lines of a load that look like a row of the register, or like an earlier line, under another key: found, not merged.

What looks the same is what has the fields in common that the register declares as `alike`, for the same days. Such
lines are put aside until a person decides (`deciding`); undecided, they stay out and are named in the error file. The
database finds them, on its disk: memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from django.db import connection, transaction
from django.db.models import Count, F, Q

from pencere.base.errors import BadInput
from pencere.registers import finding
from pencere.registers.importing.checking import Fault
from pencere.registers.importing.staging import OPEN
from pencere.registers.models import Load, PossibleDuplicate, Row, RowKey, StagedRow, ToIndex
from pencere.registers.rules import Shape
from pencere.registers.staged import said_in

_AT_ONCE = 2000

_SHOWN = ("key", "valid_from", "valid_until")
_SAME_DAYS = (
    "{other}.valid_from <= COALESCE(one.valid_until, '9999-12-31') "
    "AND COALESCE({other}.valid_until, '9999-12-31') >= one.valid_from"
)
_LIKE_A_ROW = f"""
EXISTS (SELECT 1 FROM registers_rowkey theirs JOIN registers_row live ON live.id = theirs.row_id
        WHERE theirs.field = %s AND theirs.value = one.text AND live.retired_at IS NULL AND live."key" <> one."key"
          AND {_SAME_DAYS.format(other="live")})
"""  # noqa: S608
_NOT_ASKED = """
NOT EXISTS (SELECT 1 FROM registers_possibleduplicate asked WHERE asked.load_id = %s AND asked.line = one.line)
"""
_PUT_ASIDE = f"""
WITH one AS MATERIALIZED ({{signed}}),
every AS (SELECT text, MIN(line) AS first FROM one GROUP BY text HAVING COUNT(*) > 1),
twins AS (
    SELECT one.line, every.first FROM one
    JOIN every ON every.text = one.text AND every.first < one.line
    JOIN registers_stagedrow earlier ON earlier.load_id = %s AND earlier.line = every.first
     AND earlier."key" <> one."key" AND {_SAME_DAYS.format(other="earlier")}
)
INSERT INTO registers_possibleduplicate
    (load_id, line, "key", "values", valid_from, valid_until, found, other_line, decision, decided_by)
SELECT staged.load_id, staged.line, staged."key", staged."values", staged.valid_from, staged.valid_until, staged.found,
       twins.first, '', ''
FROM one JOIN registers_stagedrow staged ON staged.load_id = %s AND staged.line = one.line
LEFT JOIN twins ON twins.line = one.line
WHERE (twins.first IS NOT NULL OR {_LIKE_A_ROW}) AND {_NOT_ASKED}
"""  # noqa: S608
_UNSTAGE = """
DELETE FROM registers_stagedrow WHERE load_id = %s AND line IN (
    SELECT line FROM registers_possibleduplicate WHERE load_id = %s AND decision = '')
"""
_LIKE_A_NEW_ROW = f"""
WITH one AS MATERIALIZED ({{signed}}) SELECT 1 FROM one WHERE {_LIKE_A_ROW} AND {_NOT_ASKED} LIMIT 1
"""  # noqa: S608


def demand_comparable(shape: Shape) -> None:
    """Raises BadInput while rows that are there cannot be found by what they have in common with others."""
    if shape.alike and ToIndex.objects.filter(register=shape.register.id).exists():
        raise BadInput("index_is_made")


def put_aside(shape: Shape, load: Load) -> None:
    """Takes lines that look like others out of what is staged, all in one transaction; what is decided stays so."""
    if not shape.alike:
        return
    name = _name(shape)
    with transaction.atomic():
        mine = Load.objects.filter(pk=load.pk, state=load.state, rows=load.rows)
        if not mine.update(state=load.state):
            raise BadInput("another_is_at_it")
        with connection.cursor() as cursor:
            query = _PUT_ASIDE.format(signed=said_in(*_SHOWN))
            cursor.execute(query, [load.pk, name, load.pk, load.pk, name, load.pk])
            cursor.execute(_UNSTAGE, [load.pk, load.pk])
            mine.update(rows=F("rows") - cursor.rowcount)
    load.refresh_from_db()


def any_new(shape: Shape, load: Load) -> bool:
    """Whether a line of which nobody was asked looks like a row by now; in the transaction that confirms."""
    if not shape.alike:
        return False
    name = _name(shape)
    with connection.cursor() as cursor:
        cursor.execute(_LIKE_A_NEW_ROW.format(signed=said_in(*_SHOWN)), [load.pk, name, name, load.pk])
        return cursor.fetchone() is not None


def undecided(load: Load) -> int:
    return PossibleDuplicate.objects.filter(load=load, decision="").count()


def counts(load: Load) -> dict[str, int]:
    """How many lines were decided how; "" of those that wait."""
    several = PossibleDuplicate.objects.filter(load=load).order_by().values_list("decision")
    return dict(several.annotate(Count("pk")))


def faults(load: Load) -> Iterator[Fault]:
    """What the error file says of the lines that wait for a person, or waited for one to the end."""
    waiting = PossibleDuplicate.objects.filter(load=load, decision="").order_by("line")
    for line, other in waiting.values_list("line", "other_line").iterator(chunk_size=_AT_ONCE):
        if other is None:
            yield Fault(line, "", "", "looks_like_row")
        else:
            yield Fault(line, "", "", "looks_like_line", {"other": other})


def rows_like(shape: Shape, one: PossibleDuplicate, most: int) -> list[Row]:
    """Live rows that the line looks like, by their order in the register; at most so many."""
    likeness = next((text for field, text in _found(one) if field == _name(shape)), None)
    if likeness is None:
        return []
    theirs = RowKey.objects.filter(field=_name(shape), value=likeness).values("row")
    live = Row.objects.filter(pk__in=theirs, retired_at__isnull=True).exclude(key=one.key)
    live = live.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=one.valid_from))
    if one.valid_until is not None:
        live = live.filter(valid_from__lte=one.valid_until)
    return list(live.order_by("pk")[:most])


def line_of(load: Load, line: int) -> StagedRow | PossibleDuplicate | None:
    """A line of the load that is staged or kept aside."""
    staged = StagedRow.objects.filter(load=load, line=line).first()
    return staged or PossibleDuplicate.objects.filter(load=load, line=line).first()


def forget_closed() -> None:
    """Of loads that are closed only the decisions are kept: nothing of what the lines said."""
    closed = PossibleDuplicate.objects.exclude(load__state__in=OPEN).exclude(values="")
    closed.update(values="", found="", key="")


def _name(shape: Shape) -> str:
    return f"{shape.register.id}.{finding.ALIKE}"


def _found(one: PossibleDuplicate) -> list[tuple[str, str]]:
    return msgspec.json.decode(one.found, type=list[tuple[str, str]]) if one.found else []
