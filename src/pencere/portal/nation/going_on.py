"""The world goes on in the demo: what agencies report one by one, and what they answer to what they are told.

`news`: rows that a hospital, a registry, a commission writes after the demo has started, so that cases begin by
themselves. `replies`: a workshop that is told of an order makes the card some seconds later. Both only through the
doors that the agencies themselves would use.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import structlog
from django.conf import settings

from pencere import country
from pencere.base import clock
from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.base.purpose import Purpose
from pencere.exchange import actions as exchange
from pencere.portal.nation.making import Making
from pencere.portal.nation.plan import Plan, Reply, read_plan
from pencere.registers import actions as registers
from pencere.registers import queries as kept

log = structlog.get_logger(__name__)
SECONDS = 3
"""How often the worker looks."""
AT_ONCE = 100
PAGE = "nation"
"""The name under which looks of the demo's world are logged."""


class News(msgspec.Struct, frozen=True):
    """A row that an agency will write by itself."""

    register: str
    row: dict[str, Any]


class Told(msgspec.Struct):
    """How far the world is: how many of the news are told, and up to which number it has heard each event."""

    news: int = 0
    heard: dict[str, int] = msgspec.field(default_factory=dict)


def keep_news(news: list[News]) -> None:
    """What will be told, in this order."""
    encoder = msgspec.json.Encoder()
    _write(_folder() / "news.jsonl", b"".join(encoder.encode(each) + b"\n" for each in news))


def step(now: datetime) -> None:
    """One piece of news, and an answer to all that was told long enough ago. Nothing outside the demo."""
    if not settings.PENCERE.demo or not (_folder() / "news.jsonl").exists():
        return
    told = _told()
    _tell_next(told, now)
    for reply in _plan(country.current().folder).replies:
        if reply.event.partition(".")[0] in country.current().registers:
            _answer(reply, told, now)


def _tell_next(told: Told, now: datetime) -> None:
    lines = (_folder() / "news.jsonl").read_bytes().splitlines()
    if told.news >= len(lines):
        return
    news = msgspec.json.decode(lines[told.news], type=News)
    row = {name: value for name, value in news.row.items() if name not in ("valid_from", "valid_until")}
    try:
        exchange.happen(f"{news.register}.new", row, now=now)
    except Unavailable:
        return  # the other agency's system is still starting
    except (BadInput, Refused) as problem:  # it is there already: we were stopped between telling and noting
        log.warning("news_not_taken", register=news.register, problem=type(problem).__name__)
    told.news += 1
    _note(told)


def _answer(reply: Reply, told: Told, now: datetime) -> None:
    here = country.current()
    register, _, event = reply.event.partition(".")
    declared = here.registers[register]
    purpose = Purpose("law", str(declared.law[0]), PAGE, "", declared.agency, "system")
    heard = kept.events(register, event, told.heard.get(reply.event, 0), AT_ONCE, purpose=purpose, now=now)
    for each in heard:
        if each.at > now - timedelta(seconds=reply.seconds):
            return
        today = clock.day_in(here.time_zone, now)
        facts: Mapping[str, object] = {**each.values, "day": today}
        making = Making(Random(), today, here.time_zone, here.identifiers, str, lambda _number: [], {})  # noqa: S311
        row = reply.row(making, facts)
        target, _, name = reply.accept.partition(".")
        with suppress(Refused):  # somebody else was first
            registers.accept(
                target, name, row, key=f"{PAGE}:{reply.event}:{each.cursor}", valid_from=today,
                recorded_by=f"{declared.agency}/{PAGE}", now=now,
            )  # fmt: skip
        told.heard[reply.event] = each.cursor
        _note(told)


@lru_cache
def _plan(folder: Path) -> Plan:
    return read_plan(folder, frozenset(country.current().identifiers))


def _told() -> Told:
    path = _folder() / "told.json"
    return msgspec.json.decode(path.read_bytes(), type=Told) if path.exists() else Told()


def _note(told: Told) -> None:
    _write(_folder() / "told.json", msgspec.json.encode(told))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _folder() -> Path:
    return settings.PENCERE.data / "demo"
