"""The countries that come with the product have nothing wrong, and a line that is dropped from them is missed."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from pencere.country.checking import check
from pencere.country.nodes import ERROR
from pencere.country.reading import load

COUNTRIES = Path(__file__).resolve().parents[4] / "countries"
AS_OF = date(2026, 3, 18)
SERVICE = "services/home-certificate/service.yaml"
DECISION = "services/home-certificate/decision.yaml"
SPOILED = (SERVICE, DECISION, "certificates/home/certificate.yaml", "agreements/registry-land.yaml")


def errors(folder: Path) -> list[str]:
    return [str(each) for each in check(folder, AS_OF) if each.severity == ERROR]


@pytest.mark.parametrize("name", sorted(path.name for path in COUNTRIES.iterdir() if path.is_dir()))
def test_a_shipped_country_has_nothing_wrong(name):
    assert errors(COUNTRIES / name) == []
    assert load(COUNTRIES / name).id == name


TELLING = {"treatment", "disability_allowance", "still", "convicted", "imprisonment", "childhood", "not_vaccinated"}
"""Codes that tell of health, conviction or family life of whom they are said (Law on personal data 998-IIIQ)."""


def test_what_tells_of_health_or_conviction_is_special_in_every_register():
    here = load(COUNTRIES / "azerbaijan")
    telling = {
        (register.id, field.name): field.personal
        for register in here.registers.values() if register.about or "person" in register.fields
        for field in register.fields.values() if isinstance(field.of, tuple) and TELLING & set(field.of)
    }  # fmt: skip

    assert len(telling) > 4
    assert {name for name, personal in telling.items() if personal != "special"} == set()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("country") / "template"
    shutil.copytree(COUNTRIES / "template", target)
    return target


@contextmanager
def spoiled(folder: Path, file: str, text: str) -> Iterator[None]:
    path = folder / file
    before = path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")


@pytest.mark.parametrize("file", SPOILED)
def test_every_line_is_missed_when_it_is_dropped(copy, file):
    lines = (copy / file).read_text(encoding="utf-8").splitlines(keepends=True)

    survived = []
    for number, line in enumerate(lines):
        if line.strip() and not line.lstrip().startswith(("#", "unit:")):
            with spoiled(copy, file, "".join(lines[:number] + lines[number + 1 :])):
                if not errors(copy):
                    survived.append(line)

    assert survived == []


@pytest.mark.parametrize("file", [SERVICE, DECISION])
def test_a_slip_in_any_name_is_found(copy, file):
    text = (copy / file).read_text(encoding="utf-8")

    survived = []
    for number, line in enumerate(text.splitlines(keepends=True)):
        if line.lstrip().startswith(("#", "result:")):
            continue
        start = sum(map(len, text.splitlines(keepends=True)[:number]))
        for name in re.finditer(r"[a-z][a-z_]{3,}", line.partition("#")[0]):
            end = start + name.end()
            with spoiled(copy, file, f"{text[:end]}x{text[end:]}"):
                if not errors(copy):
                    survived.append(f"{number + 1}: {name[0]}")

    assert survived == []
