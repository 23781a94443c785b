"""Stored rows as they are in memory, of each only the fields that somebody wants: the others are passed over unread.

A value that cannot be read is nobody's answer, so it makes the whole question unanswered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

import msgspec

from pencere.base.errors import Unavailable
from pencere.registers.kinds import WrongKind
from pencere.registers.rules import Shape

Decode = Callable[[str], dict[str, object]]


def decoder(shape: Shape, fields: Iterable[str]) -> Decode:
    """What gives these fields of a stored row. It raises Unavailable for a row that cannot be read."""
    read = [(name, shape.read[name]) for name in dict.fromkeys(fields)]
    decode = _some_of(tuple(shape.stored[name] for name, _one in read)).decode
    astuple = msgspec.structs.astuple

    def values(stored: str) -> dict[str, object]:
        try:
            return {
                name: None if value is None else one(value)
                for (name, one), value in zip(read, astuple(decode(stored)), strict=True)
            }
        except (WrongKind, msgspec.MsgspecError, AttributeError) as problem:
            raise Unavailable(shape.register.agency, "a row cannot be read") from problem

    return values


@lru_cache(maxsize=500)
def _some_of(names: tuple[str, ...]) -> msgspec.json.Decoder[msgspec.Struct]:
    columns = [(f"f{at}", object, None) for at in range(len(names))]
    given = {f"f{at}": name for at, name in enumerate(names)}
    return msgspec.json.Decoder(msgspec.defstruct("SomeOfARow", columns, rename=given))
