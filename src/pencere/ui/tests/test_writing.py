"""Numbers with their units, as each language writes them."""

from __future__ import annotations

import pytest

from pencere.country.grammars import UNITS
from pencere.ui import writing

GAP = "\u00a0"


@pytest.mark.parametrize(
    ("language", "written"),
    [("az", "1.234,5 kv m"), ("en", "1,234.5 m²"), ("ru", "1 234,5 м²"), ("el", "1.234,5 τ.μ.")],
)
def test_a_measure_is_written_in_the_readers_language_and_never_broken(language: str, written: str):
    assert writing.quantity("1234.5", "m2", language) == written.replace(" ", GAP)


@pytest.mark.parametrize(("number", "written"), [(1, "1 неделя"), (22, "22 недели"), (38, "38 недель")])
def test_a_span_of_time_is_written_out_with_its_plural(number: int, written: str):
    assert writing.quantity(number, "weeks", "ru") == written.replace(" ", GAP)


def test_the_declarations_own_word_goes_before_every_other():
    assert writing.quantity(30, "sheets", "ru", "л.") == f"30{GAP}л."
    assert writing.unit_name("sheets", "ru", "л.") == "л."
    assert writing.quantity(30, "m", "en", "fathoms") == f"30{GAP}fathoms"


@pytest.mark.parametrize("language", ["az", "en", "ru", "el"])
@pytest.mark.parametrize("unit", UNITS)
def test_every_known_unit_has_a_word_in_every_language(unit: str, language: str):
    name = writing.unit_name(unit, language)

    assert name and not any(sign.isdecimal() for sign in name)
    assert writing.quantity(5, unit, language).startswith(f"5{GAP}")


def test_units_behind_a_field_are_words_of_the_language():
    assert [writing.unit_name("m", language) for language in ("az", "en", "ru")] == ["m", "m", "м"]
    assert [writing.unit_name("weeks", language) for language in ("az", "en", "ru")] == ["həftə", "weeks", "недели"]
