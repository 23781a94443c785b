"""Kill -9 under submissions: nothing acknowledged is lost, nothing happens twice, nothing stands by halves.

The default suite kills a dozen times; `make prove` a thousand. The same runs on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults.storm import rage
from tests.installation import installation

KILLS = int(os.environ.get("STORM_KILLS", "12"))
SEED = int(os.environ.get("STORM_SEED", "1"))


@pytest.mark.faults
def test_nothing_acknowledged_is_lost_when_processes_are_killed():
    with installation() as place:
        place.start(persons=120)
        outcome = rage(place, kills=KILLS, citizens=4, seed=SEED)

    assert outcome.wrong == []
    assert outcome.problems == []
    assert outcome.acknowledged >= 4


@pytest.mark.faults
@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("build", "words"),
    [
        ("acknowledge_before_commit", "acknowledged, but there is no submission"),
        ("log_after_read", "facts were read, no look is in the ledger"),
    ],
)
def test_a_build_broken_on_purpose_turns_the_oracle_red(build: str, words: str):
    folder = Path(__file__).parent / "broken" / build
    with installation(more={"PYTHONPATH": f"{folder}:{folder.parent}"}) as place:
        place.start(persons=120, prepared=True)
        outcome = rage(place, kills=2, citizens=4, seed=SEED, pause=(4.0, 5.0), power_cut_every=1)

    assert [problem for problem in outcome.wrong if words in problem]
