"""`pencere registers`: what an operator does to the registers kept here. Reads no row to anybody."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pencere.registers.declaring import Plan, Step


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


@registers.command()
@click.argument("register", required=False)
@click.option("--language", help="Of the sentences; the language of the law if not given.")
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def plan(register: str | None, language: str | None, as_json: bool) -> None:
    """Show what a changed declaration of REGISTER (of all, if none is named) means for the rows that are there.

    Changes nothing. Exit status: 0 all rows can be read so, 1 some cannot.
    """
    from pencere import country
    from pencere.registers import declaring

    here = country.current()
    named = [each.id for each in here.registers.values() if each.kept == "here" and register in (None, each.id)]
    if not named:
        raise click.UsageError(f"no register {register!r} is kept here")
    if language is not None and language not in here.languages:
        raise click.UsageError(f"the country speaks {', '.join(here.languages)}")
    plans = [declaring.plan(name) for name in named]
    _show(plans, language or here.languages[0], as_json)
    sys.exit(1 if any(each.needs_work for each in plans) else 0)


@registers.command()
@click.argument("register")
@click.option("--language", help="Of the sentences; the language of the law if not given.")
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def apply(register: str, language: str | None, as_json: bool) -> None:
    """Let the rows of REGISTER stand under what its folder says now, if all can be read so, and make its index.

    Killed, it goes on when it is called again; put the folder back and apply, and all is as before. Exit status: 0
    done, 1 some rows cannot be read so and nothing was done.
    """
    from pencere import country
    from pencere.base import clock
    from pencere.base.errors import BadInput
    from pencere.registers import declaring

    here = country.current()
    if register not in here.registers or here.registers[register].kept != "here":
        raise click.UsageError(f"no register {register!r} is kept here")
    try:
        found, status = declaring.apply(register, clock.now()), 0
    except BadInput:
        found, status = declaring.plan(register), 1
    _show([found], language or here.languages[0], as_json)
    sys.exit(status)


def _show(plans: list[Plan], language: str, as_json: bool) -> None:
    from django.utils.translation import gettext as _
    from django.utils.translation import override

    if as_json:
        click.echo(json.dumps([
            {"register": each.register, "rows": each.looked_at, "needs_work": each.needs_work,
             "steps": [{"what": step.what, "field": step.field, "keys": step.keys, "rows": step.rows}
                       for step in each.steps]}
            for each in plans
        ]))  # fmt: skip
        return
    with override(language):
        shown = [each for each in plans if each.steps]
        for each in shown:
            click.echo(_("%(register)s: %(rows)s rows") % {"register": each.register, "rows": each.looked_at})
            for step in each.steps:
                click.echo(f"  {_sentence(step)}")
        if not shown:
            click.echo(_("All rows stand under what the folder says; there is nothing to do."))


def _sentence(step: Step) -> str:
    from django.utils.translation import gettext as _

    said = {"field": step.field, "rows": step.rows, "keys": ", ".join(step.keys)}
    if step.what == "index":
        return _("%(field)s: its entries in the index are made anew; nothing else is to be done.") % said
    if step.what == "removed":
        return _("%(field)s: is declared no longer. %(rows)s rows say it; it is kept, but shown to nobody.") % said
    if step.what == "added":
        if step.rows:
            return (
                _(
                    "%(field)s: is new and required, and %(rows)s rows do not have it. Make it optional, enter it in "
                    "these rows, then make it required."
                )
                % said
            )
        return _("%(field)s: is new and optional; nothing is to be done.") % said
    if step.rows:
        return (
            _(
                "%(field)s: %(rows)s rows do not fit what is declared now (%(keys)s). They cannot be read so: widen "
                "the declaration again, correct these rows, then narrow it."
            )
            % said
        )
    return _("%(field)s: says something else now (%(keys)s), and every row fits.") % said
