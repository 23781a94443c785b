"""`pencere events`: what was told and no case could take, for the operator. Shows nothing of persons."""

from __future__ import annotations

import getpass
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pencere.applications.queries import Aside


@click.group()
def events() -> None:
    """Events that could not be taken: see them, let them be tried again, drop them."""


@events.command("list")
@click.option("--dropped", is_flag=True, help="Those that were dropped, by whom and why.")
@click.option("--trace", is_flag=True, help="With the place in the program. It may hold what the event said.")
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def list_(dropped: bool, trace: bool, as_json: bool) -> None:
    """Show what is set aside. Exit status: 0 nothing that waits for you, 1 some are tried no more by themselves."""
    from pencere.applications import queries

    found = queries.set_aside(dropped=dropped)
    if as_json:
        shown = [{**asdict(each), "trace": each.trace if trace else ""} for each in found]
        click.echo(json.dumps(shown, ensure_ascii=False, default=lambda at: at.isoformat()))
    for each in () if as_json else found:
        click.echo(_line(each))
        if trace and each.trace:
            click.echo("\n".join(f"    {line}" for line in each.trace.splitlines()))
    if not found and not as_json:
        click.echo("Nothing was dropped." if dropped else "Nothing is set aside.")
    sys.exit(1 if any(each.state == "stopped" for each in found) else 0)


def _line(each: Aside) -> str:
    head = f"{each.number}  {each.name} no. {each.cursor}, set aside {each.set_aside_at:%Y-%m-%d %H:%M} UTC: "
    if each.state == "dropped":
        return f"{head}dropped by {each.closed_by}, {each.closed_at:%Y-%m-%d %H:%M} UTC: {each.closed_for}"
    if not each.reason:
        return f"{head}waits behind an earlier one about the same"
    tried = f"{head}{each.reason}; tried {each.tries} times"
    if each.state == "stopped":
        return f"{tried}, no more by itself: `pencere events retry {each.number}`, or `drop`"
    return f"{tried}, again at {each.again_at:%H:%M} UTC"


@events.command()
@click.argument("numbers", nargs=-1, type=int)
@click.option("--all", "every", is_flag=True, help="All that are set aside.")
def retry(numbers: tuple[int, ...], every: bool) -> None:
    """Let the events NUMBERS be tried again at the worker's next round, after what was wrong is mended."""
    from pencere.applications import actions, queries
    from pencere.base import clock

    if every == bool(numbers):
        raise click.UsageError("name the numbers (`pencere events list`), or say --all")
    chosen = tuple(each.number for each in queries.set_aside() if each.reason) if every else numbers
    unknown = [number for number in chosen if not actions.try_event_again(number, now=clock.now())]
    click.echo(f"{len(chosen) - len(unknown)} will be tried again within ten seconds, while a worker runs")
    _demand_known(unknown)


@events.command()
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why nothing is to come of it; it stands in the ledger.")
def drop(number: int, reason: str) -> None:
    """Let nothing come of the event NUMBER, ever: no case begins, none goes on by it. Those behind it go on."""
    from pencere.applications import actions
    from pencere.base import clock
    from pencere.base.errors import BadInput

    try:
        dropped = actions.drop_event(number, by=f"operator {getpass.getuser()}"[:80], reason=reason, now=clock.now())
    except BadInput:
        raise click.UsageError("say why with --reason, in at most 500 characters") from None
    _demand_known([] if dropped else [number])
    click.echo(f"{number} is dropped, and the ledger says why")


def _demand_known(unknown: list[int]) -> None:
    if unknown:
        click.echo(f"not set aside (any more): {', '.join(map(str, unknown))}; `pencere events list`", err=True)
        sys.exit(2)


COMMANDS: list[click.Command] = [events]
