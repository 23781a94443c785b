"""What the worker does for this part from time to time: (seconds between, what)."""

from __future__ import annotations

from pencere.registers import indexing
from pencere.registers.digital.measuring import measure_due
from pencere.registers.paper import actions as paper

EVERY = [(5, indexing.go_on), (300, paper.tell_rest), (300, measure_due)]
