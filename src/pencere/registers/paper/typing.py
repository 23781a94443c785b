"""What is typed from a paper: which fields, and how a form's values become a version as the register writes them. Pure.

A field that refers to a row of another register is typed as the key of that row stands on the paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pencere.base import writing
from pencere.country.declarations import Country, Field, PaperIntake
from pencere.registers.kinds import WrongKind
from pencere.registers.paper.rules import BLANK, CANNOT_READ, MARKS, Version
from pencere.registers.rules import PSEUDO, Shape, plain


def intake_of(shape: Shape) -> PaperIntake:
    """Raises LookupError where the register takes in no papers."""
    if shape.register.paper is None or shape.register.kept != "here":
        raise LookupError(f"{shape.register.id} takes in no papers")
    return shape.register.paper


def typed_fields(shape: Shape) -> dict[str, Field]:
    """The fields in the order in which they are typed; of a reference the field that is the key of its register."""
    fields = {}
    for name in intake_of(shape).index:
        declared = shape.register.fields.get(name) or PSEUDO[name]
        if declared.kind == "ref":
            target = shape.country.registers[str(declared.of)]
            key = target.fields[target.key[0]]
            declared = replace(key, name=name, required=declared.required, many=declared.many, given=None)
        fields[name] = declared
    return fields


def kept_version(shape: Shape, values: Mapping[str, object], marks: Mapping[str, object]) -> Version:
    """What is kept of a turn, under the fields' names of today."""
    said = {name: str(mark) for name, mark in shape.named(marks).items()}
    return Version(dict(shape.named(values)), said)


def must_be_said(shape: Shape, name: str) -> bool:
    """Whether a row needs the field, so that leaving it empty is a slip unless it is marked."""
    declared = shape.register.fields.get(name) or PSEUDO[name]
    return declared.required


def version_of(shape: Shape, typed: Mapping[str, object], marks: Mapping[str, str]) -> Version:
    """As the register writes values. Raises WrongValue at the first that it cannot take."""
    values: dict[str, object] = {}
    for name in intake_of(shape).index:
        value = typed.get(name)
        if value is None or value in ("", []) or marks.get(name) in MARKS:
            continue
        read = shape.read.get(name) or shape.offered[name]
        try:
            values[name] = plain(read(value))
        except WrongKind as problem:
            raise WrongValue(name, problem) from None
    said = {name: mark for name, mark in marks.items() if mark in MARKS and name in intake_of(shape).index}
    empty = {name: BLANK for name in intake_of(shape).index if name not in values and name not in said}
    return Version(values, {**empty, **said})


class WrongValue(ValueError):
    """A typed value is none of its field."""

    def __init__(self, field: str, problem: WrongKind) -> None:
        super().__init__(problem.reason)
        self.field, self.reason, self.details = field, problem.reason, problem.details


def folded(country: Country, text: str) -> str:
    """Without what is easily confused in any language of the country: case, marks, letters that look alike."""
    for style in country.writing.values():
        text = writing.fold(text, style)
    return " ".join(text.split())


def unreadable_needed(shape: Shape, version: Version) -> str:
    """The first field that a row needs and that cannot be read; empty if there is none."""
    for name in intake_of(shape).index:
        if version.marks.get(name) == CANNOT_READ and must_be_said(shape, name):
            return name
    return ""
