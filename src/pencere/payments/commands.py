"""`pencere payments reconcile`, and the demo's payment provider."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from pencere.base.errors import Unavailable

if TYPE_CHECKING:
    from pencere.payments.reconciling import Reconciled


@click.group()
def payments() -> None:
    """Fees that were asked, paid and paid back."""


@payments.command()
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Of the country's clock; yesterday if not given.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def reconcile(day: datetime | None, as_json: bool) -> None:
    """Hold the provider's list of a day against ours. Exit status: 0 they agree, 1 they differ, 2 cannot tell."""
    from pencere import country
    from pencere.base import clock
    from pencere.payments import reconciling

    here = country.current()
    asked = day.date() if day else clock.day_in(here.time_zone) - timedelta(days=1)
    try:
        found = reconciling.reconcile(asked, here.time_zone)
    except Unavailable as problem:
        click.echo(f"The payment provider does not show its list: {problem.reason}", err=True)
        sys.exit(2)
    click.echo(_as_json(found) if as_json else _as_text(found, here.currency))
    sys.exit(1 if found.differences else 0)


def _as_json(found: Reconciled) -> str:
    return json.dumps(
        {
            "day": found.day.isoformat(),
            "ours": {"lines": found.our_lines, "sum": found.our_sum},
            "theirs": {"lines": found.their_lines, "sum": found.their_sum},
            "differences": [
                {"reason": one.reason, "kind": one.kind, "key": one.key, "ours": one.ours, "theirs": one.theirs}
                for one in found.differences
            ],
        },
        indent=1,
    )


def _as_text(found: Reconciled, currency: str) -> str:
    from pencere.base.money import Money, show

    def money(minor: int | None) -> str:
        return "nothing" if minor is None else show(Money(minor, currency), "en")

    lines = [
        f"{found.day}: ours {found.our_lines} lines, {money(found.our_sum)}; "
        f"the provider's {found.their_lines} lines, {money(found.their_sum)}"
    ]
    lines += [
        f"{one.kind} {one.key}: {one.sentence} (ours {money(one.ours)}, theirs {money(one.theirs)})"
        for one in found.differences
    ]
    return "\n".join(lines if found.differences else [*lines, "They agree."])


@click.command("demo-payments")
def demo_payments() -> None:
    """Serve the demo's payment provider, where no money moves (`pencere run --demo` starts it)."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "pencere.conf.demo_payments"
    import django
    from django.conf import settings

    django.setup()
    if not settings.PENCERE.demo:
        click.echo(
            "the demo's payments serve only a demo: set PENCERE_DEMO=yes, as `pencere run --demo` does", err=True
        )
        sys.exit(2)
    from pencere.payments.demo_provider import running

    running.prepare()
    running.serve()


demo_payments.plain = True  # type: ignore[attr-defined]
COMMANDS: list[click.Command] = [payments, demo_payments]
