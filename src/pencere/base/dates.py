"""Days and moments as a language writes them: 18 mart 2026, 18 March 2026, 18 марта 2026 г. Never in US order.

Names of months and their forms come from CLDR (Babel). Moments are shown in the zone of the country, 24 hours.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

_ELSEWHERE = {"en": "en_GB"}
"""A language whose bare code means a country that writes 3/18/26."""

_DAY_OR_MONTH = re.compile(r"d+|M+")
_YEAR = re.compile(r"y+")


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


def show_short_date(day: date, language: str) -> str:
    """`18.03.2026`, for tables: the language's order, two digits for day and month, the year in full."""
    pattern = locale_of(language).date_formats["short"].pattern
    full = _YEAR.sub("yyyy", _DAY_OR_MONTH.sub(lambda field: field[0][0] * 2, pattern))
    return _plain(format_date(day, full, locale_of(language)))


def show_weekday(day: date, language: str) -> str:
    """`çərşənbə`."""
    return format_date(day, "EEEE", locale_of(language))


def show_moment(moment: datetime, language: str, zone: str) -> str:
    """`18 mart 2026, 13:05`, in the zone. A moment without a zone raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError("a moment has a time zone")
    local = moment.astimezone(ZoneInfo(zone))
    return f"{show_date(local.date(), language)}, {local:%H:%M}"


def _plain(text: str) -> str:
    """CLDR's narrow blank is missing in many fonts; a no-break blank does the same."""
    return text.replace("\u202f", "\u00a0")
