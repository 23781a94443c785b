"""Values of facts as declarations write them: in examples, in samples."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from pencere.base.errors import BadInput
from pencere.base.ground import written
from pencere.country.declarations import Country
from pencere.country.facts import Fact
from pencere.country.records import day_of, did_you_mean

WHY_NOT = {
    "letter_never_used": "holds a letter that is never used",
    "wrong_shape": "does not fit the pattern",
    "wrong_check_digit": "has another check character",
}
"""The reasons of `base.identifiers.read`, in words for whoever writes declarations."""

_WHOLE = re.compile(r"-?\d{1,18}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
_DECIMAL = re.compile(r"-?\d{1,18}(\.\d{1,12})?")


def read_value(country: Country, fact: Fact, text: str) -> object:
    """The value that the text writes, of the fact's kind; `null` is unknown. Raises ValueError with a sentence."""
    if text == "null":
        return None
    kind = fact.kind
    if kind == "boolean":
        if text not in ("true", "false"):
            raise ValueError(f'"{text}" is neither true nor false')
        return text == "true"
    if kind == "integer":
        return int(_matching(_WHOLE, text, "a whole number"))
    if kind in ("decimal", "money", "percent"):
        return _matching(_DECIMAL, text, "a number")
    if kind == "date":
        day = day_of(text)
        if day is None:
            raise ValueError(f'"{text}" is not a date like 2026-03-18')
        return day
    if kind == "moment":
        return datetime.fromisoformat(_matching(_MOMENT, text, "a moment like 2026-03-18T09:00"))
    if kind == "choice" and fact.values is not None and text not in fact.values:
        raise ValueError(f'"{text}" is not one of {", ".join(fact.values)}{did_you_mean(text, fact.values)}')
    if kind == "geometry" and fact.shape:
        return _shape(fact, text)
    if kind == "territory" and all(unit.code != text for unit in country.territory):
        codes = [unit.code for unit in country.territory]
        raise ValueError(f'"{text}" is no unit of territory.yaml{did_you_mean(text, codes)}')
    return text


def _shape(fact: Fact, text: str) -> object:
    """Corners with a semicolon between them, or GeoJSON."""
    try:
        return written.read(text if text.lstrip()[:1] == "{" else text.replace(";", "\n"), fact.shape)
    except BadInput as problem:
        where = "".join(f", {name} {value}" for name, value in problem.details.items())
        message = (
            f'"{text[:40]}" is no {fact.shape} like 50.17 40.43; 50.18 40.43; 50.18 40.44 ({problem.reason}{where})'
        )
        raise ValueError(message) from None


def _matching(pattern: re.Pattern[str], text: str, what: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(f'"{text}" is not {what}')
    return text


def shown(value: object) -> str:
    """A value as examples write it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, Mapping):
        return written.write(value).replace("\n", "; ")
    return value.isoformat() if isinstance(value, date) else str(value)
