"""What may be known of fonds and papers: progress, errors, pace, forecast, who did how much, how much paper is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from pencere import country
from pencere.base import clock, writing
from pencere.base.terms import UnknownYear
from pencere.registers.paper import rules
from pencere.registers.paper.models import FieldCount, Fond, Paper, Turn
from pencere.registers.paper.rules import Forecast, Pace
from pencere.registers.paper.typing import intake_of, kept_version
from pencere.registers.using import shape_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class Progress:
    """Papers of a fond. `total`: those expected, or more if more were scanned."""

    expected: int | None
    scanned: int = 0
    once: int = 0  # at least once
    twice: int = 0
    third: int = 0  # wait for the third now
    entered: int = 0
    unreadable: int = 0
    taken_back: int = 0
    differed: int = 0  # ever; of `progress_of` alone
    settled: int = 0

    @property
    def total(self) -> int:
        return max(self.expected or 0, self.scanned)

    @property
    def finished(self) -> int:
        return self.entered + self.unreadable

    @property
    def remaining(self) -> int:
        return self.total - self.finished


@dataclass(frozen=True, slots=True)
class Speed:
    """Papers a working day over the last days, and when the last one is finished; None where too little is known."""

    pace: Pace | None  # None: the calendar does not know these days
    forecast: Forecast | None


@dataclass(frozen=True, slots=True)
class Day:
    """What happened in a fond on one day."""

    day: date
    scanned: int = 0
    once: int = 0
    twice: int = 0
    settled: int = 0
    entered: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class OfficerCount:
    """How much one officer did in a fond. No rank: they stand in the order of their names."""

    name: str
    typed: int
    settled: int


def fonds_of(registers: Iterable[str]) -> tuple[tuple[Fond, Progress], ...]:
    """The fonds of these registers, open ones first, each with its progress."""
    found = list(Fond.objects.filter(register__in=tuple(registers)).order_by("register", "code"))
    counted: dict[int, Counter[str]] = {fond.pk: Counter() for fond in found}
    by_state = Paper.objects.filter(fond__in=found).values_list("fond", "state").annotate(papers=Count("id"))
    for fond, state, papers in by_state.order_by():
        counted[fond][state] = papers
    ordered = sorted(found, key=lambda fond: fond.closed_at is not None)
    return tuple((fond, _progress(fond, counted[fond.pk])) for fond in ordered)


def progress_of(fond: Fond) -> Progress:
    papers = Paper.objects.filter(fond=fond)
    states = Counter(dict(papers.values_list("state").annotate(papers=Count("id")).order_by()))
    more = papers.exclude(state=rules.TAKEN_BACK).aggregate(
        differed=Count("id", filter=Q(differed=True)), settled=Count("id", filter=Q(settled_at__isnull=False))
    )
    return _progress(fond, states, **more)


def _progress(fond: Fond, states: Mapping[str, int], **more: int) -> Progress:
    def papers(*named: str) -> int:
        return sum(states.get(state, 0) for state in named)

    finished = (rules.THIRD, *rules.FINISHED)
    return Progress(
        expected=fond.expected,
        scanned=papers(*rules.TO_TYPE, *finished),
        once=papers(rules.ONCE, *finished),
        twice=papers(*finished),
        third=papers(rules.THIRD),
        entered=papers(rules.ENTERED),
        unreadable=papers(rules.UNREADABLE),
        taken_back=papers(rules.TAKEN_BACK),
        **more,
    )


def waiting_for(fond: Fond, officer: str) -> tuple[int, int]:
    """About how many papers this officer could type now, and settle now; turns of others may be open at some."""
    own = Turn.objects.filter(officer=officer, done_at__isnull=False)
    papers = Paper.objects.filter(fond=fond)
    typed = papers.filter(state__in=rules.TO_TYPE).exclude(pk__in=own.filter(paper__fond=fond).values("paper"))
    third = papers.filter(state=rules.THIRD).exclude(
        pk__in=Turn.objects.filter(officer=officer, place__lt=3, paper__fond=fond).values("paper")
    )
    return typed.count(), third.count()


def errors_of(fond: Fond) -> tuple[rules.Count, ...]:
    """The counts of each field, in the order in which fields are typed."""
    counted = {
        row.field: rules.Count(
            row.field, row.compared, row.differed, row.settled, row.first_wrong, row.second_wrong, row.checked,
            row.found_wrong,
        )
        for row in FieldCount.objects.filter(fond=fond)
    }  # fmt: skip
    return tuple(counted.get(name, rules.Count(name)) for name in intake_of(shape_of(fond.register)).index)


def speed_of(fond: Fond, progress: Progress, now: datetime) -> Speed:
    here = country.current()
    today = clock.day_in(here.time_zone, now)
    begun = clock.day_in(here.time_zone, fond.begun_at)
    try:
        days = rules.working_days_before(today, begun, here.calendar)
    except UnknownYear:
        return Speed(None, None)
    zone = ZoneInfo(here.time_zone)
    since = datetime.combine(days[0] if days else today, time(0), zone)
    finished = Paper.objects.filter(fond=fond, state__in=rules.FINISHED, closed_at__gte=since)
    by_day = dict(finished.values_list(TruncDate("closed_at", tzinfo=zone)).annotate(papers=Count("id")).order_by())
    pace = Pace(tuple(by_day.get(day, 0) for day in days))
    return Speed(pace, rules.forecast(progress.remaining, pace, today, here.calendar))


def days_of(fond: Fond) -> tuple[Day, ...]:
    """Every day on which something happened in the fond, oldest first."""
    zone = ZoneInfo(country.current().time_zone)
    papers = Paper.objects.filter(fond=fond).exclude(state=rules.TAKEN_BACK)
    found: dict[date, dict[str, int]] = {}
    for name, column, only in (
        ("scanned", "scanned_at", Q()),
        ("once", "once_at", Q()),
        ("twice", "twice_at", Q()),
        ("settled", "settled_at", Q()),
        ("entered", "closed_at", Q(state=rules.ENTERED)),
        ("unreadable", "closed_at", Q(state=rules.UNREADABLE)),
    ):
        there = papers.filter(only, **{f"{column}__isnull": False})
        for day, number in there.values_list(TruncDate(column, tzinfo=zone)).annotate(papers=Count("id")).order_by():
            found.setdefault(day, {})[name] = number
    return tuple(Day(day, **found[day]) for day in sorted(found))


def officers_of(fond: Fond) -> tuple[OfficerCount, ...]:
    """For the head of the agency alone."""
    from pencere.identity import queries as people  # elsewhere registers are read without accounts (the stand-in)

    done = Turn.objects.filter(paper__fond=fond, done_at__isnull=False)
    counted = done.values_list("officer").annotate(
        typed=Count("id", filter=Q(place__lt=3)), settled=Count("id", filter=Q(place=3))
    )
    here = country.current()
    style = here.writing[here.languages[0]]
    named = [
        OfficerCount(known.name if (known := people.named(officer)) else "", typed, settled)
        for officer, typed, settled in counted.order_by()
    ]
    return tuple(sorted(named, key=lambda each: writing.sort_key(each.name, style)))


def papers_of(fond: Fond, state: str, after: int) -> tuple[tuple[Paper, ...], int]:
    """A page of papers in the order of their numbers, and the number to ask after next (0: there are no more)."""
    papers = Paper.objects.filter(fond=fond, number__gt=after).order_by("number")
    found = list((papers.filter(state=state) if state else papers)[: PAGE + 1])
    return tuple(found[:PAGE]), found[PAGE - 1].number if len(found) > PAGE else 0


def versions_of(paper: Paper) -> dict[int, rules.Version]:
    """What was typed, by place."""
    turns, shape = Turn.objects.filter(paper=paper).order_by("place"), shape_of(paper.register)
    return {turn.place: kept_version(shape, turn.values, turn.marks) for turn in turns if turn.values or turn.marks}


def paper_of_row(register: str, rows: Collection[int]) -> Paper | None:
    """The paper that became one of these versions of a row; says nothing of anybody."""
    return Paper.objects.filter(register=register, row_id__in=rows, state=rules.ENTERED).first()


def backlog(register_id: str) -> tuple[int, int]:
    """Papers that are believed to belong into the register (at least those scanned), and those entered from paper."""
    found = fonds_of((register_id,))
    return sum(progress.total for _, progress in found), sum(progress.entered for _, progress in found)
