"""Officers for every office that a service or a register of the country needs and the plan does not name.

Whoever adds a service finds somebody at its desk. They are drawn by the seed like everybody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random

from pencere.base.identifiers import IdentifierKind
from pencere.country.declarations import Register, Service
from pencere.portal.nation.drawing import drawer
from pencere.portal.nation.plan import Officer, Plan

OPEN_QUESTIONS = "registry"
"""Who settles what a table leaves open, where the step names nobody."""

_BORN = date(1980, 6, 15)
_WORD = "officer."


def needed(services: Mapping[str, Service], registers: Mapping[str, Register]) -> tuple[tuple[str, str, int], ...]:
    """Agency, role and how many of them, in a steady order."""
    found: dict[tuple[str, str], int] = {}
    asked = [(each.agency, _roles(each)) for each in services.values()]
    asked += [(each.agency, _desk_roles(each)) for each in registers.values() if each.kept == "here"]
    for agency, roles in asked:
        for role, number in roles:
            place = (agency, role.removeprefix(_WORD))
            found[place] = max(found.get(place, 0), number)
    return tuple((agency, role, number) for (agency, role), number in sorted(found.items()))


def _roles(service: Service) -> list[tuple[str, int]]:
    roles = []
    for step in service.steps:
        if step.kind == "decide":
            roles.append((step.by or OPEN_QUESTIONS, 1))
        elif step.by and step.by.startswith(_WORD):
            roles.append((step.by, 1))
        if step.panel is not None:
            roles.append((step.panel.of, step.panel.size + 1))  # one may be from where the case is
    roles += [(each.none.archive, 1) for each in service.evidence.values() if each.none and each.none.archive]
    if service.term is not None and service.term.extend is not None:
        roles.append((service.term.extend.by, 1))
    return roles


def _desk_roles(register: Register) -> list[tuple[str, int]]:
    """Who looks, writes and confirms; where one role does both, two of them, since nobody confirms their own change."""
    desk, paper = register.desk, register.paper
    roles = [(role, 1) for role in (*desk.look, *desk.write, *desk.second)] if desk else []
    if desk and any(
        each.personal == "special" for field in register.fields.values() for each in (field, *field.fields.values())
    ):
        roles += [(role, 2) for role in desk.write if role in desk.second]
    third = 3 if paper and paper.third == paper.by else 1
    return roles + ([(paper.by, 2), (paper.third, third)] if paper else [])


def missing(
    plan: Plan,
    services: Mapping[str, Service],
    registers: Mapping[str, Register],
    roles: Mapping[str, object],
    kind: IdentifierKind,
    seed: int,
) -> tuple[Officer, ...]:
    """An officer for each office that nobody of the plan holds."""
    chance = Random(f"offices {seed}")  # noqa: S311 - the same officers for the same seed
    draw = drawer(kind, chance)
    taken = {each.identifier for each in plan.officers} | {each.identifier for each in plan.people}
    found: list[Officer] = []
    for agency, role, number in needed(services, registers):
        held = sum((each.agency, each.role) == (agency, role) for each in plan.officers)
        for place in range(held, number if role in roles else held):
            sex = chance.choice(sorted(plan.given))
            name = f"{chance.choice(plan.surnames)[sex]} {chance.choice(plan.given[sex])}"
            found.append(Officer(f"{agency}-{role}-{place}", draw(taken), name, sex, _BORN, agency, role))
    return tuple(found)
