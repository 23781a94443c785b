"""Archive holdings as Encoded Archival Description 2002: one finding aid a fond, with all that lies below it.

Which register is which level, and which field which element, is declared (`speaks.ead`); the rows below a row are those
that refer to it. Written as it is read: of a fond of a million files a few thousand are in memory at a time.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import IO, cast
from xml.sax.saxutils import escape, quoteattr

from babel import Locale
from babel.core import UnknownLocaleError

from pencere.country import speaking
from pencere.country.declarations import Country, EadLevel, Register
from pencere.registers.out.formats import labels_of
from pencere.registers.out.package import Out
from pencere.registers.out.taking import Taken, Wanted, rows_below
from pencere.registers.rules import plain

NAMESPACE = "urn:isbn:1-931666-22-9"
_LANGUAGES = {"az": "aze", "en": "eng", "ru": "rus"}
_BESIDE = ("bioghist", "scopecontent", "accessrestrict")
"""Elements that stand after <did>, in paragraphs."""


def parts(
    country: Country, register: Register, rows: Iterable[Sequence[Taken]], on: date | None, known_at: datetime,
    agency: str, published: bool = False,
) -> Iterator[bytes]:  # fmt: skip
    """An archive with a file for each row and all rows below it; `published`: of those only what everybody may see."""
    out = Out()
    with zipfile.ZipFile(cast(IO[bytes], out), "w", zipfile.ZIP_DEFLATED) as archive:
        for batch in rows:
            for row in batch:
                level = _level(register)
                unit = str(row.values[level.says["unitid"]])
                name = f"{re.sub('[^A-Za-z0-9]+', '-', unit).strip('-')}-{zlib.crc32(unit.encode()):08x}.xml"
                with archive.open(name, "w", force_zip64=True) as file:
                    for piece in finding_aid(country, register, row, on, known_at, agency, published):
                        file.write(piece.encode())
                        if sent := out.taken():
                            yield sent
    yield out.taken()


def finding_aid(
    country: Country, register: Register, row: Taken, on: date | None, known_at: datetime, agency: str, published: bool
) -> Iterator[str]:
    """One document, piece by piece. `agency`: who keeps the register and so publishes the aid."""
    level = _level(register)
    title, unit = str(row.values[level.says["unittitle"]]), str(row.values[level.says["unitid"]])
    language = _LANGUAGES.get(country.languages[0], "und")
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ead xmlns={quoteattr(NAMESPACE)}>\n'
        f"<eadheader><eadid>{escape(unit)}</eadid><filedesc><titlestmt><titleproper>{escape(title)}</titleproper>"
        f"</titlestmt><publicationstmt><publisher>{escape(agency)}</publisher>"
        f"<date normal={quoteattr(known_at.date().isoformat())}>{known_at.date().isoformat()}</date>"
        f"</publicationstmt></filedesc><profiledesc><langusage>"
        f"<language langcode={quoteattr(language)}>{escape(_language_name(country))}</language></langusage>"
        f"</profiledesc></eadheader>\n<archdesc level={quoteattr(level.level)}>\n"
    )
    yield _described(country, register, level, row)
    yield from _below(country, register, row, on, known_at, published, ("<dsc>\n", "</dsc>\n"))
    yield "</archdesc>\n</ead>\n"


def _language_name(country: Country) -> str:
    """The language of the aid in its own words."""
    try:
        return Locale.parse(country.languages[0], sep="-").get_language_name() or country.languages[0]
    except (UnknownLocaleError, ValueError):
        return country.languages[0]


def _below(
    country: Country, register: Register, row: Taken, on: date | None, known_at: datetime, published: bool,
    around: tuple[str, str],
) -> Iterator[str]:  # fmt: skip
    begun, (before, after) = False, around
    for lower in speaking.below(country, register):
        level = _level(lower)
        assert level.parent is not None
        wanted = Wanted(lower.id, speaking.ead_fields(level), on, known_at, published=published)
        for batch in rows_below(wanted, level.parent, row.values[register.key[0]]):
            if batch and not begun:
                yield before
                begun = True
            for each in batch:
                yield f"<c level={quoteattr(level.level)}>"
                yield _described(country, lower, level, each)
                yield from _below(country, lower, each, on, known_at, published, ("", ""))
                yield "</c>\n"
    if begun:
        yield after


def _described(country: Country, register: Register, level: EadLevel, row: Taken) -> str:
    """<did> and what stands beside it."""
    said = {name: _text(country, register, field, row) for name, field in level.says.items()}
    did = [_element("unitid", said.get("unitid")), _element("unittitle", said.get("unittitle")),
           _dates(level, row), _element("origination", said.get("origination")),
           _element("repository", said.get("repository")), _physical(country, register, level, row, said),
           _element("langmaterial", said.get("langmaterial"))]  # fmt: skip
    beside = [_paragraphs(name, said.get(name)) for name in _BESIDE]
    return f"<did>{''.join(did)}</did>{''.join(beside)}\n"


def _physical(country: Country, register: Register, level: EadLevel, row: Taken, said: Mapping[str, str]) -> str:
    language = country.languages[0]
    extents = [
        f"<extent>{escape(country.text(register.texts, field, language))}: {escape(str(row.values[field]))}</extent>"
        for field in level.extent
        if row.values[field] is not None
    ]
    inside = "".join(extents) + _element("physfacet", said.get("physfacet"))
    return f"<physdesc>{inside}</physdesc>" if inside else ""


def _dates(level: EadLevel, row: Taken) -> str:
    """`1928/1994`, ISO 8601; a fond that still grows has no end."""
    days = [_day(row.values[name]) for name in level.unitdate]
    if not days or not days[0]:
        return ""
    if len(days) == 1 or days[1] == days[0]:
        return f"<unitdate normal={quoteattr(days[0])}>{days[0]}</unitdate>"
    if not days[1]:
        return f"<unitdate>{days[0]}–</unitdate>"
    return f'<unitdate type="inclusive" normal={quoteattr(f"{days[0]}/{days[1]}")}>{days[0]}–{days[1]}</unitdate>'


def _day(value: object) -> str:
    if isinstance(value, int):
        return f"{value:04}"
    return "" if value is None else str(plain(value))


def _text(country: Country, register: Register, field: str, row: Taken) -> str:
    value = row.values[field]
    if value is None:
        return ""
    labels = labels_of(country, register, register.fields[field], country.languages[0])
    return labels.get(str(value), str(value))


def _element(name: str, text: str | None) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""


def _paragraphs(name: str, text: str | None) -> str:
    if not text:
        return ""
    inside = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())
    return f"<{name}>{inside}</{name}>"


def _level(register: Register) -> EadLevel:
    level = register.speaks.ead
    if level is None:
        raise ValueError(f"{register.id} is no level of an archive")
    return level
