"""`pencere ledger verify | prove | checkpoint`: for the operator, and for whoever audits the operator."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from pencere.ledger.queries import Verification

_SHOWN = 50


@click.group()
def ledger() -> None:
    """Who looked at whose data, and what was decided: is it whole?"""


@ledger.command()
@click.option("--against", type=click.Path(exists=True, dir_okay=False, path_type=Path), multiple=True,
              help="A checkpoint kept elsewhere; only such a one shows that the newest rows were cut off.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def verify(against: tuple[Path, ...], as_json: bool) -> None:
    """Recompute every row, the tree, every signature; name what does not fit. Exit status 1 on a problem."""
    from pencere.ledger import queries

    began = time.perf_counter()
    kept = [path.read_text() for path in against]
    if as_json:
        found = queries.verify(None, kept)
        click.echo(json.dumps(_plain(found), ensure_ascii=False))
    else:
        found = _with_progress(kept)
        seconds = time.perf_counter() - began
        for fault in found.problems[:_SHOWN]:
            click.echo(str(fault))
        if len(found.problems) > _SHOWN:
            click.echo(f"… and {len(found.problems) - _SHOWN} more; --json lists all")
        click.echo(
            f"{found.rows} leaves, {found.looks} looks, {found.checkpoints} checkpoints in {seconds:.1f} s: "
            + ("whole." if found.ok else f"NOT WHOLE, {len(found.problems)} faults.")
        )
    sys.exit(0 if found.ok else 1)


@ledger.command()
@click.argument("leaf_id", required=False)
@click.option("--receipt", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Take the leaf from it.")
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def prove(leaf_id: str | None, receipt: Path | None, as_json: bool) -> None:
    """Print the proof (C2SP tlog-proof) that a leaf is in the ledger."""
    from pencere.ledger import queries

    promised = None
    if receipt is not None:
        promised = queries.read_receipt(receipt.read_text())
        if promised is None:
            _stop("the receipt was not signed by this installation, or was changed", as_json, status=1)
        leaf_id = promised.leaf_id
    if not leaf_id:
        raise click.UsageError("name a leaf or give --receipt")
    try:
        proof = queries.prove(leaf_id)
    except ValueError:
        raise click.UsageError(f"{leaf_id!r} is no id of a leaf") from None
    if proof is None:
        _stop("no such leaf in the ledger, or it waits for its seal (at most a second)", as_json, status=1)
    if promised is not None and promised.leaf_hash != proof.leaf_hash:
        _stop("the leaf in the ledger is not the one that the receipt promised", as_json, status=1)
    if as_json:
        plain = {"leaf": proof.leaf_id, "index": proof.index, "hash": proof.leaf_hash, "size": proof.checkpoint.size}
        click.echo(json.dumps({**plain, "root": proof.checkpoint.root, "path": proof.path, "proof": proof.text()}))
    else:
        click.echo(proof.text(), nl=False)


@ledger.command()
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def checkpoint(as_json: bool) -> None:
    """Print the newest checkpoint. Keep it elsewhere: `verify --against` holds the ledger to it."""
    from pencere.ledger import queries

    found = queries.checkpoint()
    if found is None:
        _stop("nothing was sealed yet", as_json, status=1)
    if as_json:
        plain = {"size": found.size, "root": found.root, "at": found.at.isoformat(), "note": found.note}
        click.echo(json.dumps({**plain, "key": queries.public_key()}, ensure_ascii=False))
    else:
        click.echo(found.note, nl=False)


def _with_progress(kept: list[str]) -> Verification:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    from pencere.ledger import queries

    columns = (TextColumn("ledger"), BarColumn(), MofNCompleteColumn(), TaskProgressColumn(show_speed=True))
    with Progress(*columns, TimeRemainingColumn(), transient=True) as bar:
        task = bar.add_task("ledger", total=None)
        return queries.verify(lambda done, of: bar.update(task, completed=done, total=of), kept)


def _plain(found: Verification) -> dict[str, Any]:
    faults = [
        {"what": fault.what, "index": fault.index, "last": fault.last, "leaf": fault.leaf_id, "detail": fault.detail}
        for fault in found.problems
    ]
    plain = {"ok": found.ok, "rows": found.rows, "looks": found.looks, "checkpoints": found.checkpoints}
    return {**plain, "size": found.size, "root": found.root, "problems": faults}


def _stop(why: str, as_json: bool, status: int) -> NoReturn:
    click.echo(json.dumps({"ok": False, "reason": why}) if as_json else why, err=not as_json)
    sys.exit(status)


COMMANDS: list[click.Command] = [ledger]
