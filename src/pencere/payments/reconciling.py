"""Holds the provider's books of a day against ours and names every difference; changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pencere.payments import provider, rules
from pencere.payments.models import Attempt, Refund
from pencere.payments.provider import Line

SENTENCES = {
    "not_here": "the provider has it, we do not",
    "not_there": "we have it, the provider does not",
    "amount": "the amounts differ",
    "twice": "the provider has it more than once",
    "unknown": "the provider has it under a key that we never gave",
    "trouble": "the provider does not pay it back as asked",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One line that does not agree; amounts in minor units, None where a side has none."""

    reason: str  # of SENTENCES
    kind: str  # payment or refund
    key: str
    ours: int | None
    theirs: int | None

    @property
    def sentence(self) -> str:
        return SENTENCES[self.reason]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A day: how many lines and how much each side has, and what differs."""

    day: date
    our_lines: int
    their_lines: int
    our_sum: int  # received less paid back
    their_sum: int
    differences: tuple[Difference, ...]


def reconcile(day: date, zone: str) -> Reconciled:
    """The day of the country's clock. Raises Unavailable if the provider does not show its books."""
    since = datetime.combine(day, time(), ZoneInfo(zone))
    until = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    theirs = provider.current().lines(since, until)
    ours = _ours(since, until)
    return Reconciled(
        day,
        len(ours),
        len(theirs),
        sum(-amount if kind == "refund" else amount for (kind, _key), (amount, _) in ours.items()),
        sum(-line.amount if line.kind == "refund" else line.amount for line in theirs),
        tuple(_differences(ours, theirs)) + tuple(_troubles(until)),
    )


Ours = Mapping[tuple[str, str], tuple[int, str]]


def _ours(since: datetime, until: datetime) -> Ours:
    received = Attempt.objects.filter(
        state__in=(rules.PAID, rules.SURPLUS), received_at__gte=since, received_at__lt=until
    ).values_list("key", "amount", "currency")
    returned = Refund.objects.filter(returned_at__gte=since, returned_at__lt=until)
    found = {("payment", key): (amount, currency) for key, amount, currency in received}
    back = returned.values_list("key", "amount", "attempt__currency")
    return found | {("refund", key): (amount, currency) for key, amount, currency in back}


def _differences(ours: Ours, theirs: Iterable[Line]) -> list[Difference]:
    lines = list(theirs)
    found = []
    counted = Counter((line.kind, line.key) for line in lines)
    first = {(line.kind, line.key): line for line in reversed(lines)}
    for (kind, key), line in sorted(first.items(), key=lambda pair: pair[1].at):
        mine = ours.get((kind, key))
        if counted[kind, key] > 1:
            found.append(Difference("twice", kind, key, mine[0] if mine else None, line.amount * counted[kind, key]))
        elif mine is None:
            found.append(Difference("not_here" if _is_known(kind, key) else "unknown", kind, key, None, line.amount))
        elif mine != (line.amount, line.currency):
            found.append(Difference("amount", kind, key, mine[0], line.amount))
    missing = (pair for pair in ours if pair not in first)
    return found + [Difference("not_there", kind, key, ours[kind, key][0], None) for kind, key in missing]


def _is_known(kind: str, key: str) -> bool:
    table = Attempt.objects if kind == "payment" else Refund.objects
    return table.filter(key=key).exists()


def _troubles(until: datetime) -> list[Difference]:
    """Refunds that the provider refuses or pays with another amount, whatever day they were asked for."""
    rows = Refund.objects.filter(asked_at__lt=until).exclude(trouble="").order_by("asked_at")
    return [Difference("trouble", "refund", row.key, row.amount, None) for row in rows]
