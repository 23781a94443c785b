"""`pencere check`: findings, counts, exit status; works before Django is set up."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pencere.country import commands
from pencere.country.commands import check
from pencere.country.tests.harbour import HARBOUR
from pencere.country.tests.make import AGREEMENT, SERVICE, Land


@pytest.fixture(autouse=True)
def _no_page_compiler(monkeypatch):
    """Other parts may have handed theirs in already, in the same process."""
    monkeypatch.setattr(commands, "_page_compiler", [])


def run(*args):
    return CliRunner().invoke(check, [*map(str, args), "--as-of", "2026-03-18"])


def test_a_country_with_nothing_wrong_ends_with_status_0(tmp_path):
    result = run(Land(tmp_path).path)

    assert result.exit_code == 0
    assert result.output.endswith("smallland: nothing wrong.\n")


def test_errors_are_printed_with_file_and_line_and_end_with_status_1(tmp_path):
    land = Land(tmp_path).replace(SERVICE, "agency: town", "agency: twon")

    result = run(land.path)

    assert result.exit_code == 1
    assert f'{land.path}/services/stay/service.yaml:1: agency: there is no agency "twon"' in result.output
    assert result.output.endswith("1 error, 0 warnings.\n")


def test_warnings_alone_end_with_status_0(tmp_path):
    land = Land(tmp_path).replace("territory.yaml", "classifier: own", "classifier: own\nstatus: to_be_confirmed")

    result = run(land.path)

    assert result.exit_code == 0
    assert "territory.yaml:2: warning: status: the classifier is to be confirmed" in result.output


def test_a_folder_or_a_file_in_a_country_can_be_checked_alone(tmp_path):
    land = Land(tmp_path).replace(SERVICE, "agency: town", "agency: twon")

    assert run(land.path / "services/stay").exit_code == 1
    assert run(land.path / SERVICE).exit_code == 1
    assert run(land.path / "registers").exit_code == 0


def test_findings_are_written_for_machines(tmp_path):
    land = Land(tmp_path).replace(SERVICE, "agency: town", "agency: twon")

    found = json.loads(run(land.path, "--json").output)

    assert (found["ok"], found["errors"], found["warnings"]) == (False, 1, 0)
    assert found["findings"][0] == {
        "file": SERVICE,
        "line": 1,
        "severity": "error",
        "message": 'agency: there is no agency "twon", did you mean "town"?',
    }


def test_what_is_no_country_is_a_misuse(tmp_path):
    assert run(tmp_path).exit_code == 2
    assert "is not a country's folder" in run(tmp_path).output
    assert run(tmp_path / "nowhere").exit_code == 2
    assert CliRunner().invoke(check, [str(tmp_path), "--as-of", "tomorrow"]).exit_code == 2


def test_the_country_in_use_is_checked_when_none_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PENCERE_COUNTRY", str(Land(tmp_path).path))

    assert run().exit_code == 0


def test_a_part_above_may_hand_in_how_pages_are_compiled(tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "_page_compiler", [])
    commands.use_page_compiler(lambda: lambda country, certificate, language: "no such font")

    assert "page.typ:1: does not compile in en: no such font" in run(Land(tmp_path).path).output


@pytest.mark.parametrize("module", ["commands", "checking", "course"])
def test_it_works_without_django(module):
    program = f"import sys, pencere.country.{module}; print('django' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_what_a_changed_article_touches_is_listed_with_file_line_and_way(tmp_path):
    land = Land(tmp_path)

    result = run(land.path, "--touches", "people-law 3")

    assert result.exit_code == 0
    prefix = f"{land.path}/"
    lines = [line.removeprefix(prefix) for line in result.output.splitlines()]
    assert lines == [
        "certificates/paper/certificate.yaml:2: law: people-law 3",
        "registers/stays/register.yaml:3: law: people-law 3",
        "services/stay/amounts.yaml:1: least.law: people-law 3",
        *(f"services/stay/decision.yaml:{line}: right.{rule}: people-law 3"
          for line, rule in enumerate(("absent", "gone", "early", "unsure", "lives"), 5)),
        "services/stay/service.yaml:2: law: people-law 3",
        "people-law 3 touches 9 places.",
    ]  # fmt: skip


def test_a_changed_article_touches_its_parts_and_a_changed_act_all_its_articles(tmp_path):
    land = Land(tmp_path, HARBOUR).replace(SERVICE, "law: people-law 5", "law: people-law 5.2")

    def touched(law):
        found = json.loads(run(land.path, "--touches", law, "--json").output)
        return {(each["path"], each["law"]) for each in found if each["file"].startswith(("services/", AGREEMENT))}

    assert touched("people-law 5") == {("term.law", "people-law 5.2")}
    assert touched("people-law 5.2") == {("term.law", "people-law 5.2")}
    assert touched("people-law 52") == set()
    assert {("grants.moor.law", "people-law 7"), ("steps.4.refused.law", "people-law 6"),
            ("places.seat.none.law", "people-law 6")} <= touched("people-law")  # fmt: skip


def test_an_act_that_is_not_there_touches_nothing_and_is_told(tmp_path):
    result = run(Land(tmp_path).path, "--touches", "poeple-law 3")

    assert result.exit_code == 2
    assert 'there is no act "poeple-law", did you mean "people-law"?' in result.output
