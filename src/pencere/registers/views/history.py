"""All that was ever said of a row: every version on both axes, and what was known at a moment about a day.

Opening it is a look, written down first. Data of a special category is shown to who says for what: another look.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from pencere.identity import access
from pencere.registers import showing
from pencere.registers.asking import read_day, read_moment
from pencere.registers.comparing import Difference, differences
from pencere.registers.desk_forms import SpecialForm
from pencere.registers.filter_form import as_of
from pencere.registers.queries import Version
from pencere.registers.using import shape_of
from pencere.registers.views.desk import purpose_of, seat_of, words_of
from pencere.registers.views.origins import how_words
from pencere.registers.views.rows import DAYS, Opened, opened, recorded_rows, shown_fields, special_names, tables
from pencere.ui import pieces, writing


class AsOfForm(forms.Form):
    """About which day, and by what was known when."""

    use_required_attribute = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields |= as_of()
        for field in self.fields.values():
            field.optional = False  # type: ignore[attr-defined]  # nothing here has to be filled in


@dataclass(frozen=True, slots=True)
class Past:
    """A version in the history: what it was, its two times, and what it changed."""

    how: str
    live: bool
    rows: tuple[pieces.Row, ...]
    differences: tuple[Difference, ...]
    unchanged: bool


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def history(request: HttpRequest, register: str, row: int) -> HttpResponse:
    """Every version on both axes, the newest first, each with what it changed; above them what was asked as of when."""
    seat = seat_of(request, register)
    purpose = purpose_of(request, seat)
    step = request.POST.get("desk-step", "") if request.method == "POST" else ""
    on, known_at = read_day(request.GET.get("on", "")), read_moment(request.GET.get("known", ""))
    form = AsOfForm(request.POST if step == "as-of" else None, initial={"on": on or "", "known": known_at or ""})
    if form.is_valid():
        asked = {name: value.isoformat() for name, value in form.cleaned_data.items() if value}
        return HttpResponseRedirect(f"{request.path}?{urlencode(asked)}" if asked else request.path)
    special = SpecialForm(request.POST if step == "special" else None)
    reason: str = special.cleaned_data["need"] if special.is_valid() else ""
    found = opened(
        seat, row, seat.purpose(reason) if reason else purpose, special=bool(reason), on=on, known_at=known_at
    )
    words = {
        **words_of(seat, purpose),
        "number": row,
        "name": found.name,
        "page_name": found.page_name,
        "is_personal": shape_of(register).is_personal,
        "form": form,
        "special_form": None if reason else special,
        "special_names": ", ".join(showing.label(seat.register, name) for name in special_names(seat.register)),
        "special_reason": reason,
        "versions": [_past(found, each) for each in found.record.history],
        "old_words": gettext("Before"),
        "new_words": gettext("Since then"),
    }
    if on is not None or known_at is not None:
        words |= _held(found, on, known_at)
    return render(request, "registers/history.html", words)


def _held(found: Opened, on: date | None, known_at: datetime | None) -> dict[str, Any]:
    """What the record said of the day, by what was known at the moment."""
    held = found.record.row
    there = replace(found, version=held) if held is not None else None
    return {
        "asking": {"on": on, "known_at": known_at},
        "held": there,
        "fields": shown_fields(there) if there else (),
        "tables": tables(there) if there else (),
        "held_rows": recorded_rows(there, there.version) if there else (),
    }


def _past(found: Opened, version: Version) -> Past:
    before = next((each for each in found.record.history if each.id == version.follows), None)
    names = (*found.register.fields, *DAYS)
    changed: list[Difference] = []
    if before is not None:
        changed = differences(
            found.register, _with_days(before), _with_days(version), names, special=found.special,
            names_of_rows=found.names,
        )  # fmt: skip
    return Past(
        how=f"{how_words(version.how)}: {writing.moment(version.recorded_at, showing.language())}",
        live=version.retired_at is None,
        rows=tuple(recorded_rows(found, version)),
        differences=tuple(changed),
        unchanged=before is not None and all(each.path in DAYS for each in changed),
    )


def _with_days(version: Version) -> dict[str, object]:
    return {**version.values, "valid_from": version.valid_from, "valid_until": version.valid_until}
