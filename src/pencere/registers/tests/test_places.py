"""Places are never given out twice: counted, held and taken under one lock, on both engines, under load and crashes."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from pencere.base.errors import Refused
from pencere.registers import actions, queries
from pencere.registers.models import Hold, Row
from pencere.registers.tests import make
from pencere.registers.tests.make import NOW, TODAY
from pencere.registers.tests.strange import ANNA, IRIS, THEO, VERA, strange


@pytest.fixture(autouse=True)
def _strange():
    with make.using(strange()):
        yield


def group(number: str = "7-31", places: int = 2, year: int = 2022) -> None:
    make.add("groups", {"group_no": number, "name": f"Group {number}", "birth_year": year, "places": places})


def hold(key: str, place: str = "7-31", **changes: object):
    words = {"now": NOW} | changes
    return actions.reserve("groups", "place", place, key=key, **words)  # type: ignore[arg-type]


def enrol(child: str, key: str, group: str = "7-31", hold: str = ""):
    return actions.accept(
        "enrolments", "enrol", {"child": child, "group": group}, key=key, valid_from=TODAY, recorded_by="t", now=NOW,
        hold=hold,
    )  # fmt: skip


def free(place: str = "7-31") -> int:
    found = {each.place: each.free for each in queries.free_places("groups", "place", {}, limit=100, now=NOW)}
    return found.get(place, 0)


# --- one after the other


@pytest.mark.django_db
def test_as_many_are_held_as_there_are_places():
    group(places=2)

    first, second, third = hold("a"), hold("b"), hold("c")

    assert first is not None
    assert (first.place, first.amount, first.state, first.values["name"]) == ("7-31", 1, "held", "Group 7-31")
    assert second is not None
    assert third is None
    assert free() == 0


@pytest.mark.django_db
def test_the_same_key_is_the_same_hold():
    group(places=1)

    assert hold("a") == hold("a")
    assert hold("b") is None
    assert Hold.objects.count() == 1


@pytest.mark.django_db
def test_a_key_holds_one_place():
    group("7-31")
    group("7-32")
    hold("a", "7-31")

    with pytest.raises(ValueError, match="another place"):
        hold("a", "7-32")


@pytest.mark.django_db
def test_what_is_released_is_free_and_its_key_holds_no_more():
    group(places=1)
    hold("a")

    assert actions.release("a", NOW) is True
    assert actions.release("a", NOW) is False
    assert actions.release("unknown", NOW) is False
    assert hold("a") is None
    assert hold("b") is not None


@pytest.mark.django_db
def test_a_hold_counts_until_its_end():
    group(places=1)
    hold("a", until=NOW + timedelta(minutes=15))

    assert hold("b", now=NOW + timedelta(minutes=14)) is None
    assert hold("a", now=NOW + timedelta(minutes=15)) is None  # too late for the first
    assert hold("c", now=NOW + timedelta(minutes=15)) is not None


@pytest.mark.django_db
def test_a_hold_becomes_the_row_that_fills_it():
    group(places=1)
    hold("a")

    taken = enrol(IRIS, "k", hold="a")

    kept = Hold.objects.get()
    assert (kept.state, kept.row_id) == ("taken", taken.row_id)
    assert free() == 0
    assert actions.release("a", NOW) is False  # the row has to end
    assert enrol(IRIS, "k", hold="a") == taken  # sent again
    held = queries.hold_of("a", NOW)
    assert held is not None
    assert held.state == "taken"


@pytest.mark.django_db
def test_a_row_that_ends_frees_its_place():
    group(places=1)
    enrol(IRIS, "k")
    assert hold("a") is None

    row = {"child": IRIS, "group": "7-31"}
    actions.accept("enrolments", "leave", row, key="l", valid_from=TODAY, recorded_by="t", now=NOW)

    assert hold("a") is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "hold_key", "rule"),
    [
        (lambda: None, "nobody", "hold_gone"),
        (lambda: (hold("a"), actions.release("a", NOW)), "a", "hold_gone"),
        (lambda: hold("a", until=NOW), "a", "hold_gone"),
        (lambda: (group("7-32"), hold("a", "7-32")), "a", "hold_of_another_place"),
        (lambda: (hold("a"), enrol(VERA, "v", hold="a")), "a", "hold_gone"),
        (lambda: (hold("a"), hold("b")), "", "no_free_place"),
        (lambda: (enrol(VERA, "v"), enrol(THEO, "t")), "", "no_free_place"),
    ],
)
def test_a_row_without_a_place_is_refused_whole(before, hold_key, rule):
    group(places=2)
    before()
    rows = Row.objects.count()

    with pytest.raises(Refused) as problem:
        enrol(IRIS, "k", hold=hold_key)

    assert (problem.value.rule, problem.value.law) == (rule, "people-law 2")
    assert Row.objects.count() == rows


@pytest.mark.django_db
def test_a_place_nobody_knows_is_refused():
    with pytest.raises(Refused, match="no_such_row"):
        hold("a", "9-99")
    with pytest.raises(LookupError):
        actions.reserve("groups", "bed", "7-31", key="a", now=NOW)
    with pytest.raises(ValueError, match="at least one"):
        hold("a", amount=0)


@pytest.mark.django_db
def test_where_no_register_fills_them_what_was_taken_stays_taken_until_released():
    slot = {"slot_no": "S-1", "at": "2026-04-01T09:00:00+02:00", "desks": 1}
    make.add("slots", slot)
    assert actions.reserve("slots", "slot", "S-1", key="a", now=NOW) is not None

    licence = {"person": ANNA, "until": date(2027, 1, 1), "kinds": ["day"]}
    actions.accept("licences", "grant", licence, key="k", valid_from=TODAY, recorded_by="t", now=NOW, hold="a")

    assert Hold.objects.get().state == "taken"
    assert actions.reserve("slots", "slot", "S-1", key="b", now=NOW) is None
    assert actions.release("a", NOW) is True
    assert actions.reserve("slots", "slot", "S-1", key="b", now=NOW) is not None


@pytest.mark.django_db
def test_a_quota_is_counted_by_what_each_row_takes():
    make.add("quotas", {"quota_no": "Q-1", "animals": 10})

    def hunt(animals: int, key: str, hold: str = ""):
        row = {"person": ANNA, "quota": "Q-1", "animals": animals}
        return actions.accept("hunts", "hunt", row, key=key, valid_from=TODAY, recorded_by="t", now=NOW, hold=hold)

    hunt(4, "a")
    assert actions.reserve("quotas", "animals", "Q-1", key="h", amount=7, now=NOW) is None
    assert actions.reserve("quotas", "animals", "Q-1", key="i", amount=5, now=NOW) is not None
    with pytest.raises(Refused, match="no_free_place"):
        hunt(2, "b")
    with pytest.raises(Refused, match="hold_too_small"):
        hunt(6, "c", hold="i")
    hunt(3, "d", hold="i")  # two less than were held: those are free again

    (left,) = queries.free_places("quotas", "animals", {}, limit=1, now=NOW)
    assert left.free == 3


@pytest.mark.django_db
def test_only_rows_with_free_places_are_offered_in_their_order():
    for number, places, year in (("1", 0, 2022), ("2", 1, 2022), ("3", 1, 2021), ("4", 3, 2022), ("5", 1, 2022)):
        group(number, places, year)
    hold("a", "2")

    def offered(only: dict[str, object], limit: int) -> list[str]:
        return [each.place for each in queries.free_places("groups", "place", only, limit=limit, now=NOW)]

    assert offered({"birth_year": 2022}, 10) == ["4", "5"]
    assert offered({}, 2) == ["3", "4"]
    assert offered({"birth_year": 2022, "group_no": "5"}, 10) == ["5"]
    assert offered({"birth_year": 2030}, 10) == []


@pytest.mark.django_db
def test_a_slot_that_is_over_is_not_offered():
    for number, at in enumerate(("2026-03-18T08:00:00+00:00", "2026-03-18T10:00:00+00:00")):
        make.add("slots", {"slot_no": f"S-{number}", "at": at, "desks": 1})

    found = queries.free_places("slots", "slot", {}, limit=5, not_before={"at": NOW}, now=NOW)

    assert [each.place for each in found] == ["S-1"]
    assert found[0].values["at"] == datetime(2026, 3, 18, 10, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"amount": 0}, {"state": "lost"}, {"state": "held", "closed_at": NOW}, {"state": "taken"}]
)
def test_the_database_itself_refuses_a_hold_that_cannot_be(wrong):
    words = {
        "register": "groups",
        "capacity": "place",
        "place": "7-31",
        "key": "a",
        "amount": 1,
        "state": "held",
        "at": NOW,
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.create(**{**words, **wrong})


# --- many at once


def together(work, writers: int = 8) -> None:
    def one(writer: int) -> None:
        try:
            work(writer)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_many_who_want_the_same_places_get_each_once():
    """Eight writers, five groups of three places, everybody asks for every group; some let go and others follow."""
    for number in range(5):
        group(f"G{number}", places=3)
    won: Counter[str] = Counter()

    def work(writer: int) -> None:
        for number in range(5):
            key = f"{writer}-{number}"
            if hold(key, f"G{number}") is not None:
                won[f"G{number}"] += 1
                if writer % 4 == 0:
                    actions.release(key, NOW)
                    won[f"G{number}"] -= 1

    together(work)

    for number in range(5):
        place = f"G{number}"
        held = Hold.objects.filter(place=place.lower(), state="held").count()
        assert held == won[place] <= 3
        assert free(place) == 3 - held


@pytest.mark.django_db(transaction=True)
def test_the_last_place_goes_to_one_whether_held_or_taken_at_once():
    group(places=1)
    done = []

    def work(writer: int) -> None:
        try:
            if writer % 2:
                done.append(("taken", enrol((ANNA, VERA, THEO, IRIS)[writer // 2], f"k{writer}")))
            elif (held := hold(f"h{writer}")) is not None:
                done.append(("held", held))
        except Refused as problem:
            assert problem.rule == "no_free_place"

    together(work)

    assert len(done) == 1
    assert free() == 0


@pytest.mark.django_db(transaction=True)
def test_one_hold_is_taken_by_one_row():
    group(places=3)
    hold("a")
    done, refused = [], []

    def work(writer: int) -> None:
        try:
            done.append(enrol((ANNA, VERA, THEO, IRIS)[writer], f"k{writer}", hold="a"))
        except Refused as problem:
            refused.append(problem.rule)

    together(work, writers=4)

    assert len(done) == 1
    assert refused == ["hold_gone"] * 3
    assert free() == 2


@pytest.mark.django_db
def test_a_row_that_is_replaced_in_its_place_takes_no_second_one():
    """And one that moves takes the other place, if it is free."""
    for number in ("7-31", "7-32"):
        group(number, places=1)
    enrolments = strange().registers["enrolments"]
    taken = enrolments.accepts["enrol"]
    moves = type(taken)("move", "replace", ("child",), ("child", "group"), taken.place)
    registers = {
        **strange().registers,
        "enrolments": replace(enrolments, accepts={**enrolments.accepts, "move": moves}),
    }
    with make.using(replace(strange(), registers=registers)):
        enrol(IRIS, "a")

        def move(where: str, key: str, hold: str = ""):
            row = {"child": IRIS, "group": where}
            return actions.accept(
                "enrolments", "move", row, key=key, valid_from=TODAY, recorded_by="t", now=NOW, hold=hold
            )

        move("7-31", "b")
        assert (free("7-31"), free("7-32")) == (0, 1)
        move("7-32", "c")
        assert (free("7-31"), free("7-32")) == (1, 0)
        hold("h")
        with pytest.raises(Refused, match="no_free_place"):
            move("7-31", "d")
        move("7-31", "d", hold="h")
        assert (free("7-31"), free("7-32")) == (0, 1)
