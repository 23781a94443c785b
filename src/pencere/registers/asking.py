"""What an officer asks a list for, and how an address says it: words, filters, order, size, days.

In an address `f.place=baku,quba` filters by one of several codes (`-`: empty), `f.area.from=100` begins a span,
`f.border.lon lat within` is a circle, `q` are words, `sort=-area` is an order, `on` and `known` say as of when,
`after` where the list goes on. What may tell of a person (words, identifiers, names, the place of a row in an order)
stands sealed in `s` (`sealing.py`), in registers that are about persons. The form that asks it is `filter_form.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.http import urlencode

from pencere import country
from pencere.base.errors import BadInput
from pencere.base.purpose import Purpose
from pencere.country.declarations import Country, Field, Register
from pencere.country.grammars import COUNTED
from pencere.registers import queries, sealing, showing
from pencere.registers.desk_rights import Seat
from pencere.registers.ground.distance import is_near
from pencere.registers.queries import Asked, Filter
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

SIZES = (20, 100, 1000)
FIELD = "f."
"""Before the name of a field, in an address."""
NEAR = ("lon", "lat", "within")
EMPTY = "-"
"""In place of a code: the field is empty."""
CODED = ("choice", "choices", "territory")
"""Kinds of which a list is filtered by several values at once."""
_LONGEST, _LONGEST_CODES = 400, 6000
_NUMBER = re.compile(r"-?[0-9]{1,6}([.,][0-9]{1,12})?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that sorts: where its head leads, and how the list is sorted by it now (aria-sort)."""

    path: str
    label: str
    url: str = ""
    sorted: str = ""


class Asking:
    """The question of one list page; `values` are the parts of its address, opened."""

    def __init__(self, seat: Seat, address: Mapping[str, str]) -> None:
        self.seat = seat
        self.register = seat.register
        self.shape: Shape = shape_of(seat.register.id)
        sealed = address.get("s", "")
        opened = sealing.unseal(sealed, seat.account, seat.register.id) if sealed else {}
        self.is_strange = bool(sealed) and not opened
        """Whether the address holds a search that does not open: another officer's, or one from before a new key."""
        known = {"q", "sort", "size", "on", "known", "after"}
        for path, field in self.filters:
            ends = (".from", ".until") if self.is_span(path, field) else ("",)
            known |= {f"{FIELD}{path}{end}" for end in ends}
        known |= {f"{FIELD}{path}.{part}" for path in self.nears for part in NEAR}
        coded = {f"{FIELD}{path}" for path, field in self.filters if field.kind in CODED}
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

    @property
    def numbered(self) -> tuple[str, ...]:
        """The fields whose whole value may be written in the place of words: what names a row, or a person."""
        kinds = {"person", *country.current().identifiers}
        alone = self.register.key if len(self.register.key) == 1 else ()
        return tuple(path for path, field in self.filters if path in alone or field.kind in kinds)

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
        return read_day(self.values.get("on", ""))

    @property
    def known_at(self) -> datetime | None:
        return read_moment(self.values.get("known", ""))

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order and the size was asked."""
        return any(name in ("q", "on", "known") or name.startswith("f.") for name in self.values)

    def asked(self, purpose: Purpose) -> Asked:
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
            if (near := near_of([self.values.get(f"{FIELD}{path}.{part}", "") for part in NEAR])) is not None:
                filters[path] = Filter(near=near)
        words = self.values.get("q", "") if self.worded else ""
        if words and (path := self._named_by(words, purpose)) and path not in filters:
            filters[path], words = Filter(equal=words), ""
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

    def _named_by(self, text: str, purpose: Purpose) -> str:
        """The field of which this is the whole value in some row; "" if it is none of any."""
        for path in self.numbered:
            try:
                found = self.shape.found(path, text)
            except BadInput:
                continue
            if queries.is_said(self.register.id, path, found, purpose):
                return path
        return ""

    def may_be_empty(self, path: str, field: Field) -> bool:
        """Whether rows without a value of a field of codes can be asked for."""
        return not field.required and path in self.shape.order

    def _chosen(self, path: str, field: Field) -> Filter | None:
        """One of the codes in the address; a place with all that lies in it. None if none of them can be read."""
        texts = self.values.get(f"{FIELD}{path}", "").split(",")
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


def beneath(here: Country, codes: Iterable[str]) -> tuple[str, ...]:
    """These places, what lies in them, and what they were called before."""
    found = dict.fromkeys(codes)
    size = -1
    while size != len(found):
        size = len(found)
        found |= {each.code: None for each in here.territory if each.part_of in found or each.successor in found}
    return tuple(found)


def near_of(texts: list[str]) -> tuple[float, float, float] | None:
    """Longitude, latitude, metres; None if one is missing or is none."""
    if not all(_NUMBER.fullmatch(text) for text in texts):
        return None
    longitude, latitude, metres = (float(text.replace(",", ".")) for text in texts)
    return (longitude, latitude, metres) if is_near(longitude, latitude, metres) else None


def _is_ordinary(register: Register, path: str) -> bool:
    field = showing.field_of(register, path)
    return field is not None and field.personal != "special"


def read_day(text: str) -> date | None:
    """A day as an address has it; None for none, and for what is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def read_moment(text: str) -> datetime | None:
    """The same of a moment, which names its zone."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
