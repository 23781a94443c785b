"""A question made smaller, so that no more is told than is needed: about one pair, or about nobody too old for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Narrowed:
    """`only`: rows with these values alone. `not_before`: none whose day in that field lies earlier, or is unknown."""

    only: Mapping[str, object] = field(default_factory=dict)
    not_before: Mapping[str, date] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.only or self.not_before)


WHOLE = Narrowed()
