"""`pencere build`: styles, scripts, fonts and texts, before anything else can run."""

from __future__ import annotations

import sys
from time import perf_counter

import click

from pencere.ui import building


@click.command()
@click.option("--dev", is_flag=True, help="Also fetch the checkers that the tests use.")
def build(dev: bool) -> None:
    """Build styles, scripts, fonts and texts from their packages, where something changed."""
    start = perf_counter()
    try:
        built = building.build(dev=dev, say=click.echo)
    except building.CannotBuild as problem:
        click.echo(str(problem), err=True)
        sys.exit(2)
    click.echo(f"built in {perf_counter() - start:.1f} s" if built else "build: nothing to do")


build.plain = True  # type: ignore[attr-defined]

COMMANDS = (build,)
