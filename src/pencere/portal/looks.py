"""A look at a person's data in plain words: which body, what, why, on what law, for which service or case.

A reader sees one entry for what one looker saw of one case within a minute, however many registers that were.
"""

from __future__ import annotations

from collections.abc import Sequence
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


REGISTERS = "registers"
EXPORT = "export"
"""The service of a look at a row of a register by an officer of the body that keeps it; its case is what they wrote."""

PAPER = "paper"
"""What looks at the papers of an archive name as their service."""
LEDGER, ACCESS = "ledger", "access"
"""The register of a look at somebody's looks, and the page where one reads them."""


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


@dataclass(frozen=True, slots=True)
class Line:
    """What was handed over from one register, and the law for it."""

    register: str
    fields: tuple[str, ...]
    law: LawCard | None


@dataclass(frozen=True, slots=True)
class Entry:
    """What one looker saw of one case within a minute; `when` is the first look of them."""

    when: datetime
    who: str
    why: str
    lines: tuple[Line, ...]
    service: str
    case: str
    own: bool


def page(looks: Sequence[SeenLook], limit: int) -> tuple[SeenLook, ...]:
    """What a page shows of looks, newest first, of which one more than `limit` was read if there are more.

    It ends where a minute ends, so that no entry stands on two pages. A minute too long for a page is cut all the same.
    """
    if len(looks) <= limit:
        return tuple(looks)
    next_minute = _minute(looks[limit])
    end = next(place for place, look in enumerate(looks) if _minute(look) == next_minute)
    return tuple(looks[: end or limit])


def together(looks: Sequence[SeenLook]) -> tuple[tuple[SeenLook, ...], ...]:
    """The looks of one looker of one kind for one case and service within a minute; each look is in one place."""
    found: dict[object, list[SeenLook]] = {}
    for look in looks:
        looker = look.agency, look.who, look.account
        found.setdefault((looker, look.kind, look.ground, look.service, look.case, _minute(look)), []).append(look)
    return tuple(tuple(group) for group in found.values())


def entries(looks: Sequence[SeenLook], language: str, day: date) -> tuple[Entry, ...]:
    """The looks, newest first, as entries, newest first; within an entry the first look stands first."""
    groups = (tuple(card(look, language, day) for look in reversed(group)) for group in together(looks))
    return tuple(_entry(cards) for cards in groups)


def _entry(cards: Sequence[LookCard]) -> Entry:
    first = cards[0]
    lines: dict[tuple[str, LawCard | None], tuple[str, ...]] = {}
    for one in cards:
        place = one.register, one.law
        lines[place] = tuple(dict.fromkeys((*lines.get(place, ()), *one.fields)))
    return Entry(
        when=first.when,
        who=first.who,
        why=first.why,
        lines=tuple(Line(register, fields, law) for (register, law), fields in lines.items()),
        service=first.service,
        case=first.case,
        own=first.own,
    )


def _minute(look: SeenLook) -> datetime:
    return look.when.replace(second=0, microsecond=0)


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
        case="" if look.service in (REGISTERS, EXPORT) else look.case,
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
    if look.kind == "party":
        return gettext("Somebody who takes part in your application")
    if look.who.startswith("officer"):
        role = catalogue.role_name(look.who.partition(":")[2], language)
        return gettext("An officer of: %(agency)s (%(role)s)") % {"agency": agency.name, "role": role}
    return agency.name


def _why(look: SeenLook) -> str:
    if look.kind == "check":
        return gettext("Your document was checked: is it genuine?")
    if look.kind == "link":
        return gettext("Somebody opened a link to your document.")
    if look.kind == "party":
        return gettext("They were asked to agree or to act, and read what the application shows them for that.")
    if look.kind == "desk" and look.service == REGISTERS:
        words = gettext(
            "An officer of the body that keeps this register looked at your entry, and wrote for what: %(why)s"
        )
        return words % {"why": look.case or "–"}
    if look.service == EXPORT:
        words = gettext(
            "Your entry left this register in a file, taken out by the body that keeps it. For what: %(why)s"
        )
        return words % {"why": look.case or "–"}
    if look.service == PAPER:
        return gettext("An officer brought a paper of the archive into the register, or opened its scan.")
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
        REGISTERS: gettext("Officers' desk: registers"),
        EXPORT: gettext("Register taken out as a file"),
        "documents": gettext("My documents"),
        "sign-in": gettext("Sign-in"),
        "nation": gettext("The demonstration itself"),
        PAPER: gettext("Paper archive"),
        ACCESS: gettext("Who saw my data"),
    }.get(id_) or catalogue.service_title(id_, language)


def _register(look: SeenLook, language: str) -> str:
    if look.register == APPLICATION:
        return gettext("Your application")
    if look.register == LEDGER:
        return gettext("Who saw my data")
    if look.register != CERTIFICATE:
        return catalogue.register_title(look.register, language)
    return catalogue.certificate_title(look.source, language) if look.source else gettext("Document")


def _fields(look: SeenLook, language: str) -> tuple[str, ...]:
    if look.fields == ("state",):
        return (gettext("only whether it is genuine"),)
    if look.register == LEDGER:
        return (gettext("who looked, when and why"),)
    if look.register == CERTIFICATE:
        return catalogue.fact_labels(look.source, look.fields, language)
    if look.register == APPLICATION:
        who = {"applicant": gettext("who applied"), "subject": gettext("for whom")}
        return tuple(who.get(name) or _question(look.service, name, language) for name in look.fields)
    return catalogue.field_labels(look.register, look.fields, language)


def _question(service: str, name: str, language: str) -> str:
    return catalogue.question_labels(service, (name,), language)[0].rstrip("?;")  # the second ends a question in Greek
