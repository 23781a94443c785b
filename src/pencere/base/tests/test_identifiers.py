"""Identifiers: what is asked again, what is never replaced, and our own random ones."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pencere.base.errors import BadInput
from pencere.base.identifiers import (
    REF_LETTERS,
    Check,
    IdentifierKind,
    check_character,
    code_hash,
    random_code,
    random_ref,
    read,
    read_ref,
)

FIN = IdentifierKind("fin", "[0-9A-HJ-NP-Z]{7}", never=("O", "I"), personal="ordinary")
VOEN = IdentifierKind("voen", r"\d{9}[12]", check=Check((4, 1, 8, 6, 2, 7, 5, 3), 11, 9))
# A Greek tax number: powers of two modulo 11, and a remainder of 10 is written 0.
AFM = IdentifierKind("afm", r"\d{9}", check=Check((256, 128, 64, 32, 16, 8, 4, 2), 11, 9, {10: "0"}))
# The check character of an EAN-13: the complement to ten.
EAN = Check((1, 3) * 6, 10, 13, {remainder: str(10 - remainder) for remainder in range(1, 10)})


def reason(kind: IdentifierKind, text: str) -> str:
    with pytest.raises(BadInput) as refused:
        read(kind, text)
    return refused.value.reason


def test_blanks_at_the_ends_and_small_letters_are_mended() -> None:
    assert read(FIN, "  5abc123\n") == "5ABC123"


@pytest.mark.parametrize("letter", ["O", "o", "I", "i", "İ", "ı", "Ö"])
def test_a_letter_that_never_occurs_is_asked_again_and_never_replaced(letter: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(FIN, f"5ABC12{letter}")

    assert refused.value.reason == "letter_never_used"
    assert refused.value.details == {"kind": "fin", "letter": letter}


@pytest.mark.parametrize("text", ["", "5ABC12", "5ABC1234", "5АВС123", "5ABC 12", "５ABC123", "5ABC12ß"])
def test_what_has_another_shape_is_refused(text: str) -> None:
    assert reason(FIN, text) == "wrong_shape"


def test_a_taxpayers_check_digit_is_checked() -> None:
    assert read(VOEN, "1400057421") == "1400057421"
    for digit in "013456789":
        assert reason(VOEN, f"14000574{digit}1") == "wrong_check_digit"


def test_a_remainder_of_two_digits_was_never_given_out() -> None:
    assert check_character(Check((4, 1, 8, 6, 2, 7, 5, 3), 11, 9), "80000000") is None
    assert all(reason(VOEN, f"80000000{digit}1") == "wrong_check_digit" for digit in "0123456789")


def test_a_remainder_may_be_written_as_another_character() -> None:
    assert read(AFM, "094014201") == "094014201"
    assert read(AFM, "700000000") == "700000000"
    assert reason(AFM, "700000001") == "wrong_check_digit"
    assert check_character(EAN, "400638133393") == "1"
    in_front = IdentifierKind("x", r"\d{4}", check=Check((1, 2, 3), 10, 1))
    assert read(in_front, "4123") == "4123"
    assert reason(in_front, "5123") == "wrong_check_digit"


def test_letters_count_from_ten_and_dashes_are_passed_over() -> None:
    check = Check((1, 1), 10, 3)

    assert check_character(check, "A-1") == "1"
    assert read(IdentifierKind("x", "[A-Z]-[0-9]{2}", check=check), "a-11") == "A-11"


@given(st.text(max_size=12))
def test_reading_gives_what_fits_the_pattern_or_a_reason(text: str) -> None:
    try:
        assert re.fullmatch(FIN.pattern, read(FIN, text))
    except BadInput as refused:
        assert refused.reason in ("letter_never_used", "wrong_shape")


@given(st.from_regex(r"[0-9A-HJ-NP-Z]{7}", fullmatch=True, alphabet=st.characters(codec="ascii")))
def test_reading_twice_is_reading_once(text: str) -> None:
    assert read(FIN, read(FIN, text)) == text


def test_a_code_has_128_random_bits_and_fits_an_address() -> None:
    codes = {random_code() for _ in range(500)}

    assert len(codes) == 500
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", code) for code in codes)
    assert code_hash("abc") == hashlib.sha256(b"abc").hexdigest()


def test_a_reference_can_be_read_aloud_and_typed_back() -> None:
    for _ in range(200):
        ref = random_ref()
        assert re.fullmatch(f"[{REF_LETTERS}]{{5}}-[{REF_LETTERS}]{{5}}", ref)
        assert read_ref(f" {ref.lower().replace('-', '')} ") == ref
        assert read_ref(ref.replace("0", "o").replace("1", "l")) == ref
    for wrong in ("K7QF2-9XMZ", "K7QF2-9XMZTT", "K7QF2-9XMZU", "", "К7QF2-9XMZT"):
        with pytest.raises(BadInput, match="wrong_shape"):
            read_ref(wrong)
