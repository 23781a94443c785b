"""`pencere export`: a whole file or none, under the operator's account, for a reason."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from click.testing import CliRunner, Result
from django.db import OperationalError

from pencere.base import clock
from pencere.ledger import queries as ledger
from pencere.registers.commands import import_
from pencere.registers.models import Export, Row, RowKey
from pencere.registers.out.command import export
from pencere.registers.out.tests import make
from pencere.registers.tests import make as registers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def things() -> Iterator[None]:
    with registers.using(make.every_kind()), clock.standing_at(make.NOW):
        make.add(make.full(1), make.thing(2))
        yield


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(export, ["things", *map(str, arguments)], catch_exceptions=False)


def test_it_works_and_loads_again(tmp_path: Path) -> None:
    target = tmp_path / "things.csv"
    before = make.rows()
    ran = _run("--reason", "moved to another machine", "--to", target, "--json")
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert (told["rows"], told["bytes"]) == (2, target.stat().st_size)
    assert target.stat().st_mode & 0o077 == 0
    RowKey.objects.all().delete()
    Row.objects.all().delete()
    loaded = CliRunner().invoke(import_, ["things", str(target), "--exported", "--yes", "--json"])
    assert loaded.exit_code == 0, loaded.output
    assert make.rows() == before


def test_the_operator_is_named_and_each_person_sees_it(tmp_path: Path) -> None:
    with mock.patch("getpass.getuser", return_value="leyla"):
        assert _run("--reason", "moved to another machine", "--to", tmp_path / "x.csv").exit_code == 0
    look = ledger.looks_of(registers.SEVINC)[0]
    assert (look.who, look.account, look.case) == ("operator", "leyla", "moved to another machine")
    assert Export.objects.get().who == "operator"


def test_a_reason_is_demanded(tmp_path: Path) -> None:
    assert _run("--to", tmp_path / "x.csv").exit_code == 2
    assert _run("--reason", " ", "--to", tmp_path / "x.csv").exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_never_half(tmp_path: Path) -> None:
    with mock.patch("pencere.ledger.actions._add_looks", side_effect=OperationalError("full")):
        ran = _run("--reason", "moved to another machine", "--to", tmp_path / "x.csv")
    assert ran.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("mine")
    assert _run("--reason", "moved to another machine", "--to", tmp_path / "x.csv").exit_code == 2
    assert (tmp_path / "x.csv").read_text() == "mine" and Export.objects.count() == 0


def test_some_fields_as_of_a_day(tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    ran = _run("--reason", "counted anew", "--fields", "name", "--as-of", "2026-01-01", "--to", target)
    assert ran.exit_code == 0
    with target.open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == ["no", "name", "valid_from", "valid_until"]


@pytest.mark.parametrize(
    "arguments",
    [["--format", "docx"], ["--fields", "nothing"], ["--fields", ";"], ["--as-of", "yesterday"], ["--language", "xx"]],
)
def test_what_is_asked_wrongly_is_said_in_one_line(tmp_path: Path, arguments: list[str]) -> None:
    ran = _run("--reason", "counted anew", "--to", tmp_path / "x.csv", *arguments)
    assert ran.exit_code == 2 and "Traceback" not in ran.output
    assert list(tmp_path.iterdir()) == []


def test_a_register_that_lies_elsewhere_or_nowhere_is_refused() -> None:
    for register in ("birth-acts", "nothing"):
        ran = CliRunner().invoke(export, [register, "--reason", "counted anew"])
        assert ran.exit_code == 2 and "Traceback" not in ran.output
