"""Places are given out under many writers and kills: as many as there are, none twice, on both engines.

The default suite gives out forty; `make prove` ten thousand to fifty thousand tickets.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.rush import rush


@pytest.mark.faults
def test_no_place_is_given_twice_and_none_is_left_over():
    outcome = rush(groups=8, places=5, tickets=400, writers=4, kills=1)

    assert outcome.wrong == []
    assert outcome.given == outcome.places == 40
    assert outcome.taken > 0


@pytest.mark.faults
@pytest.mark.one_engine
def test_a_build_that_forgets_what_is_held_turns_the_oracle_red():
    folder = Path(__file__).parent / "broken" / "forget_holds"
    outcome = rush(groups=2, places=5, tickets=60, writers=2, kills=0, more={"PYTHONPATH": f"{folder}:{folder.parent}"})

    assert any("of 5" in problem for problem in outcome.wrong)
