"""Commands of the exchange: the demo's stand-in for information systems of other agencies."""

from __future__ import annotations

import os
import sys

import click


@click.command("stand-in")
@click.option("--load", is_flag=True, help="Load rows from the standard input instead of serving.")
@click.option("--fill", is_flag=True, help="Begin anew with packed rows from the standard input instead of serving.")
def stand_in(load: bool, fill: bool) -> None:
    """Answer for registers that are kept elsewhere (`pencere run --demo` starts it)."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "pencere.conf.stand_in"
    import django
    from django.conf import settings

    django.setup()
    if not settings.PENCERE.demo:
        click.echo("the stand-in answers only in a demo: set PENCERE_DEMO=yes, as `pencere run --demo` does", err=True)
        sys.exit(2)
    from pencere.base.errors import BadInput
    from pencere.exchange.stand_in import filling, loading, running

    running.prepare()
    if not load and not fill:
        running.serve()
        return
    try:
        (filling if fill else loading).take(sys.stdin.buffer)
    except BadInput as problem:
        click.echo(loading.problem_out(problem))
        sys.exit(1)


stand_in.plain = True  # type: ignore[attr-defined]
COMMANDS: list[click.Command] = [stand_in]
