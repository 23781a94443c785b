"""Who is who in the demo's nation: `data/demo/who.jsonl`, one JSON object a line, without identifiers.

    {"service": "foreign-passport", "outcome": "granted", "name": "…", "birth_date": "1991-02-03", "note": {"en": "…"}}

Written when the nation is made, read by the page of the demo.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import msgspec
from django.conf import settings


class Line(msgspec.Struct, frozen=True):
    """A person to sign in as for a service, and why."""

    service: str
    outcome: str  # granted refused officer
    name: str
    birth_date: date
    note: Mapping[str, str]


def read() -> tuple[Line, ...]:
    """Nobody where no nation was made yet."""
    path = _file()
    if not path.exists():
        return ()
    decoder = msgspec.json.Decoder(Line)
    return tuple(decoder.decode(line) for line in path.read_bytes().splitlines() if line)


def write(lines: Iterable[Line]) -> None:
    """Writes the file whole or not at all."""
    encoder = msgspec.json.Encoder()
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    with new.open("wb") as file:
        for line in lines:
            file.write(encoder.encode(line) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _file() -> Path:
    return settings.PENCERE.data / "demo" / "who.jsonl"
