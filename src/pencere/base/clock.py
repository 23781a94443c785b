"""The only place that asks what time it is. Rules take the time as an argument; actions ask here.

Times are aware and in UTC. Days are days of the country's time zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_now: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _now()


def day_in(zone: str, moment: datetime | None = None) -> date:
    """The calendar day of `moment` (default: now) in `zone`."""
    return (moment or now()).astimezone(ZoneInfo(zone)).date()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """For tests: the clock stands still at `moment`."""
    global _now
    if moment.tzinfo is None:
        raise ValueError("a moment has a time zone")
    before, _now = _now, lambda: moment
    try:
        yield
    finally:
        _now = before
