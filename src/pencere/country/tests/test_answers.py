"""The schema of a service's answers takes what the pages take, and asks for what a branch asks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pencere.country.answers import answers_schema
from pencere.country.cells import parse
from pencere.country.declarations import Country, Field, Place, QuestionGroup, Service
from pencere.country.reading import load

COUNTRIES = Path(__file__).resolve().parents[4] / "countries"
PLACE = Place("", 1)


@pytest.fixture(scope="module")
def country() -> Country:
    return load(COUNTRIES / "azerbaijan")


def _schema(country: Country, *groups: QuestionGroup) -> dict[str, Any]:
    service: Service = next(iter(country.services.values()))
    return answers_schema(country, replace(service, questions={group.name: group for group in groups}), "en")


def _takes(schema: dict[str, Any], answers: object) -> bool:
    return jsonschema.Draft202012Validator(schema).is_valid(answers)


MOVE = QuestionGroup(
    "move",
    {
        "basis": Field("basis", "choice", of=("owner", "order")),
        "order": Field("order", "file", when=({"move.basis": parse("order")},)),
        "rooms": Field("rooms", "integer", required=False, min="1", max="9"),
    },
    None, None, PLACE,
)  # fmt: skip
MOVERS = QuestionGroup("movers", {"person": Field("person", "fin")}, None, (1, 2), PLACE)


@pytest.mark.parametrize(
    ("answers", "fits"),
    [
        ({"move": {"basis": "owner"}}, True),
        ({"move": {"basis": "order"}}, False),
        ({"move": {"basis": "order", "order": "sha256:" + "0" * 64}}, True),
        ({"move": {"basis": "lease"}}, False),
        ({"move": {"basis": "owner", "rooms": 10}}, False),
        ({"move": {"basis": "owner", "rooms": 9}}, True),
        ({"move": {}}, False),
        ({"mvoe": {}}, False),
    ],
)
def test_a_branch_asks_for_what_it_needs(country: Country, answers: object, fits: bool) -> None:
    assert _takes(_schema(country, MOVE), answers) is fits


def test_a_repeating_group_is_a_list_of_so_many(country: Country) -> None:
    schema = _schema(country, MOVERS)
    assert _takes(schema, {"movers": [{"person": "5ABC123"}]})
    assert not _takes(schema, {"movers": []})
    assert not _takes(schema, {"movers": [{"person": "5ABC123"}] * 3})
    assert not _takes(schema, {"movers": [{"person": "no"}]})


@pytest.mark.parametrize("name", ["azerbaijan", "template"])
def test_every_service_has_a_schema_in_every_language(name: str) -> None:
    here = load(COUNTRIES / name)
    for service in here.services.values():
        for language in here.languages:
            schema = answers_schema(here, service, language)
            jsonschema.Draft202012Validator.check_schema(schema)
            assert schema["title"] == service.texts["title"][language]
            for group, declared in service.questions.items():
                asked = schema["properties"][group]
                asked = asked["items"] if declared.many else asked
                assert asked["properties"].keys() == declared.fields.keys()
