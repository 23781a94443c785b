"""What lies near is sought in the index of boxes, however many shapes the register has."""

from __future__ import annotations

import pytest
from django.db import connection

from pencere.registers.ground import boxes, nearness


@pytest.mark.django_db
def test_what_is_near_is_sought_by_its_place_and_not_among_all_shapes():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads tables this small whole, whatever is asked")
    asked = nearness.entries("meadows", "border", boxes.of_degrees(48.0, 40.0, 48.01, 40.01))

    sought = [line for line in asked.values("row").explain().splitlines() if "registers_rowkey" in line]

    assert sought
    assert all("field=? AND value>? AND value<?" in line for line in sought)
