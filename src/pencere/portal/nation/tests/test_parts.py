"""However many processes make the parts of a nation, it is the same nation, and all of it is in its registers."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest
from django.conf import settings
from msgspec import structs

from pencere import country
from pencere.base import clock
from pencere.exchange import actions as exchange
from pencere.portal.nation import generate, going_on, loading, parts
from pencere.portal.nation.plan import read_plan
from pencere.registers import actions as registers
from pencere.registers import queries as kept
from pencere.registers.tests import make
from pencere.registers.tests.make import NOW

pytestmark = pytest.mark.django_db(transaction=True)
PERSONS = 900


@pytest.fixture(autouse=True)
def _small_parts(tmp_path, monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(generate, "PERSONS_OF_A_PART", 300)
    monkeypatch.setattr(settings, "PENCERE", replace(settings.PENCERE, data=tmp_path, demo=True))
    with make.using(make.the("azerbaijan")), clock.standing_at(NOW):
        yield


def job(seed: int = 1, vendor: str = "sqlite") -> parts.Job:
    here = country.current()
    plan = read_plan(here.folder, frozenset(here.identifiers))
    folder = Path(tempfile.mkdtemp(dir=settings.PENCERE.data))
    here_packer, elsewhere_packer = (
        registers.Packer(kept.shape_of, kind, since=date(1900, 1, 1), recorded_by="test", now=NOW, folder=folder)
        for kind in (vendor, "sqlite")
    )
    return parts.Job(
        plan, loading.world(here), here, generate.parts_of(PERSONS), seed, date(2026, 3, 18), here_packer,
        elsewhere_packer, 1,
        loading._write, loading._signing_in, loading._lines,
    )  # fmt: skip


def made(processes: int, *, seed: int = 1, vendor: str = "sqlite") -> list[str]:
    """Of each part a digest of all that is said of it, then one of all that waits in files."""
    task = job(seed, vendor)
    digests = []
    for part in parts.packed(task, processes):
        blocks = [
            (here, structs.replace(msgspec.msgpack.decode(block, type=registers.Block), file=""))
            for here, block in part.blocks
        ]
        digests.append(hashlib.sha256(msgspec.msgpack.encode(tuple(part._replace(blocks=blocks)))).hexdigest())
    return [*digests, hashlib.sha256(repr(sorted(waiting(task.here.folder))).encode()).hexdigest()]


def waiting(folder: Path) -> Iterator[tuple[str, ...]]:
    """Rows of packed files, and what they are found by."""
    for file in folder.iterdir():
        with closing(sqlite3.connect(file)) as link:
            yield from ((str(row),) for row in link.execute("SELECT * FROM row"))
            for number, field in link.execute("SELECT * FROM field").fetchall():
                found = link.execute(f"SELECT value, row_id FROM found_{number}")
                yield from ((field, value, str(row)) for value, row in found)


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_the_number_of_processes_changes_nothing(vendor: str) -> None:
    alone = made(1, vendor=vendor)

    assert len(alone) == 4
    assert made(2, vendor=vendor) == alone
    assert made(8, vendor=vendor) == alone
    other = made(2, seed=2, vendor=vendor)
    assert other[0] != alone[0]
    assert other[-1] != alone[-1]


def test_a_process_that_dies_is_told_of_and_nothing_is_waited_for(monkeypatch) -> None:
    made = parts.one

    def dies(job: parts.Job, number: int) -> parts.Packed:
        if number == 1:
            raise SystemExit(3)
        return made(job, number)

    monkeypatch.setattr(parts, "one", dies)
    with pytest.raises(RuntimeError, match="part 1"):
        list(parts.packed(job(), 2))


def test_who_wants_no_more_stops_the_others() -> None:
    first = parts.packed(job(), 3)
    next(first)
    first.close()


def test_all_of_it_is_there_or_nothing(monkeypatch) -> None:
    here = country.current()
    only_here = {id_: each for id_, each in here.registers.items() if each.kept == "here"}
    monkeypatch.setattr(country, "_current", replace(here, registers=only_here))
    packed = parts.packed

    def cut_off(job: parts.Job, processes: int) -> Iterator[parts.Packed]:
        yield next(packed(job, processes))
        raise RuntimeError("cut off")

    monkeypatch.setattr(parts, "packed", cut_off)
    with pytest.raises(RuntimeError, match="cut off"):
        loading.load_nation(persons=PERSONS, seed=1, now=NOW, processes=1)
    assert kept.count("population") == 0

    monkeypatch.setattr(parts, "packed", packed)
    seen: list[tuple[int, int]] = []
    made = loading.load_nation(persons=PERSONS, seed=1, now=NOW, processes=2, progress=lambda *told: seen.append(told))

    assert made == kept.count("population") == PERSONS
    assert [persons for persons, _rows in seen] == [300, 600, 900]
    assert (settings.PENCERE.data / "demo" / "people.jsonl").exists()
    assert going_on._folder().joinpath("news.jsonl").exists()
    with pytest.raises(loading.NationExists):
        loading.load_nation(persons=PERSONS, seed=1, now=NOW, processes=1)


def test_only_some_thousand_persons_are_shown_where_one_signs_in(monkeypatch) -> None:
    monkeypatch.setattr(parts, "SHOWN_PARTS", 1)

    shown = [len(part.signing_in) for part in parts.packed(job(), 1)]

    assert shown[0] > 100 and shown[1:] == [0, 0]


def test_blocks_of_registers_elsewhere_need_the_demo(monkeypatch) -> None:
    monkeypatch.setattr(settings, "PENCERE", replace(settings.PENCERE, demo=False))
    with pytest.raises(ValueError, match="only in the demo"), exchange.filling(recorded_by="test", now=NOW) as fill:
        fill.add(b"", here=False)
