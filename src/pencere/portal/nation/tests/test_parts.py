"""However many processes make the parts of a nation, it is the same nation, and all of it is in its registers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import msgspec
import pytest
from django.conf import settings

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
    packer = registers.Packer(kept.shape_of, vendor, since=date(1900, 1, 1), recorded_by="test", now=NOW)
    return parts.Job(
        plan, loading.world(here), here, generate.parts_of(PERSONS), seed, date(2026, 3, 18), packer, packer, 1,
        loading._write, loading._signing_in, loading._lines,
    )  # fmt: skip


def digests(made: Iterator[parts.Packed]) -> list[str]:
    return [hashlib.sha256(msgspec.msgpack.encode(tuple(part))).hexdigest() for part in made]


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_the_number_of_processes_changes_nothing(vendor: str) -> None:
    alone = digests(parts.packed(job(vendor=vendor), 1))

    assert len(alone) == 3
    assert digests(parts.packed(job(vendor=vendor), 2)) == alone
    assert digests(parts.packed(job(vendor=vendor), 8)) == alone
    assert digests(parts.packed(job(seed=2, vendor=vendor), 2)) != alone


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
