"""Point reads, pages and histories in a register of 100,000 rows, against the same questions in one of 10,000.

Each size is a database of its own with a process of its own (`python -m tests.bench.listing URL NAME ROWS`); they are
asked in turn, the same questions. Asked is what views ask: `queries.answer`, `page`, `record`, with the looks of all
whom they show written and synced. A cost is processor time of that process and, on PostgreSQL, of its server too,
without what draws the page. The registers are made by the first filling (`registers/filling.py`), not through loads.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests import tools
from tests.bench.measuring import Row, cpu_of

SIZES = (10_000, 100_000)
ROUNDS = 5
GOAL = 1.3
NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
FIRST = date(1950, 1, 1)
SHOWN = ("well_no", "name", "kind", "drilled", "owner")
KINDS, TERRITORIES = ("artesian", "dug", "spring", "tube"), ("nesimi", "sebail", "yasamal")
FIRST_WORDS = ("Yeni", "Köhnə", "Böyük", "Kiçik", "Şirin", "Duzlu", "Yuxarı", "Aşağı", "Qızıl", "Ağ")
SECOND_WORDS = ("quyu", "bulaq", "kəhriz", "çeşmə", "göl")
APART = ("Köhnə", "yasamal")
"""A word of every tenth row and a territory of every third that never meet."""
LONG = 20
"""Versions of a row whose history is read; so many rows have one."""
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question: how many are asked in a round, and the goal (p95, ms); None where the issue sets none."""

    name: str
    words: str
    count: int
    most: float | None


ASKED = (
    Kind("point", "point read by the key", 40, 20),
    Kind("first", "first page of 20, sorted", 20, 50),
    Kind("middle", "page of 20 from the middle", 20, 50),
    Kind("last", "last page of 20", 20, 50),
    Kind("filtered", "page of 20, filtered and sorted", 40, 50),
    Kind("span", "page of 20 of a span of days, sorted by depth", 20, 50),
    Kind("common", "page of 20: two common words", 20, 50),
    Kind("own", "page of 20: a common word, sorted by its own field", 6, 50),
    Kind("nothing", "page of 20: a word that nobody has, and a filter", 20, 50),
    Kind("apart", "page of 20: a common word and a common filter that never meet", 6, 50),
    Kind("thousand", "page of 1,000, filtered and sorted, whole at both sizes", 4, 500),
    Kind("upto", "page of up to 1,000, filtered as the page of 20", 4, 500),
    Kind("history", f"a row with {LONG} versions", 20, None),
)


def run(sizes: tuple[int, int] = SIZES, rounds: int = ROUNDS) -> list[Row]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        found += _engine("SQLite", "", [str(Path(folder) / f"{size}.sqlite3") for size in sizes], sizes, rounds)
    with tools.postgresql() as url:
        found += _engine("PostgreSQL", url, [f"wells_{size}" for size in sizes], sizes, rounds)
    return found


def _engine(engine: str, url: str, names: list[str], sizes: tuple[int, int], rounds: int) -> list[Row]:
    with ExitStack() as opened:
        sides = [opened.enter_context(_side(url, name, size)) for name, size in zip(names, sizes, strict=True)]
        for side in sides:
            assert side({}) == {"ready": True}
        seen: dict[str, list[list[dict[str, list[float]]]]] = {kind.name: [[], []] for kind in ASKED}
        for number in range(-1, rounds):  # the first warms
            for kind in ASKED:
                order = (0, 1) if number % 2 else (1, 0)
                for place in order:
                    costs = sides[place]({"kind": kind.name, "seed": number, "count": kind.count})
                    if number >= 0:
                        seen[kind.name][place].append(costs)
    return [_row(engine, kind, sizes, *seen[kind.name]) for kind in ASKED]


def _row(engine: str, kind: Kind, sizes: tuple[int, int], small: list[Any], large: list[Any]) -> Row:
    said, ends = [], []
    for costs in (large, small):
        cpu = [cost for each in costs for cost in each["cpu"]]
        wall = [cost for each in costs for cost in each["wall"]]
        p95 = _p95(cpu)
        said.append(f"{statistics.median(cpu):.1f} / {p95:.1f} ms ({statistics.median(wall):.1f} / {_p95(wall):.1f})")
        ends.append((p95, statistics.median(cpu)))
    ratio = ends[0][0] / ends[1][0]
    is_quick, is_even = kind.most is None or ends[0][0] <= kind.most, ratio <= GOAL
    met = "yes" if is_quick and is_even else "no" if not is_quick else f"time yes, ≤ {GOAL} × no"
    said.append(f"{ratio:.1f} × ({ends[0][1] / ends[1][1]:.1f} ×)")
    goal = (f"≤ {kind.most:.0f} ms, " if kind.most else "") + f"≤ {GOAL} ×"
    return Row(f"{engine}, {sizes[1]:,} rows: {kind.words}", said[0], said[1], said[2], goal, met)


def _p95(costs: list[float]) -> float:
    return statistics.quantiles(costs, n=20)[-1]


@contextmanager
def _side(url: str, name: str, rows: int) -> Iterator[Callable[[Mapping[str, object]], Any]]:
    """A process with its database: what is asked goes in as a line of JSON, what it cost comes out as one."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PENCERE_")}
    if url:
        environment["PENCERE_TEST_DATABASE"] = url
    command = [sys.executable, "-m", "tests.bench.listing", name, str(rows)]
    process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    told, heard = process.stdin, process.stdout

    def ask(question: Mapping[str, object]) -> Any:
        told.write(json.dumps(question) + "\n")
        told.flush()
        answer = heard.readline()
        assert answer, "a side of the bench has ended"
        return json.loads(answer)

    try:
        yield ask
    finally:
        told.close()
        process.wait(timeout=60)


# --- the register


@contextmanager
def using_wells() -> Iterator[None]:
    from pencere.country.declarations import Answer
    from pencere.registers.importing.tests.make import country_of
    from pencere.registers.tests.make import HERE, field, using

    fields = (
        field("well_no", "text", pattern=r"W-\d{8}", search="exact"),
        field("name", "text", search="words"),
        field("kind", "choice", of=KINDS, search="exact"),
        field("drilled", "date", search="exact"),
        field("depth", "integer", search="exact", min="1", max="1000"),
        field("cost", "money"),
        field("territory", "territory", search="exact"),
        field("owner", "person", personal="ordinary", search="exact"),
        field("owner_phone", "phone", required=False),
        field("address", "address"),
        field("active", "boolean"),
        field("remarks", "long_text", required=False),
    )
    answers = {"one": Answer("one", {"well_no": ("well_no",)}, tuple(each.name for each in fields), False, (), HERE)}
    with using(country_of("wells", fields, ("well_no",), about=("owner",), answers=answers)):
        yield


def well(number: int) -> dict[str, object]:
    """The same at any size: a register of 10,000 is the beginning of one of 1,000,000."""
    chance = random.Random(number)
    first, territory = chance.choice(FIRST_WORDS), chance.choice(TERRITORIES)
    if (first, territory) == APART:
        territory = "sebail"
    return {
        "well_no": well_no(number),
        "name": f"{first} {chance.choice(SECOND_WORDS)} {number % 997}",
        "kind": chance.choice(KINDS), "drilled": FIRST + timedelta(chance.randrange(27_000)),
        "depth": chance.randrange(1, 400), "cost": chance.randrange(50_000, 9_000_000), "territory": territory,
        "owner": _person(number), "owner_phone": f"+99450{chance.randrange(10**7):07}",
        "address": f"Bakı, Nizami küçəsi, ev {chance.randrange(1, 900)}", "active": chance.random() < 0.9,
        "remarks": None if number % 3 else "Suyu içməyə yararlı deyil",
    }  # fmt: skip


def well_no(number: int) -> str:
    return f"W-{number * 7919 % 10_000_019:08}"


def _person(number: int) -> str:
    signs = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    text = ""
    for _place in range(7):
        number, place = divmod(number, len(signs))
        text += signs[place]
    return text


def _fill(rows: int) -> None:
    from django.db import connection

    from pencere.registers import actions
    from pencere.registers.using import shape_of

    with actions.filling(recorded_by="bench", now=NOW) as fill:
        packer = actions.Packer(
            shape_of, connection.vendor, since=date(2019, 5, 1), recorded_by="bench", now=NOW, folder=fill.folder
        )
        for first in range(1, rows + 1, _AT_ONCE):
            made = ((well(number), None, None) for number in range(first, min(first + _AT_ONCE, rows + 1)))
            block = packer.pack("wells", made, first)
            assert block is not None
            fill.add(block)
    for number in range(1, LONG + 1):
        for version in range(1, LONG):
            actions.correct_row(
                "wells", {"well_no": well_no(number)}, {"depth": 400 + version}, on=NOW.date(), reason="typed wrong",
                document="act 7", recorded_by="bench", now=NOW + timedelta(minutes=version),
            )  # fmt: skip
    with connection.cursor() as cursor:  # what the server does by itself after a while
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM (ANALYZE)")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# --- what is asked


def _questions(kind: str, seed: int, count: int, rows: int) -> Iterator[Callable[[], int]]:
    """Each, when called, gives how many rows came."""
    from pencere.registers import queries
    from pencere.registers.listing.tests.make import officer
    from pencere.registers.queries import Asked, Filter
    from pencere.registers.tests.make import purpose

    chance = random.Random(f"{kind} {seed}")
    now = NOW + timedelta(days=1)
    sorts = ("name", "-name", "depth", "-depth", "drilled", "-drilled", "well_no", "kind", "territory")

    def page(sort: str = "", size: int = 20, words: str = "", after: str = "", **filters: Filter) -> int:
        asked = Asked(filters=filters, sort=sort, size=size, words=words, after=after, fields=SHOWN)
        return len(queries.page("wells", asked, officer(), now=now).rows)

    def equal(name: str, values: tuple[str, ...]) -> Filter:
        return Filter(equal=chance.choice(values))

    for _number in range(count):
        sort = chance.choice(sorts)
        if kind == "point":
            by = {"well_no": well_no(chance.randrange(LONG + 1, rows))}
            yield lambda by=by: len(queries.answer("wells", "one", by, SHOWN, purpose(), now=now))
        elif kind == "history":
            row = _id_of(well_no(chance.randrange(1, LONG + 1)))
            yield lambda row=row: len(queries.record(row, officer(), now=now).history)
        elif kind == "first":
            yield lambda sort=sort: page(sort)
        elif kind == "middle":
            sort = chance.choice(("name", "depth", "drilled"))
            after = f"n{_id_at(sort, rows // 2 + chance.randrange(rows // 10))}"
            yield lambda sort=sort, after=after: page(sort, after=after)
        elif kind == "last":
            sort = chance.choice(("name", "depth", "drilled"))
            after = f"n{_id_at(sort, rows - 21)}"
            yield lambda sort=sort, after=after: page(sort, after=after)
        elif kind == "thousand":  # filters that leave a thousand of 10,000 rows, too
            two = tuple(chance.sample(KINDS, 2))
            filters = chance.choice((
                {"kind": equal("kind", KINDS)}, {"territory": equal("territory", TERRITORIES)},
                {"kind": Filter(any_of=two), "territory": equal("territory", TERRITORIES)},
                {"name": Filter(words=chance.choice(SECOND_WORDS))},
            ))  # fmt: skip
            sort = sort if sort.strip("-") != "name" else "drilled"
            yield lambda sort=sort, filters=filters: page(sort, 1000, **filters)
        elif kind in ("filtered", "upto"):
            filters = {"kind": equal("kind", KINDS), "territory": equal("territory", TERRITORIES)}
            for left_out in chance.sample(sorted(filters), chance.randrange(2)):
                del filters[left_out]
            if chance.random() < 0.3:
                filters["name"] = Filter(words=chance.choice(FIRST_WORDS))
                sort = sort if sort.strip("-") != "name" else "drilled"  # that is a kind of its own
            size = 20 if kind == "filtered" else 1000
            yield lambda sort=sort, size=size, filters=filters: page(sort, size, **filters)
        elif kind == "span":
            first = FIRST + timedelta(chance.randrange(26_000))
            span = Filter(from_=first, until=first + timedelta(chance.choice((7, 30, 365))))
            yield lambda span=span: page("depth", drilled=span)
        elif kind == "common":
            words = f"{chance.choice(FIRST_WORDS)} {chance.choice(SECOND_WORDS)}"
            sort = sort if sort.strip("-") != "name" else "-drilled"
            yield lambda sort=sort, words=words: page(sort, words=words)
        elif kind == "own":
            word, sort = chance.choice(FIRST_WORDS), chance.choice(("name", "-name"))
            yield lambda sort=sort, word=word: page(sort, words=word)
        elif kind == "nothing":
            some = equal("kind", KINDS)
            yield lambda sort=sort, some=some: page(sort, words="zzz", kind=some)
        else:
            yield lambda sort=sort: page(sort, words=APART[0], territory=Filter(equal=APART[1]))


def _id_of(no: str) -> int:
    from pencere.registers.models import Row

    found = Row.objects.filter(register="wells", key=no.lower(), retired_at__isnull=True).values_list(
        "pk", flat=True
    )  # ascii
    return found.get()


def _id_at(sort: str, place: int) -> int:
    """The row at that place of the order."""
    from pencere.registers.models import RowKey
    from pencere.registers.using import shape_of

    entries = RowKey.objects.filter(field=f"wells.{shape_of('wells').order[sort].field}").order_by("value", "row")
    return entries.values_list("row", flat=True)[place]


# --- a side, in a process of its own


def _costs(kind: str, seed: int, count: int, rows: int) -> dict[str, list[float]]:
    from tests.bench.loading import _servers

    asked = list(_questions(kind, seed, count, rows))
    servers = _servers()
    found: dict[str, list[float]] = {"cpu": [], "wall": [], "rows": []}
    for one in asked:
        served = cpu_of(servers)
        began, processor = time.perf_counter(), time.process_time()
        came = one()
        processor, wall = time.process_time() - processor, time.perf_counter() - began
        found["cpu"].append(1000 * (processor + cpu_of(servers) - served))
        found["wall"].append(1000 * wall)
        found["rows"].append(came)
    return found


def main(name: str, rows: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, serialize=False, keepdb=True)
    with using_wells():
        from pencere.registers import queries

        if queries.count("wells") != rows:
            _fill(rows)
        for line in sys.stdin:
            asked = json.loads(line)
            answer = _costs(asked["kind"], asked["seed"], asked["count"], rows) if asked else {"ready": True}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
