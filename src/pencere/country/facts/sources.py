"""Where facts come from: the answer behind a piece of evidence, the codes of a choice, what is known of a person."""

from __future__ import annotations

from dataclasses import dataclass

from pencere.country import offers
from pencere.country.declarations import Agreement, Answer, Country, Evidence, Field, Register
from pencere.country.offers import field_of


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a piece of evidence comes from."""

    register: Register
    answer: Answer
    agreement: Agreement | None  # None: an own register
    fields: tuple[str, ...]  # that may be taken


def asked(country: Country, evidence: Evidence) -> Asked | None:
    """The answer behind `from`, through a grant or of an own register; None if there is none."""
    found = offers.answer(country, evidence.from_)
    if found is None:
        return None
    fields = found.grant.fields if found.grant else found.declared.fields
    return Asked(found.register, found.declared, found.agreement, fields)


def answer_of(country: Country, name: str) -> tuple[Register, Answer] | None:
    """`population.person`: the register and its answer."""
    register = country.registers.get(name.partition(".")[0])
    answer = register.answers.get(name.partition(".")[2]) if register else None
    return (register, answer) if register and answer else None


def values_of(country: Country, field: Field) -> tuple[str, ...] | None:
    """The codes of a choice, also of one that names a list."""
    if isinstance(field.of, tuple):
        return field.of
    if isinstance(field.of, str) and field.of.startswith("list:"):
        codes = country.lists.get(field.of.removeprefix("list:"))
        return tuple(codes.values) if codes else None
    return None


def given_by(country: Country, relation: str) -> str:
    """Whether a relation gives persons or organisations; "" where that cannot be told."""
    declared = country.relations.get(relation)
    found = answer_of(country, declared.from_) if declared else None
    fields = [field_of(found[0], name) for name in found[1].fields] if found else []
    kinds = {field.kind for field in fields if field is not None}
    if kinds <= {"person", country.person.identifier}:
        return "person" if kinds else ""
    return "organisation" if kinds <= {"organisation", country.organisation} else ""


def person_facts(country: Country) -> dict[str, Field | None]:
    """The facts of a person by name (`birth_date`), with the field they come from; `age` where the birth date is."""
    source = answer_of(country, country.person.from_)
    fields = {name: source[0].fields.get(name) if source else None for name in country.person.facts}
    if "birth_date" in fields:
        fields["age"] = Field("age", "integer", personal=_personal(fields["birth_date"]))
    return fields


def _personal(field: Field | None) -> str | None:
    return field.personal if field else None
