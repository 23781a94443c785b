"""`pencere import` as somebody at a terminal sees it."""

from __future__ import annotations

import errno
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import OperationalError

from pencere.registers import commands, queries
from pencere.registers.importing.errors_file import ErrorsFile
from pencere.registers.importing.sentences import IN_A_BROWSER, SENTENCES, sentence
from pencere.registers.importing.tests import make
from pencere.registers.models import Load, StagedRow

HERE = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _boats():
    with make.using_boats():
        yield


def run(*words: object, language: str = "en") -> Result:
    return CliRunner().invoke(commands.import_, ["boats", *map(str, words), "--language", language])


def test_it_works(tmp_path: Path):
    path = make.file(tmp_path, [make.line(1), make.line(2, built="soon")])

    result = run(path, "--yes")

    assert result.exit_code == 1, result.output
    assert "1 good lines, 1 bad lines" in result.output and queries.count("boats") == 1
    assert make.faults(Load.objects.get()) == [["3", "built", "soon", "This is not a whole number."]]


def test_without_a_terminal_nothing_is_confirmed(tmp_path: Path):
    asked = json.loads(run(make.file(tmp_path, [make.line(1)]), "--json").output)

    assert asked["state"] == "ready" and queries.count("boats") == 0
    assert asked["columns"]["boat_no"] == "boat_no"

    confirmed = run("--confirm", asked["load"], "--json")

    assert (confirmed.exit_code, json.loads(confirmed.output)["state"]) == (0, "confirmed")
    assert queries.count("boats") == 1

    undone = json.loads(run("--undo", asked["load"], "--json").output)

    assert undone["superseded"] == 1 and queries.count("boats") == 0


def test_what_was_killed_between_its_check_and_its_yes_goes_on_to_be_confirmed(tmp_path: Path):
    """A kill in the confirmation leaves the load as it was before it: all set aside, nothing readable."""
    path = make.file(tmp_path, [make.line(1), make.line(2, built="soon")])
    waiting = json.loads(run(path, "--json").output)

    result = run(path, "--resume", "--yes")

    assert result.exit_code == 1, result.output
    assert f"Load {waiting['load']} is confirmed" in result.output and queries.count("boats") == 1
    assert make.faults(Load.objects.get())[0][:2] == ["3", "built"]


def test_a_dry_run_keeps_nothing(tmp_path: Path):
    result = run(make.file(tmp_path, [make.line(1)]), "--dry-run")

    assert result.exit_code == 0 and not StagedRow.objects.exists()
    assert run(make.file(tmp_path, [make.line(1)]), "--yes").exit_code == 0


@pytest.mark.parametrize(
    ("language", "reason"),
    [("az", "Bu, tam ədəd deyil."), ("ru", "Это не целое число."), ("en", "This is not a whole number.")],
)
def test_the_error_file_speaks_the_language_of_its_reader(tmp_path: Path, language: str, reason: str):
    run(make.file(tmp_path, [make.line(1, built="soon")]), language=language)

    assert make.faults(Load.objects.get())[0][3] == reason


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--undo", "99"], "has no load 99"),
        (["--resume"], "was cut off"),
        (["--map", "sail=name"], "no column “sail”"),
        (["--map", "sail"], "not “sail”"),
    ],
)
def test_a_mistake_gets_a_sentence(tmp_path: Path, words: list[str], said: str):
    file = [] if "--undo" in words else [make.file(tmp_path, [make.line(1)])]

    result = run(*file, *words)

    assert result.exit_code == 2 and said in result.output


def test_a_register_that_is_kept_elsewhere_is_not_loaded(tmp_path: Path):
    with make.using_boats(kept="elsewhere"):
        result = run(make.file(tmp_path, [make.line(1)]))

    assert result.exit_code == 2 and "system of its own" in result.output


def test_every_reason_has_a_sentence():
    """Reasons are words of code; each that a line of a file can get is found in the source."""
    sources = [HERE / name for name in ("kinds.py", "rules.py", "changes.py")]
    sources += [*(HERE / "importing").glob("*.py"), *(HERE.parent / "base" / name for name in (
        "identifiers.py", "writing.py", "money.py"))]  # fmt: skip
    code = "\n".join(source.read_text() for source in sources)
    reasons = set(re.findall(r'(?:WrongKind|BadInput)\(\s*"(\w+)"', code))
    reasons |= set(re.findall(r'_one_of\(.*, "(\w+)"\)', code))

    of_changes = {"overlaps", "no_such_row", "more_than_one_row"}  # of one row that is changed, not of a file
    assert reasons - of_changes <= set(SENTENCES) | set(IN_A_BROWSER)


def test_a_sentence_names_where_in_a_group_it_is():
    assert sentence("too_small", {"least": 1, "inside": "share"}).startswith("share: ")


@pytest.mark.parametrize("full", [OSError(errno.ENOSPC, "No space left"), OperationalError("database or disk is full")])
def test_a_full_disk_is_told_and_the_load_goes_on_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: Exception
):
    path = make.file(tmp_path, [make.line(1), make.line(2, built="soon")])

    def safe(*_all: object) -> int:
        raise full

    with monkeypatch.context() as small:
        small.setattr(ErrorsFile, "safe", safe)
        refused = run(path)

    assert refused.exit_code == 2 and "The disk is full" in refused.output and Load.objects.get().state == "staging"
    assert run(path, "--resume", "--yes").exit_code == 1 and queries.count("boats") == 1
