"""What the worker does for the portal: in the demo the world goes on."""

from pencere.portal.nation.going_on import SECONDS, step

EVERY = [(SECONDS, step)]
