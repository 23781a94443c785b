"""Form fields for the kinds of a declared field. Each reads what a person types, forgivingly, and says in one
sentence what is wrong and how to mend it. `component` names the template that draws it (`ui/fields/`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from pencere import country
from pencere.base import clock, iban, identifiers, writing
from pencere.base.errors import BadInput
from pencere.ui import months
from pencere.ui.writing import day as written_day

Option = tuple[str, str | Promise] | tuple[str, str, str]
"""Value, label and perhaps a hint."""

TEXT_MOST, LONG_TEXT_MOST = 200, 5000


class Written(forms.CharField):
    """One line of text, cleaned as the country's language declares."""

    component = "text"
    lines = False
    default_error_messages = {
        "required": gettext_lazy("Write your answer."),
        "hidden": gettext_lazy(
            "The text holds a sign that cannot be seen, perhaps from copying. Type it again by hand."
        ),
        "shape": gettext_lazy(
            "This has another form than expected: signs are missing, too many or misplaced. Write it again."
        ),
    }

    def __init__(self, *, length: tuple[int, int] | None = None, pattern: str | None = None, **options: Any) -> None:
        super().__init__(strip=True, **options)
        self.length = length or (0, LONG_TEXT_MOST if self.lines else TEXT_MOST)
        self.pattern = pattern

    def to_python(self, value: object) -> str:
        text = unicodedata.normalize("NFC", str(value or ""))
        try:
            clean = writing.clean(text, _writing(), lines=self.lines)
        except BadInput:
            raise ValidationError(self.error_messages["hidden"], "hidden") from None
        return self._in_its_case(clean) if self.pattern else clean

    def _in_its_case(self, text: str) -> str:
        """A code that is declared in capitals may be typed in small letters."""
        if re.fullmatch(str(self.pattern), text):
            return text
        capitals = writing.capitals(text)
        return capitals if re.fullmatch(str(self.pattern), capitals) else text

    def validate(self, value: str) -> None:
        super().validate(value)
        least, most = self.length
        if not value:
            return
        if len(value) > most:
            raise ValidationError(
                gettext("Write at most %(most)s characters; there are %(have)s.") % {"most": most, "have": len(value)},
                "too_long",
            )
        if len(value) < least:
            raise ValidationError(gettext("Write at least %(least)s characters.") % {"least": least}, "too_short")
        if self.pattern and re.fullmatch(self.pattern, value) is None:
            raise ValidationError(self.error_messages["shape"], "shape")


class LongText(Written):
    component = "long_text"
    lines = True

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea, **options)


class Phone(Written):
    """Digits with blanks, dashes and brackets; stored as `+` and digits, or digits alone."""

    component = "text"

    def to_python(self, value: object) -> str:
        text = re.sub(r"[\s().\-–]", "", super().to_python(value))
        if text.startswith("00"):
            text = "+" + text[2:]
        if text and not re.fullmatch(r"\+?\d{5,15}", text):
            raise ValidationError(
                gettext("Write the number in digits, with the code of the operator, for example +994 50 123 45 67."),
                "phone",
            )
        return text


class Email(Written):
    component = "text"

    def to_python(self, value: object) -> str:
        text = super().to_python(value)
        if text and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]{2,}", text):
            raise ValidationError(gettext("Write an e-mail address, for example name@example.com."), "email")
        return text


class Number(forms.Field):
    """A whole number, or with `fraction` a decimal one whose value is text; blanks between digits are allowed."""

    component = "text"
    default_error_messages = {"required": gettext_lazy("Write a number.")}

    def __init__(self, *, fraction: bool = False, least: str | None, most: str | None, **options: Any) -> None:
        super().__init__(widget=forms.TextInput, **options)
        self.fraction, self.least, self.most = fraction, least, most

    def to_python(self, value: object) -> int | str | None:
        text = re.sub(r"[\s\u00a0\u202f'’]", "", str(value or "")).replace(",", ".").replace("−", "-")
        if not text:
            return None
        try:
            number = Decimal(text) if re.fullmatch(r"[+-]?\d{1,18}(\.\d{1,9})?", text) else None
        except InvalidOperation:
            number = None
        if number is None or (not self.fraction and number != number.to_integral_value()):
            words = (
                gettext("Write a number in digits, for example 12.5.")
                if self.fraction
                else gettext("Write a whole number in digits, for example 12.")
            )
            raise ValidationError(words, "number")
        if self.least is not None and number < Decimal(self.least):
            raise ValidationError(
                gettext("Write a number that is at least %(least)s.") % {"least": self.least}, "least"
            )
        if self.most is not None and number > Decimal(self.most):
            raise ValidationError(gettext("Write a number that is at most %(most)s.") % {"most": self.most}, "most")
        return f"{number.normalize():f}" if self.fraction else int(number)


class Identifier(forms.Field):
    """An identifier that the country declares, of one kind or another; what is wrong is said by the first."""

    component = "text"
    default_error_messages = {"required": gettext_lazy("Write it as it stands in the document.")}

    def __init__(self, kind: identifiers.IdentifierKind, *others: identifiers.IdentifierKind, **options: Any) -> None:
        super().__init__(widget=forms.TextInput, **options)
        self.kind, self.others = kind, others

    def to_python(self, value: object) -> str:
        text = str(value or "").strip()
        if not text:
            return ""
        for other in self.others:
            with suppress(BadInput):
                return identifiers.read(other, text)
        try:
            return identifiers.read(self.kind, text)
        except BadInput as problem:
            raise ValidationError(_identifier_sentence(problem, self.kind), problem.reason) from None


class Iban(forms.Field):
    """An account; blanks between the groups are let pass, the check digits are not."""

    component = "text"
    width = "30"
    default_error_messages = {"required": gettext_lazy("Write the number of the account.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput, **options)

    def prepare_value(self, value: object) -> object:
        return iban.show(value) if isinstance(value, str) and value.isalnum() else value

    def to_python(self, value: object) -> str:
        text = str(value or "").strip()
        if not text:
            return ""
        try:
            return iban.read(text)
        except BadInput as problem:
            if problem.reason == "wrong_check_digit":
                words = gettext("One of these characters is wrong. Check them against the document, one by one.")
            else:
                words = gettext("Write the IBAN as your bank shows it: two letters, two digits, then the account.")
            raise ValidationError(words, problem.reason) from None


class Clock(forms.Field):
    """A time of day; the value is text `14:30`."""

    component = "text"
    width = "5"
    default_error_messages = {"required": gettext_lazy("Write the time in hours and minutes, for example 14:30.")}

    def __init__(self, *, least: str | None = None, most: str | None = None, **options: Any) -> None:
        super().__init__(widget=forms.TextInput, **options)
        self.least, self.most = least, most

    def to_python(self, value: object) -> str:
        text = str(value or "").strip()
        found = _read_clock(text) if text else ""
        if found and self.least and found < self.least:
            raise ValidationError(gettext("Write a time not before %(time)s.") % {"time": self.least}, "least")
        if found and self.most and found > self.most:
            raise ValidationError(gettext("Write a time not after %(time)s.") % {"time": self.most}, "most")
        return found


class Choice(forms.Field):
    """One of several: radio buttons up to seven, else a list to choose from."""

    default_error_messages = {"required": gettext_lazy("Choose one answer.")}

    def __init__(self, options: Sequence[Option], *, as_list: bool | None = None, **more: Any) -> None:
        super().__init__(widget=forms.TextInput, **more)
        self.options = tuple(options)
        self._as_list = as_list

    @property
    def component(self) -> str:
        long = len(self.options) > 7 if self._as_list is None else self._as_list
        return "select" if long else "radios"

    def to_python(self, value: object) -> str | bool:
        text = str(value or "")
        if text and text not in {option[0] for option in self.options}:
            raise ValidationError(gettext("Choose one of the answers that are shown."), "choice")
        return text


class YesOrNo(Choice):
    """A boolean is asked, never assumed: nothing chosen is not a no."""

    def __init__(self, **more: Any) -> None:
        super().__init__((("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))), **more)

    def prepare_value(self, value: object) -> object:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value

    def to_python(self, value: object) -> str | bool:
        text = super().to_python(self.prepare_value(value))
        return text == "yes" if text else ""


class Parts(forms.Widget):
    """Day, month and year (and with `clock` hour and minute) as separate inputs `<name>_day` …"""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = tuple(names)

    def value_from_datadict(self, data: Mapping[str, Any], files: object, name: str) -> tuple[str, ...] | None:
        if not any(f"{name}_{part}" in data for part in self.names):
            return None
        return tuple(str(data.get(f"{name}_{part}", "")).strip() for part in self.names)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: object, name: str) -> bool:
        return not any(f"{name}_{part}" in data for part in self.names)

    def id_for_label(self, id_: str | None) -> str:
        return f"{id_}_{self.names[0]}" if id_ else ""


class Day(forms.Field):
    """A date in three inputs. The month may be typed as a word of any language of the country."""

    component = "date"
    parts: tuple[str, ...] = ("day", "month", "year")
    default_error_messages = {"required": gettext_lazy("Write the day, the month and the year.")}

    def __init__(self, *, least: str | None = None, most: str | None = None, **options: Any) -> None:
        super().__init__(widget=Parts(self.parts), **options)
        self.least, self.most = least, most

    def prepare_value(self, value: object) -> object:
        if isinstance(value, str):
            value = date.fromisoformat(value) if value else None
        return (str(value.day), str(value.month), str(value.year)) if isinstance(value, date) else value

    def to_python(self, value: object) -> date | None:
        if isinstance(value, date) or not isinstance(value, tuple) or not any(value):
            return value if isinstance(value, date) else None
        found = _read_day(*value[:3])
        self.check_limits(found)
        return found

    def check_limits(self, found: date) -> None:
        language = translation.get_language() or "en"
        least, most = _limit(self.least), _limit(self.most)
        if least and found < least:
            words = gettext("Write a date that is not before %(day)s.") % {"day": written_day(least, language)}
            raise ValidationError(words, "least")
        if most and found > most:
            words = gettext("Write a date that is not after %(day)s.") % {"day": written_day(most, language)}
            raise ValidationError(words, "most")


class Moment(Day):
    """A date and the time of day by the country's clock; the value is aware."""

    parts = ("day", "month", "year", "clock")
    default_error_messages = {"required": gettext_lazy("Write the day, the month, the year and the time.")}

    def prepare_value(self, value: object) -> object:
        if isinstance(value, str):
            value = datetime.fromisoformat(value) if value else None
        if isinstance(value, datetime):
            here = value.astimezone(_zone())
            return (str(here.day), str(here.month), str(here.year), f"{here:%H:%M}")
        return value

    def to_python(self, value: object) -> datetime | None:
        if isinstance(value, datetime) or not isinstance(value, tuple) or not any(value):
            return value if isinstance(value, datetime) else None
        found = _read_day(*value[:3])
        hours, minutes = _read_clock(value[3]).split(":")
        self.check_limits(found)
        return datetime(found.year, found.month, found.day, int(hours), int(minutes), tzinfo=_zone())


# ---- what the fields share


def _writing() -> writing.Writing:
    here = country.current()
    return here.writing[here.languages[0]]


def _zone() -> ZoneInfo:
    return ZoneInfo(country.current().time_zone)


def _limit(text: str | None) -> date | None:
    if text is None:
        return None
    return clock.day_in(country.current().time_zone) if text == "today" else date.fromisoformat(text)


def _read_clock(text: str) -> str:
    """`9.05` as `09:05`. Raises ValidationError."""
    found = re.fullmatch(r"([01]?\d|2[0-3])[:.]([0-5]\d)", text)
    if found is None:
        raise ValidationError(gettext("Write the time in hours and minutes, for example 14:30."), "clock")
    return f"{int(found[1]):02}:{found[2]}"


def _read_day(day: str, month: str, year: str) -> date:
    """Raises ValidationError with a sentence about the part that is wrong."""
    missing: dict[str, Callable[[], str]] = {
        "day": lambda: gettext("The day is missing. Write it as a number, for example 27."),
        "month": lambda: gettext("The month is missing. Write it as a number or a word."),
        "year": lambda: gettext("The year is missing. Write it with four digits, for example 1985."),
    }
    for name, typed in (("day", day), ("month", month), ("year", year)):
        if not typed:
            raise ValidationError(missing[name](), f"{name}_missing")
    number = months.number_of(month)
    if number is None:
        raise ValidationError(gettext("There is no such month. Write a number from 1 to 12 or its name."), "month")
    if not re.fullmatch(r"\d{4}", year) or int(year) < 1800:
        raise ValidationError(gettext("Write the year with four digits, for example 1985."), "year")
    if not re.fullmatch(r"\d{1,2}", day):
        raise ValidationError(gettext("Write the day as a number from 1 to 31."), "day")
    try:
        return date(int(year), number, int(day))
    except ValueError:
        raise ValidationError(gettext("There is no such day in that month. Check the date."), "day") from None


_LOOKS_LIKE = {"O": "0", "o": "0", "I": "1", "i": "1", "İ": "1", "ı": "1"}


def _identifier_sentence(problem: BadInput, kind: identifiers.IdentifierKind) -> str:
    if problem.reason == "letter_never_used":
        letter = str(problem.details["letter"])
        digit = _LOOKS_LIKE.get(letter, "")
        if digit:
            return gettext(
                "The letter %(letter)s is never used here. If the document shows the digit %(digit)s, type the digit."
            ) % {"letter": letter, "digit": digit}
        return gettext("The letter %(letter)s is never used here. Check it against the document.") % {"letter": letter}
    if problem.reason == "wrong_check_digit":
        return gettext("One of these characters is wrong. Check them against the document, one by one.")
    if kind.samples:
        return gettext("This has another form. Write it as it stands in the document, for example %(sample)s.") % {
            "sample": kind.samples[0]
        }
    return gettext("This has another form. Write it as it stands in the document.")
