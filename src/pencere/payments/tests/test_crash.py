"""A process that is killed between the provider's yes and our mark: paid once, paid back once, nothing lost.

The provider is the demo's own, a process apart that remembers; what dies is a process of ours, by SIGKILL.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, transaction

from pencere.base import clock
from pencere.payments import actions, provider, queries
from pencere.payments.models import Attempt, Refund
from pencere.payments.tests import make
from pencere.payments.tests.conftest import DemoProvider

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
KEY = f"{make.CASE}:duty"

DYING = """
import os
import signal
import sys

import django
django.setup()
from django.conf import settings
settings.ROOT_URLCONF = "pencere.payments.tests.pages"
from pencere.base import clock
from pencere.payments import actions, asking, provider, taking

def die(*_args, **_named):
    os.kill(os.getpid(), signal.SIGKILL)

where, *words = sys.argv[1:]
if where == "after the provider's yes":
    asking.take_word = die
elif where == "before the commit":
    taking.moving.move = die
elif where == "after the provider's refund":
    asking.take_refund_word = die
elif where == "before the refund's commit":
    taking.moving.move = die
elif where == "before the order is open":
    provider.OverHttp.open = die
if where == "before the order is open":
    actions.begin(*words, "az", clock.now())
elif "refund" in where:
    actions.ask_due(clock.now())
else:
    asking.ask_now(*words, clock.now())
"""


def dies(demo: DemoProvider, where: str, *words: str) -> None:
    """A process of ours does its work and is killed at `where`."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PENCERE_", "DJANGO_"))} | {
        "DJANGO_SETTINGS_MODULE": "pencere.conf.settings", "PENCERE_DATA": str(settings.PENCERE.data),
        "PENCERE_DEMO": "yes", "PENCERE_URL": demo.portal, "PENCERE_DATABASE": database(),
        "PENCERE_DEMO_PAYMENTS_ADDRESS": f"127.0.0.1:{demo.port}",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", DYING, where, *words], env=environ, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr


def database() -> str:
    """The URL of the database of this test."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["PENCERE_TEST_DATABASE"])._replace(path=f"/{name}").geturl()


def begun(demo: DemoProvider) -> Attempt:
    now = clock.now()
    payment = make.asked(now=now)
    actions.begin(payment.id, make.PERSON, "az", now)
    return Attempt.objects.get(payment=payment.id)


def until(holds: Callable[[], Any], seconds: float = 15) -> None:
    """Rounds of the worker, until it holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.2)
        actions.ask_due(clock.now())


@pytest.mark.parametrize("where", ["after the provider's yes", "before the commit"])
def test_killed_between_the_providers_yes_and_our_mark_it_is_paid_once(demo: DemoProvider, where: str) -> None:
    attempt = begun(demo)
    demo.choose(attempt.page, "pay")
    assert provider.current().ask(attempt.key).state == "paid"

    dies(demo, where, attempt.key)
    assert make.row(attempt).state == "asked"

    for _ in range(2):
        actions.ask_now(attempt.key, clock.now())
    assert make.row(attempt).state == "paid"
    assert make.movements(attempt) == ["asked", "begun", "paid"]
    assert [one.state for one in queries.settled_since(0, 10)] == ["paid"]


@pytest.mark.parametrize("where", ["after the provider's refund", "before the refund's commit"])
def test_killed_between_the_providers_refund_and_our_mark_it_is_paid_back_once(demo: DemoProvider, where: str) -> None:
    attempt = begun(demo)
    demo.choose(attempt.page, "pay")
    actions.ask_now(attempt.key, clock.now())
    with transaction.atomic():
        actions.refund(KEY, reason="refused", now=clock.now())
    refund = Refund.objects.get()
    order = provider.RefundOrder(refund.key, refund.amount, attempt.currency, refund.reason)
    if where == "before the refund's commit":
        while provider.current().refund(attempt.key, order).state == "waiting":
            time.sleep(0.2)

    dies(demo, where)
    assert Refund.objects.get().done_at is None

    Refund.objects.update(ask_at=clock.now())
    until(lambda: Refund.objects.get().done_at)
    lines = provider.current().lines(attempt.begun_at, clock.now())
    assert [line.amount for line in lines if line.key == refund.key] == [4000]
    assert [one.state for one in queries.settled_since(0, 10)] == ["paid", "refunded"]


def test_killed_before_the_order_is_open_it_is_begun_once(demo: DemoProvider) -> None:
    payment = make.asked(now=clock.now())

    dies(demo, "before the order is open", payment.id, make.PERSON)
    page = actions.begin(payment.id, make.PERSON, "az", clock.now())

    attempt = Attempt.objects.get(payment=payment.id)
    demo.choose(page, "pay")
    actions.ask_now(attempt.key, clock.now())
    assert make.movements(payment) == ["asked", "begun", "paid"]


def test_many_words_at_once_settle_once(demo: DemoProvider) -> None:
    attempt = begun(demo)
    demo.choose(attempt.page, "pay")
    word = provider.current().ask(attempt.key)
    changed: list[bool] = []

    def take() -> None:
        changed.append(actions.take_word(word, clock.now()))
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(changed) == [False] * 7 + [True]
    assert make.movements(attempt) == ["asked", "begun", "paid"]
    assert [one.state for one in queries.settled_since(0, 10)] == ["paid"]
