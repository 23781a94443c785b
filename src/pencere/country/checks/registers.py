"""Registers: their fields, whose data they hold, what they answer and take, and their sample."""

from __future__ import annotations

from pencere.country.checking import Checker
from pencere.country.declarations import Accept, Answer, Field, Place, Register
from pencere.country.facts import ROW_TIMES
from pencere.country.grammars import COUNTED, KINDS
from pencere.country.kinds.register import flat
from pencere.country.records import did_you_mean
from pencere.country.samples import problems_of

RESERVED = ("title", "of", "summary", *ROW_TIMES)


def check(checker: Checker) -> None:
    for id, register in checker.country.registers.items():
        file = f"registers/{id}/register.yaml"
        checker.demand("agency", register.agency, checker.at(file, "agency"), "agency")
        for law in register.law:
            checker.demand_law(law, checker.at(file, "law"), "law")
        for name, field in register.fields.items():
            _field(checker, file, name, field)
        _persons(checker, register, file)
        for name in register.key:
            if _has(checker, register, name, checker.at(file, "key"), "key") and not register.fields[name].required:
                checker.error(
                    checker.at(file, "key"), f'key: "{name}" is optional; what identifies a row is never empty'
                )
        for answer in register.answers.values():
            _answer(checker, register, answer)
        for accept in register.accepts.values():
            _accept(checker, register, accept)
        _sample(checker, register)


def _field(checker: Checker, file: str, name: str, field: Field) -> None:
    path = f"fields.{name}"
    if name in RESERVED:
        checker.error(field.place, f'{path}: "{name}" has a meaning of its own; name the field otherwise')
    demand_field_kind(checker, field, path)
    if field.kind == "person" and field.personal is None:
        checker.error(field.place, f'{path}: a person: say "personal": ordinary or special')


def demand_field_kind(checker: Checker, field: Field, path: str) -> None:
    """The kind exists, and the list it names."""
    known = (*KINDS, *checker.country.identifiers)
    if field.kind not in known:
        advice = did_you_mean(field.kind, known) or f"; known are {', '.join(known)}"
        checker.error(field.place, f'{path}: unknown kind "{field.kind}"{advice}')
    if isinstance(field.of, str) and field.of.startswith("list:"):
        checker.demand("list", field.of.removeprefix("list:"), field.place, path)


def _persons(checker: Checker, register: Register, file: str) -> None:
    for name in register.about:
        place = checker.at(file, "about")
        known = flat(register.fields)
        if checker.demand_among(name, known, place, "about", "field") and known[name].kind != "person":
            checker.error(place, f'about: "{name}" is no person but a {known[name].kind}')
    personal = [name for name, field in flat(register.fields).items() if field.personal in ("ordinary", "special")]
    if personal and not register.about:
        message = f'fields: "{personal[0]}" is personal, but nobody is named whose data a row is ("about")'
        checker.error(checker.at(file, "fields", personal[0].partition(".")[0]), message)


def _has(checker: Checker, register: Register, name: str, place: Place, path: str, *, times: bool = False) -> bool:
    """Whether the register has the field, or (`times`) it is a time of its rows."""
    known = (*register.fields, *(ROW_TIMES if times and register.dated else ()))
    if name in known:
        return name in register.fields
    if times and name in ROW_TIMES:
        checker.error(place, f'{path}: "{name}" is offered by registers with "dated: yes"')
        return False
    return checker.demand_among(name, known, place, path, "field")


def _answer(checker: Checker, register: Register, answer: Answer) -> None:
    path = f"answers.{answer.name}"
    for asked, fields in answer.by.items():
        kinds = {
            register.fields[name].kind for name in fields if _has(checker, register, name, answer.place, f"{path}.by")
        }
        if len(kinds) > 1:
            checker.error(answer.place, f"{path}.by.{asked}: {', '.join(fields)} are of different kinds")
    for name in answer.fields:
        _has(checker, register, name, answer.place, f"{path}.fields", times=True)
    for name in answer.alike:
        _has(checker, register, name, answer.place, f"{path}.alike")
    if answer.latest and _has(checker, register, answer.latest, answer.place, f"{path}.latest", times=True):
        kind = register.fields[answer.latest].kind
        if kind not in COUNTED:
            checker.error(answer.place, f'{path}.latest: "{answer.latest}" is of kind {kind}, which has no order')


def _accept(checker: Checker, register: Register, accept: Accept) -> None:
    path = f"accepts.{accept.name}"
    for name in accept.fields:
        _has(checker, register, name, accept.place, f"{path}.fields")
    for name in accept.key:
        if _has(checker, register, name, accept.place, f"{path}.key") and name not in accept.fields:
            checker.error(accept.place, f'{path}: the key "{name}" is not among the fields that are sent')
    if accept.change == "add":
        for name, field in register.fields.items():
            if field.required and name not in accept.fields:
                checker.error(accept.place, f'{path}: a new row needs "{name}"; send it, or make the field optional')


def _sample(checker: Checker, register: Register) -> None:
    file = f"registers/{register.id}/sample.csv"
    if file in checker.folder.files:
        for line, message in problems_of(checker.country, register, checker.folder.path / file):
            checker.error(Place(file, line), message)
