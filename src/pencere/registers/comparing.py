"""What is different between two versions of a row, in words: what a field said, what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pencere.country.declarations import Register
from pencere.registers import showing


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that says something else now."""

    path: str
    label: str
    old: str
    new: str


def differences(
    register: Register,
    old: Mapping[str, object],
    new: Mapping[str, object],
    names: Iterable[str],
    *,
    special: bool = True,
    names_of_rows: showing.Names = showing.NOBODY,
) -> list[Difference]:
    """The fields among `names` whose values differ. Without `special` a field of that category is named, not shown."""
    found = []
    for name in names:
        before, after = old.get(name), new.get(name)
        if _same(before, after):
            continue
        field = register.fields.get(name)
        label = showing.label(register, name)
        if field is not None and showing.is_special(field) and not special:
            found.append(Difference(name, label, showing.hidden(), showing.hidden()))
        else:
            said = [_words(register, name, value, names_of_rows) for value in (before, after)]
            found.append(Difference(name, label, *said))
    return found


def _same(one: object, other: object) -> bool:
    """Nothing and an empty list are the same; nothing and "no" or 0 are not."""
    return (None if one in ([], "") else one) == (None if other in ([], "") else other)


def _words(register: Register, name: str, value: object, names: showing.Names) -> str:
    return showing.UNKNOWN if value is None else showing.of_any(register, name, value, names)
