"""The pages of the portal."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from pencere.certificates.tests import make as make_certificate
from pencere.identity.tests import make
from pencere.ledger.tests import make as make_ledger
from pencere.portal import export, views

pytestmark = pytest.mark.django_db

PUBLIC = ("", "accessibility/", "privacy/")
PERSONAL = ("me/", "me/documents/", "me/access/", "me/access/export/")


@pytest.fixture
def browser() -> Client:
    return make.client()


@pytest.fixture
def sevinc() -> Client:
    return make.signed_in(make.account())


@pytest.mark.parametrize("language", ["az", "en", "ru"])
@pytest.mark.parametrize("page", PUBLIC)
def test_it_works_without_signing_in(browser: Client, page: str, language: str) -> None:
    response = browser.get(f"/{language}/{page}")

    assert response.status_code == 200
    assert response.content.count(b"<h1") == 1


@pytest.mark.parametrize("page", PERSONAL)
def test_a_personal_page_asks_to_sign_in_and_comes_back(browser: Client, page: str) -> None:
    response = browser.get(f"/ru/{page}")

    assert response.status_code == 302
    assert response["Location"].startswith("/ru/sign-in/?next=%2Fru%2Fme%2F")


@pytest.mark.parametrize("language", ["az", "en", "ru"])
@pytest.mark.parametrize("page", PERSONAL[:3])
def test_an_empty_personal_page_has_a_next_step(sevinc: Client, page: str, language: str) -> None:
    html = sevinc.get(f"/{language}/{page}").content.decode()

    assert f'href="/{language}/services/"' in html


def test_the_first_page_is_that_of_the_readers_language(browser: Client) -> None:
    assert browser.get("/")["Location"] == "/az/"
    assert browser.get("/", headers={"Accept-Language": "de, ru;q=0.5"})["Location"] == "/ru/"
    browser.get("/en/")
    assert browser.get("/", headers={"Accept-Language": "ru"})["Location"] == "/en/"
    assert browser.get("/me/")["Location"] == "/en/me/"


def test_only_the_cookie_of_the_language_is_set_for_a_reader(browser: Client) -> None:
    browser.get("/az/")

    assert set(browser.cookies) == {settings.LANGUAGE_COOKIE_NAME}
    assert browser.cookies[settings.LANGUAGE_COOKIE_NAME]["httponly"]


def test_a_look_is_told_in_plain_words_with_its_law(sevinc: Client) -> None:
    make_ledger.look(make.SEVINC)

    html = sevinc.get("/en/me/access/").content.decode()

    for words in (
        "Ministry of Internal Affairs", "18 March 2026, 13:00", "Registered address; Registered since",
        "Register of residence", "Law on registration at the place of residence and stay", "article\u00a05",
        "Certificate of registered residence", "case K7QF2-9XMZT",
    ):  # fmt: skip
        assert words.replace("\u00a0", " ") in html.replace("\u00a0", " ")


def test_nobody_sees_the_looks_of_another(sevinc: Client) -> None:
    make_ledger.look(make.TOFIQ)

    assert b"pen-timeline__item" not in sevinc.get("/en/me/access/").content
    assert b"K7QF2" not in b"".join(sevinc.get("/en/me/access/export/"))


def test_every_kind_of_look_has_its_sentence(sevinc: Client) -> None:
    make_ledger.look(make.SEVINC, kind="own", ground="own", act="", agency="", service="documents", who="person")
    make_ledger.look(make.SEVINC, kind="desk", ground="oversight", who="officer:registry", service="desk")
    make_ledger.look(make.SEVINC, kind="check", ground="check", act="", agency="", service="verify", who="public")
    make_ledger.look(make.SEVINC, kind="link", ground="check", act="", agency="", service="verify", who="public")
    make_ledger.look(make.SEVINC, ground="consent")

    html = sevinc.get("/en/me/access/").content.decode()

    for words in (
        "You looked at your own data.", "An officer of: Ministry of Internal Affairs (registry officer)",
        "is it genuine?", "Somebody who has your document", "Somebody opened a link",
        "You agreed that this body may ask for it.",
    ):  # fmt: skip
        assert words in html


def test_the_looks_are_paged_and_none_is_left_out(sevinc: Client) -> None:
    total = 2 * views.LOOKS_ON_A_PAGE + 1
    for minute in range(total):
        make_ledger.look(make.SEVINC, now=make_ledger.NOW + timedelta(minutes=minute))

    seen, address = 0, "/az/me/access/"
    while address:
        html = sevinc.get(address).content.decode()
        seen += html.count('<li class="pen-timeline__item')
        address = (
            html.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0] if 'rel="next"' in html else ""
        )

    assert seen == total


@pytest.mark.parametrize("before", ["x", "00000000-0000-0000-0000-000000000000", "%00", "a" * 500])
def test_a_made_up_place_in_the_list_shows_an_empty_page(sevinc: Client, before: str) -> None:
    make_ledger.look(make.SEVINC)

    response = sevinc.get("/en/me/access/", {"before": before})

    assert response.status_code == 200
    assert b"There are no older entries." in response.content


def test_the_table_holds_every_look_in_the_language_of_the_page(
    sevinc: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "PAGE", 2)
    for minute in range(5):
        make_ledger.look(make.SEVINC, now=make_ledger.NOW + timedelta(minutes=minute))

    response = sevinc.get("/ru/me/access/export/")
    rows = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))

    assert rows[0][:3] == ["Когда", "Кто", "Зачем"]
    assert len(rows) == 6
    assert rows[1][1] == "Министерство внутренних дел"
    assert make.SEVINC not in response["Content-Disposition"]


def test_a_value_that_looks_like_a_formula_is_marked_as_text() -> None:
    assert export._line(["=1+1", "@x", "plain"]) == "'=1+1,'@x,plain\r\n"


def test_my_documents_are_those_given_to_me_with_a_file_in_each_language(browser: Client) -> None:
    issued = make_certificate.issued(to=make.SEVINC)
    sevinc, tofiq = make.signed_in(make.account()), make.signed_in(make.account(make.TOFIQ, "Quliyev Tofiq"))

    html = sevinc.get("/en/me/documents/").content.decode()

    assert issued.row.number in html
    for language in ("az", "en", "ru"):
        assert f'href="/en/me/documents/{issued.row.id}/{language}.pdf"' in html
    assert "KB)" in html
    assert issued.row.number not in tofiq.get("/en/me/documents/").content.decode()
    assert issued.code not in html


def test_a_document_that_was_taken_back_says_so_with_the_reason() -> None:
    from pencere.certificates import actions
    from pencere.certificates.tests.make import REGISTRAR

    issued = make_certificate.issued(to=make.SEVINC)
    actions.revoke(
        issued.row.id, reason="Wrong entry", by=REGISTRAR, account="a", case=issued.row.case, now=make_certificate.NOW
    )

    html = make.signed_in(make.account()).get("/en/me/documents/").content.decode()

    assert "taken back on 18 March 2026" in html
    assert "Wrong entry" in html


def test_no_identifier_stands_on_a_personal_page(sevinc: Client) -> None:
    make_certificate.issued(to=make.SEVINC)
    make_ledger.look(make.SEVINC)

    for page in PERSONAL[:3]:
        assert make.SEVINC not in sevinc.get(f"/az/{page}").content.decode()
