"""The clock, canonical bytes, purposes and problems: what everything else relies on."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pencere.base import clock
from pencere.base.canonical import canonical, sha256_hex
from pencere.base.errors import BadDeclaration, BadInput, Problem, Refused, Unavailable
from pencere.base.purpose import GROUNDS, Purpose

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_a_clock_that_stands_still_moves_again_afterwards() -> None:
    moment = datetime(2026, 3, 18, 20, 30, tzinfo=UTC)

    with clock.standing_at(moment):
        assert clock.now() == moment
        assert clock.day_in("Asia/Baku") == date(2026, 3, 19), "it is past midnight in Baku"
        assert clock.day_in("UTC") == date(2026, 3, 18)
        with clock.standing_at(moment + timedelta(days=1)):
            assert clock.now() == moment + timedelta(days=1)
        assert clock.now() == moment

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert clock.now().utcoffset() == timedelta(0)


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"), clock.standing_at(datetime(2026, 3, 18)):
        pass


def test_a_day_of_another_moment_can_be_asked() -> None:
    moment = datetime(2026, 3, 18, 1, 0, tzinfo=timezone(timedelta(hours=4)))

    assert clock.day_in("UTC", moment) == date(2026, 3, 17)


def test_one_value_has_one_form() -> None:
    assert canonical({"b": [1, True, None], "a": "ə"}) == '{"a":"ə","b":[1,true,null]}'.encode()
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})
    assert canonical((1, 2)) == canonical([1, 2])
    assert sha256_hex({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize("value", [0.5, {"a": 0.5}, [b"x"], {1: "a"}, date(2026, 3, 18), {"a": {2}}])
def test_what_two_machines_could_write_differently_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)  # type: ignore[arg-type]


@given(PLAIN)
def test_the_canonical_form_can_be_read_back(value: object) -> None:
    written = canonical(value)  # type: ignore[arg-type]

    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written


def test_nobody_looks_without_a_ground_and_its_act() -> None:
    for ground in ("law", "consent", "oversight"):
        with pytest.raises(ValueError, match="names its act"):
            Purpose(ground, "", "residence-certificate", "K7QF2-9XMZT", "din", "system")
    for ground in ("own", "check"):
        assert Purpose(ground, "", "verify", "", "", "public").ground in GROUNDS
    with pytest.raises(ValueError, match="unknown ground"):
        Purpose("curiosity", "x 1", "verify", "", "", "public")
    with pytest.raises(ValueError, match="its service"):
        Purpose("own", "", "", "", "", "person")
    with pytest.raises(ValueError, match="who looks"):
        Purpose("own", "", "verify", "", "", "")


def test_a_problem_says_what_is_wrong() -> None:
    assert str(Refused("not_yours", "residence-law 5")) == "not_yours (residence-law 5)"
    assert str(Refused("not_yours")) == "not_yours"
    assert str(Unavailable("emdx", "no answer")) == "emdx: no answer"
    assert str(BadDeclaration(("a:1: x", "b:2: y"))) == "a:1: x\nb:2: y"
    assert BadInput("too_long", most=40).details == {"most": 40}
    for kind in (Refused, Unavailable, BadDeclaration, BadInput):
        assert issubclass(kind, Problem)
