"""Fees are paid and paid back while processes die, the payment provider among them: each once, none left open.

The default suite kills a handful; `make prove` more, on both engines.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.paying import pay_under_kills


@pytest.mark.faults
def test_a_fee_is_paid_once_and_paid_back_once_whatever_dies():
    outcome = pay_under_kills(persons=2, each=4, kills=4, seed=3)

    assert outcome.wrong == []
    assert outcome.problems == []
    assert outcome.returned == outcome.payments == 8


@pytest.mark.faults
@pytest.mark.one_engine
def test_a_build_that_believes_the_browser_turns_the_oracle_red():
    folder = Path(__file__).parent / "broken" / "believe_the_browser"
    outcome = pay_under_kills(
        persons=2, each=2, kills=0, seed=3, patience=4, more={"PYTHONPATH": f"{folder}:{folder.parent}"}
    )

    assert any("was not told refunded" in problem for problem in outcome.wrong)
