"""`pencere nation`: the synthetic nation of a demo."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@click.command()
@click.option("--persons", type=click.IntRange(50, 10_000_000), default=10_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same nation.")
@click.option("--processes", type=click.IntRange(1, 256), help="As many as there are processors, if not said.")
def nation(persons: int, seed: int, processes: int | None) -> None:
    """Fill the registers with invented persons, households and addresses. Once, into empty registers of a demo."""
    from django.conf import settings

    from pencere.base import clock
    from pencere.portal.nation.loading import NationExists, load_nation

    if not settings.PENCERE.demo:
        click.echo("this installation is not a demo; invented persons do not go into real registers", err=True)
        raise SystemExit(2)
    with _progress(persons) as progress:
        try:
            made = load_nation(persons=persons, seed=seed, now=clock.now(), processes=processes, progress=progress)
        except NationExists as problem:
            click.echo(f"the registers {problem} hold rows already; a nation is made once", err=True)
            raise SystemExit(2) from problem
    click.echo(f"{made} synthetic persons, seed {seed}")


@contextmanager
def _progress(persons: int) -> Iterator[Callable[[int, int], None]]:
    """A bar with the persons made, the rows of their registers, the rate and the remaining time."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.completed:,.0f} of {task.total:,} persons"), BarColumn(),
        TextColumn("{task.fields[rows]:,} rows"), TextColumn("{task.fields[rate]:,.0f} persons/s"),
        TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, disable=not sys.stderr.isatty(), transient=True, speed_estimate_period=120) as shown:
        task = shown.add_task("", total=persons, rows=0, rate=0.0)

        def told(made: int, rows: int) -> None:
            elapsed = shown.tasks[0].elapsed or 0.0
            shown.update(task, completed=min(made, persons), rows=rows, rate=made / elapsed if elapsed else 0.0)

        yield told


COMMANDS: list[click.Command] = [nation]
