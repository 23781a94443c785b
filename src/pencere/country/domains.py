"""What a fact can be, as the proof of a table wants it: its domain, and a few values that stand for all of them."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pencere.country import cells
from pencere.country.cells import Condition, Literal

WRITTEN = frozenset({"text", "long_text", "address", "phone", "email"})
"""What people write freely: a bare word beside it is a slip (`nul` for `null`)."""
NUMBERS = frozenset({"integer", "decimal", "money", "percent"})
ORDERED = NUMBERS | {"date"}


@dataclass(frozen=True, slots=True)
class Domain:
    """What a fact can be. `kind` is that of its field ("" where nobody can tell), `codes` those of a choice.

    `asked_when` is the `when` under which it is asked at all; None although it `may_be_unasked`: nobody knows.
    """

    kind: str
    codes: tuple[str, ...] = ()
    may_be_unknown: bool = False
    may_be_unasked: bool = False
    asked_when: Condition | None = None
    least: int | Decimal | date | None = None  # nothing smaller can be
    most: int | Decimal | date | None = None

    def can_be(self, value: object) -> bool:
        """Whether the value lies within the limits."""
        if self.least is not None and cells.compares(value, "<", self.least):
            return False
        return self.most is None or not cells.compares(value, ">", self.most)


def misfit(literal: Literal, domain: Domain) -> str:
    """Why a fact of this domain can never be the value, in words that follow its name; "" if it can."""
    kind = domain.kind
    if not kind:
        return ""
    if literal.kind == "amount":
        return "" if kind in NUMBERS or kind in ("date", "moment") else f"is of kind {kind}, which no amount can be"
    if kind == "choice":
        if literal.kind in ("code", "text", "number") and domain.codes and str(literal.value) not in domain.codes:
            near = difflib.get_close_matches(str(literal.value), domain.codes, n=1)
            listed = f'did you mean "{near[0]}"?' if near else f"it is one of {', '.join(domain.codes)}"
            return f'is never "{literal.value}", {listed}'
        return "" if literal.kind in ("code", "text", "number") else f"is a choice; {literal} is a {literal.kind}"
    wanted = "number" if kind in NUMBERS else kind
    if wanted not in ("number", "date", "moment", "boolean"):
        if literal.kind == "code" and kind in WRITTEN:
            return f'is of kind {kind}; text stands in quotes: "{literal.value}"'
        return "" if literal.kind in ("code", "text") else f"is of kind {kind}; {literal} is a {literal.kind}"
    return "" if literal.kind == wanted else f"is of kind {kind}; {literal} is a {literal.kind}"


_SORTS: Mapping[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "decimal": (int, Decimal),
    "date": date,
    "moment": datetime,
}

OTHER = "\x00 any other text"


def known_values(domain: Domain, cuts: list[object]) -> list[object]:
    """Values of the fact between which nothing changes, as far as they lie within its limits."""
    limits = [limit for limit in (domain.least, domain.most) if limit is not None] if domain.kind in ORDERED else []
    return [value for value in _known_values(domain, [*cuts, *limits]) if not limits or domain.can_be(value)]


def _known_values(domain: Domain, cuts: list[object]) -> list[object]:
    """Values of the fact between which nothing changes: each cut, one below, one above; each code; one other text."""
    if not domain.kind:
        kinds = [kind for kind, sort in _SORTS.items() if any(isinstance(cut, sort) for cut in cuts)]
        return [value for kind in [*kinds, "text"] for value in _known_values(Domain(kind), cuts)]
    if domain.kind == "boolean":
        return [True, False]
    if domain.kind == "choice" and domain.codes:
        return list(domain.codes)
    if domain.kind == "integer":
        return list(_around_whole(_distinct(cells.as_number(cut) for cut in cuts)))
    if domain.kind in NUMBERS:
        numbers = [Decimal(number) for number in _distinct(cells.as_number(cut) for cut in cuts)]
        return list(_around(numbers, Decimal(1), lambda low, high: (low + high) / 2)) or [0]
    if domain.kind == "date":
        days = _distinct(cells.as_day(cut) for cut in cuts)
        return list(_around(days, timedelta(days=1), _between_days)) or [date(2000, 1, 1)]
    if domain.kind == "moment":
        moments = _distinct(cells.as_moment(cut) for cut in cuts)
        return list(_around(moments, timedelta(minutes=1), lambda low, high: low + (high - low) / 2)) or [
            datetime(2000, 1, 1)
        ]
    return [*dict.fromkeys(cut for cut in cuts if isinstance(cut, str)), OTHER]


def _distinct(cuts: Iterable[Any]) -> list[Any]:
    return sorted({cut for cut in cuts if cut is not None})


def _around_whole(cuts: list[int | Decimal]) -> list[int]:
    """Each cut that is a whole number, and the whole numbers just below and above each cut."""
    near: set[int] = set()
    for cut in cuts:
        floor = math.floor(cut)
        near |= {floor - 1, floor, floor + 1} if cut == floor else {floor, floor + 1}
    return sorted(near) or [0]


def _around(cuts: list[Any], step: Any, between: Callable[[Any, Any], Any]) -> Iterator[Any]:
    """One below the first cut, each cut, something between two neighbours, one above the last."""
    if not cuts:
        return
    yield cuts[0] - step
    for cut, after in zip(cuts, [*cuts[1:], None], strict=True):
        yield cut
        beyond = cut + step if after is None else between(cut, after)
        if beyond is not None:
            yield beyond


def _between_days(low: date, high: date) -> date | None:
    return low + timedelta(days=1) if (high - low).days > 1 else None


def shown(value: object) -> str:
    """A value in a finding."""
    if value is OTHER:
        return "any other text"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return str(value)
