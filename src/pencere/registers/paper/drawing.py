"""The invented papers of the demonstration, drawn by Typst from `registers/<id>/paper.csv`: cards with a mark that they

are synthetic. One is a PDF, one has a stain over its first field, one a field with nothing in it; so that every way of
a paper can be walked. Made once, at the first start of a demo; never in an installation that serves.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from pencere import country
from pencere.registers.paper import wording
from pencere.registers.paper.typing import typed_fields
from pencere.registers.rules import Shape
from pencere.registers.using import shape_of

FILE = "paper.csv"
DRAWN_AT = datetime(2026, 1, 15, tzinfo=UTC)
DOTS = 110
"""To the inch: to be read on a screen, some 40 KB a picture."""

_CARD = """
#let paper = json("paper.json")
#set page(width: 148mm, height: 92mm, margin: 10mm, fill: rgb("#f3ead6"))
#set text(size: 11pt, fill: rgb("#2a2a33"))
#place(center + horizon, rotate(-24deg, text(size: 30pt, fill: rgb("#d9cba8"), weight: "bold")[#paper.mark]))
#text(size: 15pt, weight: "bold")[#paper.title] #h(1fr) #text(size: 8pt)[#paper.mark]
#line(length: 100%, stroke: 0.6pt)
#grid(columns: (42mm, 1fr), row-gutter: 4.2mm, ..paper.lines.map(line => (
  text(size: 9pt, fill: rgb("#5d5648"))[#line.at(0)], text(style: "italic", fill: rgb("#1f3a7a"))[#line.at(1)],
)).flatten())
#if paper.stain { place(top + left, dx: 40mm, dy: 10mm, ellipse(width: 52mm, height: 17mm, fill: rgb("#7a5c34"))) }
"""


def lines_of(register_id: str) -> list[dict[str, str]]:
    """What the invented papers say; none where the register has no such file."""
    file = country.current().folder / "registers" / register_id / FILE
    if not file.is_file():
        return []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def papers(register_id: str) -> list[bytes]:
    """The scans, in the order of the file; the same bytes each time."""
    rows, shape = lines_of(register_id), shape_of(register_id)
    return [drawn(shape, row, stain=number == len(rows), as_pdf=number == 2) for number, row in enumerate(rows, 1)]


def drawn(shape: Shape, row: Mapping[str, str], *, stain: bool = False, as_pdf: bool = False) -> bytes:
    """One card as PNG or PDF, in the country's first language, as an archive of that country would hold it."""
    import typst  # no process that serves pages may hold it

    language = shape.country.languages[0]
    card = {
        "title": shape.country.text(shape.register.texts, "of", language),
        "mark": "SİNTETİK · SYNTHETIC",
        "lines": [
            [wording.label(shape, name, language), _written(shape, name, row.get(name, ""), language)]
            for name in typed_fields(shape)
        ],
        "stain": stain,
    }
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "card.typ"
        page.write_text(_CARD, encoding="utf-8")
        (Path(folder) / "paper.json").write_text(json.dumps(card, ensure_ascii=False), encoding="utf-8")
        if as_pdf:
            return typst.compile(str(page), format="pdf", timestamp=DRAWN_AT)
        found = typst.compile(str(page), format="png", ppi=DOTS)
    return found[0] if isinstance(found, list) else found


def _written(shape: Shape, name: str, text: str, language: str) -> str:
    """As it would stand on a paper: days in figures, words for codes."""
    field = typed_fields(shape)[name]
    if not text:
        return " "
    if field.kind == "date":
        return f"{date.fromisoformat(text):%d.%m.%Y}"
    return wording.value(shape, field, text, language)
