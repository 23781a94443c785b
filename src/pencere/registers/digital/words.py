"""How the numbers are written: shares in percent, counts with their separators, and why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from pencere.country.declarations import Register
from pencere.registers import showing
from pencere.registers.digital.reckoning import ELSEWHERE, FEW, UNKNOWN, UNMEASURED
from pencere.ui import writing

WHY_NOT: Mapping[str, str | Promise] = {
    ELSEWHERE: gettext_lazy("Kept in a system of the agency: not counted here."),
    UNMEASURED: gettext_lazy("Not counted yet. Look again in some minutes."),
    FEW: gettext_lazy("Fewer than ten entries: no number is shown, so that nobody is recognised."),
    UNKNOWN: gettext_lazy("Not known: nobody has counted how much there should be."),
}


def percent(share: int | None, language: str, *, any_at_all: bool = True) -> str:
    """`37,2 %`; what is more than nothing and rounds down to it is "below". `share`: thousandths."""
    if share is None:
        return ""
    if share == 0 and any_at_all:
        return gettext("below %(number)s%%") % {"number": writing.number("0.1", language)}
    return gettext("%(number)s%%") % {"number": writing.number(str(Decimal(share) / 10), language)}


def amount(held: Decimal | int | None, register: Register, language: str) -> str:
    """What is held against the universe, or the universe: with the unit of the field that is summed."""
    if held is None:
        return ""
    number = writing.number(str(int(held)), language)
    summed = register.fields.get(register.universe.sum) if register.universe and register.universe.sum else None
    return (
        f"{number}\u00a0{showing.unit_name(register, summed.name, summed.unit)}" if summed and summed.unit else number
    )


def count(number: int | None, language: str) -> str:
    return "" if number is None else writing.number(str(number), language)
