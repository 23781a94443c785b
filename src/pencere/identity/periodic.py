"""What the worker does for identity from time to time."""

from pencere.identity.sessions import sweep

EVERY = [(3600, sweep)]
