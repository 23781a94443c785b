"""The last change of a declaration is taken back with its folder: shown first, and only if everything fits."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings

from pencere import country
from pencere.registers import actions, declaring, queries, undoing
from pencere.registers.models import KeptUnder
from pencere.registers.tests import make, strange
from pencere.registers.tests.make import NOW
from pencere.registers.upkeep import registers


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A country of its own, whose register of groups has a row."""
    before = country.current()
    path = strange.write(tmp_path / "strange")
    monkeypatch.setattr(settings, "PENCERE", replace(settings.PENCERE, country=path))
    country.use(path)
    declaring.follow(NOW)
    row = {"group_no": "7", "name": "Suns", "birth_year": 2020, "places": 10}
    actions.add_row("groups", row, valid_from=date(2026, 1, 1), recorded_by="test", now=NOW)
    yield path / "registers" / "groups"
    country.use(make.COUNTRIES / "azerbaijan")
    country.put_back(before)


def change(folder: Path, old: str, new: str) -> None:
    for file in folder.glob("*.yaml"):
        text = file.read_text()
        if file.name == "register.yaml":
            assert old in text
            file.write_text(text.replace(old, new))
        elif new.strip().startswith("called"):
            file.write_text(text.replace("name: name", "called: name"))
    country.use(folder.parents[1])


RENAMED = ("name: text,", "called: {kind: text, was: name},")


def rename(folder: Path) -> None:
    change(folder, *RENAMED)
    text = (folder / "register.yaml").read_text()
    (folder / "register.yaml").write_text(text.replace("fields: [name, birth_year]", "fields: [called, birth_year]"))
    country.use(folder.parents[1])


def said(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(registers, list(words))
    return done.exit_code, done.output


@pytest.mark.django_db
def test_a_rename_is_taken_back_with_its_texts_and_taken_back_again(folder):
    before = {file.name: file.read_text() for file in folder.glob("*.yaml")}
    rename(folder)
    declaring.apply("groups", NOW)

    code, output = said("undo", "groups", "--yes", "--language", "en")

    assert code == 0, output
    assert "registers/groups/register.yaml: stands again" in output
    assert "name: is the new name of called. 1 rows" in output
    assert {file.name: file.read_text() for file in folder.glob("*.yaml")} == before
    found = queries.answer("groups", "by-number", {"group_no": "7"}, ("name",), make.purpose(), now=NOW)
    assert found[0].values == {"name": "Suns"}

    assert said("undo", "groups", "--yes")[0] == 0
    assert "was: name" in (folder / "register.yaml").read_text()


@pytest.mark.django_db
def test_a_change_that_was_not_applied_is_taken_back_first(folder):
    before = (folder / "register.yaml").read_text()
    change(folder, "birth_year: integer", "birth_year: date")

    code, output = said("undo", "groups", "--yes")

    assert code == 0, output
    assert (folder / "register.yaml").read_text() == before
    assert said("undo", "groups", "--yes")[0] == 2  # and before that there was nothing


@pytest.mark.django_db
def test_it_is_shown_and_nothing_is_written_without_a_yes(folder):
    rename(folder)
    declaring.apply("groups", NOW)
    after = (folder / "register.yaml").read_text()

    code, output = said("undo", "groups", "--json")

    assert code == 0
    told = json.loads(output)
    assert told["files"] == ["el.yaml", "en.yaml", "register.yaml"]
    assert {step["what"] for step in told["steps"]} == {"renamed", "index"}
    assert (folder / "register.yaml").read_text() == after


@pytest.mark.django_db
def test_nothing_is_taken_back_that_rows_do_not_fit(folder):
    change(folder, "places: {kind: integer, min: '0'}", "places: {kind: integer, min: '0', required: no}")
    declaring.apply("groups", NOW)
    row = {"group_no": "8", "name": "Moons", "birth_year": 2020}
    actions.add_row("groups", row, valid_from=date(2026, 1, 1), recorded_by="test", now=NOW)
    after, kept = (folder / "register.yaml").read_text(), KeptUnder.objects.get(register="groups").fields

    assert said("undo", "groups", "--yes")[0] == 1
    assert (folder / "register.yaml").read_text() == after
    assert KeptUnder.objects.get(register="groups").fields == kept


@pytest.mark.django_db
def test_nothing_is_taken_back_of_which_the_rest_of_the_country_speaks(folder):
    hunts, quotas = folder.parent / "hunts", folder.parent / "quotas" / "register.yaml"
    change(hunts, "fields:\n", "fields:\n  under: {kind: ref, of: quotas, required: no}\n")
    declaring.apply("hunts", NOW)
    quotas.write_text(quotas.read_text().replace("taken_by: hunts.quota", "taken_by: hunts.under"))

    found = undoing.way_back("hunts")

    assert ["quotas" in error and "under" in error for error in found.errors] == [True]
    assert said("undo", "hunts", "--yes")[0] == 1
    assert "under" in (hunts / "register.yaml").read_text()


@pytest.mark.django_db
def test_killed_between_two_files_it_is_done_by_calling_it_again(folder, monkeypatch):
    before = {file.name: file.read_text() for file in folder.glob("*.yaml")}
    rename(folder)
    declaring.apply("groups", NOW)
    found = undoing.way_back("groups")
    done = []

    def killed(one, other):
        if len(done) == 1:
            raise KeyboardInterrupt
        done.append(other)
        Path(one).rename(other)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(undoing.os, "replace", killed)
        undoing.undo("groups", found, NOW)

    undoing.undo("groups", undoing.way_back("groups"), NOW)
    assert {file.name: file.read_text() for file in folder.glob("*.yaml")} == before
