"""What an officer says of a case: grants or refuses what a table left open, takes a certificate back.

Who may say it is asked here: the agency's own case, the role that the table names, nobody's own case. What the word
leads to is `deciding.advance`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from pencere.applications import (
    courses,
    deciding,
    fetching,
    representing,
    rules,
    tasking,
    timeline,
    values,
    versions,
    waiting,
    walk,
)
from pencere.applications.drafting import NoSuchCase
from pencere.applications.holders import Asker
from pencere.applications.models import Case, Decision, Fact
from pencere.applications.tasking import Loaded, trace_of
from pencere.applications.versions import Version
from pencere.applications.walk import Settled, Standing
from pencere.base.errors import Refused
from pencere.certificates import actions as certificates
from pencere.certificates import queries as papers
from pencere.country.course import GRANT, REFUSE, Verdict, given_facts
from pencere.identity.queries import Office

DEFAULT_ROLE = "registry"


def on_desk(case: Case, version: Version, *, now: datetime) -> Standing | None:
    """Where a case stands that an officer has to settle (`open`, `unknown`); None if nothing is open."""
    if case.state != rules.WORKING:
        return None
    standing = _standing(case, version, tasking.load(case, version, case.facts.all()), {}, now)
    return standing if standing.open is not None else None


def _standing(
    case: Case, version: Version, loaded: Loaded, more: Mapping[tuple[str, int], Settled], now: datetime
) -> Standing:
    """Where the case stands with what is in the database, and with what is about to be settled."""
    past = loaded.history(case)
    course = courses.course_of(case, version, loaded.rows, now=now)
    return walk.walk(course, _all_there(version, loaded), {}, replace(past, settled={**past.settled, **more}))


def _all_there(version: Version, loaded: Loaded) -> Mapping[str, int]:
    """What was fetched; of a service without tasks all of it, for what is not there is not asked for again."""
    if walk.needs_tasks(version.service):
        return courses.fetched_in(loaded.rows)
    return dict.fromkeys(version.service.evidence, 1)


def role_for(verdict: Verdict) -> str:
    """The role that settles what a table leaves open."""
    return (verdict.by or f"officer.{DEFAULT_ROLE}").removeprefix("officer.")


def demand_stranger(
    officer: str, case: Case, version: Version, asker: Asker, others: Iterable[str] = (), *, now: datetime
) -> None:
    """Nobody decides or finds anything about themselves or their child. Raises Refused "own_case", Unavailable."""
    children = frozenset[str]()
    if case.ground != "self":
        children = frozenset(representing.children_of(officer, case, version, asker, now=now))
    if not rules.may_decide(officer, case.applicant, case.subject, children) or officer in set(others):
        raise Refused("own_case")


def decide_by_officer(
    ref: str, office: Office, officer: str, account: str, *, outcome: str, reasons: str, now: datetime,
    item: int | None = None,
) -> None:  # fmt: skip
    """An officer grants or refuses what the table left open, with reasons that the person reads. `item`: of a table

    that decides each item of a group, the one that is open (`Opened.open_item`), so that no other is meant.
    Facts that a certificate must say and that were unknown are asked for once more before anything is granted.
    Raises NoSuchCase for a case of another agency, Refused "own_case", "not_your_role", "no_mandate", "unknown_facts"
    or "state", Unavailable if a holder is silent.
    """
    case = at_agency(ref, office.agency)
    version = versions.of(case)
    before = on_desk(case, version, now=now)
    verdict = before.open if before is not None else None
    if before is None or verdict is None or outcome not in (GRANT, REFUSE):
        raise Refused("state")
    if item is not None and item != before.open_item:
        raise Refused("state")
    if office.role != role_for(verdict):
        raise Refused("not_your_role")
    asker = Asker(account, f"officer:{office.role}")
    demand_stranger(officer, case, version, asker, now=now)
    if not representing.may_still_act(case, version, asker, now=now):
        _stop_for_party(case, now)
        raise Refused("no_mandate")
    settled = Settled(replace(verdict, outcome=outcome, by=asker.who), before.open_item, _outputs(before, verdict))
    renewed = _without_holes(case, version, settled, asker, now) if outcome == GRANT else None
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.state != rules.WORKING or locked.edition != case.edition:
            raise Refused("state")
        write_officers(locked, settled, office, account, reasons, now)
        if renewed is not None:
            fetching.keep_facts(locked, renewed)
        deciding.advance(locked, version, now=now)


def _outputs(standing: Standing, verdict: Verdict) -> Mapping[str, object]:
    """What else the table said beside what it left open."""
    found = [each.outputs for each in standing.decided if each.verdict.table == verdict.table]
    return {name: value for name, value in found[-1].items() if name != "outcome"} if found else {}


def write_officers(case: Case, settled: Settled, office: Office, account: str, reasons: str, now: datetime) -> Decision:
    """An officer's word beside the table's."""
    verdict = settled.verdict
    return Decision.objects.create(
        case=case, number=Decision.objects.filter(case=case).count() + 1, table=verdict.table, rule=verdict.rule,
        outcome=verdict.outcome, law=verdict.law, item=settled.item, trace=trace_of(verdict.trace),
        outputs={name: values.tagged(value) for name, value in settled.outputs.items()},
        by=f"officer:{office.role}", account=account, reasons=reasons, at=now,
    )  # fmt: skip


def _without_holes(
    case: Case, version: Version, settled: Settled, asker: Asker, now: datetime
) -> tuple[Fact, ...] | None:
    """The register facts, asked for anew, with which every certificate is whole; None if those that are there will do.

    Raises Refused "unknown_facts" if a holder still does not know what a certificate must say.
    """
    loaded = tasking.load(case, version)
    decided = {(settled.verdict.table, settled.item): settled}
    unknown = _standing(case, version, loaded, decided, now).unknown
    if not unknown:
        return None
    sources = {name.partition(".")[0] for name in given_facts(version.service, unknown)}
    others = [row for row in loaded.rows if row.source != "register"]
    kept = [row for row in loaded.rows if row.source != "register" or row.evidence not in sources]
    past = replace(loaded.history(case), settled={**loaded.history(case).settled, **decided})
    renewed = fetching.gather(case, version, kept, asker, now=now, until_submit=False, past=past).rows
    after = replace(loaded, rows=(*others, *renewed))
    if _standing(case, version, after, decided, now).unknown:
        raise Refused("unknown_facts")
    return renewed


def _stop_for_party(case: Case, now: datetime) -> None:
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.state == rules.WORKING:
            waiting.wait(locked, versions.of(locked), "party", "", now)
            deciding.ask_again(locked, 0, now)


def revoke_certificate(
    ref: str, certificate_id: str, office: Office, officer: str, account: str, *, reason: str, now: datetime
) -> None:
    """An officer takes a certificate back, with a reason; whoever checks it from now on is told."""
    case = at_agency(ref, office.agency)
    if officer in (case.applicant, case.subject):
        raise Refused("own_case")
    paper = next((each for each in papers.of_case(ref) if str(each.id) == certificate_id), None)
    if paper is None:
        raise NoSuchCase(certificate_id)
    kind = versions.of(case).country.certificates[paper.kind]
    if f"officer.{office.role}" not in kind.revoke_by:
        raise Refused("not_your_role")
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        certificates.revoke(certificate_id, reason=reason, by=office, account=account, case=ref, now=now)
        timeline.add(
            locked, "revoked", who=f"officer:{office.role}", account=account, now=now,
            body={"kind": paper.kind, "certificate": certificate_id, "reason": reason},
        )  # fmt: skip


def at_agency(ref: str, agency: str) -> Case:
    """A sent case of this agency. Raises NoSuchCase."""
    case = Case.objects.filter(ref=ref, agency=agency, submitted_at__isnull=False).first()
    if case is None:
        raise NoSuchCase(ref)
    return case
