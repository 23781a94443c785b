"""The proof: each promise of the language about tables, and agreement with brute force on small worlds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from pencere.country.cells import ANY, Cell, Condition, Literal, holds, matches, parse
from pencere.country.compiling import Row
from pencere.country.proof import LIMIT, SHOWN, Domain, Finding, prove
from pencere.country.tables import Table, parse_table

BOOLEAN = Domain("boolean")
MAYBE = Domain("boolean", may_be_unknown=True)
WHOLE = Domain("integer")


def when(**facts: str) -> Condition:
    return ({name.replace("__", "."): parse(cell) for name, cell in facts.items()},)


def told(hit: str, rows: str, domains: Mapping[str, Domain], **more: object) -> list[str]:
    return [finding.message for finding in prove(parse_table("t", hit, rows), domains, **more)]  # type: ignore[arg-type]


ENROLMENT = """rule           | health.vaccinated | health.may_attend || outcome | law
no_health_card | null              | -                 || officer | charter 3.4
not_vaccinated | false             | -                 || refuse  | charter 3.4
not_examined   | -                 | null              || officer | charter 3.4
may_not_attend | -                 | false             || refuse  | charter 3.4
enrolled       | true              | true              || grant   | charter 3.4"""
HEALTH = {"health.vaccinated": MAYBE, "health.may_attend": MAYBE}


def test_a_complete_table_has_no_findings() -> None:
    assert told("first", ENROLMENT, HEALTH) == []


def test_a_gap_is_shown_by_a_case_that_falls_into_it() -> None:
    without_card = "\n".join(line for line in ENROLMENT.split("\n") if "no_health_card" not in line)

    assert told("first", without_card, HEALTH) == [
        "t: no rule answers health.vaccinated = unknown, health.may_attend = true",
    ]


def test_a_day_or_a_moment_may_be_asked_only_whether_it_is_known() -> None:
    rows = """rule | a         || outcome | law
    yes             | not(null) || grant   | law 1
    no              | null      || refuse  | law 1"""

    for kind in ("date", "moment", "decimal", "integer", "text"):
        assert told("unique", rows, {"a": Domain(kind, may_be_unknown=True)}) == []


def test_a_number_between_two_ranges_is_found() -> None:
    rows = """rule            | finding.percent || outcome | degree | law
    not_established | < 31            || refuse  | null   | disability-law 3.4
    third           | [31..60]        || grant   | iii    | disability-law 3.4
    second          | [61..80)        || grant   | ii     | disability-law 3.4
    first           | >= 81           || grant   | i      | disability-law 3.4"""

    assert told("unique", rows, {"finding.percent": WHOLE}) == ["t: no rule answers finding.percent = 80"]
    assert "t: no rule answers finding.percent = 60.5" in told("unique", rows, {"finding.percent": Domain("decimal")})


def test_days_and_moments_have_gaps_too() -> None:
    days = "rule | d || outcome\none | < 2026-01-01 || grant\ntwo | > 2026-01-01 || grant"
    moments = "rule | m || outcome\none | <= 2026-05-19T11:00 || grant\ntwo | > 2026-05-19T11:01 || grant"

    assert told("unique", days, {"d": Domain("date")}) == ["t: no rule answers d = 2026-01-01"]
    assert told("unique", moments, {"m": Domain("moment")}) == ["t: no rule answers m = 2026-05-19T11:00"]


def test_an_overlap_names_both_rules_and_a_case() -> None:
    rows = """rule      | holder.sex | holder.age | military.status          || is
    not_man   | female     | -          | -                        || fine
    other_age | male       | < 18, > 29 | -                        || fine
    settled   | male       | -          | served, deferred, exempt || fine
    called    | male       | [18..29]   | called_up                || called_up
    unknown   | male       | [18..29]   | not_registered, null     || missing"""
    status = Domain("choice", ("served", "deferred", "exempt", "called_up", "not_registered"), may_be_unknown=True)
    domains = {"holder.sex": Domain("choice", ("male", "female")), "holder.age": WHOLE, "military.status": status}

    findings = prove(parse_table("conscription", "unique", rows), domains)

    assert findings == (
        Finding(
            'conscription: rules "other_age" and "settled" both answer'
            " holder.sex = male, holder.age = 17, military.status = served",
            line=3,
        ),
    )


def test_a_hidden_rule_is_found() -> None:
    rows = "rule | a || outcome | law\none | < 10 || refuse | x 1\ntwo | - || refuse | x 1\nthree | 7 || grant | x 1"

    assert told("first", rows, {"a": WHOLE}) == [
        't: rule "three" never answers: the rules above it answer every case it fits',
    ]


def test_a_grant_that_lets_unknown_pass_unread_is_found() -> None:
    rows = """rule | a     | b    || outcome | law
    no   | false | -    || refuse  | x 1
    yes  | -     | true || grant   | x 1
    no_b | -     | -    || officer | x 1"""

    assert told("first", rows, {"a": MAYBE, "b": MAYBE}) == [
        't: rule "yes" grants although a is unknown: "-" also lets unknown pass; name the values, or null',
    ]
    assert told("first", rows.replace("| -     | true", "| true, null | true"), {"a": MAYBE, "b": MAYBE}) == []


def test_a_fact_that_was_not_asked_may_pass_through_a_dash() -> None:
    rows = """rule     | reason        | fit   || outcome | law
    not_fit  | -             | false || refuse  | x 1
    no_paper | expired       | null  || refuse  | x 1
    renewed  | expired       | true  || grant   | x 1
    replaced | lost, damaged | -     || grant   | x 1"""
    reason = Domain("choice", ("expired", "lost", "damaged"))
    fit = Domain("boolean", (), may_be_unknown=True, may_be_unasked=True, asked_when=when(reason="expired"))

    assert told("first", rows, {"reason": reason, "fit": fit}) == []
    assert 'rule "replaced" grants although fit is unknown' in told("first", rows, {"reason": reason, "fit": MAYBE})[0]


def test_what_when_makes_impossible_is_left_out() -> None:
    rows = "rule | urgent | speed || speed\nnow | yes | - || now\nten | no | ten || ten\nfive | no | five || five"
    asked = Domain("choice", ("ten", "five"), may_be_unasked=True, asked_when=when(urgent="no"))
    urgent = Domain("choice", ("yes", "no"))

    assert told("unique", rows, {"urgent": urgent, "speed": asked}) == []
    sometimes = Domain("choice", ("ten", "five"), may_be_unasked=True)
    assert told("unique", rows, {"urgent": urgent, "speed": sometimes}) == [
        "t: no rule answers urgent = no, speed = not asked",
    ]


def test_a_condition_on_a_fact_outside_the_table_is_followed() -> None:
    # Both are asked for the same purpose: never one without the other.
    rows = "rule | a | b || is\nboth | not(null) | not(null) || x\nnone | null | null || y"
    asked = Domain("boolean", may_be_unasked=True, asked_when=when(purpose="work"))
    purpose = Domain("choice", ("work", "other"))

    assert told("unique", rows, {"a": asked, "b": asked, "purpose": purpose}) == []
    assert told("unique", rows, {"a": asked, "b": asked}) == [
        "t: no rule answers a = true, b = not asked",
        "t: no rule answers a = not asked, b = true",
    ]


def test_an_unknown_fact_makes_its_condition_fail() -> None:
    # The address of an unknown home is not asked for.
    rows = "rule | home | place || is\nnone | null | - || x\ngone | - | gone || y\nthere | - | valid || z"
    home = Domain("address", may_be_unknown=True)
    place = Domain("choice", ("valid", "gone"), may_be_unasked=True, asked_when=when(home="not(null)"))

    assert told("first", rows, {"home": home, "place": place}) == []


def test_text_has_one_other_value_besides_those_named() -> None:
    rows = 'rule | city || is\nhere | "Bakı" || x'

    assert told("unique", rows, {"city": Domain("text")}) == ["t: no rule answers city = any other text"]


def test_each_code_of_a_choice_needs_a_rule() -> None:
    rows = "rule | a || is\none | x || x"

    assert told("unique", rows, {"a": Domain("choice", ("x", "y", "z"))}) == ["t: no rule answers a = y"]


def test_a_cell_that_a_fact_can_never_match_is_a_slip() -> None:
    status = Domain("choice", ("served", "called_up"))
    rows = "rule | s | n | d || is\none | servd | 5 | < 3 || x\ntwo | - | yes | - || x"

    assert told("first", rows, {"s": status, "n": WHOLE, "d": Domain("date")}) == [
        't: rule "one": s is never "servd", did you mean "served"?',
        't: rule "one": d is of kind date; 3 is a number',
        't: rule "two": n is of kind integer; yes is a code',
    ]


def test_a_refusal_names_its_law() -> None:
    rows = "rule | a || outcome | law\nyes | true || grant | x 1\nno | false || refuse |"

    assert prove(parse_table("t", "first", rows), {"a": BOOLEAN}) == (
        Finding('t: rule "no" refuses without naming the law', 2),
    )


def test_each_period_is_proven_by_itself() -> None:
    rows = """rule | a    || outcome | law | from       | until
    low  | < 5  || grant   | x 1 |            | 2025-12-31
    low  | < 4  || grant   | x 1 | 2026-01-01 |
    high | >= 5 || refuse  | x 1 |            |"""

    assert told("unique", rows, {"a": WHOLE}) == ["t: no rule answers a = 4 (from 2026-01-01)"]
    assert told("unique", rows, {"a": WHOLE}, since=date(2026, 1, 1)) == ["t: no rule answers a = 4"]
    assert told("unique", rows, {"a": WHOLE}, until=date(2025, 12, 31)) == []


def test_law_that_ends_leaves_a_gap_after_its_last_day() -> None:
    rows = "rule | a || outcome | law | from | until\nyes | - || grant | x 1 | | 2026-12-31"

    assert told("unique", rows, {"a": BOOLEAN}) == ["t: no rule answers a = true (from 2027-01-01)"]


def test_amounts_in_cells_are_taken_at_each_date() -> None:
    rows = "rule | wage || outcome | law\nlow | < amounts.least || refuse | x 1\nhigh | >= 400 || grant | x 1"
    least = {"least": [(date(2023, 1, 1), 400), (date(2025, 1, 1), 390), (date(2026, 1, 1), "410.5")]}

    assert told("unique", rows, {"wage": WHOLE}, amounts=least) == [
        "t: no rule answers wage = 390 (from 2025-01-01)",
        't: rules "low" and "high" both answer wage = 400 (from 2026-01-01)',
    ]


def test_rows_of_a_table_of_amounts_are_named_by_their_number() -> None:
    rows = "age || AZN\n< 18 || 10\n<= 18 || 20\n> 18 || 30"

    assert told("unique", rows, {"age": WHOLE}) == ["t: rules of row 1 and of row 2 both answer age = 17"]


def test_collect_may_leave_cases_without_and_with_several_rules() -> None:
    rows = "rule | a || paper\none | < 5 || x\ntwo | < 3 || y\nthree | (7..8) || z"

    assert told("collect", rows, {"a": WHOLE}) == ['t: rule "three" never answers: no case fits it']


def test_many_findings_of_a_kind_are_cut_short() -> None:
    codes = tuple(f"c{number}" for number in range(20))
    cells = "\n".join(f"r{number} | c{number} | true || x" for number in range(20))
    many = told("unique", f"rule | a | b || is\n{cells}", {"a": Domain("choice", codes), "b": BOOLEAN})
    assert len(many) == SHOWN
    assert many[-1].endswith("(and 15 more like this)")

    few = "\n".join(f"r{number} | c{number} | true || x" for number in range(SHOWN))
    listed = told("unique", f"rule | a | b || is\n{few}", {"a": Domain("choice", codes[:SHOWN]), "b": BOOLEAN})
    assert len(listed) == SHOWN
    assert "more like this" not in listed[-1]


def test_a_table_too_wide_to_walk_is_to_be_split() -> None:
    codes = tuple(f"c{number}" for number in range(40))
    head = " | ".join(f"a{column}" for column in range(5))
    rows = [" | ".join([f"r{number}", *[f"c{number}"] * 5]) + " || x" for number in range(40)]
    domains = {f"a{column}": Domain("choice", codes) for column in range(5)}

    (message,) = told("first", f"rule | {head} || is\n" + "\n".join(rows), domains)

    assert message == f"t: {40**5:,} combinations, more than {LIMIT:,}; split the table in two"


# Against brute force ---------------------------------------------------------------------------------------------

WORLD: dict[str, list[object]] = {
    "integer": list(range(-6, 7)),
    "boolean": [True, False],
    "choice": ["x", "y", "z"],
}
TESTS = {
    "integer": ["-", "null", "< 1", ">= 2", "[-1..2)", "3", "not(0)", "not(null)", "< 1, > 3", "null, 5"],
    "boolean": ["-", "null", "true", "false", "not(null)", "true, null", "not(true)"],
    "choice": ["-", "null", "x", "y, z", "not(x)", "not(null)", "x, null"],
}
CONDITIONS = {"integer": "> 0", "boolean": "true", "choice": "x, y"}


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Table, dict[str, Domain]]:
    kinds = draw(st.lists(st.sampled_from(sorted(WORLD)), min_size=1, max_size=3))
    names = [f"f{column}" for column in range(len(kinds))]
    domains: dict[str, Domain] = {}
    for column, kind in enumerate(kinds):
        condition = None
        unasked = draw(st.booleans())
        if unasked and draw(st.booleans()):
            on = draw(st.integers(-1, column - 1))  # an earlier fact, or one that nobody knows
            cell = parse(CONDITIONS[kinds[on]]) if on >= 0 else parse("true")
            condition = ({(names[on] if on >= 0 else "elsewhere"): cell},)
        codes = ("x", "y", "z") if kind == "choice" else ()
        domains[names[column]] = Domain(kind, codes, draw(st.booleans()), unasked, condition)
    rows = []
    for number in range(draw(st.integers(1, 5))):
        cells = tuple(parse(draw(st.sampled_from(TESTS[kind]))) for kind in kinds)
        outcome = Literal("code", draw(st.sampled_from(["grant", "officer"])))
        rows.append(Row(f"r{number}", cells, {"outcome": outcome}, "x 1", None, None, number))
    hit = draw(st.sampled_from(["first", "unique", "collect"]))
    return Table("t", hit, tuple(names), ("outcome",), tuple(rows)), domains


UNASKED = object()


def every_case(domains: dict[str, Domain]) -> Iterator[dict[str, object]]:
    spans = [
        [*WORLD[domain.kind], *([None] if domain.may_be_unknown else []), *([UNASKED] if domain.may_be_unasked else [])]
        for domain in domains.values()
    ]
    for values in itertools.product(*spans):
        case = dict(zip(domains, values, strict=True))
        seen = {fact: None if value is UNASKED else value for fact, value in case.items()}
        if all(
            "elsewhere" in domain.asked_when[0] or holds(domain.asked_when, seen, {}) == (case[fact] is not UNASKED)
            for fact, domain in domains.items()
            if domain.asked_when is not None
        ):
            yield case


@settings(max_examples=300, deadline=None)
@given(worlds())
def test_the_proof_finds_what_brute_force_finds(world: tuple[Table, dict[str, Domain]]) -> None:
    table, domains = world
    gap, overlaps, answering, blind, known = False, set(), set(), set(), set()
    for case in every_case(domains):
        fitting = [
            row
            for row in table.rows
            if all(
                matches(cell, None if case[fact] is UNASKED else case[fact], {})
                for fact, cell in zip(table.inputs, row.cells, strict=True)
            )
        ]
        if not fitting:
            gap = True
            continue
        answering |= {row.rule for row in (fitting[:1] if table.hit == "first" else fitting)}
        if len(fitting) > 1:
            overlaps.add((fitting[0].rule, fitting[1].rule))
        if fitting[0].outcome == "grant":
            known.add(frozenset(fact for fact in table.inputs if case[fact] not in (None, UNASKED)))
            for fact, cell in zip(table.inputs, fitting[0].cells, strict=True):
                if case[fact] is None and cell.is_any:
                    blind.add((fitting[0].rule, fact))

    granted: set[frozenset[str]] = set()
    messages = [finding.message for finding in prove(table, domains, grants=granted)]

    assert {way & set(table.inputs) for way in granted} == (known if table.hit != "collect" else set())
    assert any("no rule answers" in message for message in messages) == (gap and table.hit != "collect")
    for row in table.rows:
        never = any(f'rule "{row.rule}" never answers' in message for message in messages)
        assert never == (row.rule not in answering)
        for fact in table.inputs:
            grants = any(f'rule "{row.rule}" grants although {fact} is' in message for message in messages)
            assert grants == ((row.rule, fact) in blind and table.hit != "collect")
    found = {tuple(message.split('"')[1:4:2]) for message in messages if "both answer" in message}
    expected = overlaps if table.hit == "unique" else set()
    assert found <= expected
    assert len(found) == min(len(expected), SHOWN)


def test_a_dash_is_the_cell_that_asks_nothing() -> None:
    assert parse("-") is ANY
    assert Cell(()).is_any
