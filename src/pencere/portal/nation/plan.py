"""Reads `nation.yaml` and `nation/*.yaml` into frozen dataclasses. A slip is a finding with its file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from pencere.base.errors import BadDeclaration
from pencere.country.nodes import Finding, Node, read
from pencere.portal.nation import compiled
from pencere.portal.nation.asking import Scope, Test, test
from pencere.portal.nation.compiled import More, New, OneRow, Rows
from pencere.portal.nation.dice import Known
from pencere.portal.nation.making import Making
from pencere.portal.nation.reader import Reader, items, mapping, pair, slip, whole, word, words

Weights = Mapping[str, int]
Texts = Mapping[str, str]

PERSON = (
    "id", "given", "surname", "patronymic", "particle", "name", "birth_date", "sex", "citizen", "territory", "mother",
    "father", "age", "age_months", "birth_year", "spouse", "guardian", "children", "youngest", "eldest", "address",
    "address_state", "basis", "since", "owns_home", "officer", "named",
)  # fmt: skip
HOME = (
    "address",
    "territory",
    "state",
    "now",
    "since",
    "tenure",
    "basis",
    "head",
    "partner",
    "owner",
    "tenant",
    "kids",
)
MADE: Mapping[str, tuple[str, ...]] = {
    "person": PERSON,
    "home": HOME,
    "address": ("address", "territory", "state", "now", "since"),
    "residence": ("person", "address", "basis", "since"),
    "couple": ("husband", "wife", "since"),
    "guardianship": ("guardian", "ward", "since"),
    "area": ("unit", "weight", "place"),
}
"""What every nation consists of, with the facts of each."""


@dataclass(frozen=True, slots=True)
class Area:
    """A unit of the territory in which persons live."""

    unit: str
    weight: int
    flats: int  # of 1000 addresses, how many are in a house of flats
    streets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renamed:
    unit: str
    old: str
    new: str
    since: date


@dataclass(frozen=True, slots=True)
class Tenure:
    """On what ground the grown-ups of a home are registered there, and whose it is."""

    name: str
    weight: int
    basis: str
    others: str  # the ground of the grown-ups who do not own it
    owner: str  # here: one of the grown-ups; elsewhere: somebody of another home; none


@dataclass(frozen=True, slots=True)
class Home:
    address: str
    basis: str
    since: date
    state: str  # valid renamed abolished absent
    now: str | None


@dataclass(frozen=True, slots=True)
class Named:
    """A person whom the README and the sign-in page name."""

    id: str
    identifier: str
    given: str
    surname: str
    patronymic: str | None
    sex: str
    birth_date: date
    citizen: bool
    territory: str | None
    mother: str | None
    father: str | None
    home: Home | None
    shown: bool
    note: Texts


@dataclass(frozen=True, slots=True)
class Officer:
    id: str
    identifier: str
    name: str
    sex: str
    birth_date: date
    agency: str
    role: str


@dataclass(frozen=True, slots=True)
class Make:
    """Gives facts to things that are there (`more`), or makes new ones (`new`)."""

    thing: str
    each: str | None  # made for each of these; None: so many of 1000 persons
    per_1000: int
    more: More | None
    new: New | None
    once: bool  # in the first part only: what the nation has once, or has at most so many of


@dataclass(frozen=True, slots=True)
class RowRule:
    """How facts become rows of a register. `told`: rows come one by one as news, which the register's events tell."""

    register: str
    each: str
    told: bool
    rows: Rows


@dataclass(frozen=True, slots=True)
class Reply:
    """What the world answers: to an event of a register a change of it, some time later."""

    event: str  # passports.ordered
    seconds: int
    accept: str  # passports.make
    row: OneRow


@dataclass(frozen=True, slots=True)
class Sought:
    """Somebody of the nation to whom a service applies: found by facts, told in sentences."""

    service: str
    outcome: str  # granted refused officer
    find: str
    when: Test
    sign_in: str  # the fact of what was found that names the person
    note: Texts
    place: Node


@dataclass(frozen=True, slots=True)
class Plan:
    given: Mapping[str, tuple[str, ...]]
    surnames: tuple[Texts, ...]
    patronymic: bool
    particles: Texts
    house: str
    flat: str
    quarter: str  # how a street is called in the quarters of all parts of the nation but the first
    houses: tuple[int, int]
    flats: tuple[int, int]
    areas: tuple[Area, ...]
    renamed: tuple[Renamed, ...]
    shares: Weights
    ages: tuple[int, int]
    one_adult: Mapping[int, int]
    two_adults: Mapping[int, int]
    tenure: tuple[Tenure, ...]
    child_basis: str
    signs_in: Test  # of the facts of a person
    officers: tuple[Officer, ...]
    people: tuple[Named, ...]
    makes: tuple[Make, ...]
    registers: tuple[RowRule, ...]
    replies: tuple[Reply, ...]
    who: tuple[Sought, ...]

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Of the persons whom the plan names, and of the officers."""
        return (*(each.identifier for each in self.people), *(each.identifier for each in self.officers))


def read_plan(folder: Path, kinds: frozenset[str]) -> Plan:
    """The plan of a country's nation; `kinds`: its kinds of identifiers. Raises BadDeclaration with file and line."""
    node = _load(folder, "nation.yaml")
    base = Reader(node)
    known = Known({name: set(facts) for name, facts in MADE.items()}, kinds)
    lives = [Reader(_load(folder, f"nation/{name}.yaml")) for name in _areas(base)]
    people = _people(base)
    makes = tuple(chain.from_iterable(_makes(life, known) for life in (base, *lives)))
    registers = tuple(chain.from_iterable(_registers(life, known) for life in (base, *lives)))
    replies = tuple(chain.from_iterable(_replies(life, known) for life in (base, *lives)))
    who = tuple(chain.from_iterable(_who(life, known) for life in (base, *lives)))
    signs_in = test(base.condition("signs_in"), known.things["person"], node, known.code)
    for reader in (base, *lives):
        reader.done()
    return Plan(**people, signs_in=signs_in, makes=makes, registers=registers, replies=replies, who=who)


def _load(folder: Path, file: str) -> Node:
    findings: list[Finding] = []
    node = read(folder / file, file, findings)
    if node is None or findings:
        raise BadDeclaration(tuple(findings))
    return node


def _areas(base: Reader) -> tuple[str, ...]:
    node = base.maybe("areas_of_life")
    return words(node) if node is not None else ()


def _people(base: Reader) -> dict[str, Any]:
    address, households = Reader(base.take("address")), Reader(base.take("households"))
    patronymic = Reader(base.take("patronymic")) if base.has("patronymic") else None
    tenure = {name: Reader(node) for name, node in mapping(base.take("tenure")).items()}
    found: dict[str, Any] = {
        "given": {sex: words(node) for sex, node in mapping(base.take("given")).items()},
        "surnames": tuple(
            {sex: word(name) for sex, name in mapping(item).items()} for item in items(base.take("surnames"))
        ),
        "patronymic": patronymic is not None,
        "particles": patronymic.texts("particle") if patronymic else {},
        "house": address.text("house"),
        "flat": address.text("flat"),
        "quarter": address.maybe_text("quarter") or "{street} {quarter}",
        "houses": pair(address.take("houses")),
        "flats": pair(address.take("flats")),
        "areas": tuple(_area(unit, Reader(area)) for unit, area in mapping(base.take("territory")).items()),
        "renamed": tuple(_renamed(Reader(item)) for item in _list(base, "renamed")),
        "shares": base.weights("shares"),
        "ages": pair(households.take("ages")),
        "one_adult": {int(number): weight for number, weight in households.weights("one_adult").items()},
        "two_adults": {int(number): weight for number, weight in households.weights("two_adults").items()},
        "tenure": tuple(_tenure(name, reader) for name, reader in tenure.items()),
        "child_basis": base.text("child_basis"),
        "officers": tuple(_officer(Reader(item)) for item in items(base.take("officers"))),
        "people": tuple(_named(Reader(item)) for item in items(base.take("people"))),
    }
    address.done()
    households.done()
    if patronymic:
        patronymic.maybe("from")
        patronymic.done()
    return found


def _list(reader: Reader, key: str) -> tuple[Node, ...]:
    node = reader.maybe(key)
    return items(node) if node is not None else ()


def _area(unit: str, reader: Reader) -> Area:
    area = Area(unit, reader.number("weight"), reader.number("flats"), words(reader.take("streets")))
    reader.done()
    return area


def _renamed(reader: Reader) -> Renamed:
    street = Renamed(reader.text("unit"), reader.text("old"), reader.text("new"), reader.day("since"))
    reader.done()
    return street


def _tenure(name: str, reader: Reader) -> Tenure:
    basis = reader.text("basis")
    owner = reader.maybe("owner")
    tenure = Tenure(
        name, reader.number("weight"), basis, reader.maybe_text("others") or basis, word(owner) if owner else "none"
    )
    if tenure.owner not in ("here", "elsewhere", "none"):
        raise slip(reader.node, "owner is here, elsewhere or none")
    reader.done()
    return tenure


def _officer(reader: Reader) -> Officer:
    officer = Officer(
        reader.text("id"), reader.text("identifier"), reader.text("name"), reader.text("sex"), reader.day("birth_date"),
        reader.text("agency"), reader.text("role"),
    )  # fmt: skip
    reader.done()
    return officer


def _named(reader: Reader) -> Named:
    home = reader.maybe("home")
    named = Named(
        id=reader.text("id"),
        identifier=reader.text("identifier"),
        given=reader.text("given"),
        surname=reader.text("surname"),
        patronymic=reader.maybe_text("patronymic"),
        sex=reader.text("sex"),
        birth_date=reader.day("birth_date"),
        citizen=reader.text("citizen") == "yes",
        territory=reader.maybe_text("territory"),
        mother=reader.maybe_text("mother"),
        father=reader.maybe_text("father"),
        home=_home(Reader(home)) if home is not None and home.is_mapping else None,
        shown=reader.maybe_text("shown") != "no",
        note=reader.texts("note"),
    )
    reader.done()
    return named


def _home(reader: Reader) -> Home:
    home = Home(
        reader.text("address"),
        reader.text("basis"),
        reader.day("since"),
        reader.text("state"),
        reader.maybe_text("now"),
    )
    reader.done()
    return home


# --- what is declared of each area of life


def _makes(life: Reader, known: Known) -> Iterator[Make]:
    for node in _list(life, "make"):
        reader = Reader(node)
        yield _new(reader, known) if reader.has("new") else _more(reader, known)
        reader.done()


def _more(reader: Reader, known: Known) -> Make:
    """More facts of things that are there."""
    node = reader.take("of")
    facts = known.demand_thing(word(node), node)
    chosen = _chosen(reader)
    more = compiled.more_facts(reader.take("set"), facts, chosen, node, known)
    return Make(word(node), None, 0, more, None, once=bool(chosen[2]))


def _new(reader: Reader, known: Known) -> Make:
    node = reader.take("new")
    name = word(node)
    each = reader.maybe("each")
    parent = set(known.demand_thing(word(each), each)) if each is not None else set()
    chosen = _chosen(reader)
    crossed = (
        {fact: _values(value) for fact, value in mapping(reader.take("cross")).items()} if reader.has("cross") else {}
    )
    new, own = compiled.new_things(reader.take("set"), parent, chosen, crossed, node, known)
    known.things.setdefault(name, set()).update(own)
    per_1000 = reader.number("per_1000") if each is None and not crossed else 0
    once = bool(chosen[2]) or (each is None and not per_1000)
    return Make(name, word(each) if each is not None else None, per_1000, None, new, once)


def _chosen(reader: Reader) -> compiled.Chosen:
    return reader.condition("when"), reader.number("share", 1000), reader.number("most", 0)


def _values(node: Node) -> Callable[[Making], list[object]]:
    """`[a, b]`, `{range: [1, 999], digits: 3}`, `{working_days: 15}` or `{days: 15}` (from tomorrow)."""
    if node.is_list:
        values: list[object] = list(words(node))
        return lambda _making: values
    reader = Reader(node)
    if reader.has("range"):
        least, most = pair(reader.take("range"))
        digits = reader.number("digits", 0)
        reader.done()
        numbers: list[object] = [f"{n:0{digits}d}" if digits else n for n in range(least, most + 1)]
        return lambda _making: numbers
    days = whole(reader.take("working_days"))
    reader.done()
    return lambda making: list(making.working_days(days))


def _registers(life: Reader, known: Known) -> Iterator[RowRule]:
    node = life.maybe("registers")
    for register, rules in mapping(node).items() if node is not None else ():
        for rule in items(rules) if rules.is_list else (rules,):
            reader = Reader(rule)
            each = reader.take("each")
            facts = known.demand_thing(word(each), each)
            chosen = (reader.condition("when"), reader.number("share", 1000), 0)
            since, until = reader.maybe("from"), reader.maybe("until")
            rows = compiled.rows(reader.take("row"), since, until, facts, chosen, rule, known)
            yield RowRule(register, word(each), reader.maybe_text("told") == "yes", rows)
            reader.done()


def _replies(life: Reader, known: Known) -> Iterator[Reply]:
    for node in _list(life, "goes_on"):
        reader = Reader(node)
        fields = set(words(reader.take("told"))) | {"day"}
        row = compiled.one_row(reader.take("row"), fields, known)
        yield Reply(reader.text("event"), reader.number("seconds"), reader.text("accept"), row)
        reader.done()


def _who(life: Reader, known: Known) -> Iterator[Sought]:
    for node in _list(life, "who"):
        reader = Reader(node)
        find = reader.take("find")
        scope = known.demand_thing(word(find), find)
        yield Sought(
            reader.text("service"), reader.text("outcome"), word(find),
            test(reader.condition("when"), scope, node, known.code), _fact(reader, "sign_in", scope),
            reader.texts("note"), node,
        )  # fmt: skip
        reader.done()


def _fact(reader: Reader, key: str, facts: set[str]) -> str:
    name = reader.text(key)
    Scope(facts).of(name, reader.node)
    return name
