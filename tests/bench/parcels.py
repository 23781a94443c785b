"""100,000 parcels that may not lie over each other: a file of them compared, and one more added among them.

The comparison of a staged file (`sweeping`, a few thousand shapes in memory at a time) against Shapely alone over all
of them at once: read, one tree, the common areas. An added parcel against the same in a register of 1,000: what is
near is found in the index of rows, so it may hardly cost more. SQLite; processor time of the process; sides take turns.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.bench.measuring import Row, interleaved, own_cpu

MANY, FEW = 100_000, 1_000
ROUNDS, AT_ONCE = 5, 10
LON, LAT = 48.0, 40.0
_FREE = (ROUNDS + 1) * AT_ONCE
_SINCE, _NOW = date(2026, 1, 1), datetime(2026, 5, 4, 9, tzinfo=UTC)


def run() -> list[Row]:
    from django.test.utils import setup_databases, teardown_databases

    from pencere.registers.tests import make

    old = setup_databases(verbosity=0, interactive=False)
    try:
        with tempfile.TemporaryDirectory() as folder, make.using(_country()):
            return list(_measured(Path(folder)))
    finally:
        teardown_databases(old, verbosity=0)


def _country() -> Any:
    from dataclasses import replace

    from pencere.registers.ground.tests.make import meadows

    here = meadows()
    small = replace(here.registers["meadows"], id="small-meadows")
    return replace(here, registers={**here.registers, "small-meadows": small})


def _measured(folder: Path) -> Iterator[Row]:
    from pencere.registers import actions
    from pencere.registers.ground import sweeping
    from pencere.registers.importing import loads
    from pencere.registers.importing.tests import make as importing
    from pencere.registers.using import shape_of

    path = folder / "parcels.csv"
    _write(path)
    load = importing.start(path, register="meadows").load
    assert load.bad == 0 and load.rows == MANY - _FREE, (load.rows, load.bad)
    shape = shape_of("meadows")
    found: list[object] = []
    compared = interleaved(
        {
            "ours": lambda _round: own_cpu(lambda: found.extend(sweeping.over_each_other(shape, load))),
            "plain": lambda _round: own_cpu(lambda: found.extend(_plainly(load.pk))),
        },
        2,
    )
    assert not found
    ours, plain = compared["ours"], compared["plain"]
    yield Row(
        f"{load.rows:,} parcels of a file compared with each other", f"{ours:.1f} s", f"{plain:.1f} s",
        f"{ours / plain:.1f} × as long", "-", "-",
    )  # fmt: skip

    loads.confirm(load)
    few = [_parcel(number) for number in range(FEW) if not _is_free(number, FEW)]
    actions.add_rows("small-meadows", few, valid_from=_SINCE, recorded_by="bench", now=_NOW)
    added = interleaved(
        {
            "many": lambda round_: own_cpu(lambda: _add("meadows", MANY, round_)),
            "few": lambda round_: own_cpu(lambda: _add("small-meadows", FEW, round_)),
        },
        ROUNDS,
    )
    many, small = added["many"] / AT_ONCE * 1000, added["few"] / AT_ONCE * 1000
    yield Row(
        f"a parcel added among {MANY:,}, against {FEW:,}", f"{many:.1f} ms", f"{small:.1f} ms", f"{many / small:.2f}",
        "≤ 1.3 ×", "yes" if many <= 1.3 * small else "no",
    )  # fmt: skip


def _is_free(number: int, of: int) -> bool:
    """Of the lots so many are left out, each with neighbours on all sides, to be added one by one."""
    return number % (of // _FREE) == 7 and number // (of // _FREE) < _FREE


def _parcel(number: int) -> dict[str, object]:
    from pencere.registers.ground.lots import lot

    border, size = lot(number, LON, LAT)
    return {"number": f"M-{number:06}", "border": border, "size": str(size)}


def _write(path: Path) -> None:
    from pencere.registers.ground.tests import make

    with path.open("w", encoding="utf-8", newline="") as out:
        out.write(make.HEAD + "\r\n")
        for number in range(MANY):
            if not _is_free(number, MANY):
                parcel = _parcel(number)
                out.write(make.line(number, parcel["border"], str(parcel["size"])) + "\r\n")


def _plainly(load: int) -> list[object]:
    """Pairs that lie over each other, all shapes in memory."""
    import msgspec
    import shapely
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute('SELECT "values" FROM registers_stagedrow WHERE load_id = %s', [load])
        texts = [msgspec.json.encode(msgspec.json.decode(values)["border"]) for (values,) in cursor.fetchall()]
    shapes = shapely.from_geojson(texts)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = left < right
    common = shapely.intersection(shapes[left[once]], shapes[right[once]])
    return [place for place in shapely.area(common).nonzero()[0] if shapely.area(common[place]) > 1e-10]


def _add(register: str, of: int, round_: int) -> None:
    from pencere.registers import actions

    for place in range(AT_ONCE):
        number = (round_ * AT_ONCE + place) * (of // _FREE) + 7
        actions.add_row(register, _parcel(number), valid_from=_SINCE, recorded_by="bench", now=_NOW)
