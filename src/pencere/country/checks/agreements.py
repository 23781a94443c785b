"""Agreements: both agencies signed, the register answers, each field is used, the ground stands, the end is far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from pencere.country.checking import Checker
from pencere.country.checks.flow import used_facts
from pencere.country.declarations import Agreement, Grant, Register, Service
from pencere.country.records import day_of, listed

WARNING_DAYS = 90

OFFERS: Mapping[str, tuple[Callable[[Register], Mapping[str, object]], str]] = {
    "read": (lambda register: register.answers, "answer"),
    "write": (lambda register: register.accepts, "change"),
    "event": (lambda register: register.events, "event"),
    "reserve": (lambda register: register.capacity, "capacity"),
}
"""What each kind of grant names of a register."""


AFTER = "flow"


def check(checker: Checker) -> None:
    for agreement in checker.country.agreements.values():
        file = agreement.place.file
        for key in ("consumer", "provider"):
            checker.demand("agency", getattr(agreement, key), checker.at(file, key), key)
        if agreement.consumer == agreement.provider:
            checker.error(checker.at(file, "provider"), "provider: an agency needs no agreement with itself")
        _signed(checker, agreement, file)
        _validity(checker, agreement, file)
        for grant in agreement.grants.values():
            _grant(checker, agreement, grant)


def _signed(checker: Checker, agreement: Agreement, file: str) -> None:
    place = checker.at(file, "signed")
    signers = [signature["agency"] for signature in agreement.signed]
    for agency in (agreement.consumer, agreement.provider):
        if agency not in signers:
            checker.error(place, f"signed: {agency} has not signed")
    for signature in agreement.signed:
        if signature["agency"] not in (agreement.consumer, agreement.provider):
            checker.error(place, f"signed: {signature['agency']} is neither consumer nor provider")
        day = day_of(signature["on"])
        if day and day > agreement.valid_from:
            message = (
                f"signed: {signature['agency']} signed on {day}, after the agreement began ({agreement.valid_from})"
            )
            checker.error(place, message)


def _validity(checker: Checker, agreement: Agreement, file: str) -> None:
    place = checker.at(file, "valid")
    until = agreement.valid_until
    if until is None:
        return
    if until < agreement.valid_from:
        checker.error(place, f"valid: until {until} is before from {agreement.valid_from}")
    elif until < checker.as_of:
        checker.error(place, f"valid: the agreement ended on {until}")
    elif until - checker.as_of < timedelta(days=WARNING_DAYS):
        checker.warning(place, f"valid: the agreement ends on {until}, in {(until - checker.as_of).days} days")


def _grant(checker: Checker, agreement: Agreement, grant: Grant) -> None:
    path = f"grants.{grant.name}"
    checker.demand_law(grant.law, grant.place, f"{path}.law")
    id, _, name = grant.of.partition(".")
    if not checker.demand("register", id, grant.place, f"{path}.{grant.does}"):
        return
    register = checker.country.registers.get(id)
    if register is None:
        return
    if checker.are_different(register.agency, agreement.provider):
        message = f"register {id} belongs to {register.agency}, the provider is {agreement.provider}"
        checker.error(grant.place, f"{path}.{grant.does}: {message}")
    offered, what = OFFERS[grant.does]
    if not checker.demand_among(name, offered(register), grant.place, f"{path}.{grant.does}", f"{what} of {id}"):
        return
    if not grant.fields and grant.does != "reserve":
        checker.error(grant.place, f'{path}: "fields" is missing: which of {grant.of}')
    _fields(checker, grant, path)
    for service in grant.services:
        if checker.demand("service", service, grant.place, f"{path}.services"):
            found = checker.country.services.get(service)
            if found is not None and checker.are_different(found.agency, agreement.consumer):
                message = f"{service} belongs to {found.agency}, the consumer is {agreement.consumer}"
                checker.error(grant.place, f"{path}.services: {message}")
    _used(checker, agreement, grant, path)


def _fields(checker: Checker, grant: Grant, path: str) -> None:
    register = checker.country.registers[grant.of.partition(".")[0]]
    offered = fields_of(register, grant)
    for field in grant.fields:
        if not checker.demand_among(field, offered, grant.place, f"{path}.fields", f"field of {grant.of}"):
            continue
        declared = register.fields.get(field)
        if declared is not None and declared.personal == "special" and not grant.law.article:
            checker.error(grant.place, f'{path}.fields: "{field}" is special data; the law needs its article')


def fields_of(register: Register, grant: Grant) -> tuple[str, ...]:
    """The fields that what is granted has at most: answered, sent or told."""
    name = grant.of.partition(".")[2]
    if grant.does == "read":
        return register.answers[name].fields
    if grant.does == "write":
        return register.accepts[name].fields
    return register.events[name].fields if grant.does == "event" else tuple(register.fields)


def _used(checker: Checker, agreement: Agreement, grant: Grant, path: str) -> None:
    """A field that no named service takes is granted for nothing."""
    if any(id not in checker.country.services or id in checker.unresolved for id in grant.services):
        return
    name = f"{agreement.id}.{grant.name}"
    taken = {field for id in grant.services for field in _taken(checker, checker.country.services[id], grant, name)}
    for field in grant.fields:
        if field not in taken and grant.does != "reserve":
            checker.error(
                grant.place, f'{path}.fields: "{field}" is granted, but taken by none of {listed(grant.services)}'
            )


def _taken(checker: Checker, service: Service, grant: Grant, name: str) -> Iterator[str]:
    """The fields of the grant that the service takes, sends or, of an event, makes any use of."""
    if grant.does == "read":
        yield from (field for each in service.evidence.values() if each.from_ == name for field in each.take)
        return
    for step in service.steps:
        if grant.does == "write" and name in (*step.names, step.through):
            yield from step.row
    if grant.does != "event":
        return
    used = used_facts(service, checker.facts[service.id])
    heads = {step.as_ for step in service.steps if name in step.names}
    heads |= {"event" for start in service.starts if start.event == name}
    yield from (fact.partition(".")[2] for fact in used if fact.partition(".")[0] in heads)
    yield from (field for step in service.steps if name in step.names for field in step.match)
