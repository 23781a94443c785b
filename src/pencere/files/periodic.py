"""What the worker does for this part from time to time: (seconds between, what)."""

from __future__ import annotations

from pencere.files import actions

EVERY = [(3600, actions.sweep)]
