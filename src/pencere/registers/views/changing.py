"""An officer writes: a new row, a row that is different from a day on, a correction with its grounds, an end.

First the form, then a page to look through, then it is written, once. Nothing typed is lost, and nothing is written
over what another wrote meanwhile: then both are shown. What touches data of a special category is proposed, and holds
when a second officer has confirmed it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from pencere import country
from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.country.declarations import Register
from pencere.identity import access
from pencere.registers import changes, entering, naming, showing, stating
from pencere.registers.comparing import Difference, differences
from pencere.registers.desk_forms import GroundsForm, SpecialForm, SureForm
from pencere.registers.desk_rights import Seat
from pencere.registers.entry_forms import EntryForm
from pencere.registers.shelf import Shelf
from pencere.registers.using import shape_of
from pencere.registers.views.desk import purpose_of, seat_of, words_of
from pencere.registers.views.maps import warnings
from pencere.registers.views.rows import DAYS, Opened, opened, special_names
from pencere.ui import pieces
from pencere.ui.controls import ONCE_KEY

_KEY = re.compile(r"[\w-]{16,60}")
_SALT = "pencere.registers.special"
_SPECIAL_SECONDS = 3600


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, register: str) -> HttpResponse:
    """Before the first page the officer says for what, as everywhere here: persons whom the row names are looked up."""
    seat = _writer(request, register)
    if request.method != "POST":
        purpose_of(request, seat)
    return _Page(request, seat, "add", None, stated=stating.stated(request, seat) or "").answer()


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
    if request.method == "POST" and request.POST.get("step") == "special":
        form = SpecialForm(request.POST)
        reason = form.cleaned_data["need"] if form.is_valid() else ""
    found = opened(seat, row, seat.purpose(reason) if reason else purpose, special=bool(reason))
    return _Page(request, seat, how, found, stated=purpose.case, reason=reason, asked_special=form).answer()


def _writer(request: HttpRequest, register: str) -> Seat:
    seat = seat_of(request, register)
    if seat.writes is None:
        raise Http404
    return seat


def _special_reason(request: HttpRequest, seat: Seat, row: int) -> str:
    """Why this officer opened the special data of this row on the page before; "" if they did not."""
    token = request.POST.get("special", "")
    try:
        account, number, reason = signing.loads(token, salt=_SALT, max_age=_SPECIAL_SECONDS)
    except (signing.BadSignature, ValueError):
        return ""
    return str(reason) if (account, number) == (seat.account, row) else ""


class _Page:
    """One change on its way: the form, the page to look through, the writing."""

    def __init__(
        self,
        request: HttpRequest,
        seat: Seat,
        how: str,
        found: Opened | None,
        *,
        stated: str = "",
        reason: str = "",
        asked_special: SpecialForm | None = None,
    ) -> None:
        self.request, self.seat, self.how, self.found = request, seat, how, found
        self.stated, self.reason, self.asked_special = stated, reason, asked_special
        self.register: Register = seat.register
        self.shape = shape_of(self.register.id)
        self.now = clock.now()
        self.today = clock.day_in(country.current().time_zone, self.now)
        self.special = special_names(self.register)
        is_form = request.method == "POST" and request.POST.get("step") != "special"
        data = request.POST if is_form else None
        keeping = Shelf(f"{self.register.id} {seat.account}", self.now)
        self.form = EntryForm(
            self.register, data, request.FILES if data is not None else None,
            values=self._initial(), keeping=keeping, without=self._without(), days=self._days(),
        )  # fmt: skip
        self.grounds = self._grounds(data, keeping)
        self.sure: SureForm | None = None

    def _grounds(self, data: QueryDict | None, keeping: Shelf) -> GroundsForm | None:
        """On what the change rests: of a correction, of a new row, of what a second officer confirms."""
        touches = bool(self.special) and (self.how == "add" or bool(self.reason))
        if self.how not in ("add", "correct") and not touches:
            return None
        asks_reason = self.how == "correct" or touches
        files = self.request.FILES or None
        return GroundsForm(data, files, keeping=keeping, how=self.how, asks_reason=asks_reason)

    # ---- what is asked

    def _initial(self) -> dict[str, object]:
        if self.found is None:
            return {"valid_from": self.today}
        values = dict(self.found.version.values)
        if self.how == "correct":
            return {
                **values,
                "valid_from": self.found.version.valid_from,
                "valid_until": self.found.version.valid_until,
            }
        return {**values, "valid_from": max(self.today, self.found.version.valid_from)}

    def _without(self) -> frozenset[str]:
        """What is not asked: what the register gives itself, what may not be seen, what names the row that follows."""
        names = set(self.register.fields)
        if self.how == "end":
            return frozenset(names)
        if self.how == "add":
            return frozenset(self.shape.given)
        hidden = set() if self.reason else set(self.special)
        return frozenset(hidden | (set(self.register.key) if self.how == "replace" else set()))

    def _days(self) -> tuple[str, ...]:
        if not self.register.dated and self.how in ("add", "correct"):
            return ()
        return DAYS if self.how in ("add", "correct") else ("valid_from",)

    # ---- what is answered

    def answer(self) -> HttpResponse:
        step = self.request.POST.get("step", "") if self.request.method == "POST" else ""
        before = entering.done(self.register.id, self._key) if step == "send" else None
        if before is not None:
            return self._after(before.name, before.row)
        if self.found is not None and self._current is None:
            return HttpResponseRedirect(self._row_url(self.found.version.id))
        if step not in ("check", "send") or self.form.is_redrawn or self._meanwhile or not self._is_valid():
            return self._form_page()
        if self._needs_second and self.grounds is not None and not self.grounds.demand():
            return self._form_page()
        if not self._changed:
            self.form.main.add_error(None, gettext("Nothing is different from what the register says."))
            return self._form_page()
        if not self._are_known() or not self._is_free(step):
            return self._form_page()
        if step == "check":
            return self._check_page()
        return self._send()

    def _is_valid(self) -> bool:
        valid = [self.form.is_valid()]
        if self.grounds is not None:
            valid.append(self.grounds.is_valid())
        return all(valid)

    def _are_known(self) -> bool:
        """Whether the registers kept here have whom and what the row newly names; of a person the officer may be sure.

        A person may not be there yet, or no longer be written so; a row without the row that it refers to is none.
        """
        typed = self._typed()
        names = [name for name in self.form.fields if self.how == "add" or typed.get(name) != self._before.get(name)]
        missing = naming.unknown(self.register, typed, names, self.now)
        persons = tuple(dict.fromkeys(each.value for each in missing if each.is_person))
        self.sure = SureForm(self.request.POST, persons=persons) if persons else None
        known = self.sure is None or self.sure.is_valid()
        for each in missing:
            if each.is_person and self.sure is not None and each.value in self.sure.said:
                continue
            known = False
            self.form.fail(each.path, showing.not_known(each.register, each.is_person), each.item)
        return known

    def _is_free(self, step: str) -> bool:
        """Whether a new row's key is free for its days, told before the page to look through and not after it."""
        typed = self.form.values
        if self.how != "add" or step != "check" or any(typed.get(name) is None for name in self.register.key):
            return True  # a key that is given later is new
        key = self.shape.key_named({name: typed[name] for name in self.register.key})
        first, last = (typed.get(name) for name in DAYS)
        day = first if isinstance(first, date) else self.today
        live = changes.live_rows(self.register.id).filter(key=key)
        if not changes.on_days(live, day, last if isinstance(last, date) else None).exists():
            return True
        self._fail(BadInput("overlaps", field=self.register.key[0]))
        return False

    @property
    def _current(self) -> int | None:
        """The number of the row as the register has it now."""
        current = self.found.current if self.found else None
        return current.id if current else None

    @property
    def _seen(self) -> int | None:
        """Which version the officer had before them when they began to write."""
        seen = self.request.POST.get("seen", "")
        return int(seen) if seen.isdigit() and len(seen) < 19 else (self.found.version.id if self.found else None)

    @property
    def _meanwhile(self) -> list[Difference]:
        """What another changed since the officer began."""
        if self.found is None or self._seen == self._current:
            return []
        versions = {each.id: each for each in self.found.record.history}
        old, new = versions.get(self._seen or 0), versions.get(self._current or 0)
        if old is None or new is None:
            return []
        before = {**old.values, "valid_from": old.valid_from, "valid_until": old.valid_until}
        after = {**new.values, "valid_from": new.valid_from, "valid_until": new.valid_until}
        names = (*self.register.fields, *DAYS)
        return differences(self.register, before, after, names, special=self.found.special)

    @property
    def _before(self) -> Mapping[str, object]:
        if self.found is None or self.found.current is None:
            return {}
        current = self.found.current
        return {**current.values, "valid_from": current.valid_from, "valid_until": current.valid_until}

    @property
    def _changed(self) -> list[Difference] | bool:
        """What will be different; a new row and an end are always something."""
        return True if self.how in ("add", "end") else self._differences(showing.NOBODY)

    def _differences(self, called: showing.Names) -> list[Difference]:
        names = list(self.form.fields)
        if self.how == "correct":
            names += self.form.days.fields
        return differences(self.register, self._before, self._typed(), names, names_of_rows=called)

    def _names(self) -> showing.Names:
        """What the rows are called that this one names and will name; whoever is named has the look."""
        purpose = self.seat.purpose(self.reason or self.stated)
        rows = [self._before, self._typed()]
        return naming.names_of(self.register, rows, purpose, fields=self.form.fields, now=self.now)

    def _typed(self) -> dict[str, object]:
        """What was typed, in the forms of memory, so that it compares with what stands there."""
        typed = dict(self.form.values)
        for name in self.form.fields:
            value = typed.get(name)
            if value is not None:
                typed[name] = self.shape.read[name](value)
        return typed

    @property
    def _needs_second(self) -> bool:
        """Whether the change touches data of a special category."""
        if self.how == "end":
            return False
        typed = self._typed()
        if self.how == "add":
            return any(typed.get(name) is not None for name in self.special)
        names = [name for name in self.special if name in self.form.fields]
        return bool(differences(self.register, self._before, typed, names))

    # ---- pages

    def _form_page(self) -> HttpResponse:
        forms = [*self.form.forms, *([self.grounds] if self.grounds else []),
                 *([self.asked_special] if self.asked_special else []),
                 *([self.sure] if self.sure else [])]  # fmt: skip
        hidden = self.found is not None and not self.reason and self.how in ("replace", "correct") and self.special
        words = {
            **self._words(),
            "form": self.form,
            "grounds": self.grounds,
            "sure": self.sure,
            "summary_forms": forms,
            "has_errors": any(form.is_bound and form.errors for form in forms),
            "days_first": self.how in ("replace", "end"),
            "seen": self._current or "",
            "meanwhile": self._meanwhile,
            "old_words": gettext("When you began"),
            "new_words": gettext("The register says now"),
            "special_form": (self.asked_special or SpecialForm()) if hidden else None,
            "special_names": ", ".join(showing.label(self.register, name) for name in self.special),
            "second": bool(self.reason) or (bool(self.special) and self.how == "add"),
        }
        return render(self.request, "registers/entry.html", words)

    def _check_page(self) -> HttpResponse:
        here, desk = country.current(), self.register.desk
        second = self._needs_second
        hidden = [
            ("seen", str(self._current)) if self._current else ("", ""),
            ("special", self._token) if self.reason else ("", ""),
            *self.form.hidden(),
            *(_hidden_of(self.grounds, self.request.POST) if self.grounds else ()),
            *(("sure", each) for each in (self.sure.said if self.sure else ())),
        ]
        names = self._names()
        roles = dict.fromkeys(role.removeprefix("officer.") for role in ((desk.second or desk.write) if desk else ()))
        words = {
            **self._words(),
            "key": self._key or secrets.token_urlsafe(16),
            "hidden": [pair for pair in hidden if pair[0]],
            "second": second,
            "roles": ", ".join(here.role(role, showing.language()) for role in roles),
            "old_words": gettext("The register says"),
            "new_words": gettext("It will say"),
            "differences": self._differences(names) if self.how not in ("add", "end") else [],
            "rows": self._rows(names),
            "warnings": [] if self.how == "end" else warnings(self.register, {**self._before, **self._typed()}),
        }
        return render(self.request, "registers/entry_check.html", words)

    def _rows(self, names: showing.Names) -> list[pieces.Row]:
        """What is written besides: a whole new row, the day, the grounds."""
        typed = self._typed()
        rows = []
        if self.how == "add":
            for name, field in self.form.fields.items():
                words = showing.in_words(self.register, name, field, typed.get(name), names)
                rows.append(pieces.Row(showing.label(self.register, name), words))
        if self.how != "correct":
            for name in self.form.days.fields:
                label = gettext("From this day on") if self.how in ("replace", "end") else None
                value = showing.of_any(self.register, name, typed[name]) if typed.get(name) else showing.UNKNOWN
                rows.append(pieces.Row(label or showing.label(self.register, name), value))
        if self.grounds is not None:
            said = self.grounds.cleaned_data
            if said.get("reason"):
                rows.append(pieces.Row(gettext("Reason"), said["reason"]))
            if said["document"]:
                rows.append(pieces.Row(gettext("Document"), said["document"]))
            if said["paper"]:
                rows.append(pieces.Row(gettext("The document as a file"), self.grounds.paper_name))
        return rows

    def _words(self) -> dict[str, Any]:
        what = showing.text(self.register, "of")
        headings = {
            "add": gettext("New: %(what)s") % {"what": what},
            "replace": gettext("Different from a day on"),
            "correct": gettext("Correct what was wrong"),
            "end": gettext("It holds no longer"),
        }
        back = (
            self._row_url(self.found.version.id) if self.found else reverse("registers:rows", args=[self.register.id])
        )
        return {
            **words_of(self.seat),
            "stated": self.reason or self.stated,
            "how": self.how,
            "heading": headings[self.how],
            "about": self.found.name if self.found else "",
            "back_url": back,
            "special_token": self._token if self.reason else "",
        }

    @property
    def _token(self) -> str:
        number = self.found.version.id if self.found else 0
        return signing.dumps([self.seat.account, number, self.reason], salt=_SALT)

    def _row_url(self, row: int | None) -> str:
        if row is None:
            return reverse("registers:rows", args=[self.register.id])
        return reverse("registers:row", args=[self.register.id, row])

    # ---- writing

    def _send(self) -> HttpResponse:
        if not self._key:
            return self._check_page()
        second = self._needs_second
        name = "propose" if second else self.how
        try:
            row = entering.once(self.register.id, self._key, name, lambda: self._write(second), now=self.now)
        except BadInput as bad:
            if bad.reason == "changed_meanwhile":
                return HttpResponseRedirect(self._row_url(self._current))
            self._fail(bad)
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

    def _write(self, second: bool) -> int | None:
        """In one transaction; the number of the row that holds since."""
        values = self.form.values
        days = {name: values.pop(name, None) for name in self.form.days.fields}
        typed = {name: day for name, day in days.items() if isinstance(day, date) or day is None}
        said = self.grounds.cleaned_data if self.grounds else {}
        change = entering.Change(
            register=self.register.id,
            how=self.how,
            key={name: self._before[name] for name in self.register.key} if self.found else {},
            values=values,
            day=(self._first_day if self.how == "correct" else typed.get("valid_from")) or self.today,
            days=typed if self.how in ("add", "correct") else {},
            seen=self._current,
            recorded_by=self.seat.recorded_by,
            reason=str(said.get("reason", "")),
            document=self.grounds.document_said if self.grounds else "",
        )
        if second:
            entering.propose(change, now=self.now)
            return None
        return entering.write(change, now=self.now)

    @property
    def _first_day(self) -> date:
        """On which the row that is changed holds."""
        current = self.found.current if self.found else None
        return current.valid_from if current else self.today

    def _fail(self, bad: BadInput) -> None:
        """Says at its field what the register itself does not take."""
        is_day = bad.reason == "no_such_row" and self.how in ("replace", "end")
        item = bad.details.get("item")
        path = "valid_from" if is_day else str(bad.details.get("field", ""))
        self.form.fail(path, showing.refusal(bad), item if isinstance(item, int) else None)


def _hidden_of(form: GroundsForm, data: QueryDict) -> list[tuple[str, str]]:
    """The grounds as they were typed, the file by its token."""
    paper: Any = form.fields["paper"]
    token = [("paper_kept", paper.token)] if paper.token else []
    return [*((name, data[name]) for name in ("reason", "document") if name in data), *token]
