"""The same numbers for programs, as CSV (RFC 4180) and JSON: of all registers, in all languages at once."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from pencere import country
from pencere.country.declarations import Country
from pencere.identity import access
from pencere.registers.digital import queries
from pencere.registers.digital.reckoning import LEAST, Digital, held_of

COLUMNS = (
    "register", "agency", "kept", "state", "counted_at", "rows", "rounded_to", "universe", "universe_on",
    "universe_source", "universe_assumed", "universe_of", "held", "papers_waiting", "coverage_percent",
    "fullness_percent", "digital_percent", "newest_entry",
)  # fmt: skip


@access.public
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    text = io.StringIO()
    written = csv.writer(text)
    written.writerow(COLUMNS)
    here = country.current()
    for found in queries.all_digital():
        values = _values(here, found)
        written.writerow(["" if values[name] is None else values[name] for name in COLUMNS])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8; header=present")
    response["Content-Disposition"] = 'attachment; filename="how-digital.csv"'
    return _for_everybody(response)


@access.public
@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    here = country.current()
    page = str(settings.PENCERE.url).rstrip("/")
    found = {
        "page": {language: f"{page}/{language}/open/registers/" for language in here.languages},
        "registers": [
            {
                **_values(here, each),
                "title": dict(here.registers[each.register].texts.get("title", {})),
                "universe_counts": dict(here.registers[each.register].texts.get("universe", {})),
                "fields": [
                    {"field": field.name, "filled_percent": _percent(field.share), "wanted": field.wanted}
                    for field in each.fields
                ],
            }
            for each in queries.all_digital()
        ],
    }
    return _for_everybody(JsonResponse(found, json_dumps_params={"ensure_ascii": False}))


def _values(here: Country, found: Digital) -> dict[str, object]:
    register, universe = here.registers[found.register], found.universe
    return {
        "register": register.id,
        "agency": register.agency,
        "kept": register.kept,
        "state": found.state,
        "counted_at": found.at.isoformat(timespec="seconds") if found.at else None,
        "rows": found.rows,
        "rounded_to": LEAST if found.rounded else 1,
        "universe": universe.amount if universe else None,
        "universe_on": universe.on.isoformat() if universe and universe.on else None,
        "universe_source": universe.source if universe else None,
        "universe_assumed": universe.assumed if universe else None,
        "universe_of": (held_of(universe) or "rows") if universe else None,
        "held": found.rows if found.held is None else float(found.held),
        "papers_waiting": found.waiting,
        "coverage_percent": _percent(found.coverage),
        "fullness_percent": _percent(found.fullness),
        "digital_percent": _percent(found.digital),
        "newest_entry": found.newest.date().isoformat() if found.newest else None,
    }


def _percent(share: int | None) -> float | None:
    return None if share is None else float(Decimal(share) / 10)


def _for_everybody(response: HttpResponse) -> HttpResponse:
    """Any page of any site may read it."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=300"
    return response
