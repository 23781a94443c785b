"""What the worker does for the ledger, in a thread of its own."""

from __future__ import annotations

from pencere.ledger.actions import seal_loop

BESIDE = [seal_loop]
