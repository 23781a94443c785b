"""A division is killed at random moments: the parcel is whole or it is divided, and nothing is in between."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import pytest
from django.db import transaction

from pencere.ledger.models import Leaf
from pencere.registers import actions
from pencere.registers.ground.tests import make
from pencere.registers.ground.tests.make import add, meadow, square
from pencere.registers.models import Row, RowKey
from pencere.registers.tests.killing import killed_after
from pencere.registers.tests.make import NOW, TODAY

LATER, PARTS, PARCELS = TODAY + timedelta(days=30), 40, 16


@pytest.fixture(autouse=True)
def _meadows():
    with make.using_meadows():
        for parcel in range(PARCELS):
            add(parcel * 100, square(0, parcel * 50, PARTS, 20), size="800")
        yield


def divide(parcel: int) -> None:
    whole = parcel * 100
    parts = [meadow(whole + 1 + part, square(part, parcel * 50, 1, 20), size="20") for part in range(PARTS)]
    actions.divide_row("meadows", {"number": f"M-{whole:06}"}, parts, from_day=LATER, recorded_by="test",
                       now=NOW + timedelta(minutes=1))  # fmt: skip


class _Undone(Exception):
    pass


def seconds_of_a_division() -> float:
    """Of one that is rolled back at its end."""
    began = time.monotonic()
    with pytest.raises(_Undone), transaction.atomic():
        divide(0)
        raise _Undone
    return time.monotonic() - began


def seen(parcel: int) -> tuple[list[tuple[str, object]], int, int]:
    """The live rows with their last day, how many of them are found by their place, the leaves that tell of them."""
    keys = [f"m-{parcel * 100 + part:06}" for part in range(PARTS + 1)]
    rows = Row.objects.filter(register="meadows", key__in=keys)
    live = rows.filter(retired_at__isnull=True).order_by("key")
    found = RowKey.objects.filter(field="meadows.border@", row__in=live).count()
    return list(live.values_list("key", "valid_until")), found, rows.count()


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_parcel_is_whole_or_divided_whenever_the_division_is_killed():
    chance = random.Random(20261126)
    took = seconds_of_a_division()
    leaves = Leaf.objects.count()
    began = time.monotonic()
    assert not killed_after(60, lambda: None)
    started = time.monotonic() - began

    kills = divided = 0
    for parcel in range(PARCELS):
        whole = [(f"m-{parcel * 100:06}", None)]
        parts = [(f"m-{parcel * 100 + 1 + part:06}", None) for part in range(PARTS)]
        kills += killed_after(started + chance.uniform(0, 1.2) * took, lambda of=parcel: divide(of))
        if seen(parcel) == (whole, 1, 1):
            divide(parcel)
        live, found, _rows = seen(parcel)
        assert live == [(f"m-{parcel * 100:06}", LATER - timedelta(days=1)), *parts]
        assert found == PARTS + 1
        divided += 1
    assert kills >= 3, "hardly one was killed in the middle"
    assert Leaf.objects.count() == leaves + divided * (PARTS + 1), "each told of once"
