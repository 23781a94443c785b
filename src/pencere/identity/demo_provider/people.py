"""The synthetic persons of the demo: `data/demo/people.jsonl`, one JSON object a line, in the order to be shown.

    {"identifier": "5SVN8KT", "name": "Nümunəli Sevinc Kamal qızı", "birth_date": "1988-04-12",
     "note": {"az": "…", "en": "…", "ru": "…"}, "agency": null, "role": null}

`note` (or null) says for whom the README and the sign-in page name a person; `agency` and `role` make an officer.
Written by the nation's generator through `write`, read by the provider and by `pencere demo`. Neither Django nor a
database is needed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from pencere import country
from pencere.base import writing


class Person(msgspec.Struct, frozen=True):
    """One synthetic person."""

    identifier: str
    name: str
    birth_date: date
    note: Mapping[str, str] | None = None
    agency: str | None = None
    role: str | None = None

    @property
    def is_officer(self) -> bool:
        return self.office is not None

    @property
    def office(self) -> tuple[str, str] | None:
        """Agency and role."""
        return (self.agency, self.role) if self.agency and self.role else None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: the first persons, and how many there are in all."""

    persons: tuple[Person, ...]
    total: int


class People:
    """All persons, folded once for the search. 10,000 are read in a fraction of a second."""

    def __init__(self, persons: Sequence[Person]) -> None:
        here = country.current()
        self._writing = here.writing[here.languages[0]]
        self._persons = tuple(persons)
        self._folded = tuple(writing.fold(person.name, self._writing) for person in persons)

    def __len__(self) -> int:
        return len(self._persons)

    def shown(self) -> tuple[Person, ...]:
        """The persons with a note, in the file's order."""
        return tuple(person for person in self._persons if person.note and not person.is_officer)

    def officers(self) -> tuple[Person, ...]:
        return tuple(person for person in self._persons if person.is_officer)

    def every(self) -> tuple[Person, ...]:
        return self._persons

    def search(self, typed: str, most: int = 20) -> Found:
        """Those in whose name every word of `typed` begins a word, or whose identifier it is."""
        words = writing.fold(typed, self._writing).split()
        if not words:
            return Found((), 0)
        identifier = typed.strip().upper()  # ascii
        hits = [
            person
            for person, folded in zip(self._persons, self._folded, strict=True)
            if person.identifier == identifier or _begins(folded, words)
        ]
        return Found(tuple(hits[:most]), len(hits))


def _begins(folded: str, words: Sequence[str]) -> bool:
    spaced = f" {folded}"
    return all(f" {word}" in spaced for word in words)


def read(path: Path) -> People:
    """Raises FileNotFoundError where no nation was made yet."""
    decoder = msgspec.json.Decoder(Person)
    return People([decoder.decode(line) for line in path.read_bytes().splitlines() if line])


def write(path: Path, persons: Iterable[Person]) -> int:
    """Writes the file whole or not at all; returns how many persons it holds."""
    encoder = msgspec.json.Encoder()
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    count = 0
    with new.open("wb") as file:
        for person in persons:
            file.write(encoder.encode(person) + b"\n")
            count += 1
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    return count
