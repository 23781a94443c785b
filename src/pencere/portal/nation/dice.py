"""How one fact of the nation follows from others and from chance: the small grammar of `nation.yaml`.

    name                                      another fact of the same thing, or of the one it was made for
    {is: true}                                this value: a number, a day, true, false, a word
    {draw: {works: 600, studies: 80}}         one of them, by weight; `null` is unknown
    {between: [345, 2600], step: 5}           a whole number
    {one_of: [red, green]}                    one of them
    {write: 'AB{n:6}-{code}'}                 a text of facts; {n:6} counts, {r:6} is drawn, {year} is this year
    {pattern: '[A-Z]{2}\\d{6}'}                signs at random
    {identifier: vin}                         an identifier of the country that nobody has yet (`ends: '1'`: ending so)
    {iban: AZ, bank: DEMO}                    the number of an account
    {address: territory}                      a new address in the unit that the fact names
    {pick: employer, take: voen}              a fact of one of those things; `among`: of whom this holds; `same:
                                              {own: its}` wants facts equal, `room: places` gives each only so often
    {ago: [10, 90]} {ahead: [1, 30]}          a day before or after today
    {after: from, days: [30, 90], cap: 1}     a day after that of another fact, at the latest `cap` days ago
    {birthday: birth_date, age: 18}           the day on which one becomes so old
    {moment: day, at: hour}                   a day and a time
    {years_back: age}                         the year so many years ago
    {photo: silhouette}                       the one photo that all bear
    {list: manager}                           a list of this one
    {group: {holder: owner, share: …}}        a list of one item with these fields
    [{when: {age: '< 18'}, is: child}, …]     the first whose `when` holds; none holds: unknown

`share: 30` beside any of them: so many of 1000 have it, for all others it is unknown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from pencere.base import identifiers
from pencere.base.errors import BadInput
from pencere.base.identifiers import IdentifierKind
from pencere.base.terms import years_later
from pencere.country.cells import (
    BadCell,
    Cell,
    Compared,
    Condition,
    Is,
    Null,
    Range,
    facts_of,
    matches,
    parse_literal,
)
from pencere.country.nodes import Node
from pencere.portal.nation.reader import Reader, items, mapping, pair, slip, whole, word, words

Facts = dict[str, object]


@dataclass(slots=True)
class Choice:
    """Things to pick from, by the facts that must be equal; and how often each was given, where its room is counted."""

    things: dict[tuple[object, ...], list[Facts]] = field(default_factory=dict)
    given: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Making:
    """What is there while the nation is made."""

    chance: Random
    today: date
    zone: str
    kinds: Mapping[str, IdentifierKind]
    new_address: Callable[[str], str]
    working_days: Callable[[int], list[date]]  # the next so many
    things: dict[str, list[Facts]]
    photo: str = ""
    taken: dict[str, set[str]] = field(default_factory=dict)  # kind of identifier -> those that somebody has
    drawers: dict[str, Callable[[set[str]], str]] = field(default_factory=dict)
    counts: dict[object, int] = field(default_factory=dict)  # what has been written how often
    choices: dict[object, Choice] = field(default_factory=dict)  # what is picked from

    def identifier(self, kind: str) -> str:
        if kind not in self.drawers:
            self.drawers[kind] = drawer(self.kinds[kind], self.chance)
        return self.drawers[kind](self.taken.setdefault(kind, set()))


Expression = Callable[[Making, Mapping[str, object]], object]
Test = Callable[[Mapping[str, object]], bool]


@dataclass(slots=True)
class Known:
    """What a plan has named so far: things with their facts, and the kinds of identifiers."""

    things: dict[str, set[str]]
    kinds: frozenset[str]

    def demand_thing(self, name: str, node: Node) -> set[str]:
        if name not in self.things:
            raise slip(node, f'there is no "{name}" yet; known are {", ".join(self.things)}')
        return self.things[name]


def demand_fact(name: str, scope: set[str], node: Node) -> str:
    if name not in scope:
        raise slip(node, f'"{name}" is no fact here; known are {", ".join(sorted(scope))}')
    return name


def expression(node: Node, scope: set[str], known: Known) -> Expression:
    """The expression that the node writes; `scope`: the facts it may speak of. Raises BadDeclaration."""
    if node.is_text:
        name = demand_fact(word(node), scope, node)
        return lambda _making, facts: facts.get(name)
    if node.is_list:
        return _cases(tuple(_case(item, scope, known) for item in items(node)))
    return _form(Reader(node), scope, known)


def test(condition: Condition | None, scope: set[str], node: Node) -> Test:
    """The condition, ready to be asked often."""
    if condition is None:
        return lambda _facts: True
    for name in facts_of(condition):
        demand_fact(name, scope, node)
    every = [[(name, _asked(cell)) for name, cell in each.items()] for each in condition]
    if len(every) == 1:
        cells = every[0]
        return lambda facts: all(passes(facts.get(name)) for name, passes in cells)
    return lambda facts: any(all(passes(facts.get(name)) for name, passes in cells) for cells in every)


def _asked(cell: Cell) -> Callable[[object], bool]:
    """`matches` of one cell, the frequent ones without its detours: a million are asked while a nation is made."""
    kinds = {test.value.kind for test in cell.tests if isinstance(test, Is)}
    if all(isinstance(test, Null) for test in cell.tests):
        return (lambda value: value is not None) if cell.negated else (lambda value: value is None)
    if not cell.negated and kinds <= {"code", "text"} and all(isinstance(test, Is) for test in cell.tests):
        words = frozenset(str(literal.value) for literal in cell.literals())
        return lambda value: value in words
    if not cell.negated and kinds == {"boolean"} and len(cell.tests) == 1:
        wanted = next(cell.literals()).value
        return lambda value: value is wanted
    if not cell.negated and len(cell.tests) == 1 and (limits := _limits(cell.tests[0])):
        low, high = limits
        return lambda value: type(value) is int and low <= value <= high
    return lambda value: matches(cell, value, {})


def _limits(test: object) -> tuple[float, float] | None:
    """Between which whole numbers it holds; None where it speaks of anything else."""
    if isinstance(test, Compared) and isinstance(test.value.value, int) and test.value.kind == "number":
        number = test.value.value
        least = {">": number + 1, ">=": number}.get(test.sign, -math.inf)
        most = {"<": number - 1, "<=": number}.get(test.sign, math.inf)
        return least, most
    if isinstance(test, Range) and test.low.kind == test.high.kind == "number":
        low, high = test.low.value, test.high.value
        if isinstance(low, int) and isinstance(high, int):
            return low + test.low_open, high - test.high_open
    return None


def value_of(text: str) -> object:
    """A word of the plan as a value: a number, a day, true, false, null, else the word."""
    if text == "null":
        return None
    try:
        literal = parse_literal(text)
    except BadCell:
        return text
    return str(literal.value) if literal.kind in ("code", "text", "amount") else literal.value


# --- the forms


def _case(node: Node, scope: set[str], known: Known) -> tuple[Test, Expression]:
    reader = Reader(node)
    return test(reader.condition("when"), scope, node), _form(reader, scope, known)


def _cases(cases: tuple[tuple[Test, Expression], ...]) -> Expression:
    def first(making: Making, facts: Mapping[str, object]) -> object:
        return next((made(making, facts) for holds, made in cases if holds(facts)), None)

    return first


def _form(reader: Reader, scope: set[str], known: Known) -> Expression:
    share = reader.number("share", 1000)
    for name, form in _FORMS.items():
        if reader.has(name):
            made = form(reader, scope, known)
            reader.done()
            return made if share == 1000 else _shared(share, made)
    raise slip(reader.node, f"write one of {', '.join(_FORMS)}")


def _shared(share: int, made: Expression) -> Expression:
    return lambda making, facts: made(making, facts) if making.chance.random() * 1000 < share else None


def _is(reader: Reader, scope: set[str], known: Known) -> Expression:
    node = reader.take("is")
    value: object = [value_of(each) for each in words(node)] if node.is_list else value_of(word(node))
    return lambda _making, _facts: value


def _same_fact(reader: Reader, scope: set[str], known: Known) -> Expression:
    name = demand_fact(reader.text("fact"), scope, reader.node)
    return lambda _making, facts: facts.get(name)


def _draw(reader: Reader, scope: set[str], known: Known) -> Expression:
    weights = reader.weights("draw")
    values = [value_of(each) for each in weights]
    sums, total = [], 0
    for weight in weights.values():
        total += weight
        sums.append(total)
    return lambda making, _facts: making.chance.choices(values, cum_weights=sums)[0]


def _between(reader: Reader, scope: set[str], known: Known) -> Expression:
    least, most = pair(reader.take("between"))
    step = reader.number("step", 1)
    return lambda making, _facts: least + step * making.chance.randint(0, (most - least) // step)


def _one_of(reader: Reader, scope: set[str], known: Known) -> Expression:
    values = [value_of(each) for each in words(reader.take("one_of"))]
    return lambda making, _facts: making.chance.choice(values)


_PLACE = re.compile(r"\{(?:(n|r):([1-9])|([a-z][a-z0-9_]*))\}")


def _write(reader: Reader, scope: set[str], known: Known) -> Expression:
    node = reader.take("write")
    parts: list[tuple[str, str, int]] = []  # text before, fact or sign, digits
    text, at = word(node), 0
    for found in _PLACE.finditer(text):
        name = found[1] or found[3]
        if found[3] and name != "year":
            demand_fact(name, scope, node)
        parts.append((text[at : found.start()], name, int(found[2] or 0)))
        at = found.end()
    rest, me = text[at:], object()

    def write(making: Making, facts: Mapping[str, object]) -> str:
        making.counts[me] = count = making.counts.get(me, 0) + 1
        return "".join(before + _written(name, digits, count, making, facts) for before, name, digits in parts) + rest

    return write


def _written(name: str, digits: int, count: int, making: Making, facts: Mapping[str, object]) -> str:
    if digits:
        return f"{count if name == 'n' else making.chance.randrange(10**digits):0{digits}d}"
    return str(making.today.year) if name == "year" else str(facts.get(name))


def _pattern(reader: Reader, scope: set[str], known: Known) -> Expression:
    name = reader.text("pattern")
    kind = IdentifierKind("", name)

    def draw(making: Making, _facts: Mapping[str, object]) -> str:
        if name not in making.drawers:
            making.drawers[name] = drawer(kind, making.chance)
        return making.drawers[name](making.taken.setdefault(name, set()))

    return draw


def _identifier(reader: Reader, scope: set[str], known: Known) -> Expression:
    node = reader.take("identifier")
    kind = word(node)
    if kind not in known.kinds:
        raise slip(node, f'"{kind}" is no kind of identifiers.yaml')
    ends = reader.maybe_text("ends") or ""

    def identifier(making: Making, _facts: Mapping[str, object]) -> str:
        return next(text for text in iter(lambda: making.identifier(kind), "") if text.endswith(ends))

    return identifier


def _iban(reader: Reader, scope: set[str], known: Known) -> Expression:
    country, bank = reader.text("iban"), reader.text("bank")

    def number(making: Making, _facts: Mapping[str, object]) -> str:
        rest = f"{bank}{making.chance.randrange(10**20):020d}"
        return f"{country}{98 - int(''.join(str(int(sign, 36)) for sign in f'{rest}{country}00')) % 97:02d}{rest}"

    return number


def _photo(reader: Reader, scope: set[str], known: Known) -> Expression:
    reader.take("photo")
    return lambda making, _facts: making.photo or None


def _list(reader: Reader, scope: set[str], known: Known) -> Expression:
    name = demand_fact(reader.text("list"), scope, reader.node)
    return lambda _making, facts: None if facts.get(name) is None else [facts[name]]


def _group(reader: Reader, scope: set[str], known: Known) -> Expression:
    fields = {name: expression(node, scope, known) for name, node in mapping(reader.take("group")).items()}
    return lambda making, facts: [{name: value(making, facts) for name, value in fields.items()}]


def _address(reader: Reader, scope: set[str], known: Known) -> Expression:
    name = demand_fact(reader.text("address"), scope, reader.node)
    return lambda making, facts: making.new_address(str(facts[name])) if facts.get(name) else None


def _pick(reader: Reader, scope: set[str], known: Known) -> Expression:
    node = reader.take("pick")
    things = known.demand_thing(word(node), node)
    collection, take = word(node), reader.text("take")
    demand_fact(take, things, node)
    fits = test(reader.condition("among"), things, node)
    same = {
        demand_fact(own, scope, node): demand_fact(its, things, node) for own, its in _pairs(reader, "same").items()
    }
    room = reader.maybe_text("room")
    if room:
        demand_fact(room, things, node)
    me = object()

    def pick(making: Making, facts: Mapping[str, object]) -> object:
        if me not in making.choices:
            making.choices[me] = Choice()
            for thing in making.things[collection]:
                if fits(thing):
                    key = tuple(thing.get(its) for its in same.values())
                    making.choices[me].things.setdefault(key, []).append(thing)
        choice = making.choices[me]
        things = choice.things.get(tuple(facts.get(own) for own in same), [])
        if not things:
            return None
        place = making.chance.randrange(len(things))
        chosen = things[place]
        if room is not None:
            choice.given[id(chosen)] = given = choice.given.get(id(chosen), 0) + 1
            if given >= int(str(chosen.get(room) or 0)):
                things[place] = things[-1]
                things.pop()
        return chosen.get(take)

    return pick


def _pairs(reader: Reader, key: str) -> dict[str, str]:
    return reader.texts(key) if reader.has(key) else {}


def _ago(reader: Reader, scope: set[str], known: Known) -> Expression:
    least, most = pair(reader.take("ago"))
    return lambda making, _facts: making.today - timedelta(days=making.chance.randint(least, most))


def _ahead(reader: Reader, scope: set[str], known: Known) -> Expression:
    least, most = pair(reader.take("ahead"))
    return lambda making, _facts: making.today + timedelta(days=making.chance.randint(least, most))


def _after(reader: Reader, scope: set[str], known: Known) -> Expression:
    name = demand_fact(reader.text("after"), scope, reader.node)
    least, most = pair(reader.take("days"))
    cap_node = reader.maybe("cap")
    cap = whole(cap_node) if cap_node is not None else None

    def after(making: Making, facts: Mapping[str, object]) -> date | None:
        start = facts.get(name)
        if not isinstance(start, date):
            return None
        day = start + timedelta(days=making.chance.randint(least, most))
        return day if cap is None else max(start, min(day, making.today - timedelta(days=cap)))

    return after


def _birthday(reader: Reader, scope: set[str], known: Known) -> Expression:
    name, age = demand_fact(reader.text("birthday"), scope, reader.node), reader.number("age")

    def birthday(_making: Making, facts: Mapping[str, object]) -> date | None:
        born = facts.get(name)
        return years_later(born, age) if isinstance(born, date) else None

    return birthday


def _moment(reader: Reader, scope: set[str], known: Known) -> Expression:
    name, hour = (demand_fact(reader.text(key), scope, reader.node) for key in ("moment", "at"))

    def moment(making: Making, facts: Mapping[str, object]) -> datetime | None:
        day = facts.get(name)
        if not isinstance(day, date):
            return None
        return datetime.combine(day, time.fromisoformat(str(facts[hour])), ZoneInfo(making.zone))

    return moment


def _years_back(reader: Reader, scope: set[str], known: Known) -> Expression:
    name = demand_fact(reader.text("years_back"), scope, reader.node)
    return lambda making, facts: making.today.year - int(str(facts[name]))


_FORMS: Mapping[str, Callable[[Reader, set[str], Known], Expression]] = {
    "is": _is, "fact": _same_fact, "draw": _draw, "between": _between, "one_of": _one_of, "write": _write,
    "pattern": _pattern, "identifier": _identifier, "address": _address, "pick": _pick, "ago": _ago, "ahead": _ahead,
    "after": _after, "birthday": _birthday, "moment": _moment, "years_back": _years_back,
    "iban": _iban, "photo": _photo, "list": _list, "group": _group,
}  # fmt: skip


def expressions(node: Node, scope: set[str], known: Known) -> dict[str, Expression]:
    """Facts, one after the other: each may speak of those before it."""
    made: dict[str, Expression] = {}
    for name, each in mapping(node).items():
        made[name] = expression(each, scope, known)
        scope.add(name)
    return made


# --- identifiers

_CLASS = re.compile(r"(\\d|\[[^\]]+\]|[^\\\[\]{}])(?:\{(\d+)(?:,(\d+))?\})?")


def drawer(kind: IdentifierKind, chance: Random) -> Callable[[set[str]], str]:
    """Draws identifiers that the kind accepts (its check digit included), never one that was drawn before."""
    pieces = [(_letters(piece), int(least or 1)) for piece, least, _most in _CLASS.findall(kind.pattern)]

    def draw(taken: set[str]) -> str:
        while True:
            text = "".join(chance.choice(letters) for letters, times in pieces for _ in range(times))
            if text in taken:
                continue
            try:
                identifiers.read(kind, text)
            except BadInput:
                continue
            taken.add(text)
            return text

    return draw


def _letters(piece: str) -> str:
    if piece == r"\d":
        return "0123456789"
    if not piece.startswith("["):
        return piece
    letters = ""
    for first, last in re.findall(r"(.)(?:-(.))?", piece[1:-1]):
        letters += "".join(chr(code) for code in range(ord(first), ord(last or first) + 1))
    return letters
