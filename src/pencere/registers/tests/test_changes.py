"""Rows change on two axes: when they hold, and when we knew it. Nothing that was known is ever lost."""

from __future__ import annotations

import random
import threading
from datetime import date, timedelta

import msgspec
import pytest
from django.db import IntegrityError, connection, transaction

from pencere.base.errors import BadInput
from pencere.ledger import queries as ledger
from pencere.ledger.models import Leaf
from pencere.registers import actions, queries, rules
from pencere.registers.models import Row
from pencere.registers.tests import make
from pencere.registers.tests.make import HOME, NOW, SEVINC, TODAY

WHO = {"recorded_by": "officer:registry", "now": NOW + timedelta(minutes=1)}


@pytest.fixture(autouse=True)
def _azerbaijan():
    with make.using(make.the("azerbaijan")):
        yield


def address(on: date = TODAY, known_at=None, identifier: str = SEVINC) -> object:
    rows = queries.answer(
        "residence", "by-person", {"person": identifier}, ("address",), make.purpose(), on=on, known_at=known_at,
        now=NOW + timedelta(days=300),
    )  # fmt: skip
    return rows[0].values["address"] if rows else None


@pytest.mark.django_db
def test_rows_are_added_in_batches_each_with_a_leaf(monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 100)
    rows = [make.home(f"{number:07d}") for number in range(250)]

    assert actions.add_rows("residence", iter(rows), valid_from=TODAY, recorded_by="import", now=NOW) == 250

    assert queries.count("residence") == 250
    bodies = [msgspec.json.decode(body) for body in Leaf.objects.order_by("id").values_list("body", flat=True)]
    assert sorted(body["last"] - body["first"] + 1 for body in bodies) == [50, 100, 100]
    for body in bodies:
        rows_of = Row.objects.filter(pk__range=(body["first"], body["last"])).order_by("pk")
        assert body["digest"] == rules.digest(list(rows_of.values_list("values", flat=True)))
    assert SEVINC not in str(bodies)


@pytest.mark.django_db
def test_a_row_may_say_itself_when_it_holds():
    make.add(
        "residence",
        make.home(valid_from="2010-01-01", valid_until="2015-12-31"),
        make.home(valid_from=date(2016, 1, 1)),
    )

    assert [address(date(year, 6, 1)) for year in (2009, 2010, 2015, 2016)] == [None, HOME, HOME, HOME]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "reason", "field"),
    [
        ({"basis": "friend"}, "not_a_choice", "basis"),
        ({"person": "OOO"}, "letter_never_used", "person"),
        ({"valid_from": "soon"}, "not_a_date", "valid_from"),
        ({"valid_until": 7}, "not_a_date", "valid_until"),
        ({"valid_from": None}, "not_a_date", "valid_from"),
        ({"valid_until": "2001-01-01"}, "ends_before_it_begins", "valid_until"),
        ({}, "overlaps", "person"),
    ],
)
def test_a_row_that_cannot_be_is_named_by_its_number_and_field(wrong, reason, field):
    rows = [make.home("0000001"), make.home("0000002"), make.home("0000002" if not wrong else "0000003", **wrong)]

    with pytest.raises(BadInput) as problem:
        make.add("residence", *rows)

    assert (problem.value.reason, problem.value.details["field"], problem.value.details["row"]) == (reason, field, 3)
    assert queries.count("residence") == 0


@pytest.mark.django_db
def test_a_row_that_overlaps_an_older_one_is_named():
    make.add("residence", make.home("0000002"))

    with pytest.raises(BadInput) as problem:
        make.add("residence", make.home("0000001"), make.home("0000002"))

    assert problem.value.details["row"] == 2


@pytest.mark.django_db
def test_a_move_keeps_what_held_before():
    make.add("residence", make.home())

    receipt = actions.replace_row(
        "residence", {"person": SEVINC}, {"address": "Gəncə, ev 1"}, from_day=date(2026, 3, 1), **WHO
    )

    assert address(date(2026, 2, 28)) == HOME
    assert address(date(2026, 3, 1)) == "Gəncə, ev 1"
    assert address(known_at=NOW) == HOME  # what we knew before the move was recorded
    assert ledger.receipt_is_genuine(receipt.note)
    new = Row.objects.get(how="replace", valid_until=None)
    assert msgspec.json.decode(new.values)["basis"] == "owner"  # carried over
    assert new.follows is not None
    assert new.follows.retired_at is not None


@pytest.mark.django_db
def test_a_move_on_the_first_day_leaves_nothing_of_the_old_row():
    make.add("residence", make.home(), since=date(2026, 3, 1))

    actions.replace_row("residence", {"person": SEVINC}, {"address": "Gəncə, ev 1"}, from_day=date(2026, 3, 1), **WHO)

    assert queries.count("residence") == 1
    assert address(date(2026, 3, 1)) == "Gəncə, ev 1"
    assert address(date(2026, 3, 1), known_at=NOW) == HOME


@pytest.mark.django_db
def test_a_first_home_is_a_new_row():
    actions.replace_row("residence", {"person": SEVINC}, make.home(), from_day=TODAY, **WHO)

    assert address() == HOME
    assert Row.objects.get().how == "add"


@pytest.mark.django_db
def test_a_row_ends_the_day_before():
    make.add("residence", make.home())

    actions.end_row("residence", {"person": SEVINC}, from_day=TODAY, **WHO)

    assert address(TODAY - timedelta(days=1)) == HOME
    assert address(TODAY) is None
    with pytest.raises(BadInput, match="no_such_row"):
        actions.end_row("residence", {"person": SEVINC}, from_day=TODAY, **WHO)


@pytest.mark.django_db
@pytest.mark.parametrize("said", [{"reason": "found at the survey"}, {"document": "act 9"}, {}])
def test_a_new_row_keeps_why_it_is_there_and_so_does_its_leaf(said):
    actions.add_row("residence", make.home(), valid_from=TODAY, **WHO, **said)

    row = Row.objects.get()
    assert (row.reason, row.document) == (said.get("reason", ""), said.get("document", ""))
    body = msgspec.json.decode(Leaf.objects.get(kind="register.added").body)
    assert {name: body[name] for name in ("reason", "document") if body.get(name)} == said


@pytest.mark.django_db
def test_a_correction_never_erases():
    make.add("residence", make.home())

    actions.correct_row(
        "residence", {"person": SEVINC}, {"address": "Bakı, ev 6"}, on=TODAY, reason="misread", document="14/2", **WHO
    )

    assert address(date(2020, 1, 1)) == "Bakı, ev 6"
    assert address(date(2020, 1, 1), known_at=NOW) == HOME
    new = Row.objects.get(retired_at=None)
    assert (new.how, new.reason, new.document, new.valid_from) == ("correct", "misread", "14/2", date(2019, 5, 1))
    body = msgspec.json.decode(Leaf.objects.get(kind="register.corrected").body)
    assert (body["reason"], body["document"], body["row"]) == ("misread", "14/2", new.pk)
    assert HOME not in str(body)


@pytest.mark.django_db
def test_a_correction_may_move_the_days():
    make.add("residence", make.home())

    actions.correct_row(
        "residence",
        {"person": SEVINC},
        {"valid_from": "2020-01-01"},
        on=TODAY,
        reason="misread",
        document="14/2",
        **WHO,
    )

    assert [address(date(2019, 6, 1)), address(date(2019, 6, 1), known_at=NOW), address()] == [None, HOME, HOME]


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["reason", "document"])
def test_a_correction_says_on_what_it_rests(missing):
    make.add("residence", make.home())
    words = {"reason": "misread", "document": "14/2"} | {missing: " "}

    with pytest.raises(BadInput) as problem:
        actions.correct_row("residence", {"person": SEVINC}, {}, on=TODAY, **words, **WHO)

    assert problem.value.details["field"] == missing


@pytest.mark.django_db
@pytest.mark.parametrize("key", [{}, {"address": HOME}, {"person": SEVINC, "address": HOME}])
def test_a_row_is_named_by_its_key(key):
    with pytest.raises(ValueError, match="named by person"):
        actions.end_row("residence", key, from_day=TODAY, **WHO)


@pytest.mark.django_db
def test_a_change_that_fails_leaves_row_and_ledger_as_they_were():
    make.add("residence", make.home())
    leaves = Leaf.objects.count()

    with pytest.raises(BadInput):
        actions.replace_row("residence", {"person": SEVINC}, {"basis": "friend"}, from_day=TODAY, **WHO)

    assert Leaf.objects.count() == leaves
    assert Row.objects.filter(retired_at=None).count() == 1
    assert address() == HOME


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(12))
def test_both_axes_agree_with_a_plain_model(seed):
    """After every change a day-by-day picture is kept; afterwards each day is asked as of each change."""
    dice = random.Random(seed)
    first, days = date(2026, 1, 1), 14
    picture: dict[int, str | None] = dict.fromkeys(range(days))
    pictures = []
    for step in range(7):
        now = NOW + timedelta(hours=step)
        who = {"recorded_by": "test", "now": now}
        at, until = sorted(dice.sample(range(days), 2))
        name = f"{seed}-{step}"
        change = dice.choice(["add", "replace", "end", "correct"])
        if change == "add" and all(picture[day] is None for day in range(at, until + 1)):
            day = {"valid_from": first + timedelta(at), "valid_until": first + timedelta(until)}
            actions.add_rows("residence", [make.home(address=name, **day)], valid_from=first, **who)
            picture.update(dict.fromkeys(range(at, until + 1), name))
        elif change == "replace" and _follows_nothing(picture, at, days):
            actions.replace_row(
                "residence", {"person": SEVINC}, make.home(address=name), from_day=first + timedelta(at), **who
            )
            picture.update(dict.fromkeys(range(at, days), name))
        elif change == "end" and picture[at] is not None:
            actions.end_row("residence", {"person": SEVINC}, from_day=first + timedelta(at), **who)
            for day in _row_at(picture, at):
                if day >= at:
                    picture[day] = None
        elif change == "correct" and picture[at] is not None:
            words = {"reason": "r", "document": "d"}
            on = first + timedelta(at)
            actions.correct_row("residence", {"person": SEVINC}, {"address": name}, on=on, **words, **who)
            picture.update(dict.fromkeys(_row_at(picture, at), name))
        pictures.append((now, dict(picture)))

    for now, expected in pictures:
        found = {day: address(first + timedelta(day), known_at=now) for day in range(days)}
        assert found == expected, (seed, now)


def _row_at(picture: dict[int, str | None], at: int) -> list[int]:
    """The days of the row that holds on day `at`; each row has a name of its own."""
    return [day for day in picture if picture[day] == picture[at]]


def _follows_nothing(picture: dict[int, str | None], at: int, days: int) -> bool:
    """Whether no other row begins after `at`, so that an open-ended row fits."""
    return all(picture[day] in (None, picture[at]) for day in range(at, days)) and (
        picture[at] is not None or all(picture[day] is None for day in range(at, days))
    )


# --- the guard in the database


def row(first: date, last: date | None, **changes: object) -> Row:
    return Row(
        register="residence", key="X", values="{}", valid_from=first, valid_until=last, recorded_at=NOW,
        recorded_by="test", how="add", **changes,
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "last", "fits"),
    [
        (date(2026, 1, 1), date(2026, 1, 9), True),
        (date(2026, 1, 1), date(2026, 1, 10), False),
        (date(2026, 1, 1), None, False),
        (date(2026, 1, 12), date(2026, 1, 13), False),
        (date(2026, 1, 20), None, False),
        (date(2026, 1, 21), None, True),
        (date(2026, 1, 10), date(2026, 1, 20), False),
    ],
)
def test_the_database_itself_refuses_two_rows_on_one_day(first, last, fits):
    row(date(2026, 1, 10), date(2026, 1, 20)).save()

    if fits:
        row(first, last).save()
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            row(first, last).save()
    row(first, last, retired_at=NOW).save()  # what is retired is in nobody's way


@pytest.mark.django_db
def test_a_retired_row_cannot_come_back_over_another():
    old = row(date(2026, 1, 1), None, retired_at=NOW)
    old.save()
    row(date(2026, 1, 1), None).save()

    old.retired_at = None
    with pytest.raises(IntegrityError), transaction.atomic():
        old.save()


@pytest.mark.django_db
def test_a_row_does_not_end_before_it_begins():
    with pytest.raises(IntegrityError), transaction.atomic():
        row(date(2026, 1, 2), date(2026, 1, 1)).save()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_write_one_key_at_once_one_succeeds():
    outcomes: list[str] = []
    start = threading.Barrier(6)

    def write(number: int) -> None:
        start.wait()
        try:
            make.add("residence", make.home(address=f"Bakı, ev {number}"))
            outcomes.append("added")
        except BadInput as problem:
            outcomes.append(problem.reason)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["added"] + ["overlaps"] * 5


@pytest.mark.django_db(transaction=True)
def test_moves_of_one_person_at_once_follow_each_other():
    make.add("residence", make.home())
    problems: list[Exception] = []

    def move(number: int) -> None:
        try:
            actions.replace_row(
                "residence", {"person": SEVINC}, {"address": f"Bakı, ev {number}"}, from_day=TODAY, **WHO
            )
        except Exception as problem:  # noqa: BLE001  shown by the assertion below
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert Row.objects.filter(retired_at=None, valid_until=None).count() == 1
    assert Row.objects.filter(retired_at=None).count() == 2
