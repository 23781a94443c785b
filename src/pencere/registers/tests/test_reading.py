"""No row about a person is read without a purpose, and none is handed over before its look is in the ledger."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.base.purpose import Purpose
from pencere.country.declarations import Answer
from pencere.ledger import actions as ledger_actions
from pencere.ledger import queries as ledger
from pencere.ledger.tests.make import WAYS_TO_FAIL
from pencere.registers import queries, rules
from pencere.registers.models import Row
from pencere.registers.tests import make
from pencere.registers.tests.make import ELCIN, HOME, KENAN, NIGAR, NOW, SEVINC, STRANGER


@pytest.fixture(autouse=True)
def _azerbaijan():
    with make.using(make.the("azerbaijan")):
        yield


def ask(register: str = "residence", name: str = "by-person", fields=("address", "valid_from"), **by: object):
    purpose = by.pop("purpose", None) or make.purpose()
    return queries.answer(register, name, by or {"person": SEVINC}, fields, purpose, now=NOW)


# --- every door


def public_functions() -> dict[str, Callable[..., object]]:
    return {
        name: each
        for name, each in inspect.getmembers(queries, inspect.isfunction)
        if not name.startswith("_") and each.__module__.startswith("pencere.registers")
    }


SAY_NOTHING_OF_PERSONS = {
    "all_digital": lambda: queries.all_digital(),
    "digital": lambda: queries.digital("residence"),
    "agency_of": lambda: queries.agency_of("residence"),
    "backlog": lambda: queries.backlog("residence"),
    "columns_of": lambda: queries.columns_of("residence"),
    "register_of": lambda: None,  # which register a number belongs to, and nothing of the row
    "own_proposals": lambda: queries.own_proposals("somebody"),
    "proposal_head": lambda: queries.proposal_head(1),
    "has_proposal": lambda: queries.has_proposal(1),
    "proposals": lambda: queries.proposals(("residence",)),
    "special_fields": lambda: queries.special_fields("population", ("mother", "name")),
    "columns": lambda: None,  # declarations, not rows
    "lot": lambda: None,  # where an invented parcel lies
    "sortable": lambda: None,
    "count": lambda: queries.count("residence"),
    "event_fields": lambda: None,  # declarations, not rows
    "in_memory": lambda: queries.in_memory("residence", "basis", "owner"),
    "plain": lambda: queries.plain(date(2026, 3, 18)),
    "service_id": lambda: queries.service_id("residence", "by-person"),
    "shape_of": lambda: None,  # declarations, not rows
    "subjects_of": lambda: queries.subjects_of("residence", {"person": STRANGER, "address": "A"}),
}
PLACES = {"free_places", "hold_of", "listed"}
"""Rows with places to give out, which are never about persons: `test_places.py`."""
PUBLISHED = {"published", "is_published", "published_middle", "published_near"}
"""What is declared open, which the checker lets no person's field into: `out/tests/test_open_files.py`."""


def test_every_door_that_reads_rows_demands_a_purpose():
    for name, door in public_functions().items():
        if name in SAY_NOTHING_OF_PERSONS or name in PLACES | PUBLISHED:
            continue
        purpose = inspect.signature(door, eval_str=True).parameters.get("purpose")
        assert purpose is not None, f"queries.{name} reads without a purpose"
        assert purpose.annotation is Purpose, name
        assert purpose.default is inspect.Parameter.empty, name


@pytest.mark.django_db
def test_only_its_keeper_hears_whether_a_register_names_somebody():
    make.family()
    keeper = make.the("azerbaijan").registers["population"].agency

    assert queries.is_said("population", "person", ELCIN, make.purpose(agency=keeper))
    assert not queries.is_said("population", "person", "AAAAAA1", make.purpose(agency=keeper))
    with pytest.raises(Refused, match="not_the_keeper"):
        queries.is_said("population", "person", ELCIN, make.purpose(agency="asan"))


@pytest.mark.django_db
@pytest.mark.parametrize("name", SAY_NOTHING_OF_PERSONS)
def test_the_other_doors_read_no_row(name):
    make.family()

    with CaptureQueriesContext(
        connection,
    ) as asked:
        said = SAY_NOTHING_OF_PERSONS[name]()

    assert all("COUNT(" in query["sql"] or "registers_row" not in query["sql"] for query in asked.captured_queries)
    assert SEVINC not in str(said)
    assert HOME not in str(said)


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", ["law", {"ground": "law"}, 7])
def test_what_is_no_purpose_is_refused(purpose):
    with pytest.raises(TypeError, match="Purpose"):
        ask(purpose=purpose)


# --- logged before it is handed over


def leaks(call: Callable[[], object], secrets: tuple[str, ...]) -> bool:
    """Whether one byte of what stands in the register comes out, by value or by the words of a failure."""
    try:
        said = str(call())
    except Unavailable as problem:
        said, cause = "", problem
        while cause is not None:
            said, cause = said + str(cause), cause.__cause__ or cause.__context__  # type: ignore[assignment]
    return any(secret in said for secret in secrets)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS_TO_FAIL)
def test_not_one_byte_comes_out_when_the_look_cannot_be_written(way):
    make.family()

    with WAYS_TO_FAIL[way]():
        assert not leaks(ask, (HOME, "Nizami", "2019-05-01", "datetime.date(2019"))
        assert not leaks(lambda: ask(name="household", fields=("person",)), (ELCIN, NIGAR, KENAN))
        with pytest.raises(Unavailable):
            ask()
    assert leaks(ask, (HOME,))  # the same question, answered


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS_TO_FAIL)
def test_a_build_that_logs_after_it_has_answered_is_caught(way, monkeypatch):
    """The same check, turned on a broken build: it must see the leak."""
    make.family()

    def log_later(*arguments: object, **more: object) -> None:
        with suppress(Unavailable):
            ledger_actions.record_look(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(queries, "ledger", SimpleNamespace(record_look=log_later))
    with WAYS_TO_FAIL[way]():
        assert leaks(ask, (HOME,))


@pytest.mark.django_db(transaction=True)
def test_the_look_is_committed_when_the_answer_returns():
    make.family()

    ask()

    connection.close()  # whatever was not committed is gone
    assert len(ledger.looks_of(SEVINC)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_question_inside_a_transaction_is_refused():
    make.family()

    with pytest.raises(RuntimeError), transaction.atomic():
        ask()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ground", "kind"),
    [("law", "evidence"), ("consent", "evidence"), ("own", "own"), ("oversight", "desk"), ("check", "check")],
)
def test_the_look_says_for_what(ground, kind):
    make.family()

    ask(purpose=make.purpose(ground))

    (look,) = ledger.looks_of(SEVINC)
    assert (look.kind, look.ground) == (kind, ground)
    assert (look.register, look.fields) == ("residence", ("address", "valid_from"))
    assert look.source == "AZ/GOV/din/residence/by-person"


@pytest.mark.django_db
def test_where_there_is_no_row_the_person_asked_for_has_the_look():
    assert ask() == ()

    assert len(ledger.looks_of(SEVINC)) == 1


@pytest.mark.django_db
def test_every_person_shown_has_the_look_and_nobody_else():
    make.family()

    ask(name="household", fields=("person",))

    assert [len(ledger.looks_of(one)) for one in (SEVINC, ELCIN, NIGAR, KENAN, STRANGER)] == [1, 1, 1, 1, 0]


@pytest.mark.django_db
def test_a_register_about_nobody_needs_no_look():
    make.family()

    (row,) = ask("address-register", "by-address", ("state", "now"), address=HOME)

    assert row.values == {"state": "valid", "now": None}
    assert ledger.verify().looks == 0


@pytest.mark.django_db
def test_personal_data_that_says_of_nobody_is_refused():
    made = make.with_register(make.field("title", "text", personal="ordinary"), key=("title",), about=())
    with make.using(made):
        make.add("permits", {"title": "x"})

        with pytest.raises(Refused, match="no_subject"):
            ask("permits", "all", ("title",), title="x")


# --- what is answered


@pytest.mark.django_db
def test_only_the_fields_that_were_asked_for_are_answered():
    make.family()

    (row,) = ask()

    assert row.values == {"address": HOME, "valid_from": date(2019, 5, 1)}


@pytest.mark.django_db
@pytest.mark.parametrize("parent", [SEVINC, ELCIN])
def test_children_are_found_by_mother_or_father(parent):
    make.family()

    rows = ask("population", "children-of", ("person",), parent=parent)

    assert {row.values["person"] for row in rows} == {NIGAR, KENAN}


@pytest.mark.django_db
def test_a_household_is_who_lives_at_the_address_of_the_person_today():
    make.family()

    rows = ask(name="household", fields=("person",), person=NIGAR)

    assert {row.values["person"] for row in rows} == {SEVINC, ELCIN, NIGAR, KENAN}


@pytest.mark.django_db
def test_whoever_has_no_address_shares_it_with_nobody():
    made = make.with_register(make.field("address", "address", required=False))
    answer = Answer("household", {"person": ("person",)}, ("person",), True, ("address",), make.HERE)
    made.registers["permits"].answers["household"] = answer  # type: ignore[index]
    with make.using(made):
        make.add("permits", {"person": SEVINC}, {"person": ELCIN})

        rows = ask("permits", "household", ("person",), person=SEVINC)

    assert [row.values["person"] for row in rows] == [SEVINC]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["5svn7qt", " 5SVN7QT "])
def test_a_person_is_found_however_the_identifier_is_typed(typed):
    make.family()

    assert ask(person=typed)[0].values["address"] == HOME
    assert len(ledger.looks_of(SEVINC)) == 1


@pytest.mark.django_db
def test_the_axes_are_asked_apart():
    make.add("residence", make.home(valid_until="2025-12-31"), now=NOW - timedelta(days=30))

    def found(on: date | None, known_at=None):
        return len(queries.answer("residence", "by-person", {"person": SEVINC}, ("address",), make.purpose(), on=on,
                                  known_at=known_at, now=NOW))  # fmt: skip

    assert found(date(2025, 12, 31)) == 1
    assert found(None) == 0  # today
    assert found(date(2025, 12, 31), NOW - timedelta(days=31)) == 0  # not known yet


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "problem"),
    [
        ({"name": "by-colour"}, LookupError),
        ({"register": "weather"}, LookupError),
        ({"fields": ("case",)}, ValueError),
        ({"fields": ()}, ValueError),
        ({"address": HOME}, ValueError),
        ({"person": "OOO"}, BadInput),
        ({"person": 7}, BadInput),
    ],
)
def test_a_question_that_is_not_declared_is_refused(question, problem):
    make.family()

    with pytest.raises(problem):
        ask(**question)
    assert ledger.looks_of(SEVINC) == ()


@pytest.mark.django_db
@pytest.mark.parametrize("held", ['{"person":"5SVN7QT","address":5}', '{"person":"5SVN7QT","address":""}', "{", "[]"])
def test_a_row_that_cannot_be_read_is_no_answer(held):
    make.family()
    Row.objects.filter(register="residence", key=SEVINC).update(values=held)

    with pytest.raises(Unavailable) as problem:
        ask()

    assert problem.value.who == "din"


@pytest.mark.django_db
def test_two_rows_where_one_is_declared_are_no_answer():
    made = make.with_register(make.field("number", "text"), key=("number",))
    register = made.registers["permits"]
    one = Answer("one", {"person": ("person",)}, ("number",), False, (), make.HERE)
    register.answers["one"] = one  # type: ignore[index]
    with make.using(made):
        make.add("permits", {"person": SEVINC, "number": "1"}, {"person": SEVINC, "number": "2"})

        with pytest.raises(Unavailable, match="more than one"):
            ask("permits", "one", ("number",), person=SEVINC)


@pytest.mark.django_db
def test_every_kind_of_value_comes_back_as_it_was():
    kinds = {
        "a": ("text", "x"), "b": ("integer", 7), "c": ("decimal", "1.50"), "d": ("boolean", False),
        "e": ("date", date(2026, 3, 18)), "f": ("moment", NOW), "g": ("choice", "yes"), "h": ("territory", "nesimi"),
        "i": ("voen", "1400057421"), "j": ("text", None),
    }  # fmt: skip
    fields = [
        make.field(name, kind, required=name != "j", of=("yes",) if kind == "choice" else None)
        for name, (kind, _value) in kinds.items()
    ]
    with make.using(make.with_register(*fields)):
        make.add("permits", {"person": SEVINC, **{name: value for name, (_kind, value) in kinds.items()}})

        (row,) = ask("permits", "all", (*kinds, "recorded_at", "valid_until"), person=SEVINC)

        assert row.values == {name: value for name, (_kind, value) in kinds.items()} | {
            "recorded_at": NOW, "valid_until": None,
        }  # fmt: skip
        wire = {name: rules.plain(value) for name, value in row.values.items()}
        assert {name: queries.in_memory("permits", name, value) for name, value in wire.items()} == row.values


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "register", "answer", "person", "address"),
    [
        ("azerbaijan", "residence", "by-person", SEVINC, HOME),
        ("template", "homes", "by-person", None, "Λεωφόρος Ελιάς 5"),
    ],
)
def test_it_works_in_a_country_unlike_the_first(name, register, answer, person, address):
    made = make.the(name)
    person = person or made.identifiers[made.person.identifier].samples[0]
    with make.using(made):
        make.add(register, {"person": person, "address": address, "basis": "owner"})

        (row,) = ask(register, answer, ("address",), person=person)

        assert row.values == {"address": address}
        assert ledger.looks_of(person)[0].source == queries.service_id(register, answer)
