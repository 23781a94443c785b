"""services/<id>/amounts.yaml: numbers of the law, each with a unit, an article and the dates of its values."""

from __future__ import annotations

import re
from datetime import date, datetime

from pencere.country.declarations import Amount
from pencere.country.kinds import FileKind, Source
from pencere.country.kinds.decision import parsed_table
from pencere.country.nodes import Node
from pencere.country.records import FACT, NAME, Entry, Record, Report, Shape, day_of, entries_of, text_of
from pencere.country.tables import Table

AMOUNT = Shape("services/<id>/amounts.yaml <amount>", required=("unit", "law", "values"), optional=("status", "inputs"))
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,17})\.\d{1,12}")


def read(node: Node, report: Report, source: Source) -> dict[str, Amount]:
    amounts = entries_of(node, report, "", NAME, "the name of an amount (a-z 0-9 _)")
    return {entry.name: _amount(entry, report) for entry in amounts}


def _amount(entry: Entry, report: Report) -> Amount:
    record = Record(entry.node, AMOUNT, report, entry.path)
    assumed = record.choice("status", ("official", "assumed"), default="official") == "assumed"
    if assumed:
        report.warning(record.line("status"), entry.path, "the value is assumed; the agency has to confirm it")
    inputs = record.words("inputs", FACT, "the name of a fact")
    return Amount(
        name=entry.name,
        unit=record.text("unit"),
        law=record.law("law"),
        assumed=assumed,
        inputs=inputs,
        values=_values(record, entry.name, inputs),
        place=record.place,
    )


def _values(record: Record, name: str, inputs: tuple[str, ...]) -> tuple[tuple[date, int | str | Table], ...]:
    node = record.get("values")
    if node is None:
        return ()
    if not isinstance(node.value, dict) or not node.value:
        record.refuse("values", "expected the day from which a value holds and the value, like {2026-01-01: 40}")
        return ()
    values = []
    for text, item in node.value.items():
        path = f"{record.path}.values.{text}"
        day = day_of(text)
        if day is None:
            record.report.unusable(item.line, path, f'"{text}" is not a date like 2026-03-18')
            continue
        value = _value(item, record.report, path, name, inputs)
        if value is not None:
            values.append((day, value))
    return tuple(sorted(values, key=lambda each: each[0]))


def _value(node: Node, report: Report, path: str, name: str, inputs: tuple[str, ...]) -> int | str | Table | None:
    text = text_of(node, report, path)
    if "||" in text:
        table = parsed_table(name, "unique", node, report, path)
        if table is not None and table.inputs != inputs:
            report.unusable(
                node.line, path, f"the columns are {', '.join(table.inputs)}, inputs says {', '.join(inputs)}"
            )
        return table
    if inputs:
        report.unusable(node.line, path, f"expected a table of {', '.join(inputs)}")
    if _WHOLE.fullmatch(text):
        return int(text)
    if text and not _DECIMAL.fullmatch(text) and day_of(text) is None and not _is_moment(text):
        report.unusable(node.line, path, f'"{text}" is neither a number (with a point) nor a date nor a moment')
    return text


def _is_moment(text: str) -> bool:
    if not _MOMENT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


KIND = FileKind("amounts", "services/<id>/amounts.yaml", (AMOUNT,), read)
