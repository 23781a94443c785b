"""What registers publish, for everybody: a page of all of it, and the files. No person's data, no look to be written.

A file is the state at the beginning of the declared period, so it is the same until the next one begins: `ETag` and
`Last-Modified` say so, and who has it already gets no second copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from pencere import country
from pencere.base import clock
from pencere.base.writing import sort_key
from pencere.catalogue import queries as catalogue
from pencere.country.cells import facts_of
from pencere.country.declarations import Country, Register
from pencere.identity import access
from pencere.registers import indexing
from pencere.registers.out import extracts, formats, speaking
from pencere.registers.out.csvw import Metadata, Sheet, group, metadata
from pencere.registers.out.row_schema import row_schema
from pencere.registers.out.taking import Taken, Wanted, open_rows
from pencere.registers.publishing import Published, published
from pencere.registers.using import shape_of
from pencere.ui.sharing import same_for_all

LICENCES = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
            "CC0": "https://creativecommons.org/publicdomain/zero/1.0/"}  # fmt: skip
CSVW_TYPE, SCHEMA_TYPE = "application/csvm+json", "application/schema+json"

_AGE = 3600


@dataclass(frozen=True, slots=True)
class OpenCard:
    """A register on the page of all that is published."""

    id: str
    title: str
    of: str  # what a row is
    agency: str
    fields: tuple[str, ...]
    depends: tuple[str, ...]  # the fields by which it is decided whether a row is published
    licence: str
    licence_url: str
    every: str
    found: Published | None
    holdings: bool
    mapped: bool
    counted_by: str
    counts_every: str
    counts_as_of: datetime | None


@access.public
@same_for_all
@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """All that is published, by agency and title."""
    here, language = country.current(), get_language() or country.current().languages[0]
    style = here.writing.get(language) or here.writing[here.languages[0]]
    cards = sorted(_cards(here, language), key=lambda card: (sort_key(card.agency, style), sort_key(card.title, style)))
    return render(request, "registers/open.html", {"cards": cards})


@access.public
@require_safe
def rows_csv(request: HttpRequest, register: str) -> HttpResponseBase:
    """CSV as RFC 4180, UTF-8."""
    here, found = country.current(), _demand(register)

    def parts() -> Iterator[bytes]:
        return formats.as_csv(here, here.registers[register], found.fields, _rows(found), days=False)

    return _file(request, found, "csv", "text/csv; charset=utf-8; header=present", parts)


@access.public
@require_safe
def rows_json(request: HttpRequest, register: str) -> HttpResponseBase:
    """An array of rows, as `schema` says."""
    found = _demand(register)
    return _file(request, found, "json", "application/json",
                 lambda: formats.as_json(found.fields, _rows(found), days=False))  # fmt: skip


@access.public
@require_safe
def holdings(request: HttpRequest, register: str) -> HttpResponseBase:
    """Archive holdings as EAD 2002, a finding aid for each fond; only where all that it says is open."""
    here, found = country.current(), _demand(register)
    declared = here.registers[register]
    if "ead" not in speaking.formats_of(declared) or not speaking.is_open(here, declared, "ead"):
        raise Http404
    day = clock.day_in(here.time_zone, found.as_of)
    wanted = Wanted(register, speaking.fields_of(declared, "ead"), day, found.as_of)

    def parts() -> Iterator[bytes]:
        return speaking.parts(here, declared, "ead", open_rows(wanted), on=day, known_at=found.as_of, base="",
                              published=True)  # fmt: skip

    return _file(request, found, "ead.zip", "application/zip", parts)


@access.public
@require_safe
def csv_metadata(request: HttpRequest, register: str) -> HttpResponseBase:
    """What the columns of the CSV are (W3C CSVW); a reader finds it by its name beside the file."""
    found = _demand(register)
    return _meaning(request, found, metadata(country.current(), _sheet(found)), CSVW_TYPE)


@access.public
@require_safe
def schema(request: HttpRequest, register: str) -> HttpResponseBase:
    """What a row of the JSON is (JSON Schema 2020-12)."""
    here, found = country.current(), _demand(register)
    return _meaning(request, found, row_schema(here, here.registers[register], found.fields, days=False), SCHEMA_TYPE)


@access.public
@require_safe
def all_metadata(request: HttpRequest) -> HttpResponseBase:
    """All published tables together, with the keys between them (a CSVW table group)."""
    here = country.current()
    sheets = [_sheet(found) for found in _all(here)]
    response = JsonResponse(group(here, sheets), content_type=CSVW_TYPE, json_dumps_params={"ensure_ascii": False})
    return for_everybody(response)


def _all(here: Country) -> Iterator[Published]:
    now = clock.now()
    for id_ in here.registers:
        if (found := published(id_, now)) is not None:
            yield found


def _cards(here: Country, language: str) -> Iterator[OpenCard]:
    every = {"day": gettext("every day"), "week": gettext("every week"), "month": gettext("every month"),
             "year": gettext("every year")}  # fmt: skip
    now, day = clock.now(), clock.day_in(here.time_zone)
    for register in here.registers.values():
        found, extract = published(register.id, now), register.extract if register.kept == "here" else None
        if found is None and extract is None:
            continue
        agency = catalogue.agency_card(register.agency, language, day)
        licence = found.licence if found else extract.licence if extract else ""
        yield OpenCard(
            id=register.id,
            title=here.text(register.texts, "title", language),
            of=here.text(register.texts, "of", language),
            agency=agency.name if agency else register.agency,
            fields=tuple(here.text(register.texts, name, language) for name in (found.fields if found else ())),
            depends=tuple(
                here.text(register.texts, name, language)
                for name in facts_of(register.open_data.when if found and register.open_data else None)
            ),
            licence=licence,
            licence_url=LICENCES.get(licence, ""),
            every=every[found.every] if found else "",
            found=found,
            holdings="ead" in speaking.formats_of(register) and speaking.is_open(here, register, "ead"),
            mapped=any(register.fields[name].kind == "geometry" for name in (found.fields if found else ())),
            counted_by="; ".join(here.text(register.texts, name, language) for name in extract.by) if extract else "",
            counts_every=every[extract.every] if extract else "",
            counts_as_of=extracts.as_of(here, register.id, extract, now) if extract else None,
        )


def _demand(register: str) -> Published:
    """Raises Http404 for what is not published, Unavailable while rows cannot be had in their order."""
    found = published(register, clock.now())
    if found is None:
        raise Http404
    indexing.demand_made(shape_of(register))
    return found


def _rows(found: Published) -> Iterator[list[Taken]]:
    day = clock.day_in(country.current().time_zone, found.as_of)
    return open_rows(Wanted(found.register, found.fields, day, found.as_of))


def _sheet(found: Published) -> Sheet:
    return Sheet(f"{found.register}.csv", _register(found), found.fields, days=False, modified=found.as_of,
                 licence=LICENCES.get(found.licence, ""))  # fmt: skip


def _register(found: Published) -> Register:
    return country.current().registers[found.register]


def _file(
    request: HttpRequest, found: Published, suffix: str, media_type: str, parts: Callable[[], Iterator[bytes]]
) -> HttpResponseBase:
    described = metadata(country.current(), _sheet(found))
    etag = etag_of(suffix, found.as_of.isoformat(), {"described": described, "rows": _chosen(found)})
    known = get_conditional_response(request, etag=etag, last_modified=int(found.as_of.timestamp()))
    response: HttpResponseBase
    if known is not None:
        response = known
    else:
        response = StreamingHttpResponse(parts(), content_type=media_type)
        response["Content-Disposition"] = f'attachment; filename="{found.register}-{found.as_of:%Y-%m-%d}.{suffix}"'
    links = [f'<{found.register}.csv-metadata.json>; rel="describedby"; type="{CSVW_TYPE}"']
    if suffix == "json":
        links = [f'<{found.register}.schema.json>; rel="describedby"; type="{SCHEMA_TYPE}"']
    if found.licence in LICENCES:
        links.append(f'<{LICENCES[found.licence]}>; rel="license"')
    response["Link"] = ", ".join(links)
    response["ETag"] = etag
    response["Last-Modified"] = http_date(found.as_of.timestamp())
    return for_everybody(response)


def _chosen(found: Published) -> str:
    """Which rows are published, to know a file by."""
    open_data = _register(found).open_data
    return repr(open_data.when if open_data else None)


def _meaning(request: HttpRequest, found: Published, said: Metadata, media_type: str) -> HttpResponseBase:
    etag = etag_of(media_type, "", said)
    response = get_conditional_response(request, etag=etag) or JsonResponse(
        said, content_type=media_type, json_dumps_params={"ensure_ascii": False}
    )
    response["ETag"] = etag
    return for_everybody(response)


def etag_of(kind: str, as_of: str, said: Metadata) -> str:
    """Another one when a period begins, and when the declaration says something else of the file."""
    text = msgspec.json.encode([kind, as_of, said], order="sorted")
    return quote_etag(hashlib.sha256(text).hexdigest()[:32])


def for_everybody(response: HttpResponseBase) -> HttpResponseBase:
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={_AGE}"
    return response
