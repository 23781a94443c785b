"""What the worker does for this part from time to time: (seconds between, what)."""

from __future__ import annotations

from pencere.applications import actions

EVERY = [
    (5, actions.poll_payments),
    (10, actions.start_from_events),
    (10, actions.poll_events),
    (15, actions.run_queues),
    (60, actions.lapse_overdue),
    (3600, actions.forget_drafts),
    (3600, actions.forget_closed),
    (24 * 3600, actions.forget_heard),
]
