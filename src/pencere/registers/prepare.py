"""What each start does: the index follows the folder. What the first start of a demo makes besides: a fond of invented

papers for each register that takes papers in.
"""

from __future__ import annotations

from datetime import date

import click

from pencere import country
from pencere.base import clock
from pencere.registers import declaring
from pencere.registers.paper import actions, drawing
from pencere.registers.paper.models import Fond

ORDER = 90
"""After the nation, whose persons the papers name; and last, since Typst stays in the process that used it."""
LOOKED_AT = 20_000
"""Rows of each changed register that a start reads; `pencere registers plan` reads all."""
CODE = "DEMO-1"
NAMES = {"az": "Nümunə fondu", "en": "Sample fond", "ru": "Образец фонда"}
BELIEVED = actions.Believed(40, "DEMO", date(2026, 1, 15))


def prepare(*, demo: bool, persons: int) -> None:
    """Safe to repeat: a fond is made once, and a scan that is there already is not made again."""
    for name in declaring.follow(clock.now()):
        click.echo(f"{name}: the declaration changed; its index is made anew (pencere registers plan).", err=True)
    _warn_of_unread()
    if not demo:
        return
    here = country.current()
    names = {language: NAMES.get(language, NAMES["en"]) for language in here.languages}
    for id_, register in here.registers.items():
        wanted = drawing.lines_of(id_) if register.paper is not None and register.kept == "here" else []
        fond = Fond.objects.filter(register=id_, code=CODE).first()
        if not wanted or (fond is not None and fond.papers >= len(wanted)):
            continue
        now = clock.now()
        fond = fond or actions.begin_fond(id_, CODE, names, BELIEVED, officer="demo", now=now)
        for scan in drawing.papers(id_):
            actions.scan(fond, scan, officer="demo", now=now)
        click.echo(f"Drew {len(wanted)} synthetic papers for {id_}.", err=True)


def _warn_of_unread() -> None:
    """Says so where a changed declaration cannot read rows that are there: they would be nobody's answer."""
    for register in country.current().registers.values():
        if register.kept == "here" and (rows := declaring.unread(register.id, LOOKED_AT)):
            click.echo(
                f"WARNING {register.id}: at least {rows} of its rows cannot be read as its folder declares them now. "
                f"`pencere registers plan {register.id}` says why and what to do; `pencere registers undo "
                f"{register.id}` puts its folder back as it was when every row was read.",
                err=True,
            )
