"""Writings and a calendar for tests: Azerbaijan's letters and days as its folder declares them, and Greek ones."""

from __future__ import annotations

from datetime import date

from pencere.base.terms import Calendar, Count, Day
from pencere.base.writing import Writing

AZ = Writing(
    language="az",
    alphabet=tuple("abcçdeəfgğhxıijkqlmnoöprsştuüvyzw"),
    pairs={"ı": "I", "i": "İ", "ə": "Ə"},
    folding={"ə": "e", "ı": "i", "ö": "o", "ü": "u", "ğ": "g", "ş": "s", "ç": "c"},
    same_letter={"ǝ": "ə", "ә": "ə"},
    name=("surname", "given", "patronymic", "particle"),
    plural=("one", "other"),
)
RU = Writing(
    language="ru",
    alphabet=tuple("абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
    folding={"ё": "е"},
    name=("surname", "given", "patronymic"),
    plural=("one", "few", "many", "other"),
)
EN = Writing(language="en", alphabet=tuple("abcdefghijklmnopqrstuvwxyz"), name=("given", "surname"))
EL = Writing(
    language="el",
    alphabet=tuple("αβγδεζηθικλμνξοπρστυφχψω"),
    folding={"ς": "σ", "ά": "α", "έ": "ε", "ή": "η", "ί": "ι", "ό": "ο", "ύ": "υ", "ώ": "ω", "ϊ": "ι", "ϋ": "υ"},
    name=("given", "surname"),
)

# Every day of 2025 and 2026 that is not like others (Labour Code 105 and the yearly decisions).
_HOLIDAYS = """
2025-01-01 2025-01-02 2025-03-08 2025-03-20 2025-03-21 2025-03-22 2025-03-23 2025-03-24 2025-03-30 2025-03-31
2025-05-09 2025-05-28 2025-06-06 2025-06-07 2025-06-15 2025-06-26 2025-11-08 2025-11-09 2025-12-31
2026-01-01 2026-01-02 2026-03-08 2026-03-20 2026-03-21 2026-03-22 2026-03-23 2026-03-24 2026-05-09 2026-05-27
2026-05-28 2026-06-15 2026-06-26 2026-11-08 2026-11-09 2026-12-31
"""
_MOVED_REST = """
2025-01-03 2025-03-25 2025-03-26 2025-03-27 2025-03-28 2025-06-09 2025-06-16 2025-06-27 2025-11-10 2025-11-11
2026-03-09 2026-03-25 2026-03-26 2026-03-27 2026-03-30 2026-05-11 2026-05-29 2026-11-10
"""
_WORKING = "2025-10-18 2025-11-12 2025-11-17 2026-10-18 2026-11-12 2026-11-17"


def calendar(
    *, last_day: str = "next_working_day", more: dict[date, Day] | None = None, weekend: tuple[int, ...] = (5, 6)
) -> Calendar:
    days = {
        date.fromisoformat(day): Day(kind)
        for kind, block in (
            ("holiday", _HOLIDAYS),
            ("moved_rest", _MOVED_REST),
            ("working", _WORKING),
            ("mourning", "2025-01-20 2026-01-20"),
            ("voting", "2025-01-29"),
        )
        for day in block.split()
    }
    skip = ("weekend", "holiday", "mourning", "voting")
    return Calendar(
        counts={
            "working_days": Count("working_days", (*skip, "moved_rest"), "labour-code 105"),
            "days_outside_rest": Count("days_outside_rest", skip, "residence-law 9"),
        },
        weekend=weekend,
        days=days | (more or {}),
        last_day=last_day,
        years=frozenset({2025, 2026}),
        time_zone="Asia/Baku",
    )
