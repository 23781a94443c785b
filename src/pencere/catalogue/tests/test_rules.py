"""What a search finds, which facts of persons a service takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pencere import country
from pencere.base.writing import fold, upper
from pencere.catalogue import rules

HERE = country.current()
SERVICE = HERE.services["residence-certificate"]
AZ = HERE.writing["az"]


@pytest.mark.parametrize(
    "typed", ["sexsiyyet", "ŞƏXSİYYƏT", "şəxsiyyət", "  şəxsi-yyet ".replace("-", ""), "Sexsİyyət"]
)
def test_spelling_without_the_letters_of_the_language_finds_the_word(typed: str) -> None:
    assert rules.found(typed, [(fold("Şəxsiyyət vəsiqəsi", AZ), AZ)])


def test_every_word_must_occur_in_one_language() -> None:
    texts = [(fold("Yaşayış yeri", AZ), AZ), (fold("Place of residence", HERE.writing["en"]), HERE.writing["en"])]

    assert rules.found("yeri yasayis", texts)
    assert rules.found("residence", texts)
    assert not rules.found("yeri residence", texts)
    assert not rules.found("?!", texts)


@given(st.sampled_from(sorted(HERE.services)), st.integers(0, 30), st.integers(1, 20))
def test_any_piece_of_a_title_finds_its_service_in_any_case(service: str, start: int, length: int) -> None:
    title = HERE.services[service].texts["title"]["az"]
    piece = title[start : start + length].strip()
    if rules.words(piece, AZ):
        assert rules.found(upper(piece, AZ), [(fold(title, AZ), AZ)])


def test_facts_of_a_person_that_the_paper_or_its_check_needs_are_taken_and_no_others() -> None:
    assert rules.person_facts_used(HERE, SERVICE) == ("name", "birth_date")


def test_a_service_is_open_from_its_first_day_to_its_last() -> None:
    limited = replace(SERVICE, since=date(2026, 1, 1), until=date(2026, 6, 30))

    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
    assert [rules.is_open(limited, day) for day in days] == [False, True, True, False]
