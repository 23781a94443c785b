"""Who saw my data, as a table for a spreadsheet: read page by page, so that a long list needs no memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

from django.utils import translation
from django.utils.translation import gettext

from pencere.ledger import queries as ledger
from pencere.portal import looks
from pencere.portal.looks import LookCard
from pencere.ui import writing

PAGE = 500
BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheets that the file is UTF-8."""


def lines(identifier: str, language: str, day: date) -> Iterator[str]:
    """The file line by line; the language is set for each, because the answer is sent after the request is over."""
    with translation.override(language):
        titles = [gettext("When"), gettext("Who"), gettext("Why"), gettext("Law"), gettext("From")]
        titles += [gettext("What"), gettext("Service"), gettext("Case"), gettext("Number of the entry")]
        yield BYTE_ORDER_MARK + _line(titles)
    before: str | None = None
    while page := ledger.looks_of(identifier, before=before, limit=PAGE):
        with translation.override(language):
            written = [_row(looks.card(look, language, day), language) for look in page]
        yield from written
        before = page[-1].id


def _row(card: LookCard, language: str) -> str:
    law = f"{card.law.title} {card.law.number} {card.law.article}".strip() if card.law else ""
    when = writing.moment(card.when, language)
    return _line(
        [when, card.who, card.why, law, card.register, "; ".join(card.fields), card.service, card.case, card.id]
    )


def _line(values: list[str]) -> str:
    """A value that a spreadsheet would take for a formula is marked as text."""
    safe = [f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value for value in values]
    target = io.StringIO()
    csv.writer(target).writerow(safe)
    return target.getvalue()
