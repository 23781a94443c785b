"""The person's page of a payment, the way back, the receipt; where the provider tells us."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import transaction
from django.test import Client

from pencere.base import clock
from pencere.identity.tests import make as people
from pencere.payments import actions, provider, signing
from pencere.payments.models import Attempt
from pencere.payments.tests import make
from pencere.payments.tests.fake import FakeProvider
from pencere.payments.tests.make import NOW, PERSON

pytestmark = pytest.mark.django_db(transaction=True)
TELL = "/api/payments/tell"


@pytest.fixture
def browser(fake: FakeProvider) -> Client:
    return people.signed_in(people.account(PERSON))


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode().replace("\xa0", " "))


def test_it_works(browser: Client) -> None:
    payment = make.asked()

    page = browser.get(f"/en/pay/{payment.id}/")

    assert page.status_code == 200
    for words in ("State duty: passport", "AZN 40.00", "State Treasury", make.CASE, "To be paid by", "Pay AZN 40.00"):
        assert words in text(page), words
    assert f'href="/en/me/cases/{make.CASE}/"' in text(page)
    assert PERSON not in text(page)


@pytest.mark.parametrize(
    ("language", "words"), [("az", "40,00 ₼ ödə"), ("ru", "Заплатить 40,00 AZN"), ("en", "Pay AZN 40.00")]
)
def test_it_speaks_the_readers_language_also_on_the_way_back_to_the_case(
    browser: Client, language: str, words: str
) -> None:
    page = browser.get(f"/{language}/pay/{make.asked().id}/")

    assert words in text(page)
    assert f'href="/{language}/me/cases/{make.CASE}/"' in text(page)


@pytest.mark.parametrize("path", ["//evil.example/x", "https://evil.example", "javascript:alert(1)", ""])
def test_the_way_back_stays_on_the_portal(browser: Client, path: str) -> None:
    page = browser.get(f"/en/pay/{make.asked(return_to=path).id}/")

    assert "evil" not in text(page) and "javascript:" not in text(page)
    assert 'href="/en/me/"' in text(page)


def test_somebody_elses_payment_is_not_there(browser: Client) -> None:
    attempt = make.paid(person="6TFQ3RZ")
    for path in ("", "back/", "state/", "receipt/"):
        assert browser.get(f"/en/pay/{attempt.payment_id}/{path}").status_code == 404
    assert browser.post(f"/en/pay/{attempt.payment_id}/").status_code == 404
    assert people.client().get(f"/en/pay/{attempt.payment_id}/").status_code == 302


def test_paying_leads_to_the_provider_and_coming_back_asks_it(browser: Client, fake: FakeProvider) -> None:
    payment = make.asked()
    sent = browser.post(f"/en/pay/{payment.id}/")
    key = f"{payment.id}-1"
    assert sent["Location"] == f"https://payments.example/en/{key}"
    fake.choose(key, "pay")

    back = browser.get(f"/en/pay/{payment.id}/back/?state=paid&amount=1")
    page = browser.get(back["Location"])

    assert "Paid" in text(page) and "Go on with the application" in text(page)
    assert "Pay AZN 40.00" not in text(page)
    assert make.row(payment).state == "paid"


def test_what_the_browser_brings_back_is_not_believed(browser: Client) -> None:
    payment = make.asked()
    browser.post(f"/en/pay/{payment.id}/")
    page = browser.get(browser.get(f"/en/pay/{payment.id}/back/?state=paid")["Location"])

    assert make.row(payment).state == "asked"
    assert "has not said yet that you paid" in text(page)
    assert "Go on with the payment" in text(page)


def test_a_refused_try_says_so_and_may_be_repeated(browser: Client, fake: FakeProvider) -> None:
    payment = make.asked()
    browser.post(f"/en/pay/{payment.id}/")
    fake.choose(f"{payment.id}-1", "refuse")
    page = browser.get(browser.get(f"/en/pay/{payment.id}/back/")["Location"])
    assert "The last try was refused" in text(page)

    assert browser.post(f"/en/pay/{payment.id}/")["Location"].endswith(f"{payment.id}-2")


def test_a_provider_that_is_away_is_said_and_nothing_is_lost(browser: Client, fake: FakeProvider) -> None:
    payment = make.asked()
    fake.silent = True

    page = browser.post(f"/en/pay/{payment.id}/")
    assert page.status_code == 503
    assert "does not answer at the moment" in text(page)
    assert "Retry-After" in page

    assert browser.get(f"/en/pay/{payment.id}/back/").status_code == 302


def test_a_payment_that_ended_says_how(browser: Client) -> None:
    late, off = make.asked("late", until=NOW), make.asked("off")
    with transaction.atomic():
        actions.cancel("off", NOW)

    assert "The time to pay is over" in text(browser.get(f"/en/pay/{late.id}/"))
    assert browser.post(f"/en/pay/{late.id}/")["Location"] == f"/en/pay/{late.id}/"
    actions.ask_due(NOW)
    assert "The time to pay is over" in text(browser.get(f"/en/pay/{late.id}/"))
    assert "no longer needed" in text(browser.get(f"/en/pay/{off.id}/"))


def test_an_amount_that_differs_is_said_and_cannot_be_paid_again(browser: Client) -> None:
    attempt = make.begun()
    actions.take_word(make.word(attempt, amount=1), NOW)
    page = browser.get(f"/en/pay/{attempt.payment_id}/")

    assert "names another amount" in text(page)
    assert "Pay AZN" not in text(page) and "Go on with the payment" not in text(page)


def test_the_receipt_holds_what_a_payer_needs(browser: Client) -> None:
    attempt = make.paid()
    with transaction.atomic():
        actions.refund(f"{make.CASE}:duty", reason="refused", amount=1000, now=NOW)
    page = text(browser.get(f"/en/pay/{attempt.payment_id}/receipt/"))

    for words in (
        "AZN 40.00", "AZ21 NABZ 0000 0000 1370 1000 1944", "142213", "FAKE-1", str(attempt.payment_id), make.CASE,
        "Nümunəli Sevinc Kamal qızı", "no money was moved", "AZN 10.00 is being paid back to you",
    ):  # fmt: skip
        assert words in page, words
    assert browser.get(f"/en/pay/{make.asked('other').id}/receipt/").status_code == 404


def test_the_state_for_the_script_changes_when_the_page_would(browser: Client, fake: FakeProvider) -> None:
    attempt = make.begun()
    path = f"/en/pay/{attempt.payment_id}"
    before = browser.get(f"{path}/state/").json()
    assert f'data-state="{before["state"]}"' in text(browser.get(f"{path}/"))

    fake.choose(attempt.key, "pay")
    actions.ask_now(attempt.key, NOW)

    assert browser.get(f"{path}/state/").json() != before


def test_a_form_may_lead_to_the_provider(browser: Client, settings: Any) -> None:
    page = browser.get(f"/en/pay/{make.asked().id}/")

    policy = page["Content-Security-Policy"]
    assert f"form-action 'self' {settings.PENCERE.demo_idp_url} {settings.PENCERE.demo_payments_url};" in policy


# ---- where the provider tells us


def told(body: bytes, *, at: int = 0, secret: str = "", way: str = f"POST {TELL}", method: str = "post") -> Any:
    seconds = int(clock.now().timestamp()) + at
    header = signing.sign(secret or provider.secret(), way, body, seconds)
    client = people.client()
    return getattr(client, method)(TELL, body, content_type="application/json", headers={signing.HEADER: header})


def test_a_signed_word_counts_and_a_repeated_one_changes_nothing(fake: FakeProvider) -> None:
    attempt = make.begun()
    body = msgspec.json.encode(make.word(attempt))

    assert [told(body).status_code for _ in range(3)] == [204] * 3
    assert make.movements(attempt) == ["asked", "begun", "paid"]


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "guessed"},
        {"at": -700},
        {"at": 700},
        {"way": "POST /orders"},
        {"way": f"answer POST {TELL}"},
        {"way": f"GET {TELL}"},
    ],
    ids=str,
)
def test_a_word_that_is_not_signed_by_the_provider_for_us_and_now_is_refused(
    fake: FakeProvider, forged: dict[str, Any]
) -> None:
    attempt = make.begun()

    assert told(msgspec.json.encode(make.word(attempt)), **forged).status_code == 403
    assert make.row(attempt).state == "asked"


def test_a_changed_word_is_refused(fake: FakeProvider) -> None:
    attempt = make.begun()
    body = msgspec.json.encode(make.word(attempt, "refused"))
    header = signing.sign(provider.secret(), f"POST {TELL}", body, int(NOW.timestamp()))
    changed = body.replace(b"refused", b"paid")
    answer = people.client().post(TELL, changed, content_type="application/json", headers={signing.HEADER: header})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"[]", b"{}", b'{"key":"a","state":"lost"}', b'{"key":"a","state":"paid","amount":-1}',
     b'{"key":"a","state":"paid","amount":1.5}', b'{"key":"a","state":"paid","at":"2026-03-18T09:00:00"}'],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(fake: FakeProvider, body: bytes) -> None:
    assert told(body).status_code == 400


def test_a_word_about_nothing_and_a_long_one_change_nothing(fake: FakeProvider) -> None:
    assert told(msgspec.json.encode(provider.Word("nothing", "paid", 1, "AZN"))).status_code == 204
    assert told(b" " * 20_000).status_code == 413
    assert people.client().get(TELL).status_code == 405
    assert not Attempt.objects.exists()


def test_a_day_old_page_of_a_payment_still_leads_on(browser: Client) -> None:
    attempt = make.begun()
    with clock.standing_at(NOW + timedelta(minutes=20)):
        again = browser.post(f"/az/pay/{attempt.payment_id}/")

    assert again["Location"].endswith(attempt.key)
