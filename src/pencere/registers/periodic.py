"""What the worker does for this part from time to time: (seconds between, what)."""

from __future__ import annotations

from pencere.registers import indexing

EVERY = [(5, indexing.go_on)]
