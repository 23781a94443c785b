"""What an officer changes in a case besides deciding it: a longer term, a correction after the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pencere.applications import actions, answers, desk_rights, offering, showing, values, wording
from pencere.applications.actions import Opened
from pencere.applications.forms import CorrectForm, ExtendForm
from pencere.applications.models import Fact
from pencere.applications.versions import Version
from pencere.applications.views.desk import offices_for
from pencere.applications.views.draft import who
from pencere.base import clock
from pencere.base.errors import BadInput, Refused
from pencere.country.declarations import Field, Texts
from pencere.identity import access
from pencere.identity.queries import Office
from pencere.ui import choosing
from pencere.ui.fields import Option
from pencere.ui.forms import DeclaredForm, declared_form

CORRECTABLE = frozenset(
    {"text", "long_text", "integer", "decimal", "money", "percent", "boolean", "date", "time", "choice", "choices",
     "address", "territory", "phone", "email", "iban"}
)  # fmt: skip
"""Kinds of facts that can be said anew on a page; persons, files and rows are a matter of a new application."""


def _opened(request: HttpRequest, ref: str) -> tuple[Opened, tuple[Office, ...]]:
    offices = offices_for(request, ref)
    return actions.open_case(ref, offices[0], who(request).account_id, now=clock.now()), offices


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, ref: str) -> HttpResponse:
    """Makes the term longer, once, with reasons that the person reads."""
    opened, offices = _opened(request, ref)
    office = desk_rights.may_extend(opened.case, opened.version, offices)
    back = HttpResponseRedirect(reverse("applications:desk-case", args=[ref]))
    term = opened.version.service.term
    if office is None or term is None or term.extend is None:
        return back
    form = ExtendForm(request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        person = who(request)
        try:
            actions.extend_term(
                ref, office, person.identifier, person.account_id, reasons=form.cleaned_data["reasons"], now=clock.now()
            )
            return back
        except Refused as no:
            problem = no.rule
    words = {
        "case": opened.case,
        "form": form,
        "problem": problem,
        "to": (term.extend.to.amount, term.extend.to.unit),
        "law": wording.law(opened.version, term.extend.law),
    }
    return render(request, "applications/desk_extend.html", words, status=409 if problem else 200)


@access.officer()
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, ref: str) -> HttpResponse:
    """Facts said anew; the tables decide again, and the new decision stands beside the old one."""
    opened, offices = _opened(request, ref)
    office = desk_rights.may_correct(opened.case, offices)
    if office is None:
        return HttpResponseRedirect(reverse("applications:desk-case", args=[ref]))
    posted = request.POST if request.method == "POST" else None
    rows = [row for row in opened.rows if row.kind in CORRECTABLE]
    fields = _facts_form(opened.version, rows)
    initial = {_key(row): _initial(row) for row in rows}
    facts = fields(posted, initial=initial, choices=_addresses(request, opened.version, rows))
    for field in facts.fields.values():
        field.optional = False  # type: ignore[attr-defined]  # what is not known stays empty; nothing is asked here
    form = CorrectForm(None if facts.is_search else posted, initial=posted.dict() if posted else None)
    problem = ""
    if posted is not None and not facts.is_search and facts.is_valid() and form.is_valid():
        changed = _changed(facts, rows)
        person = who(request)
        try:
            made = actions.correct(
                ref, office, person.identifier, person.account_id, changed, form.cleaned_data["reasons"],
                law=form.cleaned_data["law"], hearing=form.cleaned_data["hearing"], now=clock.now(),
            )  # fmt: skip
            return HttpResponseRedirect(reverse("applications:desk-case", args=[made]))
        except BadInput as bad:
            problem = "nothing_changed" if bad.details.get("field") == "facts" else bad.reason
        except Refused as no:
            problem = no.rule
    words: dict[str, Any] = {
        "case": opened.case,
        "title_texts": showing.title(opened.version),
        "form": form,
        "facts": facts,
        "problem": problem,
    }
    return render(request, "applications/desk_correct.html", words, status=409 if problem else 200)


def _addresses(request: HttpRequest, version: Version, rows: list[Fact]) -> dict[str, list[Option]]:
    """The address that stands there, and those that are looked for."""
    found: dict[str, list[Option]] = {}
    for row in rows:
        field = wording.declared_field(version, row.name, row.register)
        if row.kind != "address" or field is None or not field.of:
            continue
        key = _key(row)
        words = choosing.words_of(request.POST.get(f"{key}_words", ""))
        chosen = str(request.POST.get(key) or _initial(row) or "")
        offered = offering.addresses(version, field, words, chosen, now=clock.now())
        found[key] = [*answers.address_options(version, offered)]
    return found


def _key(row: Fact) -> str:
    """Name of a fact in the form."""
    return row.name.replace(".", "__")


def _initial(row: Fact) -> object:
    return values.read(row.kind, row.value)


def _facts_form(version: Version, rows: list[Fact]) -> type[DeclaredForm]:
    fields: dict[str, Field] = {}
    texts: dict[str, Texts] = {}
    for row in rows:
        key, declared = _key(row), wording.declared_field(version, row.name, row.register)
        field = declared or Field(key, row.kind)
        if field.kind not in CORRECTABLE or field.kind != row.kind:
            field = Field(key, row.kind if row.kind not in ("choice", "choices") else "text")
        fields[key] = replace(field, name=key, required=False, when=None)
        texts |= _texts(version, row, key, field)
    kind = f"{version.service.content_hash}:{version.service.texts_hash}:correct"
    return declared_form(fields, "", texts, showing.language(), version=kind)


def _texts(version: Version, row: Fact, key: str, field: Field) -> Mapping[str, Texts]:
    found = {key: wording.label(version, row.name, row.register)}
    for code in field.of if isinstance(field.of, tuple) else ():
        words = wording.code_words(version, row.name, code, row.register, field)
        if words:
            found[f"{key}.{code}"] = words
    return found


def _changed(form: DeclaredForm, rows: list[Fact]) -> dict[str, object]:
    """Fact → new value, of those that differ from what they were."""
    found = {}
    for row in rows:
        bound = form[_key(row)]
        if bound.field.widget.value_omitted_from_data(form.data, form.files, bound.html_name):
            continue
        new, old = form.cleaned_data.get(_key(row)), _initial(row)
        if new != old and not (new is None and old in ("", [])):
            found[row.name] = new
    return found
