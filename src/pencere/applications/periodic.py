"""What the worker does for this part from time to time: (seconds between, what)."""

from __future__ import annotations

from datetime import datetime

from pencere.applications import actions


def lapse_drafts(now: datetime) -> None:
    actions.lapse_drafts(now)


EVERY = [(3600, lapse_drafts)]
