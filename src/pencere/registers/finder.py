"""What a row is found by, as `Shape.texts` says it, for many rows that look alike: each field's way is settled once.

Values that come again (codes, days, districts, names of facilities) are remembered. Whoever packs rows asks
`demand_same` of some, so that the two ways never part. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pencere.base.errors import BadInput
from pencere.registers import finding
from pencere.registers.kinds import TEXTS
from pencere.registers.rules import Shape, shortened

MOST = 20_000
"""So many values of a field are remembered."""
MOST_TEXTS = 50_000

Pairs = tuple[tuple[str, str], ...]
Way = Callable[[object], Pairs]


class Known:
    """Forms of texts that stand in rows of several registers, like an address. All registers write texts alike."""

    def __init__(self) -> None:
        self.exact: dict[object, str] = {}
        self.order: dict[object, str] = {}


class Finder:
    """The entries of the rows of one register in the index."""

    def __init__(self, shape: Shape, known: Known) -> None:
        self._known = known
        self._shape, self._prefix = shape, f"{shape.register.id}."
        plain = [name for name in (*shape.text_key, *shape.worded, *shape.order) if "." not in name]
        several = {path.partition(".")[0] for path in (*shape.text_key, *shape.worded) if "." in path}
        several |= {name for name in plain if shape.register.fields[name].many is not None}
        several |= {name for name in plain if shape.register.fields[name].kind in ("choices", "group")} | set(
            shape.shapes
        )
        self._several = tuple(sorted(several))
        self._exact = {name: self._form(name, text, known.exact) for name, text in shape.text_key.items()}
        once = [name for name in dict.fromkeys(plain) if name not in several]
        self._one: list[tuple[str, Way, dict[object, Pairs]]] = [(name, self._way(name), {}) for name in once]
        self._none = {name: self._pairs({}, name) for name, _way, _known in self._one}
        self._key = shape.register.key

    def entries(self, row: Mapping[str, object]) -> tuple[str, list[tuple[str, str]]]:
        """The row's key, and pairs of the index's field and value."""
        found: list[tuple[str, str]] = []
        get = row.get
        for name, way, known in self._one:
            value = get(name)
            if value is None:
                found += self._none[name]
                continue
            pairs = known.get(value)
            if pairs is None:
                pairs = way(value)
                if len(known) < MOST:
                    known[value] = pairs
            found += pairs
        for name in self._several:
            found += self._pairs({name: get(name)}, name)
        if self._shape.alike and (likeness := self._shape.likeness(row)):
            found.append((self._prefix + finding.ALIKE, likeness))
        exact = self._exact
        return self._shape.key({name: (exact[name](row[name]),) for name in self._key}), found

    def demand_same(self, row: Mapping[str, object]) -> None:
        """Raises BadInput where `Shape.texts` says otherwise."""
        texts = self._shape.texts(row)
        said = sorted((self._prefix + path, text) for path, several in texts.items() for text in several)
        key, found = self.entries(row)
        if sorted(found) != said or key != self._shape.key(texts):
            raise BadInput("found_otherwise", register=self._shape.register.id)

    def _way(self, name: str) -> Way:
        """How the entries of a field with one value are made."""
        exact, order = self._exact.get(name), self._shape.order.get(name)
        own, sorted_as = self._prefix + name, self._prefix + name + finding.ORDER
        if name in self._shape.worded or (order is not None and order.field != name and exact is None):
            return lambda value: self._pairs({name: value}, name)
        if exact is None:
            return lambda _value: ()
        if order is None or order.field == name:
            return lambda value: ((own, exact(value)),)
        key = self._form(name, order.key, self._known.order)
        return lambda value: ((own, exact(value)), (sorted_as, key(value)))

    def _form(self, name: str, form: Callable[[object], str], known: dict[object, str]) -> Callable[[object], str]:
        """The form of a value as it stands in the index; of a text it is remembered."""
        field = self._shape.register.fields.get(name)
        if field is None or field.kind not in TEXTS:
            return lambda value: shortened(form(value))

        def remembered(value: object) -> str:
            text = known.get(value)
            if text is None:
                text = shortened(form(value))
                if len(known) >= MOST_TEXTS:
                    known.clear()  # those of earlier rows do not come again
                known[value] = text
            return text

        return remembered

    def _pairs(self, row: Mapping[str, object], name: str) -> Pairs:
        texts = self._shape.texts_of(name, row.get(name))
        return tuple((self._prefix + path, text) for path, several in texts.items() for text in several)
