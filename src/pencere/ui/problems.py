"""What a program is told when something is wrong: problem+json (RFC 9457), one sentence that says what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.http import HttpResponse

TYPE = "application/problem+json"


def answer(status: int, title: str, headers: Mapping[str, str] | None = None, **more: object) -> HttpResponse:
    """`more`: further members of the problem, such as `errors`."""
    body = {"type": "about:blank", "title": title, "status": status, **more}
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=TYPE, headers=headers)
    response["Cache-Control"] = "no-store"
    return response
