"""An editor with our JSON Schemas takes every file that the checker takes, and marks keys that nobody reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from pencere.country.kinds import all_kinds
from pencere.country.reading import load
from pencere.country.schemas import described, schemas

REPOSITORY = Path(__file__).resolve().parents[4]
COUNTRIES = REPOSITORY / "countries"
KINDS = sorted(all_kinds(), key=lambda kind: "<language>" in kind.pattern)
FILES = [
    pytest.param(country, file, kind.name, id=f"{country.name}/{file.relative_to(country)}")
    for country in sorted(COUNTRIES.iterdir())
    if country.is_dir()
    for file in sorted(country.rglob("*.yaml"))
    for kind in [next((k for k in KINDS if k.match(file.relative_to(country).as_posix())), None)]
    if kind is not None
]


@pytest.fixture(scope="module")
def known() -> dict[str, dict[str, dict[str, Any]]]:
    return {folder.name: schemas(load(folder)) for folder in COUNTRIES.iterdir() if folder.is_dir()}


def _as_an_editor_reads(text: str) -> object:
    """YAML 1.2 as editors read it: a date stays text, `no` stays text, `10` is a number; keys are text."""
    loader = yaml.SafeLoader(text)
    loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if "timestamp" not in tag and "bool" not in tag]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return _with_text_keys(loader.get_single_data())


def _with_text_keys(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    return [_with_text_keys(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("country", "file", "kind"), FILES)
def test_every_declared_file_fits_its_schema(
    known: dict[str, dict[str, dict[str, Any]]], country: Path, file: Path, kind: str
) -> None:
    schema = known[country.name][f"{kind}.json"]
    jsonschema.Draft202012Validator(schema).validate(_as_an_editor_reads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("kind", [kind for kind in all_kinds() if kind.shapes], ids=lambda kind: kind.name)
def test_a_key_that_nobody_reads_is_marked(kind: Any, known: dict[str, dict[str, dict[str, Any]]]) -> None:
    schema = schemas()[f"{kind.name}.json"]
    jsonschema.Draft202012Validator.check_schema(schema)
    allowed = {key for shape in kind.shapes for key in shape.keys if not key.startswith("<")}
    assert _keys(schema) == allowed
    assert all(each.get("additionalProperties") is False for each in _objects(schema))


def test_keys_are_explained_in_the_words_of_the_reference() -> None:
    found = described(schemas(), REPOSITORY / "docs" / "declare" / "reference.md")
    for kind in all_kinds():
        for name, schema in _properties(found[f"{kind.name}.json"]):
            assert schema.get("description"), f"{kind.name}: {name}"


def _objects(schema: object) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [each for item in schema for each in _objects(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema] if "properties" in schema and schema.get("type") == "object" else []
    return own + [each for item in schema.values() for each in _objects(item)]


def _properties(schema: object) -> list[tuple[str, dict[str, Any]]]:
    return [pair for each in _objects(schema) for pair in each["properties"].items()]


def _keys(schema: object) -> set[str]:
    return {name for name, _ in _properties(schema)}
