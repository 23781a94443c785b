"""The flow of facts through a service: all that is taken is used, and no step uses what no earlier step brings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pencere.country.checking import Checker
from pencere.country.checks.services import conditions_of
from pencere.country.declarations import Service, Step
from pencere.country.deriving import amounts_of
from pencere.country.deriving import facts_of as facts_of_derived
from pencere.country.facts import CHOSEN, EVIDENCE, FINDERS, FINDING, GIVEN, GROUP, KEPT, QUESTION, TOLD, Fact
from pencere.country.records import listed
from pencere.country.texts import placeholders
from pencere.country.using import (
    at_start,
    brings,
    facts_from,
    facts_needed,
    names_used,
    of_fee,
    of_place,
    of_term,
    seen,
)

AFTER = "steps"
ENDING = ("decide", "sign", "pay", "offer")
LOOKED_AT = ("file", "photo", "long_text", "geometry")
"""What an officer looks at: no table can use it."""


def check(checker: Checker) -> None:
    for service in checker.country.services.values():
        _each_asked_and_fetched(checker, service)
        _order_of_steps(checker, service)
        _brought_before_used(checker, service)
        _taken_and_used(checker, service)


def _each_asked_and_fetched(checker: Checker, service: Service) -> None:
    file = service.place.file
    misspelt = False
    for kind, key, known, what in (
        ("ask", "questions", service.questions, "group of questions"),
        ("evidence", "evidence", service.evidence, "evidence"),
    ):
        named: list[str] = []
        for step in (step for step in service.steps if step.kind == kind):
            for name in step.names:
                found = checker.demand_among(name, known, step.place, f"steps.{step.number}", what)
                misspelt = misspelt or not found
                if kind == "ask" and name in named and step.when is None:
                    checker.error(step.place, f"steps.{step.number}: {name} is asked already by an earlier step")
                named.append(name)
        if kind == "ask":
            named += [str(each.none.ask) for each in service.evidence.values() if each.none]
        verb = "asked" if kind == "ask" else "fetched"
        for name in known:
            if name not in named and not misspelt:
                checker.error(checker.at(file, key, name), f"{key}.{name}: no step has it {verb}; add - {kind}: {name}")


def _order_of_steps(checker: Checker, service: Service) -> None:
    """One submission, if one applies; a decision behind it; what is done behind all that may still end the case."""
    place = checker.at(service.place.file, "steps")
    kinds = [step.kind for step in service.steps]
    if not service.steps:
        return
    submissions = kinds.count("submit")
    if submissions > 1 or (service.by_application and submissions != 1):
        checker.error(place, f"steps: one step is - submit, where the person confirms; found {submissions}")
        return
    submitted = kinds.index("submit") if submissions else -1
    if "decide" not in kinds:
        checker.error(place, "steps: nothing is decided; add - decide: <table>")
    elif all(step.when or step.each for step in service.steps if step.kind == "decide"):
        checker.error(place, "steps: a case may pass undecided; one - decide has neither when nor each")
    for index, step in enumerate(service.steps):
        if step.kind in _DONE and index < submitted:
            done = _DONE[step.kind]
            checker.error(step.place, f"steps.{step.number}: {done} before - submit, where the person confirms")
        elif step.kind in _DONE and "decide" in kinds:
            _effect(checker, service, step, index)


_DONE = {"record": "records", "issue": "issues", "deliver": "hands over"}


def _effect(checker: Checker, service: Service, step: Step, index: int) -> None:
    """What is written, issued or handed over cannot be taken back by a later step."""
    path, done = f"steps.{step.number}", _DONE[step.kind]
    if all(each.kind != "decide" for each in service.steps[:index]):
        checker.error(step.place, f"{path}: {done} before anything is decided")
        return
    later = next((each for each in service.steps[index + 1 :] if _may_end(each)), None)
    if later is not None:
        which = f"step {later.number} ({later.kind} {listed(later.names)})"
        checker.error(step.place, f"{path}: {done} before {which}, which may still end the case")


def _may_end(step: Step) -> bool:
    if step.kind == "decide":
        return step.ends
    if step.kind == "sign":
        silence = step.term.silence if step.term else "overdue"
        return step.refused is not None or silence in ("lapse", "refuse")
    return step.kind in ENDING


def _brought_before_used(checker: Checker, service: Service) -> None:
    known = checker.facts[service.id]
    named = {name for step in service.steps if step.kind in ("ask", "evidence") for name in step.names}
    reported = [group for group in (*service.questions, *service.evidence) if group not in named]
    brought = at_start(service, known) | facts_from(service, known, reported)
    for step in service.steps:
        for name in dict.fromkeys((*facts_needed(service, step), *seen(service, known, (*step.shows, *step.sees)))):
            if name in known and known[name].source in GIVEN and name not in brought:
                message = f"{_user(step)} needs {_through(service, step, name)}, which no earlier step brings"
                checker.error(step.place, f"steps.{step.number}: {message}{_who_would(known[name])}")
        brought |= brings(service, known, step, brought)


_WHAT = {
    "ask": "group", "decide": "table", "issue": "certificate", "pay": "fee", "offer": "place",
    "deliver": "handing over",
}  # fmt: skip


def _user(step: Step) -> str:
    return f"{_WHAT.get(step.kind, step.kind)} {listed(step.names)}".strip()


def _through(service: Service, step: Step, name: str) -> str:
    """The derived fact by whose name the step knows it, or the fact itself."""
    inputs = [fact for table in step.names if table in service.tables for fact in service.tables[table].inputs]
    used = {*inputs, *names_used(service, step)}
    for derived in service.derive:
        if derived.name in used and name in facts_of_derived(derived):
            return f'"{derived.name}"'
    return f'"{name}"'


def _who_would(fact: Fact) -> str:
    brought_by = (QUESTION, CHOSEN, EVIDENCE, FINDING, TOLD, KEPT)
    return f' ("{fact.of}")' if fact.source in brought_by else ""


def _taken_and_used(checker: Checker, service: Service) -> None:
    """Take only what is used: answers, fields of evidence and events, findings, derived facts and amounts."""
    if service.id in checker.unresolved or service.id in checker.folder.broken.get("decision", ()):
        return
    known = checker.facts[service.id]
    used = set(_all_used(service)) | set(seen(service, known, _seen_by_somebody(service)))
    rows = {name for name in used if name in known and known[name].kind == GROUP}
    for evidence in service.evidence.values():
        for name in evidence.take:
            if not _is_used(f"{evidence.name}.{name}", used) and evidence.name not in rows:
                advice = "is taken but used nowhere; take only what the service needs"
                checker.error(evidence.place, f'evidence.{evidence.name}: "{name}" {advice}')
    has_officer = any(step.kind in FINDERS for step in service.steps)
    for group in service.questions.values():
        for name, field in group.fields.items():
            looked_at = has_officer and field.kind in LOOKED_AT
            if not _is_used(f"{group.name}.{name}", used) and not looked_at and group.name not in rows:
                advice = "is asked but used nowhere; ask only what the service needs"
                checker.error(field.place, f'questions.{group.name}: "{name}" {advice}')
    for step in service.steps:
        for name, field in step.fields.items():
            if not _is_used(f"{step.names[0]}.{name}", used) and field.kind not in LOOKED_AT:
                checker.error(field.place, f'steps.{step.number}: "{name}" is found but used nowhere')
        for name in step.keep:
            if not _is_used(f"{step.as_}.{name}", used):
                checker.error(step.place, f'steps.{step.number}.keep: "{name}" is kept but used nowhere')
    for derived in service.derive:
        named = known.get(derived.name)
        if derived.name not in used and not (named and named.kind == "person" and _is_used(derived.name, used)):
            checker.error(derived.place, f"derive.{derived.name}: is derived but used nowhere")
    for amount in service.amounts.values():
        if f"amounts.{amount.name}" not in used:
            checker.error(amount.place, f"{amount.name}: is declared but used nowhere")


def _is_used(name: str, used: set[str]) -> bool:
    """The fact itself, or something of the person or row that it names."""
    return name in used or any(other.startswith(f"{name}.") for other in used)


def _seen_by_somebody(service: Service) -> Iterator[str]:
    for step in service.steps:
        yield from (*step.sees, *step.shows, *step.hides)
    for evidence in service.evidence.values():
        if evidence.none:
            yield from evidence.none.sees


def used_facts(service: Service, known: Iterable[str]) -> set[str]:
    """Those of the facts of which the service makes any use: for agreements, that grant nothing for nothing."""
    used = set(_all_used(service)) | set(_seen_by_somebody(service))
    return {name for name in known if _is_used(name, used)}


def _all_used(service: Service) -> Iterator[str]:
    """Every name of a fact or amount that the service speaks of, outside its examples."""
    for party in service.parties.values():
        if party.from_:
            yield party.from_
    for _, _, condition, _ in conditions_of(service):
        cells = (cell for every in condition for cell in every.values())
        yield from (
            f"amounts.{literal.value}" for cell in cells for literal in cell.literals() if literal.kind == "amount"
        )
        yield from (name for every in condition for name in every)
    for group in service.questions.values():
        yield from (fact for field in group.fields.values() for fact in field.only.values())
    for evidence in service.evidence.values():
        yield from evidence.by.values()
    for derived in service.derive:
        yield from facts_of_derived(derived)
        yield from (f"amounts.{name}" for name in amounts_of(derived))
    for table in service.tables.values():
        yield from table.inputs
        yield from (f"amounts.{name}" for name in table.amounts_used())
    for amount in service.amounts.values():
        yield from amount.inputs
    for fee in service.fees.values():
        yield from of_fee(fee)
    for place in service.places.values():
        yield from of_place(place)
    yield from of_term(service.term)
    for step in service.steps:
        yield from names_used(service, step)
    if service.again and service.again.per:
        yield service.again.per
    if service.as_of:
        yield service.as_of
    for sentences in service.texts.values():
        for sentence in sentences.values():
            yield from placeholders(sentence)
