"""Questions as a JSON Schema, and answers in JSON read by the very form that draws the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from pencere.applications.views.draft import Draft
from pencere.applications.views.machine.asking import Wrong, who_of
from pencere.applications.views.questions import Asked, ask
from pencere.country.course import Page
from pencere.identity.queries import Who
from pencere.ui import fields as kinds
from pencere.ui.ground_fields import Drawn


def asked_schema(schema: dict[str, Any], page: Page) -> dict[str, Any]:
    """The schema of the fields that are asked, given the answers so far."""
    group = dict(schema["properties"][page.group.name])
    inner = group["items"] if page.group.many else group
    names = {field.name for field in page.fields}
    kept = {**inner, "properties": {name: value for name, value in inner["properties"].items() if name in names}}
    kept["required"] = [field.name for field in page.fields if field.required]
    return {**group, "items": kept} if page.group.many else kept


@dataclass(frozen=True, slots=True)
class _Posted:
    """What the form of a page is read from, in place of a browser's request."""

    method: str
    POST: QueryDict
    FILES: MultiValueDict[str, Any]
    who: Who


def read_only(request: HttpRequest) -> HttpRequest:
    return _Posted("GET", QueryDict(), MultiValueDict(), who_of(request))  # type: ignore[return-value]


def form_of(request: HttpRequest, draft: Draft, page: Page, given: Mapping[str, object], part: str) -> Asked:
    """The form with what was sent; files in the parts `<part><field>`. Raises Wrong with each field's sentences."""
    unknown = [name for name in given if name not in page.group.fields]
    if unknown:
        raise Wrong(422, "these are not asked", errors={name: [] for name in unknown})
    shape = ask(read_only(request), draft, page, {}, []).form
    posted = QueryDict(mutable=True)
    for name, value in given.items():
        _post(posted, name, shape.fields[name], value)
    files = {name.removeprefix(part): each for name, each in request.FILES.items() if name.startswith(part)}
    sent = _Posted("POST", posted, MultiValueDict({name: [each] for name, each in files.items()}), who_of(request))
    asked = ask(sent, draft, page, {}, [])  # type: ignore[arg-type]
    if not asked.form.is_valid():
        errors = {name: [str(words) for words in found] for name, found in asked.form.errors.items()}
        raise Wrong(422, "some answers cannot be taken", errors=errors)
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
