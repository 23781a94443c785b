"""The counts that registers publish, for everybody: `/open/<register>.extract.csv`, its meaning, and JSON."""

from __future__ import annotations

import csv
import hashlib
import io

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from pencere import country
from pencere.base import clock
from pencere.country.declarations import Country
from pencere.identity import access
from pencere.registers.out import extracts, suppressing
from pencere.registers.out.csvw import Metadata, code_list, context, dialect, titles_of
from pencere.registers.out.extracts import Counts
from pencere.registers.out.formats import codes_of
from pencere.registers.out.open_files import CSVW_TYPE, LICENCES, etag_of, for_everybody

_RETRY = 60


@access.public
@require_safe
def counts_csv(request: HttpRequest, register: str) -> HttpResponseBase:
    """A line for each combination of values and each total."""
    found = _demand(register)
    if found is None:
        return _not_yet()
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([*found.table.by, "count", "withheld"])
    for key, count in found.table.cells.items():
        writer.writerow([*key, "" if count is None else count, "true" if count is None else "false"])
    return _answer(request, found, target.getvalue().encode(), "csv", "text/csv; charset=utf-8; header=present")


@access.public
@require_safe
def counts_json(request: HttpRequest, register: str) -> HttpResponseBase:
    """The same, with how it was made."""
    found = _demand(register)
    if found is None:
        return _not_yet()
    here = country.current()
    said = {
        "register": register,
        "title": dict(here.registers[register].texts.get("title", {})),
        "as_of": found.as_of.isoformat(),
        "by": found.table.by,
        "left_out": found.table.left_out,
        "least": found.least,
        "open_at_least": found.width,
        "codes": {
            name: codes_of(here, here.registers[register], here.registers[register].fields[name])
            for name in found.table.by
        },
        "description": _notes(here, found),
        "cells": [
            {**dict(zip(found.table.by, key, strict=True)), "count": count, "withheld": count is None}
            for key, count in found.table.cells.items()
        ],
    }
    return _answer(request, found, msgspec.json.encode(said), "json", "application/json")


@access.public
@require_safe
def counts_metadata(request: HttpRequest, register: str) -> HttpResponseBase:
    """What the columns mean, and how the counts were made so that nobody is told by them (W3C CSVW)."""
    found = _demand(register)
    if found is None:
        return _not_yet()
    response = JsonResponse(metadata(country.current(), found), content_type=CSVW_TYPE,
                            json_dumps_params={"ensure_ascii": False})  # fmt: skip
    return for_everybody(response)


def metadata(here: Country, found: Counts) -> Metadata:
    register = here.registers[found.register]
    assert register.extract is not None
    columns: list[Metadata] = [
        {"name": name, "titles": titles_of(register, name), "datatype": "string", "required": True, "null": [],
         **code_list(codes_of(here, register, register.fields[name]))}
        for name in found.table.by
    ]  # fmt: skip
    columns.append({"name": "count", "titles": {"und": ["count"]}, "datatype": {"base": "integer", "minimum": 0}})
    columns.append({"name": "withheld", "titles": {"und": ["withheld"]}, "required": True, "null": [],
                    "datatype": {"base": "boolean", "format": "true|false"}})  # fmt: skip
    schema: Metadata = {"columns": columns, **({"primaryKey": list(found.table.by)} if found.table.by else {})}
    licence = LICENCES.get(register.extract.licence)
    return {
        "@context": context(here),
        "url": f"{found.register}.extract.csv",
        "dc:title": [{"@value": text, "@language": code} for code, text in register.texts.get("title", {}).items()],
        "dc:description": [{"@value": text, "@language": code} for code, text in _notes(here, found).items()],
        "dc:modified": {"@value": found.as_of.isoformat(), "@type": "xsd:dateTime"},
        **({"dc:license": {"@id": licence}} if licence else {}),
        "dialect": dialect(),
        "tableSchema": schema,
    }


def _demand(register: str) -> Counts | None:
    """None while the counts of the period are not made. Raises Http404 where none are declared."""
    try:
        return extracts.current(register, clock.now())
    except LookupError:
        raise Http404 from None


def _not_yet() -> HttpResponse:
    response = HttpResponse(gettext("These counts are being made. Come back in a few minutes."), status=503,
                            content_type="text/plain; charset=utf-8")  # fmt: skip
    response["Retry-After"] = str(_RETRY)
    return response


def _answer(request: HttpRequest, found: Counts, body: bytes, suffix: str, media_type: str) -> HttpResponseBase:
    etag = etag_of(suffix, found.as_of.isoformat(), {"digest": hashlib.sha256(body).hexdigest()})
    response = get_conditional_response(request, etag=etag, last_modified=int(found.as_of.timestamp()))
    if response is None:
        response = HttpResponse(body, content_type=media_type)
        name = f"{found.register}-{found.as_of:%Y-%m-%d}.extract.{suffix}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Link"] = f'<{found.register}.extract.csv-metadata.json>; rel="describedby"; type="{CSVW_TYPE}"'
    response["ETag"] = etag
    response["Last-Modified"] = http_date(found.as_of.timestamp())
    return for_everybody(response)


def _notes(here: Country, found: Counts) -> dict[str, str]:
    notes = {}
    for language in here.languages:
        with translation.override(language):
            notes[language] = gettext(
                "How many rows there are. %(total)s stands for all values together, %(unknown)s for unknown, %(other)s "
                "for values that occur too rarely to be shown. What is not listed is nothing. A count from 1 to "
                "%(most)s is withheld, and other counts with it, so that sums do not give it away: every withheld "
                "count stays open by at least %(width)s."
            ) % {
                "total": suppressing.TOTAL, "unknown": suppressing.UNKNOWN, "other": suppressing.OTHER,
                "most": found.least - 1, "width": found.width,
            }  # fmt: skip
    return notes
