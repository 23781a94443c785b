from __future__ import annotations

from datetime import date

import pytest

from pencere import country
from pencere.certificates import wording
from pencere.certificates.tests import make
from pencere.country.declarations import Law
from pencere.country.reading import load


@pytest.mark.parametrize(
    ("language", "words"),
    [("az", ", maddə 5"), ("en", ", article 5"), ("ru", ", статья 5")],
)
def test_the_law_is_named_as_its_readers_name_it(language: str, words: str) -> None:
    assert wording.law_words(Law("residence-law", "5"), country.current(), language).endswith(words)


def test_a_language_without_our_words_gets_none_of_english() -> None:
    template = load(country.current().folder.parent / "template")

    assert wording.law_words(Law("homes-law", "4"), template, "el").endswith("κατοικίας, 4")


def test_facts_are_kept_as_json_and_shown_as_people_read_them() -> None:
    here = country.current()
    kind = here.certificates["residence"]

    kept = wording.stored({**make.FACTS, "purpose": None})
    shown = wording.lines(kind, wording.stored(make.FACTS), here, "ru", tuple(kind.facts))

    assert kept["from"] == "2019-05-01" and "purpose" not in kept
    assert [(fact.label, fact.value) for fact in shown][2:] == [
        ("Дата регистрации", "1 мая 2019"),
        ("Куда представляется", "Место работы"),
    ]


def test_a_page_is_told_everything_in_one_language() -> None:
    here = country.current()

    facts = wording.page_facts(
        here.certificates["residence"],
        wording.stored(make.FACTS),
        here,
        "en",
        number="YQ-2026-0000001",
        issued_on=date(2026, 3, 18),
        verify_url="http://localhost:8000/en/verify/x",
        synthetic=True,
    )

    assert (facts["agency"], facts["agency_abbreviation"]) == ("Ministry of Internal Affairs", "DİN")
    assert facts["issued_on"] == "18 March 2026"
    assert facts["seal"]["signer"] == "Ministry of Internal Affairs"  # type: ignore[index]
