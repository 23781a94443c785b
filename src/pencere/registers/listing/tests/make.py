"""Builders: a register with a field of every kind that can be searched, and who may see its rows."""

from __future__ import annotations

from pencere.base.purpose import Purpose
from pencere.country.declarations import Country
from pencere.registers.tests.make import field, purpose, with_register


def wells() -> Country:
    """The register `permits`; its rows are wells, and about their owners (`person`)."""
    return with_register(
        field("no", "text", pattern=r"W-\d{4}", search="exact"),
        field("name", "text", search="words", required=False),
        field("person", "person", personal="ordinary", search="exact"),
        field("depth", "integer", search="exact", required=False),
        field("flow", "decimal", search="exact", required=False),
        field("price", "money", search="exact", required=False),
        field("dug", "date", search="exact", required=False),
        field("state", "choice", of=("dry", "good", "salt"), search="exact"),
        field("tags", "choices", of=("old", "deep", "new"), search="exact", required=False),
        field("notes", "text", search="words", many=(0, 3), required=False),
        field("remark", "text", required=False),
        key=("no",),
        about=("person",),
    )


def officer(**changes: str) -> Purpose:
    return purpose("oversight", **{"agency": "din", "who": "officer:registry", "service": "registers", **changes})
