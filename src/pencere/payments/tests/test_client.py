"""Our client of the provider, when what answers is slow, broken, endless, or somebody else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pencere.base import clock
from pencere.base.errors import Unavailable
from pencere.payments import provider, signing
from pencere.payments.provider import OverHttp
from pencere.payments.tests.test_contract import order

SECRET = "both know it"
GOOD = b'{"key":"k","state":"paid","amount":4000,"currency":"AZN","receipt":"R","at":"2026-03-18T09:00:00Z"}'
DROPS = 60
"""A tenth of a second between two: far more than a client waits for."""
Say = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """Says what the test wants."""

    def __init__(self) -> None:
        self.say: Say = lambda handler: None
        self.asked = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked += 1
                server.say(self)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.do_GET()

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    yield one
    one.http.shutdown()


@pytest.fixture
def client(server: Server) -> OverHttp:
    return OverHttp(server.url, SECRET)


def says(body: bytes, status: int = 200, signed: bool = True, **headers: str) -> Say:
    def say(handler: BaseHTTPRequestHandler) -> None:
        way = f"answer {handler.command} {handler.path}"
        handler.send_response(status)
        if signed:
            handler.send_header(signing.HEADER, signing.sign(SECRET, way, body, int(clock.now().timestamp())))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return say


def test_a_signed_word_is_read(server: Server, client: OverHttp) -> None:
    server.say = says(GOOD)

    assert (client.ask("k").state, client.ask("k").amount) == ("paid", 4000)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>busy</html>",
        b"[]",
        GOOD.replace(b'"paid"', b'"perhaps"'),
        GOOD.replace(b"4000", b"-1"),
        GOOD.replace(b"4000", b'"4000"'),
        GOOD.replace(b"4000", b"40.00"),
        GOOD.replace(b"Z", b""),
        GOOD.replace(b'"k"', b'"another"'),
        GOOD[:-1],
    ],
)
def test_what_cannot_be_read_is_no_answer(server: Server, client: OverHttp, body: bytes) -> None:
    server.say = says(body)

    with pytest.raises(Unavailable):
        client.ask("k")


@pytest.mark.parametrize(("status", "signed"), [(200, False), (500, True), (302, True), (404, False), (503, False)])
def test_what_is_not_signed_or_no_answer_is_not_believed(
    server: Server, client: OverHttp, status: int, signed: bool
) -> None:
    server.say = says(GOOD, status, signed, Location="/elsewhere")

    with pytest.raises(Unavailable):
        client.ask("k")


def test_an_answer_to_another_question_is_not_believed(server: Server, client: OverHttp) -> None:
    def replayed(handler: BaseHTTPRequestHandler) -> None:
        handler.path = "/orders/another"  # signed for that one
        says(GOOD)(handler)

    server.say = replayed

    with pytest.raises(Unavailable, match="signature"):
        client.ask("k")


def test_a_page_elsewhere_is_not_followed(server: Server, client: OverHttp) -> None:
    one = order()
    server.say = says(b'{"key":"%s","page":"https://evil.example/pay"}' % one.key.encode())

    with pytest.raises(Unavailable, match="page"):
        client.open(one)


def test_an_endless_answer_is_cut_off(server: Server, client: OverHttp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider, "MOST_BYTES", 100_000)
    server.say = says(b" " * 1_000_000)

    with pytest.raises(Unavailable, match="too long"):
        client.ask("k")


def test_an_answer_that_drips_is_cut_off(server: Server, client: OverHttp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider, "LONGEST_ANSWER", 0.5)
    fallen: list[bytes] = []

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for _ in range(DROPS):
            handler.wfile.write(b"1\r\nx\r\n")
            handler.wfile.flush()
            fallen.append(b"x")
            time.sleep(0.1)

    server.say = drip
    with pytest.raises(Unavailable):
        client.ask("k")

    assert len(fallen) < DROPS


def test_after_no_answer_others_do_not_wait_for_one(
    server: Server, client: OverHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider, "TIME_OUT", (0.5, 0.3))
    server.say = lambda handler: time.sleep(1)
    for _ in range(3):
        with pytest.raises(Unavailable):
            client.ask("k")
    assert server.asked == 1

    monkeypatch.setattr(client, "_silent_until", 0.0)
    server.say = says(GOOD)
    assert client.ask("k").state == "paid"
