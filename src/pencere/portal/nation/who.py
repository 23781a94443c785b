"""Finds persons of the nation to whom services apply, by the facts that the plan asks for. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pencere.portal.nation.asking import Test
from pencere.portal.nation.generate import Part
from pencere.portal.nation.making import Facts
from pencere.portal.nation.plan import Plan, Sought

Write = Callable[[object, str], str]
"""A value in a language."""

_FACT = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody to sign in as, and why."""

    service: str
    outcome: str
    identifier: str
    note: Mapping[str, str]


def find(plan: Plan, part: Part, write: Write) -> Iterator[Found]:
    """One for each line of the plan to whom it applies; nobody twice and nobody with a namesake, as long as others

    are left: who signs in at the demo's provider picks a name.
    """
    by_id = {str(person["id"]): person for person in part.persons}
    officers = {officer.identifier for officer in plan.officers}
    names = Counter(person["name"] for person in part.persons)
    namesakes = {identifier for identifier, person in by_id.items() if names[person["name"]] > 1}
    chosen: set[str] = set()
    for sought in plan.who:
        fitting = [
            (thing, identifier)
            for thing in part.things.get(sought.find, ())
            if sought.when(thing) and (identifier := _signing_in(thing, sought, by_id, plan.signs_in, officers))
        ]
        fresh = [each for each in fitting if each[1] not in chosen]
        found = next((each for each in fresh if each[1] not in namesakes), next(iter(fresh or fitting), None))
        if found is not None:
            thing, identifier = found
            chosen.add(identifier)
            note = {language: _written(text, thing, language, write) for language, text in sought.note.items()}
            yield Found(sought.service, sought.outcome, identifier, note)


def _signing_in(
    thing: Facts, sought: Sought, by_id: Mapping[str, Facts], signs_in: Test, officers: set[str]
) -> str | None:
    identifier = str(thing.get(sought.sign_in))
    person = by_id.get(identifier)
    return identifier if person is not None and signs_in(person) and identifier not in officers else None


def _written(text: str, thing: Facts, language: str, write: Write) -> str:
    return _FACT.sub(lambda found: write(thing.get(found[1]), language), text)
