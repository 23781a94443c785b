"""The demo's page where something can be made to happen at an agency; an installation for real persons has none."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from pencere import country
from pencere.base import clock
from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.catalogue import queries as catalogue
from pencere.exchange import actions, happenings
from pencere.exchange.happenings import Happening
from pencere.identity import access
from pencere.ui.forms import DeclaredForm, declared_form


@dataclass(frozen=True, slots=True)
class Line:
    """Something that can happen, in words."""

    url: str
    words: str


@dataclass(frozen=True, slots=True)
class Group:
    """A register, who keeps it, and what can happen there."""

    title: str
    agency: str
    elsewhere: bool
    lines: tuple[Line, ...]


@access.public
@require_http_methods(["GET", "HEAD", "POST"])
def agencies(request: HttpRequest) -> HttpResponse:
    """`?happening=birth-records.new`: its form; without it, all that can happen."""
    if not settings.PENCERE.demo:
        raise Http404
    asked = request.GET.get("happening", "")
    if not asked:
        return render(request, "exchange/agencies.html", {"groups": _groups(), "done": "done" in request.GET})
    happening = happenings.named(country.current(), asked)
    if happening is None:
        raise Http404
    form = _form(happening)(request.POST or None, initial=dict(happening.initial))
    silent = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.happen(happening.id, form.cleaned_data, now=clock.now())
            return HttpResponseRedirect(f"{reverse('demo-agencies')}?done")
        except BadInput as problem:
            field = str(problem.details.get("field", ""))
            form.add_error(field if field in form.fields else next(iter(form.fields)), _sentence(problem.reason))
        except Refused as no:
            form.add_error(next(iter(form.fields)), _sentence(no.rule))
        except Unavailable as problem:
            silent = problem.who
    words = {"form": form, "words": _words(happening), "register": _title(happening), "silent": silent}
    return render(request, "exchange/happening.html", words, status=503 if silent else 200)


def _form(happening: Happening) -> type[DeclaredForm]:
    language = get_language() or settings.LANGUAGE_CODE
    register = happening.register
    return declared_form(
        happening.fields, "", register.texts, language, version=f"{happening.id} {id(country.current())}"
    )


def _groups() -> list[Group]:
    here, language = country.current(), get_language() or settings.LANGUAGE_CODE
    today = clock.day_in(here.time_zone)
    lines: dict[str, list[Line]] = {}
    for one in happenings.all_of(here):
        url = f"{reverse('demo-agencies')}?{urlencode({'happening': one.id})}"
        lines.setdefault(one.register.id, []).append(Line(url, _words(one)))
    return [
        Group(
            catalogue.register_title(register, language),
            here.agencies[here.registers[register].agency].name(language, today),
            here.registers[register].kept == "elsewhere",
            tuple(several),
        )
        for register, several in lines.items()
    ]


def _title(happening: Happening) -> str:
    return catalogue.register_title(happening.register.id, get_language() or settings.LANGUAGE_CODE)


def _words(happening: Happening) -> str:
    language = get_language() or settings.LANGUAGE_CODE
    register = happening.register
    what = country.current().text(register.texts, "of", language)
    if happening.change == "add":
        return gettext("New: %(what)s") % {"what": what}
    if happening.change == "end":
        return gettext("Ended: %(what)s") % {"what": what}
    names = tuple(name for name in happening.fields if name not in happening.key) or happening.key
    fields = ", ".join(catalogue.field_labels(register.id, names, language))
    return gettext("Changed: %(what)s (%(fields)s)") % {"what": what, "fields": fields}


def _sentence(reason: str) -> str:
    return {
        "no_such_row": gettext("There is no such entry. Check what says which entry it is."),
        "more_than_one_row": gettext("There is more than one such entry. Say more exactly which one."),
        "overlaps": gettext("There is such an entry already. Use another number."),
        "not_unique": gettext("Another entry has this already. Use another one."),
        "missing": gettext("Fill this in."),
    }.get(reason) or gettext("The agency’s system does not take this. Check what you typed.")
