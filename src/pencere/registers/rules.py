"""Rows: which fields they have, how they are stored, by what they are found, what is told of them. Pure.

In storage (JSON) dates and moments are ISO text; all else as in memory (`kinds.py`). A field inside a repeated group
is named by its path, `owners.holder`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

from pencere.base import writing
from pencere.base.errors import BadInput
from pencere.base.ground import soundness
from pencere.base.narrowing import WHOLE, Narrowed
from pencere.country.cells import Condition, facts_of, holds
from pencere.country.declarations import Answer, Country, Field, Register
from pencere.country.grammars import COUNTED
from pencere.registers import finding
from pencere.registers.finding import Order, shortened
from pencere.registers.ground import boxes
from pencere.registers.kinds import TEXTS, Read, WrongKind, letters, reader

__all__ = ["LOOK_KIND", "PSEUDO", "WHOLE", "Accepted", "FreePlace", "Held", "Narrowed", "RegisterRow", "Shape", "Told",
           "WrongKind", "plain"]  # fmt: skip

PSEUDO = {
    "valid_from": Field("valid_from", "date"),
    "valid_until": Field("valid_until", "date", required=False),
    "recorded_at": Field("recorded_at", "moment"),
}
"""Offered and taken like fields: when the row holds, and when it was recorded."""

LOOK_KIND = {"law": "evidence", "consent": "evidence", "own": "own", "oversight": "desk", "check": "check"}
"""How a look is filed, by its ground."""

_JOIN = "\x1f"
_SEVERAL = frozenset({"choices", "group", "geometry"})
"""A value of these is found by several texts, whatever it is."""
_PLAIN_KINDS = frozenset({"choice", "territory", "person", "ref", "integer", "boolean", "date", *TEXTS})


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A row as it is answered: only the fields that were asked for. `about`: the persons whose data it shows."""

    values: dict[str, object]
    valid_from: date
    valid_until: date | None
    recorded_at: datetime
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A change that was taken. `values`: what was sent and what the register gave, as it stands in the row."""

    values: dict[str, object]
    row_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """Something that a register tells. `cursor`: ask after it next time. `about`: whose data it shows.

    `problem`: why it cannot be told (cannot be read, does not say whose data it is); then there are no values.
    """

    cursor: int
    values: dict[str, object]
    at: datetime
    about: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """Places that are held (or taken by now). `values`: the row whose places they are."""

    key: str
    register: str
    capacity: str
    place: str
    amount: int
    until: datetime | None
    at: datetime
    state: str
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class FreePlace:
    """A row with free places. `place`: its key, by which one is held."""

    place: str
    values: dict[str, object]
    free: int


EntriesOf = Callable[[object], dict[str, tuple[str, ...]]]
"""The value of a field, None among them -> what its row is found by."""


class Shape:
    """The fields of one register, each with how it is read; made once for each register in use."""

    def __init__(self, country: Country, register: Register) -> None:
        self.country = country
        self.register = register
        self.read: dict[str, Read] = {name: reader(country, field) for name, field in register.fields.items()}
        self.offered: dict[str, Read] = {name: reader(country, field) for name, field in PSEUDO.items()}
        self.stored = {name: field.was or name for name, field in register.fields.items()}
        self._declared = {field.was: name for name, field in register.fields.items() if field.was}
        self.required = tuple(name for name, field in register.fields.items() if field.required)
        self.given = {name: field.given for name, field in register.fields.items() if field.given}
        self.persons = tuple(path for path, field in _paths(register.fields) if field.kind == "person")
        self.about = register.about or self.persons
        self.found_by = _found_by(register, self.about)
        declared = dict(_paths(register.fields))
        self.found_field = {path: declared[path] for path in self.found_by}
        self.read_bare = {
            path: reader(country, replace(field, many=None, min=None, max=None))
            for path, field in declared.items()
            if field.kind in COUNTED
        }
        self.text_key: dict[str, Callable[[object], str]] = {
            path: _key_text(country, field) for path, field in self.found_field.items()
        }
        self.unique = frozenset(path for path, field in self.found_field.items() if field.unique)
        self.own = tuple(path for path, field in self.found_field.items() if field.of == register.id)  # refer to here
        self.read_one: dict[str, Read] = {
            path: reader(country, _without_many(field)) for path, field in self.found_field.items()
        }
        self.words = finding.Words(country.writing.values())
        self.worded = tuple(path for path, field in declared.items() if field.search == "words" and _is_text(field))
        self.order: dict[str, Order] = {
            path: order
            for path, field in declared.items()
            if (field.search or path in register.key)
            and (order := finding.order_of(path, field, letters(country), _key_text(country, field)))
        }
        self.shapes = tuple(path for path, field in _paths(register.fields) if field.kind == "geometry")
        self.placed = tuple(path for path in self.shapes if "." not in path and register.fields[path].many is None)
        self.forms = {
            name: finding.forms(
                name, self.text_key.get(name), self.words if name in self.worded else None, self.order.get(name)
            )
            for name, field in register.fields.items()
            if self.is_found_by(name) and field.many is None and field.kind not in _SEVERAL
        }
        self._entries_of = {name: self._entries(name) for name in register.fields if self.is_found_by(name)}
        self.form_of = {path: f"exact {declared[path].kind}" for path in self.found_by}
        said = f"{writing.SORT_KEYS} {sorted(country.writing.items())!r}"
        styles = hashlib.sha256(said.encode()).hexdigest()[:16]
        self.form_of |= {path + finding.WORD: f"words {styles}" for path in self.worded}
        self.form_of |= {
            each.field: f"order {declared[path].kind} {styles}"
            for path, each in self.order.items()
            if each.field != path
        }
        self.form_of |= {path + finding.NONE: "none" for path in self.order}
        self.alike = {path: _likeness(country, declared[path], self.words) for path in register.alike}
        if self.alike:
            self.form_of[finding.ALIKE] = f"alike {' '.join(self.alike)} {styles}"
        self.apart = {path: metres for path in self.placed if (metres := register.fields[path].no_overlap) is not None}
        self.law = str(register.law[0]) if register.law else ""
        self.is_personal = any(field.personal in ("ordinary", "special") for _path, field in _paths(register.fields))

    def row(self, given: Mapping[str, object]) -> dict[str, object]:
        """The row as it is in memory. Raises BadInput with `field` at the first value that cannot be."""
        row: dict[str, object] = {}
        for name, value in given.items():
            read = self.read.get(name)
            if read is None:
                raise BadInput("unknown_field", field=name)
            try:
                row[name] = None if value is None else read(value)
            except WrongKind as problem:
                raise BadInput(problem.reason, field=name, **problem.details) from None
        for name in self.required:
            if row.get(name) is None:
                raise BadInput("missing", field=name)
        self.demand_sound(row)
        if self.about and self.is_personal and not any(self.subjects(row)):
            raise BadInput("no_subject", field=self.about[0])
        return row

    def demand_sound(self, row: Mapping[str, object]) -> None:
        """Each shape of the row is one. Raises BadInput with `field` and with `at`, where it crosses itself."""
        for path in self.shapes:
            for value in values_at(row, path):
                if fault := soundness.fault_of(cast(Mapping[str, object], value)):
                    raise BadInput(fault[0], field=path.partition(".")[0], at=fault[1])

    def subjects(self, row: Mapping[str, object]) -> tuple[str, ...]:
        """The persons whose data the row is."""
        return tuple(dict.fromkeys(str(value) for path in self.about for value in values_at(row, path)))

    def from_wire(self, name: str, value: object) -> object:
        """A value as a holder sent it (JSON), as it is in memory. None stays None where it may. Raises WrongKind."""
        if value is None:
            if name in self.required or (name in PSEUDO and PSEUDO[name].required):
                raise WrongKind("missing")
            return None
        if isinstance(value, date):
            raise WrongKind("not_json")
        read = self.read.get(name) or self.offered[name]
        return read(value)

    def in_memory(self, stored: Mapping[str, object]) -> dict[str, object]:
        """A stored row with every declared field; one that is declared no longer is left out. Raises WrongKind."""
        names = self.stored
        return {
            name: None if stored.get(names[name]) is None else read(stored[names[name]])
            for name, read in self.read.items()
        }

    def to_store(self, row: Mapping[str, object]) -> Mapping[str, object]:
        """The same under the names under which values are stored: a field that was renamed keeps its first one."""
        return {self.stored.get(name, name): value for name, value in row.items()} if self._declared else row

    def named(self, stored: Mapping[str, object]) -> Mapping[str, object]:
        """Stored values under the names that are declared now; those that are declared no longer among them."""
        return {self._declared.get(name, name): value for name, value in stored.items()} if self._declared else stored

    def texts(self, row: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
        """What the row is found by, each field in the form in which it is stored; several for what repeats.

        With them what it is searched and sorted by (`finding`), under the field's name with a sign behind it.
        """
        found: dict[str, tuple[str, ...]] = {}
        for name, entries_of in self._entries_of.items():
            found |= entries_of(row.get(name))
        if likeness := self.likeness(row):
            found[finding.ALIKE] = (likeness,)
        return found

    def likeness(self, row: Mapping[str, object]) -> str:
        """What a row has in common with one that may be the same thing; "" where a field of `alike` is empty."""
        return self.likeness_of(
            ["" if (value := row.get(path)) is None else said(value) for path, said in self.alike.items()]
        )

    @staticmethod
    def likeness_of(parts: Sequence[str]) -> str:
        """The same, of the fields' own words in the order in which they are declared."""
        return joined(parts) if all(parts) else ""

    def texts_of(self, name: str, value: object) -> dict[str, tuple[str, ...]]:
        """The same, of one field alone: what it adds to what the row is found by."""
        entries_of = self._entries_of.get(name)
        return entries_of(value) if entries_of else {}

    def unique_of(self, found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Of what a row is found by, that which no other row may have."""
        start = len(self.register.id) + 1
        return [pair for pair in found if pair[0][start:] in self.unique]

    def is_found_by(self, name: str) -> bool:
        """Whether a row is found, searched or sorted by this field, or by one inside it, or it holds a shape."""
        paths = (*self.found_by, *self.worded, *self.order, *self.shapes)
        return any(path.partition(".")[0] == name for path in paths)

    def _entries(self, name: str) -> EntriesOf:
        if name in self.forms:
            return self.forms[name].of
        exact = {path: text for path, text in self.text_key.items() if path.partition(".")[0] == name}
        worded = [path for path in self.worded if path.partition(".")[0] == name]

        def find(value: object) -> dict[str, tuple[str, ...]]:
            row = {name: value}
            found: dict[str, tuple[str, ...]] = {}
            for path, text in exact.items():
                if texts := dict.fromkeys(shortened(text(each)) for each in values_at(row, path)):
                    found[path] = tuple(texts)
            for path in worded:
                if words := dict.fromkeys(word for each in values_at(row, path) for word in self.words.of(str(each))):
                    found[path + finding.WORD] = tuple(words)
            if name in self.placed and value is not None:
                found[name + boxes.PLACED] = (boxes.entry(boxes.around(self.in_degrees(name, value))),)
            return found

        return find

    def place(self, row: Mapping[str, object], path: str) -> str | None:
        """Where the row stands in the order of a field, as the index has it; None without a value. Raises KeyError."""
        value, order = row.get(path), self.order[path]
        return None if value is None else shortened(order.key(value))

    def in_degrees(self, path: str, shape: object) -> Mapping[str, Any]:
        """A shape of that field in degrees, whatever system its register is kept in."""
        return soundness.in_degrees(cast(Mapping[str, Any], shape), self.register.fields[path].crs)

    def key(self, texts: Mapping[str, tuple[str, ...]]) -> str:
        """What identifies the row, of its texts."""
        names = self.register.key
        return texts[names[0]][0] if len(names) == 1 else joined(texts[name][0] for name in names)

    def key_named(self, key: Mapping[str, object]) -> str:
        """The same, of the values of its fields. Raises BadInput."""
        return self.key({name: (self.found(name, key[name]),) for name in self.register.key})

    def found(self, path: str, value: object) -> str:
        """What a row is found by, in the form in which it is stored. Raises BadInput."""
        try:
            return shortened(self.text_key[path](self.read_one[path](value)))
        except WrongKind as problem:
            raise BadInput(problem.reason, field=path, **problem.details) from None

    def shown(
        self, row: Mapping[str, object], fields: Iterable[str], first: date, last: date | None, at: datetime
    ) -> dict[str, object]:
        """The fields of a row, those of its days and its time among them."""
        offered = {"valid_from": first, "valid_until": last, "recorded_at": at}
        return {name: row.get(name) if name in self.read else offered[name] for name in fields}

    def has_words(self, row: Mapping[str, object], words: Collection[str]) -> bool:
        """Whether each of these words stands in the row's texts, whatever the case and the marks of the letters."""
        if not words:
            return True
        text = " ".join(str(value) for value in row.values() if isinstance(value, str))
        for style in self.country.writing.values():
            text = writing.fold(text, style)
        return all(word in text for word in words)

    def holds(self, when: Condition | None, row: Mapping[str, object]) -> bool:
        """Whether a `when` of the register holds for the row; a moment is compared as the country's clock shows it."""
        if when is None:
            return True
        zone = ZoneInfo(self.country.time_zone)
        facts = {name: _local(row.get(name), zone) for name in facts_of(when)}
        return holds(when, facts, {})


def values_at(row: Mapping[str, object], path: str) -> Iterator[object]:
    """The values of a field, known ones only: one, or each of what repeats."""
    name, _, inside = path.partition(".")
    value = row.get(name)
    for each in value if isinstance(value, list | tuple) else (value,):
        found = each.get(inside) if inside and isinstance(each, Mapping) else each
        if isinstance(found, list | tuple):
            yield from found
        elif found is not None:
            yield found


def plain(value: object) -> object:
    """A value of memory as JSON holds it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    return value


def as_written(value: object) -> str:
    """What a value is found by whose letters have one case: as JSON holds it."""
    return value if type(value) is str else str(plain(value))


def demand_askable(register: Register, answer: Answer, by: Mapping[str, object], fields: tuple[str, ...]) -> None:
    """Raises ValueError unless the answer can be asked so: by its keys, for fields that it offers."""
    if set(by) != set(answer.by):
        raise ValueError(f"{register.id}.{answer.name} is asked by {', '.join(answer.by)}")
    if not fields or not set(fields) <= set(answer.fields):
        raise ValueError(f"{register.id}.{answer.name} offers {', '.join(answer.fields)}")


def special_fields(register: Register, names: Iterable[str]) -> tuple[str, ...]:
    """Of these fields, those that hold data of a special category: a change of them needs a second pair of eyes."""
    return tuple(
        name
        for name in names
        if (field := register.fields.get(name)) is not None
        and any(each.personal == "special" for each in (field, *field.fields.values()))
    )


def holds_special(register: Register, row: Mapping[str, object]) -> bool:
    """Whether the row says anything of a special category."""
    return any(row.get(name) not in (None, "", []) for name in special_fields(register, register.fields))


def bound_to_special(shape: Shape) -> tuple[str, ...]:
    """What no officer changes alone in a row that holds special data: of whom it is said, and of which days."""
    return (*dict.fromkeys(path.partition(".")[0] for path in shape.about), "valid_from", "valid_until")


def persons_asked(shape: Shape, answer: Answer, by: Mapping[str, object]) -> tuple[str, ...]:
    """The persons by whom the answer is asked."""
    return tuple(
        str(shape.read_one[answer.by[name][0]](value))
        for name, value in by.items()
        if all(shape.found_field[path].kind == "person" for path in answer.by[name])
    )


def persons_named(shape: Shape, narrowed: Narrowed) -> tuple[str, ...]:
    """The persons about whom alone is asked."""
    return tuple(
        str(shape.read[name](value)) for name, value in narrowed.only.items() if name in shape.persons and value
    )


def service_id(country: Country, register: Register, name: str) -> str:
    """The X-Road service that an answer is: instance/class/code of the agency/register/name."""
    agency = country.agencies[register.agency]
    return f"{country.xroad_instance}/{agency.xroad_class}/{agency.xroad_code}/{register.id}/{name}"


def digest(texts: Iterable[str]) -> str:
    """SHA-256 over rows as they are stored, one a line."""
    hash_ = hashlib.sha256()
    for text in texts:
        hash_.update(text.encode() + b"\n")
    return hash_.hexdigest()


def joined(texts: Iterable[str]) -> str:
    """The key of a row that several fields identify."""
    return shortened(_JOIN.join(texts))


# --- finding


def _paths(fields: Mapping[str, Field]) -> Iterator[tuple[str, Field]]:
    """Every field by its path, those of repeated groups too."""
    for name, field_ in fields.items():
        yield name, field_
        for inner, each in field_.fields.items():
            yield f"{name}.{inner}", each


def _is_text(field_: Field) -> bool:
    return field_.kind in TEXTS


def _without_many(field_: Field) -> Field:
    kind = "choice" if field_.kind == "choices" else field_.kind
    return Field(
        field_.name, kind, field_.of, min=field_.min, max=field_.max, length=field_.length,
        pattern=field_.pattern, unit=field_.unit,
    )  # fmt: skip


def _found_by(register: Register, about: tuple[str, ...]) -> tuple[str, ...]:
    """Fields by which rows are found: key, subject, what answers and changes are asked by, the day of a date event,

    what is searched exactly, what must be unique, what refers to another row; and all plain ones where places are
    chosen by them.
    """
    names = [*register.key, *about]
    for answer in register.answers.values():
        names += [path for paths in answer.by.values() for path in paths]
        names += answer.alike
    for accept in register.accepts.values():
        names += accept.key
    names += [event.of for event in register.events.values() if event.of]
    for path, field_ in _paths(register.fields):
        is_plain = field_.kind in _PLAIN_KINDS and "." not in path and field_.many is None
        if field_.unique or field_.search == "exact" or field_.kind == "ref" or (register.capacity and is_plain):
            names.append(path)
    return tuple(name for name in dict.fromkeys(names) if name not in PSEUDO)


def _key_text(country: Country, field_: Field) -> Callable[[object], str]:
    if field_.kind == "ref":
        target = country.registers[str(field_.of)]
        return _key_text(country, target.fields[target.key[0]])
    if field_.kind in TEXTS:
        written = letters(country)
        return lambda value: writing.lower(str(value), written)
    if field_.kind == "boolean":
        return lambda value: "true" if value else "false"
    if field_.kind in ("decimal", "percent"):
        return lambda value: format(Decimal(str(value)).normalize(), "f")
    return as_written


def _likeness(country: Country, field_: Field, words: finding.Words) -> Callable[[object], str]:
    """A text by its words as the country searches them, in whatever order they stand; all else as it is."""
    if not _is_text(field_):
        return _key_text(country, field_)
    return lambda value: " ".join(sorted(words.of(str(value))))


def _local(value: object, zone: ZoneInfo) -> object:
    return value.astimezone(zone).replace(tzinfo=None) if isinstance(value, datetime) else value
