"""Steps: each names what there is, speaks of items only inside `each`, and sends registers what they take."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pencere.country import offers
from pencere.country.checking import Checker
from pencere.country.checks.services import demand_question
from pencere.country.declarations import Accept, Field, Service, Step
from pencere.country.demands import (
    demand_case_term,
    demand_fact,
    demand_item,
    demand_known,
    demand_offer,
    demand_role,
    demand_seen,
    why_unfit,
)
from pencere.country.facts import FINDERS, GROUP, Fact, values_of
from pencere.country.offers import Offer
from pencere.country.records import listed

AFTER = "decisions"
WAYS = ("office", "post")


def check(checker: Checker) -> None:
    for service in checker.country.services.values():
        for step in service.steps:
            _each(checker, service, step)
            if step.term is not None:
                demand_case_term(checker, service, step.term, step.place, f"steps.{step.number}.term")
            for name, field in step.fields.items():
                demand_question(checker, service, field, f"steps.{step.number}.fields.{name}")
            own = _KINDS.get(step.kind)
            if own is not None:
                own(checker, service, step)


def _each(checker: Checker, service: Service, step: Step) -> None:
    if step.each is None:
        return
    fact = checker.facts[service.id].get(step.each)
    if fact is None or fact.kind != GROUP:
        groups = [name for name, each in checker.facts[service.id].items() if each.kind == GROUP]
        checker.demand_among(step.each, groups, step.place, f"steps.{step.number}.each", "repeating group")
    elif step.kind == "decide" and step.names[0] in service.tables:
        table = service.tables[step.names[0]]
        known = checker.facts[service.id]
        if not any(known[name].group == step.each for name in table.inputs if name in known):
            message = f"the table {table.name} says the same of each of {step.each}: no input is a fact of one"
            checker.error(step.place, f"steps.{step.number}: {message}")


def _party(checker: Checker, service: Service, step: Step, name: str | None, key: str) -> None:
    if name is not None:
        checker.demand_among(name, service.parties, step.place, f"steps.{step.number}{key}", "party")


def _asks(checker: Checker, service: Service, step: Step) -> None:
    _party(checker, service, step, step.who, ".who" if step.kind == "ask" else "")
    for name in step.names:
        group = service.questions.get(name)
        if group is not None and group.many and step.each:
            checker.error(step.place, f"steps.{step.number}: {name} is asked once, with all its items")


def _signs(checker: Checker, service: Service, step: Step) -> None:
    """Another party signs, or the person of each item."""
    path = f"steps.{step.number}"
    name = step.names[0]
    if step.each is None:
        checker.demand_among(name, service.parties, step.place, path, "party")
    else:
        fact = demand_fact(checker, service, name, step.place, path)
        demand_item(checker, service, name, step.place, path, step.each)
        if fact is not None and fact.kind != "person":
            checker.error(step.place, f'{path}: "{name}" is no person but a {fact.kind}')
    demand_seen(checker, service, step.shows, step.place, f"{path}.shows")
    if step.refused is not None:
        checker.demand_law(step.refused.law, step.place, f"{path}.refused.law")


def _pays(checker: Checker, service: Service, step: Step) -> None:
    checker.demand_among(step.names[0], service.fees, step.place, f"steps.{step.number}", "fee")


def _finds(checker: Checker, service: Service, step: Step) -> None:
    path = f"steps.{step.number}"
    if step.by is not None:
        demand_role(checker, step.by, step.place, f"{path}.by")
    demand_seen(checker, service, step.sees, step.place, f"{path}.sees")
    earlier = [each for each in service.steps if each.kind in FINDERS and each.names == step.names]
    if len(earlier) > 1 and earlier[0] is not step:
        message = f'"{step.names[0]}" is what step {earlier[0].number} finds; name these findings otherwise'
        checker.error(step.place, f"{path}: {message}")
    if step.kind == "expert" and step.panel is not None:
        demand_role(checker, step.panel.of, step.place, f"{path}.panel.of")
        people = ("expert", *service.parties)
        for name in step.hides:
            if name not in people and name not in checker.facts[service.id]:
                demand_seen(checker, service, (name,), step.place, f"{path}.hides")
        both = [name for name in step.sees if name in step.hides]
        if both:
            checker.error(step.place, f"{path}: {listed(both)} is both seen and hidden")
        for name in step.not_from:
            demand_fact(checker, service, name, step.place, f"{path}.not_from")
    if step.kind == "visit":
        offered = [each.names[0] for each in service.steps[: step.number - 1] if each.kind == "offer"]
        checker.demand_among(str(step.at), offered, step.place, f"{path}.at", "place that an earlier step offers")


def _offers(checker: Checker, service: Service, step: Step) -> None:
    checker.demand_among(step.names[0], service.places, step.place, f"steps.{step.number}", "place")


def _waits(checker: Checker, service: Service, step: Step) -> None:
    path = f"steps.{step.number}"
    found = demand_offer(checker, service, "event", step.names[0], step.place, path)
    if found is None:
        checker.unresolved.add(service.id)
        return
    if not step.match:
        checker.error(step.place, f"{path}.match: names no fact by which the event is known to be that of this case")
    told = found.fields(found.declared.fields)
    for name, source in step.match.items():
        if checker.demand_among(name, told, step.place, f"{path}.match", f"field of {step.names[0]}"):
            _fits(checker, service, step, source, offers.field_of(found.register, name), f"{path}.match.{name}")


def _fits(checker: Checker, service: Service, step: Step, word: str, field: Field | None, path: str) -> Fact | None:
    """The fact exists, is said of one, and is of the kind that the field is; None if not."""
    fact = demand_fact(checker, service, word, step.place, path)
    demand_item(checker, service, word, step.place, path, step.each or "")
    if fact is None or field is None:
        return None
    wrong = why_unfit(checker.country, field, fact)
    if wrong:
        checker.error(step.place, f"{path}: {word} {wrong}")
    return None if wrong else fact


def _decides(checker: Checker, service: Service, step: Step) -> None:
    path = f"steps.{step.number}"
    demand_role(checker, step.by or "officer.registry", step.place, f"{path}.by")
    demand_item(checker, service, step.names[0], step.place, path, step.each or "")


def _records(checker: Checker, service: Service, step: Step) -> None:
    path = f"steps.{step.number}"
    found = demand_offer(checker, service, "write", step.names[0], step.place, path)
    if found is None:
        checker.unresolved.add(service.id)
        return
    _row(checker, service, step, found, step.names[0])
    for name in step.keep:
        known = checker.demand_among(name, found.register.fields, step.place, f"{path}.keep", "field")
        if known and found.register.fields[name].given is None:
            message = f'"{name}" is not given by the holder; the case knows already what it sends'
            checker.error(step.place, f"{path}.keep: {message}")


def _row(checker: Checker, service: Service, step: Step, found: Offer[Accept], target: str) -> None:
    """Complete, and each value of the kind of its field."""
    path = f"steps.{step.number}.row"
    accept, fields = found.declared, found.register.fields
    sendable = found.fields(accept.fields)
    for name, word in step.row.items():
        if checker.demand_among(name, sendable, step.place, path, f"field of {target}"):
            _sent(checker, service, step, word, fields.get(name), f"{path}.{name}")
    added = tuple(name for name in accept.fields if name in fields and fields[name].required)
    needed = added if accept.change == "add" else accept.key
    for name in needed:
        if name not in step.row and name in fields:
            checker.error(step.place, f'{path}: "{name}" is not sent, but {target} needs it')
    if accept.change == "replace" and set(step.row) <= set(accept.key):
        checker.error(step.place, f"{path}: sends only what finds the row ({listed(accept.key)}); nothing changes")


def _sent(checker: Checker, service: Service, step: Step, word: str, field: Field | None, path: str) -> None:
    if field is None:
        return
    known = checker.facts[service.id]
    codes = values_of(checker.country, field) or (("true", "false") if field.kind == "boolean" else ())
    if word in codes and word in known:
        checker.error(step.place, f'{path}: "{word}" is a code of the field and a fact, too; name the fact otherwise')
        return
    if word in codes:
        return
    if word.startswith('"') or word.lstrip("-")[:1].isdigit():
        wanted = ("text", "long_text") if word.startswith('"') else ("integer", "decimal", "money", "percent")
        if field.kind not in wanted:
            checker.error(step.place, f"{path}: {word} does not fit; the field is of kind {field.kind}")
        return
    if word.startswith("amounts."):
        checker.demand_among(word.removeprefix("amounts."), service.amounts, step.place, path, "amount")
        return
    if codes and "." not in word and word not in known and not any(each.name == word for each in service.derive):
        checker.demand_among(word, codes, step.place, path, "code of the field or fact")
        return
    fact = _fits(checker, service, step, word, field, path)
    if fact is not None and field.required:
        advice = "ask for not(null) in every rule that grants, or make the field optional"
        demand_known(checker, service, step, fact, path, advice)


def _delivers(checker: Checker, service: Service, step: Step) -> None:
    path = f"steps.{step.number}"
    _party(checker, service, step, step.to, ".to")
    if step.by is not None and "." in step.by:
        fact = demand_fact(checker, service, step.by, step.place, f"{path}.by")
        if fact is not None and fact.kind == "choice":
            for value in fact.values or ():
                checker.demand_among(value, WAYS, step.place, f"{path}.by", "way to hand over")
        elif fact is not None and fact.kind != "territory":
            checker.error(step.place, f"{path}.by: {step.by} says neither how (office, post) nor where (a territory)")
    elif step.by is not None:
        checker.demand_among(step.by, WAYS, step.place, f"{path}.by", "way to hand over")
    if step.through is not None:
        found = demand_offer(checker, service, "write", step.through, step.place, f"{path}.through")
        if found is None:
            checker.unresolved.add(service.id)
        else:
            _row(checker, service, step, found, step.through)


def _notifies(checker: Checker, service: Service, step: Step) -> None:
    _party(checker, service, step, step.names[0], "")


_KINDS: Mapping[str, Callable[[Checker, Service, Step], None]] = {
    "ask": _asks,
    "submit": _asks,
    "sign": _signs,
    "pay": _pays,
    "check": _finds,
    "expert": _finds,
    "visit": _finds,
    "offer": _offers,
    "wait_for": _waits,
    "decide": _decides,
    "record": _records,
    "deliver": _delivers,
    "notify": _notifies,
}
