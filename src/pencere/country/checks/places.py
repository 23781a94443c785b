"""Fees and places: an amount and a payee for each fee, a capacity, an order and an end for each queue."""

from __future__ import annotations

from collections.abc import Iterator

from pencere.country.checking import Checker
from pencere.country.declarations import Allotment, Capacity, Fee, Service
from pencere.country.demands import demand_amount, demand_fact, demand_item, demand_offer
from pencere.country.offers import Offer

AFTER = "evidence"
_NUMBERS = ("money", "integer", "decimal")


def check(checker: Checker) -> None:
    for service in checker.country.services.values():
        for fee in service.fees.values():
            _fee(checker, service, fee)
        for place in service.places.values():
            _place(checker, service, place)
        _each_paid_and_offered(checker, service)


def _fee(checker: Checker, service: Service, fee: Fee) -> None:
    path = f"fees.{fee.name}"
    if fee.amount.startswith("amounts."):
        name = fee.amount.removeprefix("amounts.")
        demand_amount(checker, service, name, fee.place, f"{path}.amount")
        amount = service.amounts.get(name)
        if amount is not None and amount.unit != checker.country.currency:
            message = f"amounts.{name} is in {amount.unit}; a fee is in {checker.country.currency}"
            checker.error(fee.place, f"{path}.amount: {message}")
    else:
        fact = demand_fact(checker, service, fee.amount, fee.place, f"{path}.amount")
        if fact is not None and fact.kind and fact.kind not in _NUMBERS:
            checker.error(fee.place, f"{path}.amount: {fee.amount} is no amount of money but a {fact.kind}")
    demand_item(checker, service, fee.amount, fee.place, f"{path}.amount")
    payees = checker.country.payees
    if not payees:
        checker.error(fee.place, f"{path}.payee: country.yaml names no payees")
    elif (
        checker.demand_among(fee.payee, payees, fee.place, f"{path}.payee", "payee")
        and fee.kind
        and fee.kind not in payees[fee.payee].codes
    ):
        checker.error(fee.place, f"{path}.payee: {fee.payee} has no code for fees of kind {fee.kind}")
    if fee.refund.get("withdrawn") == "before_visit" and all(step.kind != "visit" for step in service.steps):
        checker.error(fee.place, f'{path}.refund.withdrawn: "before_visit", but no step is a visit')


def _place(checker: Checker, service: Service, place: Allotment) -> None:
    path = f"places.{place.name}"
    found: Offer[Capacity] | None = demand_offer(checker, service, "reserve", place.of, place.place, f"{path}.of")
    if found is None:
        checker.unresolved.add(service.id)
    for message in _lacks(place):
        checker.error(place.place, f"{path}: {message}")
    if place.chosen is not None:
        fact = demand_fact(checker, service, place.chosen, place.place, f"{path}.chosen")
        if fact is not None and found is not None and fact.register != found.register.id:
            message = f"{place.chosen} names no row of {found.register.id}"
            checker.error(place.place, f"{path}.chosen: {message}")
    for name in place.order:
        if name.removeprefix("-") != "ticket":
            _in_order(checker, service, place, name.removeprefix("-"), path)
    for key, moment in (("opens", place.opens), ("closes", place.closes)):
        if moment is not None:
            _moment(checker, service, place, moment, f"{path}.{key}")
    if place.none is not None:
        checker.demand_law(place.none.law, place.place, f"{path}.none.law")
    if place.offer is not None:
        checker.demand_term(place.offer.answer, place.place, f"{path}.offer.answer")
        if place.offer.not_before is not None:
            checker.demand_term(place.offer.not_before, place.place, f"{path}.offer.not_before")
    if found is not None:
        _recorded(checker, service, place, found, path)


def _lacks(place: Allotment) -> Iterator[str]:
    """What each way of giving out places needs."""
    mode = place.mode
    if mode in ("queue", "rank", "draw", "pick") and place.offer is None:
        yield f'"{mode}" says how a place is offered: offer: {{answer, silence, at_once}}'
    if mode in ("queue", "rank", "draw", "first_come") and place.none is None:
        yield f'"{mode}" may end without a place: none: {{rule, law}}'
    if mode in ("rank", "draw") and place.closes is None:
        yield f'"{mode}" begins when applications close: closes: amounts.<name>'
    if mode in ("queue", "rank") and not place.order:
        yield f'"{mode}" has an order: facts, - before them for greatest first, and last ticket'
    if mode in ("pick", "draw", "first_come") and place.order:
        yield f'"{mode}" has no order'
    if place.order and place.order[-1] != "ticket":
        yield 'the order ends with "ticket": among equals, who came first'
    if "ticket" in place.order[:-1]:
        yield '"ticket" stands last in the order: no two cases have the same'
    if mode == "pick" and place.lapses:
        yield "only who waits can wait in vain: what is picked does not lapse"


def _in_order(checker: Checker, service: Service, place: Allotment, name: str, path: str) -> None:
    fact = demand_fact(checker, service, name, place.place, f"{path}.order")
    demand_item(checker, service, name, place.place, f"{path}.order")
    if fact is not None and fact.kind and fact.kind not in (*_NUMBERS, "percent", "date", "moment", "boolean"):
        checker.error(place.place, f"{path}.order: {name} is a {fact.kind}, which has no order")
    if fact is not None and fact.personal == "special":
        checker.error(place.place, f"{path}.order: {name} is special data; others could tell it from the queue")


def _moment(checker: Checker, service: Service, place: Allotment, name: str, path: str) -> None:
    if name.startswith("amounts."):
        amount = name.removeprefix("amounts.")
        demand_amount(checker, service, amount, place.place, path)
        if amount in service.amounts and service.amounts[amount].unit not in ("moment", "date"):
            checker.error(place.place, f"{path}: {name} is no moment but {service.amounts[amount].unit}")
        return
    fact = demand_fact(checker, service, name, place.place, path)
    if fact is not None and fact.kind not in ("moment", "date"):
        checker.error(place.place, f"{path}: {name} is no moment but a {fact.kind}")


def _recorded(checker: Checker, service: Service, place: Allotment, found: Offer[Capacity], path: str) -> None:
    """A place that is offered is taken by a row that a later step records; else it would be free again."""
    taken_by = found.declared.taken_by
    if taken_by is None:
        return
    register, _, field = taken_by.partition(".")
    offered = False
    for step in service.steps:
        offered = offered or (step.kind == "offer" and place.name in step.names)
        if not offered or step.kind != "record":
            continue
        target = demand_target(checker, step.names[0])
        if target == register and step.row.get(field) == place.name:
            if found.declared.by is not None and found.declared.by not in step.row:
                message = f'does not send "{found.declared.by}", which says how many places it takes'
                checker.error(step.place, f"steps.{step.number}.row: {message}")
            return
    if offered:
        wanted = f"record: {register}.…, row: {{{field}: {place.name}}}"
        checker.error(place.place, f"{path}: the place is offered, but no later step records it: {wanted}")


def demand_target(checker: Checker, name: str) -> str:
    """The register behind the name of a change."""
    first, _, second = name.partition(".")
    agreement = checker.country.agreements.get(first)
    grant = agreement.grants.get(second) if agreement else None
    return grant.of.partition(".")[0] if grant else first


def _each_paid_and_offered(checker: Checker, service: Service) -> None:
    paid, offered = ("pay", "fees", service.fees, "paid"), ("offer", "places", service.places, "offered")
    for kind, key, known, verb in (paid, offered):
        named = {name for step in service.steps if step.kind == kind for name in step.names}
        for name in known:
            if name not in named and named <= set(known):
                place = checker.at(service.place.file, key, name)
                checker.error(place, f"{key}.{name}: no step has it {verb}; add - {kind}: {name}")
