"""calendar.yaml: the weekend, how days are counted, and the days that are not like others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pencere.base.terms import DAY_KINDS, LAST_DAYS, UNITS, Count, Day
from pencere.country.kinds import FileKind, Source
from pencere.country.nodes import Node
from pencere.country.records import NAME, Entry, Record, Report, Shape, day_of, did_you_mean, listed

CALENDAR = Shape("calendar.yaml", required=("weekend", "counts", "last_day", "days"))
COUNT = Shape("calendar.yaml counts.<name>", required=("skip", "law"))
DAY = Shape("calendar.yaml days.<date>", required=("kind", "name", "state"), optional=("act",))
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SKIPPED = ("weekend", *DAY_KINDS)


@dataclass(frozen=True, slots=True)
class Days:
    """What calendar.yaml says."""

    weekend: tuple[int, ...]
    counts: dict[str, Count]
    last_day: str
    days: dict[date, Day]


def read(node: Node, report: Report, source: Source) -> Days:
    record = Record(node, CALENDAR, report)
    return Days(
        weekend=tuple(WEEKDAYS.index(day) for day in _among(record, "weekend", WEEKDAYS)),
        counts={entry.name: _count(entry, report) for entry in record.entries("counts", NAME, "a name (a-z 0-9 _)")},
        last_day=record.choice("last_day", LAST_DAYS),
        days=dict(_days(record, source.languages)),
    )


def _among(record: Record, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    words = record.words(key)
    for word in words:
        if word not in allowed:
            record.refuse(key, f'"{word}" is not one of {listed(allowed)}{did_you_mean(word, allowed)}')
    return tuple(word for word in words if word in allowed)


def _count(entry: Entry, report: Report) -> Count:
    record = Record(entry.node, COUNT, report, entry.path)
    if entry.name in UNITS:
        report.error(
            entry.node.line, entry.path, f'"{entry.name}" is a unit of every country; name the count otherwise'
        )
    return Count(entry.name, _among(record, "skip", SKIPPED), str(record.law("law")))


def _days(record: Record, languages: tuple[str, ...]) -> list[tuple[date, Day]]:
    node = record.get("days")
    if node is None or not isinstance(node.value, dict):
        if node is not None:
            record.refuse("days", "expected a mapping of dates")
        return []
    days = []
    for text, item in node.value.items():
        when = day_of(text)
        entry = Record(item, DAY, record.report, f"days.{text}")
        if when is None:
            record.report.unusable(item.line, "days", f'"{text}" is not a date like 2026-03-18')
            continue
        day = Day(
            kind=entry.choice("kind", DAY_KINDS),
            names=entry.texts("name", languages),
            act=str(entry.optional_law("act") or ""),
            state=entry.choice("state", ("official", "estimated")),
            place=entry.place,
        )
        days.append((when, day))
    return days


KIND = FileKind("calendar", "calendar.yaml", (CALENDAR, COUNT, DAY), read, needed=True)
