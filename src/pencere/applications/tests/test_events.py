"""What begins by itself: one case for each event, straight to the result, or with what somebody must be asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pencere.applications import actions, queries
from pencere.applications.actions import NoSuchCase
from pencere.applications.models import Case, Cursor
from pencere.applications.tests import make, office
from pencere.base.errors import BadInput, Refused
from pencere.ledger.models import Leaf
from pencere.payments.tests.fake import FakeProvider
from pencere.registers.models import Row

NOW = make.NOW


@pytest.fixture(autouse=True)
def fake(at_office: FakeProvider) -> FakeProvider:
    return at_office


def born(number: str = "B-1", *, account: str | None = None, vital: bool = True, on: date = date(2026, 3, 10)) -> None:
    row: dict[str, object] = {"record_no": number, "mother": make.SEVINC, "born_on": on, "vital": vital}
    office.happen("t-births", row if account is None else {**row, "account": account})


def begin(service: str) -> str:
    actions.start_from_events(NOW)
    office.run()
    return Case.objects.get(service=service, begun_by="event").ref


def test_who_needs_not_be_asked_gets_the_result_and_its_reasons() -> None:
    born(account="AZ1")
    ref = begin("t-payout")

    case = office.case(ref)
    assert (case.state, case.outcome, case.applicant, case.subject) == ("done", "granted", make.SEVINC, make.SEVINC)
    assert office.events(ref) == ["begun", "decided", "recorded", "notice"]
    assert '"amount":50000' in Row.objects.get(register="t-payouts").values
    assert case.ref in [line.ref for line in queries.my_cases(make.SEVINC, NOW.date()).lines]


def test_the_amount_is_that_of_the_day_of_birth() -> None:
    born(account="AZ1", on=date(2025, 12, 30))
    begin("t-payout")

    assert '"amount":30000' in Row.objects.get(register="t-payouts").values


def test_an_event_begins_one_case_however_often_it_is_told() -> None:
    born(account="AZ1")
    begin("t-payout")
    Cursor.objects.all().delete()  # as if the place in the list had been lost

    actions.start_from_events(NOW)
    office.run()

    assert Case.objects.filter(service="t-payout").count() == 1
    assert Row.objects.filter(register="t-payouts").count() == 1


def test_what_the_event_does_not_say_is_asked_of_the_party() -> None:
    born()
    ref = begin("t-payout")
    task = office.task(ref, "ask")
    assert (task.person, office.state(ref)) == (make.SEVINC, ("waiting", "", "party"))
    page = queries.task_for(task.pk, make.SEVINC)
    assert [field.name for field in page.pages[0].fields] == ["number"]

    with pytest.raises(BadInput, match="missing"):
        actions.answer_task(task.pk, make.SEVINC, "", {"account": {}}, now=NOW)
    with pytest.raises(NoSuchCase):
        actions.answer_task(task.pk, make.ELCIN, "", {"account": {"number": "AZ9"}}, now=NOW)
    actions.answer_task(task.pk, make.SEVINC, "", {"account": {"number": "AZ9"}}, now=NOW)
    office.run()

    assert office.state(ref)[:2] == ("done", "granted")
    assert '"account":"AZ9"' in Row.objects.get(register="t-payouts").values
    assert Leaf.objects.filter(kind="case.answered").exists()


def test_a_refusal_ends_what_nobody_asked_for_too() -> None:
    born(account="AZ1", vital=False)

    assert office.state(begin("t-payout"))[:2] == ("decided", "refused")
    assert not Row.objects.filter(register="t-payouts").exists()


def test_the_person_may_decline() -> None:
    born()
    ref = begin("t-payout")

    with pytest.raises(NoSuchCase):
        actions.decline(ref, make.ELCIN, "", now=NOW)
    actions.decline(ref, make.SEVINC, "", now=NOW)

    assert office.state(ref)[0] == "withdrawn"
    assert ref not in [task.ref for task in queries.tasks_of(make.SEVINC)]


def test_a_case_about_somebody_who_is_not_a_person_yet() -> None:
    born()
    ref = begin("t-birth")
    assert office.case(ref).subject == ""

    actions.answer_task(
        office.task(ref, "ask").pk, make.SEVINC, "", {"names": {"given_name": "Ayan", "married": True}}, now=NOW
    )
    assert office.task(ref, "submit").person == make.SEVINC
    receipt = actions.submit_task(office.task(ref, "submit").pk, make.SEVINC, "", now=NOW + timedelta(days=2))
    office.run()

    case = office.case(ref)
    assert receipt == case.submission.receipt
    assert case.submitted_at == NOW + timedelta(days=2)
    assert (case.state, case.outcome) == ("done", "granted")
    assert case.subject == case.facts.get(name="act.child").value != ""
    assert [event.body["text"] for event in case.events.filter(kind="notice")] == ["born", "registered"]


def test_a_father_who_is_silent_does_not_stop_the_registration() -> None:
    born()
    ref = begin("t-birth")
    names = {"given_name": "Ayan", "married": False, "father": make.ELCIN}
    actions.answer_task(office.task(ref, "ask").pk, make.SEVINC, "", {"names": names}, now=NOW)
    actions.submit_task(office.task(ref, "submit").pk, make.SEVINC, "", now=NOW)
    assert office.task(ref, "sign").person == make.ELCIN

    actions.lapse_overdue(NOW + timedelta(days=20))
    office.run()

    assert office.state(ref)[:2] == ("done", "granted")
    assert office.case(ref).facts.get(name="father.signed").value is None


def test_a_case_that_began_by_itself_cannot_be_confirmed_twice() -> None:
    born()
    ref = begin("t-birth")
    actions.answer_task(
        office.task(ref, "ask").pk, make.SEVINC, "", {"names": {"given_name": "Ayan", "married": True}}, now=NOW
    )
    task = office.task(ref, "submit")
    actions.submit_task(task.pk, make.SEVINC, "", now=NOW)

    with pytest.raises(Refused, match="state"):
        actions.submit_task(task.pk, make.SEVINC, "", now=NOW)


def test_by_application_the_same_service_asks_the_applicant() -> None:
    ref = office.submitted("t-birth", make.SEVINC, {"names": {"given_name": "Ayan", "married": True}}).ref
    office.run()

    case = office.case(ref)
    assert (case.begun_by, case.state) == ("application", "done")
    assert [event.body["text"] for event in case.events.filter(kind="notice")] == ["registered"]


def test_a_service_that_ended_begins_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from pencere import country

    here = country.current()
    ended = replace(here.services["t-payout"], until=date(2026, 3, 1))
    monkeypatch.setattr(country, "_current", replace(here, services={**here.services, "t-payout": ended}))
    born(account="AZ1")

    actions.start_from_events(NOW)

    assert not Case.objects.filter(service="t-payout").exists()
