"""The public pages of how digital the registers are. Every number on them was counted before, by the worker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from pencere import country
from pencere.base import clock
from pencere.base.writing import sort_key
from pencere.catalogue import queries as catalogue
from pencere.country.declarations import Country
from pencere.identity import access
from pencere.registers.digital import queries, words
from pencere.registers.digital.reckoning import ELSEWHERE, Digital


@dataclass(frozen=True, slots=True)
class FieldLine:
    name: str
    share: int
    words: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A register with its numbers in words; empty where there is none, and `why` says why."""

    id: str
    title: str
    summary: str
    agency: str
    agency_id: str
    found: Digital
    digital: str
    coverage: str
    fullness: str
    rows: str
    held: str  # what is held against it where that is not the number of rows
    whole: str  # how much there should be
    counted: str  # what is counted
    waiting: str
    days: int | None  # since the newest entry
    why: str
    fields: tuple[FieldLine, ...] = ()


@access.public
@require_safe
def all_registers(request: HttpRequest) -> HttpResponse:
    here, language, now = country.current(), _language(), clock.now()
    style = here.writing.get(language) or here.writing[here.languages[0]]
    lines = [_line(here, found, language, now) for found in queries.all_digital()]
    lines.sort(key=lambda line: sort_key(line.title, style))
    kept = [line for line in lines if line.found.state != ELSEWHERE]
    return render(
        request,
        "registers/digital.html",
        {
            "kept": kept,
            "numbered": [line for line in kept if line.found.digital is not None],
            "others": [line for line in kept if line.found.digital is None],
            "elsewhere": [line for line in lines if line.found.state == ELSEWHERE],
            "known": sum(line.found.digital is not None for line in kept),
            "counted_at": min((line.found.at for line in kept if line.found.at), default=None),
        },
    )


@access.public
@require_safe
def one_register(request: HttpRequest, register: str) -> HttpResponse:
    here, language = country.current(), _language()
    if register not in here.registers:
        raise Http404
    line = _line(here, queries.digital(register), language, clock.now(), with_fields=True)
    return render(request, "registers/digital_register.html", {"line": line, "found": line.found})


def _line(here: Country, found: Digital, language: str, now: datetime, *, with_fields: bool = False) -> Line:
    register = here.registers[found.register]
    today = clock.day_in(here.time_zone, now)
    agency = catalogue.agency_card(register.agency, language, today)
    newest = clock.day_in(here.time_zone, found.newest) if found.newest else None
    return Line(
        id=register.id,
        title=here.text(register.texts, "title", language),
        summary=here.text(register.texts, "summary", language) if "summary" in register.texts else "",
        agency=agency.name if agency else register.agency,
        agency_id=register.agency,
        found=found,
        digital=words.percent(found.digital, language, any_at_all=bool(found.rows)),
        coverage=words.percent(found.coverage, language, any_at_all=bool(found.rows)),
        fullness=words.percent(found.fullness, language),
        rows=words.count(found.rows, language),
        held=words.amount(found.held, register, language),
        whole=words.amount(found.universe.amount, register, language) if found.universe else "",
        counted=here.text(register.texts, "universe", language) if found.universe else "",
        waiting=words.count(found.waiting, language) if found.waiting else "",
        days=(today - newest).days if newest else None,
        why=str(words.WHY_NOT.get(found.state, "")),
        fields=tuple(
            FieldLine(
                here.text(register.texts, field.name, language), field.share,
                words.percent(field.share, language, any_at_all=field.share > 0), field.wanted,
            )
            for field in found.fields
        ) if with_fields else (),
    )  # fmt: skip


def _language() -> str:
    return get_language() or country.current().languages[0]
