"""`pencere jobs`: work put off that has failed, for the operator. Shows nothing of persons unless asked to."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING
from uuid import UUID

import click

if TYPE_CHECKING:
    from pencere.jobs.queries import Failing

SHOWN = 8
"""So many signs of a job's number are shown, and mostly enough to name it."""


@click.group()
def jobs() -> None:
    """Work put off that has failed: see it, let it be tried again, drop it."""


@jobs.command("list")
@click.option("--dropped", is_flag=True, help="Those that were dropped, by whom and why.")
@click.option("--trace", is_flag=True, help="With what each is about and the failure whole. It may name persons.")
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def list_(dropped: bool, trace: bool, as_json: bool) -> None:
    """Show which jobs have failed, and why. Exit status: 0 nothing waits for you, 1 some are tried no more."""
    from pencere.jobs import queries

    found = queries.failed(dropped=dropped)
    if as_json:
        click.echo(json.dumps([_machine(each, trace) for each in found], ensure_ascii=False, default=str))
    for each in () if as_json else found:
        click.echo(_line(each))
        if trace:
            told = (json.dumps(each.arguments, ensure_ascii=False), *each.trace.splitlines())
            click.echo("\n".join(f"    {line}" for line in told))
    if not found and not as_json:
        click.echo("Nothing was dropped." if dropped else "No job has failed.")
    sys.exit(1 if any(each.state == "failed" for each in found) else 0)


def _machine(each: Failing, trace: bool) -> dict[str, object]:
    told = {name: value for name, value in asdict(each).items() if trace or name not in ("arguments", "trace")}
    return {name: value.isoformat() if name.endswith("_at") and value else value for name, value in told.items()}


def _line(each: Failing) -> str:
    number = _short(each.id)
    head = f"{number}  {each.task}, put off {each.enqueued_at:%Y-%m-%d %H:%M} UTC: "
    if each.dropped_at:
        return f"{head}dropped by {each.dropped_by}, {each.dropped_at:%Y-%m-%d %H:%M} UTC: {each.dropped_for}"
    tried = f"{head}{each.reason}; tried {each.tries} times"
    if each.again_at:
        return f"{tried}, again at {each.again_at:%H:%M} UTC"
    return f"{tried}, no more by itself: `pencere jobs retry {number}`, or `drop`"


@jobs.command()
@click.argument("numbers", nargs=-1)
@click.option("--all", "every", is_flag=True, help="All that have failed.")
def retry(numbers: tuple[str, ...], every: bool) -> None:
    """Let the jobs NUMBERS (or how they begin) be tried again at once, after what was wrong is mended."""
    from pencere.jobs import actions, queries

    if every == bool(numbers):
        raise click.UsageError("name the numbers (`pencere jobs list`), or say --all")
    known = [each.id for each in queries.failed()]
    chosen, unknown = (known, []) if every else _chosen(numbers, known)
    gone = [_short(job) for job in chosen if not actions.try_again(job)]
    click.echo(f"{len(chosen) - len(gone)} will be tried again at once, while a worker runs")
    _demand_known([*unknown, *gone])


@jobs.command()
@click.argument("number")
@click.option("--reason", required=True, help="Why it is not to be done; it stays with the job.")
def drop(number: str, reason: str) -> None:
    """Never do the job NUMBER (or how it begins). What it was for stays undone: see to that yourself."""
    from pencere.base.errors import BadInput
    from pencere.jobs import actions, queries

    chosen, unknown = _chosen((number,), [each.id for each in queries.failed()])
    _demand_known(unknown)
    try:
        dropped = actions.drop(chosen[0], by=f"operator {getpass.getuser()}", reason=reason)
    except BadInput:
        raise click.UsageError("say why with --reason, in at most 500 characters") from None
    _demand_known([] if dropped else [number])
    click.echo(f"{number} is dropped; `pencere jobs list --dropped` says by whom and why")


def _short(job: UUID) -> str:
    return job.hex[:SHOWN]


def _chosen(numbers: Iterable[str], known: list[UUID]) -> tuple[list[UUID], list[str]]:
    """The jobs whose numbers begin so, and what none begins with."""
    chosen: dict[UUID, None] = {}
    unknown = []
    for number in numbers:
        said = number.replace("-", "")
        found = [job for job in known if said and job.hex.startswith(said)]
        if len(found) > 1:
            raise click.UsageError(f"{len(found)} begin with {number}; say more of it (`pencere jobs list --json`)")
        chosen |= dict.fromkeys(found)
        unknown += [] if found else [number]
    return list(chosen), unknown


def _demand_known(unknown: list[str]) -> None:
    if unknown:
        click.echo(f"not among those that have failed (any more): {', '.join(unknown)}; `pencere jobs list`", err=True)
        sys.exit(2)


COMMANDS: list[click.Command] = [jobs]
