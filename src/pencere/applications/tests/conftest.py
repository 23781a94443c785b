"""Fixtures for whole cases: the invented office, a provider of payments in memory, the clock at the tests' day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pencere.applications.tests import make, office
from pencere.base import clock
from pencere.payments import provider
from pencere.payments.tests.fake import FakeProvider


@pytest.fixture(scope="module")
def _declared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("office")
    with office.in_use(folder):
        yield folder


@pytest.fixture
def at_office(_declared: Path, db: None) -> Iterator[FakeProvider]:
    """The office in use, its people in the registers, and a provider that settles at a word."""
    one = FakeProvider()
    with provider.using(one), clock.standing_at(make.NOW):
        make.nation()
        yield one
