"""Signing in at a provider that can be told what to say: what is accepted, what is refused, what is kept."""

from __future__ import annotations

import base64
import hmac
import json
import logging
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

from pencere.identity import openid, queries
from pencere.identity.models import Account
from pencere.identity.tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.urls("pencere.identity.tests.pages")]


def begin(browser: Client, next_path: str = "/az/me/", language: str = "az") -> dict[str, str]:
    """Presses the button; what the browser is sent to the provider with."""
    response = browser.post(f"/{language}/sign-in/", {"next": next_path})
    assert response.status_code == 302, response.content
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}


def come_back(browser: Client, sent: dict[str, str], **change: str) -> Any:
    """As the provider sends the person back; the fake takes the code for the nonce it is to sign."""
    return browser.get(f"/sign-in/callback/?{urlencode({'code': sent['nonce'], 'state': sent['state']} | change)}")


def test_a_person_signs_in_and_comes_back_to_the_page(fake: make.FakeProvider) -> None:
    browser = make.client()

    response = come_back(browser, begin(browser, "/az/me/?page=2"))

    assert response["Location"] == "/az/me/?page=2"
    assert browser.get("/az/me/").content.decode() == "True|Nümunəli Sevinc Kamal qızı|high|GET|"
    account = Account.objects.get()
    assert (account.identifier, account.level) == (make.SEVINC, "high")


def test_the_question_to_the_provider_carries_state_nonce_and_pkce(fake: make.FakeProvider) -> None:
    browser = make.client()

    sent = begin(browser)
    come_back(browser, sent)

    assert {"response_type": "code", "code_challenge_method": "S256", "client_id": "pencere"}.items() <= sent.items()
    assert len(sent["state"]) >= 20 and len(sent["nonce"]) >= 20
    assert set(sent["scope"].split()) == {"openid", "profile"}
    assert fake.forms[0]["code_verifier"]


def test_a_second_sign_in_finds_the_same_account(fake: make.FakeProvider) -> None:
    for _ in range(2):
        browser = make.client()
        come_back(browser, begin(browser))

    assert Account.objects.count() == 1


def test_name_and_level_are_those_of_the_last_sign_in(fake: make.FakeProvider) -> None:
    make.account()
    fake.claims = {"name": "  Yeni   Ad ", "acr": "substantial"}
    browser = make.client()

    come_back(browser, begin(browser))

    assert Account.objects.values_list("name", "level").get() == ("Yeni Ad", "substantial")


def test_the_session_gets_a_new_id_and_the_form_a_new_token(fake: make.FakeProvider) -> None:
    browser = make.client()
    sent = begin(browser)
    before = browser.cookies["pencere_session"].value

    come_back(browser, sent)

    assert browser.cookies["pencere_session"].value != before
    assert not browser.session.exists(before)


def test_an_answer_is_used_once(fake: make.FakeProvider) -> None:
    browser = make.client()
    sent = begin(browser)
    come_back(browser, sent)

    again = come_back(browser, sent)

    assert again.status_code == 400
    assert len(fake.forms) == 1


def test_an_answer_of_another_browser_is_refused(fake: make.FakeProvider) -> None:
    sent = begin(make.client())

    thief = make.client()
    response = come_back(thief, sent)

    assert response.status_code == 400
    assert not queries.account_of(make.SEVINC)


@pytest.mark.parametrize("change", [{"state": "guessed"}, {"state": ""}, {"error": "server_error"}])
def test_an_answer_with_a_wrong_state_is_refused(fake: make.FakeProvider, change: dict[str, str]) -> None:
    browser = make.client()

    response = come_back(browser, begin(browser), **change)

    assert response.status_code == 400
    assert not Account.objects.exists()


def test_a_token_with_another_nonce_is_refused(fake: make.FakeProvider) -> None:
    browser = make.client()

    response = come_back(browser, begin(browser), code="another-nonce")

    assert response.status_code == 400
    assert not Account.objects.exists()


def tampered(claims: dict[str, Any], key: Any) -> str:
    head, _, sign = jwt.encode(claims, key, algorithm="RS256", headers={"kid": "k1"}).split(".")
    other = base64.urlsafe_b64encode(json.dumps(claims | {"fin": make.TOFIQ}).encode()).rstrip(b"=").decode()
    return f"{head}.{other}.{sign}"


def signed_with_the_public_key(claims: dict[str, Any], key: Any) -> str:
    """The old trick: the public key, known to all, taken as a shared secret."""
    secret = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "kid": "k1"}, claims)]
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    sign = base64.urlsafe_b64encode(hmac.digest(secret, text, "sha256")).rstrip(b"=")
    return (text + b"." + sign).decode()


@pytest.mark.parametrize(
    "kind",
    ["tampered", "none", "own secret", "public key as secret", "other key", "unknown key", "no token", "garbage"],
)
def test_a_token_that_is_not_genuine_is_refused(fake: make.FakeProvider, kind: str) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    fake.token = {
        "tampered": lambda claims: tampered(claims, fake.key),
        "none": lambda claims: jwt.encode(claims, None, algorithm="none", headers={"kid": "k1"}),
        "own secret": lambda claims: jwt.encode(claims, "s" * 48, algorithm="HS256", headers={"kid": "k1"}),
        "public key as secret": lambda claims: signed_with_the_public_key(claims, fake.key),
        "other key": lambda claims: jwt.encode(claims, stranger, algorithm="RS256", headers={"kid": "k1"}),
        "unknown key": lambda claims: jwt.encode(claims, stranger, algorithm="RS256", headers={"kid": "k2"}),
        "no token": lambda claims: "",
        "garbage": lambda claims: "a.b.c",
    }[kind]
    browser = make.client()

    response = come_back(browser, begin(browser))

    assert response.status_code == 400
    assert not Account.objects.exists()
    assert browser.get("/az/me/").status_code == 302


@pytest.mark.parametrize(
    "claims", [{"aud": "another"}, {"iss": "http://evil.example"}, {"exp": 1000}, {"iat": 9_999_999_999}, {"sub": ""}]
)
def test_a_token_for_another_place_or_time_is_refused(fake: make.FakeProvider, claims: dict[str, Any]) -> None:
    fake.claims = claims
    browser = make.client()

    assert come_back(browser, begin(browser)).status_code == 400
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    "identifier", ["", "   ", "5SVN8KO", "5SVN8KI", "5SVN8K", "5SVN8KTT", "5sv'8kt", 5, None, ["5SVN8KT"]]
)
def test_a_claim_that_names_nobody_gets_a_clear_page(fake: make.FakeProvider, identifier: Any) -> None:
    fake.claims = {"fin": identifier}
    browser = make.client()

    response = come_back(browser, begin(browser, "/en/me/", "en"))

    assert response.status_code == 403
    assert "did not say who you are" in response.content.decode()
    assert not Account.objects.exists()


def test_a_missing_claim_gets_a_clear_page(fake: make.FakeProvider) -> None:
    fake.without = ("fin",)
    browser = make.client()

    assert come_back(browser, begin(browser)).status_code == 403


def test_the_identifier_is_read_as_the_country_declares(fake: make.FakeProvider) -> None:
    fake.claims = {"fin": " 5svn8kt "}
    browser = make.client()

    come_back(browser, begin(browser))

    assert Account.objects.get().identifier == make.SEVINC


def test_a_claim_that_comes_only_from_userinfo_counts_if_it_is_of_the_same_person(fake: make.FakeProvider) -> None:
    fake.without, fake.userinfo = ("fin",), {"sub": "number-1", "fin": make.TOFIQ}
    browser = make.client()
    come_back(browser, begin(browser))
    assert Account.objects.get().identifier == make.TOFIQ

    fake.userinfo = {"sub": "number-2", "fin": make.SEVINC}
    browser = make.client()
    assert come_back(browser, begin(browser)).status_code == 400
    assert Account.objects.count() == 1


def test_a_name_in_parts_is_put_together_in_the_languages_order(fake: make.FakeProvider) -> None:
    fake.without, fake.claims = ("name",), {"given_name": "Sevinc", "family_name": "Nümunəli"}
    browser = make.client()

    come_back(browser, begin(browser))

    assert Account.objects.get().name == "Nümunəli Sevinc"


def test_nothing_of_the_tokens_is_kept(fake: make.FakeProvider) -> None:
    from allauth.socialaccount.models import SocialAccount, SocialToken

    browser = make.client()
    come_back(browser, begin(browser))

    assert not SocialAccount.objects.exists() and not SocialToken.objects.exists()
    assert make.SEVINC not in json.dumps(dict(browser.session.items()))


@pytest.mark.parametrize("next_path", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"])
def test_a_sign_in_leads_nowhere_else(fake: make.FakeProvider, next_path: str) -> None:
    browser = make.client()

    assert (
        '<input type="hidden" name="next" value="/az/me/">'
        in browser.get("/az/sign-in/", {"next": next_path}).content.decode()
    )
    assert come_back(browser, begin(browser, next_path))["Location"] == "/az/me/"


def test_turning_back_at_the_provider_is_no_error(fake: make.FakeProvider) -> None:
    browser = make.client()
    sent = begin(browser, "/ru/me/", "ru")

    response = browser.get(f"/sign-in/callback/?error=access_denied&state={sent['state']}")

    assert response.status_code == 200
    assert '<html lang="ru"' in response.content.decode()
    assert 'value="/ru/me/"' in response.content.decode()


def test_the_language_of_the_beginning_is_that_of_the_end(fake: make.FakeProvider) -> None:
    browser = make.client(HTTP_ACCEPT_LANGUAGE="az")

    response = come_back(browser, begin(browser, "", "ru"))

    assert response["Location"] == "/ru/me/"


def test_a_provider_that_is_down_costs_nothing(settings: Any) -> None:
    from dataclasses import replace

    settings.PENCERE = replace(settings.PENCERE, oidc_issuer="http://127.0.0.1:9")
    openid.forget()

    response = make.client().post("/en/sign-in/", {"next": "/en/me/?page=3"})

    assert response.status_code == 503 and response["Retry-After"] == "60"
    assert "Wait a minute" in response.content.decode()
    assert 'value="/en/me/?page=3"' in response.content.decode()


@pytest.mark.parametrize("broken", ["token", "keys", "garbage"])
def test_a_provider_that_breaks_on_the_way_costs_nothing(fake: make.FakeProvider, broken: str) -> None:
    browser = make.client()
    sent = begin(browser, "/en/me/?page=3", "en")
    if broken == "garbage":
        openid.forget()
    fake.broken = broken

    response = come_back(browser, sent)

    assert response.status_code in (400, 503)
    assert 'value="/en/me/?page=3"' in response.content.decode()
    assert not Account.objects.exists()


def test_the_provider_is_asked_about_itself_once(fake: make.FakeProvider) -> None:
    for _ in range(3):
        browser = make.client()
        come_back(browser, begin(browser))

    assert fake.asked.count("/.well-known/openid-configuration") == 1
    assert fake.asked.count("/keys") == 1


def test_a_new_key_of_the_provider_is_found_without_a_restart(fake: make.FakeProvider, monkeypatch: Any) -> None:
    browser = make.client()
    come_back(browser, begin(browser))
    fake.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    fake.token = lambda claims: jwt.encode(claims, fake.key, algorithm="RS256", headers={"kid": "k2"})
    fake.public_keys = lambda: {  # type: ignore[method-assign]
        "keys": [{**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(fake.key.public_key())), "kid": "k2"}]
    }
    monkeypatch.setattr(openid, "FRESH_SECONDS", 0)

    browser = make.client()

    assert come_back(browser, begin(browser)).status_code == 302


def test_a_known_and_an_unknown_person_get_the_same_answers(fake: make.FakeProvider) -> None:
    make.account()
    pages = []
    for identifier in (make.SEVINC, make.TOFIQ):
        fake.claims = {"fin": identifier}
        browser = make.client()
        response = come_back(browser, begin(browser))
        pages.append((response.status_code, response["Location"], sorted(browser.cookies)))

    assert pages[0] == pages[1]


def test_another_person_in_the_same_browser_starts_afresh(fake: make.FakeProvider) -> None:
    browser = make.signed_in(make.officer(), confirmed=True)
    session = browser.session
    session["something_of_the_officer"] = "x"
    session.save()

    come_back(browser, begin(browser))

    assert "something_of_the_officer" not in browser.session
    assert browser.get("/az/any-desk/").status_code == 404


def test_an_officer_who_signs_in_again_confirms_again(fake: make.FakeProvider) -> None:
    fake.claims = {"fin": make.NARGIZ}
    browser = make.signed_in(make.officer(), confirmed=True)

    come_back(browser, begin(browser))

    assert browser.get("/az/desk/")["Location"].startswith("/az/confirm/")


def test_no_identifier_stands_in_an_address_or_a_log_line(
    fake: make.FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen = []
    for claims in ({}, {"fin": "5SVN8KO"}, {"aud": "x", "fin": make.SEVINC}):
        fake.claims = claims
        browser = make.client()
        sent = begin(browser)
        seen.append(json.dumps(sent))
        response = come_back(browser, sent)
        seen.append(response.get("Location", ""))
        seen.append(response.content.decode())

    text = "\n".join([*seen, *(record.getMessage() + str(record.__dict__) for record in caplog.records), *fake.asked])
    assert make.SEVINC not in text and "5SVN8KO" not in text
