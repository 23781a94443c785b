"""Decision tables of a service as DMN 1.3 XML: for lawyers' tools, auditors, and engines that are not ours.

Follows OMG DMN 1.3 (decision tables, FEEL unary tests). What a table knows but DMN has no word for is told in
`description`: the law and the days of a row. Derived facts come in as input data, ready reckoned: DMN tables speak
of values only, and so do ours. Points in names of facts become `_`, since FEEL reads a point as a path; the label
has the name as it is declared. A rule's name is an output of its own, `rule`, so that engines can be compared.

    not(a)      -> not(null, "a")     ours never matches an unknown fact
    amounts.x   -> amounts_x          an input, for it changes by date
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from pencere.country import amounts as amounts_of_law
from pencere.country.cells import Cell, Compared, Is, Literal, Null, Range
from pencere.country.declarations import Country, Service
from pencere.country.domains import NUMBERS, Domain
from pencere.country.facts import facts
from pencere.country.tables import Row, Table

NAMESPACE: Final = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_HITS = {"unique": "UNIQUE", "first": "FIRST", "collect": "COLLECT"}
_AMOUNT = "amounts."
_KEYWORDS = (
    "for", "return", "if", "then", "else", "some", "every", "satisfies", "instance", "of", "in", "between", "and", "or",
    "null", "true", "false", "function", "external",
)  # fmt: skip
"""No name in FEEL may be one of these (DMN 1.3, 10.3.1.2)."""


def export(country: Country, service: Service, on: date, language: str) -> bytes:
    """All tables of the service with the rows that hold on that day; titles in that language."""
    known = {name: fact.domain for name, fact in facts(country, service).items()}
    tables = tables_on(service, on)
    root = Element("definitions", {
        "xmlns": NAMESPACE, "id": f"service_{name_of(service.id.replace('-', '_'))}",
        "name": country.text(service.texts, "title", language),
        "namespace": f"urn:pencere:{country.id}:{service.id}", "exporter": "Pencere",
    })  # fmt: skip
    SubElement(root, "description").text = f"{service.id}, {on.isoformat()}; {service.content_hash}"
    needed = dict.fromkeys(name for table in tables.values() for name in needs(table))
    for name in needed:
        if source_of(name, tables) is None:
            _input_data(root, name, known.get(name))
    for name, table in tables.items():
        _decision(root, name, table, tables, known, country.text(service.texts, f"rules.{name}", language), on)
    ElementTree.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="utf-8") + b"\n"


def tables_on(service: Service, on: date) -> dict[str, Table]:
    """The tables of the service and those of its amounts (`amounts.duty`) that hold on the day, by name."""
    found: dict[str, Table] = dict(service.tables)
    for name, amount in service.amounts.items():
        declared = amounts_of_law.in_force(amount, on)
        if isinstance(declared, Table):
            found[_AMOUNT + name] = declared
    return found


def needs(table: Table) -> tuple[str, ...]:
    """What a table must be told: its inputs, and the amounts that its cells or outputs name."""
    return (*table.inputs, *(_AMOUNT + name for name in table.amounts_used()))


def source_of(name: str, tables: Mapping[str, Table]) -> str | None:
    """The table whose output the fact is; None for what comes from outside."""
    if name in tables:  # an amount that is a table
        return name
    table, _, output = name.partition(".")
    return table if table in tables and output in (*tables[table].outputs, "outcome") else None


def name_of(fact: str) -> str:
    """The name of a fact as FEEL may read it."""
    return fact.replace(".", "_")


def output_of(name: str) -> str:
    """The name of an output; a word that FEEL keeps for itself gets a `_`."""
    return f"{name}_" if name in _KEYWORDS else name


def _input_data(root: Element, name: str, domain: Domain | None) -> None:
    data = SubElement(root, "inputData", {"id": f"input_{name_of(name)}", "name": name_of(name), "label": name})
    SubElement(data, "variable", {"name": name_of(name), "typeRef": _type(name, domain)})


def _type(name: str, domain: Domain | None) -> str:
    if name.startswith(_AMOUNT):
        return "number"
    kind = domain.kind if domain else ""
    if kind in NUMBERS:
        return "number"
    return {"boolean": "boolean", "date": "date", "moment": "date and time", "": "Any"}.get(kind, "string")


def _decision(
    root: Element, name: str, table: Table, tables: Mapping[str, Table], known: Mapping[str, Domain], title: str,
    on: date,
) -> None:  # fmt: skip
    decision = SubElement(root, "decision", {"id": f"decision_{name_of(name)}", "name": name_of(name), "label": name})
    if title != f"rules.{name}":
        SubElement(decision, "question").text = title
    SubElement(decision, "variable", {"name": name_of(name)})
    for place, (kind, source) in enumerate(_requirements(table, tables)):
        required = SubElement(decision, "informationRequirement", {"id": f"needs_{name_of(name)}_{place}"})
        SubElement(required, f"required{kind}", {"href": f"#{kind.lower()}_{source}"})  # ascii
    drawn = SubElement(decision, "decisionTable", {
        "id": f"table_{name_of(name)}", "hitPolicy": _HITS[table.hit], "outputLabel": name,
    })  # fmt: skip
    for column, fact in enumerate(table.inputs):
        given = SubElement(drawn, "input", {"id": f"in_{name_of(name)}_{column}", "label": fact})
        expression = SubElement(given, "inputExpression", {
            "id": f"ask_{name_of(name)}_{column}", "typeRef": _type(fact, known.get(fact)),
        })  # fmt: skip
        SubElement(expression, "text").text = _asked(fact, tables)
    outputs = ("rule", *table.outputs) if table.rows and table.rows[0].rule else table.outputs
    for column, output in enumerate(outputs):
        attributes = {"id": f"out_{name_of(name)}_{column}", "label": output}
        SubElement(drawn, "output", {**attributes, "name": output_of(output)} if len(outputs) > 1 else attributes)
    for row in table.rows:
        if row.holds_on(on):
            _rule(drawn, name, table, row, outputs)


def _requirements(table: Table, tables: Mapping[str, Table]) -> Iterator[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for fact in needs(table):
        source = source_of(fact, tables)
        found[("Decision", name_of(source)) if source else ("Input", name_of(fact))] = None
    yield from found


def _asked(fact: str, tables: Mapping[str, Table]) -> str:
    """The expression of an input: an output of another table is a path into its result."""
    if source_of(fact, tables) is None or fact.startswith(_AMOUNT):
        return name_of(fact)
    table, _, output = fact.rpartition(".")
    return f"{name_of(table)}.{output_of(output)}"


def _rule(drawn: Element, name: str, table: Table, row: Row, outputs: tuple[str, ...]) -> None:
    rule = SubElement(drawn, "rule", {"id": f"rule_{name_of(name)}_{row.rule or row.line}"})
    days = " ".join(f"{word} {day}" for word, day in (("from", row.from_), ("until", row.until)) if day)
    said = "; ".join(part for part in (row.law, days) if part)
    if said:
        SubElement(rule, "description").text = said
    for column, cell in enumerate(row.cells):
        entry = SubElement(rule, "inputEntry", {"id": f"{rule.get('id')}_in_{column}"})
        SubElement(entry, "text").text = unary_tests(cell)
    for column, output in enumerate(outputs):
        entry = SubElement(rule, "outputEntry", {"id": f"{rule.get('id')}_out_{column}"})
        value = row.outputs.get(output)
        SubElement(entry, "text").text = (
            f'"{row.rule}"' if output == "rule" and output not in row.outputs else "null" if value is None
            else feel(value)
        )  # fmt: skip


def unary_tests(cell: Cell) -> str:
    """A cell in FEEL."""
    if cell.is_any:
        return "-"
    tests = ", ".join(_test(test) for test in cell.tests)
    if not cell.negated:
        return tests
    return f"not({tests})" if any(isinstance(test, Null) for test in cell.tests) else f"not(null, {tests})"


def _test(test: Null | Is | Compared | Range) -> str:
    if isinstance(test, Null):
        return "null"
    if isinstance(test, Range):
        low, high = ("(" if test.low_open else "["), (")" if test.high_open else "]")
        return f"{low}{feel(test.low)}..{feel(test.high)}{high}"
    return f"{test.sign} {feel(test.value)}" if isinstance(test, Compared) else feel(test.value)


def feel(literal: Literal) -> str:
    """A value in FEEL: a code is text there."""
    if literal.kind in ("code", "text"):
        return '"' + str(literal.value).replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"amounts_{literal.value}" if literal.kind == "amount" else feel_of(literal.value)


def feel_of(value: object) -> str:
    """A value of a fact in FEEL."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f'date and time("{value.isoformat()}")'
    if isinstance(value, date):
        return f'date("{value.isoformat()}")'
    return str(value) if isinstance(value, int | Decimal) else '"' + str(value).replace('"', '\\"') + '"'
