"""An officer writes: a new row, a row that is different from a day on, a correction with its grounds, an end.

What is written is `drafting.Draft`; here are the pages around it. First the form, then a page to look through, then it
is written, once. Nothing typed is lost, and nothing is written over what another wrote meanwhile: then both are shown.
What touches data of a special category is proposed, and holds when a second officer has confirmed it.
"""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from pencere import country
from pencere.base.errors import BadInput
from pencere.identity import access
from pencere.registers import entering, queries, showing
from pencere.registers.desk_forms import GroundsForm, SpecialForm
from pencere.registers.desk_rights import Seat
from pencere.registers.views.desk import purpose_of, seat_of, words_of
from pencere.registers.views.drafting import Draft
from pencere.registers.views.maps import warnings
from pencere.registers.views.rows import opened
from pencere.ui import pieces
from pencere.ui.choosing import SEARCH_KEY
from pencere.ui.controls import ONCE_KEY

_KEY = re.compile(r"[\w-]{16,60}")
_SALT = "pencere.registers.special"
_SPECIAL_SECONDS = 3600


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, register: str) -> HttpResponse:
    """Before the first page the officer says for what, as everywhere here: persons whom the row names are looked up."""
    seat = _writer(request, register)
    purpose = purpose_of(request, seat)
    return _Pages(request, Draft(request, seat, "add", None, stated=purpose.case)).answer()


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: HttpRequest, register: str, row: int) -> HttpResponse:
    return _of_row(request, register, row, "replace")


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, register: str, row: int) -> HttpResponse:
    return _of_row(request, register, row, "correct")


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, register: str, row: int) -> HttpResponse:
    return _of_row(request, register, row, "end")


def _of_row(request: HttpRequest, register: str, row: int, how: str) -> HttpResponse:
    """Opens the row, which is a look, and goes on with its page."""
    seat = _writer(request, register)
    purpose = purpose_of(request, seat)
    reason = _special_reason(request, seat, row)
    form = None
    if request.method == "POST" and request.POST.get("desk-step") == "special":
        form = SpecialForm(request.POST)
        reason = form.cleaned_data["need"] if form.is_valid() else ""
    found = opened(seat, row, seat.purpose(reason) if reason else purpose, special=bool(reason))
    draft = Draft(request, seat, how, found, stated=purpose.case, reason=reason, asked_special=form)
    return _Pages(request, draft).answer()


def _writer(request: HttpRequest, register: str) -> Seat:
    seat = seat_of(request, register)
    if seat.writes is None:
        raise Http404
    return seat


def _special_reason(request: HttpRequest, seat: Seat, row: int) -> str:
    """Why this officer opened the special data of this row on the page before; "" if they did not."""
    token = request.POST.get("desk-special", "")
    try:
        account, number, reason = signing.loads(token, salt=_SALT, max_age=_SPECIAL_SECONDS)
    except (signing.BadSignature, ValueError):
        return ""
    return str(reason) if (account, number) == (seat.account, row) else ""


class _Pages:
    """One change on its way: the form, the page to look through, where the officer goes when it is written."""

    def __init__(self, request: HttpRequest, draft: Draft) -> None:
        self.request, self.draft = request, draft

    def answer(self) -> HttpResponse:
        draft = self.draft
        step = self.request.POST.get("desk-step", "") if self.request.method == "POST" else ""
        before = entering.done(draft.register.id, self._key) if step == "send" else None
        if before is not None:
            return self._after(before.name, before.row)
        if draft.found is not None and draft.current is None:
            return HttpResponseRedirect(self._row_url(draft.found.version.id))
        if step not in ("check", "send") or draft.form.is_redrawn or draft.meanwhile or not draft.is_valid():
            return self._form_page()
        if draft.needs_second and not draft.grounds.demand():
            return self._form_page()
        if not draft.changed:
            draft.form.main.add_error(None, gettext("Nothing is different from what the register says."))
            return self._form_page()
        if not draft.are_known() or not draft.is_free(step):
            return self._form_page()
        if step == "check":
            return self._check_page()
        return self._send()

    def _form_page(self) -> HttpResponse:
        draft = self.draft
        forms = [*draft.form.forms, draft.grounds,
                 *([draft.asked_special] if draft.asked_special else []),
                 *([draft.sure] if draft.sure else [])]  # fmt: skip
        hidden = draft.found is not None and not draft.reason and draft.how in ("replace", "correct") and draft.special
        words = {
            **self._words(),
            "form": draft.form,
            "grounds": draft.grounds,
            "sure": draft.sure,
            "summary_forms": forms,
            "has_errors": any(form.is_bound and form.errors for form in forms),
            "days_first": draft.how in ("replace", "end"),
            "seen": draft.current or "",
            "search_key": SEARCH_KEY,
            "meanwhile": draft.meanwhile,
            "old_words": gettext("When you began"),
            "new_words": gettext("The register says now"),
            "special_form": (draft.asked_special or SpecialForm()) if hidden else None,
            "special_names": ", ".join(showing.label(draft.register, name) for name in draft.special),
            "second": bool(draft.reason) or (bool(draft.special) and draft.how == "add"),
            "holds_special": draft.holds_special,
            "waiting": draft.current is not None and queries.has_proposal(draft.current),
        }
        return render(self.request, "registers/entry.html", words)

    def _check_page(self) -> HttpResponse:
        draft = self.draft
        here, desk = country.current(), draft.register.desk
        second = draft.needs_second
        hidden = [
            ("desk-seen", str(draft.current)) if draft.current else ("", ""),
            ("desk-special", self._token) if draft.reason else ("", ""),
            *draft.form.hidden(),
            *_hidden_of(draft.grounds, self.request.POST),
            *(("desk-sure", each) for each in (draft.sure.said if draft.sure else ())),
        ]
        names = draft.names()
        roles = dict.fromkeys(role.removeprefix("officer.") for role in ((desk.second or desk.write) if desk else ()))
        words = {
            **self._words(),
            "key": self._key or secrets.token_urlsafe(16),
            "hidden": [pair for pair in hidden if pair[0]],
            "second": second,
            "roles": ", ".join(here.role(role, showing.language()) for role in roles),
            "old_words": gettext("The register says"),
            "new_words": gettext("It will say"),
            "differences": draft.differences(names) if draft.how not in ("add", "end") else [],
            "rows": self._rows(names),
            "warnings": [] if draft.how == "end" else warnings(draft.register, {**draft.before, **draft.typed()}),
        }
        return render(self.request, "registers/entry_check.html", words)

    def _rows(self, names: showing.Names) -> list[pieces.Row]:
        """What is written besides: a whole new row, the day, the grounds."""
        draft = self.draft
        typed = draft.typed()
        rows = []
        if draft.how == "add":
            for name, field in draft.form.fields.items():
                words = showing.in_words(draft.register, name, field, typed.get(name), names)
                rows.append(pieces.Row(showing.label(draft.register, name), words))
        if draft.how != "correct":
            for name in draft.form.days.fields:
                label = {
                    "replace": gettext("From this day on"),
                    "end": gettext("First day on which it holds no longer"),
                }.get(draft.how)
                value = showing.of_any(draft.register, name, typed[name]) if typed.get(name) else showing.UNKNOWN
                rows.append(pieces.Row(label or showing.label(draft.register, name), value))
        said = draft.grounds.cleaned_data
        if said.get("reason"):
            rows.append(pieces.Row(gettext("Reason"), said["reason"]))
        if said["document"]:
            rows.append(pieces.Row(gettext("Document"), said["document"]))
        if said["paper"]:
            rows.append(pieces.Row(gettext("The document as a file"), draft.grounds.paper_name))
        return rows

    def _words(self) -> dict[str, Any]:
        draft = self.draft
        what = showing.text(draft.register, "of")
        headings = {
            "add": gettext("New: %(what)s") % {"what": what},
            "replace": gettext("Different from a day on"),
            "correct": gettext("Correct what was wrong"),
            "end": gettext("It holds no longer"),
        }
        back = (
            self._row_url(draft.found.version.id)
            if draft.found
            else reverse("registers:rows", args=[draft.register.id])
        )
        return {
            **words_of(draft.seat),
            "stated": draft.reason or draft.stated,
            "how": draft.how,
            "heading": headings[draft.how],
            "about": draft.found.name if draft.found else "",
            "back_url": back,
            "special_token": self._token if draft.reason else "",
        }

    @property
    def _token(self) -> str:
        draft = self.draft
        number = draft.found.version.id if draft.found else 0
        return signing.dumps([draft.seat.account, number, draft.reason], salt=_SALT)

    def _row_url(self, row: int | None) -> str:
        draft = self.draft
        if row is None:
            return reverse("registers:rows", args=[draft.register.id])
        return reverse("registers:row", args=[draft.register.id, row])

    def _send(self) -> HttpResponse:
        draft = self.draft
        if not self._key:
            return self._check_page()
        second = draft.needs_second
        name = "propose" if second else draft.how
        try:
            row = entering.once(draft.register.id, self._key, name, lambda: draft.write(second), now=draft.now)
        except BadInput as bad:
            if bad.reason == "changed_meanwhile":
                return HttpResponseRedirect(self._row_url(draft.current))
            draft.fail(bad)
            return self._form_page()
        return self._after(name, row)

    @property
    def _key(self) -> str:
        """Of the page that was looked through: what is sent under it is done once."""
        key = self.request.POST.get(ONCE_KEY, "")
        return key if _KEY.fullmatch(key) else ""

    def _after(self, name: str, row: int | None) -> HttpResponse:
        """Where the officer goes when it is done, or was done already."""
        if name == "propose":
            return HttpResponseRedirect(f"{reverse('registers:proposals')}?done=sent")
        return HttpResponseRedirect(f"{self._row_url(row)}?done={'ended' if name == 'end' else 'written'}")


def _hidden_of(form: GroundsForm, data: QueryDict) -> list[tuple[str, str]]:
    """The grounds as they were typed, the file by its token."""
    name, token = form.paper_kept
    typed = {name: str(data[name]) for name in map(form.add_prefix, ("reason", "document")) if name in data}
    return [*typed.items(), *([(name, token)] if token else [])]
