"""A file that somebody handed in, sent to a browser: powerless whatever it holds, kept by no cache on the way."""

from __future__ import annotations

from django.http import HttpResponse

from pencere.base import media

_POWERLESS = "default-src 'none'; sandbox; frame-ancestors 'none'"


def response(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A picture is shown; all else is handed over, to be opened by a program that its reader chooses."""
    answer = HttpResponse(content, content_type=media_type)
    how = "inline" if media_type in media.PICTURES else "attachment"
    answer["Content-Disposition"] = f'{how}; filename="{name}"'
    answer["Content-Security-Policy"] = _POWERLESS
    answer["Cache-Control"] = "private, no-store"
    return answer
