from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.db import OperationalError

from pencere.certificates import actions, queries, seals
from pencere.certificates.commands import key, verify
from pencere.certificates.tests import make

pytestmark = pytest.mark.django_db


def run(command: object, *words: object) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words])  # type: ignore[arg-type]


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "paper.pdf"
    path.write_bytes(make.issued().files["az"])
    return path


def test_an_issued_file_is_genuine_and_a_changed_one_is_not(paper: Path) -> None:
    genuine = run(verify, paper)
    content = bytearray(paper.read_bytes())
    content[5000] ^= 4
    paper.write_bytes(content)
    changed = run(verify, paper)

    assert genuine.exit_code == 0
    assert genuine.output == "Genuine: issued by Ministry of Internal Affairs on 2026-03-18 and valid today.\n"
    assert changed.exit_code == 1
    assert changed.output == "Not genuine: the file was changed after it was sealed.\n"


def test_offline_the_trust_list_is_enough(paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_database(*_: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(queries, "check_file", no_database)

    told = run(verify, paper, "--trust", seals.list_path())

    assert told.exit_code == 0
    assert "Genuine: sealed by Ministry of Internal Affairs on 2026-03-18" in told.output
    assert "Pəncərə DEMO root (SHA-256 " in told.output
    assert "not known offline" in told.output


def test_without_its_database_it_judges_by_the_seal(paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> None:
        raise OperationalError("no such table")

    monkeypatch.setattr(queries, "check_file", unreachable)

    told = run(verify, paper)

    assert told.exit_code == 0
    assert "not known offline" in told.output


def test_a_revoked_document_is_not_valid_by_file_and_by_code(paper: Path) -> None:
    issued = make.issued()
    actions.revoke(issued.row.id, reason="error", by=make.REGISTRAR, account="a", case="", now=make.NOW)

    by_file, by_code = run(verify, paper, "--json"), run(verify, issued.code)

    assert by_file.exit_code == by_code.exit_code == 1
    assert json.loads(by_file.output)["found"] == "revoked"
    assert "taken back on 2026-03-18" in by_code.output


@pytest.mark.parametrize("code", ["-" * 22, "A" * 22])
def test_a_code_that_begins_with_a_dash_is_a_code(code: str) -> None:
    told = run(verify, code)

    assert (told.exit_code, told.output) == (1, "Not genuine: no document with this code was issued here.\n")


@pytest.mark.parametrize(
    "words", [["nothing.pdf"], ["A" * 22, "--trust", __file__], [__file__, "--trust", __file__], []]
)
def test_a_mistake_gives_status_2(words: list[str]) -> None:
    assert run(verify, *words).exit_code == 2


def test_keys_are_listed_rotated_and_retired(tmp_path: Path, settings: Any) -> None:
    settings.PENCERE = replace(settings.PENCERE, data=tmp_path / "own")
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(make.issued().files["az"])

    before = json.loads(run(key, "list", "--json").output)
    rotated = run(key, "rotate", "din", "--json")
    still = run(verify, paper, "--trust", seals.list_path())
    number = json.loads(rotated.output)[0]["number"]
    run(key, "retire", "din", "--number", number - 1, "--compromised")
    distrusted = run(verify, paper, "--trust", seals.list_path())

    assert before[-1]["state"] == "active"
    assert (still.exit_code, distrusted.exit_code) == (0, 1)
    assert "no longer trusted" in distrusted.output
    assert run(key, "new", "nobody").exit_code == 2
    assert run(key, "retire", "din", "--number", 99).exit_code == 2
