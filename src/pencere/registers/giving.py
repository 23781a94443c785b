"""What a register gives a new row itself: numbers in order, new persons' identifiers, the moment."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from random import Random

from django.db.models import F

from pencere.base import clock, identifiers
from pencere.base.errors import BadInput, Unavailable
from pencere.base.identifiers import IdentifierKind
from pencere.country.declarations import Field
from pencere.registers.models import RowKey, Serial
from pencere.registers.rules import Shape

_PLACE = re.compile(r"\{(year|n:[1-9])\}")
_PIECE = re.compile(r"(\[[^\]]+\]|\\d|[^\\\[\]{}()|?*+.])(?:\{(\d+)(?:,\d+)?\})?")
_DRAWS = 200
_OWN_SERIAL = "{year}-{n:6}"


def give(shape: Shape, now: datetime) -> dict[str, object]:
    """The given fields of one new row, in the transaction that writes it: what rolls back leaves no gap."""
    return {name: _value(shape, shape.register.fields[name], given, now) for name, given in shape.given.items()}


def _value(shape: Shape, field: Field, given: str, now: datetime) -> object:
    day = clock.day_in(shape.country.time_zone, now)
    if given.startswith("serial "):
        return _next(shape, field.name, given.removeprefix("serial "), day)
    if given == "person" or field.kind == "person":
        return new_person(shape)
    if given == "moment" or field.kind in ("date", "moment"):
        return day if field.kind == "date" else now
    if field.kind != "text":
        raise ValueError(f"{shape.register.id}.{field.name}: nothing says how a {field.kind} is given")
    if field.pattern:
        kind = IdentifierKind(field.name, field.pattern)
        return _drawn(kind, lambda text: _is_found(f"{shape.register.id}.{field.name}", text))
    return _next(shape, field.name, _OWN_SERIAL, day)


# --- numbers in order


def _next(shape: Shape, field: str, pattern: str, day: date) -> str:
    """The next number of the year. The counter's row is ours until the transaction ends, so others wait."""
    year = day.year if "{year}" in pattern else 0
    place = {"register": shape.register.id, "field": shape.stored[field], "year": year}
    if not Serial.objects.filter(**place).update(last=F("last") + 1):
        Serial.objects.bulk_create([Serial(**place, last=0)], ignore_conflicts=True)
        Serial.objects.filter(**place).update(last=F("last") + 1)
    number = Serial.objects.values_list("last", flat=True).get(**place)
    return _PLACE.sub(lambda found: str(day.year) if found[1] == "year" else f"{number:0{found[1][2:]}d}", pattern)


def lock_serials(shape: Shape) -> None:
    """Nobody else gives a number of this register until the transaction ends; before rows are locked."""
    list(Serial.objects.select_for_update().filter(register=shape.register.id).order_by("field", "year"))


def count_loaded(shape: Shape, rows: Iterable[Mapping[str, object]]) -> None:
    """Numbers that came with rows loaded from elsewhere are not given again."""
    note_serials(shape, greatest(shape, rows))


def greatest(shape: Shape, rows: Iterable[Mapping[str, object]]) -> list[tuple[str, int, int]]:
    """Of each field with a serial, year (0 where numbers do not begin anew) and greatest number in these rows. Pure."""
    found: list[tuple[str, int, int]] = []
    for name, given in shape.given.items():
        if not given.startswith("serial "):
            continue
        parts = _PLACE.split(given.removeprefix("serial "))  # text, place, text, …
        written = re.compile("".join(_as_pattern(part, at) for at, part in enumerate(parts)))
        last: dict[int, int] = {}
        for row in rows:
            if match := written.fullmatch(str(row.get(name) or "")):
                year = int(match.groupdict().get("year") or 0)
                last[year] = max(last.get(year, 0), int(match["n"]))
        found += [(name, year, number) for year, number in last.items()]
    return found


def note_serials(shape: Shape, last: Iterable[tuple[str, int, int]]) -> None:
    """What is given next is greater than these."""
    for name, year, number in last:
        place = {"register": shape.register.id, "field": shape.stored[name], "year": year}
        Serial.objects.bulk_create([Serial(**place, last=0)], ignore_conflicts=True)
        Serial.objects.filter(**place, last__lt=number).update(last=number)


def _as_pattern(part: str, at: int) -> str:
    if at % 2 == 0:
        return re.escape(part)
    return r"(?P<year>\d{4})" if part == "year" else r"(?P<n>\d+)"


# --- identifiers nobody has


def new_person(shape: Shape) -> str:
    """An identifier as the country writes it that no register here knows as a person's."""
    here = shape.country
    paths = [f"{register.id}.{path}" for register in here.registers.values() for path in _person_paths(register.fields)]
    return _drawn(
        here.identifiers[here.person.identifier],
        lambda text: RowKey.objects.filter(field__in=paths, value=text).exists(),
    )


def _person_paths(fields: Mapping[str, Field]) -> Iterable[str]:
    for name, field in fields.items():
        if field.kind == "person":
            yield name
        yield from (f"{name}.{inner}" for inner, each in field.fields.items() if each.kind == "person")


def _is_found(path: str, text: str) -> bool:
    return RowKey.objects.filter(field=path, value=text).exists()


def _drawn(kind: IdentifierKind, is_taken: Callable[[str], bool]) -> str:
    chance = secrets.SystemRandom()
    for _ in range(_DRAWS):
        text = _like(kind.pattern, chance)
        if kind.check is not None:
            text = _with_check(kind, text)
        try:
            found = identifiers.read(kind, text)
        except BadInput:
            continue
        if not is_taken(found):
            return found
    raise Unavailable("registers", f"no unused number of the kind {kind.name} was found")


def _like(pattern: str, chance: Random) -> str:
    """A text that follows a pattern of letters, digits, classes and counts; `identifiers.read` has the last word."""
    text = ""
    for piece, times in _PIECE.findall(pattern.partition("|")[0].replace("\\-", "-")):
        text += "".join(chance.choice(_signs(piece)) for _ in range(int(times or 1)))
    return text


def _signs(piece: str) -> str:
    if piece == r"\d":
        return "0123456789"
    if not piece.startswith("["):
        return piece
    return "".join(
        chr(code)
        for first, last in re.findall(r"(\\d|[^-\\])(?:-([^-\\\]]))?", piece[1:-1])
        for code in (range(48, 58) if first == r"\d" else range(ord(first), ord(last or first) + 1))
    )


def _with_check(kind: IdentifierKind, text: str) -> str:
    """The same with the right character at the place of the check."""
    assert kind.check is not None
    at = [place for place, sign in enumerate(text) if sign.isascii() and sign.isalnum()]
    right = identifiers.check_character(kind.check, text)
    if right is None or len(at) < kind.check.digit:
        return text
    place = at[kind.check.digit - 1]
    return text[:place] + right + text[place + 1 :]
