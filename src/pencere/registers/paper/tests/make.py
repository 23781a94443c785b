"""Builders: a register that takes in papers, a fond with scans, officers, versions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from pencere.base.tests import make_media
from pencere.country.declarations import Country, PaperIntake
from pencere.registers.paper import actions
from pencere.registers.paper.models import Fond, Paper
from pencere.registers.paper.typing import version_of
from pencere.registers.tests import make
from pencere.registers.tests.make import HERE, NOW, SEVINC
from pencere.registers.using import shape_of

REGISTER = "permits"
FIRST, SECOND, THIRD, OTHER = (f"00000000-0000-4000-8000-00000000000{number}" for number in range(1, 5))
"""Accounts of officers."""
TYPED: dict[str, object] = {
    "number": "P-1", "person": SEVINC, "issued_on": date(1987, 4, 2), "holder": "Məmmədov Anar",
    "valid_from": date(1987, 4, 2),
}  # fmt: skip


def with_papers(sample: str = "2", **more: object) -> Country:
    """Azerbaijan with a register of permits that are older than it."""
    made = make.with_register(
        make.field("number", "text"),
        make.field("issued_on", "date"),
        make.field("holder", "text", required=False, personal="ordinary"),
        make.field("scan", "file", required=False, personal="ordinary"),
        key=("number",),
    )
    index = ("number", "person", "issued_on", "holder", "valid_from")
    paper = PaperIntake("officer.archive", "officer.head", index, "scan", Decimal(sample), HERE)
    permits = replace(made.registers[REGISTER], paper=paper, **more)  # type: ignore[arg-type]
    return replace(made, registers={**made.registers, REGISTER: permits})


@contextmanager
def using_papers(sample: str = "2") -> Iterator[Country]:
    with make.using(with_papers(sample)) as here:
        yield here


def fond(code: str = "F-1", register: str = REGISTER, expected: int | None = None, now: datetime = NOW) -> Fond:
    believed = None if expected is None else actions.Believed(expected, "list of 2024", date(2024, 1, 1))
    return actions.begin_fond(register, code, {}, believed, officer=OTHER, now=now)


def scan_of(name: str) -> bytes:
    """A scan like no other."""
    return make_media.png(20, 20) + name.encode()


def scanned(fond: Fond, papers: int = 1, now: datetime = NOW) -> list[Paper]:
    there = fond_papers(fond)
    names = (f"{fond.code} {number}" for number in range(there, there + papers))
    return [actions.scan(fond, scan_of(name), officer=OTHER, now=now).paper for name in names]


def fond_papers(fond: Fond) -> int:
    return Paper.objects.filter(fond=fond).count()


def version(register: str = REGISTER, marks: dict[str, str] | None = None, **changes: object):
    return version_of(shape_of(register), TYPED | changes, marks or {})


def typed(fond: Fond, officer: str, now: datetime = NOW, **changes: object) -> Paper:
    """The officer takes the next paper and types it."""
    turn = actions.hand_out(fond, actions.TYPING, officer=officer, role="archive", now=now)
    assert turn is not None
    marks = changes.pop("marks", None)
    return actions.type_in(turn.pk, version(fond.register, marks, **changes), officer=officer, now=now)  # type: ignore[arg-type]


def settled(fond: Fond, officer: str = THIRD, now: datetime = NOW, **changes: object) -> Paper:
    turn = actions.hand_out(fond, actions.SETTLING, officer=officer, role="head", now=now)
    assert turn is not None
    return actions.settle(turn.pk, version(fond.register, **changes), officer=officer, now=now)
