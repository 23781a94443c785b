"""lists/<id>.yaml: a named list of codes that several declarations share (`of: list:<id>`)."""

from __future__ import annotations

from pencere.country.declarations import CodeList
from pencere.country.kinds import FileKind, Source
from pencere.country.nodes import Node
from pencere.country.records import NAME, Record, Report, Shape, texts_of

LIST = Shape("lists/<id>.yaml", required=("values",), optional=("law", "status"))


def read(node: Node, report: Report, source: Source) -> CodeList:
    record = Record(node, LIST, report)
    values = {
        entry.name: texts_of(entry.node, report, entry.path, source.languages)
        for entry in record.entries("values", NAME, "a code (a-z 0-9 _)")
    }
    confirmed = record.choice("status", ("to_be_confirmed",)) == ""
    if not confirmed:
        report.warning(record.line("status"), "status", "the list is to be confirmed")
    return CodeList(source.id, values, record.place, record.optional_law("law"), confirmed)


KIND = FileKind("list", "lists/<id>.yaml", (LIST,), read)
