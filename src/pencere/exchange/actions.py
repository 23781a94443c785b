"""What can happen here: somebody asks a holder, writes to it, hears from it, has a place held. One way in, so every

look is granted and logged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from pencere import country
from pencere.base import clock
from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.base.narrowing import WHOLE, Narrowed
from pencere.base.purpose import Purpose
from pencere.base.terms import is_below, years_later
from pencere.country import offers
from pencere.country.declarations import Answer, Law, Representation
from pencere.country.offers import Offer
from pencere.exchange import budgets, happenings, rules, sending
from pencere.exchange.asking import holder_of
from pencere.exchange.rules import Consumer, NotAccepted, Reply, Represented, Told, Written
from pencere.exchange.stand_in import client as stand_in
from pencere.exchange.stand_in.filling import ELSEWHERE, Filling, filling, pack
from pencere.exchange.stand_in.loading import Loading, loading
from pencere.exchange.wire import Change, Listing, Question
from pencere.identity import queries as identity
from pencere.registers import actions as registering
from pencere.registers import queries as registers
from pencere.registers.actions import Held

__all__ = ["ELSEWHERE", "Consumer", "Filling", "Held", "Loading", "NotAccepted", "Reply", "Represented",
           "Told", "Written", "acted_for", "acts_for", "ask", "events", "filling", "happen", "loading", "pack",
           "person_facts", "record", "related", "release", "reserve"]  # fmt: skip

_NO_LAW = Law("")


def ask(
    source: str,
    by: Mapping[str, object],
    take: tuple[str, ...],
    consumer: Consumer,
    *,
    law: Law,
    now: datetime,
    consented: bool = False,
) -> Reply:
    """Asks a source that a service declares, and gives what was taken, with where it comes from; all rows there are.

    Raises Refused (rule, law) where the right lacks, Unavailable where there is no answer. Asked by an unknown fact,
    the answer is unknown too, and nobody is asked.
    """
    here = country.current()
    found = rules.source_of(here, source)
    day = clock.day_in(here.time_zone, now)
    if consumer.agency:
        ground, law = rules.demand_right(found, consumer, take=take, law=law, day=day, consented=consented)
    else:
        _demand_own(found, by, take, consumer, law)
        ground = "own"
    purpose = consumer.purpose(ground, law)
    if any(value is None for value in by.values()):
        return Reply((), found.register.agency, found.register.id, now, purpose.ground, str(law))
    if found.grant is not None and found.grant.per_day is not None:
        budgets.spend(source, found.grant.per_day, day, found.register.agency)
    rows = _asked(found, by, take, purpose, now)
    return Reply(rows, found.register.agency, found.register.id, now, purpose.ground, str(law))


# --- persons, and whom they may act for


def person_facts(
    identifier: str,
    take: tuple[str, ...],
    consumer: Consumer,
    *,
    now: datetime,
) -> dict[str, object] | None:
    """Facts about a person from the source that the country names for persons; None if it knows no such person.

    That entry of the country is the grant for every service, for the facts that it lists. Raises Refused, Unavailable.
    """
    here = country.current()
    law = here.person.law
    if not take or not set(take) <= set(here.person.facts):
        raise Refused("field_not_granted", str(law))
    found = rules.source_of(here, here.person.from_)
    by = _by_person(found, identifier, consumer.service)
    if not consumer.agency:
        _demand_own(found, by, take, consumer, law)
    rows = _asked(found, by, take, consumer.purpose("law", law), now)
    return rows[0] if rows else None


def related(
    relation: str,
    identifier: str,
    consumer: Consumer,
    *,
    now: datetime,
) -> tuple[str, ...]:
    """The identifiers of all who stand in that relation to a person (`children`), as the country declares it.

    For offering a choice to the person themself; of a pair that is known, ask `acts_for` instead. Asked by an agency
    it is a look at each of them; asked by the person a look at their own relations.
    """
    here = country.current()
    declared = here.relations[relation]
    found = rules.source_of(here, declared.from_)
    take = (_related_field(found),)
    by = _by_person(found, identifier, consumer.service)
    if not consumer.agency:
        _demand_own(found, by, take, consumer, declared.law)
    rows = _asked(found, by, take, consumer.purpose("law", declared.law), now)
    return tuple(dict.fromkeys(str(row[take[0]]) for row in rows if row[take[0]] is not None))


def acts_for(
    identifier: str,
    other: str,
    ground: str,
    consumer: Consumer,
    *,
    now: datetime,
) -> bool:
    """Whether one person may act for that other one today on that ground (`parent`), by the registers that say so.

    Nothing is told but yes or no, about this pair alone; the look is logged with the other, and with the one who asks
    if the answer is no. Raises Refused, Unavailable; KeyError for a ground that the country does not declare.
    """
    here = country.current()
    right = here.representation[ground]
    relation = here.relations[right.relation]
    found = rules.source_of(here, relation.from_)
    take = (_related_field(found),)
    by = _by_person(found, identifier, consumer.service)
    if not consumer.agency:
        _demand_own(found, by, take, consumer, relation.law)
    purpose = consumer.purpose("law", relation.law)
    if not _asked(found, by, take, purpose, now, Narrowed(only={take[0]: other})):
        return False
    if right.until_age is None:
        return True
    source = rules.source_of(here, here.person.from_)
    by = _by_person(source, other, consumer.service)
    facts = _asked(source, by, ("birth_date",), purpose, now, _young(right, now))
    return any(_is_young(right, row.get("birth_date"), now) for row in facts)


def acted_for(
    identifier: str, *, service: str, person: str, now: datetime, grounds: Iterable[str] | None = None
) -> tuple[Represented, ...]:
    """Whom somebody who is present (`person`: their account id) may act for today, by the registers that say so.

    Asked by the person alone, for no agency: the relation must be their own, and proves the right to the name and
    birthday of those it names. Nothing is told of whom they may not act for any more, and nothing logged about them.
    What is asked under an agreement only, proves nothing here. `grounds`: only these. Raises Refused, Unavailable.
    """
    here = country.current()
    source = rules.source_of(here, here.person.from_)
    consumer = Consumer("", service, who="person", person=person)
    purpose = consumer.purpose("own", here.person.law)
    found: dict[str, Represented] = {}
    for ground, right in here.representation.items():
        relation = rules.source_of(here, here.relations[right.relation].from_)
        if source.grant is not None or relation.grant is not None or (grounds is not None and ground not in grounds):
            continue
        others = related(right.relation, identifier, consumer, now=now)
        if not _names_persons(relation):
            for other in others:
                found.setdefault(other, Represented(other, other, ground, is_organisation=True))
            continue
        take = ("name",) if right.until_age is None else ("name", "birth_date")
        for other in others:
            for row in _asked(source, _by_person(source, other, service), take, purpose, now, _young(right, now)):
                if _is_young(right, row.get("birth_date"), now):
                    found.setdefault(other, Represented(other, str(row["name"] or ""), ground))
    return tuple(found.values())


def _young(right: Representation, now: datetime) -> Narrowed:
    """Only whoever is below the age to which the ground reaches."""
    if right.until_age is None:
        return WHOLE
    today = clock.day_in(country.current().time_zone, now)
    return Narrowed(not_before={"birth_date": years_later(today, -right.until_age) + timedelta(days=1)})


def _is_young(right: Representation, born: object, now: datetime) -> bool:
    today = clock.day_in(country.current().time_zone, now)
    return is_below(right.until_age, born if isinstance(born, date) else None, today)


def _by_person(found: Offer[Answer], identifier: str, service: str) -> dict[str, object]:
    """A relation is asked by one person and, where the answer wants it, by the service."""
    return {name: identifier if _is_person(found, name) else service for name in found.declared.by}


def _is_person(found: Offer[Answer], name: str) -> bool:
    fields = (offers.field_of(found.register, path) for path in found.declared.by[name])
    return all(field is not None and field.kind == "person" for field in fields)


def _related_field(found: Offer[Answer]) -> str:
    """Which field of a relation names the other: the person, or else the organisation."""
    fields = found.register.fields
    persons = [name for name in found.declared.fields if name in fields and fields[name].kind == "person"]
    return persons[0] if persons else found.declared.fields[0]


def _names_persons(found: Offer[Answer]) -> bool:
    return found.register.fields[_related_field(found)].kind == "person"


def _demand_own(
    found: Offer[Answer], by: Mapping[str, object], take: tuple[str, ...], consumer: Consumer, law: Law
) -> None:
    """A person may see their own rows, and whose they are by their own word, of any register; nobody else's."""
    if consumer.who != "person" or not consumer.person or found.grant is not None:
        raise Refused("not_your_own", str(law))
    asked_by = [name for name in found.declared.by if _is_person(found, name)]
    if not asked_by or found.declared.alike or not set(take) <= set(found.declared.fields):
        raise Refused("not_your_own", str(law))
    if any(identity.account_of(str(by[name])) != consumer.person for name in asked_by):
        raise Refused("not_your_own", str(law))


def _asked(
    found: Offer[Answer],
    by: Mapping[str, object],
    take: tuple[str, ...],
    purpose: Purpose,
    now: datetime,
    narrowed: Narrowed = WHOLE,
) -> tuple[dict[str, object], ...]:
    """Asks the holder and believes nothing: exactly the fields that were taken, each of its kind."""
    register = found.register
    question = Question(register.id, found.declared.name, by, take, purpose, now, narrowed)
    rows = holder_of(register.id).answer(question)
    if len(rows) > 1 and not found.declared.many:
        raise Unavailable(register.agency, "more than one row came")
    return tuple(_read(register.id, register.agency, row, take) for row in rows)


def _read(register: str, agency: str, row: object, take: tuple[str, ...]) -> dict[str, object]:
    if not isinstance(row, dict) or set(row) != set(take):
        raise Unavailable(agency, "other fields came than were asked for")
    try:
        return {name: registers.in_memory(register, name, row[name]) for name in take}
    except registers.WrongKind as problem:
        raise Unavailable(agency, f"a value of a wrong kind came ({problem.reason})") from problem


# --- writing


def record(
    target: str,
    row: Mapping[str, object],
    consumer: Consumer,
    *,
    key: str,
    hold: str = "",
    law: Law,
    now: datetime,
    consented: bool = False,
    corrects: str = "",
    reason: str = "",
) -> Written:
    """Writes a change to a register: `passports.order` of one's own agency, or a grant that writes, `din-dma.receive`.

    Sent again under the same `key` it is done once and answered again, so whoever gets Unavailable sends it again
    later. Refused: the right lacks (as in `ask`), or the holder says no (as in `registers.actions.accept`);
    NotAccepted: it does not take the value of a field. A row may name its own `valid_from`, else it holds from today.
    `hold`: the key of a hold that the row fills. `corrects`: the key of an earlier change, whose row is superseded by
    this one, or by none if `row` is empty; then there is a `reason`. What goes to another agency is a look of that
    agency at it, in the ledger before it goes.
    """
    here = country.current()
    found = rules.found(offers.change(here, target), target)
    day = clock.day_in(here.time_zone, now)
    sent = tuple(name for name in row if name not in offers.ROW_TIMES)
    if corrects and not row:
        sent = found.fields(found.declared.fields)
    ground, law = rules.demand_right(found, consumer, take=sent, law=law, day=day, consented=consented)
    register = found.register
    if found.grant is not None:
        purpose = Purpose(ground, str(law), consumer.service, consumer.case, register.agency, consumer.who)
        sending.announce(target, key, found, row, purpose, now)
    by = f"{consumer.agency}/{consumer.who}"
    change = Change(register.id, found.declared.name, row, key, day, by, now, hold, corrects, reason)
    try:
        taken = holder_of(register.id).accept(change)
    except BadInput as problem:
        field = str(problem.details.get("field", ""))
        raise NotAccepted(problem.reason, str(register.law[0]) if register.law else "", field) from problem
    values = _read(register.id, register.agency, taken.values, tuple(taken.values))
    return Written(values, register.id, register.agency, taken.at)


def happen(happening: str, values: Mapping[str, object], *, now: datetime) -> None:
    """In the demo: something happens at an agency (`exchange.happenings`), by the hand of whoever tries it.

    What the register is to tell of it, it tells. Raises BadInput (field), Refused, Unavailable; LookupError for a
    happening that there is not.
    """
    found = happenings.named(country.current(), happening)
    if found is None:
        raise LookupError(happening)
    key, row = happenings.split(found, values)
    if found.register.kept == "here":
        registering.happen(found.register.id, found.change, key, row, recorded_by="demo", now=now)
    else:
        stand_in.happen(found.register.id, found.change, key, row, now)


# --- hearing


def events(source: str, after: str, limit: int, consumer: Consumer, *, now: datetime) -> tuple[Told, ...]:
    """What a source tells after a cursor ("" for the beginning), in order, at most `limit`.

    `source`: an event of an own register, `taxi-licences.expiring`, or a grant, `dsmf-justice.born`. At least once:
    asked again after the same cursor the same comes again; nothing is passed over: what cannot be told or read comes
    with its `problem`. The persons told of have the look in the ledger first. Raises Refused, Unavailable.
    """
    here = country.current()
    found = rules.found(offers.event(here, source), source)
    day = clock.day_in(here.time_zone, now)
    own = found.register.law[0] if found.register.law else _NO_LAW
    fields = found.fields(found.declared.fields)
    ground, law = rules.demand_right(found, consumer, take=fields, law=own, day=day, consented=True)
    purpose = consumer.purpose(ground, law)
    listing = Listing(found.register.id, found.declared.name, rules.wire_cursor(after), limit, purpose, now)
    heard = holder_of(found.register.id).tell(listing)
    told = []
    for each in heard:
        values, problem = dict[str, object](), each.problem
        try:
            if not problem:
                values = _read(found.register.id, found.register.agency, each.values, found.declared.fields)
        except Unavailable as unread:  # one that nobody can read keeps no other back
            problem = unread.reason
        told.append(Told(str(each.number), {name: values[name] for name in fields if values}, each.at, problem))
    return tuple(told)


# --- places


def reserve(
    target: str,
    place: str,
    consumer: Consumer,
    *,
    key: str,
    amount: int = 1,
    until: datetime | None = None,
    now: datetime,
) -> Held | None:
    """Holds places of a row, named by its key; None if that many are not free, or this hold has ended already.

    `target`: a capacity of an own register, `kindergarten-groups.place`, or a grant to reserve. Idempotent by `key`.
    """
    here = country.current()
    day = clock.day_in(here.time_zone, now)
    found = rules.places_of(here, target, consumer, day=day)
    return registering.reserve(
        found.register.id, found.declared.name, place, key=key, amount=amount, until=until, now=now
    )


def release(target: str, key: str, consumer: Consumer, *, now: datetime) -> bool:
    """What is held under the key is free again; whether it was held until now. Twice is once."""
    here = country.current()
    day = clock.day_in(here.time_zone, now)
    rules.places_of(here, target, consumer, day=day)
    return registering.release(key, now)
