"""What stands sealed in an address, and what an officer says before they look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils.translation import override

from pencere.country.declarations import Country
from pencere.registers import sealing, showing, stating
from pencere.registers.stating import StateForm
from pencere.registers.tests import make
from pencere.registers.views import origins


@pytest.fixture(autouse=True)
def here() -> Iterator[Country]:
    with make.using(make.the("azerbaijan")) as found:
        yield found


def test_what_is_sealed_is_read_by_nobody_but_the_officer_who_asked():
    asked = {"q": "Məmmədova", "f.person": make.SEVINC}

    sealed = sealing.seal(asked, "officer-1", "population")

    assert sealing.unseal(sealed, "officer-1", "population") == asked
    assert sealing.unseal(sealed, "officer-2", "population") == {}
    assert sealing.unseal(sealed, "officer-1", "residence") == {}
    assert make.SEVINC not in sealed
    assert sealed != sealing.seal(asked, "officer-1", "population")


@pytest.mark.parametrize("text", ["", "x", "ə", "AAAA" * 20, "=" * 9])
def test_what_was_not_sealed_here_opens_nothing(text: str):
    assert sealing.unseal(text, "officer-1", "population") == {}


def test_a_sealed_text_that_was_changed_opens_nothing():
    sealed = sealing.seal({"q": "a"}, "officer-1", "population")
    changed = sealed[:-2] + ("A" if sealed[-2] != "A" else "B") + sealed[-1]

    assert sealing.unseal(changed, "officer-1", "population") == {}


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Request 118 of 4 May", True),
        ("2026118", True),
        ("K7QF2-9XMZT", True),
        ("", False),
        ("x", False),
        (f"for {make.SEVINC}", False),
        (f"for {make.SEVINC.lower()}, her request", False),
        ("x" * 61, False),
    ],
)
def test_a_reason_says_something_and_names_nobody(text: str, taken: bool):
    assert StateForm({"stated": text}).is_valid() is taken


def test_another_country_has_other_identifiers():
    with make.using(make.the("template")):
        assert stating.names_somebody("asked by 820481357")
        assert not stating.names_somebody("case 820481358")


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        ({"type": "Point", "coordinates": [49.5, 40.25]}, "49.5, 40.25"),
        ({"type": "LineString", "coordinates": [[49.5, 40], [49.6, 40]]}, "2 points from 49.5, 40"),
        (
            {"type": "Polygon", "coordinates": [[[49.5, 40], [49.6, 40], [49.6, 41], [49.5, 41], [49.5, 40]]]},
            "4 points from 49.5, 40",
        ),
    ],
    ids=["point", "line", "area"],
)
def test_a_shape_has_as_many_points_in_words_as_its_picture_has_corners(geometry: dict[str, object], words: str):
    parcels = make.the("azerbaijan").registers["land-cadastre"]
    with override("en"):
        assert showing.in_words(parcels, "boundary", parcels.fields["boundary"], geometry) == words


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("load 5, line 2", "5 nömrəli yükləmə, sətir 2"),
        ("fond F-12, paper 7,", "fond F-12, sənəd 7"),
        ("Act 12 of 3 May", "Act 12 of 3 May"),
    ],
)
def test_a_load_and_a_paper_are_named_in_the_language_of_the_reader(document: str, words: str):
    with override("az"):
        assert origins.document_words(document) == words


def test_who_recorded_is_said_in_the_language_of_the_reader():
    with override("ru"):
        assert origins.by_words("operator root") == "оператор root"
        assert origins.by_words("etn/paper") == "из архивных документов"
        assert origins.reason_words("from archive") == "из архивных документов"
        assert origins.reason_words("Name was misspelt") == "Name was misspelt"
