"""Makes a Django form of declared fields: the questions of a service's page, ready to be drawn by `{% field %}`.

    form = declared_form(group.fields, "request", service.texts, "az", version=service.content_hash)
    page = form(request.POST, request.FILES, facts={…}, choices={"holder": (("5ABC123", "Aysel Məmmədova"),)},
                initial={…}, keeping=…)

Names of the form's fields are those of the declaration; `cleaned_data` holds values of facts: text, int, decimal
text, bool, date, code, list of codes, reference of a file, geometry; None for an answer left empty. Conditional
questions (`when`) count only if their condition holds for `facts` and the answers of this very page; `not_asked` names
the others. `drawn` are the questions that stand on the page: all but those that no answer given here can bring up.
A form sent with the button of a search is not judged: it comes back with what was typed (`is_search`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.forms.utils import ErrorDict

from pencere import country
from pencere.base.writing import sort_key
from pencere.country import cells
from pencere.country.declarations import Country, Field, Texts
from pencere.ui import choosing, conditions, counting, uploads
from pencere.ui import fields as kinds
from pencere.ui.fields import Option
from pencere.ui.ground_fields import Drawn
from pencere.ui.uploads import Keeping
from pencere.ui.writing import unit_name

_AUTOCOMPLETE = {"phone": "tel", "email": "email"}
_INPUT_MODE = {
    "integer": "numeric", "decimal": "decimal", "money": "decimal", "percent": "decimal",
    "phone": "tel", "email": "email",
}  # fmt: skip
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
        keeping: Keeping | None = None,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.facts = dict(facts or {})
        self.not_asked: tuple[str, ...] = ()
        for name, options in (choices or {}).items():
            self.fields[name].options = tuple(options)  # type: ignore[attr-defined]
        for field in self.fields.values():
            if isinstance(field, uploads.File):
                field.keeping = keeping
        self._drawn = self._draw_conditions()

    @property
    def is_search(self) -> bool:
        return self.is_bound and choosing.SEARCH_KEY in self.data

    @property
    def drawn(self) -> tuple[BoundField, ...]:
        return tuple(self[name] for name in self._drawn)

    @property
    def kept_files(self) -> Mapping[str, uploads.Kept]:
        """What is kept for this form, by field."""
        return {
            name: field.kept for name, field in self.fields.items() if isinstance(field, uploads.File) and field.kept
        }

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_search:
            self._errors = ErrorDict(self._of_what_is_shown())

    def _of_what_is_shown(self) -> dict[str, Any]:
        """What is wrong with the shape that the person wants to see drawn; empty for every other search."""
        asked = self.data[choosing.SEARCH_KEY]
        return {
            name: errors
            for name, errors in (self._errors or {}).items()
            if isinstance(self.fields.get(name), Drawn) and self.add_prefix(name) == asked
        }

    def clean(self) -> dict[str, Any]:
        values = {name: None if value in ("", None, []) else value for name, value in self.cleaned_data.items()}
        known = self.facts | {f"{self.group}.{name}": value for name, value in values.items()}
        not_asked = []
        for name, field in self.declared.items():
            if field.when is None:
                continue
            if not cells.holds(field.when, known, {}):
                not_asked.append(name)
                values.pop(name, None)
                self.errors.pop(name, None)
                known.pop(f"{self.group}.{name}", None)
            elif field.required and values.get(name) is None and name not in self.errors:
                self.add_error(name, ValidationError(self.fields[name].error_messages["required"], "required"))
        self.not_asked = tuple(not_asked)
        return values

    def _draw_conditions(self) -> tuple[str, ...]:
        """Gives each conditional question its sentence; leaves out those that cannot come up."""
        drawn = []
        for name, field in self.declared.items():
            here = conditions.on_page(field.when, self.group, self.facts) if field.when else conditions.OnPage(())
            if here is None:
                continue
            drawn.append(name)
            made = self.fields[name]
            made.optional = not field.required  # type: ignore[attr-defined]
            if here.codes is None or here.codes:
                labels = {other: str(one.label) for other, one in self.fields.items()}
                made.only_if = conditions.sentence(here, labels, self._answers())  # type: ignore[attr-defined]
                made.shown_when = here.for_script  # type: ignore[attr-defined]
        return tuple(drawn)

    def _answers(self) -> dict[str, dict[str, str]]:
        """Field → code → what the answer is called."""
        return {
            name: {str(option[0]): str(option[1]) for option in getattr(field, "options", ())}
            for name, field in self.fields.items()
        }


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
        made: Any = type("DeclaredForm", (DeclaredForm,), {"declared": dict(fields), "group": group})
        made.base_fields = members  # not as attributes: a question may be called "group" or "errors"
        _made[key] = made
    return _made[key]


def _form_field(here: Country, field: Field, path: str, texts: Mapping[str, Texts], language: str) -> forms.Field:
    def text(key: str) -> str:
        return here.text(texts, key, language) if key in texts else ""

    common: dict[str, Any] = {
        "label": text(path) or path,
        "help_text": text(f"{path}.hint"),
        "required": field.required and field.when is None,
    }
    made = _made_of(here, field, path, texts, language, common)
    if own := text(f"{path}.error"):
        made.error_messages = {**made.error_messages, "required": own}
        made.own_sentence = True  # type: ignore[attr-defined]
    attrs = made.widget.attrs
    if mode := _INPUT_MODE.get(field.kind):
        attrs["inputmode"] = mode
    if word := _AUTOCOMPLETE.get(field.kind):
        attrs["autocomplete"] = word
    elif field.kind in here.identifiers or field.kind in ("iban", "person", "organisation"):
        attrs |= {"autocomplete": "off", "spellcheck": "false"}
    elif field.kind == "address":
        attrs["autocomplete"] = "street-address"
    if field.kind in here.identifiers or field.kind in ("integer", "decimal", "person", "organisation"):
        made.width = "10"  # type: ignore[attr-defined]
    if field.unit and field.kind in ("integer", "decimal"):
        made.suffix = unit_name(field.unit, language, text(f"{path}.unit"))  # type: ignore[attr-defined]
    if field.kind in ("email", "phone"):
        made.input_type = {"email": "email", "phone": "tel"}[field.kind]  # type: ignore[attr-defined]
    return made


def _made_of(
    here: Country, field: Field, path: str, texts: Mapping[str, Texts], language: str, common: dict[str, Any]
) -> forms.Field:
    """A field for one answer, or for several of its kind."""
    if field.many is None or field.kind == "choices":
        return _of_kind(here, field, path, texts, language, common)
    if field.kind == "choice":
        return choosing.Several(_codes(here, field, path, texts, language), limits=field.many, **common)
    inner = _of_kind(here, field, path, texts, language, {"required": True})
    return choosing.OnePerLine(inner, field.many, **common)


def _of_kind(
    here: Country, field: Field, path: str, texts: Mapping[str, Texts], language: str, common: dict[str, Any]
) -> forms.Field:
    limits = {"least": field.min, "most": field.max}
    written: dict[str, Any] = {"length": field.length, "pattern": field.pattern}
    match field.kind:
        case "address" if field.of:
            return choosing.Looked(**common)
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
        case "money":
            return counting.Amount(**limits, **common)
        case "percent":
            return counting.Percent(**limits, **common)
        case "boolean":
            return kinds.YesOrNo(**common)
        case "date":
            return kinds.Day(**limits, **common)
        case "time":
            return kinds.Clock(**limits, **common)
        case "moment":
            return kinds.Moment(**limits, **common)
        case "choice":
            return kinds.Choice(_codes(here, field, path, texts, language), **common)
        case "choices":
            return choosing.Several(_codes(here, field, path, texts, language), limits=field.many, **common)
        case "territory":
            return kinds.Choice(_units(here, language), as_list=True, **common)
        case "ref":
            return choosing.Listed(**common)
        case "iban":
            return kinds.Iban(**common)
        case "file":
            return uploads.File(**common)
        case "photo":
            return uploads.Photo(**common)
        case "geometry":
            return Drawn(str(field.of or "polygon"), **common)
        case "person" if field.of:
            return kinds.Choice((), **common)
        case "person":
            return kinds.Identifier(here.identifiers[here.person.identifier], **common)
        case "organisation":
            others = [kind for name, kind in here.identifiers.items() if name != here.person.identifier]
            return kinds.Identifier(*others, **common)
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
