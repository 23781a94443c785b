"""What the first start of a demo makes: its nation."""

from __future__ import annotations

import click

from pencere.base import clock
from pencere.portal.nation.loading import NationExists, load_nation

ORDER = 50
SEED = 1
"""The demo's nation is the same on every machine."""


def prepare(*, demo: bool, persons: int) -> None:
    """Safe to repeat: a nation is made once."""
    if not demo:
        return
    try:
        made = load_nation(persons=persons, seed=SEED, now=clock.now())
    except NationExists:
        return
    click.echo(f"Made a nation of {made} synthetic persons.", err=True)
