"""What registers publish, for everybody: `/open/<register>.csv`. No person's data, no look to be written."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import http_date

from pencere.base import clock
from pencere.identity import access
from pencere.registers import queries as registers
from pencere.registers.queries import Published

LICENCES = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
            "CC0": "https://creativecommons.org/publicdomain/zero/1.0/"}  # fmt: skip


@access.public
def extract(request: HttpRequest, register: str) -> HttpResponseBase:
    """CSV as RFC 4180, UTF-8; the state at the beginning of the declared period, in `Last-Modified`."""
    found = registers.published(register, clock.now())
    if found is None:
        raise Http404
    response = StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8; header=present")
    response["Content-Disposition"] = f'attachment; filename="{register}-{found.as_of:%Y-%m-%d}.csv"'
    response["Last-Modified"] = http_date(found.as_of.timestamp())
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=3600"
    if found.licence in LICENCES:
        response["Link"] = f'<{LICENCES[found.licence]}>; rel="license"'
    return response


class _Line:
    """Gives back what the writer writes."""

    def write(self, text: str) -> str:
        return text


def _lines(found: Published) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(found.fields)
    for row in registers.published_rows(found):
        yield writer.writerow(["" if value is None else value for value in row])
