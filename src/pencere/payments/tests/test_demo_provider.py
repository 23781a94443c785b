"""The demo's payment provider in a process of its own: its page, its machine's ends, what it tells."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from django.conf import settings

from pencere.base import clock
from pencere.base.errors import Unavailable
from pencere.payments import provider, signing
from pencere.payments.provider import OverHttp
from pencere.payments.tests.conftest import DemoProvider
from pencere.payments.tests.test_contract import order

pytestmark = pytest.mark.one_engine
CHOICES = {
    "en": ("Pay", "Refuse the payment", "Pay slowly", "Pay, and say so twice", "Pay, and never say so"),
    "az": ("Ödə", "Ödənişdən imtina et", "Gec ödə", "Ödə və iki dəfə xəbər ver", "Ödə, amma heç vaxt xəbər vermə"),
    "ru": ("Заплатить", "Отказать в платеже", "Заплатить не сразу", "Заплатить и сообщить дважды"),
}


class Ear:
    """Where a portal would be told; remembers what it heard, and with `deaf` answers so often that it is broken."""

    def __init__(self, deaf: int = 0) -> None:
        self.heard: list[dict[str, Any]] = []
        self.signed: list[bool] = []
        self.deaf = deaf
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                now = int(clock.now().timestamp())
                ear.heard.append(json.loads(body))
                ear.signed.append(
                    signing.holds(provider.secret(), "POST /tell", body, self.headers[signing.HEADER], now)
                )
                self.send_response(503 if len(ear.heard) <= ear.deaf else 204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/tell"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def waits_for(self, number: int, seconds: float = 10) -> None:
        until = time.monotonic() + seconds
        while len(self.heard) < number and time.monotonic() < until:
            time.sleep(0.05)


@pytest.fixture
def ear() -> Iterator[Ear]:
    one = Ear()
    yield one
    one.server.shutdown()


@pytest.fixture
def there(demo: DemoProvider) -> OverHttp:
    return OverHttp(demo.url, provider.secret())


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_the_page_says_what_is_paid_to_whom_and_that_it_is_a_test(
    demo: DemoProvider, there: OverHttp, language: str
) -> None:
    page = requests.get(there.open(order(language=language)))

    assert page.url.startswith(f"{demo.url}/{language}/order/")
    for words in ("Dövlət rüsumu", "Xəzinədarlıq", "AZ21 NABZ", "142213", "govuk-warning-text", *CHOICES[language]):
        assert words in page.text, words
    assert 'class="pen-demo"' in page.text
    assert f"form-action 'self' {demo.portal};" in page.headers["Content-Security-Policy"]


def test_a_choice_leads_back_to_the_portal_and_a_second_one_changes_nothing(
    demo: DemoProvider, there: OverHttp
) -> None:
    one = order()
    page = there.open(one)

    assert demo.choose(page, "refuse").headers["Location"] == one.back
    assert demo.choose(page, "pay").status_code in (200, 302, 403)
    assert there.ask(one.key).state == "refused"
    assert "Bu ödəniş haqqında artıq qərar verilib." in requests.get(page).text


def test_nothing_chosen_is_asked_again(demo: DemoProvider, there: OverHttp) -> None:
    answer = demo.choose(there.open(order(language="en")), "")

    assert answer.status_code == 200
    assert "Choose one answer." in answer.text


def test_it_tells_signed_and_twice_if_so_chosen(demo: DemoProvider, there: OverHttp, ear: Ear) -> None:
    one = order(tell=ear.url)
    demo.choose(there.open(one), "twice")
    ear.waits_for(2)

    assert [(word["key"], word["state"], word["amount"]) for word in ear.heard] == [(one.key, "paid", 4000)] * 2
    assert ear.heard[0] == ear.heard[1]
    assert ear.signed == [True, True]


def test_it_tells_again_until_it_is_heard_and_never_if_so_chosen(demo: DemoProvider, there: OverHttp, ear: Ear) -> None:
    ear.deaf = 2
    silent, loud = order(tell=ear.url), order(tell=ear.url)
    demo.choose(there.open(silent), "never")
    demo.choose(there.open(loud), "pay")
    ear.waits_for(3, seconds=12)
    time.sleep(1)

    assert [word["key"] for word in ear.heard] == [loud.key] * 3
    assert there.ask(silent.key).state in ("open", "paid")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/orders"), ("GET", "/orders/x"), ("POST", "/orders/x/close"), ("GET", "/lines?since=x&until=y")],
)
def test_who_does_not_sign_is_not_answered(demo: DemoProvider, method: str, path: str) -> None:
    way, now = f"{method} {path}", int(time.time())
    for headers in ({}, {signing.HEADER: "x"}, {signing.HEADER: signing.sign("guessed", way, b"", now)}):
        assert requests.request(method, demo.url + path, headers=headers).status_code == 403


def test_an_answer_of_somebody_else_is_not_believed(demo: DemoProvider) -> None:
    with pytest.raises(Unavailable):
        OverHttp(demo.url, "another secret").ask("x")
    with pytest.raises(Unavailable, match="signature"):
        Impostor.answering(lambda: OverHttp(Impostor.url, provider.secret()).ask("x"))


class Impostor(BaseHTTPRequestHandler):
    """Answers whatever one asks with an unsigned yes."""

    url = ""

    def do_GET(self) -> None:
        body = b'{"key":"x","state":"paid","amount":4000,"currency":"AZN"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass

    @classmethod
    def answering(cls, ask: Any) -> None:
        server = ThreadingHTTPServer(("127.0.0.1", 0), cls)
        cls.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            ask()
        finally:
            server.shutdown()


@pytest.mark.parametrize("path", ["/", "/az/order/nothing/", "/az/me/"])
def test_who_comes_by_himself_is_sent_to_the_portal(demo: DemoProvider, path: str) -> None:
    page = requests.get(demo.url + path)

    assert page.status_code == 404
    assert f'href="{demo.portal}"' in page.text


def test_the_secrets_are_files_of_their_owner(demo: DemoProvider) -> None:
    for name in ("payments-secret", "demo-payments-secret-key"):
        assert (settings.PENCERE.keys / name).stat().st_mode & 0o777 == 0o600
    assert provider.secret() not in demo.log.read_text()
