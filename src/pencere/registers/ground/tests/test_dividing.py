"""A parcel is divided: it ends, and its parts begin the same day, all or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pencere.base.errors import BadInput
from pencere.ledger.models import Leaf
from pencere.registers import actions
from pencere.registers.ground.tests import make
from pencere.registers.ground.tests.make import add, meadow, square
from pencere.registers.models import Row
from pencere.registers.tests.make import NOW, TODAY

pytestmark = pytest.mark.django_db
LATER = TODAY + timedelta(days=30)


@pytest.fixture(autouse=True)
def _meadows():
    with make.using_meadows():
        add(1, square(0, 0, 20), size="400")
        add(9, square(20, 0, 20))
        yield


def divide(*parts: dict[str, object], number: int = 1):
    return actions.divide_row(
        "meadows", {"number": f"M-{number:06}"}, parts, from_day=LATER, recorded_by="test",
        now=NOW + timedelta(minutes=1),
    )  # fmt: skip


def live() -> list[tuple[str, object, object]]:
    rows = Row.objects.filter(retired_at__isnull=True).exclude(key="m-000009").order_by("key")
    return list(rows.values_list("key", "valid_from", "valid_until"))


def test_the_old_ends_and_the_parts_begin_the_same_day():
    made = divide(meadow(2, square(0, 0, 20, 8), size="160"), meadow(3, square(0, 8, 20, 12), size="240"))

    assert [each.values["number"] for each in made] == ["M-000002", "M-000003"]
    assert live() == [
        ("m-000001", TODAY, LATER - timedelta(days=1)), ("m-000002", LATER, None), ("m-000003", LATER, None),
    ]  # fmt: skip
    assert sorted(Leaf.objects.values_list("kind", flat=True))[-3:] == ["register.added"] * 2 + ["register.ended"]


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([meadow(2, square(0, 0, 20, 8))], "too_few"),
        ([meadow(2, square(0, 0, 20, 8)), meadow(3, square(0, 8, 20, 11))], "parts_do_not_cover"),
        ([meadow(2, square(0, 0, 20, 8)), meadow(3, square(0, 8, 20, 13))], "parts_do_not_cover"),
        ([meadow(2, square(0, 0, 20, 8)), meadow(3, square(0, 7, 20, 13))], "lies_over_another"),
        ([meadow(2, square(0, 0, 20, 8)), meadow(3, square(0, 8, 21, 12))], "lies_over_another"),
        ([meadow(2, square(0, 0, 20, 8)), meadow(2, square(0, 8, 20, 12))], "overlaps"),
    ],
)
def test_what_does_not_fit_changes_nothing(parts, reason):
    before = live()

    with pytest.raises(BadInput) as problem:
        divide(*parts)

    assert problem.value.reason == reason
    assert live() == before


def test_what_is_not_there_is_not_divided():
    with pytest.raises(BadInput, match="no_such_row"):
        divide(meadow(2, square(0, 0)), meadow(3, square(0, 0)), number=7)
