"""What is asked of a list, what comes back, and what a filter means in the index. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from pencere.base.errors import BadInput
from pencere.country.grammars import COUNTED
from pencere.registers.finding import NONE, ORDER, WORD, shortened, span_of_word
from pencere.registers.ground import boxes, distance
from pencere.registers.ground.distance import Near
from pencere.registers.kinds import WrongKind
from pencere.registers.rules import Shape, values_at

MOST = 1000
"""Rows of one page."""
TOP = "\U0010ffff"
"""Above every entry of the index."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a field has to be; one of these, or a span with both ends in it. Values as `Shape.read` takes them."""

    equal: object = None
    from_: object = None
    until: object = None
    any_of: tuple[object, ...] = ()
    words: str = ""  # each is the beginning of a word of the field
    missing: bool = False  # the field is empty; with `any_of` either
    near: tuple[float, float, float] | None = None  # longitude, latitude, metres: some of the shape is no farther away


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of a list. `filters`: by path of the field. `words`: beginnings of words, in whatever searched field.

    `sort`: a field, with "-" before it the greatest first; rows without a value come last. `after`: a cursor of a page.
    `fields`: what is shown; the columns that the register declares, if none are named. `on`, `known_at`: the rows that
    hold that day (default: today) by what was known at that moment (default: now).
    """

    filters: Mapping[str, Filter] = field(default_factory=dict)
    words: str = ""
    sort: str = ""
    after: str = ""
    size: int = 20
    on: date | None = None
    known_at: datetime | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list. `about`: the persons whose data it shows."""

    id: int
    values: dict[str, object]
    valid_from: date
    valid_until: date | None
    recorded_at: datetime
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order. `next`, `previous`: what to ask `after`; empty at the end, and at the beginning."""

    rows: tuple[Line, ...]
    next: str
    previous: str
    fields: tuple[str, ...]
    sort: str


@dataclass(frozen=True, slots=True)
class Span:
    """Entries of one field of the index, both ends in it. `field`: without the register's name."""

    field: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A row has an entry in one of the spans. `near`: and the shape of that field is as near as that."""

    spans: tuple[Span, ...]
    near: tuple[str, Near] | None = None

    @property
    def is_exact(self) -> bool:
        return all(span.low == span.high for span in self.spans)


def sortable(shape: Shape) -> tuple[str, ...]:
    """The fields by which a list can be sorted."""
    return tuple(shape.order)


def sort_of(shape: Shape, asked: str) -> tuple[str, bool]:
    """The field, and whether the greatest comes first; the key, if none is asked for. Raises BadInput."""
    name = asked.removeprefix("-") or next((key for key in shape.register.key if key in shape.order), "")
    if name not in shape.order:
        raise BadInput("not_sortable", field=name, known=sortable(shape))
    return name, asked.startswith("-")


def conditions_of(shape: Shape, asked: Asked) -> tuple[Condition, ...]:
    """Raises BadInput (field) for a field that is not searched so, or a value that cannot be."""
    found: list[Condition] = []
    for path, filter_ in asked.filters.items():
        found += _conditions(shape, path, filter_)
    if asked.words.strip():
        if not shape.worded:
            raise BadInput("not_searched_by_words")
        found += _worded(shape, asked.words, shape.worded)
    return tuple(found)


def _conditions(shape: Shape, path: str, asked: Filter) -> Iterator[Condition]:
    if asked.missing and path not in shape.order:
        raise BadInput("not_searchable", field=path)
    empty = (Span(path + NONE, "", ""),) if asked.missing else ()
    if asked.missing and not asked.any_of:
        yield Condition(empty)
    elif asked.near is not None:
        yield _near(shape, path, asked.near)
    elif asked.from_ is not None or asked.until is not None:
        yield Condition((_span(shape, path, asked),))
    elif asked.words or (path in shape.worded and path not in shape.found_field):
        if path not in shape.worded:
            raise BadInput("not_searched_by_words", field=path)
        if asked.any_of:
            raise BadInput("not_searchable", field=path)
        yield from _worded(shape, asked.words or str(asked.equal or ""), (path,))
    else:
        if path not in shape.found_field:
            raise BadInput("not_searchable", field=path)
        values = asked.any_of if asked.any_of or asked.equal is None else (asked.equal,)
        texts = dict.fromkeys(shape.found(path, value) for value in values)
        yield Condition((*(Span(path, text, text) for text in texts), *empty))


def _near(shape: Shape, path: str, asked: tuple[float, float, float]) -> Condition:
    if path not in shape.placed or shape.register.fields[path].search != "near":
        raise BadInput("not_searchable", field=path)
    if not distance.is_near(*asked):
        raise BadInput("wrong_place", field=path, most=distance.FARTHEST)
    near = Near(*asked)
    spans = boxes.spans([near.box])
    return Condition(tuple(Span(path + boxes.PLACED, *span) for span in spans), (path, near))


def _worded(shape: Shape, words: str, paths: tuple[str, ...]) -> list[Condition]:
    return [
        Condition(tuple(Span(path + WORD, *span_of_word(word)) for path in paths)) for word in shape.words.of(words)
    ]


def _span(shape: Shape, path: str, asked: Filter) -> Span:
    order = shape.order.get(path)
    if order is None or shape.register.fields[path].kind not in COUNTED:
        raise BadInput("no_range", field=path)

    def end(value: object, otherwise: str) -> str:
        try:
            return otherwise if value is None else order.key(shape.read_bare[path](value))
        except WrongKind as problem:
            raise BadInput(problem.reason, field=path, **problem.details) from None

    return Span(order.field, end(asked.from_, ""), end(asked.until, TOP))


def fulfils(shape: Shape, row: Mapping[str, object], condition: Condition) -> bool:
    if condition.near is not None:
        path, near = condition.near
        drawn = row.get(path)
        return drawn is not None and near.reaches(shape.in_degrees(path, drawn))
    return any(
        span.low <= text <= span.high for span in condition.spans for text in _entries(shape, row, span.field)
    )  # fmt: skip


def path_of(field_: str) -> str:
    """The field whose entries these are."""
    return field_.rstrip(WORD + ORDER + NONE + boxes.PLACED)


def _entries(shape: Shape, row: Mapping[str, object], field_: str) -> Iterator[str]:
    """As `Shape.texts` writes them, of one field."""
    path = path_of(field_)
    values = list(values_at(row, path))
    sign = field_[len(path) :]
    if sign == WORD:
        for value in values:
            yield from shape.words.of(str(value))
    elif sign == ORDER:
        place = shape.place(row, path)
        if place is not None:
            yield place
    elif sign == NONE:
        if not values:
            yield ""
    else:
        for value in values:
            yield shortened(shape.text_key[path](value))
