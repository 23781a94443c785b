"""What rows are found by, as `Shape.texts` says it, for many rows that look alike: a column at a time.

Whoever packs rows asks `demand_same` of some, so that the two ways never part. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pencere.base.errors import BadInput
from pencere.registers import finding, rules
from pencere.registers.rules import Shape

Pairs = list[tuple[str, int]]


class Finder:
    """The entries of the rows of one register in the index."""

    def __init__(self, shape: Shape) -> None:
        self._shape, self._prefix = shape, f"{shape.register.id}."
        self._several = [name for name in shape.register.fields if shape.is_found_by(name) and name not in shape.forms]

    def columns(self, rows: Sequence[Mapping[str, object]], ids: Sequence[int]) -> tuple[list[str], dict[str, Pairs]]:
        """The rows' keys; and for each field of the index its values, each with the number of its row."""
        found: dict[str, Pairs] = {}
        for name, forms in self._shape.forms.items():
            values, numbers = [row.get(name) for row in rows], ids
            if None in values:
                if forms.gap:
                    gaps = [("", id_) for id_, value in zip(ids, values, strict=True) if value is None]
                    found[self._prefix + forms.gap] = gaps
                numbers = [id_ for id_, value in zip(ids, values, strict=True) if value is not None]
                values = [value for value in values if value is not None]
            for form in forms.each if values else ():
                if form.column:
                    pairs = list(zip(form.column(values), numbers, strict=True))
                else:
                    said = zip(map(form.of, values), numbers, strict=True)
                    pairs = [(text, id_) for texts, id_ in said for text in texts]
                if pairs:
                    found[self._prefix + form.field] = pairs
        for name in self._several:
            for id_, row in zip(ids, rows, strict=True):
                for path, texts in self._shape.texts_of(name, row.get(name)).items():
                    found.setdefault(self._prefix + path, []).extend([(text, id_) for text in texts])
        if self._shape.alike:
            likenesses = ((self._shape.likeness(row), id_) for id_, row in zip(ids, rows, strict=True))
            if pairs := [pair for pair in likenesses if pair[0]]:
                found[self._prefix + finding.ALIKE] = pairs
        keys = [[text for text, _id in found[self._prefix + name]] for name in self._shape.register.key]
        return keys[0] if len(keys) == 1 else [rules.joined(texts) for texts in zip(*keys, strict=True)], found

    def demand_same(self, row: Mapping[str, object]) -> None:
        """Raises BadInput where `Shape.texts` says otherwise."""
        texts = self._shape.texts(row)
        said = sorted((self._prefix + path, text) for path, several in texts.items() for text in several)
        keys, columns = self.columns([row], [0])
        found = sorted((field, text) for field, pairs in columns.items() for text, _id in pairs)
        if found != said or keys != [self._shape.key(texts)]:
            raise BadInput("found_otherwise", register=self._shape.register.id)
