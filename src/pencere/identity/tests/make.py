"""Builders of this part's tests: accounts, sign-ins, and a provider that says what a test wants it to say."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from pencere.base import clock
from pencere.identity import actions, queries, rules, second_factor, sessions
from pencere.identity.models import Account

SEVINC, TOFIQ, NARGIZ = "5SVN8KT", "6TFQ3RZ", "2RGY4KA"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def client(**more: Any) -> Client:
    """A browser at the portal's own name."""
    return Client(HTTP_HOST=settings.PENCERE.host, **more)


def account(identifier: str = SEVINC, name: str = "Nümunəli Sevinc Kamal qızı", level: str = "substantial") -> Account:
    return actions.sign_in(identifier, name, level, clock.now())


def officer(identifier: str = NARGIZ, role: str = "registry", agency: str = "din", *, app: bool = True) -> Account:
    """An officer, with an app that shows codes unless `app` says no."""
    made = account(identifier, "Əhmədli Nərgiz Vaqif qızı")
    actions.appoint_officer(identifier, made.name, agency, role, clock.now())
    if app:
        second_factor.keep_secret(made, SECRET, clock.now())
    return made


def code(offset: int = 0) -> str:
    """What the officer's app shows now."""
    return rules.code_at(SECRET, int(clock.now().timestamp()) // rules.STEP_SECONDS + offset)


def signed_in(
    who: Account, *, confirmed: bool = False, level: str = "substantial", browser: Client | None = None
) -> Client:
    """A browser with a session of this account, as a sign-in would have left it."""
    browser = browser or client()
    session = browser.session
    now = int(clock.now().timestamp())
    session[SESSION_KEY] = str(who.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = who.get_session_auth_hash()
    session[queries.LEVEL_KEY] = level
    session[queries.SIGNED_IN_KEY] = session[sessions.SEEN_KEY] = now
    if confirmed:
        session[queries.CONFIRMED_KEY] = now
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return browser


@dataclass
class FakeProvider:
    """An OpenID provider in a thread: `claims` and `token` decide what it says, `down` and `garbage` how it fails."""

    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    token: Any = None  # a function from the claims to a token, in place of a genuine one
    userinfo: dict[str, Any] | None = None
    broken: str = ""  # token: its end answers 500; garbage: it answers no JSON; keys: the keys are not to be had
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, list[str]]] = field(default_factory=list)

    def answer(self, nonce: str) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": settings.PENCERE.oidc_client, "sub": "number-1", "iat": now, "exp": now + 300,
            "nonce": nonce, "fin": SEVINC, "name": "Nümunəli Sevinc Kamal qızı", "acr": "http://eidas.europa.eu/LoA/high",
        } | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if name not in self.without}
        make = self.token or (lambda said: jwt.encode(said, self.key, algorithm="RS256", headers={"kid": "k1"}))
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": make(claims)}

    def public_keys(self) -> dict[str, Any]:
        jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**jwk, "kid": "k1", "use": "sig", "alg": "RS256"}]}


@contextmanager
def fake_provider() -> Iterator[FakeProvider]:
    fake = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            fake.asked.append(path)
            if path == "/.well-known/openid-configuration":
                ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
                more = {"userinfo_endpoint": f"{fake.url}/userinfo"} if fake.userinfo is not None else {}
                self.say({"issuer": fake.url, **{end: f"{fake.url}/{name}" for end, name in ends.items()}, **more})
            elif path == "/keys" and fake.broken != "keys":
                self.say(fake.public_keys())
            elif path == "/userinfo":
                self.say(fake.userinfo or {})
            else:
                self.say({}, 500)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            fake.forms.append(form)
            fake.asked.append(self.path)
            if fake.broken == "token":
                self.say({}, 500)
            else:
                self.say(fake.answer(form["code"][0]))  # the tests send the nonce as the code

        def say(self, value: dict[str, Any], status: int = 200) -> None:
            body = b"<html>busy</html>" if fake.broken == "garbage" else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
