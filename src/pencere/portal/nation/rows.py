"""Turns facts of the nation into rows of registers, as the plan maps them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from pencere.portal.nation.dice import Facts
from pencere.portal.nation.generate import Nation
from pencere.portal.nation.plan import RowRule


def rows_of(nation: Nation, rule: RowRule) -> Iterator[Facts]:
    """Rows with `valid_from` and `valid_until` where the rule names them; a field that is unknown is left out."""
    making, fields = nation.making, rule.row.items()
    for thing in nation.things[rule.each]:
        if not rule.when(thing) or (rule.share < 1000 and making.chance.random() * 1000 >= rule.share):
            continue
        facts = dict(thing)
        row: Facts = {}
        for name, value in fields:
            facts[name] = found = value(making, facts)
            if found is not None:
                row[name] = found
        for name, day in (("valid_from", rule.since), ("valid_until", rule.until)):
            if day is not None and (found := day(making, facts)) is not None:
                row[name] = found
        yield row
