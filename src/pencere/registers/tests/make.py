"""Builders: the two countries and one with a register of every kind of field; rows; purposes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from unittest import mock

from pencere import country
from pencere.base.purpose import Purpose
from pencere.country.declarations import Answer, CodeList, Country, Field, Law, Place, Register
from pencere.country.reading import load
from pencere.ledger import queries as ledger
from pencere.ledger.tests.make import purpose as ledger_purpose
from pencere.registers import actions

NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 18)
SEVINC, ELCIN, NIGAR, KENAN, STRANGER = "5SVN7QT", "5ELC8RK", "3NGR7BV", "4KNN2XY", "0AAA000"
HOME = "Bakı, Nəsimi rayonu, Nizami küçəsi, ev 5, mənzil 12"
COUNTRIES = Path(__file__).resolve().parents[4] / "countries"
HERE = Place("registers/permits/register.yaml", 1)

_read: dict[str, Country] = {}


def the(name: str) -> Country:
    """A country of this repository, read once."""
    if name not in _read:
        _read[name] = load(COUNTRIES / name)
    return _read[name]


@contextmanager
def using(made: Country) -> Iterator[Country]:
    with mock.patch.object(country, "_current", made):
        yield made


def field(name: str, kind: str, **more: object) -> Field:
    return Field(name, kind, **more)  # type: ignore[arg-type]


def with_register(*fields: Field, key: tuple[str, ...] = ("person",), about: tuple[str, ...] = ("person",)) -> Country:
    """Azerbaijan with a register `permits` of these fields besides the person; one answer gives them all."""
    person = field("person", "person", personal="ordinary")
    declared = {one.name: one for one in ((person, *fields) if about else fields)}
    asked = {name: (name,) for name in key}
    register = Register(
        "permits", "din", "here", (Law("residence-law", "5"),), "permit", key, True, declared, about,
        {"all": Answer("all", asked, (*declared, "valid_from", "valid_until", "recorded_at"), True, (), HERE)},
        {}, {}, {}, None, {}, HERE,
    )  # fmt: skip
    azerbaijan = the("azerbaijan")
    lists = {"blood-groups": CodeList("blood-groups", {"a_plus": {}, "o_minus": {}}, HERE)}
    return replace(azerbaijan, registers={**azerbaijan.registers, "permits": register}, lists=lists)


def purpose(ground: str = "law", **changes: str) -> Purpose:
    return ledger_purpose(ground, **changes)


def person(identifier: str = SEVINC, **changes: object) -> dict[str, object]:
    row = {"person": identifier, "name": "Nümunəli Sevinc Əli qızı", "birth_date": date(1987, 4, 2), "sex": "female",
           "citizen": True, "territory": "nesimi"}  # fmt: skip
    return row | changes


def home(identifier: str = SEVINC, **changes: object) -> dict[str, object]:
    return {"person": identifier, "address": HOME, "basis": "owner", **changes}


def family() -> None:
    """Sevinc and Elçin with two children in one home, and somebody elsewhere."""
    persons = [
        person(SEVINC), person(ELCIN, name="Nümunəli Elçin", sex="male"), person(STRANGER),
        person(NIGAR, mother=SEVINC, father=ELCIN), person(KENAN, mother=SEVINC, father=ELCIN),
    ]  # fmt: skip
    add("population", *persons)
    add("residence", *(home(one) for one in (SEVINC, ELCIN, NIGAR, KENAN)), home(STRANGER, address="Bakı, ev 7"))
    add("address-register", {"address": HOME, "territory": "nesimi", "state": "valid"})


def add(register: str, *rows: dict[str, object], since: date = date(2019, 5, 1), now: datetime = NOW) -> int:
    return actions.add_rows(register, rows, valid_from=since, recorded_by="test", now=now)


def looks_of(person: str) -> int:
    return len(ledger.looks_of(person))
