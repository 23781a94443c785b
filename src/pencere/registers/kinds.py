"""How a value of each kind of field is read: what is of the kind, and in which form it is kept. Pure.

In memory a date is a `date`, a moment an aware `datetime`, an integer an int, money an int of the smallest unit, a
decimal or percent text, a time `HH:MM`, several choices a list of codes, a file its digest `sha256:…`, a reference the
key of the row that it names, a repeated group a list of mappings. `None` is unknown.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pencere.base import identifiers, money, writing
from pencere.base.errors import BadInput
from pencere.base.ground import geometry
from pencere.base.writing import Writing
from pencere.country.declarations import Country, Field

Read = Callable[[object], object]
"""A value as it comes -> as it is in memory. Raises WrongKind."""

TEXTS = ("text", "long_text", "address", "phone", "email")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[0-9 ()-]{3,25}")
_SHAPES = {"email": _EMAIL, "phone": _PHONE}
_DECIMAL = re.compile(r"-?\d{1,30}(\.\d{1,30})?")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_FILE = re.compile(r"sha256:[0-9a-f]{64}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


class WrongKind(ValueError):
    """A value is not of the kind of its field. `reason` is a word of code."""

    def __init__(self, reason: str, **details: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details


def reader(country: Country, field: Field) -> Read:
    """How a value of that field is read; with `many` a list of them, a group as a list of mappings."""
    one = _group(country, field) if field.kind == "group" else _one(country, field)
    return one if field.many is None else _several(one, *field.many)


def letters(country: Country) -> Writing:
    """How text is cleaned and made small: as the language of the law writes it."""
    return country.writing[country.languages[0]]


def _one(country: Country, field: Field) -> Read:
    kind = field.kind
    if kind in TEXTS:
        return _text(country, field)
    if kind == "choice":
        return _one_of(_codes(country, field), "not_a_choice")
    if kind == "choices":
        return _choices(_codes(country, field))
    if kind == "territory":
        return _one_of(tuple(unit.code for unit in country.territory), "unknown_unit")
    if kind == "person":
        return _identifier(country, country.person.identifier)
    if kind == "organisation":
        return _organisation(country)
    if kind == "ref":
        return _ref(country, field)
    if kind == "geometry":
        return _geometry(str(field.of or "polygon"), field.crs)
    if kind == "money":
        return _limited(field, _integer, lambda value: _minor(value, country.currency))
    if kind in country.identifiers:
        return _identifier(country, kind)
    if kind not in _SIMPLE:
        raise ValueError(f"a register cannot hold values of kind {kind!r}")
    return _limited(field, *_SIMPLE[kind])


# --- several


def _several(one: Read, least: int, most: int) -> Read:
    def read(value: object) -> object:
        if not isinstance(value, list | tuple):
            raise WrongKind("not_a_list")
        if not least <= len(value) <= most:
            raise WrongKind("too_few" if len(value) < least else "too_many", least=least, most=most)
        return [_item(one, number, each) for number, each in enumerate(value, 1)]

    return read


def _item(one: Read, number: int, value: object) -> object:
    try:
        if value is None:
            raise WrongKind("missing")
        return one(value)
    except WrongKind as problem:
        raise WrongKind(problem.reason, **{**problem.details, "item": number}) from None


def _group(country: Country, group: Field) -> Read:
    """One item of a repeated group: its fields, each of its kind, none missing, no other."""
    inner = {name: reader(country, field) for name, field in group.fields.items()}
    required = tuple(name for name, field in group.fields.items() if field.required)

    def read(value: object) -> object:
        if not isinstance(value, Mapping):
            raise WrongKind("not_a_group")
        item: dict[str, object] = {}
        for name, given in value.items():
            if name not in inner:
                raise WrongKind("unknown_field", inside=name)
            try:
                item[name] = None if given is None else inner[name](given)
            except WrongKind as problem:
                raise WrongKind(problem.reason, **{**problem.details, "inside": name}) from None
        for name in required:
            if item.get(name) is None:
                raise WrongKind("missing", inside=name)
        return item

    return read


def _choices(codes: tuple[str, ...]) -> Read:
    """Kept in the order of the declaration, each once."""
    order = {code: place for place, code in enumerate(codes)}

    def read(value: object) -> object:
        if not isinstance(value, list | tuple):
            raise WrongKind("not_a_list")
        if not value:
            raise WrongKind("too_few", least=1, most=len(codes))
        if any(not isinstance(code, str) or code not in order for code in value):
            raise WrongKind("not_a_choice")
        return sorted(set(value), key=order.__getitem__)

    return read


# --- text, codes, names


def text_limits(field: Field) -> tuple[int, int, re.Pattern[str] | None]:
    """How few and how many signs a text of that field has, and which shape if it has one."""
    least, most = field.length or (1, 100_000 if field.kind == "long_text" else 1000)
    return least, most, re.compile(field.pattern) if field.pattern else _SHAPES.get(field.kind)


def _text(country: Country, field: Field) -> Read:
    written = letters(country)
    lines = field.kind == "long_text"
    least, most, pattern = text_limits(field)

    def read(value: object) -> object:
        if not isinstance(value, str):
            raise WrongKind("not_text")
        try:
            text = writing.clean(value, written, lines=lines)
        except BadInput as problem:
            raise WrongKind(problem.reason, **problem.details) from None
        if not least <= len(text) <= most:
            raise WrongKind("too_short" if len(text) < least else "too_long", least=least, most=most)
        if pattern and not pattern.fullmatch(text):
            raise WrongKind("wrong_shape")
        return text

    return read


def _codes(country: Country, field: Field) -> tuple[str, ...]:
    of = field.of or ()
    return tuple(country.lists[of.removeprefix("list:")].values) if isinstance(of, str) else tuple(of)


def _one_of(codes: tuple[str, ...], reason: str) -> Read:
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
    unlike = f"a-z{never}"
    as_stored = re.compile(rf"(?!.*[{unlike}])(?:{declared.pattern})", re.ASCII)
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


def _organisation(country: Country) -> Read:
    """By any identifier that the country declares, but the one of persons."""
    kinds = [_identifier(country, kind) for kind in country.identifiers if kind != country.person.identifier]

    def read(value: object) -> object:
        for kind in kinds:
            try:
                return kind(value)
            except WrongKind as problem:
                last = problem
        raise WrongKind(last.reason if len(kinds) == 1 else "wrong_shape")

    return read


def _ref(country: Country, field: Field) -> Read:
    """The key of a row of another register, as that register writes it."""
    register = country.registers.get(str(field.of))
    if register is None or len(register.key) != 1:
        raise ValueError(f"{field.name}: a row is referred to by the one field that is the key of its register")
    return reader(country, register.fields[register.key[0]])


def _file(value: object) -> object:
    """A stored file, named by the digest of its bytes."""
    if not isinstance(value, str) or not _FILE.fullmatch(value):
        raise WrongKind("not_a_file")
    return value


def _iban(value: object) -> object:
    """ISO 13616: without blanks, in capitals, the check digits right."""
    if not isinstance(value, str):
        raise WrongKind("not_text")
    text = writing.capitals("".join(sign for sign in value if not sign.isspace()))
    if not text.isascii() or not _IBAN.fullmatch(text):
        raise WrongKind("wrong_shape")
    if int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 != 1:
        raise WrongKind("wrong_check_digit")
    return text


# --- yes and no, numbers, days


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


def _percent(value: object) -> object:
    number = _decimal(value)
    if not 0 <= Decimal(str(number)) <= 100:
        raise WrongKind("not_a_percentage")
    return number


def _minor(value: object, currency: str) -> int:
    """A limit is declared in whole units (`5.50`), a value comes in the smallest."""
    return value if isinstance(value, int) else money.parse(str(value), currency).minor


def _date(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or len(value) != 10:
        raise WrongKind("not_a_date")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise WrongKind("not_a_date") from None


def _time(value: object) -> object:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise WrongKind("not_a_time")
    return value


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
    "time": (_time, str),
    "moment": (_moment, _moment),
    "integer": (_integer, int),
    "decimal": (_decimal, Decimal),
    "percent": (_percent, Decimal),
    "iban": (_iban, str),
    "file": (_file, str),
    "photo": (_file, str),
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


# --- places on the ground


def _geometry(shape: str, crs: str | None) -> Read:
    """A point, a line or an area as GeoJSON (RFC 7946) writes it: east before north, rings closed.

    In the declared system of coordinates. Whether lines cross is looked at when a row is written (`ground`).
    """
    named = geometry.NAMED.get(shape)
    if named is None:
        raise ValueError(f"a register cannot hold a geometry of shape {shape!r}")
    degrees = crs in (None, geometry.DEGREES)

    def read(value: object) -> object:
        if not isinstance(value, Mapping) or set(value) != {"type", "coordinates"}:
            raise WrongKind("not_a_geometry")
        kind, at = value["type"], value["coordinates"]
        if shape == "multipolygon" and kind == "Polygon":
            kind, at = named, [at]
        if kind != named:
            raise WrongKind("other_shape", expected=named)
        if not geometry.is_sound(shape, at, degrees=degrees):
            raise WrongKind("not_a_geometry")
        return {"type": named, "coordinates": at}

    return read
