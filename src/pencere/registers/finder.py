"""What rows are found by, as `Shape.texts` says it, for many rows that look alike: a column at a time.

Each field's way is settled once, and values that come again (codes, days, names, addresses) are remembered. Whoever
packs rows asks `demand_same` of some, so that the two ways never part. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from pencere.base.errors import BadInput
from pencere.registers import finding, rules
from pencere.registers.kinds import TEXTS
from pencere.registers.rules import Shape, shortened

MOST_TEXTS, MOST_VALUES = 50_000, 3_000
"""So many texts are remembered of a form that all registers share, so many values of one of a field alone."""

Form = TypeVar("Form")
Pairs = list[tuple[str, int]]
Forms = Callable[[list[object]], list[str]]
"""The values of a column, each in the form in which the index has it."""
Put = Callable[[list[object], Sequence[int], dict[str, Pairs]], None]


class Known:
    """Forms of texts that stand in rows of several registers, like an address. All registers write texts alike."""

    def __init__(self) -> None:
        self.exact: dict[object, str] = {}
        self.order: dict[object, str] = {}
        self.words: dict[object, tuple[str, ...]] = {}


class Finder:
    """The entries of the rows of one register in the index."""

    def __init__(self, shape: Shape, known: Known) -> None:
        self._known, self._shape, self._prefix = known, shape, f"{shape.register.id}."
        fields = shape.register.fields
        paths = dict.fromkeys((*shape.text_key, *shape.worded, *shape.order, *shape.shapes))
        names = dict.fromkeys(path.partition(".")[0] for path in paths)
        self._several = [
            name for name in names
            if fields[name].many is not None or fields[name].kind in ("choices", "group", "geometry")
        ]  # fmt: skip
        self._exact = {name: self._forms(name, text, known.exact) for name, text in shape.text_key.items()}
        self._one = [(name, self._puts(name)) for name in names if name not in self._several]
        self._key = shape.register.key

    def columns(self, rows: Sequence[Mapping[str, object]], ids: Sequence[int]) -> tuple[list[str], dict[str, Pairs]]:
        """The rows' keys; and for each field of the index its values, each with the number of its row."""
        found: dict[str, Pairs] = {}
        for name, puts in self._one:
            values = [row.get(name) for row in rows]
            numbers = ids
            if None in values:
                self._put_none(name, values, ids, found)
                numbers = [id_ for id_, value in zip(ids, values, strict=True) if value is not None]
                values = [value for value in values if value is not None]
            if values:
                for put in puts:
                    put(values, numbers, found)
        for name in self._several:
            for id_, row in zip(ids, rows, strict=True):
                for path, texts in self._shape.texts_of(name, row.get(name)).items():
                    found.setdefault(self._prefix + path, []).extend([(text, id_) for text in texts])
        if self._shape.alike:
            said = ((self._shape.likeness(row), id_) for id_, row in zip(ids, rows, strict=True))
            if pairs := [pair for pair in said if pair[0]]:
                found[self._prefix + finding.ALIKE] = pairs
        keys = [self._exact[name]([row[name] for row in rows]) for name in self._key]
        return keys[0] if len(keys) == 1 else [rules.joined(texts) for texts in zip(*keys, strict=True)], found

    def demand_same(self, row: Mapping[str, object]) -> None:
        """Raises BadInput where `Shape.texts` says otherwise."""
        texts = self._shape.texts(row)
        said = sorted((self._prefix + path, text) for path, several in texts.items() for text in several)
        keys, columns = self.columns([row], [0])
        found = sorted((field, text) for field, pairs in columns.items() for text, _id in pairs)
        if found != said or keys != [self._shape.key(texts)]:
            raise BadInput("found_otherwise", register=self._shape.register.id)

    def _put_none(self, name: str, values: list[object], ids: Sequence[int], found: dict[str, Pairs]) -> None:
        for path, texts in self._shape.texts_of(name, None).items():
            pairs = [(text, id_) for id_, value in zip(ids, values, strict=True) if value is None for text in texts]
            found[self._prefix + path] = pairs

    def _puts(self, name: str) -> list[Put]:
        """What a field with one value puts into the index."""
        order, own = self._shape.order.get(name), self._prefix + name
        puts = [_put(own, self._exact[name])] if name in self._exact else []
        if name in self._shape.worded:
            puts.append(_put_words(own + finding.WORD, self._words))
        if order is not None and order.field != name:
            puts.append(_put(self._prefix + order.field, self._forms(name, order.key, self._known.order)))
        return puts

    def _words(self, text: object) -> tuple[str, ...]:
        words = self._known.words.get(text)
        if words is None:
            words = self._shape.words.of(str(text))
            _remember(self._known.words, MOST_TEXTS, text, words)
        return words

    def _forms(self, name: str, form: Callable[[object], str], of_texts: dict[object, str]) -> Forms:
        """Of a text its form is remembered for all registers; of what is written as it is not at all."""
        if form is rules.as_written:
            return lambda values: _all_shortened([rules.as_written(value) for value in values])
        field = self._shape.register.fields.get(name)
        is_text = field is not None and field.kind in TEXTS
        known, most = (of_texts, MOST_TEXTS) if is_text else ({}, MOST_VALUES)

        def forms(values: list[object]) -> list[str]:
            found = [known.get(value) for value in values]
            if None not in found:
                return found  # type: ignore[return-value]
            return [text or _remember(known, most, value, shortened(form(value)))
                    for text, value in zip(found, values, strict=True)]  # fmt: skip

        return forms


def _put(path: str, forms: Forms) -> Put:
    def put(values: list[object], ids: Sequence[int], found: dict[str, Pairs]) -> None:
        found[path] = list(zip(forms(values), ids, strict=True))

    return put


def _put_words(path: str, words: Callable[[object], Iterable[str]]) -> Put:
    def put(values: list[object], ids: Sequence[int], found: dict[str, Pairs]) -> None:
        pairs = [(word, id_) for value, id_ in zip(values, ids, strict=True) for word in words(value)]
        if pairs:
            found[path] = pairs

    return put


def _all_shortened(texts: list[str]) -> list[str]:
    return texts if len(max(texts, key=len)) <= rules.LONGEST_KEY else [shortened(text) for text in texts]


def _remember(known: dict[object, Form], most: int, value: object, form: Form) -> Form:
    if len(known) >= most:
        known.clear()  # those of earlier rows do not come again
    known[value] = form
    return form
