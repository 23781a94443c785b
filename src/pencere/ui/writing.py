"""How values look on a page in the reader's language: days, moments, sizes, declared texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from babel.units import format_unit, get_unit_name
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from pencere import country
from pencere.country.grammars import UNITS

_NUMBER = "#,##0.############"
Texts = Mapping[str, str]


def day(value: date, language: str) -> str:
    """`4 may 2026`."""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(country.current().time_zone)).date()
    return format_date(value, "d MMMM y", locale=_locale(language))


def moment(value: datetime, language: str) -> str:
    """`4 may 2026, 15:07`, by the country's clock."""
    here = value.astimezone(ZoneInfo(country.current().time_zone))
    return format_datetime(here, "d MMMM y, HH:mm", locale=_locale(language))


def until(value: datetime, language: str) -> str:
    """The end of a time: a day, where the time ends with it (at the midnight after), else the moment."""
    here = value.astimezone(ZoneInfo(country.current().time_zone))
    if (here.hour, here.minute, here.second) == (0, 0, 0):
        return day((here - timedelta(days=1)).date(), language)
    return moment(value, language)


def machine_time(value: datetime) -> str:
    """For the attribute of `<time>` and for `pieces.Event.at`: UTC, whole seconds."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def size(bytes_: int, language: str) -> str:
    """`85 KB`: as many thousands of bytes as are loaded."""
    number = max(1, round(bytes_ / 1000))
    return gettext("%(number)s KB") % {"number": format_decimal(number, locale=_locale(language))}


def number(text: str, language: str) -> str:
    """A decimal as the language writes it: `12,5`."""
    return format_decimal(Decimal(text), format=_NUMBER, locale=_locale(language))


def quantity(value: object, unit: str, language: str, own: str = "") -> str:
    """`12,5 м²`: a number with its unit, which never stand in two lines. `own`: the declaration's word for the unit."""
    name = UNITS.get(unit)
    if own or name is None:
        return f"{number(str(value), language)}\u00a0{own or unit}"
    made = format_unit(Decimal(str(value)), name, _length(name), format=_NUMBER, locale=_locale(language))
    return made.replace(" ", "\u00a0")


def unit_name(unit: str, language: str, own: str = "") -> str:
    """The unit alone, as it stands behind a field or in a head."""
    name = UNITS.get(unit)
    if own or name is None:
        return own or unit
    if _length(name) == "long":
        return get_unit_name(name, "long", _locale(language)) or get_unit_name(name, "short", _locale(language)) or unit
    return format_unit(5, name, "short", format="0", locale=_locale(language)).replace("5", "", 1).strip()


def _length(name: str) -> Literal["short", "long"]:
    """Spans of time are written out, measures are not."""
    return "long" if name.startswith("duration") else "short"


def words(texts: Texts, language: str) -> SafeString | str:
    """The text in the language; one that is missing is shown in the language of the law and marked as such."""
    if text := texts.get(language):
        return text
    for code in (country.current().languages[0], *texts):
        if text := texts.get(code):
            return format_html('<span lang="{}">{}</span>', code, text)
    return ""


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def term(amount: int, unit: str) -> str:
    """`3 working days`; a count that only the country knows keeps its own name."""
    sentences = {
        "hours": lambda: ngettext("%(amount)s hour", "%(amount)s hours", amount),
        "calendar_days": lambda: ngettext("%(amount)s day", "%(amount)s days", amount),
        "working_days": lambda: ngettext("%(amount)s working day", "%(amount)s working days", amount),
        "months": lambda: ngettext("%(amount)s month", "%(amount)s months", amount),
        "years": lambda: ngettext("%(amount)s year", "%(amount)s years", amount),
    }
    made = sentences.get(unit)
    return made() % {"amount": amount} if made else f"{amount} {unit.replace('_', ' ')}"
