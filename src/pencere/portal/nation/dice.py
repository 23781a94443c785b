"""How one fact of the nation follows from others and from chance: the small grammar of `nation.yaml`.

    name                                      another fact of the same thing, or of the one it was made for
    {is: true}                                this value: a number, a day, true, false, a word
    {draw: {works: 600, studies: 80}}         one of them, by weight; `null` is unknown
    {between: [345, 2600], step: 5}           a whole number
    {one_of: [red, green]}                    one of them
    {write: 'AB{n:6}-{code}'}                 a text of facts; {n:6} counts, {r:6} is drawn, {year} is this year
    {start: plate, signs: 2}                  the first signs of a text
    {has: address, word: flat}                whether the word stands in a text
    {pattern: '[A-Z]{2}\\d{6}'}                signs that look drawn, none twice
    {identifier: vin}                         an identifier of the country that nobody has yet (`ends: '1'`: ending so)
    {iban: AZ, bank: DEMO}                    the number of an account
    {lot: number, of: unit, around: {gence: '46.36 40.68'}}   the boundary of the parcel of that number, beside those
                                              near it, around the place of its unit; `size: yes`: its square metres
    {address: territory}                      a new address in the unit that the fact names
    {pick: employer, take: voen}              a fact of one of those things of this part; `among`: of whom this holds;
                                              `same: {own: its}` wants facts equal, `room: places` gives each so often
    {ago: [10, 90]} {ahead: [1, 30]}          a day before or after today
    {after: from, days: [30, 90], cap: 1}     a day after that of another fact, at the latest `cap` days ago
    {birthday: birth_date, age: 18}           the day on which one becomes so old
    {moment: day, at: hour}                   a day and a time
    {years_back: age} {year_ago: 1}           the year so many years ago
    {months_of: year, from: hired, until: left}   how many calendar months of that year were touched; `until` may be
                                              left out or unknown
    {product: [wage, months], over: 1}        whole numbers and facts multiplied, divided by `over`, rounded down
    {photo: silhouette}                       the one photo that all bear
    {list: manager}                           a list of this one
    {group: {holder: owner, share: …}}        a list of one item with these fields, or of several: [{…}, {…}]
    [{when: {age: '< 18'}, is: child}, …]     the first whose `when` holds; none holds: unknown

`share: 30` beside any of them: so many of 1000 have it, for all others it is unknown. Each becomes an expression of
Python, and what is made for each person a function (`compiled`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pencere.base.terms import years_later
from pencere.country.cells import BadCell, parse_literal
from pencere.country.nodes import Node
from pencere.portal.nation.asking import Code, Scope, asked, test
from pencere.portal.nation.making import Choice, Facts, Making
from pencere.portal.nation.reader import Reader, items, mapping, pair, slip, whole, word, words
from pencere.registers.queries import lot

__all__ = ["Facts", "Known", "Made", "Making", "expression", "value_of"]


class Made(NamedTuple):
    """An expression of Python. `sure`: it is never unknown. In it stand:

    get   the facts by name          rnd   the next number of chance, from 0 to below 1
    m     the part that is made      T     today, as a number of days; `day` makes a date of one
    """

    source: str
    sure: bool = True


@dataclass(slots=True)
class Known:
    """What a plan has named so far: things with their facts, the kinds of identifiers, and what is compiled of it."""

    things: dict[str, set[str]]
    kinds: frozenset[str]
    code: Code = field(default_factory=lambda: Code({**Code().names, **_NAMES}))
    begun: list[str] = field(default_factory=list)
    """Lines at the beginning of the function that is being written: what its expressions count and draw."""

    def demand_thing(self, name: str, node: Node) -> set[str]:
        if name not in self.things:
            raise slip(node, f'there is no "{name}" yet; known are {", ".join(self.things)}')
        return self.things[name]

    def begin(self, line: str) -> str:
        """A name for what the line says once in each part."""
        name = f"b{len(self.begun)}"
        self.begun.append(f"{name} = {line}")
        return name


def expression(node: Node, scope: Scope, known: Known) -> Made:
    """The expression that the node writes. Raises BadDeclaration."""
    if node.is_text:
        return Made(scope.of(word(node), node), sure=False)
    if node.is_list:
        source = "None"
        for item in reversed(items(node)):
            reader = Reader(item)
            when = asked(reader.condition("when"), scope, item, known.code)
            made = _form(reader, scope, known).source
            source = made if when == "True" else f"({made} if {when} else {source})"
        return Made(source, sure=False)
    return _form(Reader(node), scope, known)


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


def _form(reader: Reader, scope: Scope, known: Known) -> Made:
    share = reader.number("share", 1000)
    for name, form in _FORMS.items():
        if reader.has(name):
            made = form(reader, scope, known)
            reader.done()
            if share == 1000:
                return made
            return Made(f"({made.source} if rnd() * 1000 < {share} else None)", sure=False)
    raise slip(reader.node, f"write one of {', '.join(_FORMS)}")


def _fact(reader: Reader, key: str, scope: Scope) -> str:
    return scope.of(reader.text(key), reader.node)


def _is(reader: Reader, scope: Scope, known: Known) -> Made:
    node = reader.take("is")
    value: object = [value_of(each) for each in words(node)] if node.is_list else value_of(word(node))
    return Made(known.code.hold(value), sure=value is not None)


def _same_fact(reader: Reader, scope: Scope, known: Known) -> Made:
    return Made(_fact(reader, "fact", scope), sure=False)


def _draw(reader: Reader, scope: Scope, known: Known) -> Made:
    weights = {each: weight for each, weight in reader.weights("draw").items() if weight}
    values = [value_of(each) for each in weights]
    sums, total = [], 0
    for weight in weights.values():
        total += weight
        sums.append(total)
    if len(values) == 2:
        first, second = (known.code.hold(value) for value in values)
        return Made(f"({first} if rnd() * {total} < {sums[0]} else {second})", sure=None not in values)
    source = f"{known.code.hold(values)}[bisect({known.code.hold(sums)}, rnd() * {total})]"
    return Made(source, sure=None not in values)


def _between(reader: Reader, scope: Scope, known: Known) -> Made:
    least, most = pair(reader.take("between"))
    step = reader.number("step", 1)
    return Made(f"({least} + {step} * int(rnd() * {(most - least) // step + 1}))")


def _one_of(reader: Reader, scope: Scope, known: Known) -> Made:
    values = [value_of(each) for each in words(reader.take("one_of"))]
    return Made(f"{known.code.hold(values)}[int(rnd() * {len(values)})]")


_PLACE = re.compile(r"\{(?:(n|r):([1-9])|([a-z][a-z0-9_]*))\}")


def _write(reader: Reader, scope: Scope, known: Known) -> Made:
    node = reader.take("write")
    text, at = word(node), 0
    pieces: list[str] = []
    for found in _PLACE.finditer(text):
        pieces.append(repr(text[at : found.start()]))
        digits = found[2]
        if found[1] == "n":
            place = known.code.hold(object())  # a place of the plan that counts for itself
            pieces.append(f"'%0{digits}d' % next({known.begin(f'm.counted(id({place}))')})")
        elif found[1] == "r":
            pieces.append(f"'%0{digits}d' % int(rnd() * {10 ** int(digits)})")
        elif found[3] == "year":
            pieces.append("str(m.today.year)")
        else:
            pieces.append(f"str({scope.of(found[3], node)})")
        at = found.end()
    pieces.append(repr(text[at:]))
    parts = [piece for piece in pieces if piece != "''"] or ["''"]
    return Made(f"''.join(({', '.join(parts)},))" if len(parts) > 1 else f"({parts[0]})")


def _start(reader: Reader, scope: Scope, known: Known) -> Made:
    fact, signs = _fact(reader, "start", scope), reader.number("signs")
    return Made(f"(None if (v := {fact}) is None else str(v)[:{signs}])", sure=False)


def _has(reader: Reader, scope: Scope, known: Known) -> Made:
    return Made(f"({reader.text('word')!r} in str({_fact(reader, 'has', scope)}))")


def _pattern(reader: Reader, scope: Scope, known: Known) -> Made:
    pattern = reader.text("pattern")
    return Made(f"next({known.begin(f'm.signs({pattern!r})')})")


def _identifier(reader: Reader, scope: Scope, known: Known) -> Made:
    node = reader.take("identifier")
    kind = word(node)
    if kind not in known.kinds:
        raise slip(node, f'"{kind}" is no kind of identifiers.yaml')
    ends = reader.maybe_text("ends") or ""
    name = known.begin(f"m.identifiers({kind!r})")
    return Made(f"next(each for each in {name} if each.endswith({ends!r}))" if ends else f"next({name})")


def _iban(reader: Reader, scope: Scope, known: Known) -> Made:
    return Made(f"iban(m, {reader.text('iban')!r}, {reader.text('bank')!r})")


def _photo(reader: Reader, scope: Scope, known: Known) -> Made:
    reader.take("photo")
    return Made("m.photo", sure=False)


def _list(reader: Reader, scope: Scope, known: Known) -> Made:
    return Made(f"(None if (v := {_fact(reader, 'list', scope)}) is None else [v])", sure=False)


def _group(reader: Reader, scope: Scope, known: Known) -> Made:
    node = reader.take("group")
    made = [_item(item, scope, known) for item in (items(node) if node.is_list else (node,))]
    return Made(f"[{', '.join(made)}]")


def _item(node: Node, scope: Scope, known: Known) -> str:
    fields = {name: expression(each, scope, known) for name, each in mapping(node).items()}
    source = "{" + ", ".join(f"{name!r}: {each.source}" for name, each in fields.items()) + "}"
    return source if all(each.sure for each in fields.values()) else f"known({source})"


def _lot(reader: Reader, scope: Scope, known: Known) -> Made:
    number, unit = _fact(reader, "lot", scope), _fact(reader, "of", scope)
    node = reader.node
    places: dict[str, tuple[float, ...]] = {}
    for name, text in reader.texts("around").items():
        try:
            places[name] = tuple(float(part) for part in text.split())
        except ValueError as problem:
            raise slip(node, "write a place as longitude and latitude: '46.36 40.68'") from problem
        if len(places[name]) != 2:
            raise slip(node, "write a place as longitude and latitude: '46.36 40.68'")
    is_size = reader.maybe_text("size") == "yes"
    return Made(f"lot_at({number}, {known.code.hold(places)}.get({unit}), {is_size})", sure=False)


def _address(reader: Reader, scope: Scope, known: Known) -> Made:
    return Made(f"(m.new_address(v) if (v := {_fact(reader, 'address', scope)}) else None)", sure=False)


def _pick(reader: Reader, scope: Scope, known: Known) -> Made:
    node = reader.take("pick")
    things, collection, take = known.demand_thing(word(node), node), word(node), reader.text("take")
    its_facts = Scope(things)
    its_facts.of(take, node)
    fits = test(reader.condition("among"), things, node, known.code)
    same = reader.texts("same") if reader.has("same") else {}
    own = [scope.of(name, node) for name in same]
    for its in same.values():
        its_facts.of(its, node)
    room = reader.maybe_text("room")
    if room:
        its_facts.of(room, node)
    pick = known.code.hold(_Pick(collection, take, fits, tuple(same.values()), room))
    return Made(f"{pick}.one(m, ({', '.join(own)}{',' if own else ''}))", sure=False)


@dataclass(frozen=True, slots=True, eq=False)
class _Pick:
    """Picks one of the things of a part, evenly, of those that fit."""

    collection: str
    take: str
    fits: Callable[[Mapping[str, object]], bool]
    same: tuple[str, ...]
    room: str | None

    def one(self, making: Making, wanted: tuple[object, ...]) -> object:
        choice = making.choices.get(id(self))
        if choice is None:
            choice = making.choices[id(self)] = Choice()
            for thing in making.things[self.collection]:
                if self.fits(thing):
                    choice.things.setdefault(tuple(thing.get(its) for its in self.same), []).append(thing)
        things = choice.things.get(wanted)
        if not things:
            return None
        place = int(making.chance.random() * len(things))
        chosen = things[place]
        if self.room is not None:
            choice.given[id(chosen)] = given = choice.given.get(id(chosen), 0) + 1
            if given >= int(str(chosen.get(self.room) or 0)):
                things[place] = things[-1]
                things.pop()
        return chosen.get(self.take)


def _ago(reader: Reader, scope: Scope, known: Known) -> Made:
    least, most = pair(reader.take("ago"))
    return Made(f"day(T - {least} - int(rnd() * {most - least + 1}))")


def _ahead(reader: Reader, scope: Scope, known: Known) -> Made:
    least, most = pair(reader.take("ahead"))
    return Made(f"day(T + {least} + int(rnd() * {most - least + 1}))")


def _after(reader: Reader, scope: Scope, known: Known) -> Made:
    fact = _fact(reader, "after", scope)
    least, most = pair(reader.take("days"))
    later = f"{least} + int(rnd() * {most - least + 1})" if most > least else str(least)
    cap_node = reader.maybe("cap")
    if cap_node is None:
        return Made(f"(None if (v := {fact}) is None else day(v.toordinal() + {later}))", sure=False)
    capped = f"day(max(w := v.toordinal(), min(w + {later}, T - {whole(cap_node)})))"
    return Made(f"(None if (v := {fact}) is None else {capped})", sure=False)


def _birthday(reader: Reader, scope: Scope, known: Known) -> Made:
    fact, age = _fact(reader, "birthday", scope), reader.number("age")
    return Made(f"(None if (v := {fact}) is None else years_later(v, {age}))", sure=False)


def _moment(reader: Reader, scope: Scope, known: Known) -> Made:
    return Made(f"moment(m, {_fact(reader, 'moment', scope)}, {_fact(reader, 'at', scope)})", sure=False)


def _years_back(reader: Reader, scope: Scope, known: Known) -> Made:
    return Made(f"(m.today.year - {_fact(reader, 'years_back', scope)})")


def _year_ago(reader: Reader, scope: Scope, known: Known) -> Made:
    return Made(f"(m.today.year - {reader.number('year_ago')})")


def _months_of(reader: Reader, scope: Scope, known: Known) -> Made:
    year, first = _fact(reader, "months_of", scope), _fact(reader, "from", scope)
    last = _fact(reader, "until", scope) if reader.has("until") else "None"
    return Made(f"months_of({year}, {first}, {last})", sure=False)


def _product(reader: Reader, scope: Scope, known: Known) -> Made:
    node = reader.take("product")
    factors = [each if each.isdigit() else scope.of(each, node) for each in words(node)]
    return Made(f"product(({', '.join(factors)},), {reader.number('over', 1)})", sure=False)


_FORMS: Mapping[str, Callable[[Reader, Scope, Known], Made]] = {
    "is": _is, "fact": _same_fact, "draw": _draw, "between": _between, "one_of": _one_of, "write": _write,
    "start": _start, "has": _has, "pattern": _pattern, "identifier": _identifier, "address": _address, "pick": _pick,
    "ago": _ago, "ahead": _ahead, "after": _after, "birthday": _birthday, "moment": _moment, "years_back": _years_back,
    "year_ago": _year_ago, "months_of": _months_of, "product": _product, "iban": _iban, "photo": _photo,
    "lot": _lot, "list": _list, "group": _group,
}  # fmt: skip


# --- what expressions call


def _an_iban(making: Making, country: str, bank: str) -> str:
    """ISO 13616, with its check digits."""
    rest = f"{bank}{making.chance.randrange(10**20):020d}"
    return f"{country}{98 - int(''.join(str(int(sign, 36)) for sign in f'{rest}{country}00')) % 97:02d}{rest}"


def _lot_at(number: str | None, place: tuple[float, float] | None, is_size: bool) -> dict[str, object] | str | None:
    if number is None or place is None:
        return None
    boundary, area = lot(int(number) - 1, *place)
    return str(area) if is_size else boundary


def _a_moment(making: Making, day: date | None, hour: object) -> datetime | None:
    return datetime.combine(day, time.fromisoformat(str(hour)), ZoneInfo(making.zone)) if day else None


def _months(year: int, first: date | None, last: date | None) -> int | None:
    """Calendar months of the year that lie between two days, those of the days themselves among them."""
    if first is None:
        return None
    begins = max((first.year - year) * 12 + first.month, 1)
    ends = 12 if last is None else min((last.year - year) * 12 + last.month, 12)
    return max(ends - begins + 1, 0)


def _multiplied(factors: Iterable[int | None], over: int) -> int | None:
    found = 1
    for factor in factors:
        if factor is None:
            return None
        found *= factor
    return found // over


def _known(item: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in item.items() if value is not None}


_NAMES: Mapping[str, object] = {
    "bisect": bisect_right, "day": date.fromordinal, "years_later": years_later, "iban": _an_iban, "moment": _a_moment,
    "months_of": _months, "product": _multiplied, "known": _known,
    "lot_at": _lot_at,
}  # fmt: skip
