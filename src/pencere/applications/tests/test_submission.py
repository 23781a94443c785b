from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from pencere.applications import actions, drafting, versions
from pencere.applications.actions import Asker, NoSuchCase, NotReady, OtherDraft
from pencere.applications.models import Case, DeclarationVersion, Submission
from pencere.applications.tests import make
from pencere.base import clock
from pencere.base.errors import Refused
from pencere.certificates import queries as certificates
from pencere.jobs import actions as jobs
from pencere.ledger import queries as ledger
from pencere.ledger.models import Leaf
from pencere.registers import actions as registers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    with clock.standing_at(make.NOW):
        make.nation()
        yield


def test_a_clear_case_is_granted_at_once_and_its_certificate_made() -> None:
    sent = make.submitted()

    case = make.case(sent.ref)
    assert (case.state, case.outcome, case.rule) == ("decided", "granted", "registered")
    assert case.due_on == date(2026, 3, 19)

    jobs.run_pending()

    case = make.case(sent.ref)
    assert case.state == "done"
    paper = certificates.of_case(sent.ref)[0]
    assert {each.language for each in paper.papers} == {"az", "en", "ru"}
    assert [event.kind for event in case.events.order_by("number")] == ["started", "submitted", "decided", "issued"]


def test_the_receipt_is_genuine_and_stands_in_the_ledger() -> None:
    sent = make.submitted()

    assert ledger.receipt_is_genuine(sent.receipt)
    leaf = Leaf.objects.get(id=make.case(sent.ref).submission.leaf)
    assert leaf.kind == "case.submitted"
    assert make.SEVINC not in str(leaf.body)


def test_the_same_key_twice_gives_the_same_receipt() -> None:
    ref, key = make.ready(), make.key()
    who = make.who()

    first = actions.submit(ref, who, key, language="az", now=make.NOW)
    again = actions.submit(ref, who, key, language="az", now=make.NOW + timedelta(days=1))

    assert again.again
    assert again.receipt == first.receipt
    assert Submission.objects.count() == 1


def test_two_keys_for_one_draft_give_one_submission() -> None:
    ref, who = make.ready(), make.who()

    first = actions.submit(ref, who, make.key(), language="az", now=make.NOW)
    again = actions.submit(ref, who, make.key(), language="az", now=make.NOW)

    assert (again.again, again.receipt) == (True, first.receipt)
    assert Submission.objects.count() == 1


def test_a_key_of_another_case_opens_nothing() -> None:
    key = make.key()
    actions.submit(make.ready(), make.who(), key, language="az", now=make.NOW)
    other = make.ready(make.ELCIN)

    with pytest.raises(NoSuchCase):
        actions.submit(other, make.who(make.ELCIN), key, language="az", now=make.NOW)


def test_the_draft_of_somebody_else_is_not_there() -> None:
    ref = make.ready()

    with pytest.raises(NoSuchCase):
        actions.submit(ref, make.who(make.ELCIN), make.key(), language="az", now=make.NOW)


def test_a_draft_without_answers_or_unseen_facts_is_not_sent() -> None:
    with pytest.raises(NotReady, match="incomplete"):
        actions.submit(make.draft(make.ILQAR), make.who(make.ILQAR), make.key(), language="az", now=make.NOW)
    with pytest.raises(NotReady, match="facts_unseen"):
        actions.submit(make.answered(), make.who(), make.key(), language="az", now=make.NOW)
    assert not Submission.objects.exists()


def test_facts_that_changed_since_they_were_shown_are_shown_again_before_they_are_sent() -> None:
    ref = make.ready(make.ILQAR)
    registers.replace_row(
        "residence",
        {"person": make.ILQAR},
        {"address": make.HOME},
        from_day=date(2026, 3, 17),
        recorded_by="test",
        now=make.NOW,
    )
    later = make.NOW + timedelta(minutes=20)

    with clock.standing_at(later):
        with pytest.raises(NotReady, match="facts_changed"):
            actions.submit(ref, make.who(make.ILQAR), make.key(), language="az", now=later)
        case = make.case(ref)
        assert case.state == "draft"
        assert case.facts.get(name="home.address").value == make.HOME
        sent = actions.submit(ref, make.who(make.ILQAR), make.key(), language="az", now=later)

    assert make.case(sent.ref).outcome == "granted"


def test_a_person_registered_nowhere_is_refused_with_rule_and_law_and_trace() -> None:
    sent = make.submitted(make.ULVIYYE)

    case = make.case(sent.ref)
    decision = case.decisions.get()
    assert (case.state, case.outcome) == ("decided", "refused")
    assert (decision.rule, decision.law) == ("not_registered", "residence-law 5")
    assert decision.trace[0] == {"fact": "home.address", "value": None}
    assert case.closed_at is not None
    assert jobs.run_pending() == 0


def test_a_house_that_is_no_more_goes_to_the_desk() -> None:
    sent = make.submitted(make.KAMRAN)

    case = make.case(sent.ref)
    assert (case.state, case.outcome) == ("working", "")
    assert case.desk_on == case.due_on
    assert case.decisions.get().outcome == "officer"


def test_a_mother_gets_the_certificate_of_her_child_and_the_mandate_is_written_down() -> None:
    sent = make.submitted(holder=make.NIGAR)
    jobs.run_pending()

    case = make.case(sent.ref)
    assert (case.ground, case.subject, case.state) == ("parent", make.NIGAR, "done")
    assert certificates.documents_of(make.SEVINC)[0].case == sent.ref
    looks = ledger.looks_of(make.NIGAR)
    assert {look.kind for look in looks} == {"evidence"}
    assert {look.case for look in looks} == {sent.ref}


def test_a_grown_up_son_is_not_offered() -> None:
    ref = make.draft()
    case = drafting.draft(ref, make.SEVINC)

    offered = actions.offer_persons(case, Asker("", "person"), make.NAMES[make.SEVINC], now=make.NOW)

    assert [(person.identifier, person.ground) for person in offered.persons] == [
        (make.SEVINC, "self"),
        (make.NIGAR, "parent"),
    ]


def test_a_person_who_is_not_offered_cannot_be_chosen() -> None:
    with pytest.raises(Refused, match="not_offered"):
        make.answered(holder=make.ILQAR)


def test_a_mandate_that_ended_before_the_submission_stops_it() -> None:
    ref = make.ready(holder=make.NIGAR)
    registers.replace_row(
        "population",
        {"person": make.NIGAR},
        {"mother": make.ULVIYYE},
        from_day=date(2026, 3, 17),
        recorded_by="test",
        now=make.NOW,
    )

    with pytest.raises(NotReady, match="no_mandate"):
        actions.submit(ref, make.who(), make.key(), language="az", now=make.NOW)

    assert make.case(ref).state == "draft"


def test_one_draft_for_each_service_applicant_and_subject() -> None:
    first = make.answered(holder=make.NIGAR)
    second = make.draft()
    person = make.who()
    actions.offer_persons(drafting.draft(second, make.SEVINC), Asker("", "person"), person.name, now=make.NOW)

    with pytest.raises(OtherDraft) as other:
        actions.save_page(second, person, "request", {"holder": make.NIGAR}, language="az", now=make.NOW)

    assert other.value.ref == first
    assert second != first
    assert make.draft() == second


def test_the_version_of_the_submission_can_be_read_back() -> None:
    sent = make.submitted()
    case = make.case(sent.ref)
    versions._read_back.cache_clear()

    then = versions._read_back(case.service, case.content_hash)

    assert then.services[case.service].content_hash == case.content_hash
    assert DeclarationVersion.objects.count() == 1


def test_a_case_of_an_older_version_is_decided_under_it(monkeypatch: pytest.MonkeyPatch) -> None:
    case = make.case(make.submitted(make.KAMRAN).ref)
    monkeypatch.setattr(versions, "current", lambda _id: None)  # the service is declared no more

    version = versions.of(case)
    actions.decide_by_officer(
        case.ref, make.REGISTRAR, make.NARGIZ, "", outcome="grant", reasons="The house stands, I saw it.", now=make.NOW
    )
    jobs.run_pending()

    assert version.service.content_hash == case.content_hash
    assert make.case(case.ref).state == "done"


def test_the_database_refuses_states_that_cannot_be() -> None:
    case = make.case(make.draft())

    for wrong in ({"state": "gone"}, {"waiting_for": "party"}, {"outcome": "granted"}, {"state": "working"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**wrong)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(5))
def test_eight_clicks_at_once_are_one_submission(_round: int) -> None:
    ref, who, keys = make.ready(), make.who(), [make.key(), make.key()]

    def click(number: int) -> str:
        try:
            return actions.submit(ref, who, keys[number % 2], language="az", now=make.NOW).receipt
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        receipts = set(pool.map(click, range(8)))

    assert len(receipts) == 1
    assert Submission.objects.count() == 1
    assert Leaf.objects.filter(kind="case.submitted").count() == 1
    assert make.case(ref).events.filter(kind="submitted").count() == 1
