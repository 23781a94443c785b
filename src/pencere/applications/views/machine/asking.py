"""What the views for programs share: how they are asked, in whose name and language, and how a mistake is answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, NoReturn

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from pencere import country
from pencere.applications.actions import NotReady, OtherDraft
from pencere.applications.showing import DecisionShown
from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.identity import access
from pencere.identity.queries import Who
from pencere.ui import problems

View = Callable[..., HttpResponse]


class Wrong(Exception):
    """What is answered instead: a status, a sentence, and what belongs to it."""

    def __init__(self, status: int, title: str, **more: object) -> None:
        super().__init__(title)
        self.status, self.title, self.more = status, title, more


def machine_view(*methods: str) -> Callable[[View], View]:
    """A machine's view of a person: methods, the language of the sentences, problems as problem+json."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, **names: Any) -> HttpResponse:
            if request.method not in methods:
                return problems.answer(405, f"ask with {' or '.join(methods)}", {"Allow": ", ".join(methods)})
            with translation.override(language_of(request)):
                try:
                    return view(request, **names)
                except Wrong as wrong:
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


def body_of(request: HttpRequest, kind: type) -> Any:
    """The JSON that was sent; of a multipart request the part `answers`."""
    if request.content_type == "multipart/form-data":
        text: str | bytes = request.POST.get("answers", "")
    else:
        text = request.body
    try:
        given = json.loads(text) if text else kind()
    except (ValueError, RecursionError):
        raise Wrong(400, "this is no JSON") from None
    if not isinstance(given, kind):
        raise Wrong(422, "send a list of objects" if kind is list else "send an object")
    return given


def flag(given: Mapping[str, object], name: str) -> bool:
    value = given.get(name)
    if not isinstance(value, bool):
        _demand(name)
    return bool(value)


def _demand(name: str) -> NoReturn:
    raise Wrong(422, f'send {{"{name}": true}} or {{"{name}": false}}')


def sentence_of(decision: DecisionShown) -> str | None:
    texts = decision.sentence or decision.advice
    return texts.get(translation.get_language() or "") or next(iter(texts.values()), None)


def _plain(details: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in details.items() if isinstance(value, str | int | bool) and name != "value"}


def moment(value: Any) -> str | None:
    return value.isoformat(timespec="seconds").replace("+00:00", "Z") if value else None


def who_of(request: HttpRequest) -> Who:
    return request.who  # type: ignore[attr-defined, no-any-return]


def language_of(request: HttpRequest) -> str:
    here = country.current()
    wanted = request.GET.get("language", "") or translation.get_language_from_request(request)
    return wanted if wanted in here.languages else here.languages[0]


def url_of(name: str, *values: object) -> str:
    return f"{root()}{reverse(name, args=values)}"


def root() -> str:
    return str(settings.PENCERE.url).rstrip("/")
