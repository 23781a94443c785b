"""What a service may refer to: every check of a reference says the same of the same slip.

demand_fact demand_item demand_amount     a fact; one of an item only inside `each`; an amount
demand_offer                              an answer, change, event or capacity, own or granted to the service
demand_case_term demand_role              a term that begins and can be counted; a role of officers
demand_appeal                             an appeal whose terms and law stand
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pencere.base.ground.geometry import DEGREES
from pencere.country import offers
from pencere.country.cells import matches
from pencere.country.checking import Checker
from pencere.country.declarations import Appeal, CaseTerm, Country, Field, Place, Register, Service, Step
from pencere.country.facts import FINDERS, Fact, asked, surely_asked, surely_known, values_of
from pencere.country.offers import Offer
from pencere.country.records import did_you_mean, listed
from pencere.country.using import CLOCKS, item_group


def demand_fact(checker: Checker, service: Service, name: str, place: Place, path: str) -> Fact | None:
    """The fact of the service; says so if there is none."""
    known = checker.facts[service.id]
    fact = known.get(name)
    if fact is None:
        checker.unresolved.add(service.id)
    if fact is None and name and not is_excused(checker, service, name):
        checker.error(place, f'{path}: unknown fact "{name}"{did_you_mean(name, known)}')
    return fact


def is_excused(checker: Checker, service: Service, name: str) -> bool:
    """Whether the fact is missing only because what it comes from was reported already."""
    head, _, field = name.partition(".")
    evidence = service.evidence.get(head)
    if evidence is not None:
        source = asked(checker.country, evidence)
        return source is None or field in evidence.take
    if head in service.parties and field in checker.country.person.facts:
        return True
    if head in service.places:
        return offers.capacity(checker.country, service.places[head].of) is None
    if head == "event":
        return any(start.kind == "event" and not offers.event(checker.country, start.event) for start in service.starts)
    for step in service.steps:
        if step.as_ == head:
            offer = offers.event if step.kind == "wait_for" else offers.change
            return field in step.keep or offer(checker.country, step.names[0]) is None
    return service.id in checker.folder.broken.get("decision", ())


def demand_amount(checker: Checker, service: Service, name: str, place: Place, path: str) -> None:
    """There is such an amount, or amounts.yaml could not be read."""
    if name not in service.amounts:
        checker.doubtful.add(service.id)
        checker.unresolved.add(service.id)
        if service.id not in checker.folder.broken.get("amounts", ()):
            checker.demand_among(name, service.amounts, place, path, "amount")


def demand_seen(checker: Checker, service: Service, names: Iterable[str], place: Place, path: str) -> None:
    """What `shows` and `sees` name: facts, groups of questions, evidence, findings."""
    known = checker.facts[service.id]
    findings = [step.names[0] for step in service.steps if step.kind in FINDERS]
    wholes = (*service.questions, *service.evidence, *findings)
    for name in names:
        if name not in wholes and name not in known and not is_excused(checker, service, name):
            advice = did_you_mean(name, (*wholes, *known))
            checker.error(place, f'{path}: "{name}" is neither a fact nor a group{advice}')


def demand_known(checker: Checker, service: Service, step: Step, fact: Fact, path: str, advice: str) -> None:
    """What must be said is known in every case that the tables before the step grant: proven from their rules."""
    if service.id in checker.unresolved:
        return
    tables = [each.names[0] for each in service.steps[: step.number - 1] if each.kind == "decide" and not each.when]
    proven = {table: checker.grants[service.id, table] for table in tables if (service.id, table) in checker.grants}
    known = checker.facts[service.id]
    if not tables or len(proven) < len(tables):
        return
    ways = [
        frozenset(name for name, cell in every.items() if not matches(cell, None, {})) for every in step.when or ()
    ] or [frozenset[str]()]
    asked = surely_asked(known, step.when)
    for grants in proven.values():
        cases = (grant | way | asked for grant in grants for way in ways)
        if all(surely_known(checker.country, service, known, fact.name, case) for case in cases):
            return
    checker.error(step.place, f"{path}: {fact.name} can be unknown where {listed(proven)} grants; {advice}")


_WRITTEN = ("text", "long_text")
_INTO_TEXT = (*_WRITTEN, "phone", "email", "address", "iban", "choice", "ref")
_NUMBERS = {"decimal": ("integer", "percent"), "percent": ("integer", "decimal"), "money": ("integer", "decimal")}


def why_unfit(country: Country, wanted: Field, given: Fact) -> str:
    """Why a fact cannot go into a field of a register, in words that follow its name; "" if it can."""
    if given.many != (wanted.many is not None or wanted.kind == "choices"):
        return "is a list, the field takes one value" if given.many else "is one value, the field takes a list"
    if given.personal == "special" and wanted.personal != "special":
        return "is special data; the field must be so, too"
    if wanted.kind in ("choice", "choices") and given.kind in ("choice", "choices"):
        allowed = values_of(country, wanted) or ()
        missing = [value for value in given.values or () if value not in allowed]
        return f"can be {listed(missing)}, the field knows {listed(allowed)}" if missing else ""
    if wanted.kind == "ref" and given.kind == "ref" and given.register != wanted.of:
        return f"names a row of {given.register}, the field one of {wanted.of}"
    takes = {wanted.kind, *_NUMBERS.get(wanted.kind, ())}
    person, organisation = country.person.identifier, country.organisation
    if wanted.kind in _WRITTEN:
        takes |= {*_INTO_TEXT, *(kind for kind in country.identifiers if kind != person)}
    elif wanted.kind in ("person", person):
        takes |= {"person", person}
    elif wanted.kind in ("organisation", organisation):
        takes |= {"organisation", str(organisation)}
    if given.kind and given.kind not in takes:
        return f"is of kind {given.kind}, the field is of kind {wanted.kind}"
    return _why_another_shape(wanted, given) if wanted.kind == "geometry" and given.kind else ""


def _why_another_shape(wanted: Field, given: Fact) -> str:
    """A polygon goes into a field of several parts; between systems of coordinates nothing is turned on the way."""
    shape, crs = str(wanted.of or "polygon"), wanted.crs or DEGREES
    if given.shape != shape and (given.shape, shape) != ("polygon", "multipolygon"):
        return f"is a {given.shape}, the field takes a {shape}"
    return "" if given.crs == crs else f"is in {given.crs}, the field in {crs}"


OFFERED: Mapping[
    str, tuple[str, Callable[[Register], Mapping[str, Any]], Callable[[Country, str], Offer[Any] | None]]
] = {
    "read": ("answer", lambda register: register.answers, offers.answer),
    "write": ("change", lambda register: register.accepts, offers.change),
    "event": ("event", lambda register: register.events, offers.event),
    "reserve": ("capacity", lambda register: register.capacity, offers.capacity),
}
"""What each kind of grant names of a register, and how it is found."""


def demand_offer(
    checker: Checker, service: Service, does: str, name: str, place: Place, path: str
) -> Offer[Any] | None:
    """What an own register offers, or a grant lets this service have on this day; None if it cannot be used."""
    first, _, second = name.partition(".")
    what, offered, find = OFFERED[does]
    if checker.folder.is_known("agreement", first):
        _demand_grant(checker, service, does, first, second, place, path)
    elif checker.demand("register", first, place, path):
        register = checker.country.registers.get(first)
        if register is not None and checker.are_different(register.agency, service.agency):
            message = f"register {first} belongs to {register.agency}: name a grant of an agreement"
            checker.error(place, f"{path}: {message}")
            return None
        if register is not None:
            checker.demand_among(second, offered(register), place, path, f"{what} of {first}")
    return find(checker.country, name)


def _demand_grant(
    checker: Checker, service: Service, does: str, first: str, name: str, place: Place, path: str
) -> None:
    """The agreement gives this service what it asks for, on the day that counts."""
    agreement = checker.country.agreements.get(first)
    if agreement is None or not checker.demand_among(name, agreement.grants, place, path, f"grant of {first}"):
        return
    grant = agreement.grants[name]
    if grant.does != does:
        checker.error(place, f'{path}: the grant {first}.{name} is to "{grant.does}", here is needed "{does}"')
    if checker.are_different(agreement.consumer, service.agency):
        message = f"the agreement {first} is for {agreement.consumer}, the service belongs to {service.agency}"
        checker.error(place, f"{path}: {message}")
    if service.id not in grant.services:
        checker.error(place, f'{path}: the grant {first}.{name} does not name the service "{service.id}"')
    day = checker.day_for(service.place.file)
    if day < agreement.valid_from:
        checker.error(place, f"{path}: the agreement {first} is valid only from {agreement.valid_from}")
    if agreement.valid_until and agreement.valid_until < day:
        checker.error(place, f"{path}: the agreement {first} ended on {agreement.valid_until}")


def demand_case_term(checker: Checker, service: Service, term: CaseTerm, place: Place, path: str) -> None:
    """It can be counted, it begins with something that happens, and it is there for every value of the choice."""
    terms = ((f"{path}.within", term.within),) if term.within else ()
    for where, each in (*terms, *((f"{path}.is.{value}", each) for value, each in term.is_.items())):
        if not checker.demand_term(each, place, path if where.endswith(".within") else where):
            checker.unresolved.add(service.id)
        if each.amount == 0:
            checker.error(place, f"{path}: nobody decides in no time; write at least 1")
    if term.law:
        checker.demand_law(term.law, place, f"{path}.law")
    if term.by:
        _by_choice(checker, service, term, place, path)
    if term.extend:
        checker.demand_term(term.extend.to, place, f"{path}.extend.to")
        demand_role(checker, term.extend.by, place, f"{path}.extend.by")
        checker.demand_law(term.extend.law, place, f"{path}.extend.law")
    _begins(checker, service, term, place, path)


def _by_choice(checker: Checker, service: Service, term: CaseTerm, place: Place, path: str) -> None:
    fact = demand_fact(checker, service, str(term.by), place, f"{path}.by")
    if fact is None:
        return
    if fact.kind != "choice" or fact.values is None:
        checker.error(place, f'{path}.by: "{term.by}" is of kind {fact.kind or "many"}; a term goes by a choice')
        return
    for value in term.is_:
        checker.demand_among(value, fact.values, place, f"{path}.is", f"value of {term.by}")
    for value in fact.values:
        if value not in term.is_:
            checker.error(place, f'{path}.is: no term for {term.by} = "{value}"')


def _begins(checker: Checker, service: Service, term: CaseTerm, place: Place, path: str) -> None:
    kinds = [step.kind for step in service.steps]
    needed = {"paid": "pay", "visit": "visit"}.get(term.from_)
    if needed and needed not in kinds:
        checker.error(place, f'{path}.from: it begins when "{term.from_}", but no step is a "{needed}"')
    elif term.from_ == "event" and all(start.kind != "event" for start in service.starts):
        checker.error(place, f"{path}.from: it begins with an event, but no event starts a case")
    elif term.from_.startswith("amounts."):
        name = term.from_.removeprefix("amounts.")
        demand_amount(checker, service, name, place, f"{path}.from")
        if name in service.amounts and service.amounts[name].unit not in ("date", "moment"):
            checker.error(place, f"{path}.from: amounts.{name} is no date or moment but {service.amounts[name].unit}")
    elif term.from_ not in CLOCKS:
        fact = demand_fact(checker, service, term.from_, place, f"{path}.from")
        if fact is not None and fact.kind not in ("date", "moment"):
            checker.error(place, f'{path}.from: "{term.from_}" is no date but a {fact.kind}')


def demand_appeal(checker: Checker, appeal: Appeal, file: str, *keys: str) -> None:
    """Its terms can be counted, its law is in force."""
    path = ".".join(keys)
    for key in ("within", "decided", "court"):
        checker.demand_term(getattr(appeal, key), checker.at(file, *keys, key), f"{path}.{key}")
    checker.demand_law(appeal.law, checker.at(file, *keys, "law"), f"{path}.law")


def demand_role(checker: Checker, officer: str, place: Place, path: str) -> None:
    role = officer.removeprefix("officer.")
    checker.demand_among(role, checker.country.officer_roles, place, path, "role of officers")


def demand_item(checker: Checker, service: Service, name: str, place: Place, path: str, each: str = "") -> None:
    """A fact of an item is said of one: inside `each`, or counted."""
    group = item_group(service, checker.facts[service.id], name)
    if group and group != each:
        other = f", not of {each}" if each else ""
        advice = f'say "each: {group}", or count it in derive'
        checker.error(place, f'{path}: "{name}" is one for each of {group}{other}; {advice}')
