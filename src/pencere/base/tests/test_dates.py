"""Days as people write them, never in US order."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pencere.base.dates import show_date, show_moment, show_short_date, show_weekday

DAY = date(2026, 3, 8)


@pytest.mark.parametrize(
    ("language", "long", "short", "weekday"),
    [
        ("az", "8 mart 2026", "08.03.2026", "bazar"),
        ("en", "8 March 2026", "08/03/2026", "Sunday"),
        ("ru", "8 марта 2026\u00a0г.", "08.03.2026", "воскресенье"),
        ("el", "8 Μαρτίου 2026", "08/03/2026", "Κυριακή"),
        ("zz", "2026 M03 8", "2026-03-08", "Sun"),
    ],
)
def test_a_day_is_written_as_the_language_does(language: str, long: str, short: str, weekday: str) -> None:
    assert show_date(DAY, language) == long
    assert show_short_date(DAY, language) == short
    assert show_weekday(DAY, language) == weekday


def test_a_moment_is_shown_on_the_clock_of_the_country() -> None:
    late_in_utc = datetime(2026, 3, 7, 20, 5, tzinfo=UTC)

    assert show_moment(late_in_utc, "az", "Asia/Baku") == "8 mart 2026, 00:05"
    assert show_moment(late_in_utc, "en", "Europe/Athens") == "7 March 2026, 22:05"
    with pytest.raises(ValueError, match="time zone"):
        show_moment(datetime(2026, 3, 7, 20, 5), "az", "Asia/Baku")
