"""What was looked at is named in words, and what was seen at once stands together."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from pencere.ledger.queries import SeenLook
from pencere.portal import looks

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("register", "source", "fields", "expected"),
    [
        ("certificate", "residence", ("person", "from"), ("Full name", "Registered since")),
        ("residence", "residence", ("address",), ("Registered address",)),
        (
            "applications",
            "",
            ("applicant", "request.holder", "request.purpose"),
            ("who applied", "Who is the certificate for", "What is the certificate for"),
        ),
        ("certificate", "residence", ("state",), ("only whether it is genuine",)),
    ],
)
def test_facts_are_named_in_words(register: str, source: str, fields: tuple[str, ...], expected: tuple[str, ...]):
    look = SeenLook(
        id="1", when=NOW, kind="desk", agency="din", service="residence-certificate", case="AAAAA-AAAAA",
        ground="oversight", act="residence-law 5", register=register, source=source, fields=fields,
        who="officer:registry", account="1",
    )  # fmt: skip

    with translation.override("en"):
        shown = looks.card(look, "en", date(2026, 3, 18))

    assert shown.fields == expected
    assert shown.register not in ("applications", "certificate", "residence")


def seen(number: int = 1, seconds: float = 0, **changes: object) -> SeenLook:
    values: dict[str, object] = {
        "id": str(number), "when": NOW + timedelta(seconds=seconds), "kind": "desk", "agency": "din",
        "service": "residence-certificate", "case": "AAAAA-AAAAA", "ground": "oversight", "act": "residence-law 5",
        "register": "residence", "source": "residence", "fields": ("address",), "who": "officer:registry",
        "account": "1",
    }  # fmt: skip
    return SeenLook(**{**values, **changes})  # type: ignore[arg-type]


def test_what_an_officer_sees_of_a_case_at_once_is_one_entry_with_a_line_for_each_register():
    newest_first = [
        seen(4, 12, register="applications", fields=("applicant",), act=""),
        seen(3, 11, fields=("valid_from",)),
        seen(2, 11, register="certificate", fields=("person",)),
        seen(1, 10),
    ]

    with translation.override("en"):
        (entry,) = looks.entries(newest_first, "en", date(2026, 3, 18))

    assert entry.when == newest_first[-1].when
    assert entry.who == "An officer of: Ministry of Internal Affairs (registry officer)"
    assert [(line.register, line.fields) for line in entry.lines] == [
        ("Register of residence", ("Registered address", "Registered since")),
        ("Certificate of registered residence", ("Full name",)),
        ("Your application", ("who applied",)),
    ]
    assert [line.law is None for line in entry.lines] == [False, False, True]


def test_who_was_asked_to_sign_is_not_shown_as_the_agency():
    with translation.override("en"):
        shown = looks.card(seen(kind="party", ground="law", who="party:owner"), "en", date(2026, 3, 18))

    assert shown.who == "Somebody who takes part in your application"
    assert "asked to agree" in shown.why


@pytest.mark.parametrize(
    "other",
    [
        {"agency": "emdx"}, {"who": "officer:certificates"}, {"account": "2"}, {"kind": "evidence"},
        {"ground": "law"}, {"service": "desk"}, {"case": "BBBBB-BBBBB"}, {"seconds": 60},
    ],
)  # fmt: skip
def test_another_looker_kind_case_or_minute_is_another_entry(other: dict[str, object]):
    assert len(looks.together([seen(2, **other), seen(1)])) == 2  # type: ignore[arg-type]


@given(
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["1", "2"])), max_size=60),
    st.integers(1, 12),
)
def test_pages_lose_and_double_no_look_and_cut_no_minute_that_fits(made: list[tuple[int, str]], limit: int):
    moments = sorted(made, reverse=True)
    left = [seen(number, seconds, account=account) for number, (seconds, account) in enumerate(moments)]
    everything, pages = list(left), []
    while left:
        pages.append(looks.page(left[: limit + 1], limit))
        left = left[len(pages[-1]) :]

    assert [look for page in pages for look in page] == everything
    assert sorted(look.id for page in pages for group in looks.together(page) for look in group) == sorted(
        look.id for look in everything
    )
    for page, following in pairwise(pages):
        assert len(page) <= limit
        if following[0].when.replace(second=0) == page[-1].when.replace(second=0):
            assert {look.when.replace(second=0) for look in page} == {page[-1].when.replace(second=0)}
