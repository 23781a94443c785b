"""The form above a list of a register: its words, its filters, its order, its days, made of the declared fields.

What is typed becomes parts of an address (`changes`), which `asking.Asking` reads; nothing is looked up here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext

from pencere import country
from pencere.country.declarations import Field, Texts
from pencere.country.grammars import COUNTED
from pencere.registers import showing
from pencere.registers.asking import CODED, EMPTY, FIELD, NEAR, SIZES, Asking, near_of
from pencere.registers.ground.distance import FARTHEST
from pencere.ui import fields as kinds
from pencere.ui.choosing import Several
from pencere.ui.fields import Day, Moment, Option, Written
from pencere.ui.forms import declared_form

FOLDED_FROM = 12
"""A filter with more codes than this is folded."""


@dataclass(frozen=True, slots=True)
class Question:
    """A filter of the form. `folded`: too long to stand open; `chosen`: what of it is, in words."""

    bound: forms.BoundField
    folded: bool
    chosen: str
    is_open: bool


class Known(Moment):
    """By what the register knew at a moment; at the end of a day, where no time is said."""

    def __init__(self, **more: Any) -> None:
        words = gettext(
            "What the register said at that moment, before later corrections. Without a time: at the end of that day. "
            "Empty: now."
        )
        super().__init__(help_text=words, **more)

    def to_python(self, value: object) -> datetime | None:
        if isinstance(value, tuple) and any(value) and not value[3]:
            value = (*value[:3], "23:59")
        return super().to_python(value)


def as_of() -> dict[str, forms.Field]:
    """About which day, and by what was known when: of a list and of a record alike."""
    words = gettext("What held on that day. Empty: today.")
    return {
        "on": Day(label=gettext("As it was on the day"), help_text=words, required=False),
        "known": Known(label=gettext("As it was known at"), required=False),
    }


class FilterForm(forms.Form):
    """The form above a list, made of the register's fields that are searched."""

    use_required_attribute = False

    def __init__(self, asking: Asking, data: Any = None) -> None:
        super().__init__(data, initial=_initial(asking))
        self.asking = asking
        self._keys: dict[str, str] = {}  # name in the form -> name in an address
        if asking.worded:
            self.fields["q"] = Written(
                length=(0, 100),
                label=gettext("Search"),
                help_text=_searched(asking),
                required=False,
            )
        self._add_filters()
        self._add_nears()
        if asking.sorts:
            orders: list[tuple[str, str]] = []
            for path in asking.sorts:
                label = showing.label(asking.register, path)
                orders += [(path, label), (f"-{path}", gettext("%(field)s, backwards") % {"field": label})]
            self.fields["sort"] = kinds.Choice(orders, as_list=True, label=gettext("Sorted by"), required=False)
        sizes = [(str(size), str(size)) for size in SIZES]
        self.fields["size"] = kinds.Choice(sizes, as_list=True, label=gettext("Rows on a page"), required=False)
        self.fields |= as_of()
        for field in self.fields.values():
            field.optional = False  # type: ignore[attr-defined]  # nothing here has to be filled in

    @property
    def filtering(self) -> list[forms.BoundField]:
        return [self[name] for name in self._keys]

    @property
    def questions(self) -> Iterator[Question]:
        """The filters as they are drawn: a long list of codes folded, with what is chosen of it."""
        for bound in self.filtering:
            options = bound.field.options if isinstance(bound.field, Several) else ()
            chosen = bound.value() or []
            words = ", ".join(str(label) for code, label, *_ in options if code in chosen)
            yield Question(bound, len(options) > FOLDED_FROM, words, bool(self.is_bound and bound.errors))

    @property
    def ordering(self) -> list[forms.BoundField]:
        return [self[name] for name in ("sort", "size") if name in self.fields]

    @property
    def timing(self) -> list[forms.BoundField]:
        return [self["on"], self["known"]]

    @property
    def opens_filters(self) -> bool:
        """Whether the filters stand open: some are set, or one cannot be read."""
        return any(name.startswith(FIELD) for name in self.asking.values) or self._has_errors(self.filtering)

    @property
    def opens_order(self) -> bool:
        return bool({"sort", "size"} & set(self.asking.values)) or self._has_errors(self.ordering)

    @property
    def opens_times(self) -> bool:
        return bool({"on", "known"} & set(self.asking.values)) or self._has_errors(self.timing)

    def _has_errors(self, some: list[forms.BoundField]) -> bool:
        return self.is_bound and any(bound.errors for bound in some)

    @property
    def changes(self) -> dict[str, str]:
        """What was typed, as parts of an address; with the others of this form emptied, so that it replaces them."""
        found = dict.fromkeys(self.asking.values, "")
        for name, value in self.cleaned_data.items():
            key = self._keys.get(name, name)
            if isinstance(value, date):
                found[key] = value.isoformat()
            elif isinstance(value, list):
                found[key] = ",".join(value)
            elif value is not None and value != "":
                found[key] = str(value)
        if found.get("size") == str(SIZES[0]):
            found["size"] = ""
        return found

    def clean(self) -> dict[str, Any]:
        """A circle needs all its parts, each a number."""
        for path in self.asking.nears:
            names = [f"{_name(path)}__{part}" for part in NEAR]
            texts = [str(self.cleaned_data.get(name) or "") for name in names]
            if any(texts) and near_of(texts) is None:
                words = gettext(
                    "Write all three: longitude and latitude in degrees, for example 49.8671 and 40.4093, and metres "
                    "from 1 to %(most)s."
                )
                self.add_error(names[0], words % {"most": FARTHEST})
        return self.cleaned_data

    def _add_nears(self) -> None:
        for path in self.asking.nears:
            label = {"field": showing.label(self.asking.register, path)}
            words = (
                gettext("%(field)s: longitude of a place near it"), gettext("%(field)s: latitude of that place"),
                gettext("%(field)s: within so many metres"),
            )  # fmt: skip
            for part, text in zip(NEAR, words, strict=True):
                name = f"{_name(path)}__{part}"
                self._keys[name] = f"{FIELD}{path}.{part}"
                self.fields[name] = Written(length=(0, 20), label=text % label, required=False)

    def _add_filters(self) -> None:
        asking = self.asking
        declared: dict[str, Field] = {}
        texts: dict[str, Texts] = dict(asking.register.texts)
        language = showing.language()
        for path, field in asking.filters:
            label = showing.label(asking.register, path)
            one = replace(_filtered(field), required=False, many=None, length=None, given=None)
            name = _name(path)
            if not asking.is_span(path, field):
                declared[name] = one
                self._keys[name] = f"{FIELD}{path}"
                texts |= _texts(asking, path, name, {language: label})
                continue
            for end, words in (("from", gettext("%(field)s, from")), ("until", gettext("%(field)s, until"))):
                declared[f"{name}__{end}"] = one
                self._keys[f"{name}__{end}"] = f"{FIELD}{path}.{end}"
                texts[f"{name}__{end}"] = {language: words % {"field": label}}
                if own := asking.register.texts.get(f"{path}.unit"):
                    texts[f"{name}__{end}.unit"] = own
        version = f"filter {asking.register.id} {id(country.current())}"
        made = declared_form(declared, "", texts, language, version=version)()
        for name, made_field in made.fields.items():
            path = self._keys[name].removeprefix(FIELD)
            if declared[name].kind in CODED and isinstance(made_field, kinds.Choice):
                self.fields[name] = self._several(path, declared[name], made_field)
            elif isinstance(made_field, kinds.Choice):
                label, options = str(made_field.label), made_field.options
                self.fields[name] = kinds.Choice(options, as_list=True, label=label, required=False)
            else:
                made_field.help_text = ""
                self.fields[name] = made_field

    def _several(self, path: str, declared: Field, made: kinds.Choice) -> Several:
        """Checkboxes: any of these. Places stand below the one that they lie in."""
        options: list[Option] = list(places(made.options)) if declared.kind == "territory" else []
        options = options or [(str(option[0]), str(option[1])) for option in made.options]
        field = showing.field_of(self.asking.register, path)
        if field is not None and self.asking.may_be_empty(path, field):
            options.append((EMPTY, gettext("nothing is written")))
        hint = gettext("A place counts with all that lies in it.") if declared.kind == "territory" else ""
        return Several(options, label=made.label, help_text=hint, required=False)


def _searched(asking: Asking) -> str:
    """What may be written in the box above a list."""
    named = {
        kind: ", ".join(showing.label(asking.register, path) for path in paths)
        for kind, paths in (("fields", asking.worded), ("numbers", asking.numbered))
    }
    if not asking.numbered:
        return gettext("Whole words or their beginnings, in any of: %(fields)s") % named
    return gettext("Whole words or their beginnings, in any of: %(fields)s. Or the whole of: %(numbers)s.") % named


def places(options: Iterable[Option]) -> Iterator[Option]:
    """Options of places in their order, each with those below it that lie in it, by their whole path."""
    named = {str(option[0]): str(option[1]) for option in options}
    part_of = {each.code: each.part_of for each in country.current().territory}

    def below(parent: str | None, before: str) -> Iterator[Option]:
        for code, name in named.items():
            inside = part_of.get(code)
            if (inside if inside in named else None) == parent:
                yield code, f"{before}{name}"
                yield from below(code, f"{before}{name} › ")

    return below(None, "")


def _name(path: str) -> str:
    """Of the field of a form that filters by a field of the register; also good for an id."""
    return "f_" + path.replace(".", "__")


def _filtered(field: Field) -> Field:
    """The field as it is asked for in a filter: one value, one code, the key of a row."""
    if field.kind == "choices":
        return replace(field, kind="choice")
    if field.kind == "ref":
        target = country.current().registers[str(field.of)]
        return replace(target.fields[target.key[0]], name=field.name)
    if field.kind in ("person", "address"):
        return replace(field, of=None)
    return replace(field, min=None, max=None) if field.kind in COUNTED else field


def _texts(asking: Asking, path: str, key: str, label: Texts) -> dict[str, Texts]:
    """The label, and the names of the values of a choice."""
    old = f"{path}."
    values = {f"{key}.{name.removeprefix(old)}": words for name, words in asking.register.texts.items()
              if name.startswith(old) and not name.endswith(".hint")}  # fmt: skip
    return {key: label, **values}


def _initial(asking: Asking) -> dict[str, object]:
    found: dict[str, object] = {}
    declared = dict(asking.filters)
    for name, text in asking.values.items():
        path = name.removeprefix(FIELD)
        end = next((end for end in ("from", "until") if path.endswith(f".{end}")), "")
        path = path.removesuffix(f".{end}") if end else path
        field = declared.get(path)
        if field is None:
            found[name] = text
            continue
        if field.kind in CODED:
            found[_name(path)] = text.split(",")
            continue
        is_number = field.kind in ("integer", "money") and re.fullmatch(r"-?\d{1,18}", text)
        found[_name(path) + (f"__{end}" if end else "")] = int(text) if is_number else text
    for path in asking.nears:
        found |= {f"{_name(path)}__{part}": asking.values.get(f"{FIELD}{path}.{part}", "") for part in NEAR}
    found["on"], found["known"] = asking.on or "", asking.known_at or ""
    found["sort"], found["size"] = asking.sort, str(asking.size)
    return found
