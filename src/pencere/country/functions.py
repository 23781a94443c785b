"""The functions of `derive`, all pure, and the named checks: what is too hard for a table, general and tested.

Unknown in, unknown out, except where `takes_unknown` says otherwise. Adding one: write it here, name it in
FUNCTIONS, add its line to docs/declare/ and its test.

    date integer number boolean territory any    one value          rows     a repeating group
    geometry    a shape in degrees
    item     a fact of a repeating group (`contracts.until`) cell    a quoted cell
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

from pencere.base.ground import soundness
from pencere.base.terms import Calendar, days_in, full_months, full_years, months_later, years_later
from pencere.country import cells
from pencere.country.cells import Amounts, Cell
from pencere.country.declarations import Unit

_EXACT = Context(prec=34, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class World:
    """What a function may know besides its arguments."""

    today: date
    calendar: Calendar
    territory: Sequence[Unit]
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Function:
    """`arguments` are kinds; the last repeats if `more`, the last `optional` ones may be left out. `result` is a kind,
    `as_arguments` (the kind of its arguments), `as_last` (that of the last) or `number` (integer if all arguments
    are, else decimal)."""

    name: str
    arguments: tuple[str, ...]
    result: str
    call: Callable[..., object]
    more: bool = False
    optional: int = 0
    takes_unknown: bool = False
    never_unknown: bool = False
    may_be_unknown: bool = False  # even where all arguments are known

    def arity_fits(self, count: int) -> bool:
        return len(self.arguments) - self.optional <= count and (self.more or count <= len(self.arguments))

    def kind_of_argument(self, place: int) -> str:
        return self.arguments[min(place, len(self.arguments) - 1)]

    def usage(self) -> str:
        """How it is written: `sum(number, number, …)`."""
        required = len(self.arguments) - self.optional
        words = [kind if place < required else f"[{kind}]" for place, kind in enumerate(self.arguments)]
        return f"{self.name}({', '.join([*words, '…'] if self.more else words)})"


# Days ------------------------------------------------------------------------------------------------------------


def _years_between(world: World, from_: date, to: date) -> int:
    return full_years(from_, to)


def _months_between(world: World, from_: date, to: date) -> int:
    return full_months(from_, to)


def _days_between(world: World, from_: date, to: date) -> int:
    return (to - from_).days


def _working_days_between(world: World, from_: date, to: date) -> int:
    return days_in("working_days", from_, to, world.calendar)


def _year_of(world: World, day: date) -> int:
    return day.year


def _years_after(world: World, day: date, years: int) -> date | None:
    return years_later(day, years) if date.min.year <= day.year + years <= date.max.year else None


def _months_after(world: World, day: date, months: int) -> date | None:
    year = (day.year * 12 + day.month - 1 + months) // 12
    return months_later(day, months) if date.min.year <= year <= date.max.year else None


def _month_after(world: World, day: date) -> date | None:
    """The first day of the next calendar month: from when much is paid."""
    return _months_after(world, day.replace(day=1), 1)


def _days_after(world: World, day: date, days: int) -> date | None:
    ordinal = day.toordinal() + days
    return date.fromordinal(ordinal) if 1 <= ordinal <= date.max.toordinal() else None


# Numbers ---------------------------------------------------------------------------------------------------------


def as_fact(number: int | Decimal) -> int | str:
    """A number as the value of a fact: a whole number stays one, a decimal is text without needless noughts."""
    if isinstance(number, int):
        return number
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _sum(world: World, *numbers: int | Decimal) -> int | str:
    total: int | Decimal = 0
    for number in numbers:
        total = total + number
    return as_fact(total)


def _difference(world: World, first: int | Decimal, second: int | Decimal) -> int | str:
    return as_fact(first - second)


def _product(world: World, *numbers: int | Decimal) -> int | str:
    product: int | Decimal = 1
    for number in numbers:
        product = product * number
    return as_fact(product)


def _quotient(world: World, first: int | Decimal, second: int | Decimal) -> int | str | None:
    return None if second == 0 else as_fact(_EXACT.divide(Decimal(first), Decimal(second)))


def _rounded(world: World, number: int | Decimal, digits: int = 0) -> int | str:
    """Half away from nought, as money is rounded; to whole numbers if no digits are asked for."""
    if isinstance(number, int) and digits >= 0:
        return number
    rounded = Decimal(number).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _EXACT)
    return int(rounded) if isinstance(number, int) else as_fact(rounded)


def _least(world: World, *values: object) -> object:
    return _extreme(values, "<")


def _greatest(world: World, *values: object) -> object:
    return _extreme(values, ">")


def _extreme(values: tuple[object, ...], sign: str) -> object:
    """None if numbers and dates are mixed: there is no least of them."""
    best = values[0]
    for value in values[1:]:
        other = best if (number := cells.as_number(best)) is None else number
        if cells.comparable(value, other) is None:
            return None
        if cells.compares(value, sign, other):
            best = value
    return best


# Knowing ---------------------------------------------------------------------------------------------------------


def _known(world: World, value: object) -> bool:
    return value is not None


def _same(world: World, first: object, second: object) -> bool:
    number = cells.as_number(second)
    return cells.equals(first, second if number is None or isinstance(first, str) else number)


def _only_if(world: World, condition: bool, value: object) -> object:
    return value if condition else None


def _first_known(world: World, *values: object) -> object:
    return next((value for value in values if value is not None), None)


# Repeating groups ------------------------------------------------------------------------------------------------


def _count(world: World, rows: Sequence[object]) -> int:
    return len(rows)


def _count_if(world: World, values: Sequence[object], cell: Cell) -> int:
    return sum(cells.matches(cell, value, world.amounts) for value in values)


def _includes(world: World, values: Sequence[object], value: object) -> bool | None:
    if any(_same(world, each, value) for each in values):
        return True
    return None if any(each is None for each in values) else False


def _total(world: World, values: Sequence[object]) -> int | str | None:
    numbers = [cells.as_number(value) for value in values]
    return None if None in numbers else _sum(world, *(number for number in numbers if number is not None))


# Places ----------------------------------------------------------------------------------------------------------


def _inside(world: World, place: str, area: str) -> bool:
    """Whether a unit of the territory is the area or a part of it today."""
    above = {
        unit.code: unit.part_of
        for unit in world.territory
        if (unit.since is None or unit.since <= world.today) and (unit.until is None or world.today <= unit.until)
    }
    seen: set[str] = set()
    step: str | None = place
    while step is not None and step not in seen:
        if step == area:
            return True
        seen.add(step)
        step = above.get(step)
    return False


# Shapes on the ground --------------------------------------------------------------------------------------------


def _area_of(world: World, shape: Mapping[str, object]) -> int | str:
    """Square metres on the ellipsoid of WGS 84, to a tenth; 0 for points and lines."""
    return _square_metres(soundness.area(shape))


def _common_area(world: World, first: Mapping[str, object], second: Mapping[str, object]) -> int | str:
    """Square metres that both areas cover, to a tenth."""
    return _square_metres(soundness.common_area(first, second))


def _square_metres(area: float) -> int | str:
    return as_fact(Decimal(area).quantize(Decimal("0.1"), ROUND_HALF_UP, _EXACT))


# Named checks ----------------------------------------------------------------------------------------------------


def _months_covered(world: World, periods: Sequence[Mapping[str, object]], months: int, day: date) -> int | None:
    """Of the calendar months before that of `day`, the last `months`: how many lie wholly in the periods together.

    A row holds `from` and `until`, both days included; without `until` it goes on. Unknown if a `from` is.
    """
    spans = []
    for period in periods:
        from_, until = cells.as_day(period.get("from")), cells.as_day(period.get("until"))
        if from_ is None:
            return None
        spans.append((from_, until or date.max))
    spans.sort()
    first_of_month = day.replace(day=1)
    covered = 0
    for back in range(1, months + 1):
        reached = months_later(first_of_month, -back)
        last = months_later(reached, 1) - timedelta(days=1)
        for from_, until in spans:
            if from_ <= reached <= last and until >= reached:
                reached = min(until, last) + timedelta(days=1)
        covered += reached > last
    return covered


FUNCTIONS: Mapping[str, Function] = {
    function.name: function
    for function in (
        Function("years_between", ("date", "date"), "integer", _years_between),
        Function("months_between", ("date", "date"), "integer", _months_between),
        Function("days_between", ("date", "date"), "integer", _days_between),
        Function("working_days_between", ("date", "date"), "integer", _working_days_between),
        Function("year_of", ("date",), "integer", _year_of),
        Function("years_after", ("date", "integer"), "date", _years_after),
        Function("months_after", ("date", "integer"), "date", _months_after),
        Function("month_after", ("date",), "date", _month_after),
        Function("days_after", ("date", "integer"), "date", _days_after),
        Function("sum", ("number", "number"), "number", _sum, more=True),
        Function("difference", ("number", "number"), "number", _difference),
        Function("product", ("number", "number"), "number", _product, more=True),
        Function("quotient", ("number", "number"), "decimal", _quotient),
        Function("least", ("any", "any"), "as_arguments", _least, more=True),
        Function("greatest", ("any", "any"), "as_arguments", _greatest, more=True),
        Function("rounded", ("number", "integer"), "number", _rounded, optional=1),
        Function("known", ("any",), "boolean", _known, takes_unknown=True, never_unknown=True),
        Function("same", ("any", "any"), "boolean", _same, takes_unknown=True, never_unknown=True),
        Function("first_known", ("any", "any"), "as_arguments", _first_known, more=True, takes_unknown=True),
        Function("only_if", ("boolean", "any"), "as_last", _only_if, may_be_unknown=True),
        Function("count", ("rows",), "integer", _count),
        Function("count_if", ("item", "cell"), "integer", _count_if),
        Function("includes", ("item", "any"), "boolean", _includes),
        Function("total", ("item",), "number", _total),
        Function("inside", ("territory", "territory"), "boolean", _inside),
        Function("area_of", ("geometry",), "decimal", _area_of),
        Function("common_area", ("geometry", "geometry"), "decimal", _common_area),
        Function("months_covered", ("rows", "integer", "date"), "integer", _months_covered),
    )
}
