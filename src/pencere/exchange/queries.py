"""What may be read of the exchange: what a source is called on the wire, and how much of a budget is left."""

from __future__ import annotations

from datetime import date

from pencere import country
from pencere.exchange import rules
from pencere.exchange.models import Use
from pencere.registers import queries as registers


def service_id(source: str) -> str:
    """The X-Road service that a source is: `AZ/GOV/<code of the agency>/<register>/<name>`. Raises LookupError."""
    found = rules.source_of(country.current(), source)
    return registers.service_id(found.register.id, found.answer.name)


def holder(source: str) -> str:
    """The id of the agency that answers. Raises LookupError."""
    return rules.source_of(country.current(), source).register.agency


def used(grant: str, day: date) -> int:
    """How many questions were asked under a grant (`din-emdx.address`) on a day."""
    return Use.objects.filter(grant=grant, day=day).values_list("asked", flat=True).first() or 0
