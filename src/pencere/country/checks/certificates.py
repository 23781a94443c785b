"""Certificates: their facts are filled by the services that issue them, and little is shown to strangers."""

from __future__ import annotations

import re

from pencere.base.terms import Term
from pencere.country.checking import Checker
from pencere.country.checks.registers import demand_field_kind
from pencere.country.declarations import CertificateKind, Field, Place, Service, Step
from pencere.country.demands import demand_fact, demand_item, demand_known
from pencere.country.facts import Fact, person_facts, values_of
from pencere.country.records import listed

_WRITTEN = ("text", "long_text")
SHEET = "certificates/sheet.typ"
"""What the pages of a country have in common, where it has one."""

_TAKES_SHEET = re.compile(r"""\s*#(include|import)\s+"(/certificates|\.\.)/sheet\.typ\"""")
_WORDS = re.compile(r'\bwords\("([a-z0-9_]+)"\)')


AFTER = "decisions"


def check(checker: Checker) -> None:
    for id, certificate in checker.country.certificates.items():
        file = f"certificates/{id}/certificate.yaml"
        checker.demand("agency", certificate.agency, checker.at(file, "agency"), "agency")
        for law in certificate.law:
            checker.demand_law(law, checker.at(file, "law"), "law")
        for name, fact in certificate.facts.items():
            demand_field_kind(checker, fact, f"facts.{name}")
        checker.demand_among(certificate.subject, certificate.facts, checker.at(file, "subject"), "subject", "fact")
        if isinstance(certificate.valid, Term):
            checker.demand_term(certificate.valid, checker.at(file, "valid"), "valid")
        _verify(checker, certificate, file)
        _revoke(checker, certificate, file)
        _page(checker, certificate)
    for service in checker.country.services.values():
        for step in service.steps:
            if step.kind == "issue":
                _issue(checker, service, step)


def _verify(checker: Checker, certificate: CertificateKind, file: str) -> None:
    verify = certificate.verify
    place = checker.at(file, "verify", "shows")
    for name in verify.shows:
        known = checker.demand_among(name, certificate.facts, place, "verify.shows", "fact")
        if known and certificate.facts[name].personal == "special":
            checker.error(place, f'verify.shows: "{name}" is special data, which is shown to no stranger')
    if verify.shows and verify.second_factor is None:
        checker.error(place, 'verify.shows: facts appear only after a "second_factor": number_last4 or birth_year')
    if verify.second_factor and not verify.shows:
        checker.error(checker.at(file, "verify"), 'verify: a second factor, but nothing that it "shows"')
    if verify.second_factor == "birth_year" and "birth_date" not in person_facts(checker.country):
        place = checker.at(file, "verify", "second_factor")
        checker.error(place, 'verify.second_factor: birth_year needs "birth_date" among person.facts of country.yaml')


def _revoke(checker: Checker, certificate: CertificateKind, file: str) -> None:
    place = checker.at(file, "revoke", "by")
    for officer in certificate.revoke_by:
        if officer == "appeal":
            continue
        role = officer.removeprefix("officer.")
        checker.demand_among(role, checker.country.officer_roles, place, "revoke.by", "role of officers")
    if certificate.replaced_by:
        place = checker.at(file, "revoke", "replaced_by")
        checker.demand("certificate", certificate.replaced_by, place, "revoke.replaced_by")


def _page(checker: Checker, certificate: CertificateKind) -> None:
    """The words of the page exist; the page compiles with sample facts, in every language."""
    file = f"certificates/{certificate.id}/page.typ"
    if file not in checker.folder.files:
        return
    for drawn in (file, *((SHEET,) if SHEET in checker.folder.files and _takes_the_sheet(checker, file) else ())):
        for number, line in enumerate(_lines(checker, drawn), 1):
            for word in _WORDS.findall(line):
                if f"page.{word}" not in certificate.texts:
                    whose = f"of {certificate.id} " if drawn == SHEET else ""
                    message = f'words("{word}"): the texts {whose}have no "page.{word}"'
                    checker.error(Place(drawn, number), message)
    if checker.compile_page is not None:
        for language in checker.country.languages:
            problem = checker.compile_page(checker.country, certificate, language)
            if problem:
                checker.error(Place(file, 1), f"does not compile in {language}: {problem}")


def _takes_the_sheet(checker: Checker, page: str) -> bool:
    return any(_TAKES_SHEET.match(line) for line in _lines(checker, page))


def _lines(checker: Checker, file: str) -> list[str]:
    return (checker.folder.path / file).read_bytes().decode("utf-8", "replace").split("\n")


def _issue(checker: Checker, service: Service, step: Step) -> None:
    path = f"steps.{step.number}"
    if step.to:
        checker.demand_among(step.to, service.parties, step.place, f"{path}.to", "party")
    id = step.names[0]
    if not checker.demand("certificate", id, step.place, path):
        return
    certificate = checker.country.certificates.get(id)
    if certificate is None:
        return
    if checker.are_different(certificate.agency, service.agency):
        message = f"certificate {id} is issued by {certificate.agency}, the service belongs to {service.agency}"
        checker.error(step.place, f"{path}: {message}")
    if step.valid is not None:
        until = demand_fact(checker, service, step.valid, step.place, f"{path}.valid")
        demand_item(checker, service, step.valid, step.place, f"{path}.valid", step.each or "")
        if until is not None and until.kind != "date":
            checker.error(step.place, f'{path}.valid: "{step.valid}" is no date but a {until.kind}')
    is_misspelt = any(name not in certificate.facts for name in step.facts)
    for name, field in certificate.facts.items():
        if field.required and name not in step.facts and not is_misspelt:
            checker.error(step.place, f'{path}: the fact "{name}" of certificate {id} is not filled')
    for name, source in step.facts.items():
        if not checker.demand_among(name, certificate.facts, step.place, f"{path}.facts", f"fact of certificate {id}"):
            continue
        fact = demand_fact(checker, service, source, step.place, f"{path}.facts.{name}")
        demand_item(checker, service, source, step.place, f"{path}.facts.{name}", step.each or "")
        if fact is not None:
            _fits(checker, step, name, certificate.facts[name], fact)
            if certificate.facts[name].required:
                advice = (
                    f'ask for not(null) in every rule that grants, or say "required: no" of "{name}" in the certificate'
                )
                demand_known(checker, service, step, fact, f"{path}.facts.{name}", advice)


def _fits(checker: Checker, step: Step, name: str, wanted: Field, given: Fact) -> None:
    path = f"steps.{step.number}.facts.{name}"
    if wanted.kind == "choice" and given.kind == "choice":
        allowed = values_of(checker.country, wanted) or ()
        missing = [value for value in given.values or () if value not in allowed]
        if missing:
            checker.error(
                step.place, f"{path}: {given.name} can be {listed(missing)}, the certificate knows {listed(allowed)}"
            )
    elif wanted.kind != given.kind and given.kind and not (wanted.kind in _WRITTEN and given.kind != "choice"):
        checker.error(step.place, f"{path}: {given.name} is a {given.kind}, the certificate wants a {wanted.kind}")
    if given.personal == "special" and wanted.personal != "special":
        checker.error(
            step.place, f'{path}: {given.name} is special data; the certificate says "personal: special" of it'
        )
