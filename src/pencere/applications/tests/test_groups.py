"""A move of several persons: each signs, each is decided, each granted one is written and gets a paper."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pencere.applications import actions, queries
from pencere.applications.actions import NoSuchCase
from pencere.applications.models import Case
from pencere.applications.tests import make, office
from pencere.base.errors import BadInput, Refused
from pencere.certificates import queries as certificates
from pencere.certificates.models import Certificate
from pencere.payments.tests.fake import FakeProvider
from pencere.registers.models import Row

NOW = make.NOW


@pytest.fixture(autouse=True)
def fake(at_office: FakeProvider) -> FakeProvider:
    return at_office


def move(*movers: str, basis: str = "own", owner: str = "") -> str:
    home: dict[str, object] = {"address": make.HOME, "basis": basis}
    if owner:
        home["owner"] = owner
    rows: list[dict[str, object]] = [{"person": fin} for fin in movers]
    return office.submitted("t-move", make.SEVINC, {"move": home, "movers": rows}).ref


def written() -> set[str]:
    import json

    return {json.loads(row.values)["person"] for row in Row.objects.filter(register="t-homes", retired_at=None)}


def test_who_sent_the_case_need_not_sign_and_children_do_not() -> None:
    ref = move(make.SEVINC, make.NIGAR)
    office.run()

    assert office.state(ref)[:2] == ("done", "granted")
    assert written() == {make.SEVINC, make.NIGAR}
    assert {(row.table, row.item, row.rule) for row in office.case(ref).decisions.all()} == {
        ("ground", -1, "other"), ("mover", 0, "moves"), ("mover", 1, "child_moves"),
    }  # fmt: skip
    papers = Certificate.objects.filter(case=ref)
    assert {paper.subject for paper in papers} == {make.SEVINC, make.NIGAR}
    assert {paper.facts["person"] for paper in papers} == {make.NAMES[make.SEVINC], make.NAMES[make.NIGAR]}


def test_every_grown_up_is_asked_at_once_and_sees_only_the_move() -> None:
    ref = move(make.SEVINC, make.ELCIN, make.KAMRAN)

    tasks = office.open_tasks(ref, "sign")
    assert [(task.person, task.item) for task in tasks] == [(make.ELCIN, 1), (make.KAMRAN, 2)]
    page = queries.task_for(tasks[0].pk, make.ELCIN)
    assert {row.name.partition(".")[0] for row in page.rows} == {"move"}
    with pytest.raises(NoSuchCase):
        actions.sign_task(tasks[0].pk, make.KAMRAN, "", True, now=NOW)


def test_a_silent_mover_stops_nobody_else_and_the_case_is_granted_partly() -> None:
    ref = move(make.SEVINC, make.ELCIN, make.KAMRAN)
    for task in office.open_tasks(ref, "sign")[:1]:
        actions.sign_task(task.pk, make.ELCIN, "", True, now=NOW)
    actions.lapse_overdue(NOW + timedelta(days=20))
    office.run()

    assert office.state(ref)[:2] == ("done", "partly")
    assert written() == {make.SEVINC, make.ELCIN}
    assert {row.rule for row in office.case(ref).decisions.filter(table="mover")} == {"moves", "not_signed"}
    assert len(certificates.of_case(ref)) == 2


def test_who_refuses_to_move_does_not_move() -> None:
    ref = move(make.SEVINC, make.ELCIN)
    actions.sign_task(office.task(ref, "sign").pk, make.ELCIN, "", False, now=NOW)
    office.run()

    assert office.state(ref)[:2] == ("done", "partly")
    assert written() == {make.SEVINC}


def test_if_no_mover_is_granted_the_case_is_refused() -> None:
    ref = move(make.ELCIN)
    actions.sign_task(office.task(ref, "sign").pk, make.ELCIN, "", False, now=NOW)
    office.run()

    assert office.state(ref)[:2] == ("decided", "refused")
    assert not written()


def test_the_owner_signs_before_the_movers_are_asked() -> None:
    ref = move(make.ELCIN, basis="consent", owner=make.ILQAR)
    owner = office.task(ref, "sign")
    assert (owner.person, owner.who) == (make.ILQAR, "party:owner")
    assert {row.name.partition(".")[0] for row in queries.task_for(owner.pk, make.ILQAR).rows} == {"move", "movers"}

    actions.sign_task(owner.pk, make.ILQAR, "", True, now=NOW)

    assert office.task(ref, "sign").person == make.ELCIN


def test_changed_movers_void_what_the_owner_signed_and_what_movers_said() -> None:
    ref = move(make.ELCIN, make.KAMRAN, basis="consent", owner=make.ILQAR)
    actions.sign_task(office.task(ref, "sign").pk, make.ILQAR, "", True, now=NOW)
    actions.sign_task(office.open_tasks(ref, "sign")[0].pk, make.ELCIN, "", True, now=NOW)

    actions.change_answers(ref, make.SEVINC, "", {"movers": [{"person": make.KAMRAN}]}, now=NOW)
    office.run()

    assert office.task(ref, "sign").person == make.ILQAR
    assert not office.case(ref).facts.filter(name__contains="signed").exists()


def test_nobody_is_named_whom_the_question_did_not_offer() -> None:
    ref = move(make.SEVINC, make.ELCIN)
    given = {"movers": [{"person": make.ELCIN}, {"person": make.KAMRAN}]}
    with pytest.raises(BadInput, match="not_offered"):
        actions.change_answers(ref, make.SEVINC, "", given, now=NOW)

    case = office.case(ref)
    case.people = [{"identifier": make.KAMRAN, "name": "Kamran", "ground": "children"}]
    case.save()
    with pytest.raises(BadInput, match="not_offered"):
        actions.change_answers(ref, make.SEVINC, "", given, now=NOW)

    case.people[0]["ground"] = "household"
    case.save()
    actions.change_answers(ref, make.SEVINC, "", given, now=NOW)
    assert [row["person"] for row in case.facts.get(name="movers").value["rows"]] == [make.ELCIN, make.KAMRAN]


def test_an_order_is_checked_by_the_role_that_the_step_names() -> None:
    ref = move(make.SEVINC, basis="order")
    check = office.task(ref, "check")
    assert office.state(ref) == ("working", "", "")

    with pytest.raises(Refused, match="not_your_role"):
        actions.find(check.pk, office.DESK, make.NARGIZ, "", {"valid": True}, now=NOW)
    actions.find(check.pk, office.INTAKE, make.NARGIZ, "", {"valid": False}, now=NOW)

    assert office.state(ref)[:2] == ("decided", "refused")
    assert office.case(ref).rule == "bad"


def test_an_item_that_the_table_leaves_open_is_settled_by_itself() -> None:
    ref = move(make.SEVINC, "5SVN8KT")  # nobody whom the register of persons knows
    opened = actions.open_case(ref, office.DESK, "", now=NOW)
    assert opened.open is not None and opened.open.rule == "unknown_age"

    with pytest.raises(Refused, match="state"):
        actions.decide_by_officer(
            ref, office.DESK, make.NARGIZ, "", outcome="refuse", reasons="Not known here.", item=0, now=NOW
        )
    actions.decide_by_officer(
        ref, office.DESK, make.NARGIZ, "", outcome="refuse", reasons="Not known here.", item=1, now=NOW
    )
    office.run()

    assert office.state(ref)[:2] == ("done", "partly")
    assert written() == {make.SEVINC}


def test_items_of_a_draft_keep_what_is_still_asked_and_the_person_is_told_the_rest() -> None:
    who = make.who(make.SEVINC)
    ref = actions.start_draft("t-move", who, language="az", now=NOW)
    case = Case.objects.get(ref=ref)
    kinds = {"person": "person", "floor": "integer"}
    rows = [{"person": make.SEVINC, "floor": 3}, {"person": make.ELCIN, "floor": None}]
    label = {"az": "Köçənlər", "en": "Movers", "ru": "Переезжающие"}
    case.answers = {
        "movers": {"kind": "rows", "value": {"kinds": kinds, "rows": rows}, "label": label},
        "move.basis": {"kind": "choice", "value": "own", "label": {"en": "Basis"}},
    }
    case.content_hash = "of yesterday"
    case.save()

    moved = actions.bring_up_to_date(case, NOW)

    assert moved is not None and moved.dropped == (label,)
    answers = office.case(ref).answers
    assert answers["movers"]["value"] == {
        "kinds": {"person": "person"}, "rows": [{"person": make.SEVINC}, {"person": make.ELCIN}],
    }  # fmt: skip
    assert answers["move.basis"]["value"] == "own"
