"""The provider's list of a day against ours: every difference is named, nothing is changed."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from django.db import transaction

from pencere.base import clock
from pencere.payments import actions
from pencere.payments.commands import payments
from pencere.payments.models import Attempt, Refund
from pencere.payments.reconciling import reconcile
from pencere.payments.tests import make
from pencere.payments.tests.fake import FakeProvider
from pencere.payments.tests.make import NOW

pytestmark = pytest.mark.django_db(transaction=True)
DAY, ZONE = date(2026, 3, 18), "Asia/Baku"
EVENING = NOW + timedelta(hours=8)


def a_day(fake: FakeProvider) -> Attempt:
    """Two payments, one of them paid back in part."""
    make.paid("one", amount=4000)
    attempt = make.paid("two", amount=2500)
    with transaction.atomic():
        actions.refund("two", reason="refused", amount=1000, now=NOW)
    actions.ask_due(NOW)
    make.begun("three")
    return attempt


def reasons() -> list[str]:
    with clock.standing_at(EVENING):
        return [one.reason for one in reconcile(DAY, ZONE).differences]


def test_a_day_that_agrees(fake: FakeProvider) -> None:
    a_day(fake)
    with clock.standing_at(EVENING):
        found = reconcile(DAY, ZONE)

    assert found.differences == ()
    assert (found.our_lines, found.their_lines) == (3, 3)
    assert found.our_sum == found.their_sum == 4000 + 2500 - 1000
    assert reconcile(DAY + timedelta(days=1), ZONE).their_lines == 0


def test_money_that_we_have_not_heard_of(fake: FakeProvider) -> None:
    a_day(fake)
    fake.choose(make.begun("four").key, "pay")

    assert reasons() == ["not_here"]


def test_money_that_the_provider_does_not_have(fake: FakeProvider) -> None:
    attempt = a_day(fake)
    del fake.words[attempt.key]

    assert reasons() == ["not_there"]


def test_another_amount_and_an_unknown_key(fake: FakeProvider) -> None:
    attempt = a_day(fake)
    fake.words[attempt.key] = make.word(attempt, amount=2600)
    stranger = make.word(attempt)
    fake.words["stranger"] = type(stranger)("stranger", "paid", 100, "AZN", "R", NOW)

    assert sorted(reasons()) == ["amount", "unknown"]


def test_a_line_that_comes_twice(fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    a_day(fake)
    real = fake.lines
    monkeypatch.setattr(fake, "lines", lambda since, until: (*real(since, until), real(since, until)[0]))

    assert reasons() == ["twice"]


def test_a_refund_in_trouble(fake: FakeProvider) -> None:
    make.paid()
    fake.refuses_refunds = True
    actions.refund(f"{make.CASE}:duty", reason="refused", now=NOW)
    actions.ask_due(NOW)

    assert Refund.objects.get().trouble == "refused"
    assert reasons() == ["trouble"]


def test_the_command_says_it_in_words_and_by_its_exit_status(fake: FakeProvider) -> None:
    a_day(fake)
    with clock.standing_at(EVENING):
        agreed = CliRunner().invoke(payments, ["reconcile", "--day", "2026-03-18"])
        fake.choose(make.begun("four").key, "pay")
        differs = CliRunner().invoke(payments, ["reconcile", "--day", "2026-03-18", "--json"])
        words = CliRunner().invoke(payments, ["reconcile", "--day", "2026-03-18"])
        fake.silent = True
        silent = CliRunner().invoke(payments, ["reconcile"])

    assert (agreed.exit_code, differs.exit_code, silent.exit_code) == (0, 1, 2)
    assert "They agree." in agreed.output
    assert [one["reason"] for one in json.loads(differs.output)["differences"]] == ["not_here"]
    assert "the provider has it, we do not" in words.output
