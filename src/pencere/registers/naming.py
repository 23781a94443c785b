"""What a row is called that another row names: the person behind an identifier, what stands behind a reference.

Only from registers kept here. The name of a person is data about them: whoever is named has the look in the ledger
before the name is handed over. A row of another agency is named only where what it is called is open to everybody; a
person always, by the facts that `country.yaml` opens to every agency. Never what is of a special category.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from pencere import country
from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.base.purpose import Purpose
from pencere.country.declarations import Field, Register
from pencere.ledger import actions as ledger
from pencere.ledger.actions import Look
from pencere.registers import rules, showing
from pencere.registers.listing.reading import decoded
from pencere.registers.models import Row
from pencere.registers.rules import Shape, values_at
from pencere.registers.showing import Names
from pencere.registers.using import shape_of

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Unknown:
    """A row names a row that the register of these does not have. `item`: of a list, counted from 1."""

    path: str
    value: str
    register: str
    is_person: bool
    item: int | None = None


def names_of(
    register: Register,
    rows: Iterable[Mapping[str, object]],
    purpose: Purpose,
    *,
    fields: Iterable[str],
    now: datetime,
    on: date | None = None,
    known_at: datetime | None = None,
) -> Names:
    """What the rows are called that these name in those fields, read as the rows themselves are: `on` that day

    (default: today), by what was known at that moment (default: now). Whoever is named has the look in the ledger
    before this returns, so it cannot run inside a transaction. Raises Unavailable if the ledger cannot be written or a
    row cannot be read.
    """
    found: dict[tuple[str, str], str] = {}
    looks: dict[Look, None] = {}
    for named, keys in _named(register, rows, frozenset(fields)).items():
        target = country.current().registers[named]
        called = called_by(target, purpose.agency)
        if not called:
            continue
        shape = shape_of(target.id)
        source = rules.service_id(shape.country, target, _asked_as(target))
        day = on or clock.day_in(shape.country.time_zone, now)
        for key, row in _rows(shape, keys, day, known_at).items():
            values = decoded(shape, row)
            words = (showing.of_any(target, name, values[name]) for name in called if values[name] is not None)
            name = ", ".join(words)
            if name:
                found[target.id, key] = name
                if shape.is_personal:
                    looks |= {Look(each, target.id, called, source): None for each in shape.subjects(values)}
    kept = list(looks)
    if kept:
        ledger.record_look(purpose, kept, kind=rules.LOOK_KIND[purpose.ground], now=now)
    return found


def unknown(register: Register, row: Mapping[str, object], fields: Iterable[str], now: datetime) -> tuple[Unknown, ...]:
    """What a row names in these fields that the registers kept here do not have; says nothing of anybody else.

    A person counts as known whose row has ended, too; a reference must name a row that holds.
    """
    found = []
    for path, field in showing.paths(register):
        target = _target(register, path, field)
        if target is None or path.partition(".")[0] not in fields:
            continue
        shape = shape_of(target.id)
        is_person = field.kind == "person"
        for name, item, value in _values(row, path):
            day = clock.day_in(shape.country.time_zone, now)
            known = _rows(shape, (value,), day).get(value)
            if known is None or (not is_person and not _holds(known, day)):
                found.append(Unknown(name, value, target.id, is_person, item))
    return tuple(found)


def called_by(register: Register, agency: str) -> tuple[str, ...]:
    """The fields that say what a row of it is called, as far as an officer of that agency may read them."""
    declared = register.called or tuple(
        name for name, field in register.fields.items()
        if field.search == "words" and name not in register.key and not field.many
    )[:1]  # fmt: skip
    ordinary = tuple(name for name in declared if not showing.is_special(register.fields[name]))
    source = country.current().person
    if source.from_.partition(".")[0] == register.id:
        return tuple(name for name in ordinary if name in source.facts)
    if register.agency == agency:
        return ordinary
    is_open = register.open_data is not None and set(ordinary) <= set(register.open_data.fields)
    return ordinary if is_open else ()


def _asked_as(register: Register) -> str:
    """How the question is filed: as the answer of the country's persons, or as a look into the record."""
    of_persons, _, answer = country.current().person.from_.partition(".")
    return answer if register.id == of_persons else "record"


def _named(
    register: Register, rows: Iterable[Mapping[str, object]], fields: frozenset[str]
) -> dict[str, tuple[str, ...]]:
    """The keys that stand in the rows, by the register whose rows they name."""
    targets = [
        (path, target)
        for path, field in showing.paths(register)
        if path.partition(".")[0] in fields and (target := _target(register, path, field)) is not None
    ]
    if not targets:
        return {}
    keys: dict[str, dict[str, None]] = {}
    for row in rows:
        for path, target in targets:
            keys.setdefault(target.id, {}).update((str(value), None) for value in values_at(row, path))
    return {name: tuple(several) for name, several in keys.items()}


def _target(register: Register, path: str, field: Field) -> Register | None:
    """The register kept here whose rows this field names; None for a field that names its own row."""
    if field.kind == "group":
        return None
    target = country.current().registers.get(showing.named_register(field))
    if target is None or target.kept != "here" or len(target.key) != 1:
        return None
    return None if target.id == register.id and path in register.key else target


def _values(row: Mapping[str, object], path: str) -> Iterator[tuple[str, int | None, str]]:
    """Each value under a path: its path, the number of the item that it stands in, the value."""
    name, _, inside = path.partition(".")
    value = row.get(name)
    if not inside:
        for each in value if isinstance(value, list | tuple) else [value]:
            if each is not None:
                yield path, None, str(each)
        return
    for number, item in enumerate(value if isinstance(value, list | tuple) else [], 1):
        for each in values_at({name: [item]}, path):
            yield path, number, str(each)


def _rows(shape: Shape, keys: Iterable[str], day: date, known_at: datetime | None = None) -> dict[str, Row]:
    """For each key the row that holds on that day, else the one that held last before it, else the first after it."""
    texts: dict[str, str] = {}
    for key in keys:
        try:
            texts[shape.key_named({shape.register.key[0]: key})] = key
        except BadInput:
            continue
    known = Q(retired_at__isnull=True)
    if known_at is not None:
        known = Q(recorded_at__lte=known_at) & (known | Q(retired_at__gt=known_at))
    found: dict[str, Row] = {}
    asked = list(texts)
    for at in range(0, len(asked), _AT_ONCE):
        rows = Row.objects.filter(known, register=shape.register.id, key__in=asked[at : at + _AT_ONCE])
        for row in sorted(rows, key=lambda each: _fitness(each, day)):
            found[texts[row.key]] = row
    return found


def _fitness(row: Row, day: date) -> tuple[bool, bool, int]:
    """The best of several rows is the greatest."""
    apart = (row.valid_from - day).days
    return _holds(row, day), apart <= 0, -abs(apart)


def _holds(row: Row, day: date) -> bool:
    return row.valid_from <= day and (row.valid_until is None or row.valid_until >= day)
