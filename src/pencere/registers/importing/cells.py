"""One cell of a file, as people and their programs write it, becomes a value as a register reads it. Pure.

Days as 2026-03-18, 18.03.2026 or 18/03/2026; numbers with a comma or a point; codes by their labels in any language;
several codes with ";" between them; groups as JSON, in which each value is written as in a cell; places on the ground
as GeoJSON, and texts that repeat as JSON if they are written so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from pencere.base import money, writing
from pencere.base.errors import BadInput
from pencere.country.declarations import Country, Field, Register, Texts
from pencere.registers.importing.encoding import Letters
from pencere.registers.kinds import TEXTS, WrongKind, letters

Convert = Callable[[str], object]
"""The text of a cell, not empty and without blanks around it -> what `kinds.reader` takes. Raises WrongKind."""

_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]00:00(?::00(?:\.0+)?)?", re.ASCII)
_COUNTED_DAY = re.compile(r"([1-9]\d{4})(?:\.0+)?", re.ASCII)  # of numbers that are shorter nobody can be sure
_BEFORE_1900 = date(1899, 12, 30)  # day 0 of spreadsheets, as they count since March 1900
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_WHOLE_POINT = re.compile(r"([+-]?\d{1,18})\.0+", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,30}(?:[.,]\d{1,30})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?P<by>[.,])\d{3})(?:(?P=by)\d{3})*(?:(?!(?P=by))[.,]\d+)?", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::00)?", re.ASCII)
_SIGNED = re.compile(r"[+-][\d\s().-]*", re.ASCII)
_YES, _NO = frozenset({"true", "1"}), frozenset({"false", "0"})


def converter(
    country: Country, register: Register, field: Field, words: Mapping[str, bool], *, exported: bool = False
) -> Convert:
    """How a column of that field is read. `words`: yes and no in the country's languages, folded.

    `exported`: the file was written by `registers.out`: its texts are those of a register, so none is doubted.
    """
    if field.kind == "group":
        return _items(country, register, field, words, exported)
    one = _one(country, register, field, words, exported)
    if field.many is not None or field.kind == "choices":
        return lambda text: [one(each) for each in _parts(text)]
    return one


def _parts(text: str) -> list[str]:
    """What stands between ";", or a list of texts as JSON."""
    if text[0] == "[":
        try:
            return msgspec.json.decode(text, type=list[str])
        except msgspec.DecodeError:
            pass
    return [each.strip() for each in text.split(";") if each.strip()]


def is_formula(text: str) -> bool:
    """What a spreadsheet would reckon instead of show. A sign before digits is a number or a telephone."""
    return text[0] in "=@" or (text[0] in "+-" and len(text) > 1 and not _SIGNED.fullmatch(text))


def folded(text: str, country: Country, language: str) -> str:
    return " ".join(writing.fold(text, country.writing[language]).split())


def _one(country: Country, register: Register, field: Field, words: Mapping[str, bool], exported: bool) -> Convert:
    kind = field.kind
    if kind in TEXTS:
        return _as_it_is if exported else _text(Letters(letters(country)))
    if kind in ("choice", "choices"):
        return _labelled(country, _choices(country, register, field))
    if kind == "territory":
        return _labelled(country, [(unit.code, unit.names) for unit in country.territory])
    if kind == "boolean":
        return _boolean(country, words)
    if kind == "money":
        return lambda text: _money(text, country.currency)
    if kind == "moment":
        return lambda text: _moment(text, ZoneInfo(country.time_zone))
    if kind == "ref":
        target = country.registers[str(field.of)]
        return converter(country, target, target.fields[target.key[0]], words, exported=exported)
    return _SIMPLE.get(kind, _as_it_is)


def _as_it_is(text: str) -> object:
    return text


def _text(known: Letters) -> Convert:
    def convert(text: str) -> object:
        if text[0] in "=@+-'" and (bare := text.removeprefix("'")) and is_formula(bare):
            raise WrongKind("formula")  # also one that a file of bad rows has made harmless, and nobody mended
        if known.are_lost(text):
            raise WrongKind("lost_letter")
        return text

    return convert


# --- codes and their labels


def _choices(country: Country, register: Register, field: Field) -> list[tuple[str, Texts]]:
    if isinstance(field.of, str) and field.of.startswith("list:"):
        return list(country.lists[field.of.removeprefix("list:")].values.items())
    return [(code, register.texts.get(f"{field.name}.{code}", {})) for code in field.of or ()]


def _labelled(country: Country, codes: Iterable[tuple[str, Texts]]) -> Convert:
    """A code, or its label in any language, both in any case. What two codes may be called names neither."""
    names: dict[str, str] = {}
    by_label: dict[tuple[str, str], set[str]] = {}
    for code, labels in codes:
        names[code] = code
        for language in country.writing:
            said = [code.replace("_", " "), *([labels[language]] if language in labels else [])]
            for label in said:
                by_label.setdefault((language, folded(label, country, language)), set()).add(code)
    known = {key: next(iter(found)) for key, found in by_label.items() if len(found) == 1}
    ambiguous = {key for key, found in by_label.items() if len(found) > 1}
    near = _near({label: code for (_language, label), code in known.items()})

    def convert(text: str) -> object:
        code = names.get(text)
        if code is None:
            keys = [(language, folded(text.replace("_", " "), country, language)) for language in country.writing]
            found = {known[key] for key in keys if key in known}
            if len(found) > 1 or (not found and any(key in ambiguous for key in keys)):
                raise WrongKind("ambiguous_label")
            if not found and (meant := near(keys[0][1])):
                raise WrongKind("not_a_choice_but", meant=meant)
            code = found.pop() if found else text
            if len(names) < _REMEMBERED:
                names[text] = code
        return code

    return convert


_REMEMBERED = 10_000
_MOST_COMPARED = 500


def _near(codes: Mapping[str, str]) -> Callable[[str], str | None]:
    """The code whose name is written nearly so; of long lists nothing is guessed."""

    @lru_cache(maxsize=1000)
    def near(text: str) -> str | None:
        found = get_close_matches(text, codes, n=1, cutoff=0.75) if len(codes) <= _MOST_COMPARED else []
        return codes[found[0]] if found else None

    return near


def _boolean(country: Country, words: Mapping[str, bool]) -> Convert:
    def convert(text: str) -> object:
        for language in country.writing:
            word = folded(text, country, language)
            if word in _YES or word in _NO:
                return word in _YES
            if word in words:
                return words[word]
        raise WrongKind("not_yes_or_no")

    return convert


# --- numbers, days


def _integer(text: str) -> object:
    plain = "".join(text.split())
    if point := _WHOLE_POINT.fullmatch(plain):  # as spreadsheets write whole numbers
        plain = point[1]
    if not _WHOLE.fullmatch(plain):
        raise WrongKind("not_a_whole_number")
    return int(plain)


def _decimal(text: str) -> object:
    """A single comma or point is the decimal mark; of both kinds the last one is, the others part thousands."""
    plain = "".join(text.split()).removeprefix("+")
    if _NUMBER.fullmatch(plain):
        return plain.replace(",", ".")
    if not (grouped := _GROUPED.fullmatch(plain)):
        raise WrongKind("not_a_number")
    by = grouped["by"]
    bare = plain.replace(by, "")
    if not _NUMBER.fullmatch(bare):
        raise WrongKind("not_a_number")
    return bare.replace(",", ".")


def _percent(text: str) -> object:
    return _decimal(text.removesuffix("%"))


def _money(text: str, currency: str) -> object:
    try:
        return money.parse(str(_decimal(text.removesuffix(currency))), currency).minor
    except BadInput as problem:
        raise WrongKind(problem.reason) from None
    except WrongKind:
        raise WrongKind("not_an_amount") from None


def _date(text: str) -> object:
    if written := _DAY.fullmatch(text):
        try:
            return date(int(written[3]), int(written[2]), int(written[1]))
        except ValueError:
            raise WrongKind("not_a_date") from None
    if midnight := _ISO_DAY.fullmatch(text):
        return midnight[1]
    if counted := _COUNTED_DAY.fullmatch(text):
        raise WrongKind("day_as_number", day=(_BEFORE_1900 + timedelta(int(counted[1]))).isoformat())
    return text


def _time(text: str) -> object:
    written = _TIME.fullmatch(text)
    return f"{int(written[1]):02}:{written[2]}" if written else text


def _moment(text: str, zone: ZoneInfo) -> object:
    """Without a time zone it is the time of the country's clock."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise WrongKind("not_a_moment") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _json(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        raise WrongKind("not_json") from None


def _items(country: Country, register: Register, group: Field, words: Mapping[str, bool], exported: bool) -> Convert:
    """Several items as JSON, what stands in them written as in cells; numbers and yes or no also as JSON has them."""
    inner = {
        name: converter(country, register, replace(field, name=f"{group.name}.{name}"), words, exported=exported)
        for name, field in group.fields.items()
    }
    numbers = {name for name, field in group.fields.items() if field.kind in ("decimal", "percent")}

    def value(name: str, given: object) -> object:
        if isinstance(given, float) and name in numbers:
            given = repr(given)  # the digits that were written
        if not isinstance(given, str) or name not in inner:
            return given
        try:
            return inner[name](text) if (text := given.strip()) else None
        except WrongKind as problem:
            raise WrongKind(problem.reason, **{**problem.details, "inside": name}) from None

    def convert(text: str) -> object:
        items = _json(text)
        if not isinstance(items, list):
            return items
        return [{n: value(n, v) for n, v in item.items()} if isinstance(item, dict) else item for item in items]

    return convert


_SIMPLE: dict[str, Convert] = {
    "integer": _integer,
    "decimal": _decimal,
    "percent": _percent,
    "date": _date,
    "time": _time,
    "geometry": _json,
}
