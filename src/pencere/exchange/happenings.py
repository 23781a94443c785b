"""What whoever tries the demo can make happen at an agency: new rows, and changes of rows, of registers that tell.

A happening is named `<register>.<change>`: `birth-records.new` for a new row, `passports.make` for a change that the
register takes. Its form follows from the register's declaration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pencere.base.errors import BadInput
from pencere.country.cells import facts_of
from pencere.country.declarations import Accept, Country, Field, Register, RegisterEvent

NEW = "new"
_NOT_TYPED = frozenset({"group", "geometry", "file", "photo"})


@dataclass(frozen=True, slots=True)
class Happening:
    """`key`: the fields that say which row; `fields`: all that are typed, those of the key first."""

    register: Register
    name: str
    change: str  # add replace end
    key: tuple[str, ...]
    fields: Mapping[str, Field]
    initial: Mapping[str, str]

    @property
    def id(self) -> str:
        return f"{self.register.id}.{self.name}"


def all_of(country: Country) -> tuple[Happening, ...]:
    """In the order of the registers."""
    return tuple(one for register in country.registers.values() for one in _of(country, register))


def named(country: Country, id_: str) -> Happening | None:
    register = country.registers.get(id_.partition(".")[0])
    return next((one for one in _of(country, register) if one.id == id_), None) if register else None


def split(happening: Happening, values: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Of what was typed: the fields that say which row, and the row. Raises BadInput for nothing at all."""
    typed = {name: value for name, value in values.items() if value not in (None, "", [])}
    if not typed:
        raise BadInput("missing", field=next(iter(happening.fields)))
    key = {name: typed[name] for name in happening.key if name in typed}
    return key, {name: value for name, value in typed.items() if name not in happening.key}


def _of(country: Country, register: Register) -> Iterator[Happening]:
    told = {event.on for event in register.events.values()}
    if "add" in told:
        fields = {name: field for name, field in register.fields.items() if not field.given}
        if made := _typed(country, fields):
            yield Happening(register, NEW, "add", (), made, {})
    for accept in register.accepts.values():
        event = _brought_by(register, accept)
        if event is not None:
            names = (*accept.key, *(name for name in accept.fields if name not in accept.key))
            if made := _typed(country, {name: register.fields[name] for name in names}):
                required = {name: replace(field, required=True) for name, field in made.items()}
                initial = _initial(event) if accept.change == "replace" else {}
                yield Happening(register, accept.name, accept.change, accept.key, required, initial)


def _brought_by(register: Register, accept: Accept) -> RegisterEvent | None:
    """The event that a change brings: it changes what the event speaks of, and what its condition asks for."""
    for event in register.events.values():
        if event.on != accept.change or event.on == "add":
            continue
        spoken, asked = set(event.fields) - {*register.key, *register.about}, set(facts_of(event.when))
        written = set(accept.fields) - set(accept.key)
        if event.on == "end" or (spoken <= written and (not asked or asked & written)):
            return event
    return None


def _typed(country: Country, fields: Mapping[str, Field]) -> dict[str, Field]:
    """The fields that can be typed on a plain page; none if one that is needed cannot."""
    if any(field.kind in _NOT_TYPED and field.required for field in fields.values()):
        return {}
    return {name: _plain(country, field) for name, field in fields.items() if field.kind not in _NOT_TYPED}


def _plain(country: Country, field: Field) -> Field:
    """Typed by itself: a reference is the key of its row, an address is text."""
    if field.kind == "ref":
        target = country.registers[str(field.of)]
        kind = target.fields[target.key[0]].kind
        return replace(field, kind=kind, of=None)
    return replace(field, of=None) if field.kind in ("address", "person") else field


def _initial(event: RegisterEvent) -> dict[str, str]:
    """What the event's condition asks for, where that is one code."""
    found: dict[str, str] = {}
    for every in event.when or ():
        for fact, cell in every.items():
            literals = list(cell.literals())
            if len(literals) == 1 and literals[0].kind == "code" and not cell.negated:
                found[fact] = str(literals[0].value)
    return found
