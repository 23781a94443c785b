"""acts/<id>.yaml: a law or another act that declarations stand on."""

from __future__ import annotations

from pencere.country.declarations import Act
from pencere.country.kinds import FileKind, Source
from pencere.country.nodes import Node
from pencere.country.records import ID, Record, Report, Shape

ACT = Shape(
    "acts/<id>.yaml",
    required=("title",),
    optional=("number", "date", "in_force", "until", "url", "repealed_by", "status"),
)


def read(node: Node, report: Report, source: Source) -> Act:
    record = Record(node, ACT, report)
    confirmed = record.choice("status", ("to_be_confirmed",)) == ""
    if confirmed:
        for key in ("number", "date", "in_force"):
            if not record.has(key):
                report.error(
                    node.line, "", f'"{key}" is missing; where it is not known yet, say status: to_be_confirmed'
                )
    else:
        report.warning(record.line("status"), "status", "the act is to be confirmed")
    return Act(
        id=source.id,
        title=record.texts("title", source.languages, least=1),
        number=record.optional_text("number"),
        signed=record.optional_day("date"),
        in_force=record.optional_day("in_force"),
        until=record.optional_day("until"),
        url=record.optional_text("url"),
        repealed_by=record.optional_matching("repealed_by", ID, "the id of an act"),
        confirmed=confirmed,
        place=record.place,
    )


KIND = FileKind("act", "acts/<id>.yaml", (ACT,), read)
