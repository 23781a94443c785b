from __future__ import annotations

from datetime import date

import pytest

from pencere.certificates import rules


@pytest.mark.parametrize(
    ("revoked", "superseded", "valid_until", "state"),
    [
        (False, False, None, "genuine"),
        (False, False, date(2026, 3, 18), "genuine"),
        (False, False, date(2026, 3, 17), "expired"),
        (False, True, date(2026, 3, 17), "superseded"),
        (True, True, date(2026, 3, 17), "revoked"),
    ],
)
def test_the_gravest_state_is_told(revoked: bool, superseded: bool, valid_until: date | None, state: str) -> None:
    today = date(2026, 3, 18)

    told = rules.state(revoked=revoked, superseded=superseded, valid_until=valid_until, today=today)

    assert told == state


def test_a_number_has_the_year_and_random_digits_with_leading_zeros() -> None:
    assert rules.number("YQ-{year}-{random:7}", 2026, lambda below: 42) == "YQ-2026-0000042"


def test_the_second_factor_is_kept_so_that_it_cannot_be_tried_without_the_code() -> None:
    kept = rules.second_factor_hash("AbCdEfGhIjKlMnOpQrStUv", "1989")

    assert rules.answers("AbCdEfGhIjKlMnOpQrStUv", " 19 89", kept)
    assert not rules.answers("AbCdEfGhIjKlMnOpQrStUv", "1990", kept)
    assert not rules.answers("BbCdEfGhIjKlMnOpQrStUv", "1989", kept)


def test_nobody_answers_where_nothing_was_asked() -> None:
    assert not rules.answers("AbCdEfGhIjKlMnOpQrStUv", "", "")


@pytest.mark.parametrize(
    "typed",
    [
        "AbCdEfGhIjKlMnOpQrStUv",
        "  http://localhost:8000/az/verify/AbCdEfGhIjKlMnOpQrStUv ",
        "https://e.gov/ru/verify/AbCdEfGhIjKlMnOpQrStUv/?utm=x#y",
        "az/verify/AbCdEfGhIjKlMnOpQrStUv",
    ],
)
def test_a_code_is_found_in_what_was_pasted(typed: str) -> None:
    assert rules.code_in(typed) == "AbCdEfGhIjKlMnOpQrStUv"


@pytest.mark.parametrize("typed", ["", "YQ-2026-0482913", "AbCdEfGhIjKlMnOpQrStU", "../../etc/passwd", "ə" * 22])
def test_what_is_no_code_is_not_taken_for_one(typed: str) -> None:
    assert rules.code_in(typed) is None


def test_the_number_answers_for_kinds_that_ask_for_it() -> None:
    assert rules.expected_answer("number_last4", "YQ-2026-0482913", {}) == "2913"
    assert rules.expected_answer("birth_year", "YQ-2026-0482913", {"birth_year": 1989}) == "1989"
    assert rules.expected_answer("birth_year", "YQ-2026-0482913", {"birth_year": None}) == ""
    assert rules.expected_answer(None, "YQ-2026-0482913", {}) == ""
