"""A decision made again: the person's appeal, the agency's correction. What was said before stays readable."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from pencere.applications import actions, appealing, versions
from pencere.applications.actions import NoSuchCase
from pencere.applications.tests import make, office
from pencere.base.errors import BadInput, Refused
from pencere.certificates import queries as certificates
from pencere.ledger.models import Leaf
from pencere.payments.tests.fake import FakeProvider
from pencere.registers.models import Row

NOW = make.NOW
WHY = "The order is genuine."


@pytest.fixture(autouse=True)
def fake(at_office: FakeProvider) -> FakeProvider:
    return at_office


def move(*, valid: bool) -> str:
    """A move on the ground of an order, that an officer found valid or not."""
    home: dict[str, object] = {"address": make.HOME, "basis": "order"}
    ref = office.submitted("t-move", make.SEVINC, {"move": home, "movers": [{"person": make.SEVINC}]}).ref
    actions.find(office.task(ref, "check").pk, office.INTAKE, make.NARGIZ, "first", {"valid": valid}, now=NOW)
    office.run()
    return ref


def live_rows() -> list[dict[str, object]]:
    return [json.loads(row.values) for row in Row.objects.filter(register="t-homes", retired_at=None)]


def decide(ref: str, outcome: str, *, officer: str = make.KAMRAN, account: str = "second") -> None:
    actions.decide_appeal(ref, office.HEAD, officer, account, outcome=outcome, reasons="Seen again.", now=NOW)
    office.run()


def test_an_appeal_is_a_case_of_its_own_that_another_officer_decides() -> None:
    first = move(valid=False)
    ref = actions.appeal(first, make.SEVINC, "", WHY, now=NOW)

    case = office.case(ref)
    assert (case.begun_by, case.earlier.ref, case.state) == ("appeal", first, "working")
    assert case.due_on > NOW.date()
    task = office.task(ref, "appeal")
    assert task.result["reasons"] == WHY
    assert task.due_at is not None and task.due_at.date() == case.due_on  # midnight there is the evening here
    assert office.state(first)[:2] == ("decided", "refused")

    decide(ref, "grant")

    assert office.state(ref)[:2] == ("done", "granted")
    assert [row["person"] for row in live_rows()] == [make.SEVINC]
    assert certificates.of_case(ref)
    assert office.state(first)[:2] == ("decided", "refused")
    assert office.events(first)[-2:] == ["appealed", "appeal_decided"]
    decision = office.case(ref).decisions.get(table="ground")
    assert (decision.outcome, decision.by, decision.reasons) == ("grant", "officer:head", "Seen again.")


def test_an_appeal_that_is_dismissed_leaves_everything_as_it_was() -> None:
    first = move(valid=False)
    ref = actions.appeal(first, make.SEVINC, "", WHY, now=NOW)

    decide(ref, "refuse")

    assert office.state(ref)[:2] == ("decided", "refused")
    assert not live_rows()
    with pytest.raises(Refused, match="state"):
        actions.appeal(ref, make.SEVINC, "", "Again", now=NOW)  # the court is next
    with pytest.raises(Refused, match="open_already"):
        actions.appeal(first, make.SEVINC, "", "Again", now=NOW)


def test_one_appeals_in_time_once_and_with_reasons() -> None:
    first = move(valid=False)
    last = appealing.last_day_to_appeal(office.case(first), versions.of(office.case(first)))
    assert last is not None and (last - NOW.date()).days >= 30

    with pytest.raises(BadInput, match="missing"):
        actions.appeal(first, make.SEVINC, "", "  ", now=NOW)
    with pytest.raises(NoSuchCase):
        actions.appeal(first, make.ELCIN, "", WHY, now=NOW)
    with pytest.raises(Refused, match="too_late"):
        actions.appeal(first, make.SEVINC, "", WHY, now=NOW + timedelta(days=60))
    actions.appeal(first, make.SEVINC, "", WHY, now=NOW)
    with pytest.raises(Refused, match="open_already"):
        actions.appeal(first, make.SEVINC, "", WHY, now=NOW)


def test_an_appeal_is_of_the_head_and_not_of_the_person_or_who_decided() -> None:
    first = move(valid=False)
    ref = actions.appeal(first, make.SEVINC, "", WHY, now=NOW)
    office.case(first).decisions.update(account="second")

    with pytest.raises(Refused, match="decided_before"):
        decide(ref, "grant")
    with pytest.raises(Refused, match="own_case"):
        decide(ref, "grant", officer=make.SEVINC, account="third")
    with pytest.raises(Refused, match="not_your_role"):
        actions.decide_appeal(ref, office.DESK, make.KAMRAN, "x", outcome="grant", reasons="No", now=NOW)
    with pytest.raises(BadInput, match="missing"):
        actions.decide_appeal(ref, office.HEAD, make.KAMRAN, "x", outcome="grant", reasons=" ", now=NOW)


def correct(ref: str, facts: dict[str, object], **more: str) -> str:
    found = actions.correct(ref, office.HEAD, make.KAMRAN, "second", facts, "A slip of the pen.", now=NOW, **more)
    office.run()
    return found


def test_an_error_found_afterwards_supersedes_the_row_and_replaces_the_paper() -> None:
    first = move(valid=True)
    (old,) = certificates.of_case(first)

    ref = correct(first, {"move.address": make.GONE})

    assert office.state(ref)[:2] == ("done", "granted")
    assert office.case(ref).earlier.ref == first
    assert [row["address"] for row in live_rows()] == [make.GONE]
    assert Row.objects.filter(register="t-homes").count() == 2
    assert certificates.of_case(first)[0].state in ("revoked", "superseded")
    assert certificates.of_case(ref)[0].state == "genuine"
    assert old.id != certificates.of_case(ref)[0].id
    assert office.case(first).facts.get(name="move.address").value == make.HOME
    assert {row.reasons for row in office.case(ref).decisions.all()} == {"A slip of the pen."}
    assert Leaf.objects.filter(kind="case.corrected").exists()


def test_to_the_persons_loss_only_with_the_law_and_a_hearing() -> None:
    first = move(valid=True)

    with pytest.raises(Refused, match="needs_law_and_hearing"):
        correct(first, {"order.valid": False})
    assert not office.case(first).later.exists()
    ref = correct(first, {"order.valid": False}, law="administrative-proceedings 72", hearing="Heard on 17 March.")

    assert office.state(ref)[:2] == ("decided", "refused")
    assert not live_rows()
    assert certificates.of_case(first)[0].state == "revoked"
    assert "taken_back" in office.events(first)
    assert office.case(ref).events.get(kind="correction").body["hearing"] == "Heard on 17 March."


def test_only_what_the_case_knew_can_be_corrected_and_by_a_stranger() -> None:
    first = move(valid=True)

    with pytest.raises(BadInput, match="unknown_fact"):
        correct(first, {"move.colour": "red"})
    with pytest.raises(Refused, match="own_case"):
        actions.correct(first, office.HEAD, make.SEVINC, "", {"move.address": make.GONE}, "Mine", now=NOW)
    with pytest.raises(Refused, match="not_your_role"):
        actions.correct(first, office.INTAKE, make.KAMRAN, "", {"move.address": make.GONE}, "No", now=NOW)
    with pytest.raises(NoSuchCase):
        actions.correct(first, office.elsewhere(), make.KAMRAN, "", {"move.address": make.GONE}, "No", now=NOW)
