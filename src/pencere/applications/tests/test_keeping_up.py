"""An event that cannot be taken stops nobody else: set aside with its reason, tried again, at last somebody's word."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import OperationalError

from pencere.applications import actions, deciding, keeping_up, queries
from pencere.applications.commands import events
from pencere.applications.models import Case, Cursor, SetAside
from pencere.applications.tests import make, office
from pencere.base.errors import BadInput, Refused
from pencere.ledger.models import Leaf, Look
from pencere.payments.tests.fake import FakeProvider
from pencere.portal import machines
from pencere.registers import actions as registers
from pencere.registers.models import Event, Row

NOW = make.NOW
LIST = "start/t-payout/t-births.born"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def fake(at_office: FakeProvider) -> FakeProvider:
    return at_office


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """Cases of these persons cannot go on: a fault of ours that only some meet."""
    persons: set[str] = set()
    advance = deciding.advance

    def failing(case: Case, *given: Any, **named: Any) -> None:
        if case.applicant in persons:
            raise ZeroDivisionError(f"of {case.applicant}")
        advance(case, *given, **named)

    monkeypatch.setattr(deciding, "advance", failing)
    yield persons


def born(number: str, mother: str) -> None:
    row: dict[str, object] = {
        "record_no": number, "mother": mother, "born_on": date(2026, 3, 10), "vital": True, "account": "AZ1",
    }  # fmt: skip
    office.happen("t-births", row)


def mothers() -> list[str]:
    """Whose cases began, in order."""
    begun = Case.objects.filter(service="t-payout", begun_by="event")
    return list(begun.order_by("id").values_list("applicant", flat=True))


def asides() -> list[SetAside]:
    return list(SetAside.objects.filter(name=LIST).order_by("id"))


def test_others_go_on_and_the_same_person_waits_behind(broken: set[str]) -> None:
    broken.add(make.SEVINC)
    born("B-1", make.SEVINC)
    born("B-2", make.NIGAR)
    born("B-3", make.SEVINC)

    actions.start_from_events(NOW)

    assert mothers() == [make.NIGAR]
    assert [(each.cursor, each.reason, each.tries) for each in asides()] == [
        ("1", "ZeroDivisionError", 1),
        ("3", "", 0),
    ]
    assert Cursor.objects.get(name=LIST).at == "3"


def test_a_reason_of_any_length_is_kept_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(*_given: Any, **_named: Any) -> None:
        raise Refused("not_yours", "article 1, " * 50)

    monkeypatch.setattr(deciding, "advance", refusing)
    born("B-1", make.SEVINC)
    actions.start_from_events(NOW)

    (aside,) = asides()
    assert aside.reason.startswith("not_yours (article 1") and len(aside.reason) == 200


def test_what_is_mended_is_done_in_its_order_by_itself(broken: set[str]) -> None:
    broken.add(make.SEVINC)
    born("B-1", make.SEVINC)
    born("B-2", make.SEVINC)
    actions.start_from_events(NOW)
    broken.clear()

    actions.start_from_events(NOW + timedelta(seconds=59))
    assert mothers() == []
    actions.start_from_events(NOW + MINUTE)

    assert mothers() == [make.SEVINC, make.SEVINC]
    assert asides() == []
    first, second = Case.objects.filter(service="t-payout").order_by("id")
    assert first.facts.get(name="event.record_no").value == "B-1"
    assert second.facts.get(name="event.record_no").value == "B-2"


def test_the_pauses_grow_and_at_last_somebody_must_say_so(broken: set[str]) -> None:
    broken.add(make.SEVINC)
    born("B-1", make.SEVINC)
    actions.start_from_events(NOW)
    pauses, now = [], NOW
    while (aside := asides()[0]).state == "waiting":
        pauses.append(aside.again_at - now)
        now = aside.again_at
        actions.start_from_events(now)

    assert pauses == [MINUTE * minutes for minutes in (1, 2, 4, 8, 16, 32, 64, 120, 120)]
    assert aside.tries == keeping_up.MOST_TRIES
    broken.clear()
    actions.start_from_events(now + timedelta(days=30))
    assert mothers() == []

    assert actions.try_event_again(aside.pk, now=now)
    actions.start_from_events(now)
    assert (mothers(), asides()) == ([make.SEVINC], [])
    assert not actions.try_event_again(aside.pk, now=now)


def test_what_is_dropped_is_never_done_and_the_ledger_says_why(broken: set[str]) -> None:
    broken.add(make.SEVINC)
    born("B-1", make.SEVINC)
    born("B-2", make.SEVINC)
    actions.start_from_events(NOW)
    first = asides()[0].pk

    for reason in (" ", "x" * 501):
        with pytest.raises(BadInput):
            actions.drop_event(first, by="operator ali", reason=reason, now=NOW)
    broken.clear()
    assert actions.drop_event(first, by="operator ali", reason="Paid by hand, letter 12", now=NOW)
    assert not actions.drop_event(first, by="operator ali", reason="again", now=NOW)
    assert not actions.try_event_again(first, now=NOW)
    actions.start_from_events(NOW)

    (case,) = Case.objects.filter(service="t-payout")
    assert case.facts.get(name="event.record_no").value == "B-2"
    leaf = json.loads(str(Leaf.objects.get(kind="event.dropped").body))
    assert leaf == {"by": "operator ali", "cursor": "1", "list": LIST, "reason": "Paid by hand, letter 12"}
    assert [(each.closed_by, each.closed_for) for each in queries.set_aside(dropped=True)] == [
        ("operator ali", "Paid by hand, letter 12")
    ]


def test_nothing_of_what_an_event_says_is_kept_with_it(broken: set[str]) -> None:
    broken.add(make.SEVINC)
    born("B-1", make.SEVINC)
    actions.start_from_events(NOW)

    aside = asides()[0]
    assert make.SEVINC not in f"{aside.subjects}{aside.reason}{aside.name}{aside.cursor}{aside.after}"


def test_each_try_reads_it_again_and_the_person_sees_that(broken: set[str]) -> None:
    broken.add(make.SEVINC)
    born("B-1", make.SEVINC)
    actions.start_from_events(NOW)
    before = Look.objects.filter(subject=make.SEVINC, register="t-births", service="t-payout").count()

    actions.start_from_events(NOW + MINUTE)

    assert Look.objects.filter(subject=make.SEVINC, register="t-births", service="t-payout").count() == before + 1


def test_a_database_that_fails_is_no_fault_of_the_event(monkeypatch: pytest.MonkeyPatch) -> None:
    born("B-1", make.SEVINC)
    monkeypatch.setattr(deciding, "advance", _raising(OperationalError("locked")))

    with pytest.raises(OperationalError):
        actions.start_from_events(NOW)

    assert (asides(), Case.objects.filter(service="t-payout").exists()) == ([], False)
    assert not Cursor.objects.filter(name=LIST).exists()


def test_whoever_dies_between_the_try_and_the_note_tries_again(
    broken: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken.add(make.SEVINC)
    born("B-1", make.SEVINC)
    with monkeypatch.context() as patch:
        patch.setattr(SetAside.objects, "create", _raising(SystemExit()))
        with pytest.raises(SystemExit):
            actions.start_from_events(NOW)
    assert (asides(), Cursor.objects.filter(name=LIST).exists()) == ([], False)

    actions.start_from_events(NOW)
    assert [each.cursor for each in asides()] == ["1"]


def test_a_row_that_cannot_be_read_keeps_no_event_after_it_back() -> None:
    born("B-1", make.SEVINC)
    born("B-2", make.NIGAR)
    spoilt = Row.objects.filter(register="t-births", values__contains='"B-1"')
    good = spoilt.get().values
    spoilt.update(values=good.replace('"2026-03-10"', '"soon"'))

    actions.start_from_events(NOW)
    assert mothers() == [make.NIGAR]
    assert [each.reason for each in asides()] == ["a row cannot be read"]

    spoilt.update(values=good)
    actions.start_from_events(NOW + MINUTE)
    assert mothers() == [make.NIGAR, make.SEVINC]


def test_what_was_forgotten_in_between_is_told_no_more(broken: set[str]) -> None:
    broken.add(make.SEVINC)
    born("B-1", make.SEVINC)
    born("B-2", make.NIGAR)
    actions.start_from_events(NOW)
    Event.objects.filter(register="t-births", number=1).delete()
    broken.clear()

    actions.start_from_events(NOW + MINUTE)

    assert (mothers(), asides()) == ([make.NIGAR], [])


def test_a_list_of_which_too_much_is_set_aside_stands_still(broken: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping_up, "MOST_ASIDE", 2)
    broken |= {make.SEVINC, make.NIGAR, make.ELCIN}
    for number, person in enumerate((make.SEVINC, make.NIGAR, make.ELCIN, make.ILQAR)):
        born(f"B-{number}", person)

    actions.start_from_events(NOW)
    actions.start_from_events(NOW + timedelta(seconds=10))
    assert (len(asides()), mothers(), Cursor.objects.get(name=LIST).at) == (2, [], "2")

    broken.clear()
    actions.start_from_events(NOW + MINUTE)
    assert mothers() == [make.SEVINC, make.NIGAR, make.ELCIN, make.ILQAR]


def test_two_workers_take_each_event_once(monkeypatch: pytest.MonkeyPatch) -> None:
    born("B-1", make.SEVINC)
    born("B-2", make.NIGAR)
    started: list[bool] = []
    take = keeping_up._pass_by

    def overtaken(*given: Any) -> int | None:
        if not started:
            started.append(True)
            actions.start_from_events(NOW)  # the other one is quicker
        return take(*given)

    monkeypatch.setattr(keeping_up, "_pass_by", overtaken)
    actions.start_from_events(NOW)

    assert (mothers(), asides()) == ([make.SEVINC, make.NIGAR], [])
    assert Cursor.objects.get(name=LIST).at == "2"


def test_a_payment_that_cannot_be_taken_stops_no_other(fake: FakeProvider, broken: set[str]) -> None:
    office.slots(desks=2)
    asked = {"speed": "slow", "receive": "office"}
    refs = {
        person: office.submitted("t-card", person, {"request": {**asked, "holder": person}}).ref
        for person in (make.SEVINC, make.ELCIN)
    }
    broken.add(make.SEVINC)
    for ref in refs.values():
        office.pay(ref, fake)

    assert office.open_tasks(refs[make.SEVINC], "pay")
    assert not office.open_tasks(refs[make.ELCIN], "pay")
    broken.clear()
    actions.poll_payments(NOW + MINUTE)
    assert not office.open_tasks(refs[make.SEVINC], "pay")


def test_what_a_case_waits_for_is_heard_though_another_cannot_be(fake: FakeProvider, broken: set[str]) -> None:
    office.slots(desks=2)
    waiting = {person: card_being_made(person, fake) for person in (make.SEVINC, make.ELCIN)}
    broken.add(make.SEVINC)
    for ref in waiting.values():
        registers.replace_row(
            "t-cards", {"order_no": ref}, {"state": "made"}, from_day=NOW.date(), recorded_by="maker", now=NOW
        )

    actions.poll_events(NOW)
    assert [len(office.open_tasks(ref, "wait_for")) for ref in waiting.values()] == [1, 0]

    broken.clear()
    actions.poll_events(NOW + MINUTE)
    assert not office.open_tasks(waiting[make.SEVINC], "wait_for")


def card_being_made(person: str, fake: FakeProvider) -> str:
    answers: dict[str, object] = {"holder": person, "speed": "slow", "receive": "office"}
    ref = office.submitted("t-card", person, {"request": answers}).ref
    office.pay(ref, fake)
    actions.pick_place(office.task(ref, "offer").pk, person, "", "s0", now=NOW)
    account = office.officer(make.NARGIZ, office.DESK)
    actions.find(office.task(ref, "visit").pk, office.DESK, make.NARGIZ, account, {"same_person": True}, now=NOW)
    office.run()
    return ref


def test_the_operator_sees_them_and_has_two_words(broken: set[str]) -> None:
    assert run("list") == (0, "Nothing is set aside.\n")
    broken.add(make.SEVINC)
    born("B-1", make.SEVINC)
    born("B-2", make.SEVINC)
    actions.start_from_events(NOW)
    first, second = (each.pk for each in asides())

    status, said = run("list")
    assert status == 0
    assert f"{first}  {LIST} no. 1" in said
    assert "ZeroDivisionError; tried 1 times, again at" in said
    assert "waits behind an earlier one" in said
    assert make.SEVINC not in said
    assert "in failing" in run("list", "--trace")[1]
    SetAside.objects.filter(pk=first).update(state="stopped")
    assert run("list")[0] == 1
    shown = json.loads(run("list", "--json")[1])
    assert [(each["number"], each["state"], each["trace"]) for each in shown if each["name"] == LIST] == [
        (first, "stopped", ""),
        (second, "waiting", ""),
    ]
    assert run("retry")[0] == 2
    assert run("retry", "--all") == (0, "2 will be tried again within ten seconds, while a worker runs\n")
    assert run("retry", "999999")[0] == 2
    assert run("drop", str(first))[0] == 2
    assert run("drop", str(first), "--reason", "Paid by hand")[0] == 0
    assert run("drop", str(first), "--reason", "Paid by hand")[0] == 2
    assert "dropped by operator" in run("list", "--dropped")[1]


def test_the_monitor_counts_them(broken: set[str]) -> None:
    broken.add(make.SEVINC)
    born("B-1", make.SEVINC)
    actions.start_from_events(NOW)

    assert f'pencere_events_set_aside{{list="{LIST}",state="waiting"}} 1.0' in metrics()


def metrics() -> str:
    from django.test import RequestFactory

    return machines.metrics(RequestFactory().get("/metrics")).content.decode()


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(events, list(words))
    return done.exit_code, done.output


def _raising(problem: BaseException) -> Callable[..., None]:
    def failing(*_given: object, **_named: object) -> None:
        raise problem

    return failing
