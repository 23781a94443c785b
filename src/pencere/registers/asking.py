"""What an officer asks a list for, and how an address says it: words, filters, order, size, days.

In an address `f.place=baku,quba` filters by one of several codes (`-`: empty), `f.area.from=100` begins a span,
`f.border.lon lat within` is a circle, `q` are words, `sort=-area` is an order, `on` and `known` say as of when,
`after` where the list goes on. What may tell of a person (words, identifiers, names, the place of a row in an order)
stands sealed in `s` (`sealing.py`), in registers that are about persons.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.http import urlencode
from django.utils.translation import gettext

from pencere import country
from pencere.base.errors import BadInput
from pencere.country.declarations import Country, Field, Register, Texts
from pencere.country.grammars import COUNTED
from pencere.registers import queries, sealing, showing
from pencere.registers.desk_rights import Seat
from pencere.registers.ground.distance import FARTHEST, is_near
from pencere.registers.queries import Asked, Filter
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of
from pencere.ui import fields as kinds
from pencere.ui.choosing import Several
from pencere.ui.fields import Day, Moment, Option, Written
from pencere.ui.forms import declared_form

SIZES = (20, 100, 1000)
_FIELD = "f."
NEAR = ("lon", "lat", "within")
EMPTY = "-"
"""In place of a code: the field is empty."""
CODED = ("choice", "choices", "territory")
"""Kinds of which a list is filtered by several values at once."""
FOLDED_FROM = 12
"""A filter with more codes than this is folded."""
_LONGEST, _LONGEST_CODES = 400, 6000
_NUMBER = re.compile(r"-?[0-9]{1,6}([.,][0-9]{1,12})?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that sorts: where its head leads, and how the list is sorted by it now (aria-sort)."""

    path: str
    label: str
    url: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A filter of the form. `folded`: too long to stand open; `chosen`: what of it is, in words."""

    bound: forms.BoundField
    folded: bool
    chosen: str
    is_open: bool


class Asking:
    """The question of one list page; `values` are the parts of its address, opened."""

    def __init__(self, seat: Seat, address: Mapping[str, str]) -> None:
        self.seat = seat
        self.register = seat.register
        self.shape: Shape = shape_of(seat.register.id)
        opened = sealing.unseal(address.get("s", ""), seat.account, seat.register.id) if address.get("s") else {}
        known = {"q", "sort", "size", "on", "known", "after"}
        for path, field in self.filters:
            ends = (".from", ".until") if self.is_span(path, field) else ("",)
            known |= {f"{_FIELD}{path}{end}" for end in ends}
        known |= {f"{_FIELD}{path}.{part}" for path in self.nears for part in NEAR}
        coded = {f"{_FIELD}{path}" for path, field in self.filters if field.kind in CODED}
        self.values = {
            name: value[: _LONGEST_CODES if name in coded else _LONGEST]
            for name, value in {**address, **opened}.items()
            if value and name in known
        }

    # ---- what can be asked

    @property
    def filters(self) -> Iterator[tuple[str, Field]]:
        """The fields by which the list is filtered, by their path."""
        for path, field in showing.paths(self.register):
            if field.personal == "special":
                continue  # a list found by it would tell it
            is_exact = path in self.shape.found_field and (field.search or path in self.register.key)
            if is_exact or self.is_span(path, field):
                yield path, field

    @property
    def nears(self) -> tuple[str, ...]:
        """The shapes by whose distance from a place the list is filtered."""
        fields = self.register.fields
        return tuple(
            path for path in self.shape.placed
            if fields[path].search == "near" and fields[path].personal != "special"
        )  # fmt: skip

    def is_span(self, path: str, field: Field) -> bool:
        """Whether the field is filtered from one value until another."""
        return field.kind in COUNTED and path in self.shape.order

    @property
    def sorts(self) -> tuple[str, ...]:
        return tuple(path for path in self.shape.order if self.register.fields[path].personal != "special")

    @property
    def fields(self) -> tuple[str, ...]:
        """The columns: those declared, without data of a special category."""
        shown = queries.columns_of(self.register.id)
        ordinary = tuple(name for name in shown if not showing.is_special(self.register.fields[name]))
        return ordinary or self.register.key

    @property
    def worded(self) -> tuple[str, ...]:
        """The fields whose words are searched at once; not those of a special category."""
        ordinary = tuple(path for path in self.shape.worded if _is_ordinary(self.register, path))
        return ordinary if ordinary == tuple(self.shape.worded) else ordinary[:1]

    # ---- what is asked

    @property
    def sort(self) -> str:
        asked = self.values.get("sort", "")
        return asked if asked.removeprefix("-") in self.sorts else ""

    @property
    def size(self) -> int:
        asked = self.values.get("size", "")
        return int(asked) if asked in {str(size) for size in SIZES} else SIZES[0]

    @property
    def on(self) -> date | None:
        return _read(date.fromisoformat, self.values.get("on", ""))

    @property
    def known_at(self) -> datetime | None:
        found = _read(datetime.fromisoformat, self.values.get("known", ""))
        return found if found is not None and found.tzinfo is not None else None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order and the size was asked."""
        return any(name in ("q", "on", "known") or name.startswith("f.") for name in self.values)

    def asked(self) -> Asked:
        """As the register takes it. A filter that cannot be read is left out: the form has said so already."""
        filters: dict[str, Filter] = {}
        for path, field in self.filters:
            if field.kind in CODED:
                if (chosen := self._chosen(path, field)) is not None:
                    filters[path] = chosen
                continue
            equal = self._value(path, field, f"f.{path}")
            if self.is_span(path, field):
                first = self._value(path, field, f"f.{path}.from")
                last = self._value(path, field, f"f.{path}.until")
                if first is not None or last is not None:
                    filters[path] = Filter(from_=first, until=last)
            elif equal is not None:
                filters[path] = Filter(equal=equal)
        for path in self.nears:
            if (near := _near([self.values.get(f"{_FIELD}{path}.{part}", "") for part in NEAR])) is not None:
                filters[path] = Filter(near=near)
        words = self.values.get("q", "") if self.worded else ""
        if words and self.worded != tuple(self.shape.worded):
            filters[self.worded[0]], words = Filter(words=words), ""
        return Asked(
            filters=filters,
            words=words,
            sort=self.sort,
            after=self.values.get("after", ""),
            size=self.size,
            on=self.on,
            known_at=self.known_at,
            fields=self.fields,
        )

    def may_be_empty(self, path: str, field: Field) -> bool:
        """Whether rows without a value of a field of codes can be asked for."""
        return not field.required and path in self.shape.order

    def _chosen(self, path: str, field: Field) -> Filter | None:
        """One of the codes in the address; a place with all that lies in it. None if none of them can be read."""
        texts = self.values.get(f"{_FIELD}{path}", "").split(",")
        missing = EMPTY in texts and self.may_be_empty(path, field)
        codes = [text for text in texts if text not in ("", EMPTY) and self._is_code(path, text)]
        if field.kind == "territory":
            codes = list(beneath(country.current(), codes))
        return Filter(any_of=tuple(codes), missing=missing) if codes or missing else None

    def _is_code(self, path: str, text: str) -> bool:
        try:
            self.shape.found(path, text)
        except BadInput:
            return False
        return True

    def _value(self, path: str, field: Field, name: str) -> object:
        text = self.values.get(name, "")
        if not text:
            return None
        value: object = text
        if field.kind == "boolean":
            value = text == "yes"
        elif field.kind in ("integer", "money"):
            value = int(text) if re.fullmatch(r"-?\d{1,18}", text) else text
        try:
            self.shape.found(path, value) if path in self.shape.read_one else None
        except BadInput:
            return None
        return value

    # ---- how an address says it

    def address(self, path: str, **changes: str) -> str:
        """The address of this question with some parts changed; an empty one is left out."""
        values = {name: value for name, value in (self.values | changes).items() if value}
        hidden = {name: value for name, value in values.items() if self._is_hidden(name)}
        plain = {name: value for name, value in values.items() if name not in hidden}
        if hidden:
            plain["s"] = sealing.seal(hidden, self.seat.account, self.register.id)
        return f"{path}?{urlencode(plain)}" if plain else path

    def _is_hidden(self, name: str) -> bool:
        if not self.shape.is_personal:
            return False
        if not name.startswith("f."):
            return name == "q"
        path = name.removeprefix("f.")
        for end in ("from", "until", *NEAR):
            path = path.removesuffix(f".{end}")
        field = showing.field_of(self.register, path)
        return field is None or field.personal in ("ordinary", "special") or field.kind == "person"

    def columns(self, paths: tuple[str, ...], here: str) -> list[Column]:
        """The heads of the list; one that sorts leads to the list sorted by it, pressed again the other way round."""
        found = []
        for path in paths:
            label = showing.label(self.register, path)
            if path not in self.sorts:
                found.append(Column(path, label))
                continue
            up = self.sort == path
            sorted_ = "ascending" if up else "descending" if self.sort == f"-{path}" else ""
            url = self.address(here, sort=f"-{path}" if up else path, after="")
            found.append(Column(path, label, url, sorted_))
        return found


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
                help_text=gettext("Whole words or their beginnings, in any of: %(fields)s")
                % {"fields": ", ".join(showing.label(asking.register, path) for path in asking.worded)},
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
        self.fields["on"] = Day(
            label=gettext("As it was on the day"), help_text=gettext("What held on that day. Empty: today."),
            required=False,
        )  # fmt: skip
        self.fields["known"] = Moment(
            label=gettext("As it was known at"),
            help_text=gettext("What the register said at that moment, before later corrections. Empty: now."),
            required=False,
        )
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
        return any(name.startswith(_FIELD) for name in self.asking.values) or self._has_errors(self.filtering)

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
            if any(texts) and _near(texts) is None:
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
                self._keys[name] = f"{_FIELD}{path}.{part}"
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
                self._keys[name] = f"{_FIELD}{path}"
                texts |= _texts(asking, path, name, {language: label})
                continue
            for end, words in (("from", gettext("%(field)s, from")), ("until", gettext("%(field)s, until"))):
                declared[f"{name}__{end}"] = one
                self._keys[f"{name}__{end}"] = f"{_FIELD}{path}.{end}"
                texts[f"{name}__{end}"] = {language: words % {"field": label}}
                if own := asking.register.texts.get(f"{path}.unit"):
                    texts[f"{name}__{end}.unit"] = own
        version = f"filter {asking.register.id} {id(country.current())}"
        made = declared_form(declared, "", texts, language, version=version)()
        for name, made_field in made.fields.items():
            path = self._keys[name].removeprefix(_FIELD)
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


def beneath(here: Country, codes: Iterable[str]) -> tuple[str, ...]:
    """These places, what lies in them, and what they were called before."""
    found = dict.fromkeys(codes)
    size = -1
    while size != len(found):
        size = len(found)
        found |= {each.code: None for each in here.territory if each.part_of in found or each.successor in found}
    return tuple(found)


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
        path = name.removeprefix(_FIELD)
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
        found |= {f"{_name(path)}__{part}": asking.values.get(f"{_FIELD}{path}.{part}", "") for part in NEAR}
    found["on"], found["known"] = asking.on or "", asking.known_at or ""
    found["sort"], found["size"] = asking.sort, str(asking.size)
    return found


def _near(texts: list[str]) -> tuple[float, float, float] | None:
    """Longitude, latitude, metres; None if one is missing or is none."""
    if not all(_NUMBER.fullmatch(text) for text in texts):
        return None
    longitude, latitude, metres = (float(text.replace(",", ".")) for text in texts)
    return (longitude, latitude, metres) if is_near(longitude, latitude, metres) else None


def _is_ordinary(register: Register, path: str) -> bool:
    field = showing.field_of(register, path)
    return field is not None and field.personal != "special"


def _read(read: Any, text: str) -> Any:
    try:
        return read(text) if text else None
    except ValueError:
        return None
