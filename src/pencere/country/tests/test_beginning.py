"""What `pencere new` writes is something that runs: the checker finds nothing wrong with it, in any country."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from pencere.country.beginning import CannotBegin, Wish, begin
from pencere.country.checking import check
from pencere.country.commands import new
from pencere.country.reading import load

COUNTRIES = Path(__file__).resolve().parents[4] / "countries"
TODAY = date(2026, 11, 2)


@pytest.fixture(params=("azerbaijan", "template"))
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copytree(COUNTRIES / request.param, tmp_path / request.param))


def _wish(folder: Path, kind: str, **changed: str) -> Wish:
    country = load(folder)
    article = next(iter(country.services.values())).law[0]
    given = {
        "id": "fishing-boat",
        "agency": next(iter(country.agencies)),
        "law": str(article),
        "title": 'A "boat": new',
    }
    return Wish(kind=kind, **{**given, **changed})


@pytest.mark.parametrize("kind", ["service", "register", "certificate"])
def test_the_checker_finds_nothing_wrong_with_a_beginning(folder: Path, kind: str) -> None:
    begin(load(folder), _wish(folder, kind), TODAY)
    found = check(folder, TODAY, f"{kind}s/fishing-boat", None)
    assert [str(finding) for finding in found] == []


def test_a_beginning_overwrites_nothing(folder: Path) -> None:
    begin(load(folder), _wish(folder, "service"), TODAY)
    before = {path: path.read_bytes() for path in (folder / "services" / "fishing-boat").iterdir()}
    with pytest.raises(CannotBegin, match="is there already"):
        begin(load(folder), _wish(folder, "service"), TODAY)
    assert {path: path.read_bytes() for path in (folder / "services" / "fishing-boat").iterdir()} == before


@pytest.mark.parametrize(
    ("changed", "told"),
    [({"id": "Fishing Boat"}, "is no id"), ({"agency": "nobody"}, "no agency"), ({"law": "no-law 1"}, "no act")],
)
def test_a_slip_is_told_with_what_could_be_written(folder: Path, changed: dict[str, str], told: str) -> None:
    with pytest.raises(CannotBegin, match=told):
        begin(load(folder), _wish(folder, "service", **changed), TODAY)
    assert not (folder / "services" / "fishing-boat").exists()


def test_the_command_names_the_files_and_the_next_step(folder: Path) -> None:
    wish = _wish(folder, "service")
    asked = ["service", wish.id, "--agency", wish.agency, "--law", wish.law, "--country", str(folder)]
    answer = CliRunner().invoke(new, asked)
    assert answer.exit_code == 0, answer.output
    assert "service.yaml" in answer.output
    assert "pencere check" in answer.output
    again = CliRunner().invoke(new, asked)
    assert again.exit_code == 2
    assert "is there already" in again.output
