"""docs/declare/reference.md lists every key that is read, and none that is not."""

import re
from pathlib import Path

from pencere.country.functions import FUNCTIONS
from pencere.country.grammars import KINDS, NOT_ON_PAPER
from pencere.country.kinds import all_kinds
from pencere.country.steps import LATER_SIGNATURES

PAGE = (Path(__file__).resolve().parents[4] / "docs/declare/reference.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`([^`]+)`")


def sections() -> dict[str, str]:
    """Heading in backticks -> what stands below it."""
    found = {}
    for part in re.split(r"^#{2,3} ", PAGE, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        found[title.strip("`")] = body
    return found


def keys_in(body: str) -> set[str]:
    """The keys of the first column of the section's first table."""
    first = body.split("| key | meaning |")[1].split("\n\n")[0] if "| key | meaning |" in body else ""
    cells = [row.split("|")[1] for row in first.splitlines() if row.startswith("| `")]
    return {key for cell in cells for key in NAMED.findall(cell)}


def documented() -> dict[str, set[str]]:
    return {title: keys for title, body in sections().items() if (keys := keys_in(body))}


def read() -> dict[str, set[str]]:
    shapes = {shape.name: shape for kind in all_kinds() for shape in kind.shapes}
    return {name: {*(f"{key}!" for key in shape.required), *shape.optional} for name, shape in shapes.items()}


def test_every_key_that_is_read_is_documented_and_the_other_way_round():
    assert documented() == read()


def test_every_function_and_kind_of_field_is_documented():
    functions = {name.partition("(")[0] for name in NAMED.findall(sections()["Functions of `derive"])}
    kinds = set(NAMED.findall(sections()["registers/<id>/register.yaml fields.<name>"])[4].split())

    assert functions - {"derive", "today", "amounts.<name>"} == set(FUNCTIONS)
    assert kinds == set(KINDS)


def test_what_is_left_to_later_versions_is_named():
    later = {key for kind in all_kinds() for shape in kind.shapes for key in shape.later}
    named = set(NAMED.findall(sections()["Not in this version"]))

    kinds_of_file = {"frameworks/", "assessment.yaml"}
    sealing = {"b-b", "offline"}
    assert named == later | set(LATER_SIGNATURES) | set(NOT_ON_PAPER) | kinds_of_file | sealing
