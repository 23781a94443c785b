"""What the worker does for this part from time to time: (seconds between, what)."""

from pencere.jobs.actions import sweep

EVERY = [(3600, sweep)]
