"""Commands of identity: the demo's codes and its sign-in provider; officers of a real installation."""

from __future__ import annotations

import os
import sys

import click

from pencere.base.errors import BadInput


@click.group()
def demo() -> None:
    """What only the demonstration has."""


@demo.command()
@click.argument("name", required=False, default="")
def code(name: str) -> None:
    """Print the current code of the demo officer NAME (any words of the name, agency or role)."""
    os.environ["PENCERE_DEMO"] = "yes"  # whether it is one, the data folder says: only a demo has its people
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pencere.conf.settings")
    import django
    from django.apps import apps
    from django.conf import settings

    if not apps.ready:
        django.setup()

    from pencere.base import clock
    from pencere.identity import demo as demonstration
    from pencere.identity.demo_provider import people

    try:
        found = demonstration.codes(people.read(settings.PENCERE.data / "demo" / "people.jsonl"), name, clock.now())
    except (demonstration.NotTheDemo, FileNotFoundError):
        _stop(
            f"{settings.PENCERE.data} holds no demo: run `pencere run --demo` first, or name its folder in PENCERE_DATA"
        )
    if not found:
        _stop(f"no demo officer fits {name!r}; without a name all are listed")
    for one in found:
        click.echo(f"{one.code}  {one.name} ({one.agency}, {one.role}), for {one.seconds} more seconds")


@click.command("demo-provider")
def demo_provider() -> None:
    """Serve the demo's sign-in, where one picks a synthetic person (`pencere run --demo` starts it)."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "pencere.conf.demo_provider"
    import django
    from django.conf import settings

    django.setup()
    if not settings.PENCERE.demo:
        _stop("the demo's sign-in serves only a demo: set PENCERE_DEMO=yes, as `pencere run --demo` does")
    from pencere.identity.demo_provider import running

    running.prepare()
    running.serve()


@click.group()
def officer() -> None:
    """Give and end offices."""


@officer.command()
@click.argument("agency")
@click.argument("role")
@click.argument("identifier")
@click.option("--name", default="", help="The officer's name, for lists; else that of the first sign-in.")
def appoint(agency: str, role: str, identifier: str, name: str) -> None:
    """Give the person IDENTIFIER the office ROLE at AGENCY. It opens at their next page."""
    from pencere.base import clock
    from pencere.identity import actions

    try:
        made = actions.appoint_officer(identifier, name, agency, role, clock.now())
    except BadInput as problem:
        _stop(_sentence(problem, agency, role))
    click.echo("appointed" if made else "held already: nothing changed")


@officer.command()
@click.argument("agency")
@click.argument("role")
@click.argument("identifier")
def end(agency: str, role: str, identifier: str) -> None:
    """End the office at once, also in an open session."""
    from pencere.base import clock
    from pencere.identity import actions

    try:
        ended = actions.end_office(identifier, agency, role, clock.now())
    except BadInput as problem:
        _stop(_sentence(problem, agency, role))
    click.echo("ended" if ended else "not held: nothing changed")


@officer.command("forget-second-factor")
@click.argument("identifier")
def forget_second_factor(identifier: str) -> None:
    """Take away all second factors of an officer who lost them; the next sign-in adds a new one."""
    from pencere.identity import actions

    try:
        count = actions.forget_second_factors(identifier)
    except BadInput as problem:
        _stop(_sentence(problem, "", ""))
    click.echo(f"{count} taken away")


def _sentence(problem: BadInput, agency: str, role: str) -> str:
    if problem.reason == "unknown_agency":
        return f"{agency}: no such agency is declared"
    if problem.reason == "unknown_role":
        known = problem.details["known"]
        return f"{role}: no such role; the country declares {', '.join(known) if isinstance(known, tuple) else known}"
    return f"the identifier cannot be right ({problem.reason.replace('_', ' ')})"


def _stop(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(2)


demo.plain = True  # type: ignore[attr-defined]
demo_provider.plain = True  # type: ignore[attr-defined]
COMMANDS: list[click.Command] = [demo, demo_provider, officer]
