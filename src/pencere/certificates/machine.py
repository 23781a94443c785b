"""What machines ask: the state of a certificate by its code, and the trust list."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from pencere import country
from pencere.base import clock
from pencere.certificates import answers, guessing, queries, rules, seals
from pencere.certificates.queries import Asker, Checked
from pencere.identity import access


@csrf_exempt  # nobody's sign-in counts here
@access.public
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """GET: the state. POST {"second_factor", "organisation"}: the facts, too, if the factor is right."""
    if request.method not in ("GET", "POST"):
        return answers.quiet(HttpResponseNotAllowed(["GET", "POST"]))
    now, address = clock.now(), guessing.address_of(request)
    if not guessing.may_ask(address, now):
        response = answers.machine(_problem(429, "too many questions from this address"), 429)
        response["Retry-After"] = str(answers.RETRY_AFTER)
        return response
    if request.method == "GET":
        return answers.machine(_words(queries.check(code, Asker(address), now)))
    asked = _asked(request)
    if asked is None:
        return answers.machine(_problem(400, 'send {"second_factor": "…", "organisation": "…"}'), 400)
    answer, organisation = asked
    return answers.machine(_words(queries.check_with_answer(code, answer, Asker(address, organisation), now)))


@access.public
def trust_list(request: HttpRequest) -> HttpResponse:
    """The signed list of seals; 503 until there is one."""
    seals.trust_list()
    response = HttpResponse(seals.list_path().read_bytes(), content_type="application/json")
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _asked(request: HttpRequest) -> tuple[str, str] | None:
    try:
        body = json.loads(request.body)
        answer, organisation = body["second_factor"], body.get("organisation", "")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not isinstance(answer, str | int) or not isinstance(organisation, str):
        return None
    return str(answer)[:20], organisation[:200]


def _words(checked: Checked) -> dict[str, object]:
    here = country.current()
    kind = here.certificates.get(checked.kind)
    agency = here.agencies.get(checked.agency)
    on = checked.issued_on
    return {
        "state": checked.state,
        "kind": checked.kind or None,
        "title": dict(kind.texts["title"]) if kind else None,
        "agency": checked.agency or None,
        "agency_name": {code: agency.name(code, on) for code in here.languages} if agency and on else None,
        "issued_on": on.isoformat() if on else None,
        "valid_until": checked.valid_until.isoformat() if checked.valid_until else None,
        "ended_on": checked.ended_on.isoformat() if checked.ended_on else None,
        "synthetic": checked.synthetic if checked.state != rules.UNKNOWN else None,
        "second_factor": checked.second_factor or None,
        "answer": checked.answer or None,
        "facts": dict(checked.facts) or None,
    }


def _problem(status: int, title: str) -> dict[str, object]:
    return {"type": "about:blank", "title": title, "status": status}
