"""What a service costs and how long it takes, in plain words, from the law's own tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from pencere import country
from pencere.base.terms import Term
from pencere.catalogue import prices, queries
from pencere.country.cells import parse
from pencere.country.declarations import Amount, CaseTerm, Derived, Fee, Law, Place, Service
from pencere.country.deriving import parse_derived
from pencere.country.tables import parse_table

DAY = date(2026, 11, 2)
PLACE = Place("", 1)
DUTY = """
holder.age | request.purpose || AZN
< 1        | work, school    || 10
>= 1       | work, school    || 40.50
-          | court           || 0
"""


@pytest.fixture
def service() -> Service:
    one = country.current().services["residence-certificate"]
    law = one.law[0]
    duty = Amount("duty", "AZN", law, True, ("holder.age", "request.purpose"),
                  ((date(2020, 1, 1), parse_table("duty", "unique", DUTY)),), PLACE)  # fmt: skip
    each = Amount("each", "AZN", law, False, (), ((date(2020, 1, 1), 10), (date(2027, 1, 1), 12)), PLACE)
    function, arguments = parse_derived("product(amounts.each, 3)")
    fees = {
        "duty": Fee("duty", "amounts.duty", "state_duty", "treasury", None, None, {"refused": "full"}, PLACE),
        "copy": Fee("copy", "amounts.each", "service_fee", "treasury", ({"request.purpose": parse("bank")},), None,
                    {"withdrawn": "before_visit"}, PLACE),
        "all": Fee("all", "total", "service_fee", "treasury", None, None, {}, PLACE),
    }  # fmt: skip
    total = Derived("total", function, arguments, PLACE)
    return replace(one, fees=fees, amounts={"duty": duty, "each": each}, derive=(*one.derive, total))


@pytest.mark.django_db
def test_a_price_is_told_for_each_case_with_what_it_depends_on(service: Service) -> None:
    duty, copy, total = prices.fees(service, "en", DAY, queries.law)
    assert duty.inputs == ("age", "What is the certificate for?")
    assert [(line.cases, line.price.replace("\xa0", " ")) for line in duty.lines] == [
        (("under 1", "An employer, A school or kindergarten"), "AZN 10.00"),
        (("1 and more", "An employer, A school or kindergarten"), "AZN 40.50"),
        (("any", "A court"), "free of charge"),
    ]
    assert duty.assumed
    assert duty.refund == (("If you are refused", "paid back whole"),)
    assert copy.single.replace("\xa0", " ") == "AZN 10.00"
    assert copy.sometimes
    assert not copy.assumed
    assert total.lines == ()
    assert [law.article for law in total.laws] == ["5"]


def test_the_price_of_the_day_counts(service: Service) -> None:
    later = prices.fees(service, "en", date(2027, 1, 1), queries.law)
    assert later[1].single.replace("\xa0", " ") == "AZN 12.00"


@pytest.mark.parametrize(
    ("cell", "words"),
    [("-", "any"), ("null", "not known"), ("[18..60)", "from 18 to under 60"), ("[18..60]", "from 18 to 60"),
     ("not(work)", "not: An employer"), ("<= 3", "at most 3"), ("> 3", "over 3"), ("true", "yes")],
)  # fmt: skip
def test_every_cell_has_words(service: Service, cell: str, words: str) -> None:
    with translation.override("en"):
        assert prices.cell_words(country.current(), service, "request.purpose", parse(cell), "en") == words


def test_a_term_by_a_choice_has_a_line_for_each_value(service: Service) -> None:
    term = CaseTerm(
        None, "request.purpose", {"work": Term(5, "working_days"), "court": Term(1, "working_days")}, "visit", (), None,
        "", "overdue", Law("residence-law"), PLACE,
    )  # fmt: skip
    lines = prices.terms(replace(service, term=term), "en")
    assert [(line.case, line.term, line.since) for line in lines] == [
        ("An employer", "5 working days", "from your visit"),
        ("A court", "1 working day", "from your visit"),
    ]
