"""Names of months as people type them, in every language of the country: `may`, `мая`, `Mart`, `sent.`"""

from __future__ import annotations

import re
from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError

from pencere import country
from pencere.base import writing

SHORTEST = 3


def number_of(typed: str) -> int | None:
    """1 to 12; None if it is neither such a number nor the name of a month, or the start of exactly one."""
    if re.fullmatch(r"\d{1,2}", typed):
        return int(typed) if 1 <= int(typed) <= 12 else None
    for language, style in country.current().writing.items():
        folded = writing.fold(typed.rstrip("."), style)
        if len(folded) >= SHORTEST:
            found = {number for name, number in _names(language) if name.startswith(folded)}
            if len(found) == 1:
                return found.pop()
    return None


@cache
def _names(language: str) -> tuple[tuple[str, int], ...]:
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return ()
    style = country.current().writing[language]
    return tuple(
        (writing.fold(name.rstrip("."), style), number)
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in locale.months[context][width].items()
    )
