"""Whom the demo's guide names for a service."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from pencere.portal.nation import who

LEYLA, NAMESAKE, VAQIF = "1", "2", "3"


def named(*flats: str) -> list[str]:
    """Whom the guide names, where these persons own a flat, in this order."""
    persons = [{"id": LEYLA, "name": "Leyla"}, {"id": NAMESAKE, "name": "Leyla"}, {"id": VAQIF, "name": "Vaqif"}]
    sought = SimpleNamespace(
        service="move", outcome="granted", find="flats", sign_in="owner", note={}, when=lambda thing: True
    )
    plan = SimpleNamespace(officers=(), who=[sought], signs_in=lambda person: True)
    part = SimpleNamespace(persons=persons, things={"flats": [{"owner": owner} for owner in flats]})
    found = who.find(cast(Any, plan), cast(Any, part), lambda value, language: str(value))
    return [each.identifier for each in found]


def test_who_shares_a_name_with_somebody_is_passed_over_for_others():
    assert named(LEYLA, VAQIF) == [VAQIF]


def test_who_shares_a_name_with_somebody_is_named_where_there_is_nobody_else():
    assert named(NAMESAKE) == [NAMESAKE]
