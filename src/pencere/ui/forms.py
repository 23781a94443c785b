"""Makes a Django form of declared fields: the questions of a service's page, ready to be drawn by `{% field %}`.

    form = declared_form(group.fields, "request", service.texts, "az", version=service.content_hash)
    page = form(request.POST, facts={…}, choices={"holder": (("5ABC123", "Aysel Məmmədova"),)}, initial={…})

Names of the form's fields are those of the declaration; `cleaned_data` holds values of facts: text, int, decimal
text, bool, date, code; None for an answer left empty. `conditional` questions (`when`) count only if their
condition holds for `facts` and the answers of this very page; `not_asked` names the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from pencere import country
from pencere.base.writing import sort_key
from pencere.country import cells
from pencere.country.declarations import Country, Field, Texts
from pencere.ui import fields as kinds
from pencere.ui.fields import Option

_AUTOCOMPLETE = {"phone": "tel", "email": "email"}
_INPUT_MODE = {"integer": "numeric", "decimal": "decimal", "phone": "tel", "email": "email"}
_KEPT = 256
_made: dict[tuple[object, ...], type[DeclaredForm]] = {}


class DeclaredForm(forms.Form):
    """The head of every form made here; see the head of this module."""

    declared: Mapping[str, Field] = {}
    group = ""
    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        facts: Mapping[str, object] | None = None,
        choices: Mapping[str, Sequence[Option]] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.facts = dict(facts or {})
        self.not_asked: tuple[str, ...] = ()
        for name, options in (choices or {}).items():
            self.fields[name].options = tuple(options)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = {name: None if value in ("", None) else value for name, value in self.cleaned_data.items()}
        known = self.facts | {f"{self.group}.{name}": value for name, value in values.items()}
        not_asked = []
        for name, field in self.declared.items():
            if field.when is None:
                continue
            if not cells.holds(field.when, known, {}):
                not_asked.append(name)
                values.pop(name, None)
                self.errors.pop(name, None)
            elif field.required and values.get(name) is None and name not in self.errors:
                self.add_error(name, ValidationError(self.fields[name].error_messages["required"], "required"))
        self.not_asked = tuple(not_asked)
        return values


def declared_form(
    fields: Mapping[str, Field], group: str, texts: Mapping[str, Texts], language: str, *, version: str
) -> type[DeclaredForm]:
    """The form of a group of questions; `version` is the hash of the declarations and texts that it is made of."""
    here = country.current()
    key = (here.id, version, group, language, tuple(fields))
    if key not in _made:
        if len(_made) >= _KEPT:
            _made.clear()
        members: dict[str, Any] = {
            name: _form_field(here, field, f"{group}.{name}" if group else name, texts, language)
            for name, field in fields.items()
        }
        members |= {"declared": dict(fields), "group": group}
        _made[key] = type("DeclaredForm", (DeclaredForm,), members)
    return _made[key]


def _form_field(here: Country, field: Field, path: str, texts: Mapping[str, Texts], language: str) -> forms.Field:
    def text(key: str) -> str:
        return here.text(texts, key, language) if key in texts else ""

    common: dict[str, Any] = {
        "label": text(path) or path,
        "help_text": text(f"{path}.hint"),
        "required": field.required and field.when is None,
    }
    made = _of_kind(here, field, path, texts, language, common)
    if own := text(f"{path}.error"):
        made.error_messages = {**made.error_messages, "required": own}
        made.own_sentence = True  # type: ignore[attr-defined]
    attrs = made.widget.attrs
    if mode := _INPUT_MODE.get(field.kind):
        attrs["inputmode"] = mode
    if word := _AUTOCOMPLETE.get(field.kind):
        attrs["autocomplete"] = word
    elif field.kind in here.identifiers:
        attrs |= {"autocomplete": "off", "spellcheck": "false"}
        made.width = "10"  # type: ignore[attr-defined]
    elif field.kind == "address":
        attrs["autocomplete"] = "street-address"
    if field.kind in ("integer", "decimal"):
        made.width = "10"  # type: ignore[attr-defined]
    if field.kind in ("email", "phone"):
        made.input_type = {"email": "email", "phone": "tel"}[field.kind]  # type: ignore[attr-defined]
    return made


def _of_kind(
    here: Country, field: Field, path: str, texts: Mapping[str, Texts], language: str, common: dict[str, Any]
) -> forms.Field:
    limits = {"least": field.min, "most": field.max}
    written: dict[str, Any] = {"length": field.length, "pattern": field.pattern}
    match field.kind:
        case "text" | "address":
            return kinds.Written(**written, **common)
        case "long_text":
            return kinds.LongText(**written, **common)
        case "phone":
            return kinds.Phone(**written, **common)
        case "email":
            return kinds.Email(**written, **common)
        case "integer" | "decimal":
            return kinds.Number(fraction=field.kind == "decimal", **limits, **common)
        case "boolean":
            return kinds.YesOrNo(**common)
        case "date":
            return kinds.Day(**limits, **common)
        case "moment":
            return kinds.Moment(**limits, **common)
        case "choice":
            return kinds.Choice(_codes(here, field, path, texts, language), **common)
        case "territory":
            return kinds.Choice(_units(here, language), as_list=True, **common)
        case "person" if field.of:
            return kinds.Choice((), **common)
        case "person":
            return kinds.Identifier(here.identifiers[here.person.identifier], **common)
    return kinds.Identifier(here.identifiers[field.kind], **common)


def _codes(here: Country, field: Field, path: str, texts: Mapping[str, Texts], language: str) -> tuple[Option, ...]:
    if isinstance(field.of, str):
        values = here.lists[field.of.removeprefix("list:")].values
        return tuple((code, here.text(values, code, language)) for code in values)
    return tuple(
        (
            code,
            here.text(texts, f"{path}.{code}", language),
            here.text(texts, f"{path}.{code}.hint", language) if f"{path}.{code}.hint" in texts else "",
        )
        for code in field.of or ()
    )


def _units(here: Country, language: str) -> tuple[Option, ...]:
    """The territory's units that exist now, by the reader's alphabet."""
    style = here.writing.get(language) or here.writing[here.languages[0]]
    names = [
        (unit.code, unit.names.get(language) or next(iter(unit.names.values())))
        for unit in here.territory
        if unit.until is None
    ]
    return tuple(sorted(names, key=lambda option: sort_key(option[1], style)))
