"""Which step comes next, what is asked and fetched, what the tables say: pure rules of a case."""

from datetime import date

import pytest

from pencere.country import course
from pencere.country.course import Course, decide_all, facts_needed
from pencere.country.tests.make import AS_OF, DECISION, SERVICE, Land

LIVES = {
    "request.holder": "1234",
    "request.aim": "work",
    "home.address": "Hill 1",
    "home.valid_from": date(2025, 11, 18),
    "plot.state": "valid",
}


@pytest.fixture
def land(tmp_path):
    return Land(tmp_path)


def course_of(land, facts=(), today=AS_OF):
    country = land.load()
    return Course(country, country.services["stay"], dict(facts), today)


def verdict(land, today=AS_OF, **changed):
    country = land.load()
    facts = LIVES | {name.replace("__", "."): value for name, value in changed.items()}
    return decide_all(country, country.services["stay"], facts, today)


def test_the_table_grants_with_its_trace(land):
    found = verdict(land)

    assert (found.outcome, found.table, found.rule, found.law) == ("grant", "right", "lives", "people-law 3")
    assert dict(found.trace)["months"] == 4
    assert found.facts["months"] == 4
    assert found.facts["right.outcome"] == "grant"


def test_a_refusal_names_its_rule_and_law(land):
    found = verdict(land, home__address=None, home__valid_from=None)

    assert (found.outcome, found.rule, found.law) == ("refuse", "absent", "people-law 3")


def test_what_is_unknown_is_left_to_an_officer(land):
    land.replace(SERVICE, "- decide: right", "- {decide: right, by: officer.head}")

    found = verdict(land, home__valid_from=None)

    assert (found.outcome, found.rule, found.by) == ("officer", "unsure", "officer.head")


def test_the_amount_of_the_day_counts(land):
    assert verdict(land, today=date(2025, 12, 30), home__valid_from=date(2025, 8, 1)).outcome == "refuse"
    assert verdict(land, today=date(2026, 1, 5), home__valid_from=date(2025, 8, 1)).outcome == "grant"


def test_the_day_that_the_service_names_decides_whose_law_counts(land):
    land.replace(SERVICE, "since: 2010-01-01", "since: 2010-01-01\nas_of: home.valid_from")

    assert verdict(land, home__valid_from=date(2025, 11, 18)).outcome == "refuse"


def test_where_no_rule_answers_nobody_is_refused_and_nobody_is_granted(land):
    land.replace(DECISION, "    lives  | not(null)    | valid      | >= amounts.least || grant   | people-law 3\n", "")

    assert (verdict(land).outcome, verdict(land).rule) == ("officer", "")


def test_of_two_decisions_the_first_that_does_not_grant_settles_it(land):
    land.replace(SERVICE, "  - decide: right\n", "  - decide: right\n  - decide: second\n")
    second = "second:\n  hit: first\n  rows: |\n    rule | request.aim || outcome | law\n"
    second += "    no   | school      || refuse  | people-law 4\n    yes  | work        || grant   | people-law 5\n"
    land.write(DECISION, land.text(DECISION) + second)

    assert (verdict(land).table, verdict(land).rule) == ("second", "yes")
    assert (verdict(land, request__aim="school").outcome, verdict(land, request__aim="school").law) == (
        "refuse",
        "people-law 4",
    )
    assert verdict(land, request__aim="school", home__address=None).table == "right"


def test_steps_come_in_order_and_one_whose_condition_does_not_hold_is_left_out(land):
    land.replace(SERVICE, "  - evidence: plot\n", "  - {evidence: plot, when: {home.address: not(null)}}\n")

    assert course_of(land).next_step(0).kind == "ask"
    assert course_of(land).next_step(1).names == ("home",)
    assert course_of(land, {"home.address": None}).next_step(2).kind == "submit"
    assert course_of(land, LIVES).next_step(2).names == ("plot",)
    assert course_of(land, LIVES).next_step(6) is None


def test_only_questions_whose_condition_holds_are_asked(land):
    aim = "      aim: {kind: choice, of: list:aims}"
    land.replace(SERVICE, aim, f"{aim}\n      school: {{kind: text, when: {{request.aim: school}}}}")
    step = course_of(land).service.steps[0]

    def asked(facts):
        return [field.name for page in course_of(land, facts).questions(step) for field in page.fields]

    assert asked({}) == ["holder", "aim"]
    assert asked({"request.aim": "school"}) == ["holder", "aim", "school"]


def test_a_page_of_which_nothing_is_asked_is_left_out(land):
    land.replace(SERVICE, "  request:\n", "  request:\n    when: {home.address: not(null)}\n")
    step = course_of(land).service.steps[0]

    assert course_of(land).questions(step) == ()
    assert [page.group.name for page in course_of(land, LIVES).questions(step)] == ["request"]


def test_evidence_is_fetched_when_its_condition_holds_and_what_it_is_asked_by_is_known(land):
    home, plot = course_of(land).service.steps[1:3]

    assert course_of(land).evidence(home) == ()
    assert [each.name for each in course_of(land, {"request.holder": "1234"}).evidence(home)] == ["home"]
    assert course_of(land, {"home.address": None}).evidence(plot) == ()
    assert [each.name for each in course_of(land, LIVES).evidence(plot)] == ["plot"]


def test_a_party_is_known_by_the_fact_that_names_it(land):
    case = course_of(land, {"request.holder": "1234", "applicant": "5678"})

    assert (case.fact("holder"), case.fact("holder.pin")) == ("1234", "1234")
    assert (case.fact("applicant"), case.fact("applicant.pin")) == ("5678", "5678")


def test_an_age_is_that_of_the_day_whose_law_counts(land):
    country = land.load()
    service = country.services["stay"]

    born = {"holder.birth_date": date(2008, 2, 29)}

    assert course.ages(service, born, date(2026, 2, 27)) == {"holder.age": 17}
    assert course.ages(service, born, date(2026, 2, 28)) == {"holder.age": 18}
    assert course.ages(service, {"holder.birth_date": None}, AS_OF) == {"holder.age": None}
    assert course.ages(service, {}, AS_OF) == {}


def test_what_a_step_needs_is_traced_back_through_what_is_derived(land):
    service = land.load().services["stay"]
    ask, home, plot, submit, decide, issue = service.steps

    assert facts_needed(service, ask) == ()
    assert facts_needed(service, home) == ("holder",)
    assert facts_needed(service, plot) == ("home.address",)
    assert facts_needed(service, submit) == ()
    assert facts_needed(service, decide) == ("home.address", "plot.state", "home.valid_from")
    assert facts_needed(service, issue) == ("holder.name", "home.address", "request.aim")


def test_a_service_without_a_decision_is_no_case(land):
    land.replace(SERVICE, "  - decide: right\n", "")

    with pytest.raises(ValueError, match="no step decides"):
        verdict(land)
