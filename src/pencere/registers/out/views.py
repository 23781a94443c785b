"""The page where an officer takes a register out as a file: what, as of which day, in which format, and why.

For whoever may see its rows on screen (`desk.look`), and nobody else. Special categories are not ticked before.
The list below the form says who took what, and which file never reached its end.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from pencere import country
from pencere.base import clock
from pencere.country.declarations import Register
from pencere.identity import access
from pencere.registers import queries, showing, stating
from pencere.registers.asking import Asking
from pencere.registers.desk_rights import Seat
from pencere.registers.out import exports, formats, speaking
from pencere.registers.out.exports import Asked, Done
from pencere.registers.out.sentences import format_name, sentence
from pencere.registers.views.desk import asked_in_words, seat_of, words_of
from pencere.ui import pieces, writing
from pencere.ui.choosing import Several
from pencere.ui.fields import Choice, Day, Written

_SHOWN = 20


class ExportForm(forms.Form):
    """What an officer wants, and why."""

    use_required_attribute = False

    def __init__(self, register: Register, *args: Any, of_list: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self._register = register
        names = (*formats.FORMATS, *speaking.formats_of(register))
        self.fields["format"] = Choice(
            tuple((name, format_name(name)) for name in names), as_list=False, label=_("In which form?"),
            error_messages={"required": _("Choose a form.")},
        )  # fmt: skip
        if not of_list:
            self.fields["on"] = Day(
                required=False, most="today", label=_("As of which day?"),
                help_text=_("Only rows that hold on that day. Leave it empty for the rows of every period."),
            )  # fmt: skip
        self.fields["fields"] = Several(
            tuple((name, showing.text(register, name)) for name in register.fields), label=_("Which fields?"),
            help_text=_(
                "The key is always among them. Data of special categories is taken only if you tick it. FHIR, EAD and "
                "LADM take the fields for which they have words, and no others."
            ),
        )  # fmt: skip
        self.fields["reason"] = Written(
            length=exports.REASON, label=_("What do you need the rows for?"),
            help_text=_(
                "A reason or the number of a case. Every person in the file can read it together with your office, so "
                "name nobody."
            ),
            error_messages={"required": _("Write the reason, or the number of the case.")},
        )  # fmt: skip

    def clean_reason(self) -> str:
        text: str = self.cleaned_data["reason"]
        if stating.names_somebody(text):
            raise ValidationError(_("Leave out the identifier of the person: others read this, too."), "names_somebody")
        return text

    def clean(self) -> dict[str, Any]:
        """A standard says all its fields or none: special categories among them have to be ticked, too."""
        said = self.cleaned_data
        unnamed = exports.unnamed_special(self._register, said.get("format", ""), said.get("fields", ()))
        if "fields" in said and unnamed:
            names = ", ".join(showing.text(self._register, name) for name in unnamed)
            self.add_error("fields", ValidationError(sentence("special_not_named", {"fields": names}), "special"))
        return said


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, register: str) -> HttpResponseBase:
    """The form; sent rightly, the file. It is written down who takes what before its first byte leaves.

    With the address of a list it is about the rows of that list, in its order, and no others.
    """
    seat = seat_of(request, register)
    declared = seat.register
    asking = Asking(seat, {name: text for name, text in request.GET.dict().items() if name not in ("after", "size")})
    if asking.is_strange:
        return HttpResponseRedirect(f"{reverse('registers:rows', args=[register])}?{request.GET.urlencode()}")
    of_list = bool(asking.values)
    ordinary = [name for name, field in declared.fields.items() if not showing.is_special(field)]
    data = request.POST if request.method == "POST" else None
    form = ExportForm(declared, data, of_list=of_list, initial={
        "format": formats.FORMATS[0], "fields": ordinary, "reason": stating.stated(request, seat) or "",
    })  # fmt: skip
    if request.method == "POST" and form.is_valid():
        purpose = seat.purpose(form.cleaned_data["reason"])
        return _file(seat, form.cleaned_data, asking.asked(purpose) if of_list else None)
    words = {
        "form": form,
        "exports": _table(declared, exports.latest(register, _SHOWN)),
        "listed": asked_in_words(asking, "size") if of_list else None,
        "back": asking.address(reverse("registers:rows", args=[register])),
        "whole": reverse("registers:export", args=[register]),
        **words_of(seat),
    }
    return render(request, "registers/export.html", words)


def _file(seat: Seat, said: dict[str, Any], listed: queries.Asked | None) -> HttpResponseBase:
    asked = Asked(
        seat.register.id, exports.fields_of(seat.register, said["fields"]), said.get("on"), said["format"],
        said["reason"], f"officer:{seat.looks.role}", seat.account, listed,
    )  # fmt: skip
    file = exports.begin(asked, tick=clock.now, language=showing.language())
    response: HttpResponse | StreamingHttpResponse
    response = StreamingHttpResponse(file.parts, content_type=file.media_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["Cache-Control"] = "no-store"
    return response


def _table(register: Register, done: tuple[Done, ...]) -> pieces.Table | None:
    if not done:
        return None
    head = (gettext("When"), gettext("Who"), gettext("Form"), gettext("Reason"), gettext("Rows"))
    return pieces.Table(
        caption=gettext("What was taken out lately"),
        columns=tuple(pieces.Cell(text, number=place == len(head) - 1) for place, text in enumerate(head)),
        rows=tuple(_line(register, one) for one in done),
    )


def _line(register: Register, one: Done) -> tuple[pieces.Cell, ...]:
    language = showing.language()
    role = one.who.partition(":")[2]
    who = country.current().role(role, language) if role else gettext("Operator of this system")
    rows = writing.number(str(one.rows), language) if one.ended_at else gettext("not finished")
    if one.narrowed:
        names = [gettext("words") if name == exports.WORDS else showing.label(register, name) for name in one.narrowed]
        rows = gettext("%(rows)s, chosen by %(fields)s") % {"rows": rows, "fields": ", ".join(names)}
    when = writing.moment(one.started_at, language)
    return (pieces.Cell(when), pieces.Cell(who), pieces.Cell(format_name(one.format)), pieces.Cell(one.reason),
            pieces.Cell(rows, number=True))  # fmt: skip
