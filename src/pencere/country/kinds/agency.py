"""agencies/<id>.yaml: an agency, its names through time, and its member code in the exchange."""

from __future__ import annotations

import re
from datetime import date

from pencere.country.declarations import Agency, Texts
from pencere.country.kinds import FileKind, Source
from pencere.country.nodes import Node
from pencere.country.records import ID, Record, Report, Shape, day_of, texts_of

AGENCY = Shape(
    "agencies/<id>.yaml",
    required=("names", "xroad"),
    optional=("abbreviation", "part_of", "predecessor", "successor", "executes_for", "contact"),
)
XROAD = Shape("agencies/<id>.yaml xroad", required=("class", "code"))
CONTACT = Shape("agencies/<id>.yaml contact", optional=("phone", "email", "url", "address"))
MEMBER_CODE = re.compile(r"[a-z0-9-]+")


def read(node: Node, report: Report, source: Source) -> Agency:
    record = Record(node, AGENCY, report)
    xroad = record.record("xroad", XROAD)
    contact = record.record("contact", CONTACT)
    agency = "the id of an agency"
    return Agency(
        id=source.id,
        names=_names(record, source.languages),
        xroad_class=xroad.text("class"),
        xroad_code=xroad.matching("code", MEMBER_CODE, "a member code (a-z 0-9 -)"),
        part_of=record.optional_matching("part_of", ID, agency),
        predecessor=record.optional_matching("predecessor", ID, agency),
        successor=record.optional_matching("successor", ID, agency),
        executes_for=record.optional_matching("executes_for", ID, agency),
        contact={key: contact.text(key) for key in CONTACT.keys if contact.has(key)},
        abbreviation=record.optional_text("abbreviation"),
        place=record.place,
    )


def _names(record: Record, languages: tuple[str, ...]) -> tuple[tuple[date | None, Texts], ...]:
    """Names per language, or, where the agency was renamed, the day each name began -> names per language."""
    node = record.get("names")
    if node is None:
        return ((None, {}),)
    report, path = record.report, "names"
    if not isinstance(node.value, dict) or not any(day_of(key) for key in node.value):
        return ((None, texts_of(node, report, path, languages)),)
    names: list[tuple[date | None, Texts]] = []
    for key, item in node.value.items():
        day = day_of(key)
        if day is None:
            report.unusable(item.line, path, f'"{key}" is not the date on which a name began')
        names.append((day, texts_of(item, report, f"{path}.{key}", languages)))
    return tuple(sorted(names, key=lambda each: each[0] or date.min))


KIND = FileKind("agency", "agencies/<id>.yaml", (AGENCY, XROAD, CONTACT), read)
