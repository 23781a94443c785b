"""Whoever opens a register's folder finds a sample beside it, and `pencere import --dry-run` takes it as it stands."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pencere.base import clock
from pencere.country.declarations import Country
from pencere.registers import queries
from pencere.registers.importing import loads, swapping
from pencere.registers.importing.tests import make as importing
from pencere.registers.models import Load
from pencere.registers.tests import make
from pencere.registers.tests.make import NOW

pytestmark = pytest.mark.django_db

SAMPLES = [(name, id_) for name in ("azerbaijan", "template") for id_ in make.the(name).registers]


def kept_here(country: Country, id_: str) -> Country:
    """Whoever keeps such a register elsewhere may keep it here one day: its sample is as good."""
    register = replace(country.registers[id_], kept="here")
    return replace(country, registers={**country.registers, id_: register})


def named_by(country: Country, id_: str) -> list[str]:
    """The registers whose rows a row of this one names: their samples come first."""
    return [str(field.of) for field in country.registers[id_].fields.values() if field.kind == "ref"]


def staged(country: Country, id_: str, folder: Path) -> Load:
    file = folder / f"{id_}.csv"
    shutil.copy(country.folder / "registers" / id_ / "sample.csv", file)
    return importing.start(file, register=id_).load


def load_those_named_by(country: Country, id_: str, folder: Path) -> None:
    for other in named_by(country, id_):
        load_those_named_by(country, other, folder)
        if not queries.count(other):
            loads.confirm(staged(country, other, folder))


@pytest.mark.parametrize(("name", "id_"), SAMPLES)
def test_a_sample_is_loaded_without_an_error(name: str, id_: str, tmp_path: Path):
    country = kept_here(make.the(name), id_)
    with make.using(country), clock.standing_at(NOW):
        load_those_named_by(country, id_, tmp_path)

        load = staged(country, id_, tmp_path)

        assert (importing.faults(load) if load.bad else []) == []
        assert load.rows > 0
        swapping.drop(load, closed_by="test", now=NOW)
        assert queries.count(id_) == 0
