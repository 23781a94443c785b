"""A look at a person's data in plain words: which body, what, why, on what law, for which service or case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext

from pencere.catalogue import queries as catalogue
from pencere.catalogue.queries import LawCard
from pencere.ledger.queries import SeenLook

CERTIFICATE, APPLICATION = "certificate", "applications"
"""What the ledger calls the register of a look at a certificate (its `source` is the kind of certificate) and at the

answers of an application.
"""


@dataclass(frozen=True, slots=True)
class LookCard:
    """`who` and `why` are sentences; `fields` are what the looker saw."""

    id: str
    when: datetime
    who: str
    why: str
    law: LawCard | None
    register: str
    fields: tuple[str, ...]
    service: str
    case: str
    own: bool


def card(look: SeenLook, language: str, day: date) -> LookCard:
    return LookCard(
        id=look.id,
        when=look.when,
        who=_who(look, language, day),
        why=_why(look),
        law=catalogue.law_named(look.act, language) if look.act else None,
        register=_register(look, language),
        fields=_fields(look, language),
        service=_service(look.service, language),
        case=look.case,
        own=look.kind == "own",
    )


def _who(look: SeenLook, language: str, day: date) -> str:
    agency = catalogue.agency_card(look.agency, language, day) if look.agency else None
    if look.kind == "own":
        return gettext("You, or the person who acts for you")
    if agency is None:
        said = look.who.partition(":")[2]
        if said:
            return gettext("Somebody who has your document and says to be: %(name)s") % {"name": said}
        return gettext("Somebody who has your document")
    if look.who.startswith("officer"):
        role = catalogue.role_name(look.who.partition(":")[2], language)
        return gettext("An officer of: %(agency)s (%(role)s)") % {"agency": agency.name, "role": role}
    return agency.name


def _why(look: SeenLook) -> str:
    if look.kind == "check":
        return gettext("Your document was checked: is it genuine?")
    if look.kind == "link":
        return gettext("Somebody opened a link to your document.")
    if look.kind == "desk":
        return gettext("An officer opened your case in order to decide it or to look after it.")
    return {
        "own": gettext("You looked at your own data."),
        "law": gettext("The law allows this body to ask for it, so that you need not bring a paper."),
        "consent": gettext("You agreed that this body may ask for it."),
        "oversight": gettext("An officer opened your case in order to decide it or to look after it."),
        "check": gettext("Your document was checked: is it genuine?"),
    }[look.ground]


def _service(id_: str, language: str) -> str:
    """The service's title, or the name of the page of this site that was used."""
    return {
        "verify": gettext("Check of a document"),
        "desk": gettext("Officers' desk"),
        "documents": gettext("My documents"),
        "sign-in": gettext("Sign-in"),
    }.get(id_) or catalogue.service_title(id_, language)


def _register(look: SeenLook, language: str) -> str:
    if look.register == APPLICATION:
        return gettext("Your application")
    if look.register != CERTIFICATE:
        return catalogue.register_title(look.register, language)
    return catalogue.certificate_title(look.source, language) if look.source else gettext("Document")


def _fields(look: SeenLook, language: str) -> tuple[str, ...]:
    if look.fields == ("state",):
        return (gettext("only whether it is genuine"),)
    if look.register == CERTIFICATE:
        return catalogue.fact_labels(look.source, look.fields, language)
    if look.register == APPLICATION:
        who = {"applicant": gettext("who applied"), "subject": gettext("for whom")}
        return tuple(who.get(name) or _question(look.service, name, language) for name in look.fields)
    return catalogue.field_labels(look.register, look.fields, language)


def _question(service: str, name: str, language: str) -> str:
    return catalogue.question_labels(service, (name,), language)[0].rstrip("?;")  # the second ends a question in Greek
