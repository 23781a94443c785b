"""What other parts and pages may read. Everything comes from `country.current()`; unknown ids give None."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from pencere import country
from pencere.base.writing import Writing, fold, sort_key
from pencere.catalogue import prices, rules
from pencere.catalogue.cards import (
    AgencyCard,
    AgencyLine,
    AgencyPage,
    LawCard,
    LifeEventCard,
    RegisterCard,
    ServiceCard,
    ServicePage,
    Source,
    StartCard,
)
from pencere.country import facts
from pencere.country.declarations import Agency, Country, Evidence, Law, Register, Service, Texts

__all__ = [
    "AgencyCard",
    "AgencyLine",
    "AgencyPage",
    "LawCard",
    "LifeEventCard",
    "RegisterCard",
    "ServiceCard",
    "ServicePage",
    "Source",
    "agencies",
    "agency",
    "agency_card",
    "certificate_title",
    "fact_labels",
    "field_labels",
    "law",
    "law_named",
    "life_event",
    "life_events",
    "question_labels",
    "register_title",
    "service",
    "service_title",
    "services",
]

Haystack = tuple[tuple[str, Writing], ...]
_haystacks: tuple[Country, dict[str, Haystack]] | None = None


def services(language: str, day: date, *, search: str = "") -> tuple[ServiceCard, ...]:
    """All services by the reader's alphabet, or those in which every word of `search` occurs."""
    here = country.current()
    style = _style(here, language)
    cards = [_card(here, one, language, day) for one in here.services.values() if _is_found(here, one, search)]
    return tuple(sorted(cards, key=lambda card: sort_key(card.title, style)))


def service(id_: str, language: str, day: date) -> ServicePage | None:
    here = country.current()
    one = here.services.get(id_)
    if one is None:
        return None
    owner = here.agencies[one.agency]
    return ServicePage(
        card=_card(here, one, language, day),
        need=_text_or_none(here, one.texts, "need", language),
        result=here.text(one.texts, "result", language),
        acts_as=one.applicant.acts_as,
        sign_in=one.applicant.sign_in or "",
        questions=tuple(_questions(here, one, language)),
        sources=(*_person_sources(here, one, language, day), *_sources(here, one, language, day)),
        fees=prices.fees(one, language, day, law),
        terms=prices.terms(one, language),
        is_at_once=rules.is_at_once(one),
        starts=tuple(_starts(here, one, language, day)),
        by_application=one.by_application,
        queue=any(each.mode in ("queue", "rank", "draw") for each in one.places.values()),
        term_law=law(one.term.law, language) if one.term and one.term.law and one.term.law not in one.law else None,
        apply=one.apply,
        receive=one.receive,
        laws=tuple(law(each, language) for each in one.law),
        unit=_other(here, one.unit, language, day),
        contact=tuple(owner.contact.items()),
        life_events=tuple(
            (event, _named(here, here.life_events[event].names, language))
            for event in one.life_events
            if event in here.life_events
        ),
        since=one.since,
        until=one.until,
    )


def service_title(id_: str, language: str) -> str:
    """The service's title; the id itself if there is no such service (any more)."""
    here = country.current()
    one = here.services.get(id_)
    return here.text(one.texts, "title", language) if one else id_


def life_events(language: str, day: date) -> tuple[LifeEventCard, ...]:
    """From birth to death, in the country's order; also those that have no service yet."""
    here = country.current()
    in_order = sorted(here.life_events.values(), key=lambda event: (event.order, event.id))
    return tuple(_life_event(here, event.id, language, day) for event in in_order)


def life_event(id_: str, language: str, day: date) -> LifeEventCard | None:
    here = country.current()
    return _life_event(here, id_, language, day) if id_ in here.life_events else None


def agencies(language: str, day: date) -> tuple[AgencyLine, ...]:
    """Those that belong to no other, each with its parts, by the reader's alphabet."""
    here = country.current()
    return _lines(here, None, language, day)


def agency(id_: str, language: str, day: date) -> AgencyPage | None:
    here = country.current()
    one = here.agencies.get(id_)
    if one is None:
        return None
    style = _style(here, language)
    parts = [_agency_card(other, language, day) for other in here.agencies.values() if other.part_of == id_]
    owned = [_card(here, each, language, day) for each in here.services.values() if id_ in (each.agency, each.unit)]
    return AgencyPage(
        card=_agency_card(one, language, day),
        names=tuple((since, _named(here, names, language)) for since, names in reversed(one.names)),
        part_of=_other(here, one.part_of, language, day),
        parts=tuple(sorted(parts, key=lambda card: sort_key(card.name, style))),
        predecessor=_other(here, one.predecessor, language, day),
        successor=_other(here, one.successor, language, day),
        services=tuple(sorted(owned, key=lambda card: sort_key(card.title, style))),
        registers=tuple(
            RegisterCard(
                register.id,
                here.text(register.texts, "title", language),
                register.kept == "here",
                tuple(law(each, language) for each in register.law),
                tuple(here.text(register.texts, name, language) for name in register.fields),
                _published(here, register, language),
            )
            for register in here.registers.values()
            if register.agency == id_
        ),
        contact=tuple(one.contact.items()),
    )


def agency_card(id_: str, language: str, day: date) -> AgencyCard | None:
    """The name that holds on that day; None for an unknown agency."""
    return _other(country.current(), id_, language, day)


def role_name(code: str, language: str) -> str:
    """What a role of officers is called."""
    return country.current().role(code, language)


def law(named: Law, language: str) -> LawCard:
    here = country.current()
    act = here.acts.get(named.act)
    if act is None:
        return LawCard(named.act, named.article, "", None, "", False)
    title = _named(here, act.title, language)
    return LawCard(title, named.article, act.number or "", act.signed, act.url or "", act.confirmed)


def law_named(reference: str, language: str) -> LawCard:
    """The law that a purpose writes as `residence-law 5`."""
    act, _, article = reference.partition(" ")
    return law(Law(act, article), language)


def register_title(id_: str, language: str) -> str:
    """The register's title; the id itself if there is no such register (any more)."""
    here = country.current()
    register = here.registers.get(id_)
    return here.text(register.texts, "title", language) if register else id_


def certificate_title(kind: str, language: str) -> str:
    """The title of a kind of certificate; the id itself if there is no such kind (any more)."""
    here = country.current()
    declared = here.certificates.get(kind)
    return here.text(declared.texts, "title", language) if declared else kind


def field_labels(register_id: str, names: tuple[str, ...], language: str) -> tuple[str, ...]:
    """What fields of a register are called; their names if there is no such register (any more)."""
    register = country.current().registers.get(register_id)
    return _labels(register.texts if register else {}, names, language)


def fact_labels(kind: str, names: tuple[str, ...], language: str) -> tuple[str, ...]:
    """What facts of a kind of certificate are called."""
    declared = country.current().certificates.get(kind)
    return _labels(declared.texts if declared else {}, names, language)


def question_labels(service_id: str, names: tuple[str, ...], language: str) -> tuple[str, ...]:
    """What questions of a service, named `group.field`, are called."""
    service = country.current().services.get(service_id)
    return _labels(service.texts if service else {}, names, language)


def _labels(texts: Mapping[str, Texts], names: tuple[str, ...], language: str) -> tuple[str, ...]:
    return tuple(country.current().text(texts, name, language) for name in names)


# ---- how the pictures are made


def _card(here: Country, one: Service, language: str, day: date) -> ServiceCard:
    return ServiceCard(
        one.id,
        here.text(one.texts, "title", language),
        _text_or_none(here, one.texts, "summary", language),
        _agency_card(here.agencies[one.agency], language, day),
        rules.is_open(one, day),
        "online" in one.apply,
    )


def _agency_card(one: Agency, language: str, day: date) -> AgencyCard:
    return AgencyCard(one.id, one.name(language, day), one.abbreviation or "")


def _other(here: Country, id_: str | None, language: str, day: date) -> AgencyCard | None:
    one = here.agencies.get(id_) if id_ else None
    return _agency_card(one, language, day) if one else None


def _life_event(here: Country, id_: str, language: str, day: date) -> LifeEventCard:
    """The declared order first, then whatever else says that it belongs to the event."""
    event = here.life_events[id_]
    named = [one for one in event.starts_with if one in here.services]
    more = [one.id for one in here.services.values() if id_ in one.life_events and one.id not in named]
    cards = tuple(_card(here, here.services[one], language, day) for one in (*named, *more))
    return LifeEventCard(id_, _named(here, event.names, language), cards)


def _lines(here: Country, parent: str | None, language: str, day: date) -> tuple[AgencyLine, ...]:
    style = _style(here, language)
    lines = [
        AgencyLine(
            _agency_card(one, language, day),
            _lines(here, one.id, language, day),
            sum(service.agency == one.id for service in here.services.values()),
        )
        for one in here.agencies.values()
        if one.part_of == parent
    ]
    return tuple(sorted(lines, key=lambda line: sort_key(line.card.name, style)))


def _questions(here: Country, one: Service, language: str) -> Iterator[str]:
    for group in one.questions.values():
        for name in group.fields:
            yield here.text(one.texts, f"{group.name}.{name}", language)


def _person_sources(here: Country, one: Service, language: str, day: date) -> Iterator[Source]:
    taken = rules.person_facts_used(here, one)
    register = here.registers.get(here.person.from_.partition(".")[0])
    if taken and register is not None:
        yield _source(here, register, taken, here.person.law, language, day)


def _published(here: Country, register: Register, language: str) -> tuple[str, ...]:
    if register.open_data is None or register.kept != "here":
        return ()
    return tuple(here.text(register.texts, name, language) for name in register.open_data.fields)


def _starts(here: Country, one: Service, language: str, day: date) -> Iterator[StartCard]:
    for start in one.starts:
        if start.kind != "event":
            continue
        first, _, name = start.event.partition(".")
        agreement = here.agreements.get(first)
        grant = agreement.grants.get(name) if agreement else None
        register = here.registers.get(grant.of.partition(".")[0] if grant else first)
        if register is not None:
            title = here.text(register.texts, "title", language)
            yield StartCard(title, _agency_card(here.agencies[register.agency], language, day))


def _sources(here: Country, one: Service, language: str, day: date) -> Iterator[Source]:
    for evidence in one.evidence.values():
        asked = facts.asked(here, evidence)
        if asked is None:
            continue
        grant = asked.agreement.grants[evidence.from_.partition(".")[2]] if asked.agreement else None
        ground = grant.law if grant else one.law[0]
        yield _source(here, asked.register, evidence.take, ground, language, day, evidence=evidence, of=one)


def _source(
    here: Country,
    register: Register,
    taken: tuple[str, ...],
    ground: Law,
    language: str,
    day: date,
    *,
    evidence: Evidence | None = None,
    of: Service | None = None,
) -> Source:
    def label(name: str) -> str:
        own = f"{evidence.name}.{name}" if evidence else ""
        if of is not None and own in of.texts:
            return here.text(of.texts, own, language)
        return here.text(register.texts, name, language)

    return Source(
        here.text(of.texts, evidence.name, language)
        if of is not None and evidence and evidence.name in of.texts
        else "",
        tuple(label(name) for name in taken),
        here.text(register.texts, "title", language),
        _agency_card(here.agencies[register.agency], language, day),
        law(ground, language),
        evidence is not None and evidence.when is not None,
    )


def _is_found(here: Country, one: Service, search: str) -> bool:
    return not search.strip() or rules.found(search, _all_haystacks(here)[one.id])


def _all_haystacks(here: Country) -> dict[str, Haystack]:
    """What is searched, of every service in every language; made once per country that is read."""
    global _haystacks
    if _haystacks is None or _haystacks[0] is not here:
        _haystacks = here, {one.id: tuple(_haystack(here, one)) for one in here.services.values()}
    return _haystacks[1]


def _haystack(here: Country, one: Service) -> Iterator[tuple[str, Writing]]:
    owner = here.agencies[one.agency]
    for language, style in here.writing.items():
        texts = [one.texts.get(key, {}).get(language, "") for key in ("title", "summary", "result")]
        texts += [names.get(language, "") for _, names in owner.names]
        texts += [here.life_events[e].names.get(language, "") for e in one.life_events if e in here.life_events]
        texts += [owner.abbreviation or "", one.id, *one.aliases]
        yield fold(" ".join(texts), style), style


def _named(here: Country, names: Texts, language: str) -> str:
    return here.text({"": names}, "", language) or next(iter(names.values()), "")


def _text_or_none(here: Country, texts: Mapping[str, Texts], key: str, language: str) -> str:
    return here.text(texts, key, language) if key in texts else ""


def _style(here: Country, language: str) -> Writing:
    return here.writing.get(language) or here.writing[here.languages[0]]
