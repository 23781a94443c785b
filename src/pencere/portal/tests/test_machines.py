"""What machines ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

from pencere.base import clock
from pencere.ledger.tests import make as make_ledger
from pencere.portal import machines

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine() -> Client:
    """Asks under whatever name it knows."""
    return Client(HTTP_HOST="10.0.0.7:8000")


def test_alive_is_answered_without_the_database(machine: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machines, "connection", None)

    assert machine.get("/health/live").content == b"ok\n"


def test_ready_when_the_database_answers_and_the_ledger_is_sealed(machine: Client) -> None:
    response = machine.get("/health/ready")

    assert (response.status_code, response.json()["ready"]) == (200, True)


def test_not_ready_while_the_ledger_is_not_sealed(machine: Client) -> None:
    receipt = make_ledger.look()

    with clock.standing_at(receipt.at + machines.LATEST_SEAL + timedelta(seconds=1)):
        response = machine.get("/health/ready")

    assert (response.status_code, response.json()["ready"]) == (503, False)


def test_not_ready_without_the_database(machine: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machines, "_unsealed_for", _failing)

    response = machine.get("/health/ready")

    assert (response.status_code, response.json()) == (503, {"ready": False, "database": "does not answer"})


def test_metrics_say_how_the_work_and_the_ledger_are(machine: Client) -> None:
    text = machine.get("/metrics").content.decode()

    for name in ('pencere_jobs{state="waiting"}', "pencere_ledger_size", "pencere_ledger_unsealed_seconds"):
        assert name in text


def test_crawlers_stay_out_of_personal_pages(machine: Client) -> None:
    assert "Disallow: /*/me/" in Client(HTTP_HOST=settings.PENCERE.host).get("/robots.txt").content.decode()


def _failing() -> Callable[[], object]:
    raise OperationalError("disk I/O error")
