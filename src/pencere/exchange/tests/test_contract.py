"""One contract for every holder: the register next door, and the stand-in process with a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.base.narrowing import WHOLE, Narrowed
from pencere.exchange import actions
from pencere.exchange.asking import Holder, LocalHolder, StandIn
from pencere.exchange.tests import process
from pencere.exchange.wire import Change, Listing, Question
from pencere.ledger import queries as ledger
from pencere.ledger.tests.make import WAYS_TO_FAIL
from pencere.registers import actions as registers
from pencere.registers.tests.make import NOW, TODAY, purpose

BORN = date(2026, 3, 1)


@dataclass
class Held:
    """A holder, and how rows come to it."""

    holder: Holder
    elsewhere: bool

    def load(self, register: str, *rows: dict[str, Any]) -> None:
        since = date(2019, 5, 1)
        if not self.elsewhere:
            registers.add_rows(register, rows, valid_from=since, recorded_by="test", now=NOW)
            return
        with actions.loading(recorded_by="test", now=NOW) as load:
            load.load(register, rows, valid_from=since)

    def ask(
        self,
        source: str,
        take: tuple[str, ...],
        by: dict[str, object],
        narrowed: Narrowed = WHOLE,
        ground: str = "law",
    ) -> tuple[dict[str, object], ...]:
        register, _, answer = source.partition(".")
        return self.holder.answer(Question(register, answer, by, take, purpose(ground), NOW, narrowed))

    def send(self, target: str, row: dict[str, object], key: str, **changes: Any):
        register, _, name = target.partition(".")
        words: dict[str, Any] = {"valid_from": TODAY, "recorded_by": "registry/system", "now": NOW} | changes
        return self.holder.accept(Change(register, name, row, key, **words))

    def hear(self, source: str, after: int = 0, limit: int = 1000):
        register, _, event = source.partition(".")
        return self.holder.tell(Listing(register, event, after, limit, purpose(), NOW + timedelta(hours=1)))


@pytest.fixture(scope="module")
def stand_in() -> Iterator[process.Standing]:
    with process.in_place(), process.standing() as made:
        yield made


@pytest.fixture(params=["next door", "stand-in"])
def held(request: pytest.FixtureRequest) -> Iterator[Held]:
    if request.param == "stand-in":
        request.getfixturevalue("stand_in")
        yield Held(StandIn(), elsewhere=True)
    else:
        with process.in_place():
            yield Held(LocalHolder(), elsewhere=False)


def birth(key: str, mother: str, **more: object) -> dict[str, object]:
    return {"born_on": BORN, "mother": mother, **more}


def act(number: str, child: str, mother: str, father: str | None = None) -> dict[str, object]:
    return {
        "act_no": number,
        "child": child,
        "registered_on": BORN,
        "born_on": BORN,
        "mother": mother,
        "father": father,
    }


pytestmark = pytest.mark.django_db(transaction=True)


# --- asking


def test_values_come_as_on_the_wire_and_no_others(held):
    child, mother = process.persons(2)
    held.load("births", act(f"A-{child}", child, mother))

    assert held.ask("births.by-child", ("born_on", "mother"), {"child": child}) == (
        {"born_on": "2026-03-01", "mother": mother},
    )


def test_where_there_is_no_row_there_is_none_and_the_one_asked_for_has_the_look(held):
    (nobody,) = process.persons(1)

    assert held.ask("births.by-child", ("born_on",), {"child": nobody}) == ()
    assert [look.source for look in ledger.looks_of(nobody)] == ["XE/GOV/land/births/by-child"]


def test_one_of_several_fields_may_match_and_everybody_shown_has_the_look(held):
    one, two, mother, father = process.persons(4)
    held.load("births", act(f"A-{one}", one, mother, father), act(f"A-{two}", two, father))

    rows = held.ask("births.children-of", ("child",), {"parent": father})

    assert [row["child"] for row in rows] == [one, two]
    assert [len(ledger.looks_of(person)) for person in (one, two, mother, father)] == [1, 1, 0, 0]


def test_of_a_pair_only_the_pair_is_told_and_logged(held):
    one, two, mother, stranger = process.persons(4)
    held.load("births", act(f"A-{one}", one, mother), act(f"A-{two}", two, mother))

    def children(other: str) -> list[object]:
        rows = held.ask("births.children-of", ("child",), {"parent": mother}, Narrowed(only={"child": other}))
        return [row["child"] for row in rows]

    assert children(one) == [one]
    assert [len(ledger.looks_of(person)) for person in (one, two, mother)] == [1, 0, 0]
    assert children(stranger) == []
    assert [len(ledger.looks_of(person)) for person in (two, mother, stranger)] == [0, 1, 1]


def test_what_is_passed_over_is_not_logged(held):
    child, mother = process.persons(2)
    held.load("births", act(f"A-{child}", child, mother))
    by = {"child": child}

    assert held.ask("births.by-child", ("born_on",), by, Narrowed(not_before={"born_on": date(2026, 3, 2)})) == ()
    assert ledger.looks_of(child) == ()
    assert held.ask("births.by-child", ("born_on",), by, Narrowed(not_before={"born_on": BORN}))
    assert len(ledger.looks_of(child)) == 1


def test_a_question_on_ones_own_ground_is_a_look_at_oneself(held):
    child, mother = process.persons(2)
    held.load("births", act(f"A-{child}", child, mother))

    assert held.ask("births.children-of", ("child",), {"parent": mother}, ground="own")
    assert [len(ledger.looks_of(person)) for person in (mother, child)] == [1, 0]


def test_lists_and_groups_come_back_as_they_were(held):
    one, two = process.persons(2)
    number = f"{one[:3]}-{one[5:]}"
    owners = [{"holder": one, "share": "0.5"}, {"holder": two, "share": "0.5"}]
    held.load("parcels", {"parcel_no": number, "owners": owners, "files": [f"sha256:{'a' * 64}"]})

    (row,) = held.ask("parcels.by-number", ("owners", "files"), {"parcel_no": number})

    assert row == {"owners": owners, "files": [f"sha256:{'a' * 64}"]}
    assert [found["parcel_no"] for found in held.ask("parcels.of-person", ("parcel_no",), {"person": two})] == [number]
    assert [len(ledger.looks_of(person)) for person in (one, two)] == [2, 2]


@pytest.mark.parametrize("way", WAYS_TO_FAIL)
def test_no_look_no_answer_and_nothing_told(held, way):
    child, mother = process.persons(2)
    held.load("births", act(f"A-{child}", child, mother))
    held.send("births.register", birth("k", mother), f"no look {child}")
    said = []

    with WAYS_TO_FAIL[way]():
        for call in (
            lambda: held.ask("births.by-child", ("mother",), {"child": child}),
            lambda: held.hear("births.registered"),
        ):
            with pytest.raises(Unavailable) as problem:
                said.append(str(call()))
            said.append(str(problem.value))

    assert len(said) == 2
    assert mother not in "".join(said)


# --- writing


def test_a_change_is_taken_once_and_answered_again(held):
    (mother,) = process.persons(1)

    first = held.send("births.register", birth("a", mother), f"once {mother}")
    again = held.send(
        "births.register", birth("a", mother), f"once {mother}", now=NOW + timedelta(days=1), valid_from=TODAY
    )

    assert again == first
    assert set(first.values) == {"act_no", "child", "registered_on", "born_on", "mother"}
    assert first.values["registered_on"] == TODAY.isoformat()
    rows = held.ask("births.children-of", ("child",), {"parent": mother})
    assert [row["child"] for row in rows] == [first.values["child"]]


def test_a_replacement_carries_over_and_finds_the_new_owner(held):
    one, two = process.persons(2)
    number = f"{one[:3]}-{one[5:]}"
    held.load("parcels", {"parcel_no": number, "owners": [{"holder": one, "share": "1"}], "files": []})
    row = {"parcel_no": number, "owners": [{"holder": two, "share": "1"}]}

    assert held.send("parcels.new-right", row, f"k {number}").values == row
    assert held.ask("parcels.of-person", ("parcel_no",), {"person": one}) == ()
    assert held.ask("parcels.of-person", ("parcel_no",), {"person": two}) == ({"parcel_no": number},)


def test_a_holder_says_no_with_a_rule_and_a_law(held):
    (mother,) = process.persons(1)

    with pytest.raises(Refused) as problem:
        held.send("births.pay-to", {"act_no": f"none {mother}", "account": None}, f"no {mother}")

    assert (problem.value.rule, problem.value.law) == ("no_such_row", "people-law 2")


@pytest.mark.parametrize(
    ("change", "reason", "field"),
    [
        ({"born_on": "yesterday"}, "not_a_date", "born_on"),
        ({"mother": "123"}, "wrong_shape", "mother"),
        ({"child": "010002001"}, "given_by_the_register", "child"),
        ({"account": "AZ00"}, "wrong_shape", "account"),
    ],
)
def test_a_value_that_cannot_be_is_named_by_its_field(held, change, reason, field):
    (mother,) = process.persons(1)

    with pytest.raises(BadInput) as problem:
        held.send("births.register", {**birth("k", mother), **change}, f"bad {mother}")

    assert (problem.value.reason, problem.value.details["field"]) == (reason, field)


# --- hearing


def test_what_happened_is_told_in_order_after_a_number_and_again(held):
    mothers = process.persons(4)
    before = [each.number for each in held.hear("births.registered")]
    last = before[-1] if before else 0
    for mother in mothers[:3]:
        held.send("births.register", birth("k", mother), f"told {mother}")

    heard = held.hear("births.registered", last)
    assert [each.values["mother"] for each in heard] == list(mothers[:3])
    assert [each.number for each in heard] == [last + 1, last + 2, last + 3]
    assert held.hear("births.registered", last) == heard
    assert held.hear("births.registered", last, 2) == heard[:2]

    held.send("births.register", birth("k", mothers[3]), f"told {mothers[3]}")
    (fourth,) = held.hear("births.registered", heard[-1].number)
    assert set(fourth.values) == {"act_no", "child", "mother", "born_on", "account"}
    assert fourth.values["account"] is None
    assert len(ledger.looks_of(str(fourth.values["child"]))) == 1


def test_what_was_loaded_is_no_event(held):
    child, mother = process.persons(2)
    before = held.hear("births.registered")

    held.load("births", act(f"A-{child}", child, mother))

    assert held.hear("births.registered") == before


@pytest.mark.parametrize("call", ["ask", "send", "hear"])
def test_a_register_that_cannot_be_read_or_written_says_so(call):
    (mother,) = process.persons(1)
    with process.in_place():
        held = Held(LocalHolder(), elsewhere=False)
        calls = {
            "ask": lambda: held.ask("births.by-child", ("born_on",), {"child": mother}),
            "send": lambda: held.send("births.register", birth("k", mother), "k"),
            "hear": lambda: held.hear("births.registered"),
        }
        with connection.cursor() as cursor:
            tables = ("registers_rowkey", "registers_event")
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
            try:
                with pytest.raises(Unavailable) as problem:
                    calls[call]()
            finally:
                for table in tables:
                    cursor.execute(f"ALTER TABLE {table}_away RENAME TO {table}")

    assert problem.value.who == "land"
    assert mother not in str(problem.value)


def test_the_row_of_an_earlier_change_is_said_anew_and_taken_back(held):
    (mother,) = process.persons(1)
    first = held.send("births.register", birth("k", mother), f"first {mother}")
    child = {"child": first.values["child"]}
    right = {"born_on": "2026-02-28", "mother": mother}

    again = held.send("births.register", right, f"right {mother}", corrects=f"first {mother}", reason="misread")

    assert again.values["act_no"] == first.values["act_no"]
    assert held.ask("births.by-child", ("born_on",), child) == ({"born_on": "2026-02-28"},)
    back = held.send("births.register", {}, f"back {mother}", corrects=f"right {mother}", reason="appeal")
    assert back.values == {}
    assert held.ask("births.by-child", ("born_on",), child) == ()
    with pytest.raises(Refused, match="row_changed"):
        held.send("births.register", {}, f"twice {mother}", corrects=f"right {mother}", reason="appeal")
