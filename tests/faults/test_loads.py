"""A load in a browser outlives every kill of the worker: nothing lost, nothing half-visible, the same error file."""

import random

import pytest

from tests.faults.loading import load_under_kills
from tests.installation import installation


@pytest.mark.faults
def test_a_load_goes_on_after_every_kill_of_the_worker_and_ends_as_if_there_had_been_none():
    with installation() as place:
        place.start(persons=120, prepared=True)

        outcome = load_under_kills(place, lines=60_000, kills=4, seed=random.randrange(10**6))

    assert outcome.wrong == []
    assert outcome.kills >= 3 and outcome.rows > 50_000 and outcome.bad > 1_000
