"""services/<id>/decision.yaml: the tables by which a service decides and classifies."""

from __future__ import annotations

from pencere.country.declarations import Place
from pencere.country.kinds import FileKind, Source
from pencere.country.nodes import Node
from pencere.country.records import NAME, Entry, Record, Report, Shape, entries_of
from pencere.country.tables import BadTable, Table, parse_table

TABLE = Shape("services/<id>/decision.yaml <table>", required=("hit", "rows"))
HITS = ("unique", "first", "collect")


def read(node: Node, report: Report, source: Source) -> dict[str, Table]:
    tables = {}
    for entry in entries_of(node, report, "", NAME, "the name of a table (a-z 0-9 _)"):
        table = _table(entry, report)
        if table is not None:
            tables[entry.name] = table
    return tables


def _table(entry: Entry, report: Report) -> Table | None:
    record = Record(entry.node, TABLE, report, entry.path)
    hit = record.choice("hit", HITS)
    rows = block_of(record, "rows")
    return parsed_table(entry.name, hit if hit in HITS else "first", rows, report, entry.path) if rows else None


def block_of(record: Record, key: str) -> Node | None:
    """The block of text under `key`, not stripped, so that its lines keep their numbers."""
    node = record.get(key)
    if node is None or not record.text(key):
        return None
    return node


def parsed_table(name: str, hit: str, block: Node, report: Report, path: str) -> Table | None:
    assert isinstance(block.value, str)
    try:
        return parse_table(name, hit, block.value, Place(block.file, block.text_line))
    except BadTable as bad:
        for line, message in bad.problems:
            report.unusable(block.text_line + line, path, message)
        return None


KIND = FileKind("decision", "services/<id>/decision.yaml", (TABLE,), read)
