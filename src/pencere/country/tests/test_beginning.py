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


def test_a_list_and_an_act_are_begun_and_taken_by_a_register_without_a_fault(folder: Path) -> None:
    act = ["act", "boats-law", "--title", 'A law on "boats"', "--number", "12-IQ", "--date", "2020-02-29"]
    for asked in (act, ["list", "boat-kinds", "--codes", "sail, motor", "--law", "boats-law 3"]):
        answer = CliRunner().invoke(new, [*asked, "--country", str(folder)])
        assert answer.exit_code == 0, answer.output
        assert "pencere check" in answer.output
    begin(load(folder), _wish(folder, "register", law="boats-law 5"), TODAY)
    register = folder / "registers" / "fishing-boat" / "register.yaml"
    register.write_text(
        register.read_text(encoding="utf-8").replace("[active, suspended]", "{kind: choice, of: list:boat-kinds}"),
        encoding="utf-8",
    )
    for path in register.parent.glob("??.yaml"):
        path.write_text(
            "".join(
                line for line in path.read_text(encoding="utf-8").splitlines(True) if not line.startswith("state.")
            ),
            encoding="utf-8",
        )
    sample = register.with_name("sample.csv")
    sample.write_text(sample.read_text(encoding="utf-8").replace("active", "sail"), encoding="utf-8")

    for only in ("lists/boat-kinds.yaml", "acts/boats-law.yaml", "registers/fishing-boat"):
        assert [str(finding) for finding in check(folder, TODAY, only, None)] == []


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["list", "kinds", "--codes", "Sail Boat"], "is no code"),
        (["list", "kinds", "--codes", "a,a"], "stands twice"),
        (["list", "kinds", "--law", "no-law 1"], "no act"),
        (["list", "Boat Kinds"], "is no id"),
        (["act", "boats-law", "--title", "x", "--number", "1"], "both or none"),
        (["act", "boats-law", "--title", "x", "--in-force", "2020-01-01"], "to be confirmed, too"),
    ],
)
def test_a_slip_in_a_list_or_an_act_is_told_and_nothing_is_written(folder: Path, asked: list[str], told: str) -> None:
    before = sorted(folder.rglob("*.yaml"))
    answer = CliRunner().invoke(new, [*asked, "--country", str(folder)])

    assert answer.exit_code == 2 and told in answer.output
    assert sorted(folder.rglob("*.yaml")) == before


def test_an_act_that_is_not_known_yet_is_only_warned_of_and_none_is_overwritten(folder: Path) -> None:
    begun = ["act", "boats-law", "--title", "A law", "--country", str(folder)]
    assert CliRunner().invoke(new, begun).exit_code == 0
    assert [finding.severity for finding in check(folder, TODAY, "acts/boats-law.yaml", None)] == ["warning"]
    again = CliRunner().invoke(new, begun)
    assert again.exit_code == 2 and "is there already" in again.output
