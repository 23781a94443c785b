"""Days as people write them, never in US order."""

from __future__ import annotations

from datetime import date

import pytest

from pencere.base.dates import show_date

DAY = date(2026, 3, 8)


@pytest.mark.parametrize(
    ("language", "long"),
    [
        ("az", "8 mart 2026"),
        ("en", "8 March 2026"),
        ("ru", "8 марта 2026\u00a0г."),
        ("el", "8 Μαρτίου 2026"),
        ("zz", "2026 M03 8"),
    ],
)
def test_a_day_is_written_as_the_language_does(language: str, long: str) -> None:
    assert show_date(DAY, language) == long
