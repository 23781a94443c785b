"""Invented rows for one example of a service: what the example gives, and something fitting for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pencere.base.ground import written
from pencere.country.declarations import Country, Example, Field, Service
from pencere.country.facts import asked, field_of, values_of
from pencere.country.values import shown

GROWN_UP = date(1990, 1, 10)
Row = dict[str, object]


@dataclass(slots=True)
class Stage:
    """What is being shown: the service, the example, and who the invented person is."""

    service: str
    example: int = 0
    person: str = ""
    happened: list[Row] = field(default_factory=list)  # facts of events, in the order in which they were let happen


def example_of(service: Service, number: int) -> Example | None:
    """The example, the first one if there are fewer; None if the service has none."""
    if not service.examples:
        return None
    return service.examples[number if number < len(service.examples) else 0]


def rows_of(
    country: Country, service: Service, stage: Stage, register: str, answer: str, take: Sequence[str]
) -> tuple[Row, ...]:
    """What the register answers: JSON values of exactly the fields that are taken."""
    given = dict(example.given) if (example := example_of(service, stage.example)) else {}
    if f"{register}.{answer}" == country.person.from_:
        return (_person(country, service, stage, given, take),)
    for name, evidence in service.evidence.items():
        source = asked(country, evidence)
        if source is None or (source.register.id, source.answer.name) != (register, answer):
            continue
        if not set(evidence.take) >= set(take):
            continue
        if isinstance(listed := given.get(name), list | tuple):
            return tuple(_row(country, stage, register, take, item) for item in listed if isinstance(item, Mapping))
        own = {key.partition(".")[2]: value for key, value in given.items() if key.partition(".")[0] == name}
        return (_row(country, stage, register, take, own),) if any(_is_known(own, each) for each in take) else ()
    return ()


def event_of(country: Country, service: Service, stage: Stage, fields: Mapping[str, Field]) -> Row:
    """The fields of an event that begins a case, as the example gives them."""
    given = dict(example.given) if (example := example_of(service, stage.example)) else {}
    own = {key.partition(".")[2]: value for key, value in given.items() if key.startswith("event.")}
    return {name: _value(country, stage, each, own.get(name)) for name, each in fields.items()}


SHAPES = {
    "point": "50 40", "line": "50 40; 50.001 40", "polygon": "50 40; 50.001 40; 50.001 40.001; 50 40.001",
    "multipolygon": "50 40; 50.001 40; 50.001 40.001; 50 40.001",
}  # fmt: skip
"""Where something lies of which an example says nothing."""


def _person(country: Country, service: Service, stage: Stage, given: Mapping[str, object], take: Sequence[str]) -> Row:
    """Whoever is asked about is the invented person; what the example says of any party is true of them."""
    own: dict[str, object] = {"name": "Nümunə", "birth_date": GROWN_UP, "citizen": "true"}
    for party in service.parties:
        own |= {key.partition(".")[2]: value for key, value in given.items() if key.partition(".")[0] == party}
    return _row(country, stage, country.person.from_.partition(".")[0], take, own)


def _row(country: Country, stage: Stage, register: str, take: Sequence[str], own: Mapping[str, object]) -> Row:
    row: Row = {}
    for name in take:
        declared = field_of(country.registers[register], name)
        text = own.get(name)
        unknown = name in own and not _is_known(own, name)
        row[name] = None if declared is None or unknown else _value(country, stage, declared, text)
    return row


def _is_known(own: Mapping[str, object], name: str) -> bool:
    return name in own and own[name] not in (None, "", "null")


def _value(country: Country, stage: Stage, declared: Field, given: object) -> object:
    """As on the wire: the given text read as its kind, or something of that kind."""
    text = shown(given) if given is not None else None
    kind = declared.kind
    if declared.many is not None:
        return [_one(country, stage, declared, None)] if text is None else [_one(country, stage, declared, text)]
    if text is None and not declared.required:
        return None
    return _one(country, stage, declared, text) if kind != "group" else []


def _one(country: Country, stage: Stage, declared: Field, text: str | None) -> object:
    kind = declared.kind
    codes = values_of(country, declared)
    if codes is not None:
        code = text if text in codes else codes[0]
        return [code] if kind == "choices" else code
    if kind == "person":
        return stage.person if text is None or text not in _samples(country) else text
    if kind in ("file", "photo"):
        return f"sha256:{'0' * 64}"
    if kind == "geometry":
        shape = str(declared.of or "polygon")
        return written.read((text or SHAPES[shape]).replace(";", "\n"), shape)
    if kind == "boolean":
        return text != "false"
    if kind in ("integer", "money"):
        return int(float(text)) * (100 if kind == "money" else 1) if text else int(declared.min or 1)
    if kind in ("decimal", "percent"):
        return text or declared.min or "1"
    if kind == "date":
        return text or "2024-01-15"
    if kind == "moment":
        return f"{text or '2026-01-15T09:00'}:00+00:00" if len(text or "x" * 16) == 16 else text
    if kind == "territory":
        known = [unit.code for unit in country.territory]
        return text if text in known else known[0]
    if kind in country.identifiers:
        samples = country.identifiers[kind].samples
        return text or (samples[0] if samples else "")
    return text or f"… {declared.name.replace('_', ' ')} …"


def _samples(country: Country) -> tuple[str, ...]:
    return country.identifiers[country.person.identifier].samples


def given_back(country: Country, register: str, stage: Stage, now: datetime) -> Row:
    """What a holder gives when it makes a row: numbers, moments, a new person."""
    fields = country.registers[register].fields
    made: Row = {}
    for name, each in fields.items():
        if each.given == "moment":
            made[name] = now.date().isoformat() if each.kind == "date" else now.isoformat()
        elif each.given == "person":
            made[name] = stage.person
        elif each.given is not None:
            made[name] = f"{name}-1"
    return made
