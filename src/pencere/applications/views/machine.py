"""The walk of a case for a host portal that has pages of its own: JSON in, JSON out, in the name of its person.

The same steps, rules and sentences as on our pages: a form is read by the very form that draws them, a draft is sent
once under its `Idempotency-Key`, a task of somebody else does not exist. Described by `/api/openapi.json`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, NoReturn

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from django.views.decorators.csrf import csrf_exempt

from pencere import country
from pencere.applications import (
    actions,
    answers,
    deciding,
    drafting,
    history,
    offering,
    openapi,
    queries,
    rules,
    showing,
    timeline,
    values,
    versions,
)
from pencere.applications.actions import Asker, NotReady, OtherDraft
from pencere.applications.drafting import NoSuchCase
from pencere.applications.models import Case
from pencere.applications.showing import DecisionShown
from pencere.applications.views import tasks as task_views
from pencere.applications.views.draft import Draft, load
from pencere.applications.views.questions import Asked, ask
from pencere.base import clock
from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.certificates import queries as certificates
from pencere.country.answers import answers_schema
from pencere.country.course import Page
from pencere.identity import access
from pencere.identity.queries import Who
from pencere.payments import queries as payments
from pencere.ui import fields as kinds
from pencere.ui import problems
from pencere.ui.ground_fields import Drawn

MOST = 50
VERSION = "1"
"""Of the description; it grows when something in it changes its meaning."""
KEY = (16, 64)
View = Callable[..., HttpResponse]


class _Wrong(Exception):
    """What is answered instead: a status, a sentence, and what belongs to it."""

    def __init__(self, status: int, title: str, **more: object) -> None:
        super().__init__(title)
        self.status, self.title, self.more = status, title, more


def _view(*methods: str) -> Callable[[View], View]:
    """A machine's view of a person: methods, the language of the sentences, problems as problem+json."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, **names: Any) -> HttpResponse:
            if request.method not in methods:
                return problems.answer(405, f"ask with {' or '.join(methods)}", {"Allow": ", ".join(methods)})
            with translation.override(_language(request)):
                try:
                    return view(request, **names)
                except _Wrong as wrong:
                    return problems.answer(wrong.status, wrong.title, None, **wrong.more)
                except OtherDraft as other:
                    return problems.answer(409, "there is an open draft for this person already", case=other.ref)
                except NotReady as not_yet:
                    return problems.answer(409, "the draft cannot be sent yet", reason=not_yet.rule)
                except BadInput as bad:
                    return problems.answer(422, "an answer cannot be", None, reason=bad.reason, **_plain(bad.details))
                except Refused as no:
                    return problems.answer(409, "this cannot be done now", reason=no.rule)
                except Unavailable as silent:
                    return problems.answer(503, "a holder did not answer", {"Retry-After": "30"}, agency=silent.who)

        return access.bearer(csrf_exempt(answered))

    return decorate


# Cases -----------------------------------------------------------------------------------------------------------


@_view("POST")
def begin(request: HttpRequest, service_id: str) -> HttpResponse:
    """Begins a draft, or gives the one that was begun before."""
    version = versions.current(service_id)
    if version is None:
        raise NoSuchCase(service_id)
    if not _who(request).reaches(version.service.applicant.sign_in or "substantial"):
        raise _Wrong(403, "this service needs a surer sign-in", level=version.service.applicant.sign_in)
    ref = actions.start_draft(service_id, _who(request), language=_language(request), now=clock.now())
    return _case(request, ref, status=201)


@_view("GET")
def cases(request: HttpRequest) -> HttpResponse:
    """The person's cases, newest first, a page at a time."""
    today = timeline.day_of(clock.now())
    after = request.GET.get("after", "")
    page = queries.my_cases(_who(request).identifier, today, after=after, limit=MOST)
    drafts = queries.drafts_of(_who(request).identifier, today) if not after else ()
    items = [
        {"ref": line.ref, "service": line.service, "title": dict(line.title), "state": line.state,
         "outcome": line.outcome or None, "words": line.words, "url": _url("api-case", line.ref)}
        for line in (*drafts, *page.lines)
    ]  # fmt: skip
    following = f"{_url('api-cases')}?after={page.next}" if page.next else None
    return JsonResponse({"items": items, "next": following})


@_view("GET", "DELETE")
def case(request: HttpRequest, ref: str) -> HttpResponse:
    """How a case stands: state, decision, tasks of its person, documents. DELETE throws a draft away."""
    if request.method == "DELETE":
        actions.delete_draft(ref, _who(request).identifier, now=clock.now())
        return HttpResponse(status=204)
    return _case(request, ref)


def _case(request: HttpRequest, ref: str, status: int = 200) -> HttpResponse:
    now = clock.now()
    found = drafting.own(ref, _who(request).identifier)
    version = versions.of(found)
    rows = list(found.facts.order_by("id"))
    papers = showing.papers(found, now)
    decision = showing.decision(found, version, rows, list(found.decisions.order_by("number")), papers)
    words, _ = queries.state_words(found.state, found.outcome, found.waiting_for)

    def known() -> Mapping[str, object]:
        return values.known(found, version.service, rows)

    return JsonResponse(
        {
            "ref": found.ref,
            "service": found.service,
            "state": found.state,
            "words": words,
            "outcome": found.outcome or None,
            "waiting_for": found.waiting_for or None,
            "submitted_at": _moment(found.submitted_at),
            "decided_at": _moment(found.decided_at),
            "due_on": deciding.answer_by(found, version, timeline.day_of(clock.now())).isoformat()
            if found.due_on != rules.NEVER
            else None,
            "decision": {"rule": found.rule or None, "sentence": _sentence(decision)} if decision else None,
            "tasks": [_task_line(task) for task in queries.tasks_of(_who(request).identifier) if task.ref == ref],
            "documents": [
                {"id": each.id, "title": dict(each.title), "number": each.number, "state": each.state,
                 "files": {paper.language: _url("api-document", ref, each.id, paper.language) for paper in each.papers}}
                for each in papers
            ],
            "timeline": [
                {"at": event.at, "words": str(event.title)}
                for event in history.events(found, version, found.events.all(), known)
            ],
            "links": _links(found),
        },
        status=status,
    )  # fmt: skip


def _links(found: Case) -> dict[str, str]:
    links = {"self": _url("api-case", found.ref)}
    if found.state == "draft":
        return links | {"form": _url("api-form", found.ref), "evidence": _url("api-evidence", found.ref),
                        "submission": _url("api-submission", found.ref)}  # fmt: skip
    return links | {"withdrawal": _url("api-withdrawal", found.ref)}


# A draft ---------------------------------------------------------------------------------------------------------


@_view("GET")
def form(request: HttpRequest, ref: str) -> HttpResponse:
    """The pages that are asked now, in their order, with what is answered; what comes next."""
    return _form(request, ref)


def _form(request: HttpRequest, ref: str) -> HttpResponse:
    draft = load(ref, _who(request), clock.now())
    schema = answers_schema(draft.version.country, draft.version.service, _language(request))
    pages = [
        {
            "group": stop.page.group.name if stop.page else None,
            "kind": "questions" if stop.page else "evidence",
            "done": stop.done,
            "schema": _asked_schema(schema, stop.page) if stop.page else None,
            "choices": _choices(request, draft, stop.page) if stop.page and draft.reached(stop.page.group.name) else {},
            "answers": _answers(draft, stop.page) if stop.page else None,
            "url": _url("api-save", ref, stop.page.group.name) if stop.page else _url("api-evidence", ref),
        }
        for stop in draft.stops
    ]
    dropped = [dict(label) for label in draft.moved.dropped] if draft.moved else []
    following = next((page["url"] for page in pages if not page["done"]), _url("api-submission", ref))
    return JsonResponse({"pages": pages, "ready": draft.is_ready, "next": following, "dropped": dropped})


def _asked_schema(schema: dict[str, Any], page: Page) -> dict[str, Any]:
    """The schema of the fields that are asked, given the answers so far."""
    group = dict(schema["properties"][page.group.name])
    inner = group["items"] if page.group.many else group
    names = {field.name for field in page.fields}
    kept = {**inner, "properties": {name: value for name, value in inner["properties"].items() if name in names}}
    kept["required"] = [field.name for field in page.fields if field.required]
    return {**group, "items": kept} if page.group.many else kept


def _choices(request: HttpRequest, draft: Draft, page: Page) -> dict[str, list[dict[str, str]]]:
    """What may be chosen where the declarations do not say it: persons, rows of registers."""
    asked = ask(_read_only(request), draft, page, {}, [])
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


@_view("PUT", "POST")
def save(request: HttpRequest, ref: str, group: str) -> HttpResponse:
    """Saves the answers of one group: an object, of a repeating group a list of objects.

    With files: multipart/form-data, the answers as JSON in the part `answers`, each file in the part of its field
    (of an item `number.field`, from 0).
    """
    draft = load(ref, _who(request), clock.now())
    page = draft.page(group)
    if page is None or not draft.reached(group):
        raise NoSuchCase(group)
    given = _body(request, list if page.group.many else dict)
    if page.group.many:
        _save_items(request, draft, page, given)
    else:
        asked = _form_of(request, draft, page, given, "")
        draft.save_page(group, asked.typed, asked.names)
    return _form(request, ref)


def _save_items(request: HttpRequest, draft: Draft, page: Page, given: list[Any]) -> None:
    least, most = page.group.many or (0, 0)
    if not least <= len(given) <= most:
        raise _Wrong(422, f"send {least} to {most} items", errors={page.group.name: [f"{least}..{most}"]})
    read = []
    for number, row in enumerate(given):
        if not isinstance(row, dict):
            raise _Wrong(422, "each item is an object", errors={str(number): []})
        read.append(_form_of(request, draft, page, row, f"{number}."))
    name = page.group.name
    for number in reversed(range(len(drafting.items_of(draft.case, name)))):
        draft.remove_item(name, number)
    for number, asked in enumerate(read):
        draft.save_item(name, number, asked.typed, asked.names)
    if not read:
        draft.keep_none(name)


@dataclass(frozen=True, slots=True)
class _Posted:
    """What the form of a page is read from, in place of a browser's request."""

    method: str
    POST: QueryDict
    FILES: MultiValueDict[str, Any]
    who: Who


def _read_only(request: HttpRequest) -> HttpRequest:
    return _Posted("GET", QueryDict(), MultiValueDict(), _who(request))  # type: ignore[return-value]


def _form_of(request: HttpRequest, draft: Draft, page: Page, given: Mapping[str, object], part: str) -> Asked:
    """The form with what was sent; files in the parts `<part><field>`. Raises _Wrong with each field's sentences."""
    unknown = [name for name in given if name not in page.group.fields]
    if unknown:
        raise _Wrong(422, "these are not asked", errors={name: [] for name in unknown})
    shape = ask(_read_only(request), draft, page, {}, []).form
    posted = QueryDict(mutable=True)
    for name, value in given.items():
        _post(posted, name, shape.fields[name], value)
    files = {name.removeprefix(part): each for name, each in request.FILES.items() if name.startswith(part)}
    sent = _Posted("POST", posted, MultiValueDict({name: [each] for name, each in files.items()}), _who(request))
    asked = ask(sent, draft, page, {}, [])  # type: ignore[arg-type]
    if not asked.form.is_valid():
        errors = {name: [str(words) for words in found] for name, found in asked.form.errors.items()}
        raise _Wrong(422, "some answers cannot be taken", errors=errors)
    return asked


def _post(posted: QueryDict, name: str, made: Any, value: object) -> None:
    """The value as a browser would send it."""
    if value is None:
        return
    if isinstance(value, list):
        if hasattr(made, "inner"):
            posted[name] = "\n".join(str(each) for each in value)
        else:
            posted.setlist(name, [str(each) for each in value])
        return
    if isinstance(made, Drawn):
        posted[name] = value if isinstance(value, str) else json.dumps(value)
        return
    ready = made.prepare_value(value)
    if isinstance(made.widget, kinds.Parts) and isinstance(ready, tuple):
        for part, text in zip(made.widget.names, ready, strict=True):
            posted[f"{name}_{part}"] = text
    else:
        posted[name] = str(ready)


@_view("POST")
def evidence(request: HttpRequest, ref: str) -> HttpResponse:
    """Asks the registers, in the steps' order, and gives what they say, with holder and day. `{"consents": {…}}`."""
    given = _body(request, dict)
    consents = given.get("consents", {})
    if consents:
        if not isinstance(consents, dict) or not all(isinstance(each, bool) for each in consents.values()):
            raise _Wrong(422, 'write "consents" as {"name": true or false}')
        actions.save_consents(ref, _who(request), consents, language=_language(request), now=clock.now())
    draft = load(ref, _who(request), clock.now())
    actions.fetch_evidence(draft.case, Asker(_who(request).account_id, "person"), now=draft.now)
    draft = load(ref, _who(request), clock.now())
    facts = [
        {"fact": row.name, "kind": row.kind, "value": row.value, "words": showing.in_words(draft.version, row),
         "register": row.register, "holder": row.holder, "as_of": row.as_of.isoformat() if row.as_of else None,
         "law": row.law}
        for row in draft.rows
        if row.source == "register" and row.kind != "person"
    ]  # fmt: skip
    advice = showing.advice(draft.case, draft.version, draft.rows, now=draft.now) if draft.is_ready else None
    return JsonResponse({"facts": facts, "advice": _sentence(advice) if advice else None, "next": draft.is_ready})


@_view("POST")
def submission(request: HttpRequest, ref: str) -> HttpResponse:
    """Sends the draft, once: the same key gives the same receipt."""
    key = request.headers.get("Idempotency-Key", "")
    if not KEY[0] <= len(key) <= KEY[1] or not key.isalnum():
        raise _Wrong(400, "send a header Idempotency-Key of 16 to 64 letters and digits, a new one for each draft")
    sent = actions.submit(ref, _who(request), key, language=_language(request), now=clock.now())
    words = {"ref": sent.ref, "at": _moment(sent.at), "receipt": sent.receipt, "again": sent.again}
    return JsonResponse({**words, "case": _url("api-case", ref)}, status=200 if sent.again else 201)


@_view("POST")
def withdrawal(request: HttpRequest, ref: str) -> HttpResponse:
    actions.withdraw(ref, _who(request).identifier, now=clock.now())
    return _case(request, ref)


@_view("GET")
def document(request: HttpRequest, ref: str, document: str, language: str) -> HttpResponse:
    """A sealed paper."""
    found = certificates.file(
        document, language, _who(request).identifier, account=_who(request).account_id, now=clock.now()
    )
    if found is None:
        raise NoSuchCase(ref)
    return HttpResponse(found.content, content_type="application/pdf")


# Tasks -----------------------------------------------------------------------------------------------------------


@_view("GET")
def tasks(request: HttpRequest) -> HttpResponse:
    """What waits for the person, also in cases of others."""
    return JsonResponse(
        {"items": [_task_line(task) for task in queries.tasks_of(_who(request).identifier)], "next": None}
    )


@_view("GET", "POST")
def task(request: HttpRequest, task: int) -> HttpResponse:
    """What a task asks. POST does it: `{"answers": {…}}`, `{"agree": true}`, `{"place": "…"}`, `{"accept": true}`, `{}`
    to confirm; a fee is paid on the page that `payment` names."""
    person, account = _who(request).identifier, _who(request).account_id
    found = queries.task_for(task, person)
    if request.method == "POST":
        _do(request, found.task.kind, task, person, account, _body(request, dict))
        found = queries.task_for(task, person)
    return JsonResponse(_task(found, person))


def _do(request: HttpRequest, kind: str, task: int, person: str, account: str, given: dict[str, Any]) -> None:
    now = clock.now()
    if kind == "ask":
        actions.answer_task(task, person, account, _answers_of(request, task, given.get("answers")), now=now)
    elif kind == "submit":
        actions.submit_task(task, person, account, now=now)
    elif kind == "sign":
        actions.sign_task(task, person, account, _flag(given, "agree"), now=now)
    elif kind == "offer" and "place" in given:
        actions.pick_place(task, person, account, str(given["place"]), now=now)
    elif kind == "offer":
        actions.answer_offer(task, person, account, _flag(given, "accept"), now=now)
    else:
        raise _Wrong(409, "this task is done elsewhere", kind=kind)


def _answers_of(request: HttpRequest, task: int, given: object) -> dict[str, Any]:
    """The answers of a task `ask`, each group read by the form that asks it."""
    if not isinstance(given, dict):
        raise _Wrong(422, 'send {"answers": {"group": {…}}}')
    draft = task_views.TaskDraft(*task_views.task_of(request, task), _who(request), clock.now())
    found: dict[str, Any] = {}
    for name, rows in given.items():
        page = draft.page(name)
        if page is None:
            raise _Wrong(422, "these are not asked", errors={name: []})
        if page.group.many:
            items = rows if isinstance(rows, list) else []
            read = (_form_of(request, draft, page, row, f"{number}.") for number, row in enumerate(items))
            found[name] = [asked.typed for asked in read]
        else:
            found[name] = _form_of(request, draft, page, rows if isinstance(rows, dict) else {}, "").typed
    return found


def _task(found: queries.TaskPage, person: str) -> dict[str, object]:
    words: dict[str, object] = {**_task_line(found.task), "state": found.state}
    schema = answers_schema(found.version.country, found.version.service, translation.get_language() or "")
    if found.pages:
        words["schema"] = {page.group.name: _asked_schema(schema, page) for page in found.pages}
    words["shown"] = [
        {"fact": row.name, "words": showing.in_words(found.version, row)} for row in found.rows if row.kind != "person"
    ]
    if found.task.kind == "pay":
        payment = payments.payment_for(found.task.payment, person)
        if payment is not None:
            words["payment"] = {"amount": payment.amount, "currency": payment.currency, "state": payment.state,
                                "page": f"{_root()}{payment.url}"}  # fmt: skip
    if found.task.kind == "offer" and found.declared is not None:
        place = found.version.service.places[found.declared.names[0]]
        if place.mode == "pick":
            offered = offering.places_of(found.version, place, {}, now=clock.now())
            options = answers.row_options(found.version, offered, None)
            words["places"] = [{"value": str(each[0]), "title": str(each[1])} for each in options]
        else:
            words["offered"] = found.result.get("place")
    return words


def _task_line(task: queries.OpenTask) -> dict[str, object]:
    return {
        "id": task.id, "kind": task.kind, "case": task.ref, "service": task.service, "title": dict(task.title),
        "opened_at": _moment(task.opened_at), "due_at": _moment(task.due_at), "url": _url("api-task", task.id),
    }  # fmt: skip


# What they share -------------------------------------------------------------------------------------------------


def _body(request: HttpRequest, kind: type) -> Any:
    """The JSON that was sent; of a multipart request the part `answers`."""
    if request.content_type == "multipart/form-data":
        text: str | bytes = request.POST.get("answers", "")
    else:
        text = request.body
    try:
        given = json.loads(text) if text else kind()
    except (ValueError, RecursionError):
        raise _Wrong(400, "this is no JSON") from None
    if not isinstance(given, kind):
        raise _Wrong(422, "send a list of objects" if kind is list else "send an object")
    return given


def _flag(given: Mapping[str, object], name: str) -> bool:
    value = given.get(name)
    if not isinstance(value, bool):
        _demand(name)
    return bool(value)


def _demand(name: str) -> NoReturn:
    raise _Wrong(422, f'send {{"{name}": true}} or {{"{name}": false}}')


def _sentence(decision: DecisionShown) -> str | None:
    texts = decision.sentence or decision.advice
    return texts.get(translation.get_language() or "") or next(iter(texts.values()), None)


def _plain(details: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in details.items() if isinstance(value, str | int | bool) and name != "value"}


def _moment(value: Any) -> str | None:
    return value.isoformat(timespec="seconds").replace("+00:00", "Z") if value else None


def _who(request: HttpRequest) -> Who:
    return request.who  # type: ignore[attr-defined, no-any-return]


def _language(request: HttpRequest) -> str:
    here = country.current()
    wanted = request.GET.get("language", "") or translation.get_language_from_request(request)
    return wanted if wanted in here.languages else here.languages[0]


def _url(name: str, *values: object) -> str:
    return f"{_root()}{reverse(name, args=values)}"


def _root() -> str:
    return str(settings.PENCERE.url).rstrip("/")


@access.public
def description(request: HttpRequest) -> HttpResponse:
    """What can be asked here, for programs: OpenAPI 3.1."""
    found = openapi.describe(country.current(), _root(), _language(request), VERSION)
    response = JsonResponse(found)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=300"
    return response
