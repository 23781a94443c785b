"""What a register tells: after a number, in order, at least once, and nothing is ever passed over."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from pencere.base.errors import Refused, Unavailable
from pencere.ledger import queries as ledger
from pencere.ledger.tests.make import WAYS_TO_FAIL
from pencere.registers import actions, queries
from pencere.registers.models import Event, Row
from pencere.registers.tests import make
from pencere.registers.tests.make import NOW, TODAY
from pencere.registers.tests.strange import ANNA, VERA, strange


@pytest.fixture(autouse=True)
def _strange():
    with make.using(strange()):
        yield


def events(name: str, after: int = 0, limit: int = 100, now=NOW):
    return queries.events("licences", name, after, limit, purpose=make.purpose(), now=now)


def accept(name: str, row: dict[str, object], key: str, now=NOW, day: date = TODAY):
    return actions.accept("licences", name, row, key=key, valid_from=day, recorded_by="t", now=now)


def grant(key: str, until: date = date(2030, 1, 1), person: str = ANNA, **more: object) -> str:
    taken = accept("grant", {"person": person, "until": until, "kinds": ["day"], **more}, key)
    return str(taken.values["licence_no"])


# --- what is told


@pytest.mark.django_db
def test_a_new_row_is_told_with_the_fields_of_the_event():
    number = grant("a")

    (told,) = events("granted")

    assert told.values == {"licence_no": number, "person": ANNA, "until": date(2030, 1, 1)}
    assert (told.cursor, told.at, told.about) == (1, NOW, (ANNA,))
    (look,) = ledger.looks_of(ANNA)
    assert look.source == "XE/GOV/registry/licences/granted"
    assert events("ended") == events("extended") == ()


@pytest.mark.django_db
def test_reading_goes_on_after_the_last_number_and_comes_again_before_it():
    numbers = [grant(str(number)) for number in range(5)]

    first = events("granted", 0, 2)
    rest = events("granted", first[-1].cursor, 100)

    assert [each.values["licence_no"] for each in (*first, *rest)] == numbers
    assert events("granted", 0, 2) == first
    assert events("granted", rest[-1].cursor) == ()
    assert grant("more") == events("granted", rest[-1].cursor)[0].values["licence_no"]


@pytest.mark.django_db
def test_what_was_loaded_as_it_stands_is_no_event():
    row = {
        "licence_no": "L-2020-000001",
        "person": ANNA,
        "granted_on": TODAY,
        "until": date(2030, 1, 1),
        "kinds": ["day"],
    }
    make.add("licences", row)

    assert events("granted") == ()
    actions.add_row("licences", {**row, "licence_no": "L-2020-000002"}, valid_from=TODAY, recorded_by="t", now=NOW)
    assert [each.values["licence_no"] for each in events("granted")] == ["L-2020-000002"]


@pytest.mark.django_db
def test_a_replacement_is_told_where_its_condition_holds_and_something_changed():
    number = grant("a")
    key = {"licence_no": number}
    who = {"from_day": TODAY, "recorded_by": "t"}

    actions.replace_row("licences", key, {"state": "ordered"}, now=NOW, **who)
    assert events("made") == ()
    actions.replace_row("licences", key, {"state": "made"}, now=NOW + timedelta(hours=1), **who)
    actions.replace_row("licences", key, {"kinds": ["night"]}, now=NOW + timedelta(hours=2), **who)  # made before

    (made,) = events("made", now=NOW + timedelta(hours=3))
    assert made.values == {"licence_no": number, "state": "made"}
    assert events("extended") == ()
    accept("extend", {"licence_no": number, "until": date(2031, 1, 1)}, "b")
    assert [each.values["until"] for each in events("extended")] == [date(2031, 1, 1)]


@pytest.mark.django_db
def test_a_correction_is_told_as_a_replacement_is_if_the_row_holds_today():
    key = {"licence_no": grant("a")}
    grounds = {"reason": "misread", "document": "letter 7", "recorded_by": "t"}

    actions.correct_row("licences", key, {"kinds": ["night"]}, on=TODAY, now=NOW, **grounds)
    assert events("made") == ()
    actions.correct_row("licences", key, {"state": "made"}, on=TODAY, now=NOW + timedelta(hours=1), **grounds)
    assert [each.values["state"] for each in events("made", now=NOW + timedelta(hours=2))] == ["made"]


@pytest.mark.django_db
def test_a_correction_of_what_holds_no_more_is_no_news():
    key = {"licence_no": grant("a")}
    later = NOW + timedelta(days=10)
    who = {"recorded_by": "t", "now": later}
    actions.replace_row("licences", key, {"kinds": ["night"]}, from_day=TODAY + timedelta(days=5), **who)

    actions.correct_row("licences", key, {"state": "made"}, on=TODAY, reason="misread", document="letter 7", **who)

    assert events("made", now=later + timedelta(hours=1)) == ()


@pytest.mark.django_db
def test_an_end_is_told_with_the_row_that_ended():
    number = grant("a")

    accept("give-back", {"licence_no": number}, "b", day=TODAY + timedelta(days=1))

    assert [each.values for each in events("ended")] == [{"licence_no": number}]


@pytest.mark.django_db
def test_an_event_of_its_keys_alone_is_told_of_any_change():
    parcel = {"parcel_no": "111-2222", "owners": [{"holder": ANNA, "share": "1"}], "files": []}
    make.add("parcels", parcel)
    row = {"parcel_no": "111-2222", "owners": [{"holder": VERA, "share": "1"}]}
    for key in ("a", "b"):  # the second time nothing is different
        actions.accept("parcels", "new-right", row, key=key, valid_from=TODAY, recorded_by="t", now=NOW)

    told = queries.events("parcels", "right-changed", 0, 10, purpose=make.purpose(), now=NOW)

    assert [each.values for each in told] == [{"parcel_no": "111-2222"}]
    assert told[0].about == (VERA,)


@pytest.mark.django_db
def test_a_first_home_is_no_move():
    for key, address in (("a", "Odos 5"), ("b", "Odos 6")):
        row = {"person": ANNA, "address": address}
        actions.accept("homes-book", "move", row, key=key, valid_from=TODAY, recorded_by="t", now=NOW)

    told = queries.events("homes-book", "moved", 0, 10, purpose=make.purpose(), now=NOW)

    assert [each.values["address"] for each in told] == ["Odos 6"]


@pytest.mark.django_db
def test_what_was_refused_is_not_told():
    grant("a", plate="A-1")
    with pytest.raises(Refused):
        grant("b", plate="A-1")

    assert len(events("granted")) == 1


@pytest.mark.django_db
def test_a_row_that_cannot_be_read_comes_with_its_problem_and_keeps_no_other_back():
    for key in "abc":
        grant(key, person=VERA if key == "b" else ANNA)
    spoil("b", '"granted_on":"20', '"granted_on":"soon')

    told = events("granted")

    assert [(each.cursor, each.problem, bool(each.values)) for each in told] == [
        (1, "", True),
        (2, "a row cannot be read", False),
        (3, "", True),
    ]
    assert not ledger.looks_of(VERA)


def spoil(key: str, good: str, bad: str) -> None:
    """What stands in a row is not what its kind says: by another program's hand, or by a changed declaration."""
    number = Row.objects.filter(register="licences").order_by("id").values_list("pk", flat=True)["abc".index(key)]
    row = Row.objects.get(pk=number)
    assert good in row.values
    Row.objects.filter(pk=number).update(values=row.values.replace(good, bad))


@pytest.mark.django_db
def test_a_day_of_a_row_that_cannot_be_read_is_told_once_it_can():
    for key in "ab":
        grant(key, until=TODAY + timedelta(days=10))
    spoil("a", '"granted_on":"20', '"granted_on":"soon')

    (told,) = events("expiring")
    spoil("a", '"granted_on":"soon', '"granted_on":"20')

    assert told.cursor == 1
    assert [each.problem for each in events("expiring", told.cursor)] == [""]


@pytest.mark.django_db
def test_an_event_nobody_declared_is_an_error():
    with pytest.raises(LookupError):
        events("lost")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS_TO_FAIL)
def test_nothing_is_told_when_the_look_cannot_be_written(way):
    grant("a")

    with WAYS_TO_FAIL[way](), pytest.raises(Unavailable) as problem:
        events("granted")

    assert ANNA not in str(problem.value)
    assert len(events("granted")) == 1


# --- days that come


@pytest.mark.django_db
def test_a_day_is_told_once_from_its_term_before_it():
    number = grant("a", until=TODAY + timedelta(days=61))

    assert events("expiring") == ()
    tomorrow = NOW + timedelta(days=1)
    for _ in range(3):
        (told,) = events("expiring", now=tomorrow)
    assert told.values == {"licence_no": number, "person": ANNA, "until": TODAY + timedelta(days=61)}
    assert events("expiring", told.cursor, now=NOW + timedelta(days=60)) == ()


@pytest.mark.django_db
def test_a_day_that_moves_is_told_anew_and_one_that_stays_is_not():
    number = grant("a", until=TODAY + timedelta(days=10))
    assert len(events("expiring")) == 1

    actions.replace_row(
        "licences", {"licence_no": number}, {"kinds": ["night"]}, from_day=TODAY, recorded_by="t", now=NOW
    )
    assert len(events("expiring")) == 1
    assert Event.objects.filter(name="expiring").count() == 1
    accept("extend", {"licence_no": number, "until": TODAY + timedelta(days=400)}, "b")

    later = NOW + timedelta(days=350)
    assert [each.values["until"] for each in events("expiring", 1, now=later)] == [TODAY + timedelta(days=400)]


@pytest.mark.django_db
def test_a_day_that_is_past_and_a_row_that_ended_are_not_told():
    grant("past", until=TODAY - timedelta(days=1))
    number = grant("ended", until=TODAY + timedelta(days=5))
    accept("give-back", {"licence_no": number}, "b")

    assert events("expiring") == ()
    assert [each.values["until"] for each in events("expiring")] == []


@pytest.mark.django_db
def test_the_day_itself_still_counts():
    grant("today", until=TODAY)

    assert len(events("expiring")) == 1


# --- who commits late


@pytest.mark.django_db(transaction=True)
def test_who_commits_late_is_never_passed_over():
    """The first of two events is written and not committed, the second is committed and read; then the first comes."""
    place = {"register": "parcels", "name": "right-changed", "at": NOW}
    parcels = [{"parcel_no": f"111-000{n}", "owners": [{"holder": ANNA, "share": "1"}], "files": []} for n in (1, 2)]
    make.add("parcels", *parcels)
    early, late = Row.objects.order_by("id")
    written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            if connection.vendor == "sqlite":  # has one writer at a time: what is written first commits first
                written.set()
                may_commit.wait(10)
            with transaction.atomic():
                Event.objects.create(row=early, once=str(early.pk), **place)
                written.set()
                may_commit.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    Event.objects.create(row=late, once=str(late.pk), **place)

    def told(after: int) -> list[tuple[int, object]]:
        found = queries.events("parcels", "right-changed", after, 10, purpose=make.purpose(), now=NOW)
        return [(each.cursor, each.values["parcel_no"]) for each in found]

    assert told(0) == [(1, "111-0002")]
    may_commit.set()
    thread.join()

    assert told(1) == [(2, "111-0001")]


@pytest.mark.django_db(transaction=True)
def test_readers_beside_eight_writers_hear_of_everything_once_and_in_order():
    stop = threading.Event()
    heard: list[list[int]] = [[], []]
    told: list[list[object]] = [[], []]

    def read(reader: int) -> None:
        try:
            last = 0
            while True:
                ending = stop.is_set()
                for each in events("granted", last, 7):
                    heard[reader].append(each.cursor)
                    told[reader].append(each.values["licence_no"])
                    last = each.cursor
                if ending and not events("granted", last, 1):
                    return
        finally:
            connection.close()

    def write(writer: int) -> None:
        try:
            for number in range(6):
                grant(f"{writer}-{number}")
        finally:
            connection.close()

    readers = [threading.Thread(target=read, args=(reader,)) for reader in range(2)]
    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()

    assert heard[0] == heard[1] == list(range(1, 49))
    assert told[0] == told[1]
    assert len(set(told[0])) == 48
