"""Loads in a browser, for officers who may write the register: a file goes up, is mapped, checked, confirmed, undone.

Every page works by links and forms alone; the worker does the work (`working`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pencere import country
from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.country.declarations import Register
from pencere.identity import access
from pencere.identity.queries import Who
from pencere.registers import queries
from pencere.registers.importing import (
    alike,
    arriving,
    bad_rows,
    errors_file,
    loads,
    mapping,
    named_by,
    persons,
    rights,
    sentences,
    sheets,
    shown,
    swapping,
    working,
)
from pencere.registers.importing.working import Wanted
from pencere.registers.models import Load
from pencere.registers.using import shape_of

_PAGE = 20
_DIGITS = 8  # fewer of them make the number of a line
_NAME = 200
_CSV = "text/csv; charset=utf-8"
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1251", "cp1254")


@access.officer()
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The loads into the registers of this officer, newest first."""
    registers = {register.id: register for register in rights.seen_by(_who(request))}
    found = Load.objects.filter(register__in=registers).order_by("-pk")
    after = request.GET.get("after", "")
    if after.isdecimal():
        found = found.filter(pk__lt=int(after[:18]))
    page = list(found[: _PAGE + 1])
    here = reverse("registers:loads")
    lines = [
        (load, registers[load.register].texts.get("title", {}), shown.words_of(load), shown.who(load.recorded_by))
        for load in page
    ]
    older = f"{here}?{urlencode({'after': page[_PAGE - 1].pk})}" if len(page) > _PAGE else ""
    words = {
        "lines": lines[:_PAGE],
        "may_load": bool(rights.registers_of(_who(request))),
        "older": older,
        "newest": here if after else "",
    }
    return render(request, "registers/loads.html", words)


@csrf_exempt  # the token stands in the form, which is not read before it is clear where the file goes
@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose a register and a file."""
    if request.method != "POST":
        return _form(request, request.GET.get("register", ""))
    try:
        arriving.demand_room(int(request.META.get("CONTENT_LENGTH") or 0))
    except BadInput as problem:
        return _form(request, "", shown.said(problem))
    request.upload_handlers = [arriving.ToFolder(request)]
    answer: HttpResponse = _take(request)
    return answer


@csrf_protect
def _take(request: HttpRequest) -> HttpResponse:
    """The file lies in the folder; it is looked at once, and a load waits for its columns."""
    chosen = request.POST.get("register", "")
    file = request.FILES.get("file")
    register = next((each for each in rights.registers_of(_who(request)) if each.id == chosen), None)
    if register is None or not isinstance(file, arriving.Arrived):
        _forget(file)
        missing = gettext("Choose a register.") if register is None else gettext("Choose a file.")
        return _form(request, chosen, missing, "register" if register is None else "file")
    try:
        load = _arrived(request, register, file)
    except BadInput as problem:
        _forget(file)
        return _form(request, chosen, shown.said(problem))
    return HttpResponseRedirect(reverse("registers:load", args=[load.pk]))


def _arrived(request: HttpRequest, register: Register, file: arriving.Arrived) -> Load:
    if file.path is None:
        raise BadInput("file_too_large", most=arriving.MOST >> 20)
    loads.here(register.id)
    found = loads.surveyed(file.path, None)
    heads = loads.heads_of(shape_of(register.id))
    with closing(loads.opened(file.path, found, heads.names)) as table:
        sheets.demand_unmerged(table, found)
        wanted = Wanted(found.encoding, found.separator, head=table.head_line, sheet=table.sheet)
    name = "".join(sign for sign in (file.name or "").replace("\\", "/").rpartition("/")[2] if sign.isprintable())
    return Load.objects.create(
        register=register.id, file=name[-_NAME:], digest=found.digest, state="arrived",
        layout=msgspec.json.encode(wanted).decode(), errors="",
        recorded_by=rights.recorded_as(_who(request)), started_at=clock.now(), path=str(file.path),
        language=_language(),
    )  # fmt: skip


def _forget(file: object) -> None:
    if isinstance(file, arriving.Arrived) and file.path is not None:
        file.path.unlink(missing_ok=True)


def _form(request: HttpRequest, chosen: str, error: str = "", at: str = "file") -> HttpResponse:
    registers = [(each.id, _title(each), each.id == chosen) for each in rights.registers_of(_who(request))]
    summary = [{"anchor": at, "sentence": error}] if error else []
    words = {"registers": registers, "error": error, "at": at, "summary": summary, "most": arriving.MOST >> 30}
    return render(request, "registers/load_new.html", words)


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest, number: int) -> HttpResponse:
    """One load: its columns, how far it is, or what was found."""
    found = _load(request, number)
    if request.method == "POST" and _may_write(request, found):
        return _read_so(request, found)
    return _columns(request, found, {}) if _is_to_be_mapped(found) else _standing(request, found)


def _is_to_be_mapped(found: Load) -> bool:
    return found.state == "arrived" and not found.wish


def _columns(
    request: HttpRequest, found: Load, typed: dict[str, str], error: str = "", since: str = ""
) -> HttpResponse:
    register = country.current().registers[found.register]
    wanted = msgspec.json.decode(found.layout, type=Wanted)
    error = error or shown.problem_of(found)
    file = shown.Looked()
    try:
        file = shown.looked(country.current(), register, found, {**wanted.said, **typed}, _language())
    except (BadInput, OSError) as problem:
        error = shown.said(problem) if isinstance(problem, BadInput) else gettext("The file is gone. Send it again.")
        file = shown.unread(found)
    words = {
        **_words(found),
        "file": file,
        "sheets": file.sheets if len(file.sheets) > 1 or error else (),
        "unread": ", ".join(name for name in file.sheets if name != file.sheet),
        "columns": file.columns,
        "kind": shown.kind_of(found),
        "encodings": [(name, name == wanted.encoding) for name in ENCODINGS] if wanted.separator else [],
        "error": error,
        "summary": [{"anchor": "columns" if file.columns else "main", "sentence": error}] if error else [],
        "since": since or (wanted.since.isoformat() if wanted.since else ""),
    }
    return render(request, "registers/load_columns.html", words)


def _read_so(request: HttpRequest, found: Load) -> HttpResponse:
    """Another encoding, or the columns as they are chosen and the check."""
    here = HttpResponseRedirect(reverse("registers:load", args=[found.pk]))
    if not _is_to_be_mapped(found):
        return here
    wanted = msgspec.json.decode(found.layout, type=Wanted)
    do = request.POST.get("do", "check")
    if do == "reading":
        _keep(found, _otherwise(request, found, wanted), wish="")
        return here
    register = country.current().registers[found.register]
    typed: dict[str, str] = {}
    since = request.POST.get("since", "").strip()
    try:
        columns = shown.looked(country.current(), register, found, {}, _language()).columns
        typed = {column.name: request.POST.get(column.control, "") for column in columns if column.name}
        first = _day(since)
        _demand_whole(register, [column.name for column in columns], typed, since_is_said=first is not None)
    except BadInput as problem:
        return _columns(request, found, typed, shown.said(problem), since)
    wish = "dry" if do == "dry" else "check"
    with transaction.atomic():
        if _keep(found, msgspec.structs.replace(wanted, said=typed, since=first), wish=wish):
            working.check.enqueue(found.pk)
    return here


def _otherwise(request: HttpRequest, found: Load, wanted: Wanted) -> Wanted:
    """The file as the officer says that it is to be read; what the columns hold is asked anew."""
    head = request.POST.get("head", "").strip()
    wanted = Wanted(wanted.encoding, wanted.separator, head=wanted.head, sheet=wanted.sheet)
    if head.isascii() and head.isdecimal() and len(head) < _DIGITS:
        wanted = msgspec.structs.replace(wanted, head=int(head))
    if wanted.separator and request.POST.get("encoding") in ENCODINGS:
        survey = loads.surveyed(Path(found.path), request.POST["encoding"])
        wanted = msgspec.structs.replace(wanted, encoding=survey.encoding, separator=survey.separator)
    elif (sheet := request.POST.get("sheet", "")) and sheet != wanted.sheet:
        wanted = msgspec.structs.replace(wanted, sheet=sheet, head=_head(found, sheet))
    return wanted


def _head(found: Load, sheet: str) -> int:
    """The line of the head on another sheet, 0 if the workbook cannot be read so; the page says why then."""
    heads = loads.heads_of(shape_of(found.register))
    survey = replace(loads.surveyed(Path(found.path), None), sheet=sheet)
    try:
        with closing(loads.opened(Path(found.path), survey, heads.names)) as table:
            return table.head_line
    except BadInput:
        return 0


def _demand_whole(register: Register, head: list[str], typed: dict[str, str], *, since_is_said: bool) -> None:
    open_ = [name for name, field in typed.items() if not field]
    if open_:
        raise BadInput("unknown_columns", columns=", ".join(open_), fields="")
    heads = mapping.Heads(country.current(), register, {})
    mapping.demand_all(register, mapping.mapped(heads, head, typed), since_is_said=since_is_said)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput("not_a_date") from None


def _keep(found: Load, wanted: Wanted, *, wish: str) -> bool:
    layout = msgspec.json.encode(wanted).decode()
    mine = Load.objects.filter(pk=found.pk, state="arrived", wish="")
    return bool(mine.update(layout=layout, wish=wish, problem="", language=_language()))


def _standing(request: HttpRequest, found: Load) -> HttpResponse:
    words = _words(found)
    register = country.current().registers[found.register]
    words["may_confirm"] = rights.may_confirm(_who(request), register, found)
    words["may_undo"] = rights.may_load(_who(request), register)
    if shown.is_working(found):
        words["progress"] = shown.progress(found, clock.now())
    else:
        words["errors"] = shown.errors(found)
        words["errors_language"] = shown.language_of_errors(found)
        words["has_errors"] = shown.has_errors(found)
        words["has_bad_rows"] = shown.has_bad_rows(found)
    return render(request, "registers/load.html", words)


@access.quiet
@access.officer()
@require_safe
def state(request: HttpRequest, number: int) -> JsonResponse:
    """What the page's script asks."""
    return JsonResponse({"state": shown.state_of(_load(request, number))})


@access.officer()
@require_safe
def errors(request: HttpRequest, number: int) -> StreamingHttpResponse:
    """The error file, as far as it is committed, and behind it what waits for a person."""
    found = _load(request, number)
    if not shown.has_errors(found):
        raise Http404
    parts = errors_file.whole(Path(found.errors), found.errors_size, alike.faults(found))
    return _sent(found, parts, "errors")


@access.officer()
@require_safe
def bad_rows_file(request: HttpRequest, number: int) -> StreamingHttpResponse:
    """The bad rows whole, to be mended and loaded again; as long as the file that was sent is kept."""
    found = _load(request, number)
    if not shown.has_bad_rows(found):
        raise Http404
    return _sent(found, bad_rows.parts(found, Path(found.path)), "bad-rows")


def _sent(found: Load, parts: Iterator[bytes], what: str) -> StreamingHttpResponse:
    """As a file in the language of whoever asks for it, part by part."""
    answer = StreamingHttpResponse(shown.in_language(_language(), parts), content_type=_CSV)
    name = f"{os.path.splitext(found.file)[0]}.{what}.csv"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, number: int) -> HttpResponse:
    """What will happen, then the yes."""
    found = _load(request, number)
    if found.state != "ready" or found.wish or not shown.brings_something(found):
        return _to(found)
    if not rights.may_confirm(_who(request), country.current().registers[found.register], found):
        return _to(found)
    if request.method != "POST":
        return render(
            request,
            "registers/load_confirm.html",
            {**_words(found), "count": sentences.number(queries.count(found.register))},
        )
    return _wish(request, found, "confirm", partial(working.confirm.enqueue, found.pk))


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """What it means, then the undo."""
    found = _load(request, number)
    if found.state != "confirmed" or found.wish or not _may_write(request, found):
        return _to(found)
    if request.method != "POST":
        standing = shown.still_standing(found)
        words = {**_words(found), "standing": sentences.number(standing), "changed": found.rows - standing}
        words["named"] = sentences.counted(named_by.registers(found))
        return render(request, "registers/load_undo.html", words)
    return _wish(request, found, "undo", partial(working.undo.enqueue, found.pk))


@access.officer()
@require_POST
def drop(request: HttpRequest, number: int) -> HttpResponse:
    """The load is given up; the register is as it was."""
    found = _load(request, number)
    if found.state in ("arrived", "staging", "ready") and _may_write(request, found):
        with transaction.atomic():
            swapping.give_up(found, closed_by=rights.recorded_as(_who(request)), now=clock.now())
            Load.objects.filter(pk=found.pk).update(wish="")
            working.tidy.enqueue()
    return _to(found)


def _wish(request: HttpRequest, found: Load, wish: str, enqueue: Any) -> HttpResponse:
    with transaction.atomic():
        mine = Load.objects.filter(pk=found.pk, state=found.state, wish="")
        if mine.update(wish=wish, problem="", run_at=clock.now(), language=_language()):
            enqueue(rights.recorded_as(_who(request)))
    return _to(found)


def _to(found: Load) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("registers:load", args=[found.pk]))


def _load(request: HttpRequest, number: int) -> Load:
    found = rights.load_of(_who(request), number)
    if found is None:
        raise Http404
    return found


def _may_write(request: HttpRequest, found: Load) -> bool:
    return rights.may_load(_who(request), country.current().registers[found.register])


def _words(found: Load) -> dict[str, Any]:
    register = country.current().registers[found.register]
    return {
        "load": found,
        "rows": sentences.number(found.rows),
        "bad": sentences.number(found.bad),
        "register": register.texts.get("title", {}),
        "register_id": register.id,
        "state": shown.words_of(found),
        "shown_state": shown.state_of(found),
        "is_working": shown.is_working(found),
        "decided": shown.decided(found),
        "unknown_persons": sentences.number(found.unknown_persons),
        "unknown_lines": ", ".join(map(str, persons.first_lines(found))),
        "brings_something": shown.brings_something(found),
        "problem": shown.problem_of(found),
        "by": shown.who(found.recorded_by),
        "closed_by": shown.who(found.closed_by) if found.closed_by else "",
    }


def _title(register: Register) -> str:
    return shown.text(register.texts.get("title", {}), _language()) or register.id


def _who(request: HttpRequest) -> Who:
    who: Who = request.who  # type: ignore[attr-defined]
    return who


def _language() -> str:
    return (get_language() or country.current().languages[0])[:2]
