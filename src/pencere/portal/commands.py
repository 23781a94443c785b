"""`pencere nation`: the synthetic nation of a demo."""

from __future__ import annotations

import sys

import click


@click.command()
@click.option("--persons", type=click.IntRange(50, 10_000_000), default=10_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same nation.")
def nation(persons: int, seed: int) -> None:
    """Fill the registers with invented persons, households and addresses. Once, into empty registers of a demo."""
    from django.conf import settings
    from rich.progress import Progress

    from pencere.base import clock
    from pencere.portal.nation.loading import NationExists, load_nation

    if not settings.PENCERE.demo:
        click.echo("this installation is not a demo; invented persons do not go into real registers", err=True)
        raise SystemExit(2)
    bars: dict[str, object] = {}
    with Progress(disable=not sys.stderr.isatty(), transient=True) as shown:

        def progress(register: str, done: int, all_rows: int) -> None:
            if register not in bars:
                bars[register] = shown.add_task(register, total=all_rows)
            shown.update(bars[register], completed=done)  # type: ignore[arg-type]

        try:
            made = load_nation(persons=persons, seed=seed, now=clock.now(), progress=progress)
        except NationExists as problem:
            click.echo(f"the registers {problem} hold rows already; a nation is made once", err=True)
            raise SystemExit(2) from problem
    click.echo(f"{made} synthetic persons, seed {seed}")


COMMANDS: list[click.Command] = [nation]
