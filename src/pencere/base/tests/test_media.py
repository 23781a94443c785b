"""What a file is, by its content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pencere.base import iban, media
from pencere.base.errors import BadInput
from pencere.base.tests import make_media as make


@pytest.mark.parametrize(
    ("content", "media_type", "size"),
    [
        (make.png(30, 40), media.PNG, (30, 40)),
        (make.jpeg(300, 400), media.JPEG, (300, 400)),
        (make.pdf(), media.PDF, (0, 0)),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, media_type: str, size: tuple[int, int]) -> None:
    found = media.judge(content)

    assert found.media_type == media_type
    assert (found.width, found.height) == size


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script>", "unknown_kind"),
        (b"GIF89a" + bytes(20), "unknown_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown_kind"),
        (make.png()[:60], "damaged"),
        (make.jpeg()[:12], "damaged"),
        (make.pdf()[:40], "damaged"),
        (make.pdf().replace(b"/Title", b"/JavaScript"), "active"),
        (make.png(20_000, 1), "too_many_pixels"),
    ],
)
def test_what_is_not_taken_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        media.judge(content)

    assert refused.value.reason == reason


@given(st.binary(max_size=200), st.sampled_from([b"", b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"]))
def test_no_bytes_break_the_judge(content: bytes, head: bytes) -> None:
    try:
        media.judge(head + content)
    except BadInput as refused:
        assert refused.reason


@pytest.mark.parametrize("typed", ["AZ21 NABZ 0000 0000 1370 1000 1944", "az21nabz00000000137010001944"])
def test_an_account_is_read_with_or_without_blanks(typed: str) -> None:
    assert iban.read(typed) == "AZ21NABZ00000000137010001944"
    assert iban.show(iban.read(typed)) == "AZ21 NABZ 0000 0000 1370 1000 1944"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("AZ21 NABZ 0000 0000 1370 1000 1945", "wrong_check_digit"),
        ("AZ12 NABZ 0000 0000 1370 1000 1944", "wrong_check_digit"),
        ("4169 7388 1234 5678", "wrong_shape"),
        ("AZ21", "wrong_shape"),
        ("ƏZ21NABZ00000000137010001944", "wrong_shape"),
    ],
)
def test_a_slip_in_an_account_is_found(typed: str, reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        iban.read(typed)

    assert refused.value.reason == reason
