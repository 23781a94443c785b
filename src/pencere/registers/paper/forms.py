"""The forms of paper intake: a fond, what is typed from a paper, what a third settles, a reason.

What was typed is never lost: a form that cannot be taken comes back with all of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext, gettext_lazy

from pencere import country
from pencere.registers.paper import actions, rules, wording
from pencere.registers.paper.models import Fond
from pencere.registers.paper.rules import BLANK, CANNOT_READ, Difference, Version
from pencere.registers.paper.typing import WrongValue, must_be_said, typed_fields, version_of
from pencere.registers.rules import Shape
from pencere.ui import choosing
from pencere.ui import fields as kinds
from pencere.ui.context import language_name
from pencere.ui.forms import DeclaredForm, declared_form

FIRST, SECOND, OTHER = "first", "second", "other"


class FondForm(forms.Form):
    """Registers are offered where there are several; the number that is believed comes with its source and day."""

    use_required_attribute = False

    def __init__(
        self, *args: Any, registers: Sequence[tuple[str, str]] = (), fond: Fond | None = None, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        if fond is None:
            if len(registers) > 1:
                self.fields["register"] = kinds.Choice(registers, label=gettext("Register"))
            self.fields["code"] = kinds.Written(
                label=gettext("Code of the fond"), length=(1, actions.CODE_MOST),
                help_text=gettext("As the archive writes it, for example F-12. No name of a person."),
            )  # fmt: skip
        for language in country.current().languages:
            self.fields[f"name_{language}"] = kinds.Written(
                label=gettext("Name (%(language)s)") % {"language": language_name(language)}, required=False,
                length=(1, 200),
            )  # fmt: skip
        self.fields["expected"] = kinds.Number(
            label=gettext("How many papers are believed to be in it"),
            required=False,
            least="1",
            most="2000000000",
        )
        self.fields["source"] = kinds.Written(
            label=gettext("Who says so"), required=False, length=(1, 300),
            help_text=gettext("For example: stock-taking list of the archive, 2024."),
        )  # fmt: skip
        self.fields["on"] = kinds.Day(label=gettext("As of which day"), required=False)

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if found.get("expected"):
            if not found.get("source") and "source" not in self.errors:
                self.add_error("source", gettext("Say where the number comes from: the forecast stands on it."))
            if not found.get("on") and "on" not in self.errors:
                self.add_error("on", gettext("Say as of which day the number is."))
        return found

    @property
    def names(self) -> dict[str, str]:
        there = {language: self.cleaned_data.get(f"name_{language}") for language in country.current().languages}
        return {language: str(name) for language, name in there.items() if name}

    @property
    def believed(self) -> actions.Believed | None:
        found = self.cleaned_data
        return actions.Believed(found["expected"], found["source"], found["on"]) if found.get("expected") else None


def initial_of(fond: Fond) -> dict[str, object]:
    named = {f"name_{language}": name for language, name in fond.names.items()}
    return {**named, "expected": fond.expected, "source": fond.expected_source, "on": fond.expected_on}


class ReasonForm(forms.Form):
    """Why a paper is taken back or put aside."""

    use_required_attribute = False
    reason = kinds.Written(
        label=gettext_lazy("Reason"), length=(1, 300), help_text=gettext_lazy("No name of a person.")
    )


class MarksForm(forms.Form):
    """What of a paper is blank, and what cannot be read: after all fields, so that nobody tabs through them."""

    use_required_attribute = False

    def __init__(self, *args: Any, options: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields[CANNOT_READ] = choosing.Several(options, label=gettext("Cannot be read"), required=False)
        self.fields[BLANK] = choosing.Several(options, label=gettext("Nothing stands there"), required=False)
        for field in self.fields.values():
            field.optional = False  # type: ignore[attr-defined]

    @property
    def marks(self) -> dict[str, str]:
        return {name: mark for mark in (BLANK, CANNOT_READ) for name in self.cleaned_data.get(mark, ())}


def typed_form(shape: Shape, language: str) -> type[DeclaredForm]:
    """Every field may be left empty here: whether a mark stands in its place is judged with the marks."""
    fields = {name: replace(field, required=False) for name, field in typed_fields(shape).items()}
    texts = wording.texts(shape, language)
    said = repr((shape.register.id, fields, texts))
    return declared_form(fields, "", texts, language, version=hashlib.sha256(said.encode()).hexdigest())


@dataclass(slots=True)
class Typing:
    """The page of the first and of the second typing."""

    shape: Shape
    typed: DeclaredForm
    marks: MarksForm

    @classmethod
    def of(cls, shape: Shape, language: str, data: Any = None) -> Typing:
        options = [(name, wording.label(shape, name, language)) for name in typed_fields(shape)]
        typed = typed_form(shape, language)(data)
        for name, field in typed.fields.items():
            field.optional = not must_be_said(shape, name)  # type: ignore[attr-defined]
        return cls(shape, typed, MarksForm(data, options=options))

    def read(self) -> Version | None:
        """The version that was typed; None where something must be mended, which the forms then say."""
        if not self.typed.is_valid() or not self.marks.is_valid():
            self.marks.is_valid()
            return None
        values, marks = self.typed.cleaned_data, self.marks.marks
        for name in typed_fields(self.shape):
            there = values.get(name) not in (None, "", [])
            if there and name in marks:
                self.typed.add_error(name, gettext("Either write what stands there, or mark it below; not both."))
            elif not there and name not in marks and must_be_said(self.shape, name):
                self.typed.add_error(
                    name, gettext("Write what stands there. If nothing does, or it cannot be read, mark it below.")
                )
        if self.typed.errors:
            return None
        return _version(self.shape, self.typed, values, marks)


def _version(
    shape: Shape, form: DeclaredForm, values: Mapping[str, object], marks: Mapping[str, str]
) -> Version | None:
    try:
        return version_of(shape, values, marks)
    except WrongValue as wrong:
        form.add_error(wrong.field, ValidationError(wording.reason(wrong.reason, wrong.details), wrong.reason))
        return None


@dataclass(frozen=True, slots=True)
class Line:
    """One field on the third's page."""

    pick: BoundField
    other: BoundField
    other_label: str
    differs: bool
    letters: bool


class Settling:
    """The page of the third: of each field one of both versions, or a mark, or another value."""

    def __init__(
        self, shape: Shape, language: str, versions: Mapping[int, Version], found: Sequence[Difference],
        data: Any = None,
    ) -> None:  # fmt: skip
        self.shape, self.versions = shape, versions
        self._letters = {each.field: each.letters for each in found}
        last = versions.get(3)
        typed = dict(last.values) if last else {}
        self.typed = typed_form(shape, language)(data, prefix=OTHER, initial=typed)
        self.picks = forms.Form(data, prefix="pick", initial={name: self._first_pick(name) for name in self._names})
        self.picks.use_required_attribute = False
        for name in self._names:
            self.typed.fields[name].optional = False  # type: ignore[attr-defined]
            self.picks.fields[name] = kinds.Choice(
                self._options(name, language), as_list=False, label=wording.label(shape, name, language),
                error_messages={"required": gettext("Decide what stands on the paper.")},
            )  # fmt: skip

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(typed_fields(self.shape))

    def lines(self) -> list[Line]:
        """Fields that differ first."""
        found = [
            Line(
                self.picks[name], self.typed[name],
                gettext("%(field)s: another value") % {"field": self.picks.fields[name].label},
                name in self._letters, self._letters.get(name, False),
            )
            for name in self._names
        ]  # fmt: skip
        return sorted(found, key=lambda line: not line.differs)

    def read(self) -> Version | None:
        if not all([self.picks.is_valid(), self.typed.is_valid()]):
            return None
        values: dict[str, object] = {}
        marks: dict[str, str] = {}
        for name, pick in self.picks.cleaned_data.items():
            if pick in rules.MARKS:
                marks[name] = pick
            elif pick == OTHER:
                values[name] = self.typed.cleaned_data.get(name)
                if values[name] in (None, "", []):
                    self.typed.add_error(name, gettext("Write the value, or choose another answer above."))
            else:
                version = self.versions[1 if pick == FIRST else 2]
                values[name] = version.values.get(name)
                marks |= {name: version.marks[name]} if name in version.marks else {}
        if self.typed.errors:
            return None
        return _version(self.shape, self.typed, values, marks)

    def _first_pick(self, name: str) -> str:
        """What stands chosen when the page opens: what the third wrote before, or what both read alike."""
        first, second, last = self.versions[1], self.versions[2], self.versions.get(3)
        if last is not None:
            if last.of(name) in (first.of(name), second.of(name)):
                return FIRST if last.of(name) == first.of(name) else SECOND
            return last.marks.get(name, OTHER)
        return "" if name in self._letters else FIRST

    def _options(self, name: str, language: str) -> list[tuple[str, str]]:
        def said(place: int) -> str:
            return wording.version(self.shape, self.versions[place], name, language)

        if name in self._letters:
            options = [
                (FIRST, gettext("First: %(value)s") % {"value": said(1)}),
                (SECOND, gettext("Second: %(value)s") % {"value": said(2)}),
            ]
        else:
            options = [(FIRST, gettext("Both: %(value)s") % {"value": said(1)})]
        there = {self.versions[place].marks.get(name) for place in (1, 2)}
        options += [
            (mark, word)
            for mark, word in ((BLANK, gettext("Nothing stands there")), (CANNOT_READ, gettext("Cannot be read")))
            if mark not in there
        ]
        return [*options, (OTHER, gettext("Another value, written below"))]
