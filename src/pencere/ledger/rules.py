"""What a leaf is made of, and the words that pass through the doors. Pure.

The hash of a leaf is RFC 6962's over `salt || entry`; the entry is the canonical form of id, kind, time and body,
so that none of them can be changed. The salt makes the hash say nothing about the body; without body and salt the
hash still stands in the tree, and every proof holds.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pencere.base.canonical import Value, canonical
from pencere.base.purpose import Purpose

SALT_BYTES = 16
LOOK_KINDS = ("evidence", "own", "desk", "party", "check", "link")
"""evidence: an agency's service asked. own: the person. desk: an officer. party: somebody else who takes part in the
case. check: a verifier of a paper. link: one who was given a link to it."""
ERASED = "ledger.erased"


@dataclass(frozen=True, slots=True)
class Look:
    """One person's data, seen: whose, of which register (or "certificate"), which fields."""

    subject: str
    register: str
    fields: tuple[str, ...]
    source: str = ""  # the X-Road service that was asked, where there is one


@dataclass(frozen=True, slots=True)
class Receipt:
    """Our promise that the leaf is in the ledger. Handed out after the commit."""

    leaf_id: str
    leaf_hash: str
    at: datetime
    sign: Callable[[], str] = field(compare=False, repr=False)

    @property
    def note(self) -> str:
        """The signed text. It is signed when it is asked for: of most looks nobody ever does."""
        return self.sign()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Size and root of the tree at a moment, signed."""

    size: int
    root: str
    note: str
    at: datetime


def time_text(at: datetime) -> str:
    """In UTC, with microseconds: 2026-03-18T09:00:00.000000Z."""
    if at.tzinfo is None:
        raise ValueError("a moment has a time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def leaf_id(at: datetime, random: bytes) -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): ordered by time to a fraction of a microsecond, then by chance (8 bytes)."""
    microseconds = int(at.timestamp()) * 1_000_000 + at.microsecond
    milliseconds, rest = divmod(microseconds, 1000)
    number = milliseconds << 80 | 7 << 76 | (rest * 4096 // 1000) << 64
    number |= 2 << 62 | int.from_bytes(random) & (1 << 62) - 1
    return uuid.UUID(int=number)


def entry(id_: uuid.UUID, kind: str, at: str, body: str) -> bytes:
    """The canonical form of {at, body, id, kind}; `body` is canonical already, the others need no escaping."""
    return f'{{"at":"{at}","body":{body},"id":"{id_}","kind":"{kind}"}}'.encode()


def demand_kind(kind: str) -> None:
    if not kind or not all(sign.isascii() and (sign.isalnum() or sign in ".-_") for sign in kind):
        raise ValueError(f"{kind!r} cannot name a kind of leaf")


def look_body(purpose: Purpose, look: Look, kind: str) -> dict[str, Value]:
    """What is hashed of a look; `Look` rows hold the same facts, and `verify` compares them."""
    return {
        "account": purpose.person,
        "act": purpose.act,
        "agency": purpose.agency,
        "case": purpose.case,
        "fields": list(look.fields),
        "ground": purpose.ground,
        "kind": kind,
        "register": look.register,
        "service": purpose.service,
        "source": look.source,
        "subject": look.subject,
        "who": purpose.who,
    }


def look_bodies(purpose: Purpose, looks: Sequence[Look], kind: str) -> Iterator[str]:
    """The canonical form of `look_body` of each; what is the same but for the subject is written once."""
    sides: dict[tuple[str, tuple[str, ...], str], tuple[str, str]] = {}
    for look in looks:
        seen = (look.register, look.fields, look.source)
        if seen not in sides:
            sides[seen] = _around_subject(look_body(purpose, look, kind))
        before, after = sides[seen]
        yield f"{before}{canonical(look.subject).decode()}{after}"


def _around_subject(body: dict[str, Value]) -> tuple[str, str]:
    """The canonical form before the subject and behind it: keys stand in order."""
    before = canonical({name: value for name, value in body.items() if name < "subject"}).decode()
    after = canonical({name: value for name, value in body.items() if name > "subject"}).decode()
    return f'{before[:-1]},"subject":', f",{after[1:]}"
