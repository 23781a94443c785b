"""JSON Schemas (2020-12) of the language's files, for editors that complete and check while one types.

Made from the very shapes that the readers use, so no key is in one and not in the other. A schema knows keys, what
must be there, and the words that may stand there; all that needs the rest of the country is said by `pencere check`.
Values are text in our reading, but an editor's YAML takes `no` for a boolean and `10` for a number: both pass.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pencere.country import grammars, steps
from pencere.country.declarations import Country
from pencere.country.kinds import FileKind, all_kinds
from pencere.country.records import ID, NAME, Shape

Schema = dict[str, Any]

SCALAR: Schema = {"type": ["string", "number", "boolean"]}
FLAG: Schema = {"enum": [True, False, "yes", "no", "true", "false"]}
DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
TEXTS: Schema = {"type": "object", "additionalProperties": SCALAR}
_ACT_AND_ARTICLE: Schema = {"type": "string", "pattern": r"^[a-z][a-z0-9-]*( .+)?$"}
LAW: Schema = {"anyOf": [_ACT_AND_ARTICLE, {"type": "array", "items": _ACT_AND_ARTICLE}]}
TERM: Schema = {"type": "string", "pattern": r"^\d+ [a-z_]+$"}
WHEN: Schema = {
    "anyOf": [
        {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}},
        {"type": "array", "items": {"type": "object"}},
    ]
}

_BY_KEY: Mapping[str, Schema] = {
    "law": LAW, "when": WHEN, "exempt": WHEN,
    "names": {"anyOf": [TEXTS, {"type": "object", "additionalProperties": TEXTS}]},
    "title": {"type": ["string", "object"]},
    "since": DAY, "in_force": DAY, "signed_on": DAY,
    "agency": {"type": "string", "pattern": f"^{ID.pattern}$"},
    "subject": {"type": ["string", "boolean"]},
    "dated": FLAG, "required": FLAG, "unique": FLAG, "consent": FLAG, "ends": FLAG,
    "kept": {"type": "string"}, "within": TERM, "steps": {"type": "array"}, "starts": {"type": "array"},
    "rows": {"type": "string"}, "cases": {"type": "string"},
    "personal": {"enum": list(grammars.PERSONAL)}, "search": {"enum": list(grammars.SEARCH)},
}  # fmt: skip
"""What stands under a key, wherever it stands; a key that is not here may hold anything."""

_BY_PATH: Mapping[str, Schema] = {
    "universe.rows": {"type": "integer", "minimum": 1}, "universe.total": {"type": "integer", "minimum": 1},
    "universe.year": {"type": "integer"}, "universe.day": {"type": "string"}, "universe.sum": {"type": "string"},
    "universe.on": DAY,
}  # fmt: skip
"""What stands under a key at one place only."""

_LISTS = ("signed", "closed")
"""Keys whose mapping may stand several times, as a list."""

_EITHER = {"valid": {"type": "string", "pattern": r"^(\d+ [a-z_]+|forever)$"}, "retain": SCALAR}
"""Keys that may hold a mapping or something shorter."""


def schemas(country: Country | None = None) -> dict[str, Schema]:
    """Name of the file, as `service.json`, and its schema. With a country, its own identifiers are kinds of fields."""
    return {f"{kind.name}.json": _file(kind, country) for kind in all_kinds()}


def _file(kind: FileKind, country: Country | None) -> Schema:
    tree: dict[str, Shape] = {}
    for shape in kind.shapes:
        tree[shape.name.removeprefix(kind.pattern).strip()] = shape
    body = _texts() if not kind.shapes else _rooted(tree, country)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.pattern,
        **body,
    }


def _texts() -> Schema:
    """One line of text for each key; keys are paths of what they name."""
    return {"type": "object", "additionalProperties": SCALAR}


def _rooted(tree: Mapping[str, Shape], country: Country | None) -> Schema:
    if "" in tree:
        return _mapping("", tree, country)
    choices = [_mapping(path, tree, country) for path in tree if path.startswith("(")]
    if choices:  # a list of things, each of one of these shapes
        return {"type": "array", "items": {"anyOf": choices}}
    (path,) = (path for path in tree if path.startswith("<") and "." not in path)
    return {"type": "object", "additionalProperties": _mapping(path, tree, country)}


def _mapping(path: str, tree: Mapping[str, Shape], country: Country | None) -> Schema:
    """The schema of the shape at a path, and of those below it."""
    shape = tree[path]
    properties: dict[str, Schema] = {}
    patterns: dict[str, Schema] = {}
    for key in shape.keys:
        if key.startswith("<"):
            patterns["^[a-z]{2,3}$"] = SCALAR
        else:
            properties[key] = _value(path, key, tree, country)
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if patterns:
        found["patternProperties"] = patterns
    required = [key for key in shape.required if not key.startswith("<")]
    if required:
        found["required"] = required
    return found


def _value(path: str, key: str, tree: Mapping[str, Shape], country: Country | None) -> Schema:
    below = f"{path}.{key}" if path else key
    if key == "steps" and "steps ask" in tree:
        return {"type": "array", "minItems": 1, "items": {"anyOf": [{"const": "submit"}, *_steps(tree, country)]}}
    if key == "starts":
        named = [{"enum": ["application", "officer"]}, _mapping("starts", tree, country)]
        return {"type": "array", "items": {"anyOf": named}}
    if key in ("fields", "facts") and (field := _field_shape(path, key, tree)) is not None:
        return {"type": "object", "additionalProperties": field_schema(field, tree, country)}
    if key in ("term", "extend") and key in tree and below not in tree:
        return {"anyOf": [TERM, _mapping("term", tree, country)]}
    items = [name for name in tree if re.fullmatch(re.escape(below) + r"\.<[a-z]+>", name)]
    if items:
        item = _mapping(items[0], tree, country)
        several = {"anyOf": [item, {"type": "array", "items": item}]} if key == "units" else item
        return {"type": "object", "additionalProperties": several}
    if below in tree:
        return _several(key, _mapping(below, tree, country))
    return _BY_PATH.get(below) or _BY_KEY.get(key, {})


def _several(key: str, found: Schema) -> Schema:
    if key in _LISTS:
        return {"anyOf": [found, {"type": "array", "items": found}]}
    return {"anyOf": [found, _EITHER[key]]} if key in _EITHER else found


def _steps(tree: Mapping[str, Shape], country: Country | None) -> list[Schema]:
    """Each kind of step; what stands in a step is named after it: `steps sign.refused`."""
    return [_mapping(f"steps {kind}", tree, country) for kind in steps.STEPS]


def _field_shape(path: str, key: str, tree: Mapping[str, Shape]) -> Shape | None:
    """The shape of the fields that stand at this path, if they are fields and not names of fields."""
    if key == "fields" and (path == "questions.<group>" or path.startswith("steps ")):
        return grammars.QUESTION_FIELD
    if path == "":
        return tree.get(f"{key}.<name>")
    return None


def field_schema(shape: Shape, tree: Mapping[str, Shape], country: Country | None) -> Schema:
    """`address`, `optional date`, `[owner, lease]`, or a mapping."""
    kinds = [*grammars.KINDS, *(country.identifiers if country else ())]
    short = f"^(optional )?({'|'.join(kinds) if country else NAME.pattern})$"
    long = _mapping("", {"": shape}, country)
    long["properties"]["kind"] = {"enum": kinds} if country else {"type": "string"}
    choices: list[Schema] = [
        {"type": "string", "pattern": short},
        {"type": "array", "items": SCALAR, "minItems": 1},
        long,
    ]
    if "fields.<group>" in tree and shape is tree.get("fields.<name>"):
        group = _mapping("", {"": tree["fields.<group>"]}, country)
        group["properties"]["fields"] = {
            "type": "object", "additionalProperties": field_schema(shape, {}, country),
        }  # fmt: skip
        choices.append(group)
    return {"anyOf": choices}


def published(country: Country | None = None) -> dict[str, Schema]:
    """The schemas as editors should have them: with the words of the reference, where its page is at hand."""
    reference = Path(__file__).parents[3] / "docs" / "declare" / "reference.md"
    found = schemas(country)
    return described(found, reference) if reference.is_file() else found


def described(found: dict[str, Schema], reference: Path) -> dict[str, Schema]:
    """The schemas with the meaning of each key as docs/declare/reference.md tells it."""
    meanings = _meanings(reference.read_text(encoding="utf-8"))
    for kind in all_kinds():
        for shape in kind.shapes:
            told = meanings.get(shape.name, {})
            for place in _places(found[f"{kind.name}.json"], frozenset(shape.keys)):
                for key, meaning in told.items():
                    if key in place and "description" not in place[key]:
                        place[key] = {**place[key], "description": meaning}
    return found


def _places(schema: object, keys: frozenset[str]) -> list[dict[str, Schema]]:
    """Every `properties` of the schema that has exactly these keys."""
    if isinstance(schema, list):
        return [place for each in schema for place in _places(each, keys)]
    if not isinstance(schema, dict):
        return []
    found = [place for each in schema.values() for place in _places(each, keys)]
    own = schema.get("properties")
    if isinstance(own, dict) and frozenset(own) == frozenset(key for key in keys if not key.startswith("<")):
        found.append(own)
    return found


def _meanings(page: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for part in re.split(r"^#{2,3} ", page, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        rows = [row.strip("|").split("|", 1) for row in body.splitlines() if row.startswith("| `")]
        found[title.strip("`")] = {
            key.rstrip("!"): meaning.strip(" |").replace("`", "")
            for keys, meaning in rows
            for key in re.findall(r"`([^`]+)`", keys)
        }
    return found
