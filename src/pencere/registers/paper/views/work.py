"""The work at papers: scanning, the next paper, typing, settling, giving back, putting aside, taking back, the scan."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pencere.base import clock, media
from pencere.base.errors import BadInput
from pencere.files import queries as files
from pencere.identity import access
from pencere.registers import desk_rights
from pencere.registers.paper import actions, pages, queries, rules, wording
from pencere.registers.paper.entering import reference
from pencere.registers.paper.forms import ReasonForm, Settling, Typing
from pencere.registers.paper.models import Fond, Paper, Turn
from pencere.registers.paper.rights import Seat
from pencere.registers.paper.typing import folded, intake_of
from pencere.registers.paper.views.asking import SETTLES, TYPES, demand_seat, fond_of, language, paper_of, who_of
from pencere.registers.paper.views.fonds import to_fond
from pencere.ui import handed_in, pieces, writing
from pencere.ui.uploads import MOST_BYTES


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one file that was sent. `said`: why it is no paper."""

    name: str
    paper: Paper | None = None
    already: bool = False
    said: str = ""


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def scan(request: HttpRequest, fond: int) -> HttpResponse:
    """Sent again, the same files are the same papers: nothing is kept twice."""
    found, _seat = fond_of(request, fond, TYPES)
    words: dict[str, object] = {"fond": found, "name": wording.fond(found, language()), "most": MOST_BYTES // 1_000_000}
    if request.method != "POST":
        return render(request, "registers/paper/scan.html", words)
    uploads = request.FILES.getlist("scans")
    sent = [_kept(found, upload, who_of(request).account_id) for upload in uploads]
    words |= {
        "missing": not uploads,
        "has_errors": not uploads,
        "sent": sent,
        "taken": [each for each in sent if each.paper and not each.already],
        "already": [each for each in sent if each.already],
        "refused": [each for each in sent if each.said],
    }
    return render(request, "registers/paper/scan.html", words, status=200 if uploads else 400)


def _kept(fond: Fond, upload: UploadedFile, officer: str) -> Sent:
    name = (upload.name or "")[-80:]
    if (upload.size or 0) > MOST_BYTES:
        return Sent(name, said=wording.reason("too_large", {}))
    try:
        done = actions.scan(fond, upload.read(), officer=officer, now=clock.now())
    except BadInput as problem:
        return Sent(name, said=wording.reason(problem.reason, problem.details))
    return Sent(name, done.paper, done.already)


@access.officer()
@require_POST
def take_next(request: HttpRequest, fond: int) -> HttpResponse:
    """The next paper to be typed."""
    found, seat = fond_of(request, fond, TYPES)
    return _next(request, found, seat, actions.TYPING)


@access.officer()
@require_POST
def settle_next(request: HttpRequest, fond: int) -> HttpResponse:
    """The next paper that waits for a third."""
    found, seat = fond_of(request, fond, SETTLES)
    return _next(request, found, seat, actions.SETTLING)


def _next(
    request: HttpRequest, fond: Fond, seat: Seat, places: tuple[int, ...], said: str = "nothing"
) -> HttpResponseRedirect:
    role = seat.types_as if places == actions.TYPING else seat.settles_as
    try:
        turn = actions.hand_out(fond, places, officer=who_of(request).account_id, role=role, now=clock.now())
    except BadInput:  # it was closed meanwhile
        turn = None
    if turn is None:
        return to_fond(fond, said)
    more = "?saved" if said == "done" else ""
    return HttpResponseRedirect(f"{reverse('paper:turn', args=[turn.pk])}{more}")


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def turn(request: HttpRequest, turn: int) -> HttpResponse:
    """The officer's own paper: typed, or settled. A stranger's turn is the page of "unknown"."""
    there = Turn.objects.select_related("paper__fond").filter(pk=turn).first()
    if there is None:
        raise Http404
    seat = demand_seat(request, there.paper.register, SETTLES if there.place in actions.SETTLING else TYPES)
    officer = who_of(request).account_id
    try:
        own = actions.open_turn(turn, officer=officer, now=clock.now())
        page = _settling if own.place in actions.SETTLING else _typing
        return page(request, own, seat)
    except BadInput as problem:
        words = {"fond": there.paper.fond, "mine": problem.reason != "not_yours"}
        return render(request, "registers/paper/turn_over.html", words, status=409)


def _typing(request: HttpRequest, turn: Turn, seat: Seat) -> HttpResponse:
    form = Typing.of(seat.shape, language(), request.POST if request.method == "POST" else None)
    if request.method == "POST" and (version := form.read()) is not None:
        actions.type_in(turn.pk, version, officer=turn.officer, now=clock.now())
        if "paper-stop" in request.POST:
            return to_fond(turn.paper.fond, "done")
        return _next(request, turn.paper.fond, seat, actions.TYPING, "done")
    first = next(iter(form.typed.fields.values()))
    if not form.typed.is_bound:
        first.widget.attrs["autofocus"] = "autofocus"
    words = {
        **_scan_words(turn.paper), "turn": turn, "form": form.typed, "marks": form.marks, "fields": form.typed.drawn,
        "saved": "saved" in request.GET,
    }  # fmt: skip
    return render(request, "registers/paper/typing.html", words)


def _settling(request: HttpRequest, turn: Turn, seat: Seat) -> HttpResponse:
    versions = queries.versions_of(turn.paper)
    versions = {place: versions.get(place, rules.Version({})) for place in (1, 2, *versions)}
    shape = seat.shape
    found = rules.differences(
        versions[1], versions[2], intake_of(shape).index, lambda text: folded(shape.country, text)
    )
    form = Settling(shape, language(), versions, found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and (version := form.read()) is not None:
        paper = actions.settle(turn.pk, version, officer=turn.officer, now=clock.now())
        if paper.state == rules.THIRD:  # the register refuses: the same paper again, with its reason
            return HttpResponseRedirect(reverse("paper:turn", args=[turn.pk]))
        return _next(request, turn.paper.fond, seat, actions.SETTLING, "done")
    label, said = wording.problem(shape, turn.paper, language())
    lines = form.lines()
    words = {
        **_scan_words(turn.paper), "turn": turn, "form": form.picks, "typed": form.typed,
        "differing": [line for line in lines if line.differs], "alike": [line for line in lines if not line.differs],
        "problem_field": label, "problem": said, "saved": "saved" in request.GET,
        "folded": bool(found) and not form.picks.is_bound and not said,
    }  # fmt: skip
    return render(request, "registers/paper/settling.html", words)


def _row_link(request: HttpRequest, paper: Paper, row: int) -> pieces.Text:
    """The number of the row that it became; a link for whoever sees the rows of the register."""
    if desk_rights.seat(paper.register, who_of(request)) is None:
        return str(row)
    url = reverse("registers:row", args=[paper.register, row])
    return format_html('<a class="govuk-link" href="{}">{}</a>', url, row)


def _scan_words(paper: Paper) -> dict[str, object]:
    stored = files.find(reference(paper))
    drawable = stored is not None and stored.media_type == media.PDF and paper.state != rules.TAKEN_BACK
    count = (
        pages.count(stored.reference, files.content(stored.reference), stored.media_type) if stored and drawable else 0
    )
    return {
        "pages": [(number, reverse("paper:paper-page", args=[paper.pk, number])) for number in range(1, count + 1)],
        "paper": paper,
        "fond": paper.fond,
        "name": wording.fond(paper.fond, language()),
        "scan_url": reverse("paper:paper-scan", args=[paper.pk]),
        "is_picture": stored is not None and stored.media_type in media.PICTURES,
        "scan_kind": media.NAMES.get(stored.media_type, "") if stored else "",
        "scan_size": stored.size if stored else 0,
    }


@access.officer()
@require_POST
def give_back(request: HttpRequest, turn: int) -> HttpResponse:
    """Another may have the paper at once."""
    there = Turn.objects.select_related("paper__fond").filter(pk=turn).first()
    if there is None:
        raise Http404
    demand_seat(request, there.paper.register)
    try:
        actions.give_back(turn, officer=who_of(request).account_id, now=clock.now())
    except BadInput:
        return render(request, "registers/paper/turn_over.html", {"fond": there.paper.fond, "mine": False}, status=409)
    return to_fond(there.paper.fond, "back")


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def put_aside(request: HttpRequest, turn: int) -> HttpResponse:
    """The third says why the paper becomes no row."""
    there = Turn.objects.select_related("paper__fond").filter(pk=turn).first()
    if there is None or there.place not in actions.SETTLING:
        raise Http404
    demand_seat(request, there.paper.register, SETTLES)
    officer, form = who_of(request).account_id, ReasonForm(request.POST if request.method == "POST" else None)
    try:
        own = actions.open_turn(turn, officer=officer, now=clock.now())
        if request.method == "POST" and form.is_valid():
            actions.put_aside(turn, form.cleaned_data["reason"], officer=officer, now=clock.now())
            return to_fond(own.paper.fond, "aside")
    except BadInput as problem:
        words = {"fond": there.paper.fond, "mine": problem.reason != "not_yours"}
        return render(request, "registers/paper/turn_over.html", words, status=409)
    return render(request, "registers/paper/put_aside.html", {**_scan_words(own.paper), "turn": own, "form": form})


@access.officer()
@require_safe
def paper(request: HttpRequest, paper: int) -> HttpResponse:
    """Where a paper stands. Not who typed it, nor what: those who type the rest must not know."""
    found, seat = paper_of(request, paper)
    word, colour = wording.state(found)
    times = (
        (gettext("Scanned"), found.scanned_at),
        (gettext("Typed once"), found.once_at),
        (gettext("Typed twice"), found.twice_at),
        (gettext("Settled by a third"), found.settled_at),
        (word, found.closed_at),
    )
    rows = [pieces.Row(name, writing.moment(at, language())) for name, at in times if at is not None]
    if found.row_id is not None:
        rows.append(pieces.Row(gettext("Row of the register"), _row_link(request, found, found.row_id)))
    if found.reason:
        rows.append(pieces.Row(gettext("Reason"), found.reason))
    words = {
        **_scan_words(found), "word": word, "colour": colour, "rows": rows,
        "may_take_back": bool(seat.types_as) and found.state in rules.OPEN,
        "may_take_up": bool(seat.settles_as) and found.state == rules.UNREADABLE and found.fond.closed_at is None,
        "is_entered": found.state == rules.ENTERED,
        "has_scan": found.state != rules.TAKEN_BACK,
        "taken_back": "taken-back" in request.GET,
    }  # fmt: skip
    return render(request, "registers/paper/paper.html", words)


@access.officer()
@require_POST
def take_up(request: HttpRequest, paper: int) -> HttpResponse:
    """What was put aside by mistake is decided again. Sent twice it is once."""
    found, _seat = paper_of(request, paper, SETTLES)
    with suppress(BadInput):
        actions.take_up(found.pk, officer=who_of(request).account_id, now=clock.now())
    return HttpResponseRedirect(reverse("paper:paper", args=[found.pk]))


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, paper: int) -> HttpResponse:
    found, _seat = paper_of(request, paper, TYPES)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    words: dict[str, object] = {**_scan_words(found), "form": form}
    if found.state not in rules.OPEN:
        return render(request, "registers/paper/take_back_over.html", words, status=409)
    if request.method == "POST" and form.is_valid():
        try:
            actions.take_back(
                found.pk, form.cleaned_data["reason"], officer=who_of(request).account_id, now=clock.now()
            )
        except BadInput:
            return render(request, "registers/paper/take_back_over.html", words, status=409)
        return HttpResponseRedirect(f"{reverse('paper:paper', args=[found.pk])}?taken-back")
    return render(request, "registers/paper/take_back.html", words)


@access.officer()
@require_safe
def paper_scan(request: HttpRequest, paper: int) -> HttpResponse:
    """The scan itself. That it is opened is written down first; a picture is shown, a PDF is only handed over."""
    found, seat = paper_of(request, paper)
    stored = files.find(reference(found))
    if stored is None or found.state == rules.TAKEN_BACK:
        raise Http404
    content = actions.open_scan(found, officer=who_of(request).account_id, role=seat.role, now=clock.now())
    name = f"paper-{found.fond_id}-{found.number}.{media.ENDINGS[stored.media_type]}"
    return handed_in.response(content, stored.media_type, name)


@access.officer()
@require_safe
def paper_page(request: HttpRequest, paper: int, number: int) -> HttpResponse:
    """A page of a scan that is a PDF, as a picture. That the scan is opened is written down first."""
    found, seat = paper_of(request, paper)
    stored = files.find(reference(found))
    if stored is None or stored.media_type != media.PDF or found.state == rules.TAKEN_BACK or number < 1:
        raise Http404
    content = actions.open_scan(found, officer=who_of(request).account_id, role=seat.role, now=clock.now())
    try:
        picture = pages.drawn(content, min(number, pages.MOST_PAGES + 1))
    except BadInput:
        raise Http404 from None
    return handed_in.response(picture, media.PNG, f"paper-{found.fond_id}-{found.number}-{number}.png")
