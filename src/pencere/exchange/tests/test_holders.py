"""One contract for every holder: the register next door and the stand-in for another ministry's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pencere.base.errors import Unavailable
from pencere.exchange.asking import Holder, LocalHolder
from pencere.exchange.rules import Question
from pencere.exchange.tests import make
from pencere.ledger import queries as ledger
from pencere.ledger.tests.make import WAYS_TO_FAIL
from pencere.registers.tests import make as registers
from pencere.registers.tests.make import HOME, KENAN, NIGAR, NOW, SEVINC, STRANGER


@pytest.fixture(autouse=True)
def _azerbaijan():
    with registers.using(registers.the("azerbaijan")):
        yield


def next_door() -> Holder:
    registers.family()
    return LocalHolder()


HOLDERS: dict[str, Callable[[], Holder]] = {"next door": next_door, "elsewhere": make.family_elsewhere}


def question(
    register: str = "residence", answer: str = "by-person", take: tuple[str, ...] = ("address",), **by: object
) -> Question:
    return Question(register, answer, by or {"person": SEVINC}, take, registers.purpose(), NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("holder", HOLDERS)
def test_values_come_as_on_the_wire_and_no_others(holder):
    made = HOLDERS[holder]()

    assert made.answer(question(take=("address", "valid_from"))) == ({"address": HOME, "valid_from": "2019-05-01"},)
    assert made.answer(question("population", "person", ("citizen",))) == ({"citizen": True},)
    assert made.answer(question("address-register", "by-address", ("state", "now"), address=HOME)) == (
        {"state": "valid", "now": None},
    )


@pytest.mark.django_db
@pytest.mark.parametrize("holder", HOLDERS)
def test_where_there_is_no_row_there_is_none(holder):
    assert HOLDERS[holder]().answer(question(person="9ZZZ999")) == ()


@pytest.mark.django_db
@pytest.mark.parametrize("holder", HOLDERS)
def test_one_of_several_fields_may_match(holder):
    rows = HOLDERS[holder]().answer(question("population", "children-of", ("person",), parent=SEVINC))

    assert {row["person"] for row in rows} == {NIGAR, KENAN}


@pytest.mark.django_db
@pytest.mark.parametrize("holder", HOLDERS)
def test_everybody_shown_or_asked_for_has_the_look(holder):
    made = HOLDERS[holder]()

    made.answer(question())
    made.answer(question("population", "children-of", ("person",), parent=SEVINC))
    made.answer(question(person="9ZZZ999"))

    assert [len(ledger.looks_of(one)) for one in (SEVINC, NIGAR, KENAN, "9ZZZ999", STRANGER)] == [1, 1, 1, 1, 0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS_TO_FAIL)
@pytest.mark.parametrize("holder", HOLDERS)
def test_no_look_no_answer(holder, way):
    made = HOLDERS[holder]()

    with WAYS_TO_FAIL[way](), pytest.raises(Unavailable) as problem:
        made.answer(question())

    assert HOME not in str(problem.value)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("holder", HOLDERS)
def test_a_holder_that_cannot_read_says_so(holder):
    from django.db import connection

    made = HOLDERS[holder]()
    if isinstance(made, make.FakeHolder):
        made.silent = True
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE registers_rowkey RENAME TO registers_rowkey_away")
        try:
            with pytest.raises(Unavailable) as problem:
                made.answer(question())
        finally:
            cursor.execute("ALTER TABLE registers_rowkey_away RENAME TO registers_rowkey")

    assert problem.value.who == "din"
