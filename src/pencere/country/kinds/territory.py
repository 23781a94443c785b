"""territory.yaml: the units of the country, each in the periods of its life."""

from __future__ import annotations

from pencere.country.declarations import Unit
from pencere.country.kinds import FileKind, Source
from pencere.country.nodes import Node
from pencere.country.records import CODE, NAME, Entry, Record, Report, Shape

TERRITORY = Shape("territory.yaml", required=("classifier", "units"), optional=("status",))
UNIT = Shape(
    "territory.yaml units.<code>",
    required=("<language>", "kind"),
    optional=("part_of", "since", "until", "successor", "plates"),
)
_CODE = "the code of a unit"


def read(node: Node, report: Report, source: Source) -> tuple[Unit, ...]:
    record = Record(node, TERRITORY, report)
    record.text("classifier")
    if record.choice("status", ("to_be_confirmed",)):
        report.warning(record.line("status"), "status", "the classifier is to be confirmed")
    units = []
    for entry in record.entries("units", CODE, _CODE):
        periods = entry.node.value if isinstance(entry.node.value, tuple) else (entry.node,)
        for period in periods:
            units.append(_unit(Entry(entry.name, period, entry.path), report, source.languages))
    return tuple(units)


def _unit(entry: Entry, report: Report, languages: tuple[str, ...]) -> Unit:
    """One period; its names stand beside the other keys, one for each language."""
    shape = Shape(UNIT.name, (*languages, "kind"), UNIT.optional)
    record = Record(entry.node, shape, report, entry.path)
    return Unit(
        code=entry.name,
        names={language: record.text(language) for language in languages},
        kind=record.matching("kind", NAME, "a kind of unit (a-z 0-9 _)"),
        part_of=record.optional_matching("part_of", CODE, _CODE),
        since=record.optional_day("since"),
        until=record.optional_day("until"),
        successor=record.optional_matching("successor", CODE, _CODE),
        plates=record.words("plates"),
    )


KIND = FileKind("territory", "territory.yaml", (TERRITORY, UNIT), read, needed=True)
