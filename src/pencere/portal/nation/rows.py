"""Turns facts of the nation into rows of registers, as the plan maps them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from pencere.portal.nation.generate import Part
from pencere.portal.nation.making import Facts
from pencere.portal.nation.plan import RowRule


def rows_of(part: Part, rule: RowRule) -> Iterator[Facts]:
    """Rows with `valid_from` and `valid_until` where the rule names them; a field that is unknown is left out."""
    for row, since, until in rule.rows(part.making, part.things.get(rule.each, ())):
        if since is not None:
            row["valid_from"] = since
        if until is not None:
            row["valid_until"] = until
        yield row
