"""Examples run as the law's own cases: what differs is said in words."""

from datetime import date

from pencere.country.cells import text_of
from pencere.country.declarations import Example, Place
from pencere.country.examples import run
from pencere.country.facts import facts
from pencere.country.tests.make import AS_OF, SERVICE, Land

LIVES = {"home.address": "Hill 1", "home.valid_from": "2025-11-18", "plot.state": "valid"}


def ran(land, given, expect, today=AS_OF):
    country = land.load()
    return run(country, country.services["stay"], Example("one", today, given, expect, Place("x", 1)))


def test_an_example_that_holds_has_no_problems_and_reaches_its_rule(tmp_path):
    found = ran(Land(tmp_path), LIVES, {"outcome": "grant", "rule": "lives", "law": "people-law 3", "months": "4"})

    assert found.problems == ()
    assert found.reached == {("right", "lives")}


def test_each_difference_is_a_sentence(tmp_path):
    found = ran(Land(tmp_path), LIVES, {"outcome": "refuse", "months": "5", "home.address": "null"})

    assert found.problems == (
        "outcome is grant, expected refuse",
        "months is 4, expected 5",
        "home.address is Hill 1, expected null",
    )


def test_an_age_follows_from_the_birth_date(tmp_path):
    given = LIVES | {"holder.birth_date": "2008-03-19"}

    assert ran(Land(tmp_path), given, {"holder.age": "17"}).problems == ()
    assert ran(Land(tmp_path), given, {"holder.age": "18"}, date(2026, 3, 19)).problems == ()


def test_the_last_day_is_counted_as_the_calendar_says(tmp_path):
    land = Land(tmp_path)

    assert ran(land, LIVES, {"due": "2026-03-24"}, date(2026, 3, 21)).problems == ()  # the 22nd is a Sunday
    land.replace(SERVICE, "within: 2 working_days", "within: 36 hours")
    assert ran(land, LIVES, {"due": "2026-03-19"}).problems == ()
    land.replace(SERVICE, "term: {within: 36 hours, law: people-law 5}\n", "")
    assert ran(land, LIVES, {"due": "none"}).problems == ()


def test_null_is_unknown(tmp_path):
    assert ran(Land(tmp_path), LIVES | {"home.valid_from": "null"}, {"rule": "unsure"}).problems == ()


def test_a_year_without_days_is_named(tmp_path):
    found = ran(Land(tmp_path), LIVES, {"due": "2031-03-20"}, date(2031, 3, 18))

    assert found.problems == ("the days of 2031 are not declared in calendar.yaml",)


def test_a_value_of_the_wrong_kind_is_a_sentence(tmp_path):
    land = Land(tmp_path)
    extra = "\n".join(
        f"      {name}: optional {kind}"
        for name, kind in (
            ("sure", "boolean"),
            ("number", "integer"),
            ("part", "decimal"),
            ("at", "moment"),
            ("unit", "territory"),
        )
    )
    land.replace(
        SERVICE, "      aim: {kind: choice, of: list:aims}", f"      aim: {{kind: choice, of: list:aims}}\n{extra}"
    )
    right = {
        "request.sure": "true",
        "request.number": "-3",
        "request.part": "0.5",
        "request.at": "2026-03-18T09:00",
        "request.unit": "hill",
    }
    wrong = {
        "request.sure": "yes",
        "request.number": "3.5",
        "request.part": "half",
        "request.at": "at nine",
        "request.unit": "hills",
    }

    assert ran(land, LIVES | right, right).problems == ()
    assert ran(land, LIVES | wrong, {"outcome": "grant"}).problems == (
        'gives request.sure: "yes" is neither true nor false',
        'gives request.number: "3.5" is not a whole number',
        'gives request.part: "half" is not a number',
        'gives request.at: "at nine" is not a moment like 2026-03-18T09:00',
        'gives request.unit: "hills" is no unit of territory.yaml, did you mean "hill"?',
    )


def test_what_is_derived_knows_its_kind_and_whether_it_can_be_unknown(tmp_path):
    land = Land(tmp_path)
    derive = (
        "  sure: known(home.address)\n  either: first_known(request.aim, request.aim)\n  twice: sum(months, months)\n"
    )
    land.replace(SERVICE, "derive:\n", f"derive:\n{derive}")
    country = land.load()

    found = facts(country, country.services["stay"])

    assert (found["sure"].kind, found["sure"].may_be_unknown) == ("boolean", False)
    assert (found["either"].kind, found["either"].values) == ("choice", ("work", "school"))
    assert (found["twice"].kind, found["twice"].may_be_unknown) == ("integer", True)
    assert found["plot.state"].may_be_unasked and found["plot.state"].asked_when is not None


def test_a_fact_is_asked_only_when_all_its_conditions_hold(tmp_path):
    land = Land(tmp_path)
    aim = "      aim: {kind: choice, of: list:aims}"
    land.replace(SERVICE, aim, f"{aim}\n      school: {{kind: text, when: {{request.aim: school}}}}")
    land.replace(SERVICE, "  request:\n", "  request:\n    when: {home.address: not(null)}\n")
    country = land.load()

    school = facts(country, country.services["stay"])["request.school"]

    assert school.may_be_unasked
    assert text_of(school.asked_when) == "request.aim: school, home.address: not(null)"


def test_of_conditions_that_cannot_be_joined_nothing_is_known(tmp_path):
    land = Land(tmp_path)
    aim = "      aim: {kind: choice, of: list:aims}"
    land.replace(SERVICE, aim, f"{aim}\n      school: {{kind: text, when: {{request.aim: school}}}}")
    land.replace(SERVICE, "  request:\n", "  request:\n    when: {request.aim: not(null)}\n")
    land.replace(SERVICE, "  - evidence: plot\n", "  - {evidence: plot, when: {months: '> 1'}}\n" * 2)
    country = land.load()

    found = facts(country, country.services["stay"])

    assert found["request.school"].may_be_unasked and found["request.school"].asked_when is None
    assert found["plot.state"].may_be_unasked and found["plot.state"].asked_when is None
