"""Draws one field of any Django form with our templates, and collects what is wrong for the error summary.

Ids are made here and nowhere else: label, hint, error and control always belong together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django import forms
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from pencere.ui import uploads
from pencere.ui.choosing import SEARCH_KEY, SEARCHED_FROM, Listed, Looked
from pencere.ui.fields import Option
from pencere.ui.ground_fields import FILE_KINDS, Drawn

ONCE_KEY = "send-once"
"""Name of the hidden field that makes a form count once however often it is sent."""

_BY_WIDGET: Sequence[tuple[type[forms.Widget], str]] = (
    (forms.HiddenInput, "hidden"),
    (forms.Textarea, "long_text"),
    (forms.CheckboxSelectMultiple, "checkboxes"),
    (forms.RadioSelect, "radios"),
    (forms.Select, "select"),
    (forms.CheckboxInput, "checkbox"),
    (forms.FileInput, "file"),
)
_PASSED_ON = frozenset({"autocomplete", "inputmode", "spellcheck", "accept", "rows", "maxlength", "autofocus"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One radio button, checkbox or line of a list."""

    value: str
    label: str
    hint: str
    chosen: bool
    id: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary, leading to the control that is to be mended."""

    sentence: str
    anchor: str


def component_of(bound: BoundField) -> str:
    named = getattr(bound.field, "component", None)
    if named:
        return str(named)
    widget = bound.field.widget
    return next((component for kind, component in _BY_WIDGET if isinstance(widget, kind)), "text")


def draw(bound: BoundField, *, heading: bool = False, label: str = "", hint: str = "") -> SafeString:
    """The whole form group as HTML."""
    component = component_of(bound)
    id_ = _id(bound)
    errors = [str(error) for error in bound.errors]
    field = bound.field
    hint = " ".join(part for part in (hint or str(bound.help_text or ""), getattr(field, "advice", "")) if part)
    suffix = getattr(field, "suffix", "")
    described = [f"{id_}-hint"] * bool(hint) + [f"{id_}-error"] * bool(errors) + [f"{id_}-unit"] * bool(suffix)
    attrs = {name: value for name, value in bound.field.widget.attrs.items() if name in _PASSED_ON}
    value = bound.value()
    context: dict[str, object] = {
        "id": id_,
        "name": bound.html_name,
        "label": label or bound.label,
        "hint": hint,
        "errors": errors,
        "heading": heading,
        "optional": _is_optional(field) and component not in ("checkbox", "hidden"),
        "described": " ".join(described),
        "value": "" if value is None else value,
        "attrs": attrs,
        "type": getattr(bound.field, "input_type", None) or getattr(bound.field.widget, "input_type", "text"),
        "width": getattr(bound.field, "width", ""),
        "count": getattr(bound.field, "length", (0, 0))[1],
        "suffix": suffix,
        "only_if": getattr(field, "only_if", ""),
        "shown_when": getattr(field, "shown_when", ""),
    }
    if component in ("radios", "checkboxes", "select"):
        context["choices"] = _choices(bound, id_)
    if isinstance(field, Listed):
        context |= _listed(field, value, id_)
    if isinstance(field, uploads.File):
        context |= {"kept": field.kept, "token": field.token}
    if isinstance(field, Drawn):
        figure, over, hand = field.drawn(f"{id_}-drawn", str(label or bound.label), value, id_)
        context |= {
            "figure": figure, "over": over, "hand": hand, "shape": field.shape, "accept": FILE_KINDS,
            "search_key": SEARCH_KEY,
        }  # fmt: skip
    if component == "date":
        parts = bound.field.widget.names  # type: ignore[attr-defined]
        values = value if isinstance(value, tuple) else ("",) * len(parts)
        context["parts"] = list(zip(parts, values, strict=True))
    drawn = render_to_string(f"ui/fields/{component}.html", context)
    return render_to_string("ui/fields/_only_if.html", {**context, "drawn": drawn}) if context["only_if"] else drawn


def problems(forms_: Iterable[BaseForm]) -> list[Problem]:
    """Every error of the forms: first those of the whole form, then each field's, named by its label."""
    found: list[Problem] = []
    for form in forms_:
        if not form or not form.is_bound:
            continue
        found += [Problem(str(error), "main") for error in form.non_field_errors()]
        for bound in form:
            found += [Problem(sentence, anchor(bound)) for sentence in _sentences(form, bound)]
    return found


def _sentences(form: BaseForm, bound: BoundField) -> Iterator[str]:
    """Each error of the field, named by its label unless it is the declaration's own sentence, which names it."""
    for error in form.errors.as_data().get(bound.name, ()):
        whole = error.code == "required" and getattr(bound.field, "own_sentence", False)
        for sentence in error.messages:
            yield sentence if whole else _named(str(bound.label), sentence)


def anchor(bound: BoundField) -> str:
    """The id of the control that the error summary leads to."""
    component = component_of(bound)
    if component == "date":
        return f"{_id(bound)}_{bound.field.widget.names[0]}"  # type: ignore[attr-defined]
    return _id(bound)


def _named(label: str, sentence: str) -> str:
    """`Purpose: Choose one answer.`; a label that ends as a sentence keeps its own sign."""
    label = label.strip()
    return f"{label} {sentence}" if label.endswith(("?", ".", "!", ":")) else f"{label}: {sentence}"


def _id(bound: BoundField) -> str:
    return bound.auto_id or f"id_{bound.html_name}"


def _is_optional(field: forms.Field) -> bool:
    """A conditional question is not optional for being asked only sometimes."""
    return bool(getattr(field, "optional", not field.required))


def _listed(field: Listed, value: object, id_: str) -> dict[str, object]:
    """A list of rows, or the part of it that fits the words looked for."""
    rows, chosen, words, more = field.shown(value)
    return {
        "choices": _drawn_choices(rows, {chosen}, id_),
        "words": words,
        "is_searched": isinstance(field, Looked) or len(field.options) > SEARCHED_FROM,
        "is_looked": isinstance(field, Looked),
        "narrowed_by": field.narrowed_by,
        "all": len(field.options),
        "more": more,
        "search_key": SEARCH_KEY,
    }


def _choices(bound: BoundField, id_: str) -> list[Choice]:
    options = getattr(bound.field, "options", None)
    if options is None:
        options = bound.field.choices  # type: ignore[attr-defined]
    value = bound.value()
    chosen = {str(one) for one in value} if isinstance(value, list | tuple) else {str(value)} - {"None", ""}
    return _drawn_choices(options, chosen, id_)


def _drawn_choices(options: Iterable[Option], chosen: set[str], id_: str) -> list[Choice]:
    """The first choice has the field's own id, so that the error summary can lead to it."""
    return [
        Choice(
            str(option[0]),
            str(option[1]),
            str(option[2]) if len(option) > 2 else "",
            str(option[0]) in chosen,
            id_ if number == 0 else f"{id_}_{number}",
        )
        for number, option in enumerate(option for option in options if str(option[0]))
    ]
