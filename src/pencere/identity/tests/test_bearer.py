"""A host portal asks in the name of a person: which tokens count, and that no session does."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from pencere.identity.models import Account
from pencere.identity.tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.urls("pencere.identity.tests.pages")]
HOST = "host-portal"


@pytest.fixture
def token(fake: make.FakeProvider, settings: Any) -> Callable[..., str]:
    """A token of the provider for the host portal; claims may be changed, or left out with None."""
    settings.PENCERE = replace(settings.PENCERE, host_portals=(HOST,))

    def signed(key: rsa.RSAPrivateKey | None = None, **changed: object) -> str:
        now = int(time.time())
        claims = {"iss": fake.url, "aud": HOST, "sub": "n-1", "iat": now, "exp": now + 300, "fin": make.SEVINC,
                  "name": "Nümunəli Sevinc Kamal qızı", "acr": "substantial", **changed}  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(claims, key or fake.key, algorithm="RS256", headers={"kid": "k1"})

    return signed


def _ask(token: str | None, **more: Any) -> Any:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return make.client().get("/api/mine", headers=headers, **more)


def test_the_person_of_the_token_is_the_one_who_asks(token: Callable[..., str]) -> None:
    answer = _ask(token())
    assert answer.content.decode() == "True|Nümunəli Sevinc Kamal qızı|substantial|GET|"
    assert Account.objects.get().identifier == make.SEVINC


def test_without_a_token_the_answer_says_what_to_send(token: Callable[..., str]) -> None:
    answer = _ask(None)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_session_does_not_count(token: Callable[..., str]) -> None:
    assert make.signed_in(make.account()).get("/api/mine").status_code == 401


def test_a_session_of_another_person_does_not_change_whose_token_it_is(token: Callable[..., str]) -> None:
    browser = make.signed_in(make.account(make.TOFIQ, "Quliyev Tofiq"))
    answer = browser.get("/api/mine", headers={"Authorization": f"Bearer {token()}"})
    assert "Sevinc" in answer.content.decode()


@pytest.mark.parametrize(
    "changed",
    [{"aud": "somebody-else"}, {"aud": "pencere"}, {"iss": "https://elsewhere.example"}, {"exp": 1_000_000_000},
     {"exp": None}, {"iat": 9_999_999_999}, {"sub": ""}, {"fin": None}, {"fin": "!"}],
    ids=str,
)  # fmt: skip
def test_a_token_that_does_not_hold_is_nobody(token: Callable[..., str], changed: dict[str, object]) -> None:
    assert _ask(token(**changed)).status_code == 401
    assert not Account.objects.exists()


def test_a_token_signed_by_somebody_else_is_nobody(token: Callable[..., str]) -> None:
    assert _ask(token(rsa.generate_private_key(public_exponent=65537, key_size=2048))).status_code == 401


def test_a_token_without_signature_is_nobody(token: Callable[..., str]) -> None:
    head, body, _ = token().split(".")
    assert _ask(f"{head}.{body}.").status_code == 401
    assert _ask("garbage").status_code == 401


def test_a_sign_in_that_is_not_sure_enough_is_told_so(token: Callable[..., str]) -> None:
    assert _ask(token(acr="low")).status_code == 403


def test_no_host_portal_is_let_in_that_the_operator_has_not_named(token: Callable[..., str], settings: Any) -> None:
    settings.PENCERE = replace(settings.PENCERE, host_portals=())
    assert _ask(token()).status_code == 401


def test_a_silent_provider_is_said_to_be_silent(token: Callable[..., str], fake: make.FakeProvider) -> None:
    fake.broken = "garbage"
    assert _ask(token()).status_code == 503
