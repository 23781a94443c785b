"""life-events/<id>.yaml: a moment in life and the services it usually needs, in their order."""

from __future__ import annotations

from pencere.country.declarations import LifeEvent
from pencere.country.kinds import FileKind, Source
from pencere.country.nodes import Node
from pencere.country.records import ID, Record, Report, Shape

LIFE_EVENT = Shape("life-events/<id>.yaml", required=("names", "order", "starts_with"))


def read(node: Node, report: Report, source: Source) -> LifeEvent:
    record = Record(node, LIFE_EVENT, report)
    return LifeEvent(
        id=source.id,
        names=record.texts("names", source.languages),
        order=record.whole("order"),
        starts_with=record.words("starts_with", ID, "the id of a service"),
        place=record.place,
    )


KIND = FileKind("life-event", "life-events/<id>.yaml", (LIFE_EVENT,), read)
