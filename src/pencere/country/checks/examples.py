"""Examples: each runs and holds, and every rule is reached by one."""

from __future__ import annotations

from pencere.country.checking import Checker
from pencere.country.declarations import Place, Service
from pencere.country.examples import run

AFTER = "flow"


def check(checker: Checker) -> None:
    for service in checker.country.services.values():
        if _can_run(checker, service):
            _examples(checker, service)


def _can_run(checker: Checker, service: Service) -> bool:
    """Whether all that examples need was read, and derived facts are not in a circle."""
    broken = checker.folder.broken
    if any(service.id in broken.get(kind, ()) for kind in ("decision", "amounts", "examples")):
        return False
    if service.id in checker.unresolved:
        return False
    circles = [finding for finding in checker.folder.findings if "derive: in a circle" in finding.message]
    if any(finding.file == service.place.file for finding in circles):
        return False
    return all(name in service.tables for step in service.steps if step.kind == "decide" for name in step.names)


def _examples(checker: Checker, service: Service) -> None:
    reached: set[tuple[str, str]] = set()
    names: set[str] = set()
    for example in service.examples:
        path = f'example "{example.name}"'
        if example.name in names:
            checker.error(example.place, f"{path}: the name stands twice")
        names.add(example.name)
        if not example.expect:
            checker.error(example.place, f"{path}: expects nothing")
        ran = run(checker.country, service, example, checker.facts[service.id])
        reached |= ran.reached
        for problem in ran.problems:
            checker.error(example.place, f"{path}: {problem}")
    for table in service.tables.values():
        block = table.place
        assert isinstance(block, Place)
        for rule in dict.fromkeys(row.rule for row in table.rows):
            if (table.name, rule) not in reached:
                line = next(row.line for row in table.rows if row.rule == rule)
                message = f'{table.name}: no example reaches rule "{rule}"; add one to examples.yaml'
                checker.error(Place(block.file, block.line + line), message)
