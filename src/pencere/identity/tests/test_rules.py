"""Codes, sessions, levels, tokens: pure rules."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pencere.identity import rules

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
     (20000000000, "353130")],
)  # fmt: skip
def test_a_code_is_that_of_rfc_6238(at: int, code: str) -> None:
    assert rules.code_at(RFC_SECRET, at // 30) == code


def test_a_code_counts_once_and_one_step_off_at_most() -> None:
    now = 1_800_000_000.0
    step = int(now) // 30

    assert rules.step_of(RFC_SECRET, rules.code_at(RFC_SECRET, step), now, after=0) == step
    assert rules.step_of(RFC_SECRET, rules.code_at(RFC_SECRET, step - 1), now, after=0) == step - 1
    assert rules.step_of(RFC_SECRET, rules.code_at(RFC_SECRET, step), now, after=step) is None
    assert rules.step_of(RFC_SECRET, rules.code_at(RFC_SECRET, step - 2), now, after=0) is None


@given(some.text(max_size=8))
def test_no_other_text_is_a_code(text: str) -> None:
    now = 1_800_000_000.0
    right = {rules.code_at(RFC_SECRET, int(now) // 30 + drift) for drift in (-1, 0, 1)}

    assert (rules.step_of(RFC_SECRET, text, now, after=0) is not None) == (text in right)


def test_a_session_ends_when_idle_or_old() -> None:
    assert not rules.must_end(0, 0, 1800)
    assert rules.must_end(0, 0, 1801)
    assert not rules.must_end(0, 12 * 3600 - 1, 12 * 3600)
    assert rules.must_end(0, 12 * 3600, 12 * 3600 + 1)
    assert rules.seconds_left(0, 100, 400) == 1500
    assert rules.seconds_left(0, 12 * 3600 - 60, 12 * 3600 - 30) == 30


@pytest.mark.parametrize(
    ("acr", "level"),
    [("http://eidas.europa.eu/LoA/high", "high"), ("substantial", "substantial"), ("urn:loa:HIGH", "high"), ("", "low"),
     ("3", "low"), ("http://eidas.europa.eu/LoA/highest", "low")],
)  # fmt: skip
def test_a_level_is_an_eidas_word_or_the_lowest(acr: str, level: str) -> None:
    assert rules.level_of(acr) == level


GOOD: dict[str, object] = {"iss": "https://i", "aud": "us", "exp": 1000, "iat": 900, "nonce": "n", "sub": "s"}


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({}, None),
        ({"iss": "https://i/"}, "issuer"),
        ({"aud": "them"}, "audience"),
        ({"aud": ["us", "them"]}, "audience"),
        ({"aud": ["us", "them"], "azp": "us"}, None),
        ({"aud": ["us", "them"], "azp": "them"}, "audience"),
        ({"exp": 800}, "expired"),
        ({"exp": None}, "expired"),
        ({"exp": "1000"}, "expired"),
        ({"iat": 2000}, "issued in the future"),
        ({"nonce": "m"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"sub": ""}, "subject"),
        ({"sub": 7}, "subject"),
    ],
)
def test_a_token_is_held_to_openid_connect(change: dict[str, object], flaw: str | None) -> None:
    assert rules.token_flaw({**GOOD, **change}, "https://i", "us", "n", 950) == flaw


def test_a_token_is_never_right_when_we_asked_with_no_nonce() -> None:
    assert rules.token_flaw({**GOOD, "nonce": ""}, "https://i", "us", "", 950) == "nonce"
