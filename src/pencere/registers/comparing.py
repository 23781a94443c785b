"""What is different between two versions of a row, in words: what a field said, what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pencere.country.declarations import Field, Register
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
        field = register.fields.get(name)
        if _measured(field, before) == _measured(field, after):
            continue
        label = showing.label(register, name)
        if field is not None and showing.is_special(field) and not special:
            found.append(Difference(name, label, showing.hidden(), showing.hidden()))
        else:
            said = [_words(register, name, value, names_of_rows) for value in (before, after)]
            found.append(Difference(name, label, *said))
    return found


def _measured(field: Field | None, value: object) -> object:
    """A value as it is compared: nothing and an empty list are the same, nothing and "no" or 0 are not; 29.0 is 29."""
    if value is None or value in ([], ""):
        return None
    if field is None:
        return value
    if isinstance(value, list | tuple) and field.kind != "geometry":
        return [_measured(field, each) for each in value]
    if field.kind == "group" and isinstance(value, Mapping):
        found = {name: _measured(inside, value.get(name)) for name, inside in field.fields.items()}
        return {name: each for name, each in found.items() if each is not None}
    if field.kind in ("decimal", "percent"):
        return Decimal(str(value))
    return value


def _words(register: Register, name: str, value: object, names: showing.Names) -> str:
    return showing.UNKNOWN if value is None else showing.of_any(register, name, value, names)
