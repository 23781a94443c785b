"""The description of all that can be asked here: OpenAPI 3.1."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from pencere import country
from pencere.applications import (
    openapi,
)
from pencere.applications.views.machine.asking import language_of, root
from pencere.identity import access

VERSION = "1"
"""Of the description; it grows when something in it changes its meaning."""


@access.public
def description(request: HttpRequest) -> HttpResponse:
    """What can be asked here, for programs: OpenAPI 3.1."""
    found = openapi.describe(country.current(), root(), language_of(request), VERSION)
    response = JsonResponse(found)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=300"
    return response
