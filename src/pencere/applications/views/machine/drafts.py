"""A draft for programs: what is asked now, answered group by group, what registers say of it, and its sending."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from pencere.applications import (
    actions,
    drafting,
    showing,
    values,
)
from pencere.applications.actions import Asker
from pencere.applications.drafting import NoSuchCase
from pencere.applications.views.draft import Draft, load
from pencere.applications.views.machine.asking import (
    Wrong,
    body_of,
    language_of,
    machine_view,
    moment,
    sentence_of,
    url_of,
    who_of,
)
from pencere.applications.views.machine.forms import asked_schema, form_of, read_only
from pencere.applications.views.questions import ask
from pencere.base import clock
from pencere.country.answers import answers_schema
from pencere.country.course import Page

KEY = (16, 64)
"""Letters and digits of the key under which a draft is sent once: at least, at most."""


@machine_view("GET")
def form(request: HttpRequest, ref: str) -> HttpResponse:
    """The pages that are asked now, in their order, with what is answered; what comes next."""
    return _form(request, ref)


def _form(request: HttpRequest, ref: str) -> HttpResponse:
    draft = load(ref, who_of(request), clock.now())
    schema = answers_schema(draft.version.country, draft.version.service, language_of(request))
    pages = [
        {
            "group": stop.page.group.name if stop.page else None,
            "kind": "questions" if stop.page else "evidence",
            "done": stop.done,
            "schema": asked_schema(schema, stop.page) if stop.page else None,
            "choices": _choices(request, draft, stop.page) if stop.page and draft.reached(stop.page.group.name) else {},
            "answers": _answers(draft, stop.page) if stop.page else None,
            "url": url_of("api-save", ref, stop.page.group.name) if stop.page else url_of("api-evidence", ref),
        }
        for stop in draft.stops
    ]
    dropped = [dict(label) for label in draft.moved.dropped] if draft.moved else []
    following = next((page["url"] for page in pages if not page["done"]), url_of("api-submission", ref))
    return JsonResponse({"pages": pages, "ready": draft.is_ready, "next": following, "dropped": dropped})


def _choices(request: HttpRequest, draft: Draft, page: Page) -> dict[str, list[dict[str, str]]]:
    """What may be chosen where the declarations do not say it: persons, rows of registers."""
    asked = ask(read_only(request), draft, page, {}, [])
    offered = {
        name: [{"value": str(option[0]), "title": str(option[1])} for option in asked.form.fields[name].options]  # type: ignore[attr-defined]
        for name, field in asked.form.declared.items()
        if drafting.offers_persons(field) or field.kind == "ref"
    }
    return {name: options for name, options in offered.items() if options}


def _answers(draft: Draft, page: Page) -> object:
    """What is answered so far. Persons are not named by identifier: they are chosen again."""
    if page.group.many:
        return [_item(page, row) for row in drafting.items_of(draft.case, page.group.name)]
    return _item(page, {field.name: draft.facts.get(f"{page.group.name}.{field.name}") for field in page.fields})


def _item(page: Page, row: Mapping[str, object]) -> dict[str, object]:
    return {
        name: values.stored(value)
        for name, value in row.items()
        if value is not None and name in page.group.fields and not drafting.offers_persons(page.group.fields[name])
    }


@machine_view("PUT", "POST")
def save(request: HttpRequest, ref: str, group: str) -> HttpResponse:
    """Saves the answers of one group: an object, of a repeating group a list of objects.

    With files: multipart/form-data, the answers as JSON in the part `answers`, each file in the part of its field
    (of an item `number.field`, from 0).
    """
    draft = load(ref, who_of(request), clock.now())
    page = draft.page(group)
    if page is None or not draft.reached(group):
        raise NoSuchCase(group)
    given = body_of(request, list if page.group.many else dict)
    if page.group.many:
        _save_items(request, draft, page, given)
    else:
        asked = form_of(request, draft, page, given, "")
        draft.save_page(group, asked.typed, asked.names)
    return _form(request, ref)


def _save_items(request: HttpRequest, draft: Draft, page: Page, given: list[Any]) -> None:
    least, most = page.group.many or (0, 0)
    if not least <= len(given) <= most:
        raise Wrong(422, f"send {least} to {most} items", errors={page.group.name: [f"{least}..{most}"]})
    read = []
    for number, row in enumerate(given):
        if not isinstance(row, dict):
            raise Wrong(422, "each item is an object", errors={str(number): []})
        read.append(form_of(request, draft, page, row, f"{number}."))
    name = page.group.name
    for number in reversed(range(len(drafting.items_of(draft.case, name)))):
        draft.remove_item(name, number)
    for number, asked in enumerate(read):
        draft.save_item(name, number, asked.typed, asked.names)
    if not read:
        draft.keep_none(name)


@machine_view("POST")
def evidence(request: HttpRequest, ref: str) -> HttpResponse:
    """Asks the registers, in the steps' order, and gives what they say, with holder and day. `{"consents": {…}}`."""
    given = body_of(request, dict)
    consents = given.get("consents", {})
    if consents:
        if not isinstance(consents, dict) or not all(isinstance(each, bool) for each in consents.values()):
            raise Wrong(422, 'write "consents" as {"name": true or false}')
        actions.save_consents(ref, who_of(request), consents, language=language_of(request), now=clock.now())
    draft = load(ref, who_of(request), clock.now())
    actions.fetch_evidence(draft.case, Asker(who_of(request).account_id, "person"), now=draft.now)
    draft = load(ref, who_of(request), clock.now())
    facts = [
        {"fact": row.name, "kind": row.kind, "value": row.value, "words": showing.in_words(draft.version, row),
         "register": row.register, "holder": row.holder, "as_of": row.as_of.isoformat() if row.as_of else None,
         "law": row.law}
        for row in draft.rows
        if row.source == "register" and row.kind != "person"
    ]  # fmt: skip
    advice = showing.advice(draft.case, draft.version, draft.rows, now=draft.now) if draft.is_ready else None
    return JsonResponse({"facts": facts, "advice": sentence_of(advice) if advice else None, "next": draft.is_ready})


@machine_view("POST")
def submission(request: HttpRequest, ref: str) -> HttpResponse:
    """Sends the draft, once: the same key gives the same receipt."""
    key = request.headers.get("Idempotency-Key", "")
    if not KEY[0] <= len(key) <= KEY[1] or not key.isalnum():
        raise Wrong(400, "send a header Idempotency-Key of 16 to 64 letters and digits, a new one for each draft")
    sent = actions.submit(ref, who_of(request), key, language=language_of(request), now=clock.now())
    words = {"ref": sent.ref, "at": moment(sent.at), "receipt": sent.receipt, "again": sent.again}
    return JsonResponse({**words, "case": url_of("api-case", ref)}, status=200 if sent.again else 201)
