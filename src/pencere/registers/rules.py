"""Values of rows: which are of the right kind, how they are stored, by what they are found. Pure.

In memory a date is a `date`, a moment an aware `datetime`, an integer an int, a decimal text; in storage (JSON) dates
and moments are ISO text. `None` is unknown.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pencere.base import identifiers, writing
from pencere.base.errors import BadInput
from pencere.base.writing import Writing
from pencere.country.declarations import Answer, Country, Field, Register

PSEUDO = {
    "valid_from": Field("valid_from", "date"),
    "valid_until": Field("valid_until", "date", required=False),
    "recorded_at": Field("recorded_at", "moment"),
}
"""Offered and taken like fields: when the row holds, and when it was recorded."""

LOOK_KIND = {"law": "evidence", "consent": "evidence", "own": "own", "oversight": "desk", "check": "check"}
"""How a look is filed, by its ground."""

_JOIN = "\x1f"
_LONGEST_KEY = 200
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[0-9 ()-]{3,25}")
_DECIMAL = re.compile(r"-?\d{1,30}(\.\d{1,30})?")
_TEXTS = ("text", "long_text", "address", "phone", "email")


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A row as it is answered: only the fields that were asked for."""

    values: dict[str, object]
    valid_from: date
    valid_until: date | None
    recorded_at: datetime


class WrongKind(ValueError):
    """A value is not of the kind of its field. `reason` is a word of code."""

    def __init__(self, reason: str, **details: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details


Read = Callable[[object], object]
"""A value as it comes -> as it is in memory. Raises WrongKind."""


class Shape:
    """The fields of one register, each with how it is read; made once for each register in use."""

    def __init__(self, country: Country, register: Register) -> None:
        self.country = country
        self.register = register
        self.read: dict[str, Read] = {name: _reader(country, field) for name, field in register.fields.items()}
        self.offered: dict[str, Read] = {name: _reader(country, field) for name, field in PSEUDO.items()}
        self.required = tuple(name for name, field in register.fields.items() if field.required)
        self.found_by = _found_by(register)
        self.text_key: dict[str, Callable[[object], str]] = {
            name: _key_text(country, register.fields[name]) for name in self.found_by
        }
        self.is_personal = any(field.personal in ("ordinary", "special") for field in register.fields.values())

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
        if self.register.about and self.is_personal and not any(row.get(name) for name in self.register.about):
            raise BadInput("no_subject", field=self.register.about[0])
        return row

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

    def texts(self, row: Mapping[str, object]) -> dict[str, str]:
        """What the row is found by, each field in the form in which it is stored."""
        return {name: shortened(text(row[name])) for name, text in self.text_key.items() if row.get(name) is not None}

    def key(self, texts: Mapping[str, str]) -> str:
        """What identifies the row, of its texts."""
        names = self.register.key
        return texts[names[0]] if len(names) == 1 else shortened(_JOIN.join(texts[name] for name in names))

    def found(self, name: str, value: object) -> str:
        """What a row is found by, in the form in which it is stored. Raises BadInput."""
        try:
            return shortened(self.text_key[name](self.read[name](value)))
        except WrongKind as problem:
            raise BadInput(problem.reason, field=name, **problem.details) from None


def plain(value: object) -> object:
    """A value of memory as JSON holds it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def demand_askable(register: Register, answer: Answer, by: Mapping[str, object], fields: tuple[str, ...]) -> None:
    """Raises ValueError unless the answer can be asked so: by its keys, for fields that it offers."""
    if set(by) != set(answer.by):
        raise ValueError(f"{register.id}.{answer.name} is asked by {', '.join(answer.by)}")
    if not fields or not set(fields) <= set(answer.fields):
        raise ValueError(f"{register.id}.{answer.name} offers {', '.join(answer.fields)}")


def persons_asked(shape: Shape, answer: Answer, by: Mapping[str, object]) -> tuple[str, ...]:
    """The persons by whom the answer is asked."""
    return tuple(
        str(shape.read[answer.by[name][0]](value))
        for name, value in by.items()
        if all(shape.register.fields[field].kind == "person" for field in answer.by[name])
    )


def service_id(country: Country, register: Register, name: str) -> str:
    """The X-Road service that an answer is: instance/class/code of the agency/register/name."""
    agency = country.agencies[register.agency]
    return f"{country.xroad_instance}/{agency.xroad_class}/{agency.xroad_code}/{register.id}/{name}"


def digest(texts: list[str]) -> str:
    """SHA-256 over rows as they are stored, one a line."""
    hash_ = hashlib.sha256()
    for text in texts:
        hash_.update(text.encode() + b"\n")
    return hash_.hexdigest()


# --- finding


def _found_by(register: Register) -> tuple[str, ...]:
    """Fields by which rows are found: key, subject, and what answers are asked by or have in common."""
    names = [*register.key, *register.about]
    for answer in register.answers.values():
        names += [field for fields in answer.by.values() for field in fields]
        names += answer.alike
    return tuple(dict.fromkeys(names))


def _key_text(country: Country, field: Field) -> Callable[[object], str]:
    if field.kind in _TEXTS:
        letters = _letters(country)
        return lambda value: writing.lower(str(value), letters)
    if field.kind == "boolean":
        return lambda value: "true" if value else "false"
    if field.kind == "decimal":
        return lambda value: format(Decimal(str(value)).normalize(), "f")
    return lambda value: str(plain(value))


def shortened(text: str) -> str:
    if len(text) <= _LONGEST_KEY:
        return text
    return f"{text[: _LONGEST_KEY - 65]}#{hashlib.sha256(text.encode()).hexdigest()}"


def _letters(country: Country) -> Writing:
    return country.writing[country.languages[0]]


# --- kinds


def _reader(country: Country, field: Field) -> Read:
    kind = field.kind
    if kind in _TEXTS:
        return _text(country, field)
    if kind == "choice":
        return _choice(country, field)
    if kind == "territory":
        return _one_of(frozenset(unit.code for unit in country.territory), "unknown_unit")
    if kind == "person":
        return _identifier(country, country.person.identifier)
    if kind in country.identifiers:
        return _identifier(country, kind)
    if kind not in _SIMPLE:
        raise ValueError(f"a register cannot hold values of kind {kind!r}")
    return _limited(field, *_SIMPLE[kind])


def _text(country: Country, field: Field) -> Read:
    letters = _letters(country)
    lines = field.kind == "long_text"
    least, most = field.length or (1, 100_000 if lines else 1000)
    pattern = re.compile(field.pattern) if field.pattern else {"email": _EMAIL, "phone": _PHONE}.get(field.kind)

    def read(value: object) -> object:
        if not isinstance(value, str):
            raise WrongKind("not_text")
        try:
            text = writing.clean(value, letters, lines=lines)
        except BadInput as problem:
            raise WrongKind(problem.reason, **problem.details) from None
        if not least <= len(text) <= most:
            raise WrongKind("too_short" if len(text) < least else "too_long", least=least, most=most)
        if pattern and not pattern.fullmatch(text):
            raise WrongKind("wrong_shape")
        return text

    return read


def _choice(country: Country, field: Field) -> Read:
    of = field.of or ()
    codes = country.lists[of.removeprefix("list:")].values if isinstance(of, str) else of
    return _one_of(frozenset(codes), "not_a_choice")


def _one_of(codes: frozenset[str], reason: str) -> Read:
    names = {code: sys.intern(code) for code in codes}

    def read(value: object) -> object:
        if not isinstance(value, str):
            raise WrongKind("not_text")
        code = names.get(value)
        if code is None:
            raise WrongKind(reason)
        return code

    return read


def _identifier(country: Country, kind: str) -> Read:
    declared = country.identifiers[kind]
    never = "".join(re.escape(letter) for letter in declared.never)
    as_stored = re.compile(rf"(?!.*[a-z{never}])(?:{declared.pattern})", re.ASCII)
    no_check = declared.check is None

    def read(value: object) -> object:
        if not isinstance(value, str):
            raise WrongKind("not_text")
        if no_check and value.isascii() and as_stored.fullmatch(value):  # most of a million rows, at a tenth the cost
            return value
        try:
            return identifiers.read(declared, value)
        except BadInput as problem:
            raise WrongKind(problem.reason, **problem.details) from None

    return read


def _boolean(value: object) -> object:
    if not isinstance(value, bool):
        raise WrongKind("not_yes_or_no")
    return value


def _integer(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 10**18:
        raise WrongKind("not_a_whole_number")
    return value


def _decimal(value: object) -> object:
    if isinstance(value, Decimal):
        value = format(value, "f")
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise WrongKind("not_a_number")
    return value


def _date(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or len(value) != 10:
        raise WrongKind("not_a_date")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise WrongKind("not_a_date") from None


def _moment(value: object) -> object:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise WrongKind("not_a_moment") from None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise WrongKind("not_a_moment")
    return value.astimezone(UTC)


_SIMPLE: dict[str, tuple[Read, Callable[[Any], Any]]] = {
    "boolean": (_boolean, bool),
    "date": (_date, _date),
    "moment": (_moment, _moment),
    "integer": (_integer, int),
    "decimal": (_decimal, Decimal),
}
"""kind -> how a value is read, and how a value or a limit is made comparable."""


def _limited(field: Field, read: Read, number: Callable[[Any], Any]) -> Read:
    """`read`, with the field's `min` and `max`."""
    if field.min is None and field.max is None:
        return read
    least = None if field.min is None else number(field.min)
    most = None if field.max is None else number(field.max)

    def limited(value: object) -> object:
        found = read(value)
        measured = number(found)
        if least is not None and measured < least:
            raise WrongKind("too_small", least=field.min)
        if most is not None and measured > most:
            raise WrongKind("too_large", most=field.max)
        return found

    return limited
