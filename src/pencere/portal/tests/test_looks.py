"""What was looked at is named in words, never by the name that a fact has in a declaration."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

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
