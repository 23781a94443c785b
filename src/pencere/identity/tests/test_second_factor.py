"""Codes of an app: counted once, tried a few times, kept encrypted. Passkeys are in test_browser.py."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import Any

import pytest
import zxingcpp
from allauth.mfa.models import Authenticator

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.identity import actions, rules, second_factor
from pencere.identity.tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.urls("pencere.identity.tests.pages")]


def test_the_right_code_opens_the_desk_and_rotates_the_session() -> None:
    browser = make.signed_in(make.officer())
    before = browser.cookies["pencere_session"].value

    response = browser.post("/az/confirm/", {"code": make.code(), "next": "/az/desk/?sort=due"})

    assert response["Location"] == "/az/desk/?sort=due"
    assert browser.cookies["pencere_session"].value != before
    assert browser.get("/az/desk/").status_code == 200


@pytest.mark.parametrize("typed", ["000000", "", "12345", "abcdef", "١٢٣٤٥٦", "1234567", "½23456"])
def test_another_code_is_asked_again_and_nothing_opens(typed: str) -> None:
    browser = make.signed_in(make.officer())

    response = browser.post("/en/confirm/", {"code": typed, "next": "/en/desk/"})

    assert response.status_code == 400
    assert 'value="/en/desk/"' in response.content.decode()
    assert browser.get("/en/desk/").status_code == 302


def test_a_code_may_be_typed_with_a_blank() -> None:
    browser = make.signed_in(make.officer())
    code = make.code()

    assert browser.post("/az/confirm/", {"code": f" {code[:3]} {code[3:]} "}).status_code == 302


def test_a_code_counts_once_in_all_sessions() -> None:
    officer, code = make.officer(), make.code()
    first, second = make.signed_in(officer), make.signed_in(officer)

    assert first.post("/az/confirm/", {"code": code}).status_code == 302
    assert second.post("/az/confirm/", {"code": code}).status_code == 400


def test_after_five_wrong_codes_even_the_right_one_waits() -> None:
    officer, now = make.officer(), clock.now()
    with clock.standing_at(now):
        for _ in range(rules.TRIES):
            with pytest.raises(BadInput, match="wrong_code"):
                second_factor.check_code(officer, "000000", now)
        with pytest.raises(BadInput, match="too_many"):
            second_factor.check_code(officer, make.code(), now)

    later = now + timedelta(seconds=rules.PAUSE_SECONDS)
    with clock.standing_at(later):
        second_factor.check_code(officer, make.code(), later)


def test_secrets_lie_encrypted_in_the_database() -> None:
    make.officer()

    assert make.SECRET not in str(Authenticator.objects.get().data)


def test_an_officer_without_a_second_factor_is_led_to_add_one() -> None:
    browser = make.signed_in(make.officer(app=False))

    first = browser.get("/en/desk/")
    second = browser.get(first["Location"])
    page = browser.get(second["Location"]).content.decode()

    assert second["Location"] == "/en/me/security/?next=%2Fen%2Fdesk%2F"
    assert '/en/me/security/code/?next=%2Fen%2Fdesk%2F"' in page


def test_an_app_is_set_up_by_picture_or_by_text() -> None:
    browser = make.signed_in(make.officer(app=False))
    page = browser.get("/en/me/security/code/?next=/en/desk/").content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")  # type: ignore[index]

    picture = base64.b64decode(re.search(r"data:image/svg\+xml;base64,([^\"]+)", page)[1])  # type: ignore[index]
    step = int(clock.now().timestamp()) // rules.STEP_SECONDS
    response = browser.post("/en/me/security/code/", {"code": rules.code_at(secret, step), "next": "/en/desk/"})

    assert picture.startswith(b"<?xml")
    assert make.NARGIZ not in page
    assert response["Location"] == "/en/desk/"
    assert browser.get("/en/desk/").status_code == 200


def test_the_picture_holds_what_an_app_reads() -> None:
    officer = make.officer(app=False)
    drawn = zxingcpp.create_barcode(second_factor.app_address(officer, make.SECRET), zxingcpp.BarcodeFormat.QRCode)

    (read,) = zxingcpp.read_barcodes(zxingcpp.write_barcode_to_image(drawn, scale=4))

    assert read.text.startswith("otpauth://totp/P%C9%99nc%C9%99r%C9%99%3A")
    assert f"secret={make.SECRET}" in read.text
    assert make.NARGIZ not in read.text


def test_a_wrong_first_code_keeps_the_secret() -> None:
    browser = make.signed_in(make.officer(app=False))
    pages = [browser.get("/en/me/security/code/"), browser.post("/en/me/security/code/", {"code": "000000"})]

    secrets = {re.search(r"<code>(.+)</code>", page.content.decode())[1] for page in pages}  # type: ignore[index]

    assert len(secrets) == 1
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("path", ["/az/me/security/", "/az/me/security/code/", "/az/me/security/passkey/"])
def test_who_has_a_second_factor_confirms_it_before_adding_another(path: str) -> None:
    assert make.signed_in(make.officer()).get(path)["Location"].startswith("/az/confirm/?next=")


def test_the_only_second_factor_is_not_taken_away() -> None:
    officer = make.officer()
    browser = make.signed_in(officer, confirmed=True)
    (only,) = second_factor.factors(officer)

    response = browser.post(f"/en/me/security/{only.id}/remove/")

    assert response.status_code == 400
    assert "your only second factor" in response.content.decode()
    assert second_factor.factors(officer) == (only,)


def test_a_strangers_second_factor_is_not_taken_away() -> None:
    other = make.officer()
    mine = make.officer(make.TOFIQ)
    browser = make.signed_in(mine, confirmed=True)

    browser.post(f"/az/me/security/{second_factor.factors(other)[0].id}/remove/")

    assert len(second_factor.factors(other)) == 1


def test_an_operator_takes_lost_factors_away() -> None:
    officer = make.officer()

    assert actions.forget_second_factors(make.NARGIZ) == 1
    assert second_factor.factors(officer) == ()


NONSENSE = ("", "{", "[]", "{}", '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}')


@pytest.mark.parametrize("answer", NONSENSE)
def test_a_passkeys_answer_that_makes_no_sense_is_a_sentence(answer: str) -> None:
    browser = make.signed_in(make.officer())
    browser.get("/en/confirm/")

    response = browser.post("/en/confirm/passkey/", {"answer": answer, "next": "/en/desk/"})

    assert response.status_code == 400
    assert "Try again" in response.content.decode()


@pytest.mark.parametrize("answer", NONSENSE)
def test_a_new_passkey_that_makes_no_sense_is_not_kept(answer: str) -> None:
    browser = make.signed_in(make.officer(app=False))
    browser.get("/en/me/security/passkey/")

    response = browser.post("/en/me/security/passkey/", {"answer": answer, "name": "Key"})

    assert response.status_code == 200
    assert not Authenticator.objects.exists()


def test_two_codes_at_once_count_once(transactional_db: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    officer, code, now = make.officer(), make.code(), clock.now()

    def attempt(_: int) -> bool:
        try:
            second_factor.check_code(officer, code, now)
        except BadInput:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1
