"""A declaration changes: what the rows stand under, what follows by itself, what has to be done first."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner

from pencere.base.errors import BadInput, Unavailable
from pencere.country.declarations import Country, Field
from pencere.registers import actions, declaring, indexing, prepare, queries
from pencere.registers.listing.tests.make import officer
from pencere.registers.models import KeptUnder, Row, RowKey
from pencere.registers.queries import Asked, Filter
from pencere.registers.tests import make
from pencere.registers.tests.make import NOW
from pencere.registers.upkeep import registers

NO = make.field("no", "text", pattern=r"W-\d{4}", search="exact")
NAME = make.field("name", "text", required=False)
DUG = make.field("dug", "date", required=False)


def wells(*fields: Field) -> Country:
    made = make.with_register(*fields, key=("no",), about=())
    return replace(made, registers={"permits": made.registers["permits"]})


def dig(country: Country) -> None:
    with make.using(country):
        declaring.follow(NOW)
        make.add("permits", {"no": "W-0001", "name": "Şirin quyu", "dug": date(1990, 5, 1)}, {"no": "W-0002"})


def planned(country: Country) -> list[tuple[str, str, tuple[str, ...], int]]:
    with make.using(country):
        found = declaring.plan("permits")
        return [(step.what, step.field, step.keys, step.rows) for step in found.steps]


@pytest.mark.django_db
def test_what_is_the_same_needs_nothing():
    dig(wells(NO, NAME, DUG))

    assert planned(wells(NO, NAME, DUG)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "steps"),
    [
        ((NO, NAME, DUG, make.field("depth", "integer", required=False)), [("added", "depth", (), 0)]),
        ((NO, NAME, DUG, make.field("depth", "integer")), [("added", "depth", (), 2)]),
        ((NO, NAME), [("removed", "dug", (), 1)]),
        ((NO, NAME, replace(DUG, name="made")), [("removed", "dug", (), 1), ("added", "made", ("dug",), 0)]),
        ((NO, replace(NAME, required=True), DUG), [("changed", "name", ("required",), 1)]),
        ((NO, replace(NAME, length=(2, 5)), DUG), [("changed", "name", ("length",), 1)]),
        ((NO, replace(NAME, length=(2, 50)), DUG), [("changed", "name", ("length",), 0)]),
        ((NO, NAME, make.field("dug", "integer", required=False)), [("changed", "dug", ("kind",), 1)]),
        (
            (NO, replace(NAME, search="words"), DUG),
            [("changed", "name", ("search",), 0), ("index", "name", ("order", "words"), 0)],
        ),
    ],
)  # fmt: skip
def test_a_plan_says_what_follows_and_counts_what_does_not_fit(fields, steps):
    dig(wells(NO, NAME, DUG))

    assert planned(wells(*fields)) == steps


@pytest.mark.django_db
def test_nothing_is_recorded_while_rows_do_not_fit_and_putting_the_folder_back_puts_all_back():
    old = wells(NO, NAME, DUG)
    dig(old)
    narrow = wells(NO, replace(NAME, required=True), DUG)
    rows = list(Row.objects.values_list("values", flat=True))

    with make.using(narrow), pytest.raises(BadInput, match="rows_do_not_fit"):
        declaring.apply("permits", NOW)

    assert planned(old) == []
    assert list(Row.objects.values_list("values", flat=True)) == rows


@pytest.mark.django_db
def test_applied_it_is_what_the_rows_stand_under_and_can_be_taken_back():
    old, new = wells(NO, NAME, DUG), wells(NO, replace(NAME, search="words"))
    dig(old)
    before = set(RowKey.objects.values_list("field", "value", "row"))

    with make.using(new):
        declaring.apply("permits", NOW)
        found = queries.page("permits", Asked(words="sirin"), officer(), now=NOW)
        assert [line.values["no"] for line in found.rows] == ["W-0001"]
    assert planned(new) == []

    with make.using(old):
        declaring.apply("permits", NOW)
    assert planned(old) == []
    assert set(RowKey.objects.values_list("field", "value", "row")) == before


@pytest.mark.django_db
def test_the_index_follows_the_folder_and_no_row_is_no_answer_until_it_does():
    dig(wells(NO, NAME, DUG))
    new = wells(NO, replace(NAME, search="exact"), DUG)
    with make.using(new):
        assert declaring.follow(NOW) == ("permits",)
        asked = Asked(filters={"name": Filter(equal="şirin quyu")})
        with pytest.raises(Unavailable):
            queries.page("permits", asked, officer(), now=NOW)
        with pytest.raises(Unavailable):
            queries.answer("permits", "all", {"no": "W-0009"}, ("no",), make.purpose(), now=NOW)

        indexing.go_on(NOW)

        assert len(queries.page("permits", asked, officer(), now=NOW).rows) == 1
        assert queries.answer("permits", "all", {"no": "W-0009"}, ("no",), make.purpose(), now=NOW) == ()
    assert KeptUnder.objects.get(register="permits").forms.count("exact") == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "word"), [("en", "required"), ("az", "məcburi"), ("ru", "обязательн")])
def test_the_command_says_it_in_words_and_for_machines(language, word):
    dig(wells(NO, NAME, DUG))
    with make.using(wells(NO, NAME, DUG, make.field("depth", "integer"))):
        said = CliRunner().invoke(registers, ["plan", "permits", "--language", language])
        machine = CliRunner().invoke(registers, ["plan", "permits", "--json"])
        refused = CliRunner().invoke(registers, ["apply", "permits"])

    assert (said.exit_code, machine.exit_code, refused.exit_code) == (1, 1, 1)
    assert word in said.output and "depth" in said.output
    assert json.loads(machine.output)[0]["steps"] == [{"what": "added", "field": "depth", "keys": [], "rows": 2}]


CALLED = make.field("called", "text", required=False, search="words", was="name")


@pytest.mark.django_db
def test_a_renamed_field_is_read_found_and_written_under_its_new_name_and_no_row_is_written_anew():
    old = wells(NO, replace(NAME, search="words"), DUG)
    dig(old)
    rows = list(Row.objects.values_list("values", flat=True))
    new = wells(NO, CALLED, DUG)

    assert planned(new) == [
        ("renamed", "called", ("name",), 1),
        ("index", "called", ("order", "words"), 0), ("index", "name", ("order", "words"), 0),
    ]  # fmt: skip
    with make.using(new):
        declaring.apply("permits", NOW)
        found = queries.page("permits", Asked(words="sirin", sort="-called"), officer(), now=NOW)
        assert [line.values["called"] for line in found.rows] == ["Şirin quyu"]
        assert list(Row.objects.values_list("values", flat=True)) == rows
        assert not RowKey.objects.filter(field__startswith="permits.name").exists()
        actions.replace_row("permits", {"no": "W-0002"}, {"called": "Acı quyu"}, from_day=date(2026, 4, 1),
                            recorded_by="test", now=NOW)  # fmt: skip
        record = queries.record(found.rows[0].id, officer(), now=NOW)
        assert record.history[0].values["called"] == "Şirin quyu"
    assert planned(new) == []

    with make.using(old):
        assert {step[0] for step in planned(old)} == {"renamed", "index"}
        declaring.apply("permits", NOW)
        later = queries.page("permits", Asked(words="aci", on=date(2026, 5, 1)), officer(), now=NOW)
        assert [line.values["name"] for line in later.rows] == ["Acı quyu"]


@pytest.mark.django_db
def test_a_field_renamed_twice_keeps_the_name_that_it_had_at_first():
    dig(wells(NO, NAME, DUG))
    with make.using(wells(NO, replace(CALLED, search=None), DUG)):
        declaring.apply("permits", NOW)

    third = make.field("title", "text", required=False)
    assert planned(wells(NO, replace(third, was="called"), DUG)) == [
        ("removed", "called", (), 1), ("misnamed", "title", ("called", "name"), 0),
    ]  # fmt: skip
    assert planned(wells(NO, replace(third, was="name"), DUG)) == [("renamed", "title", ("called",), 1)]
    assert planned(wells(NO, replace(CALLED, search=None, was=None), DUG)) == [("moved", "called", ("name",), 1)]


@pytest.mark.django_db
def test_what_is_declared_no_longer_goes_with_a_row_that_is_changed_meanwhile():
    old = wells(NO, NAME, DUG)
    dig(old)
    with make.using(wells(NO, NAME)):
        actions.replace_row("permits", {"no": "W-0001"}, {"name": "yeni"}, from_day=date(2026, 4, 1),
                            recorded_by="test", now=NOW)  # fmt: skip

    with make.using(old):
        found = queries.answer("permits", "all", {"no": "W-0001"}, ("name", "dug"), make.purpose(),
                               on=date(2026, 4, 1), now=NOW)  # fmt: skip
    assert found[0].values == {"name": "yeni", "dug": date(1990, 5, 1)}


@pytest.mark.django_db
def test_a_start_says_which_rows_the_folder_cannot_read(capsys):
    dig(wells(NO, NAME, DUG))
    with make.using(wells(NO, replace(NAME, required=True), DUG)):
        prepare.prepare(demo=False, persons=0)
        assert "at least 1 of its rows cannot be read" in capsys.readouterr().err
    with make.using(wells(NO, NAME, DUG)):
        prepare.prepare(demo=False, persons=0)
        assert "cannot be read" not in capsys.readouterr().err
