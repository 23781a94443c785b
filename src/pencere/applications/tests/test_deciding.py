from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from pencere import country
from pencere.applications import actions, drafting, queries, representing, versions
from pencere.applications.actions import Asker, NoSuchCase
from pencere.applications.models import Case, Fact
from pencere.applications.tests import make
from pencere.base import clock
from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.certificates import queries as certificates
from pencere.exchange import actions as exchange
from pencere.exchange.asking import Rows, holder_of
from pencere.exchange.wire import Question
from pencere.identity.queries import Office
from pencere.jobs import actions as jobs
from pencere.ledger.models import Look
from pencere.registers import actions as registers

pytestmark = pytest.mark.django_db
REASONS = "The house was seen, it stands."


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    with clock.standing_at(make.NOW):
        make.nation()
        yield


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the holder of one register silent; "" lets all speak again."""

    def make_silent(register: str) -> None:
        def ask(name: str) -> object:
            if name == register:
                raise Unavailable("emdx", "no answer")
            return holder_of(name)

        monkeypatch.setattr(exchange, "holder_of", ask)

    return make_silent


def decide(ref: str, outcome: str, officer: str = make.NARGIZ, office: Office = make.REGISTRAR) -> None:
    actions.decide_by_officer(ref, office, officer, "", outcome=outcome, reasons=REASONS, now=make.NOW)


def test_an_officer_grants_what_the_table_left_open() -> None:
    sent = make.submitted(make.KAMRAN)

    decide(sent.ref, "grant")
    jobs.run_pending()

    case = make.case(sent.ref)
    assert (case.state, case.outcome) == ("done", "granted")
    assert [(row.outcome, row.by) for row in case.decisions.order_by("number")] == [
        ("officer", "system"),
        ("grant", "officer:registry"),
    ]
    assert certificates.of_case(sent.ref)


def test_an_officer_refuses_and_the_case_is_closed_with_the_reasons() -> None:
    sent = make.submitted(make.KAMRAN)

    decide(sent.ref, "refuse")

    case = make.case(sent.ref)
    assert (case.state, case.outcome) == ("decided", "refused")
    assert case.decisions.get(number=2).reasons == REASONS
    assert case.desk_on is None


def test_a_case_is_decided_by_one_officer_once() -> None:
    sent = make.submitted(make.KAMRAN)
    decide(sent.ref, "refuse")

    with pytest.raises(Refused, match="state"):
        decide(sent.ref, "grant")


def test_no_officer_decides_their_own_case() -> None:
    sent = make.submitted(make.KAMRAN)

    with pytest.raises(Refused, match="own_case"):
        decide(sent.ref, "grant", officer=make.KAMRAN)


def test_no_officer_decides_the_case_of_their_child() -> None:
    registers.replace_row(
        "residence", {"person": make.NIGAR}, {"address": make.GONE},
        from_day=date(2026, 3, 1), recorded_by="test", now=make.NOW,
    )  # fmt: skip
    sent = make.submitted(holder=make.NIGAR)
    assert make.case(sent.ref).state == "working"

    with pytest.raises(Refused, match="own_case"):
        decide(sent.ref, "grant", officer=make.ELCIN)


@pytest.mark.parametrize("office", [Office("emdx", "registry"), Office("din", "archive")])
def test_other_agencies_and_other_roles_decide_nothing(office: Office) -> None:
    sent = make.submitted(make.KAMRAN)

    with pytest.raises((NoSuchCase, Refused)):
        decide(sent.ref, "grant", office=office)

    assert make.case(sent.ref).state == "working"


def test_a_mandate_that_ended_makes_the_case_wait_for_a_person_who_may_act() -> None:
    registers.replace_row(
        "residence", {"person": make.NIGAR}, {"address": make.GONE},
        from_day=date(2026, 3, 1), recorded_by="test", now=make.NOW,
    )  # fmt: skip
    sent = make.submitted(holder=make.NIGAR)
    registers.replace_row(
        "population", {"person": make.NIGAR}, {"mother": None},
        from_day=date(2026, 3, 2), recorded_by="test", now=make.NOW,
    )  # fmt: skip

    with pytest.raises(Refused, match="no_mandate"):
        decide(sent.ref, "grant")

    case = make.case(sent.ref)
    assert (case.state, case.waiting_for) == ("waiting", "party")


@pytest.mark.parametrize(("until_age", "may"), [(11, False), (12, True), (None, True)])
def test_how_long_one_acts_for_a_child_is_the_countrys_word(
    until_age: int | None, may: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make.case(make.submitted(holder=make.NIGAR).ref)
    version = versions.of(case)
    parent = replace(version.country.representation["parent"], until_age=until_age)
    declared = replace(version, country=replace(version.country, representation={"parent": parent}))
    parents_only = replace(version.service.applicant, acts_as=("self", "parent"))
    declared = replace(
        declared, service=replace(version.service, parties={**version.service.parties, "applicant": parents_only})
    )
    monkeypatch.setattr(country, "_current", declared.country)
    asker = Asker("", "system")

    assert representing.may_still_act(case, declared, asker, now=make.NOW) is may
    offered = {person.identifier for person in representing._persons(case, declared, asker, "Sevinc", make.NOW)[0]}
    assert (make.NIGAR in offered) is may
    assert (make.KAMRAN in offered) is (until_age is None)


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The register of persons does not know the holder, whose name a certificate must say, until this is called."""

    class Forgetful:
        def answer(self, question: Question) -> Rows:
            return ()

    monkeypatch.setattr(exchange, "holder_of", lambda name: Forgetful() if name == "population" else holder_of(name))
    return lambda: monkeypatch.setattr(exchange, "holder_of", holder_of)


def test_a_case_whose_certificate_would_have_a_hole_goes_to_an_officer(forgetful: Callable[[], None]) -> None:
    sent = make.submitted()
    jobs.run_pending()

    case = make.case(sent.ref)
    assert (case.state, case.outcome) == ("working", "")
    assert case.events.get(kind="officer").body["unknown"] == ["holder.name"]
    assert [(row.rule, row.outcome) for row in case.decisions.all()] == [("registered", "officer")]
    assert not certificates.of_case(sent.ref)
    assert "no register has it" in make.officer().get(f"/en/desk/cases/{sent.ref}/").content.decode()

    with pytest.raises(Refused, match="unknown_facts"):
        decide(sent.ref, "grant")
    assert make.case(sent.ref).state == "working"

    forgetful()
    decide(sent.ref, "grant")
    jobs.run_pending()
    assert make.case(sent.ref).state == "done"
    assert certificates.of_case(sent.ref)


def test_a_case_whose_certificate_would_have_a_hole_can_be_refused(forgetful: Callable[[], None]) -> None:
    sent = make.submitted()

    decide(sent.ref, "refuse")

    assert make.case(sent.ref).outcome == "refused"


def test_a_hole_found_when_the_certificate_is_made_is_told_once() -> None:
    sent = make.submitted()
    Fact.objects.filter(case__ref=sent.ref, name="home.valid_from").update(value=None)

    assert jobs.run_pending() == 1
    assert jobs.run_pending() == 0

    assert make.case(sent.ref).events.get(kind="not_issued").body["unknown"] == ["home.valid_from"]
    assert not certificates.of_case(sent.ref)


def test_a_silent_holder_makes_the_draft_wait_and_nothing_is_taken_for_no(silent: Callable[[str], None]) -> None:
    ref = make.answered()
    silent("address-register")

    with pytest.raises(Unavailable) as problem:
        actions.fetch_evidence(drafting.draft(ref, make.SEVINC), Asker("", "person"), now=make.NOW)

    assert problem.value.who == "emdx"
    assert not Fact.objects.exists()


def test_a_holder_silent_at_submission_makes_the_case_wait_until_it_speaks(silent: Callable[[str], None]) -> None:
    ref = make.ready(make.ILQAR)
    later = make.NOW + timedelta(minutes=20)
    silent("address-register")
    with clock.standing_at(later):
        actions.submit(ref, make.who(make.ILQAR), make.key(), language="az", now=later)
        case = make.case(ref)
        assert (case.state, case.waiting_for, case.waiting_who, case.outcome) == ("waiting", "agency", "emdx", "")

    for minutes in (30, 50):
        with clock.standing_at(make.NOW + timedelta(minutes=minutes)):
            jobs.run_pending()
            assert make.case(ref).state == "waiting"

    silent("")
    with clock.standing_at(make.NOW + timedelta(minutes=70)):
        jobs.run_pending()
    case = make.case(ref)
    assert (case.state, case.outcome) == ("done", "granted")
    assert [event.kind for event in case.events.order_by("number")] == [
        "started", "submitted", "waiting", "resumed", "decided", "issued",
    ]  # fmt: skip
    assert not case.decisions.exclude(outcome="grant").exists()


def test_the_term_stands_still_while_another_agency_is_waited_for(silent: Callable[[str], None]) -> None:
    ref = make.ready(make.ILQAR)
    later = make.NOW + timedelta(minutes=20)
    silent("address-register")
    with clock.standing_at(later):
        actions.submit(ref, make.who(make.ILQAR), make.key(), language="az", now=later)
    before = make.case(ref).due_on
    month = make.NOW.date() + timedelta(days=60)
    overdue = queries.desk(("din",), month, state="overdue")
    assert ref not in [line.ref for line in overdue.lines]  # it is not late, however long the agency is silent
    line = next(line for line in queries.desk(("din",), month).lines if line.ref == ref)
    assert line.due_on is None and not line.overdue

    silent("")
    with clock.standing_at(make.NOW + timedelta(days=1)):
        jobs.run_pending()

    assert make.case(ref).due_on > before


def test_a_case_is_taken_back_before_it_is_decided_and_not_after() -> None:
    open_case, decided = make.submitted(make.KAMRAN), make.submitted(make.ULVIYYE)

    actions.withdraw(open_case.ref, make.KAMRAN, now=make.NOW)

    assert make.case(open_case.ref).state == "withdrawn"
    with pytest.raises(Refused):
        actions.withdraw(decided.ref, make.ULVIYYE, now=make.NOW)
    with pytest.raises(NoSuchCase):
        actions.withdraw(decided.ref, make.SEVINC, now=make.NOW)


def test_a_revoked_certificate_is_refused_by_the_check_and_stands_in_the_timeline() -> None:
    sent = make.submitted()
    jobs.run_pending()
    paper = certificates.of_case(sent.ref)[0]

    actions.revoke_certificate(
        sent.ref, paper.id, make.REGISTRAR, make.NARGIZ, "", reason="Issued by mistake.", now=make.NOW
    )

    assert certificates.of_case(sent.ref)[0].state == "revoked"
    assert make.case(sent.ref).events.get(kind="revoked").body["reason"] == "Issued by mistake."
    with pytest.raises(BadInput, match="revoked_already"):
        actions.revoke_certificate(
            sent.ref, paper.id, make.REGISTRAR, make.NARGIZ, "", reason="Issued by mistake.", now=make.NOW
        )
    with pytest.raises(NoSuchCase):
        actions.revoke_certificate(
            make.submitted(make.ULVIYYE).ref, paper.id, make.REGISTRAR, make.NARGIZ, "", reason="x" * 10, now=make.NOW
        )


def test_opening_a_case_at_the_desk_is_a_look_at_everybody_in_it() -> None:
    sent = make.submitted(holder=make.NIGAR)

    opened = actions.open_case(sent.ref, make.REGISTRAR, "account-1", now=make.NOW)

    looks = Look.objects.filter(kind="desk")
    assert opened.case.ref == sent.ref
    assert {look.subject for look in looks} == {make.SEVINC, make.NIGAR}
    assert {look.who for look in looks} == {"officer:registry"}
    assert {"population", "residence", "applications"} <= {look.register for look in looks}


def test_a_draft_moves_to_new_declarations_and_says_what_was_dropped() -> None:
    ref = make.ready()
    case = make.case(ref)
    answers = case.answers | {"request.old": {"kind": "text", "value": "x", "label": {"az": "Köhnə", "en": "Old"}}}
    Case.objects.filter(pk=case.pk).update(content_hash="0" * 64, answers=answers)

    moved = actions.bring_up_to_date(make.case(ref), make.NOW)

    case = make.case(ref)
    assert moved is not None
    assert [label["en"] for label in moved.dropped] == ["Old"]
    assert set(case.answers) == {"request.holder", "request.purpose"}
    assert case.subject == make.SEVINC
    assert versions.of(case).service.content_hash == case.content_hash
    assert not case.facts.exists()


def test_a_persons_list_is_paged_without_gap_or_repetition() -> None:
    refs = []
    for day in range(5):
        at = make.NOW + timedelta(minutes=day)
        with clock.standing_at(at):
            refs.append(make.submitted(make.ULVIYYE, now=at).ref)

    first = queries.my_cases(make.ULVIYYE, date(2026, 3, 18), limit=3)
    second = queries.my_cases(make.ULVIYYE, date(2026, 3, 18), limit=3, after=first.next)

    assert [line.ref for line in (*first.lines, *second.lines)] == refs[::-1]
    assert second.next == ""
    assert queries.my_cases(make.ULVIYYE, date(2026, 3, 18), state=queries.OPEN).lines == ()


def test_the_desk_shows_what_is_due_first_and_pages_the_whole_set() -> None:
    later = make.submitted(make.KAMRAN)
    Case.objects.filter(ref=later.ref).update(due_on=date(2026, 3, 30), desk_on=date(2026, 3, 30))
    overdue = make.submitted(make.KAMRAN)
    Case.objects.filter(ref=overdue.ref).update(due_on=date(2026, 3, 2), desk_on=date(2026, 3, 2))
    today = date(2026, 3, 18)

    first = queries.desk(("din",), today, limit=1)
    second = queries.desk(("din",), today, limit=1, after=first.next)

    assert [line.ref for line in (*first.lines, *second.lines)] == [overdue.ref, later.ref]
    assert [line.overdue for line in (*first.lines, *second.lines)] == [True, False]
    assert [line.ref for line in queries.desk(("din",), today, state="overdue").lines] == [overdue.ref]
    assert [line.ref for line in queries.desk(("din",), today, ref=later.ref.lower().replace("-", "")).lines] == [
        later.ref
    ]
    assert queries.desk(("emdx",), today).lines == ()
