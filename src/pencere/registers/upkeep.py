"""`pencere registers`: what an operator does to the registers kept here. Reads no row to anybody."""

from __future__ import annotations

import json
import sys
from typing import Any

import click


@click.group()
def registers() -> None:
    """The registers that are kept here."""


@registers.command()
@click.argument("register", required=False)
@click.option("--again", is_flag=True, help="Even if the index is whole.")
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def index(register: str | None, again: bool, as_json: bool) -> None:
    """Make the index of REGISTER (of all whose index is not whole, if none is named) now, not when the worker does."""
    from pencere import country
    from pencere.base import clock
    from pencere.registers import indexing

    here = [each.id for each in country.current().registers.values() if each.kept == "here"]
    if register is not None and register not in here:
        raise click.UsageError(f"no register {register!r} is kept here")
    if again:
        for name in [register] if register else here:
            indexing.order(name, clock.now())
    done: dict[str, int] = {}
    for name in indexing.waiting():
        if register not in (None, name):
            continue
        bar: Any = click.progressbar(length=indexing.size(name), label=name, hidden=as_json, file=sys.stderr)
        with bar:
            done[name] = indexing.make(name, told=bar.update)
    if as_json:
        click.echo(json.dumps({"indexed": done}))
        return
    for name, rows in done.items():
        click.echo(f"{name}: {rows} rows")
    if not done:
        click.echo("The index of every register is whole.")
