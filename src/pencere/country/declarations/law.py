"""Where something is written, and the act that it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written: file below the country's folder, line from 1."""

    file: str
    line: int


NOWHERE = Place("", 0)
"""Of what is made and not written."""


@dataclass(frozen=True, slots=True)
class Law:
    """An act and, where one is named, its article as the law prints it: `residence-law 5`."""

    act: str
    article: str = ""

    def __str__(self) -> str:
        return f"{self.act} {self.article}".strip()


@dataclass(frozen=True, slots=True)
class Act:
    id: str
    title: Texts
    number: str | None
    signed: date | None  # `date`: the day of the act
    in_force: date | None
    until: date | None
    url: str | None
    repealed_by: str | None
    confirmed: bool  # False: `status: to_be_confirmed`
    place: Place
