"""The archive of an export: the rows as CSV and as JSON lines, what they mean, and a page of words in each language.

Written as it is sent. The directory of the archive comes last, so an archive that was cut off cannot be opened.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, cast

from django.utils import translation
from django.utils.translation import gettext

from pencere.base import clock
from pencere.country.declarations import Country, Register
from pencere.registers import showing
from pencere.registers.models import Export
from pencere.registers.out import formats
from pencere.registers.out.csvw import Sheet, metadata
from pencere.registers.out.row_schema import row_schema
from pencere.registers.out.taking import DAYS, Taken
from pencere.ui import writing

_BLOCK = 1 << 18
_LOWEST_YEAR = 1980
_CODES = 20
"""So many codes at most stand in the page of words; the metadata has them all."""


class Out:
    """What the archive writes, until it is sent on."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._at = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        found = b"".join(self._parts)
        self._parts.clear()
        return found


def parts(
    country: Country, register: Register, fields: Sequence[str], rows: Iterable[Sequence[Taken]], export: Export,
    name: str,
) -> Iterator[bytes]:  # fmt: skip
    """The rows are read once: the CSV is sent as it is made, the JSON lines wait in a file without a name meanwhile."""
    out = Out()
    with (
        tempfile.TemporaryFile() as lines,
        zipfile.ZipFile(cast(IO[bytes], out), "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        sheet = Sheet(f"{name}.csv", register, fields, every_period=export.on is None, modified=export.known_at,
                      note=_notes(country))  # fmt: skip
        _put(archive, export, f"{name}.csv-metadata.json", _written(metadata(country, sheet)))
        _put(archive, export, f"{name}.schema.json", _written(row_schema(country, register, fields)))
        for language in country.languages:
            _put(archive, export, f"README.{language}.txt", _readme(country, register, fields, export, name, language))
        with archive.open(_entry(export, f"{name}.csv"), "w", force_zip64=True) as file:
            for part in formats.as_csv(country, register, fields, _kept(lines, fields, rows)):
                file.write(part)
                yield out.taken()
        lines.seek(0)
        with archive.open(_entry(export, f"{name}.jsonl"), "w", force_zip64=True) as file:
            while block := lines.read(_BLOCK):
                file.write(block)
                yield out.taken()
    yield out.taken()


def _kept(lines: IO[bytes], fields: Sequence[str], rows: Iterable[Sequence[Taken]]) -> Iterator[Sequence[Taken]]:
    """The batches as they pass, each written as JSON lines too."""
    for batch in rows:
        lines.writelines(formats.as_json_lines(fields, [batch]))
        yield batch


def _put(archive: zipfile.ZipFile, export: Export, name: str, text: str) -> None:
    archive.writestr(_entry(export, name), text.encode())


def _entry(export: Export, name: str) -> zipfile.ZipInfo:
    """Dated by the export, so that the same rows are the same archive."""
    at = export.known_at
    info = zipfile.ZipInfo(name, (max(at.year, _LOWEST_YEAR), at.month, at.day, at.hour, at.minute, at.second))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _written(found: object) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _notes(country: Country) -> dict[str, str]:
    found = {}
    for language in country.languages:
        with translation.override(language):
            found[language] = gettext(
                "Texts stand as they are in the register. A spreadsheet may take one that begins with =, +, - or @ for "
                "a formula: open the file by importing its columns as text."
            )
    return found


def _readme(
    country: Country, register: Register, fields: Sequence[str], export: Export, name: str, language: str
) -> str:
    with translation.override(language):
        title = country.text(register.texts, "title", language)
        day = writing.day(export.on, language) if export.on else ""
        held = gettext("Rows that hold on %(day)s.") % {"day": day} if day else gettext("Rows of every period.")
        known = gettext("As the register knew it on %(moment)s.") % {
            "moment": writing.moment(export.known_at, language)
        }
        lines = [
            title, "", gettext("Kept by:") + " " + _keeper(country, register, export, language), held, known,
            gettext("Export number %(number)s. Reason stated: %(reason)s")
            % {"number": export.pk, "reason": export.reason},
            "", gettext("What is in this archive"),
            f"- {name}.csv: " + gettext("the rows, as CSV (RFC 4180) in UTF-8; the first line names the fields"),
            f"- {name}.jsonl: " + gettext("the same rows in JSON, one a line"),
            f"- {name}.csv-metadata.json: " + gettext("what each column holds (W3C CSVW)"),
            f"- {name}.schema.json: " + gettext("what a row is in JSON (JSON Schema 2020-12)"),
            "", gettext("The fields"),
            *(_field_line(country, register, field, language) for field in (*fields, *DAYS)),
            "", _notes(country)[language],
            gettext("To load the rows into an empty register: pencere import --exported %(register)s %(file)s")
            % {"register": register.id, "file": f"{name}.csv"},
        ]  # fmt: skip
        personal = [f for f in fields if register.fields[f].personal in ("ordinary", "special")]
        if personal or register.about:
            lines += ["", gettext(
                "The file holds data of persons. Each of them can see that it was taken, by which office and why. Keep "
                "it only as long as the reason lasts, and give it to nobody who has no right to it."
            )]  # fmt: skip
    return "\n".join(lines) + "\n"


def _keeper(country: Country, register: Register, export: Export, language: str) -> str:
    return country.agencies[register.agency].name(language, clock.day_in(country.time_zone, export.known_at))


def _field_line(country: Country, register: Register, name: str, language: str) -> str:
    """A field's name in the file, what it is called, in which unit it is, and what its codes mean if they are few."""
    field = formats.field_of(register, name)
    codes = formats.labels_of(country, register, field, language)
    words = showing.measured_label(register, name)
    if len(codes) > _CODES:
        elsewhere = gettext("what the codes mean is in the metadata")
        return f"- {name}: {words} ({elsewhere})"
    meant = "; ".join(f"{code} = {label}" for code, label in codes.items())
    return f"- {name}: {words}" + (f" ({meant})" if meant else "")
