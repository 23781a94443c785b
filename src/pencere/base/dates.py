"""Days and moments as a language writes them: 18 mart 2026, 18 March 2026, 18 марта 2026 г. Never in US order.

Names of months and their forms come from CLDR (Babel). Moments are shown in the zone of the country, 24 hours.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

_ELSEWHERE = {"en": "en_GB"}
"""A language whose bare code means a country that writes 3/18/26."""


@cache
def locale_of(language: str) -> Locale:
    """CLDR's locale; for a language that it does not know, one that writes 2026-03-18 and plain numbers."""
    try:
        return Locale.parse(_ELSEWHERE.get(language, language).replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("root")


def show_date(day: date, language: str) -> str:
    """`18 mart 2026`."""
    return _plain(format_date(day, "long", locale_of(language)))


def _plain(text: str) -> str:
    """CLDR's narrow blank is missing in many fonts; a no-break blank does the same."""
    return text.replace("\u202f", "\u00a0")
