"""A case's way through the steps of its service: where it stands, what it waits for, what is decided.

Pure. Builds on `country.course`; knows nothing of databases, persons' rights or clocks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pencere.applications.questioning import has_no_row, is_applicants, names_of, submit_number
from pencere.applications.rules import GRANTED, OPEN, PARTLY, REFUSED, TASK_LAPSED, TASK_REFUSED, VOID
from pencere.country.course import OFFICER, REFUSE, Course, Verdict, given_facts
from pencere.country.declarations import Evidence, Law, Refusal, Service, Step

Key = tuple[int, str, int]
"""A task by step, name and item."""


@dataclass(frozen=True, slots=True)
class Past:
    """What became of a task."""

    state: str
    result: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Settled:
    """A table's word, or an officer's in its place, on the case or on one item; with what else the table said."""

    verdict: Verdict
    item: int = -1
    outputs: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """What happened in the case so far. Empty: it was just sent."""

    tasks: Mapping[Key, Past] = field(default_factory=dict)
    settled: Mapping[tuple[str, int], Settled] = field(default_factory=dict)
    issued: Collection[tuple[int, int]] = ()
    begun_by: str = "application"
    acting: bool = False  # the applicant acts for the subject, who then does nothing themselves but sign


NOTHING = History()


@dataclass(frozen=True, slots=True)
class Want:
    """One thing that the case needs now: a task for somebody, or something that the product does itself."""

    step: Step
    kind: str  # of rules.TASKS, or issue
    who: str = "system"
    person: str = ""
    name: str = ""
    item: int = -1
    amount: int = 0  # of a fee, in the smallest coin

    @property
    def key(self) -> Key:
        return (self.step.number, self.name, self.item)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a sent case stands: what it waits for, what is decided, what is to be done next.

    `missing`: evidence to be fetched. `open`: a table that an officer settles (of item `open_item`). `wants`: tasks to
    be opened. `outcome`: the case is decided; what it still wants then is carried out, until it is `finished`.
    """

    decided: tuple[Settled, ...] = ()
    missing: tuple[Evidence, ...] = ()
    rounds: Mapping[str, int] = field(default_factory=dict)  # of what is missing: which time it is asked for
    open: Verdict | None = None
    open_item: int = -1
    wants: tuple[Want, ...] = ()
    notices: tuple[Want, ...] = ()
    outcome: str = ""
    settled_by: Verdict | None = None  # the verdict that decided the case
    refused: Refusal | None = None  # what refuses besides the tables: a party, a place
    finished: bool = False
    unknown: tuple[str, ...] = ()  # facts that a certificate must say and nobody knows; then `open` says who settles it

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        return tuple(each.verdict for each in self.decided)

    @property
    def issues(self) -> tuple[Step, ...]:
        return tuple(want.step for want in self.wants if want.kind == "issue")


def walk(
    course: Course,
    fetched: Collection[str] | Mapping[str, int],
    settled: Mapping[str, Verdict],
    past: History = NOTHING,
) -> Standing:
    """Goes through all steps with the facts at hand, again from the first; what happened stands in `past`.

    `fetched`: the evidence that is there, with the round it came in. `settled`: what officers settled, by table.
    """
    rounds = dict(fetched) if isinstance(fetched, Mapping) else dict.fromkeys(fetched, 1)
    if settled:
        known = {(table, -1): Settled(verdict) for table, verdict in settled.items()}
        past = replace(past, settled={**known, **past.settled})
    return _Walk(course, rounds, past).run()


class _Walk:
    def __init__(self, course: Course, fetched: Mapping[str, int], past: History) -> None:
        self.course, self.service, self.past, self.fetched = course, course.service, past, fetched
        self.said_of_items: dict[tuple[str, int], dict[str, object]] = {}
        self.asked: dict[str, int] = {}  # evidence → how many steps asked for it so far
        self.decided: list[Settled] = []
        self.notices: list[Want] = []
        self.refused_items: dict[str, set[int]] = {}
        self.partly = False
        self.by: str | None = None
        self.outcome = ""
        self.settled_by: Verdict | None = None
        self.sent = past.begun_by == "application"
        self.submit = submit_number(self.service)

    def run(self) -> Standing:
        for step in self.service.steps:
            if not step.each and not self.course.reckoning.holds(step.when):
                continue
            standing = _HANDLERS[step.kind](self, step)
            if standing is not None:
                return standing
        if not self.outcome:
            hole = self._decide_now(None)
            if hole is not None:
                return hole
        return self._standing(outcome=self.outcome, settled_by=self.settled_by, finished=True)

    # ---- what the handlers share

    def _standing(self, **more: Any) -> Standing:
        return Standing(decided=tuple(self.decided), notices=tuple(self.notices), **more)

    def _wait(self, wants: list[Want]) -> Standing | None:
        if not wants:
            return None
        return self._standing(wants=tuple(wants), outcome=self.outcome, settled_by=self.settled_by)

    def _refuse(self, refusal: Refusal) -> Standing:
        verdict = Verdict(REFUSE, "", refusal.rule, str(refusal.law), (), {}, None)
        return self._standing(outcome=REFUSED, settled_by=verdict, refused=refusal)

    def _past(self, step: Step, item: int = -1, name: str = "") -> Past | None:
        found = self.past.tasks.get((step.number, name, item))
        return None if found is None or found.state == VOID else found

    def _is_over(self, step: Step, item: int = -1, name: str = "") -> bool:
        found = self._past(step, item, name)
        return found is not None and found.state != OPEN

    def _courses(self, step: Step) -> Iterator[tuple[int, Course]]:
        """The case, or each item for which the step runs, with the facts as the item sees them."""
        if not step.each:
            yield -1, self.course
            return
        for index in range(self.course.items(step.each)):
            course = self.course.item(step.each, index)
            course.reckoning.facts.update(self.said_of_items.get((step.each, index), {}))
            if index not in self.refused_items.get(step.each, ()) and course.holds(step.when):
                yield index, course

    def _learn(self, facts: Mapping[str, object], group: str | None, item: int) -> None:
        """Adds facts that follow from what happened, of the case or of one item."""
        if item < 0:
            self.course.reckoning.facts.update(facts)
        else:
            self.said_of_items.setdefault((str(group), item), {}).update(facts)

    # ---- one for each kind of step

    def ask(self, step: Step) -> Standing | None:
        if self.past.begun_by == "application" and step.number < self.submit and is_applicants(self.service, step.who):
            return None
        if self._is_over(step) or not self.course.questions(step):
            return None
        return self._wait([self._of_party(step, "ask", step.who)])

    def evidence(self, step: Step) -> Standing | None:
        for name in step.names:
            self.asked[name] = self.asked.get(name, 0) + 1
        found = self.course.evidence(step)
        missing = tuple(each for each in found if self.fetched.get(each.name, 0) < self.asked[each.name])
        if missing:
            return self._standing(missing=missing, rounds={each.name: self.asked[each.name] for each in missing})
        wants = []
        for each in found:
            if each.none is None or self._is_over(step, name=each.name):
                continue
            if not has_no_row(each, self.course.reckoning.facts):
                continue
            if each.none.archive:
                who = officer_of(each.none.archive)
                wants.append(Want(step, "archive", who, name=each.name))
            elif each.none.ask and not self._was_asked(each.none.ask, step):
                wants.append(replace(self._of_party(step, "ask", None), name=each.none.ask))
        return self._wait(wants)

    def _was_asked(self, group: str, step: Step) -> bool:
        if self._is_over(step, name=group):
            return True
        return any(name in self.course.given for name in names_of(self.service.questions[group]))

    def submit_(self, step: Step) -> Standing | None:
        self.sent = self.sent or self._is_over(step)
        if not self.sent:
            return self._wait([self._of_party(step, "submit", step.who)])
        for earlier in self.service.steps:  # what was advice until here is decided now
            if earlier.number < step.number and earlier.kind == "decide" and self.past.begun_by != "application":
                if not earlier.each and not self.course.reckoning.holds(earlier.when):
                    continue
                standing = self.decide(earlier)
                if standing is not None:
                    return standing
        return None

    def sign(self, step: Step) -> Standing | None:
        wants = []
        for item, course in self._courses(step):
            past, name = self._past(step, item), step.names[0]
            signer = course.fact(name)
            if past is not None and past.state != OPEN:
                if past.state == TASK_REFUSED and step.refused is not None:
                    return self._refuse(step.refused)
                if past.state == TASK_LAPSED and past.result.get("silence") == REFUSE and step.term:
                    return self._refuse(Refusal("silence", _law_of(step, self.service)))
            elif signer is None:
                continue  # nobody to ask: the tables know what an unknown signature means
            elif signer == self.course.fact(self.service.applicant.name):
                self._sign_by_submission(step, item)
            else:
                wants.append(Want(step, "sign", f"party:{name}", str(signer), item=item))
        return self._wait(wants)

    def _sign_by_submission(self, step: Step, item: int) -> None:
        """Who sent the case need not sign it again."""
        if item < 0:
            self._learn({f"{step.names[0]}.signed": True}, None, item)
        else:
            self._learn({f"{step.each}.signed": True}, step.each, item)

    def pay(self, step: Step) -> Standing | None:
        if self._is_over(step):
            return None
        amount = self.course.fee(step.names[0])
        if amount is None:
            return self._hole((self.service.fees[step.names[0]].amount,))
        if amount <= 0:
            return None
        return self._wait([replace(self._of_party(step, "pay", None), amount=amount)])

    def check(self, step: Step) -> Standing | None:
        if self._is_over(step):
            return None
        return self._wait([Want(step, "check", officer_of(step.by))])

    def expert(self, step: Step) -> Standing | None:
        return None if self._is_over(step) else self._wait([Want(step, "panel")])

    def visit(self, step: Step) -> Standing | None:
        return None if self._is_over(step) else self._wait([Want(step, "visit", officer_of(step.by))])

    def offer(self, step: Step) -> Standing | None:
        allotment = self.service.places[step.names[0]]
        past = self._past(step)
        if past is not None and past.state == TASK_REFUSED and allotment.none is not None:
            return self._refuse(allotment.none)
        if past is not None and past.state != OPEN:
            return None
        if allotment.mode == "pick":
            return self._wait([self._of_party(step, "offer", None)])
        return self._wait([Want(step, "place")])

    def wait_for(self, step: Step) -> Standing | None:
        if self._is_over(step):
            return None
        source = step.names[0].partition(".")[0]
        return self._wait([Want(step, "wait_for", f"agency:{self._holder(source)}")])

    def decide(self, step: Step) -> Standing | None:
        if step.number < self.submit and not self.sent and self._will_be_sent():
            return None  # advice
        self.by = step.by
        found = [(item, self._verdict(step, item, course)) for item, course in self._courses(step)]
        for _, settled in found:
            self.decided.append(settled)
        for item, settled in found:
            if settled.verdict.outcome == OFFICER:
                return self._standing(open=settled.verdict, open_item=item)
        refused = [(item, settled) for item, settled in found if settled.verdict.outcome == REFUSE]
        if step.each:
            self.refused_items.setdefault(step.each, set()).update(item for item, _ in refused)
        if refused and len(refused) == len(found) and step.ends:
            return self._standing(outcome=REFUSED, settled_by=refused[0][1].verdict)
        self.partly = self.partly or bool(refused)
        return None

    def _will_be_sent(self) -> bool:
        return any(step.kind == "submit" and self.course.holds(step.when) for step in self.service.steps)

    def _verdict(self, step: Step, item: int, course: Course) -> Settled:
        table = step.names[0]
        settled = self.past.settled.get((table, item))
        if settled is None:
            verdict = course.decide(step)
            outcome = course.reckoning.outcomes.get(table)
            settled = Settled(verdict, item, dict(outcome.outputs) if outcome else {})
        self._learn(_said(settled), step.each, item)
        course.reckoning.facts.update(_said(settled))
        return settled

    def carry_out(self, step: Step) -> Standing | None:
        """Writing, issuing, handing over: what is granted is done, once everything is decided that stands behind it."""
        if not self.outcome and not self._is_open_behind(step):
            hole = self._decide_now(step)
            if hole is not None:
                return hole
        wants = []
        for item, _ in self._courses(step):
            if step.kind == "issue":
                if (step.number, item) not in self.past.issued:
                    wants.append(Want(step, "issue", item=item))
            elif not self._is_over(step, item):
                wants.append(replace(self._effect(step), item=item))
        return self._wait(wants)

    def _effect(self, step: Step) -> Want:
        if step.kind == "deliver" and not step.through:
            return Want(step, "deliver", officer_of(None))
        target = step.names[0] if step.kind == "record" else str(step.through)
        source = target.partition(".")[0]
        return Want(step, "record", f"agency:{self._holder(source)}")

    def _holder(self, source: str) -> str:
        """The agency behind a register or a grant."""
        register = self.course.country.registers.get(source)
        return register.agency if register else self.course.country.agreements[source].provider

    def notify(self, step: Step) -> Standing | None:
        if self.past.begun_by == "application" and step.number < self.submit:
            return None  # who applied knows
        if not self._is_over(step):
            person = self.course.fact(step.names[0])
            self.notices.append(Want(step, "notify", f"party:{step.names[0]}", str(person or "")))
        return None

    def _is_open_behind(self, step: Step) -> bool:
        """Whether something stands behind the step that may still end the case otherwise."""
        return any(
            later.number > step.number
            and later.kind in ("decide", "sign", "pay", "offer")
            and (later.each is not None or self.course.reckoning.holds(later.when))
            for later in self.service.steps
        )

    def _decide_now(self, step: Step | None) -> Standing | None:
        """The case is decided here; a certificate that would have a hole leaves that to an officer."""
        unknown = self._holes(step.number) if step is not None else ()
        if unknown and self.decided:
            return self._hole(unknown)
        self.outcome = PARTLY if self.partly else GRANTED
        self.settled_by = self.decided[-1].verdict if self.decided else None
        return None

    def _holes(self, number: int) -> tuple[str, ...]:
        """Facts that certificates behind the step must say and nobody knows, but for those that steps still bring."""
        found: dict[str, None] = {}
        later = {str(each.as_) for each in self.service.steps if each.number >= number and each.as_}
        for step in self.service.steps:
            if step.kind != "issue" or step.number < number:
                continue
            if not step.each and not self.course.reckoning.holds(step.when):
                continue
            for _, course in self._courses(step):
                unknown = unknown_facts(course, step)
                found |= {fact: None for fact in unknown if not self._comes_later(fact, later)}
        return tuple(found)

    def _comes_later(self, fact: str, later: set[str]) -> bool:
        """Whether it is made of what a step still brings: `act.child`, and so of the child."""
        for name in given_facts(self.service, [fact]):
            head = name.partition(".")[0]
            party = self.service.parties.get(head)
            named = (party.from_ or "").partition(".")[0] if party is not None else ""
            if head in later or named in later:
                return True
        return False

    def _hole(self, unknown: tuple[str, ...]) -> Standing:
        """Something must be known and is not: the last table is left to an officer."""
        if self.decided:
            last = self.decided[-1]
            verdict = replace(last.verdict, outcome=OFFICER, by=self.by)
            self.decided[-1] = replace(last, verdict=verdict)
            return self._standing(open=verdict, open_item=last.item, unknown=unknown)
        return self._standing(
            open=Verdict(OFFICER, "", "", "", (), dict(self.course.reckoning.facts), None), unknown=unknown
        )

    def _of_party(self, step: Step, kind: str, who: str | None) -> Want:
        party = who or self.service.applicant.name
        if self.past.acting and party == self.service.subject.name:
            party = self.service.applicant.name
        return Want(step, kind, f"party:{party}", str(self.course.fact(party) or ""))


_HANDLERS: Mapping[str, Callable[[_Walk, Step], Standing | None]] = {
    "ask": _Walk.ask,
    "evidence": _Walk.evidence,
    "submit": _Walk.submit_,
    "sign": _Walk.sign,
    "pay": _Walk.pay,
    "check": _Walk.check,
    "expert": _Walk.expert,
    "visit": _Walk.visit,
    "offer": _Walk.offer,
    "wait_for": _Walk.wait_for,
    "decide": _Walk.decide,
    "record": _Walk.carry_out,
    "issue": _Walk.carry_out,
    "deliver": _Walk.carry_out,
    "notify": _Walk.notify,
}


def needs_tasks(service: Service) -> bool:
    """Whether a case of the service can have tasks at all; where not, nobody looks for them."""
    plain = {"ask", "evidence", "submit", "decide", "issue"}
    submit = submit_number(service)
    return (
        any(step.kind not in plain for step in service.steps)
        or any(start.kind != "application" for start in service.starts)
        or any(evidence.none is not None for evidence in service.evidence.values())
        or any(
            step.kind == "ask" and (step.number > submit or not is_applicants(service, step.who))
            for step in service.steps
        )
    )


def officer_of(role: str | None) -> str:
    """`officer.x` as the step names it, `officer:x` as tasks and events do; the registry where nobody is named."""
    return (role or "officer.registry").replace(".", ":", 1)


def item_course(course: Course, group: str | None, item: int, settled: Mapping[tuple[str, int], Settled]) -> Course:
    """The case as one item sees it, with what was decided on it; the case's own where the step runs for no group."""
    found = course if not group or item < 0 else course.item(group, item)
    for (_, of), each in settled.items():
        if of == item:
            found.reckoning.facts.update(_said(each))
    return found


def _said(settled: Settled) -> dict[str, object]:
    """What a table said, as facts. An officer's word goes before."""
    table = settled.verdict.table
    found = {f"{table}.{output}": value for output, value in settled.outputs.items()}
    return {**found, f"{table}.outcome": settled.verdict.outcome}


def _law_of(step: Step, service: Service) -> Law:
    if step.term is not None and step.term.law is not None:
        return step.term.law
    return service.law[0]


def unknown_facts(course: Course, step: Step) -> tuple[str, ...]:
    """The facts of the case that the step's certificate must say and that are unknown: it would have a hole."""
    declared = course.country.certificates[step.names[0]].facts
    return tuple(
        fact for name, fact in step.facts.items() if declared[name].required and course.fact(fact) in (None, "")
    )
