"""A change that another sends is taken once, gives what the register gives, or is refused with a rule and a law."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from django.db import connection

from pencere.base import identifiers
from pencere.base.errors import BadInput, Refused
from pencere.ledger.models import Leaf
from pencere.registers import actions, giving, queries
from pencere.registers.models import Row, Serial, TakenChange
from pencere.registers.tests import make
from pencere.registers.tests.make import NOW, TODAY
from pencere.registers.tests.strange import ANNA, IRIS, THEO, VERA, strange

UNTIL = date(2027, 3, 18)


@pytest.fixture(autouse=True)
def _strange():
    with make.using(strange()):
        yield


def accept(target: str, row: dict[str, object], key: str = "K7QF2-9XMZT 4", **changes):
    register, name = target.split(".")
    words = {"valid_from": TODAY, "recorded_by": "registry/system", "now": NOW} | changes
    return actions.accept(register, name, row, key=key, **words)


def grant(key: str = "K7QF2-9XMZT 4", now: datetime = NOW, **changes: object):
    row = {"person": ANNA, "until": UNTIL, "kinds": ["sea", "day"], **changes}
    return accept("licences.grant", row, key, now=now)


def licences(person: str = ANNA, on: date = TODAY) -> list[dict[str, object]]:
    fields = ("licence_no", "until", "kinds", "valid_from")
    return [
        row.values
        for row in queries.answer("licences", "current", {"person": person}, fields, make.purpose(), on=on, now=NOW)
    ]


def refused(rule: str, target: str, row: dict[str, object], **changes: object) -> None:
    with pytest.raises(Refused) as problem:
        accept(target, row, **changes)
    law = strange().registers[target.partition(".")[0]].law[0]
    assert (problem.value.rule, problem.value.law) == (rule, str(law))


# --- taken, with what is given


@pytest.mark.django_db
def test_a_new_row_is_given_its_number_and_its_day():
    taken = grant()

    assert taken.values == {
        "licence_no": "L-2026-000001", "granted_on": TODAY, "person": ANNA, "until": UNTIL, "kinds": ["day", "sea"],
    }  # fmt: skip
    assert taken.at == NOW
    assert [row["licence_no"] for row in licences()] == ["L-2026-000001"]
    row = Row.objects.get(pk=taken.row_id)
    assert (row.how, row.recorded_by, row.valid_from) == ("add", "registry/system", TODAY)
    body = msgspec.json.decode(Leaf.objects.get(kind="register.added").body)
    assert body["row"] == row.pk
    assert ANNA not in str(body)


@pytest.mark.django_db
def test_the_number_begins_anew_in_a_new_year_of_the_country():
    new_year = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)  # Athens is ahead

    numbers = [grant(key, now=now).values["licence_no"] for key, now in (("a", NOW), ("b", new_year), ("c", NOW))]

    assert numbers == ["L-2026-000001", "L-2027-000001", "L-2026-000002"]


@pytest.mark.django_db
def test_numbers_that_were_loaded_are_not_given_again():
    loaded = {"person": VERA, "granted_on": TODAY, "until": UNTIL, "kinds": ["day"]}
    actions.add_rows(
        "licences", [{**loaded, "licence_no": "L-2026-000041"}, {**loaded, "licence_no": "old 7"}],
        valid_from=TODAY, recorded_by="import", now=NOW,
    )  # fmt: skip

    assert grant().values["licence_no"] == "L-2026-000042"


@pytest.mark.django_db
def test_a_refused_change_leaves_no_gap_in_the_numbers():
    grant("a", plate="A-1")
    with pytest.raises(Refused, match="not_unique"):
        grant("b", person=VERA, plate="a-1")
    with pytest.raises(BadInput):
        grant("c", until="soon")

    assert grant("d").values["licence_no"] == "L-2026-000002"


@pytest.mark.django_db
def test_a_child_that_is_registered_gets_a_number_that_nobody_has(monkeypatch):
    kind = strange().identifiers["mitos"]
    drawn = iter(["100000000", "010002001", "344455566"])  # no check digit holds, known already, free
    monkeypatch.setattr(giving, "_like", lambda pattern, chance: next(drawn))
    monkeypatch.setattr(giving, "_with_check", lambda _kind, text: text)
    make.add("homes-book", {"person": ANNA, "address": "Odos 5"})

    taken = accept("births.register", {"born_on": TODAY, "mother": ANNA})

    assert taken.values["child"] == "344455566"
    assert taken.values["registered_on"] == TODAY
    assert taken.values["act_no"] == "2026-000001"  # the holder's own way of numbering
    assert identifiers.read(kind, str(taken.values["child"]))


@pytest.mark.parametrize("name", ["azerbaijan", "template"])
@pytest.mark.django_db
def test_a_drawn_person_is_valid_in_every_country(name):
    made = make.the(name)
    with make.using(made):
        shape = queries.shape_of(next(iter(made.registers)))
        kind = made.identifiers[made.person.identifier]

        drawn = {giving.new_person(shape) for _ in range(50)}

        assert len(drawn) == 50
        assert all(identifiers.read(kind, one) == one for one in drawn)


# --- once


@pytest.mark.django_db
def test_the_same_change_sent_again_is_answered_again_and_done_once():
    first = grant()
    later = accept(
        "licences.grant", {"person": VERA, "until": UNTIL, "kinds": ["day"]}, valid_from=TODAY + timedelta(days=1),
        now=NOW + timedelta(days=1),
    )  # fmt: skip

    assert later == first
    assert Row.objects.filter(register="licences").count() == 1
    assert Leaf.objects.filter(kind="register.added").count() == 1
    assert grant("another").values["licence_no"] == "L-2026-000002"


@pytest.mark.django_db
def test_a_key_stands_for_one_change():
    grant("a")

    with pytest.raises(ValueError, match="another change"):
        accept("licences.extend", {"licence_no": "L-2026-000001", "until": UNTIL}, "a")


@pytest.mark.django_db
def test_what_was_refused_may_be_sent_again():
    row = {"licence_no": "L-2026-000001", "until": UNTIL}
    refused("no_such_row", "licences.extend", row)
    grant("first")

    assert accept("licences.extend", row).values["until"] == UNTIL


# --- replaced and ended


@pytest.mark.django_db
def test_a_replacement_carries_over_what_it_does_not_name():
    number = grant().values["licence_no"]
    day = TODAY + timedelta(days=30)

    taken = accept("licences.extend", {"licence_no": number, "until": date(2028, 1, 1)}, "b", valid_from=day)

    assert taken.values["until"] == date(2028, 1, 1)
    assert licences(on=day)[0]["kinds"] == ["day", "sea"]
    assert licences(on=day - timedelta(days=1))[0]["until"] == UNTIL


@pytest.mark.django_db
def test_a_row_is_found_by_another_field_than_its_key():
    grant(plate="A-1")

    taken = accept("licences.repaint", {"plate": "a-1", "kinds": ["night"]}, "b")

    assert taken.values["licence_no"] == "L-2026-000001"
    assert licences()[0]["kinds"] == ["night"]


@pytest.mark.django_db
def test_a_first_home_is_a_new_row_but_half_a_row_is_none():
    accept("homes-book.move", {"person": ANNA, "address": "Odos 5"})
    refused("no_such_row", "licences.extend", {"licence_no": "L-2026-000009", "until": UNTIL}, key="b")

    assert Row.objects.get(register="homes-book").how == "add"


@pytest.mark.django_db
def test_a_row_ends_once():
    number = grant().values["licence_no"]
    day = TODAY + timedelta(days=1)

    first = accept("licences.give-back", {"licence_no": number}, "b", valid_from=day)
    again = accept("licences.give-back", {"licence_no": number}, "b", valid_from=day)

    assert first == again
    assert licences(on=day) == []
    refused("no_such_row", "licences.give-back", {"licence_no": number}, key="c", valid_from=day)


# --- refused, clearly


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "reason", "field"),
    [
        ({"licence_no": "L-2026-000007"}, "given_by_the_register", "licence_no"),
        ({"granted_on": TODAY}, "given_by_the_register", "granted_on"),
        ({"state": "made"}, "unknown_field", "state"),
        ({"colour": "red"}, "unknown_field", "colour"),
        ({"until": None}, "missing", "until"),
        ({"fee": 50}, "too_small", "fee"),
        ({"fee": 50001}, "too_large", "fee"),
        ({"kinds": ["day", "moon"]}, "not_a_choice", "kinds"),
        ({"person": "123"}, "wrong_shape", "person"),
    ],
)
def test_a_value_that_cannot_be_is_named_by_its_field(row, reason, field):
    with pytest.raises(BadInput) as problem:
        grant(**row)

    assert (problem.value.reason, problem.value.details["field"]) == (reason, field)
    assert not TakenChange.objects.exists()


@pytest.mark.django_db
def test_a_row_that_is_there_already_is_refused():
    make.add("groups", {"group_no": "7-31", "name": "Bees", "birth_year": 2022, "places": 2})
    row = {"child": IRIS, "group": "7-31"}
    accept("enrolments.enrol", row, "a")

    refused("row_exists", "enrolments.enrol", row, key="b")


@pytest.mark.django_db
def test_a_reference_to_no_row_is_refused():
    refused("no_such_row", "hunts.hunt", {"person": ANNA, "quota": "Q-1", "animals": 1})


@pytest.mark.django_db
def test_unknown_changes_are_no_refusals():
    with pytest.raises(LookupError):
        accept("licences.revoke", {})


@pytest.mark.django_db
def test_one_row_too_many_is_no_row():
    """A key that is not the register's own must find one row."""
    make.add("homes-book", {"person": ANNA, "address": "Odos 5"}, {"person": VERA, "address": "Odos 5"})
    register = strange().registers["homes-book"]
    taken = register.accepts["move"]
    by_address = type(taken)("rename", "replace", ("address",), ("address",), taken.place)
    accepts = {**register.accepts, "rename": by_address}
    changed = make.replace(
        strange(), registers={**strange().registers, "homes-book": make.replace(register, accepts=accepts)}
    )
    with make.using(changed):
        refused("more_than_one_row", "homes-book.rename", {"address": "Odos 5"})


# --- lists, groups, and by whom rows are found


def parcel(number: str, *owners: str, **more: object) -> dict[str, object]:
    shares = [{"holder": owner, "share": "0.5"} for owner in owners]
    return {"parcel_no": number, "owners": shares, **more}


@pytest.mark.django_db
def test_a_row_is_found_by_each_item_of_a_repeated_group():
    make.add("parcels", parcel("111-2222", ANNA, VERA), parcel("111-3333", VERA))

    def of(person: str) -> list[object]:
        rows = queries.answer("parcels", "of-person", {"person": person}, ("parcel_no",), make.purpose(), now=NOW)
        return [row.values["parcel_no"] for row in rows]

    assert of(ANNA) == ["111-2222"]
    assert of(VERA) == ["111-2222", "111-3333"]
    assert of(THEO) == []


@pytest.mark.django_db
def test_a_group_comes_back_as_it_was_and_everybody_in_it_has_the_look():
    corner = [[10.0, 50.0], [10.1, 50.0], [10.1, 50.1], [10.0, 50.0]]
    boundary = {"type": "Polygon", "coordinates": [corner]}
    paper = "sha256:" + "a" * 64
    make.add("parcels", parcel("111-2222", ANNA, VERA, boundary=boundary, files=[paper]))
    fields = ("parcel_no", "owners", "files", "boundary")

    (row,) = queries.answer("parcels", "by-number", {"parcel_no": "111-2222"}, fields, make.purpose(), now=NOW)

    assert row.values["owners"] == [{"holder": ANNA, "share": "0.5"}, {"holder": VERA, "share": "0.5"}]
    assert row.values["files"] == [paper]
    assert row.values["boundary"] == boundary
    assert row.about == (ANNA, VERA)
    assert make.looks_of(ANNA) == make.looks_of(VERA) == 1


@pytest.mark.django_db
def test_who_comes_into_a_group_is_found_and_who_left_is_not():
    make.add("parcels", parcel("111-2222", ANNA, VERA))

    accept("parcels.new-right", parcel("111-2222", THEO))

    for person, expected in ((ANNA, 0), (THEO, 1)):
        rows = queries.answer("parcels", "of-person", {"person": person}, ("parcel_no",), make.purpose(), now=NOW)
        assert len(rows) == expected


@pytest.mark.django_db
def test_two_names_of_which_one_must_match():
    act = {"registered_on": TODAY, "born_on": TODAY}
    make.add(
        "births",
        {**act, "act_no": "1", "child": IRIS, "mother": ANNA, "father": THEO},
        {**act, "act_no": "2", "child": VERA, "mother": THEO},
    )

    def children(parent: str) -> list[object]:
        rows = queries.answer("births", "children-of", {"parent": parent}, ("child",), make.purpose(), now=NOW)
        return [row.values["child"] for row in rows]

    assert children(ANNA) == [IRIS]
    assert children(THEO) == [IRIS, VERA]


@pytest.mark.django_db
def test_a_proxy_is_asked_for_by_person_and_service():
    row = {"proxy_no": "1", "principal": VERA, "agent": ANNA, "service": ["home-certificate", "other"]}
    make.add("proxies", row)

    for service, expected in (("other", [VERA]), ("none", [])):
        rows = queries.answer(
            "proxies", "principals-of", {"agent": ANNA, "service": service}, ("principal",), make.purpose(), now=NOW
        )
        assert [found.values["principal"] for found in rows] == expected


@pytest.mark.django_db
def test_who_lives_together_is_found_by_what_they_have_in_common():
    make.add("homes-book", *({"person": one, "address": at} for one, at in ((ANNA, "A"), (VERA, "A"), (THEO, "B"))))

    rows = queries.answer("homes-book", "household", {"person": ANNA}, ("person",), make.purpose(), now=NOW)

    assert [row.values["person"] for row in rows] == [ANNA, VERA]


# --- many writers


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_under_parallel_writers():
    """Eight writers, every third change refused: the numbers that were given are 1 to n."""
    refusals = []

    def write(writer: int) -> None:
        try:
            for number in range(6):
                bad = {"until": "soon"} if (writer + number) % 3 == 0 else {}
                try:
                    grant(f"{writer}-{number}", **bad)
                except BadInput:
                    refusals.append((writer, number))
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    given = sorted(msgspec.json.decode(values)["licence_no"] for values in Row.objects.values_list("values", flat=True))
    assert len(given) == 48 - len(refusals) == 32
    assert given == [f"L-2026-{number:06d}" for number in range(1, 33)]
    assert Serial.objects.get().last == 32


@pytest.mark.django_db(transaction=True)
def test_one_change_sent_by_many_at_once_is_done_once():
    answers = []

    def send() -> None:
        try:
            answers.append(grant("the same"))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({answer.row_id for answer in answers}) == 1
    assert len(answers) == 8
    assert Row.objects.count() == 1
