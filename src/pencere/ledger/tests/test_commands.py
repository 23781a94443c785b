"""`pencere ledger`: a whole ledger gives 0, a touched one 1, and a mistake one clear line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import connection

from pencere.ledger import guards, queries
from pencere.ledger.commands import ledger
from pencere.ledger.models import Leaf
from pencere.ledger.tests import make

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Result:
    return CliRunner().invoke(ledger, list(arguments))


def test_a_whole_ledger_is_called_whole():
    make.ledger(30)

    said, machine = run("verify"), run("verify", "--json")

    assert said.exit_code == 0
    assert "30 leaves, 10 looks, 1 checkpoints" in said.output
    assert "whole." in said.output
    assert json.loads(machine.output) | {"root": ""} == {
        "ok": True, "rows": 30, "looks": 10, "checkpoints": 1, "size": 30, "root": "", "problems": [],
    }  # fmt: skip


def test_a_touched_ledger_is_called_by_its_row():
    make.ledger(30)
    guards.remove(connection)
    row = Leaf.objects.get(index=4)
    Leaf.objects.filter(pk=row.pk).update(body="{}")

    said, machine = run("verify"), run("verify", "--json")

    assert said.exit_code == machine.exit_code == 1
    assert f"changed: leaf 4 ({row.pk})" in said.output
    assert "NOT WHOLE, 1 faults" in said.output
    (problem,) = json.loads(machine.output)["problems"]
    assert (problem["what"], problem["index"], problem["leaf"]) == ("changed", 4, str(row.pk))


def test_a_ledger_is_held_to_a_checkpoint_kept_elsewhere(tmp_path: Path):
    make.ledger(30, every=10)
    kept = tmp_path / "checkpoint"
    kept.write_text(run("checkpoint").output)
    assert run("verify", "--against", str(kept)).exit_code == 0
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute('DELETE FROM ledger_look WHERE leaf_id IN (SELECT id FROM ledger_leaf WHERE "index" >= 20)')
        cursor.execute('DELETE FROM ledger_leaf WHERE "index" >= 20')
        cursor.execute("DELETE FROM ledger_checkpoint WHERE size > 20")

    held = run("verify", "--against", str(kept))

    assert held.exit_code == 1
    assert "rewritten: leaves 20 to 29" in held.output


def test_a_proof_is_printed_for_a_leaf_or_a_receipt(tmp_path: Path):
    receipt = make.ledger(30)[7]
    paper = tmp_path / "receipt"
    paper.write_text(receipt.note)

    by_id, by_receipt = run("prove", receipt.leaf_id), run("prove", "--receipt", str(paper))
    machine = json.loads(run("prove", receipt.leaf_id, "--json").output)

    assert by_id.exit_code == 0
    assert by_id.output == by_receipt.output
    assert queries.check_proof(by_id.output, queries.public_key(), receipt.leaf_hash)
    assert (machine["leaf"], machine["index"], machine["size"]) == (receipt.leaf_id, 7, 30)


def test_what_cannot_be_proven_is_said(tmp_path: Path):
    receipt = make.leaf()
    forged = tmp_path / "receipt"
    forged.write_text(receipt.note.replace("2026", "2025"))

    waiting = run("prove", receipt.leaf_id)
    untrue = run("prove", "--receipt", str(forged))

    assert waiting.exit_code == untrue.exit_code == 1
    assert "waits for its seal" in waiting.output
    assert "was not signed by this installation" in untrue.output
    assert run("prove").exit_code == 2
    assert run("prove", "no-id").exit_code == 2
    assert run("checkpoint").exit_code == 1


def test_the_newest_checkpoint_is_printed():
    make.ledger(5)

    machine = json.loads(run("checkpoint", "--json").output)

    assert machine["size"] == 5
    assert machine["note"] == run("checkpoint").output
    assert machine["key"] == queries.public_key()
