"""A case of the second service: items, fees, terms, rows, ranks; money is qəpiks outside and a number inside."""

from datetime import date
from decimal import Decimal

import pytest

from pencere.base.terms import Term
from pencere.country.course import Course, decide_all, minor
from pencere.country.facts import facts
from pencere.country.tests.harbour import AMOUNTS, DECISION, HARBOUR, SERVICE
from pencere.country.tests.make import AS_OF, Land
from pencere.country.using import at_start, brings, facts_needed

ANN, BOB, KID = "1234", "5678", "9012"
CASE = {
    "applicant": ANN,
    "case.ref": "K7",
    "choice.speed": "fast",
    "choice.owner": BOB,
    "boats": ({"value": 100000}, {"value": 2050}),
    "crew": ({"person": KID, "person.birth_date": date(2015, 3, 19), "cook": False}, {"person": BOB, "cook": True}),
    "papers.complete": True,
    "seat": "B-1",
    "seat.harbour": "North",
}


@pytest.fixture
def land(tmp_path):
    return Land(tmp_path, HARBOUR)


def course(land, today=AS_OF, **changed):
    country = land.load()
    given = CASE | {name.replace("__", "."): value for name, value in changed.items()}
    return Course(country, country.services["berth"], given, today)


def step(case, kind, number=0):
    return [each for each in case.service.steps if each.kind == kind][number]


def test_an_item_sees_itself_and_the_case(land):
    case = course(land)
    kid = case.item("crew", 0)

    assert case.items("crew") == 2
    assert (kid.fact("crew.person"), kid.fact("crew.person.pin"), kid.fact("crew.person.age")) == (KID, KID, 10)
    assert (kid.fact("crew.cook"), kid.fact("choice.speed"), kid.fact("applicant.pin")) == (False, "fast", ANN)
    assert case.fact("crew.person") is None
    assert case.item("crew", 7).fact("crew.person") is None


def test_a_birthday_makes_the_item_older(land):
    assert course(land, date(2026, 3, 19)).item("crew", 0).fact("crew.person.age") == 11


def test_a_step_with_each_runs_for_every_item_whose_condition_holds(land):
    case = course(land)
    land.replace(SERVICE, "{issue: pass, each: crew,", "{issue: pass, each: crew, when: {crew.cook: true},")

    assert [index for index, _ in case.courses(step(case, "decide", 1))] == [0, 1]
    assert [index for index, _ in course(land).courses(step(course(land), "issue"))] == [1]
    assert [index for index, _ in case.courses(step(case, "submit"))] == [-1]


def test_items_are_counted_and_summed_over_the_case(land):
    case = course(land)

    assert (case.fact("cooks"), case.fact("boat_count"), case.fact("worth")) == (1, 2, "1020.5")


def test_what_an_officer_settled_holds_for_the_items_too(land):
    case = course(land)
    case.reckoning.facts["right.outcome"] = "grant"

    assert case.item("crew", 0).fact("right.outcome") == "grant"


def test_some_items_refused_is_partly_granted(land):
    country = land.load()
    service = country.services["berth"]
    grown = ({"person": BOB, "person.age": 12, "cook": True},)
    children = ({"person": KID, "person.age": 11, "cook": True},)

    assert decide_all(country, service, {**CASE, "crew": (*grown, *children)}, AS_OF).outcome == "partly"
    assert decide_all(country, service, {**CASE, "crew": grown}, AS_OF).rule == "sails"
    assert decide_all(country, service, {**CASE, "crew": children}, AS_OF).rule == "a_child"
    assert decide_all(country, service, CASE, AS_OF).outcome == "officer"  # the second one's age is not known
    assert course(land, crew=(*grown, *children)).rules_of_items() == ("a_mate", "a_child")


def test_where_every_table_is_passed_over_nobody_is_granted(land):
    land.replace(SERVICE, "  - decide: right\n", "")

    assert course(land, crew=()).verdict().outcome == "officer"


def test_a_refusal_that_does_not_end_the_case_is_partly(land):
    land.replace(SERVICE, "  - decide: right\n", "  - {decide: right, ends: no}\n")
    land.replace(SERVICE, "  - {decide: mate, each: crew}\n", "")

    found = decide_all(land.load(), land.load().services["berth"], {**CASE, "papers.complete": False}, AS_OF)

    assert (found.outcome, found.rule) == ("partly", "incomplete")


def test_a_refused_signature_refuses_under_its_rule(land):
    found = course(land, owner__signed=False).verdict()

    assert (found.outcome, found.rule, found.law) == ("refuse", "says_no", "people-law 6")


def test_one_refused_signature_of_a_group_refuses_under_its_rule(land):
    land.replace(SERVICE, "  - decide: right\n", """  - sign: crew.person
    each: crew
    shows: [crew]
    refused: {rule: crew_says_no, law: people-law 6}
  - decide: right
""")  # fmt: skip
    crew = CASE["crew"]

    assert course(land, crew=tuple({**item, "signed": True} for item in crew)).verdict().outcome != "refuse"
    found = course(land, crew=({**crew[0], "signed": True}, {**crew[1], "signed": False})).verdict()
    assert (found.outcome, found.rule) == ("refuse", "crew_says_no")


def test_a_fee_is_told_in_the_smallest_unit(land):
    refund = "refund: {refused: full, withdrawn: none}}"
    land.replace(SERVICE, refund, "when: {cooks: '> 0'}, exempt: {worth: '< 100'}, " + refund)

    assert course(land).fee("rent") == 8050
    assert course(land, choice__speed="slow").fee("rent") == 4000
    assert course(land, choice__speed=None).fee("rent") is None
    assert course(land, crew=()).fee("rent") == 0
    assert course(land, boats=({"value": 5000},)).fee("rent") == 0


def test_a_term_goes_by_its_choice(land):
    case = course(land)

    assert case.term(case.service.term) == Term(1, "working_days")
    assert course(land, choice__speed=None).term(case.service.term) is None
    assert case.term(step(case, "sign").term) == Term(5, "calendar_days")
    assert case.service.term.longest == Term(5, "working_days")


def test_a_row_is_written_as_registers_keep_it(land):
    row = "row: {berth: seat, person: applicant, rent: amounts.rent, pace: choice.speed, case: case.ref}"
    case = course(land)
    land.replace(SERVICE, row, "row: {berth: seat, person: applicant, rent: 12.5, pace: slow, case: '\"harbour\"'}")

    assert case.row(step(case, "record")) == {
        "berth": "B-1", "person": ANN, "rent": 8050, "pace": "fast", "case": "K7",
    }  # fmt: skip
    assert course(land).row(step(course(land), "record")) == {
        "berth": "B-1", "person": ANN, "rent": 1250, "pace": "slow", "case": "harbour",
    }  # fmt: skip


def test_events_are_matched_and_certificates_filled(land):
    case = course(land, let__letting_no="L-2026-000001")

    assert case.matching(step(case, "wait_for")) == {"owner": ANN}
    filled = case.item("crew", 0).filled(step(case, "issue"))
    assert filled == {"person": None, "berth": "North", "number": "L-2026-000001"}


def test_a_rank_puts_the_greatest_first_and_the_unknown_last(land):
    place = course(land).service.places["seat"]
    rich, poor, unknown = (course(land, boats=rows).rank(place) for rows in (
        ({"value": 900},), ({"value": 100},), ({"value": None},)
    ))  # fmt: skip

    assert sorted([unknown, poor, rich]) == [rich, poor, unknown]


def test_money_is_rounded_to_the_smallest_unit():
    assert (minor("12.345", "EUR"), minor("12.3449", "EUR"), minor(Decimal("-0.005"), "EUR")) == (1235, 1234, -1)
    assert minor("1.2344", "KWD") == 1234
    assert minor(None, "EUR") is None


def test_a_table_that_collects_gives_lists(land):
    land.write(DECISION, land.text(DECISION) + """\
papers_wanted:
  hit: collect
  rows: |
    rule | choice.speed || paper
    one  | fast         || "engine"
    two  | fast, slow   || "hull"
""")  # fmt: skip
    assert course(land).fact("papers_wanted.paper") == ("engine", "hull")
    assert course(land, choice__speed="slow").fact("papers_wanted.paper") == ("hull",)


def test_the_day_that_an_event_names_counts_for_amounts(land):
    land.replace(SERVICE, "starts: [application]\n", "starts: [application]\nas_of: last\n")
    land.replace(SERVICE, "derive:\n", "derive:\n  last: years_after(today, -10)\n")
    land.write(AMOUNTS, "rent: {unit: EUR, law: people-law 6, values: {2015-01-01: 1, 2017-01-01: 2}}\n")

    assert course(land, date(2026, 3, 18)).fee("rent") == 100
    assert course(land, date(2027, 3, 18)).fee("rent") == 200


def test_every_fact_that_a_step_brings_is_known_by_name(land):
    country = land.load()
    known = facts(country, country.services["berth"])

    for name, kind, source, group in (
        ("crew", "group", "question", ""),
        ("crew.person.age", "integer", "question", "crew"),
        ("crew.person.pin", "pin", "question", "crew"),
        ("boats.value", "money", "evidence", "boats"),
        ("worth", "money", "derived", ""),
        ("choice.berth.harbour", "text", "chosen", ""),
        ("seat", "ref", "place", ""),
        ("seat.boats", "integer", "place", ""),
        ("owner.signed", "boolean", "signed", ""),
        ("papers.scan", "file", "finding", ""),
        ("let.letting_no", "text", "kept", ""),
        ("seen.state", "choice", "told", ""),
        ("pass.code", "text", "code", "crew"),
        ("mate.outcome", "choice", "table", "crew"),
        ("case.ref", "text", "case", ""),
        ("today", "date", "case", ""),
    ):
        fact = known[name]
        assert (fact.kind, fact.source, fact.group) == (kind, source, group), name
    assert known["seen.state"].may_be_unknown  # the wait ends in silence
    assert not known["papers.complete"].may_be_unknown
    assert known["owner.name"].may_be_unasked
    assert known["choice.berth.harbour"].register == "" != known["seat"].register


def test_facts_flow_from_step_to_step(land):
    country = land.load()
    service = country.services["berth"]
    known = facts(country, service)

    start = at_start(service, known)
    asked = brings(service, known, service.steps[0], start)

    assert {"applicant.name", "case.ref"} <= start
    assert "owner.name" not in start
    assert {"crew.person.age", "choice.berth.harbour", "owner.name"} <= asked
    right = next(each for each in service.steps if each.names == ("right",))
    assert facts_needed(service, right) == ("boats", "crew.cook", "papers.complete")
