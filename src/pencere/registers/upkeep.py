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

    if register is not None:
        _demand_here(register)
    spoken = _spoken(language)
    kept = [each.id for each in country.current().registers.values() if each.kept == "here"]
    plans = [declaring.plan(name) for name in ([register] if register else kept)]
    _show(plans, spoken, as_json)
    sys.exit(1 if any(each.needs_work for each in plans) else 0)


@registers.command()
@click.argument("register")
@click.option("--language", help="Of the sentences; the language of the law if not given.")
@click.option("--json", "as_json", is_flag=True, help="Machine output.")
def apply(register: str, language: str | None, as_json: bool) -> None:
    """Let the rows of REGISTER stand under what its folder says now, if all can be read so, and make its index.

    Killed, it goes on when it is called again. Exit status: 0
    done, 1 some rows cannot be read so and nothing was done. `undo` takes it back.
    """
    from pencere.base import clock
    from pencere.base.errors import BadInput
    from pencere.registers import declaring

    _demand_here(register)
    spoken = _spoken(language)
    try:
        found, status = declaring.apply(register, clock.now()), 0
    except BadInput:
        found, status = declaring.plan(register), 1
    _show([found], spoken, as_json)
    sys.exit(status)


@registers.command()
@click.argument("register")
@click.option("--yes", is_flag=True, help="Without asking.")
@click.option("--language", help="Of the sentences; the language of the law if not given.")
@click.option("--json", "as_json", is_flag=True, help="Machine output; asks nothing, and does nothing without --yes.")
def undo(register: str, yes: bool, language: str | None, as_json: bool) -> None:
    """Take the last applied change of the declaration of REGISTER back: its folder as it was before, and `apply`.

    What it means is shown first. Called again, it takes that back. Exit status: 0 done, or shown and not wished; 1 rows
    or other declarations would not fit and nothing was done; 2 there is nothing to take back.
    """
    from django.utils.translation import gettext as _
    from django.utils.translation import override

    from pencere.base import clock
    from pencere.base.errors import BadInput
    from pencere.registers import undoing

    spoken = _spoken(language)
    _demand_here(register)
    with override(spoken):
        try:
            found = undoing.way_back(register)
        except BadInput:
            said = _("No change of the declaration of %(register)s was applied here, so none can be taken back.")
            _say(said % {"register": register}, as_json)
            sys.exit(2)
        if as_json:
            click.echo(json.dumps({**_plain(found.plan), "files": sorted(found.files), "errors": list(found.errors)}))
        else:
            for name, text in sorted(found.files.items()):
                said = (
                    _("%(file)s: is taken away.") if text is None else _("%(file)s: stands again as before the change.")
                )
                click.echo(said % {"file": f"registers/{register}/{name}"})
            _show([found.plan], spoken, as_json)
        if found.errors:
            _say(_("Something else in the country would not fit any more. Change that first:"), as_json)
            for error in found.errors:
                _say(f"  {error}", as_json)
        if found.errors or found.plan.needs_work:
            sys.exit(1)
        if not yes and (as_json or not click.confirm(_("Take the change back?"))):
            return
        undoing.undo(register, found, clock.now())
        _say(_("It is taken back. Start the processes of this installation anew."), as_json)


def _say(said: str, as_json: bool) -> None:
    click.echo(said, err=as_json)


def _demand_here(register: str) -> None:
    from pencere import country

    registers = country.current().registers
    if register not in registers or registers[register].kept != "here":
        raise click.UsageError(f"no register {register!r} is kept here")


def _spoken(language: str | None) -> str:
    from pencere import country

    languages = country.current().languages
    if language is not None and language not in languages:
        raise click.UsageError(f"the country speaks {', '.join(languages)}")
    return language or languages[0]


def _plain(plan: Plan) -> dict[str, Any]:
    return {
        "register": plan.register, "rows": plan.looked_at, "needs_work": plan.needs_work,
        "steps": [
            {"what": step.what, "field": step.field, "keys": step.keys, "rows": step.rows} for step in plan.steps
        ],
    }  # fmt: skip


def _show(plans: list[Plan], language: str, as_json: bool) -> None:
    from django.utils.translation import gettext as _
    from django.utils.translation import override

    if as_json:
        click.echo(json.dumps(list(map(_plain, plans))))
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
    sentences = {
        "index": _(
            "%(field)s: what it is found by (%(kinds)s) is made anew by itself. Until then the register shows no list."
        ),
        "removed": _("%(field)s: is declared no longer. %(rows)s rows say it; it is kept, but shown to nobody."),
        "renamed": _(
            "%(field)s: is the new name of %(keys)s. %(rows)s rows say it and are read under the new name; none is "
            "written anew."
        ),
        "moved": _(
            "%(field)s: %(rows)s rows say it under the name %(keys)s, where it is looked for no longer. Put back what "
            "“was” said."
        ),
        "misnamed": _("%(field)s: “was” names %(was)s, and no values stand there.%(advice)s"),
        "added": _("%(field)s: is new and optional; nothing is to be done."),
        "changed": _("%(field)s: says something else now (%(keys)s), and every row fits."),
    }
    unfit = {
        "added": _(
            "%(field)s: is new and required, and %(rows)s rows do not have it. Make it optional, enter it in "
            "these rows, then make it required."
        ),
        "changed": _(
            "%(field)s: %(rows)s rows do not fit what is declared now (%(keys)s). They cannot be read so: widen the "
            "declaration again, correct these rows, then narrow it."
        ),
    }
    kinds = {
        "value": _("its value"),
        "words": _("its words"),
        "order": _("its place in an order"),
        "place": _("where it lies"),
        "likeness": _("what looks like it"),
    }
    if step.what == "index":
        said["kinds"] = ", ".join(kinds[key] for key in step.keys)
    if step.what == "misnamed":
        said["was"] = step.keys[0]
        advice = _(" They stand under %(name)s: write that.") if len(step.keys) > 1 else ""
        said["advice"] = advice % {"name": step.keys[-1]} if advice else ""
    if step.what == "added" and step.keys:
        more = (
            _(" If it is the new name of %(keys)s, write “was: %(keys)s” in it, and nothing else is to be done.") % said
        )
    else:
        more = ""
    return (unfit[step.what] if step.what in unfit and step.rows else sentences[step.what]) % said + more
