"""docs/declare/first-service.md is a service that works: every file of the page, put into a copy of the country."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from pencere.country.checking import check
from pencere.country.commands import check as check_command
from pencere.country.commands import new
from pencere.country.nodes import ERROR

REPOSITORY = Path(__file__).resolve().parents[4]
PAGE = (REPOSITORY / "docs/declare/first-service.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^\*\*`([^`]+)`\*\*\n```\w+\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL))
NEW = re.findall(r"^\.venv/bin/pencere new (.+)$", PAGE, flags=re.MULTILINE)
TODAY = date(2026, 11, 2)


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The reader's copy, with the act that the page begins with."""
    folder = Path(shutil.copytree(REPOSITORY / "countries/azerbaijan", tmp_path / "mine"))
    monkeypatch.setenv("PENCERE_COUNTRY", str(folder))
    _put(folder, "acts/small-boats.yaml")
    return folder


def _put(folder: Path, file: str) -> None:
    (folder / file).write_text(FILES[file], encoding="utf-8")


def _errors(folder: Path) -> list[str]:
    return [str(found) for found in check(folder, TODAY) if found.severity == ERROR]


def test_the_page_has_every_file_that_the_commands_begin() -> None:
    assert len(NEW) == 3
    assert {file.split("/")[1] for file in FILES if file.count("/") == 2} == {line.split()[1] for line in NEW}


def test_whoever_follows_the_page_has_nothing_wrong_at_any_step(mine: Path) -> None:
    for line in NEW:
        kind, id, *options = re.findall(r'"[^"]+"|\S+', line)
        answer = CliRunner().invoke(new, [kind, id, *(word.strip('"') for word in options)])
        assert answer.exit_code == 0, answer.output
        assert _errors(mine) == []
        for file in FILES:
            if file.split("/")[1] == id:
                _put(mine, file)
        assert _errors(mine) == []
    assert CliRunner().invoke(check_command, [str(mine)]).exit_code == 0


def test_the_gap_that_the_page_tells_of_is_found(mine: Path) -> None:
    for file in FILES:
        (mine / file).parent.mkdir(parents=True, exist_ok=True)
        _put(mine, file)
    shutil.copy(mine / "certificates/residence/page.typ", mine / "certificates/boat-card/page.typ")
    table = mine / "services/boat-registration/decision.yaml"
    table.write_text(table.read_text(encoding="utf-8").replace("<= 12", "< 12"), encoding="utf-8")
    assert any("no rule answers" in error and "boat.length = 12" in error for error in _errors(mine))


def test_a_word_that_is_missing_in_one_language_is_named(mine: Path) -> None:
    for file in FILES:
        (mine / file).parent.mkdir(parents=True, exist_ok=True)
        _put(mine, file)
    shutil.copy(mine / "certificates/residence/page.typ", mine / "certificates/boat-card/page.typ")
    words = mine / "registers/boats/ru.yaml"
    words.write_text(re.sub(r"engine\.diesel.*\n", "", words.read_text(encoding="utf-8")), encoding="utf-8")
    assert _errors(mine) == ['registers/boats/ru.yaml:1: the text "engine.diesel" is missing (az, en has it)']
