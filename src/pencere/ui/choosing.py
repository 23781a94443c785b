"""Form fields for choosing several answers, and for choosing a row of a register from a list that may be long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from pencere import country
from pencere.base import writing
from pencere.ui.fields import Choice, Option

SEARCHED_FROM = 12
"""With more rows than this, there is a search above the list."""
SHOWN = 20
"""So many rows of a long list are shown at once."""

SEARCH_KEY = "list-search"
"""Name of the button that narrows a list; a form sent with it is shown again and not judged. What our pages send beside
declared fields has a hyphen in its name, and no declared name has one."""


class Several(forms.Field):
    """Any of several: checkboxes; the value is the list of codes in their declared order."""

    component = "checkboxes"
    default_error_messages = {"required": gettext_lazy("Choose at least one answer.")}

    def __init__(self, options: Sequence[Option], *, limits: tuple[int, int] | None = None, **more: Any) -> None:
        super().__init__(widget=forms.CheckboxSelectMultiple, **more)
        self.options = tuple(options)
        self.limits = limits

    def to_python(self, value: object) -> list[str]:
        codes = [str(option[0]) for option in self.options]
        chosen = [str(one) for one in value] if isinstance(value, list | tuple) else []
        if not set(chosen) <= set(codes):
            raise ValidationError(gettext("Choose among the answers that are shown."), "choice")
        found = [code for code in codes if code in chosen]
        if found and self.limits:
            least, most = self.limits
            if len(found) < least:
                raise ValidationError(gettext("Choose at least %(least)s.") % {"least": least}, "too_few")
            if len(found) > most:
                raise ValidationError(gettext("Choose at most %(most)s.") % {"most": most}, "too_many")
        return found


@dataclass(frozen=True, slots=True)
class Sent:
    """What a list with a search sends: the row that was chosen, and the words that were looked for."""

    chosen: str
    words: str


class ListedInput(forms.Widget):
    """Radio buttons `<name>` below a search field `<name>_words`."""

    def value_from_datadict(self, data: Mapping[str, Any], files: object, name: str) -> Sent:
        return Sent(str(data.get(name) or ""), str(data.get(f"{name}_words") or "").strip()[:100])

    def value_omitted_from_data(self, data: Mapping[str, Any], files: object, name: str) -> bool:
        return name not in data


class Listed(Choice):
    """A row of a register. A long list is narrowed by words, with a button, so it needs no script."""

    def __init__(self, **more: Any) -> None:
        super().__init__((), **more)
        self.widget = ListedInput()
        self.narrowed_by = ""  # what questions of the same page narrow the list

    @property
    def component(self) -> str:
        return "listed"

    def to_python(self, value: object) -> str | bool:
        return super().to_python(value.chosen if isinstance(value, Sent) else value)

    def shown(self, value: object) -> tuple[tuple[Option, ...], str, str, bool]:
        """The rows to be drawn, the chosen code, the words looked for, and whether some rows were left out."""
        sent = value if isinstance(value, Sent) else Sent(str(value or ""), "")
        looked_for = words_of(sent.words)
        found = [option for option in self.options if _holds(option, looked_for)]
        chosen = [option for option in self.options if option[0] == sent.chosen]
        rows = [*chosen, *(option for option in found if option not in chosen)]
        most = len(rows) if len(self.options) <= SEARCHED_FROM else SHOWN
        return tuple(rows[:most]), sent.chosen, sent.words, len(rows) > most


class Looked(Listed):
    """A row of a register that is too long to be listed: nothing is shown before words were looked for.

    The rows that have them are found by whoever hands in the options, among them the one chosen before.
    """

    default_error_messages = {"required": gettext_lazy("Search, then choose from the list.")}

    def shown(self, value: object) -> tuple[tuple[Option, ...], str, str, bool]:
        sent = value if isinstance(value, Sent) else Sent(str(value or ""), "")
        return self.options[:SHOWN], sent.chosen, sent.words, len(self.options) > SHOWN


def words_of(text: str) -> tuple[str, ...]:
    """The words of a search, without case and without signs that keyboards lack, of any language of the country."""
    for style in country.current().writing.values():
        text = writing.fold(text, style)
    return tuple(text.split())


def _holds(option: Option, words: tuple[str, ...]) -> bool:
    if not words:
        return True
    text = " ".join(words_of(" ".join(str(part) for part in option[1:])))
    return all(word in text for word in words)


class OnePerLine(forms.Field):
    """Several short answers of one kind, each on its own line; the value is the list of them."""

    component = "long_text"

    def __init__(self, inner: forms.Field, limits: tuple[int, int], **more: Any) -> None:
        super().__init__(widget=forms.Textarea, **more)
        self.inner, self.limits = inner, limits

    def prepare_value(self, value: object) -> object:
        if isinstance(value, list | tuple):
            return "\n".join(str(self.inner.prepare_value(one)) for one in value)
        return value

    def to_python(self, value: object) -> list[Any]:
        lines = [line.strip() for line in str(value or "").splitlines() if line.strip()]
        least, most = self.limits
        if len(lines) > most:
            raise ValidationError(gettext("Write at most %(most)s lines.") % {"most": most}, "too_many")
        if lines and len(lines) < least:
            raise ValidationError(gettext("Write at least %(least)s lines.") % {"least": least}, "too_few")
        return [self._line(number, line) for number, line in enumerate(lines, 1)]

    def _line(self, number: int, line: str) -> Any:
        try:
            return self.inner.clean(line)
        except ValidationError as problem:
            words = gettext("Line %(number)s: %(problem)s") % {"number": number, "problem": problem.messages[0]}
            raise ValidationError(words, "line") from None
