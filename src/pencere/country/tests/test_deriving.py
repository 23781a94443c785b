"""Derived facts: every function, unknown in and unknown out, amounts by date, and the order of reckoning."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pencere.base.errors import BadDeclaration
from pencere.base.tests.make import calendar
from pencere.country.amounts import AmountsOf, in_force, value
from pencere.country.cells import as_number, parse
from pencere.country.declarations import Amount, Derived, Law, Place, Unit
from pencere.country.deriving import BadDerive, Reckoning, amounts_of, compute, facts_of, parse_derived
from pencere.country.functions import FUNCTIONS, as_fact
from pencere.country.tables import Table, parse_table

TODAY = date(2026, 3, 18)
CALENDAR = calendar()
NOWHERE = Place("", 0)


def derived(**lines: str) -> list[Derived]:
    return [Derived(name, *parse_derived(text), NOWHERE) for name, text in lines.items()]


def amount(name: str, unit: str, *values: tuple[date, int | str | Table], inputs: tuple[str, ...] = ()) -> Amount:
    return Amount(name, unit, Law("state-duty", "14"), False, inputs, values, NOWHERE)


def unit(code: str, part_of: str | None = None, until: date | None = None) -> Unit:
    return Unit(code, {}, "district", part_of, None, until, None, ())


TERRITORY = (
    unit("baki"),
    unit("nerimanov", "baki"),
    unit("mikayil", "nerimanov"),
    unit("agdam"),
    unit("old", "baki", date(2020, 1, 1)),
)


def result(line: str, today: date = TODAY, **facts: object) -> object:
    named = {name.replace("__", "."): fact for name, fact in facts.items()}
    return compute(derived(x=line), named, {}, today, CALENDAR, TERRITORY)["x"]


def square(west: float, south: float, side: float) -> dict[str, object]:
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_shapes_are_measured_on_the_ellipsoid_to_a_tenth_and_only_shapes():
    small = as_number(result("area_of(b)", b=square(50, 40, 0.001)))
    assert small is not None and float(small) == pytest.approx(85.39 * 111.03, rel=1e-3)
    assert str(small).partition(".")[2] in ("", str(small)[-1])
    common = as_number(result("common_area(a, b)", a=square(50, 40, 0.001), b=square(50.0005, 40, 0.001)))
    assert common is not None and float(common) == pytest.approx(float(small) / 2, rel=1e-4)
    assert result("common_area(a, b)", a=square(50, 40, 0.001), b=square(50.001, 40, 0.001)) == "0"
    assert result("area_of(b)", b={"type": "Point", "coordinates": [50, 40]}) == "0"
    assert result("area_of(b)", b="somewhere") is None
    assert result("area_of(b)", b=None) is None


@pytest.mark.parametrize(
    ("line", "facts", "expected"),
    [
        ("years_between(b, today)", {"b": date(2008, 3, 18)}, 18),
        ("years_between(b, today)", {"b": date(2008, 3, 19)}, 17),
        ("months_between(b, today)", {"b": date(2023, 2, 10)}, 37),
        ("months_between(b, today)", {"b": date(2026, 4, 18)}, -1),
        ("days_between(b, today)", {"b": date(2026, 3, 8)}, 10),
        ("days_between(today, b)", {"b": date(2026, 3, 8)}, -10),
        ("working_days_between(today, b)", {"b": date(2026, 4, 1)}, 3),
        ("year_of(b)", {"b": date(2023, 2, 10)}, 2023),
        ("years_after(b, 18)", {"b": date(2008, 2, 29)}, date(2026, 2, 28)),
        ("years_after(b, 9999)", {"b": date(2008, 2, 29)}, None),
        ("years_after(b, 999)", {"b": date(9000, 1, 1)}, date(9999, 1, 1)),
        ("years_after(b, -999)", {"b": date(1000, 1, 1)}, date(1, 1, 1)),
        ("years_after(b, -1000)", {"b": date(1000, 1, 1)}, None),
        ("months_after(b, 1)", {"b": date(2026, 1, 31)}, date(2026, 2, 28)),
        ("months_after(b, 1)", {"b": date(9999, 12, 1)}, None),
        ("months_after(b, -1)", {"b": date(1, 1, 1)}, None),
        ("month_after(b)", {"b": date(2026, 12, 31)}, date(2027, 1, 1)),
        ("month_after(b)", {"b": date(9999, 12, 1)}, None),
        ("days_after(today, n)", {"n": 30}, date(2026, 4, 17)),
        ("days_after(today, n)", {"n": 99999999}, None),
        ("sum(a, b, 3)", {"a": 1, "b": 2}, 6),
        ("sum(a, b)", {"a": 1, "b": "2.50"}, "3.5"),
        ("difference(a, b)", {"a": 10, "b": 12}, -2),
        ("product(a, b)", {"a": 1200, "b": "0.50"}, "600"),
        ("quotient(a, b)", {"a": 1, "b": 4}, "0.25"),
        ("quotient(a, b)", {"a": 1, "b": 0}, None),
        ("least(a, b)", {"a": "600", "b": "933.80"}, "600"),
        ("least(a, b)", {"a": "1000", "b": "933.80"}, "933.80"),
        ("greatest(a, b, c)", {"a": 5, "b": "5.5", "c": -1}, "5.5"),
        ("least(a, b)", {"a": date(2026, 1, 2), "b": date(2026, 1, 1)}, date(2026, 1, 1)),
        ("least(a, b)", {"a": date(2026, 1, 2), "b": 5}, None),
        ("rounded(a)", {"a": "2.5"}, "3"),
        ("rounded(a)", {"a": "-2.5"}, "-3"),
        ("rounded(a, 2)", {"a": "466.905"}, "466.91"),
        ("rounded(a, 2)", {"a": 7}, 7),
        ("rounded(a, -2)", {"a": 1250}, 1300),
        ("known(a)", {"a": ""}, True),
        ("known(a)", {"a": None}, False),
        ("known(a)", {}, False),
        ("same(a, b)", {"a": "5ABC123", "b": "5ABC123"}, True),
        ("same(a, b)", {"a": "5ABC123", "b": None}, False),
        ("same(a, b)", {"a": None, "b": None}, False),
        ("same(a, b)", {"a": 1, "b": True}, False),
        ("same(a, b)", {"a": 5, "b": "5.0"}, True),
        ("first_known(a, b)", {"a": None, "b": "x"}, "x"),
        ("first_known(a, b, 0)", {"a": None}, 0),
        ("first_known(a, b)", {}, None),
        ("only_if(a, b)", {"a": True, "b": "x"}, "x"),
        ("only_if(a, b)", {"a": False, "b": "x"}, None),
        ("only_if(a, b)", {"a": "true", "b": "x"}, None),
        ("count(g)", {"g": ({}, {})}, 2),
        ("count(g)", {"g": ()}, 0),
        ("count(g)", {}, None),
        ('count_if(g.until, "null")', {"g": ({"until": None}, {"until": TODAY}, {})}, 2),
        ('count_if(g.kind, "a, b")', {"g": ({"kind": "a"}, {"kind": "c"})}, 1),
        ("includes(g.who, x1)", {"g": ({"who": "A"}, {"who": "B"}), "x1": "B"}, True),
        ("includes(g.who, x1)", {"g": ({"who": "A"},), "x1": "B"}, False),
        ("includes(g.who, x1)", {"g": ({"who": "A"}, {"who": None}), "x1": "B"}, None),
        ("includes(g.who, x1)", {"g": ({"who": "A"},)}, None),
        ("total(g.sum)", {"g": ({"sum": 5}, {"sum": "2.50"})}, "7.5"),
        ("total(g.sum)", {"g": ({"sum": 5}, {"sum": None})}, None),
        ("total(g.sum)", {"g": ()}, 0),
        ("inside(a, b)", {"a": "mikayil", "b": "baki"}, True),
        ("inside(a, b)", {"a": "baki", "b": "baki"}, True),
        ("inside(a, b)", {"a": "baki", "b": "mikayil"}, False),
        ("inside(a, b)", {"a": "old", "b": "baki"}, False),
    ],
)  # fmt: skip
def test_each_function_gives_its_result(line: str, facts: dict[str, object], expected: object) -> None:
    found = result(line, **facts)

    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("function", [f for f in FUNCTIONS.values() if not f.takes_unknown], ids=lambda f: f.name)
def test_unknown_in_is_unknown_out(function: object) -> None:
    known = {
        "date": TODAY, "integer": 2, "number": 2, "boolean": True, "any": 2, "rows": (), "item": (),
        "territory": "baki",
    }  # fmt: skip
    kinds = function.arguments  # type: ignore[attr-defined]
    for unknown in range(len(kinds)):
        if kinds[unknown] == "cell":
            continue
        names = ['"null"' if kind == "cell" else f"g.a{place}" for place, kind in enumerate(kinds)]
        facts = {f"g.a{place}": None if place == unknown else known.get(kind) for place, kind in enumerate(kinds)}

        lines = derived(x=f"{function.name}({', '.join(names)})")  # type: ignore[attr-defined]
        assert compute(lines, facts, {}, TODAY, CALENDAR, TERRITORY)["x"] is None


def test_a_value_of_a_wrong_kind_is_no_answer() -> None:
    assert result("year_of(a)", a="2026-03-18") is None
    assert result("year_of(a)", a=datetime(2026, 3, 18)) is None
    assert result("sum(a, 1)", a="many") is None
    assert result("sum(a, 1)", a=True) is None
    assert result("years_after(today, a)", a="1.5") is None


def test_months_are_covered_only_by_periods_that_leave_no_day_out() -> None:
    def covered(*periods: tuple[str, str | None], months: int = 24) -> object:
        rows = tuple(
            {"from": date.fromisoformat(from_), "until": date.fromisoformat(until) if until else None}
            for from_, until in periods
        )
        return result(f"months_covered(g, {months}, today)", g=rows)

    assert covered(("2024-01-01", "2026-02-28")) == 24
    assert covered(("2025-03-01", "2026-02-28")) == 12
    assert covered(("2025-03-02", "2026-02-28")) == 11
    assert covered(("2025-03-01", "2025-06-15"), ("2025-06-16", None)) == 12, "two jobs without a gap"
    assert covered(("2025-06-17", None), ("2025-03-01", "2025-06-15")) == 11, "a day between them"
    assert covered(("2025-03-01", "2025-03-30"), ("2025-03-31", "2025-03-31")) == 1, "the last day by itself"
    assert covered(("2025-03-01", "2025-03-30")) == 0, "without the last day"
    assert covered(("2020-01-01", None), ("2025-01-01", "2025-02-01"), months=6) == 6
    assert covered() == 0
    assert result("months_covered(g, 24, today)", g=({"from": None, "until": None},)) is None


def test_a_line_is_read_into_function_and_arguments() -> None:
    assert parse_derived('count_if(contracts.until, "null, < 3")') == ("count_if", ("contracts.until", '"null, < 3"'))
    assert parse_derived(" sum ( a , amounts.rate, 2.5 ) ") == ("sum", ("a", "amounts.rate", "2.5"))
    (line,) = derived(x='count_if(contracts.wage, "> amounts.least")')
    assert facts_of(line) == ("contracts.wage",)
    assert amounts_of(line) == ("least",)
    (line,) = derived(x="product(world_prizes, amounts.points_prize)")
    assert facts_of(line) == ("world_prizes",)
    assert amounts_of(line) == ("points_prize",)


@pytest.mark.parametrize(
    ("line", "lesson"),
    [
        ("age", "function(argument, …)"),
        ("a + b", "function(argument, …)"),
        ("year_between(a, b)", 'did you mean "years_between"?'),
        ("exec(a)", "unknown function"),
        ("known()", "known(any), here are 0 arguments"),
        ("known(a, b)", "here are 2 arguments"),
        ("sum(a)", "sum(number, number, …)"),
        ("rounded(a, 2, 3)", "rounded(number, [integer])"),
        ("sum(product(a, b), 2)", "not nested"),
        ("count_if(g.a, null)", "stands in quotes"),
        ('count_if(g.a, "=> 3")', "write >="),
        ("count_if(g, \"null\")", "like contracts.until"),
        ("known(Holder.Age)", "neither a fact"),
        ("known()()", "not nested"),
        ("year_of(5)", "5 is a number"),
        ("sum(today, 1)", "today is a date"),
        ('known("open)', "quote is not closed"),
        ("sum(a,, b)", "neither a fact"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_line_is_explained(line: str, lesson: str) -> None:
    with pytest.raises(BadDerive) as refused:
        parse_derived(line)

    assert lesson in str(refused.value)


def test_derived_facts_use_each_other_amounts_and_the_facts_of_today() -> None:
    amounts = {
        "rate": amount("rate", "share", (date(2018, 1, 1), "0.50")),
        "minimum_wage": amount("minimum_wage", "AZN", (date(2023, 1, 1), 345), (date(2025, 1, 1), 400)),
        "average": amount("average", "AZN", (date(2024, 12, 1), "933.80")),
    }
    lines = derived(
        half="product(contract.wage, amounts.rate)",
        floor="greatest(half, amounts.minimum_wage)",
        monthly="least(floor, amounts.average)",
    )

    def monthly(wage: object, on: date = TODAY) -> object:
        return compute(lines, {"contract.wage": wage}, amounts, TODAY, CALENDAR, (), on=on)["monthly"]

    assert monthly(1200) == "600"
    assert monthly(500) == 400
    assert monthly(5000) == "933.80"
    assert monthly(500, on=date(2024, 12, 31)) == 345, "the law of the day that counts"
    assert monthly(500, on=date(2025, 1, 1)) == 400, "from its first day on"
    assert monthly(500, on=date(2024, 12, 1)) == 345
    assert monthly(500, on=date(2024, 11, 30)) is None, "an amount before its first day is unknown"
    assert monthly(None) is None


def test_an_amount_may_be_a_table_of_facts_a_date_or_a_moment() -> None:
    table = parse_table("season_end", "unique", "species || date\nboar || 2027-02-15\nhare || 2027-01-31")
    season = amount("season_end", "date", (date(2026, 1, 1), table), inputs=("species",))

    assert value(season, TODAY, {"species": "hare"}) == date(2027, 1, 31)
    assert value(season, TODAY, {"species": "wolf"}) is None
    assert value(season, date(2025, 12, 31), {"species": "hare"}) is None
    assert in_force(season, TODAY) is table
    assert value(amount("opens", "moment", (date(2026, 1, 1), "2026-08-01T09:00")), TODAY, {}) == datetime(
        2026, 8, 1, 9
    )
    assert value(amount("ends", "date", (date(2026, 1, 1), "2026-08-01")), TODAY, {}) == date(2026, 8, 1)
    assert AmountsOf({"season_end": season}, TODAY, {"species": "boar"}).get("season_end") == date(2027, 2, 15)
    assert AmountsOf({}, TODAY, {}).get("season_end") is None


KINDERGARTEN = """rule            | on_record | age_months || outcome | law
no_birth_record | false     | -          || officer | charter 3.4
too_young       | -         | < 12       || refuse  | charter 3.4
may_queue       | true      | >= 12      || grant   | charter 3.4"""


def test_a_table_is_decided_when_a_fact_needs_it() -> None:
    tables = {
        "need": parse_table("need", "unique", "rule | special || priority\nyes | true || 1\nno | false || 0"),
        "admission": parse_table("admission", "first", KINDERGARTEN),
    }
    lines = derived(
        points="sum(need.priority, 10)",
        on_record="known(birth.born_on)",
        age_months="months_between(child.birth_date, today)",
    )
    facts = {"special": True, "birth.born_on": date(2023, 2, 10), "child.birth_date": date(2023, 2, 10)}

    reckoning = Reckoning(lines, facts, {}, tables, TODAY, CALENDAR, ())

    assert reckoning.fact("points") == 11
    assert reckoning.decide("admission").rule == "may_queue"  # type: ignore[union-attr]
    assert reckoning.fact("admission.outcome") == "grant"
    assert reckoning.fact("nothing.of_the_kind") is None
    assert "nothing.of_the_kind" not in reckoning.facts
    assert reckoning.holds(({"admission.outcome": parse("grant"), "age_months": parse("37")},))
    assert reckoning.outcomes["need"].rule == "yes"  # type: ignore[union-attr]


def test_a_table_that_does_not_answer_leaves_its_outputs_unknown() -> None:
    tables = {"need": parse_table("need", "unique", "rule | special || priority\nyes | true || 1")}

    facts = compute(derived(x="known(need.priority)"), {}, {}, TODAY, CALENDAR, (), tables=tables)

    assert facts == {"x": False, "need.priority": None}


def test_facts_in_a_circle_are_a_mistake_of_the_declaration() -> None:
    with pytest.raises(BadDeclaration, match="a needs b needs a: a circle"):
        compute(derived(a="sum(b, 1)", b="sum(a, 1)"), {}, {}, TODAY, CALENDAR, ())


def test_given_facts_stay_as_they_are() -> None:
    given_facts = {"a": 1}

    assert compute(derived(x="sum(a, 1)"), given_facts, {}, TODAY, CALENDAR, ()) == {"a": 1, "x": 2}
    assert given_facts == {"a": 1}


@given(st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_a_number_written_as_a_fact_keeps_its_value(number: int | Decimal) -> None:
    written = as_fact(number)

    assert as_number(written) == number
    assert isinstance(written, int) == isinstance(number, int)


@given(st.text(max_size=30))
def test_any_text_is_a_derived_fact_or_is_explained(text: str) -> None:
    try:
        name, arguments = parse_derived(text)
    except BadDerive as refused:
        assert str(refused)
    else:
        assert FUNCTIONS[name].arity_fits(len(arguments))
