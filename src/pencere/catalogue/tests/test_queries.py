"""The catalogue as it is declared."""

from __future__ import annotations

from datetime import date

import pytest

from pencere import country
from pencere.catalogue import queries

DAY = date(2026, 3, 18)


def test_a_service_says_what_is_asked_of_which_register_on_what_law() -> None:
    page = queries.service("residence-certificate", "en", DAY)

    assert page is not None
    assert [(source.register, source.agency.id) for source in page.sources] == [
        ("Population register", "din"),
        ("Register of residence", "din"),
        ("Address register", "emdx"),
    ]
    assert page.sources[1].fields == ("Registered address", "Registered since")
    assert page.sources[2].only_sometimes
    assert page.sources[2].law.article == "5"
    assert [(line.case, line.term) for line in page.terms] == [("", "1 working day")]
    assert page.is_at_once


@pytest.mark.parametrize(
    "typed", ["qeydiyyat", "QEYDİYYAT", "yasayis yeri", "residence", "жительства", "DİN", "kocmek"]
)
def test_a_search_finds_by_title_agency_and_life_event_in_every_language(typed: str) -> None:
    for language in country.current().languages:
        found = [one.id for one in queries.services(language, DAY, search=typed)]

        assert "residence-certificate" in found
        assert len(found) < len(country.current().services)


def test_a_search_for_nothing_known_finds_nothing_and_an_empty_one_everything() -> None:
    assert queries.services("az", DAY, search="zzz") == ()
    assert len(queries.services("az", DAY, search="  ")) == len(country.current().services)


def test_life_events_stand_in_their_order_with_and_without_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(country.current().services, "parcel-boundary")  # type: ignore[arg-type]
    events = queries.life_events("en", DAY)

    assert [event.id for event in events] == [
        event.id for event in sorted(country.current().life_events.values(), key=lambda event: event.order)
    ]
    named = {event for service in country.current().services.values() for event in service.life_events}
    assert {event.id for event in events if event.services} == named
    assert len(named) < len(events)


def test_an_agency_has_its_names_newest_first() -> None:
    page = queries.agency("emdx", "en", DAY)

    assert page is not None
    assert [since for since, _name in page.names] == [date(2019, 10, 23), date(2009, 5, 19)]
    assert page.part_of is not None
    assert page.part_of.id == "economy"
    assert [register.title for register in page.registers] == [
        "Address register", "Land cadastre", "State register of real estate",
    ]  # fmt: skip


def test_the_name_of_an_agency_is_that_of_the_day() -> None:
    before, after = (queries.agency_card("emdx", "en", day) for day in (date(2019, 10, 22), date(2019, 10, 23)))

    assert before is not None
    assert after is not None
    assert before.name.startswith("State Committee")
    assert after.name.startswith("State Service")


def test_agencies_stand_below_the_one_they_belong_to_each_once() -> None:
    def ids(lines: tuple[queries.AgencyLine, ...]) -> list[str]:
        return [id_ for line in lines for id_ in (line.card.id, *ids(line.parts))]

    assert sorted(ids(queries.agencies("az", DAY))) == sorted(country.current().agencies)


def test_an_act_that_is_not_confirmed_is_marked() -> None:
    law = queries.law_named("residence-law 5", "en")

    assert (law.article, law.confirmed, law.number) == ("5", False, "55-IQ")


def test_what_is_unknown_is_none_or_its_own_id() -> None:
    assert queries.service("no-such", "az", DAY) is None
    assert queries.agency("no-such", "az", DAY) is None
    assert queries.life_event("no-such", "az", DAY) is None
    assert queries.register_title("no-such", "az") == "no-such"
    assert queries.field_labels("no-such", ("a",), "az") == ("a",)
    assert queries.law_named("no-such 7", "az").title == "no-such"
