"""How a session ends, and what a person who was away gets back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.http import urlencode

from pencere.base import clock
from pencere.identity import sessions
from pencere.identity.tests import make
from pencere.identity.tests.test_sign_in import begin, come_back

pytestmark = [pytest.mark.django_db, pytest.mark.urls("pencere.identity.tests.pages")]


def post(browser: Client, path: str, fields: dict[str, Any]) -> Any:
    """As a browser sends a form without files."""
    return browser.post(path, urlencode(fields, doseq=True), content_type=sessions.FORM_TYPE)


def test_a_page_prolongs_a_session_and_idleness_ends_it() -> None:
    start = clock.now()
    with clock.standing_at(start):
        browser = make.signed_in(make.account())
    for minutes in (20, 40, 69):
        with clock.standing_at(start + timedelta(minutes=minutes)):
            assert browser.get("/az/me/").status_code == 200
    with clock.standing_at(start + timedelta(minutes=100)):
        assert browser.get("/az/me/").status_code == 302
    assert not Session.objects.filter(session_key=browser.cookies["pencere_session"].value).exists()


def test_no_session_lasts_longer_than_twelve_hours() -> None:
    start = clock.now()
    with clock.standing_at(start):
        browser = make.signed_in(make.account())
    for quarter in range(1, 48):
        with clock.standing_at(start + timedelta(minutes=15 * quarter)):
            assert browser.get("/az/me/").status_code == 200
    with clock.standing_at(start + timedelta(hours=12, seconds=1)):
        assert browser.get("/az/me/").status_code == 302


def test_a_session_is_written_once_a_minute(django_assert_num_queries: Any) -> None:
    start = clock.now()
    with clock.standing_at(start):
        browser = make.signed_in(make.account())
        browser.get("/az/me/")
        with django_assert_num_queries(3):  # session, account, offices
            browser.get("/az/me/")


def test_the_question_of_the_script_does_not_prolong_the_session() -> None:
    start = clock.now()
    with clock.standing_at(start):
        browser = make.signed_in(make.account())
    with clock.standing_at(start + timedelta(minutes=26)):
        response = browser.get("/en/session/?from=/en/me/")
        assert response["X-Session-Left"] in ("239", "240")
        assert "in 4 minutes" in response.content.decode()
    with clock.standing_at(start + timedelta(minutes=29)):
        assert browser.post("/en/session/stay/").status_code == 204
        assert browser.get("/en/session/")["X-Session-Left"] in ("1799", "1800")


def test_the_question_of_the_script_after_the_end_says_so() -> None:
    assert make.client().get("/en/session/?from=/en/me/")["X-Session-Left"] == "0"


def test_signing_out_ends_the_session_and_forgets_the_browser(fake: make.FakeProvider) -> None:
    browser = make.client()
    come_back(browser, begin(browser))
    key = browser.cookies["pencere_session"].value

    response = browser.post("/az/sign-out/")

    assert response["Location"] == "/az/signed-out/"
    assert not browser.session.exists(key)
    assert browser.cookies[sessions.COOKIE].value == ""
    assert browser.get("/az/me/").status_code == 302


def test_sessions_that_are_over_are_swept_away() -> None:
    start = clock.now()
    make.signed_in(make.account())

    assert sessions.sweep(start) == 0
    assert sessions.sweep(start + timedelta(hours=13)) == 1


def test_a_link_does_not_sign_out() -> None:
    browser = make.signed_in(make.account())

    assert browser.get("/az/sign-out/").status_code == 405
    assert browser.get("/az/me/").status_code == 200


def test_signing_out_needs_the_forms_token() -> None:
    browser = make.signed_in(make.account(), browser=make.client(enforce_csrf_checks=True))

    assert browser.post("/az/sign-out/").status_code == 403


def test_who_was_away_is_told_why(fake: make.FakeProvider) -> None:
    browser = make.client()
    assert "Your session has ended" not in browser.get("/en/sign-in/").content.decode()
    come_back(browser, begin(browser))
    del browser.cookies["pencere_session"]

    assert "Your session has ended" in browser.get("/en/sign-in/").content.decode()


def test_a_form_that_came_too_late_is_sent_on_after_the_next_sign_in(fake: make.FakeProvider) -> None:
    browser = make.client()
    come_back(browser, begin(browser, "/en/me/", "en"))
    del browser.cookies["pencere_session"]

    late = post(browser, "/en/me/?step=2", {"purpose": 'for <work> & "school"', "ticked": ["a", "b"]})
    assert late["Location"].startswith("/en/sign-in/?next=")
    assert "The form that you have just sent is kept." in browser.get(late["Location"]).content.decode()
    again = come_back(browser, begin(browser, "/en/me/?step=2", "en"))
    page = browser.get(again["Location"]).content.decode()

    assert again["Location"] == "/en/sign-in/kept/"
    assert '<form method="post" action="/en/me/?step=2">' in page
    assert 'name="purpose" value="for &lt;work&gt; &amp; &quot;school&quot;"' in page
    assert page.count('name="ticked"') == 2

    thrown_away = browser.post("/en/sign-in/kept/")
    assert thrown_away["Location"] == "/en/me/?step=2"
    assert browser.get("/en/sign-in/kept/")["Location"] == "/en/me/"


def test_a_form_with_places_for_files_is_kept_as_well(fake: make.FakeProvider) -> None:
    browser = make.client()
    come_back(browser, begin(browser, "/en/me/", "en"))
    del browser.cookies["pencere_session"]

    browser.post("/en/me/", {"purpose": "work", "paper": SimpleUploadedFile("my paper.pdf", b"%PDF")})
    again = come_back(browser, begin(browser, "/en/me/", "en"))
    page = browser.get(again["Location"]).content.decode()

    assert 'name="purpose" value="work"' in page and "<li>my paper.pdf</li>" in page


def test_an_officers_form_is_sent_on_after_the_second_factor(fake: make.FakeProvider) -> None:
    make.officer(make.SEVINC)
    browser = make.client()
    come_back(browser, begin(browser, "/en/desk/", "en"))
    del browser.cookies["pencere_session"]

    post(browser, "/en/desk/", {"purpose": "a long reason"})
    again = come_back(browser, begin(browser, "/en/desk/", "en"))
    first = browser.get(again["Location"])
    assert first["Location"] == "/en/confirm/?next=%2Fen%2Fsign-in%2Fkept%2F"
    confirmed = browser.post("/en/confirm/", {"code": make.code(), "next": "/en/sign-in/kept/"})

    assert confirmed["Location"] == "/en/sign-in/kept/"
    assert 'value="a long reason"' in browser.get("/en/sign-in/kept/").content.decode()
    assert browser.post("/en/desk/", {"purpose": "a long reason"}).content.decode().endswith("|POST|a long reason")
    assert browser.get("/en/sign-in/kept/")["Location"] == "/en/me/"


def test_a_form_that_arrives_before_the_second_factor_is_kept(fake: make.FakeProvider) -> None:
    browser = make.signed_in(make.officer())

    assert post(browser, "/en/desk/", {"purpose": "early"})["Location"].startswith("/en/confirm/")
    confirmed = browser.post("/en/confirm/", {"code": make.code(), "next": "/en/desk/"})

    assert confirmed["Location"] == "/en/sign-in/kept/"
    assert 'value="early"' in browser.get("/en/sign-in/kept/").content.decode()


def test_a_kept_form_is_shown_to_nobody_else(fake: make.FakeProvider) -> None:
    browser = make.client()
    come_back(browser, begin(browser))
    del browser.cookies["pencere_session"]
    post(browser, "/az/me/", {"purpose": "my secret"})
    assert "my secret" in str(dict(browser.session.items()))

    fake.claims = {"fin": make.TOFIQ}
    response = come_back(browser, begin(browser))

    assert response["Location"] == "/az/me/"
    assert "my secret" not in str(dict(browser.session.items()))


def test_a_strangers_form_is_not_kept() -> None:
    browser = make.client()

    post(browser, "/az/me/", {"purpose": "x"})

    assert not Session.objects.exists()
    browser.cookies[sessions.COOKIE] = "forged"
    post(browser, "/az/me/", {"purpose": "x"})
    assert not Session.objects.exists()


def strict() -> Client:
    """Signed in, in a browser whose forms are held to their token."""
    return make.signed_in(make.account(), browser=make.client(enforce_csrf_checks=True))


def send(browser: Client, path: str, fields: dict[str, Any], **headers: str) -> Any:
    typed = urlencode({"csrfmiddlewaretoken": "of-an-earlier-session", **fields}, doseq=True)
    return browser.post(path, typed, content_type=sessions.FORM_TYPE, headers=headers)


@pytest.mark.parametrize("header", ["Origin", "Referer"])
def test_a_form_of_ours_with_an_old_token_is_kept_and_sent_on_with_one_press(header: str) -> None:
    browser = strict()
    here = settings.PENCERE.url + ("/en/me/" if header == "Referer" else "")

    expired = send(browser, "/en/me/?step=2", {"purpose": "for <work>", "ticked": ["a", "b"]}, **{header: here})
    page = browser.get(expired["Location"]).content.decode()

    assert expired["Location"] == "/en/sign-in/kept/"
    assert "Your form is kept" in page
    assert 'name="purpose" value="for &lt;work&gt;"' in page
    assert page.count('name="ticked"') == 2
    assert "of-an-earlier-session" not in page
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    on = browser.post("/en/me/?step=2", {"purpose": "for <work>", "csrfmiddlewaretoken": token}, headers={header: here})
    assert on.content.decode().endswith("|POST|for <work>")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://elsewhere.example"},
        {"Referer": "https://elsewhere.example/en/me/"},
        {"Origin": "https://elsewhere.example", "Referer": "HERE/en/me/"},
        {"Origin": "HERE.elsewhere.example"},
        {"Referer": "HERE@elsewhere.example/"},
        {"Origin": "http://["},
    ],
)
def test_a_form_of_another_site_is_never_kept(headers: dict[str, str]) -> None:
    browser = strict()
    told = {name: value.replace("HERE", settings.PENCERE.url) for name, value in headers.items()}

    assert send(browser, "/en/me/", {"purpose": "forged"}, **told).status_code == 403

    assert "forged" not in str(dict(browser.session.items()))
    assert browser.get("/en/sign-in/kept/")["Location"] == "/en/me/"


def test_nobodys_form_with_an_old_token_is_kept() -> None:
    browser = make.client(enforce_csrf_checks=True)

    assert send(browser, "/en/me/", {"purpose": "x"}, Origin=settings.PENCERE.url).status_code == 403

    assert not Session.objects.exists()


def test_a_form_with_a_file_says_what_must_be_chosen_again() -> None:
    browser = strict()
    typed = {"purpose": "work", "csrfmiddlewaretoken": "old", "paper": SimpleUploadedFile("my paper.pdf", b"%PDF")}

    expired = browser.post("/en/me/", typed, headers={"Origin": settings.PENCERE.url})
    page = browser.get(expired["Location"]).content.decode()

    assert "Files are not kept. Choose these again on the next page:" in page
    assert "<li>my paper.pdf</li>" in page
    assert 'name="purpose" value="work"' in page


def test_a_form_too_long_to_keep_gets_the_plain_page() -> None:
    long = "x" * (sessions.LONGEST_FORM + 1)

    assert send(strict(), "/en/me/", {"purpose": long}, Origin=settings.PENCERE.url).status_code == 403


def test_the_page_of_a_kept_form_does_not_keep_itself() -> None:
    browser = strict()
    send(browser, "/en/me/", {"purpose": "mine"}, Origin=settings.PENCERE.url)

    again = send(browser, "/en/sign-in/kept/", {}, Origin=settings.PENCERE.url)

    assert again["Location"] == "/en/sign-in/kept/"
    assert 'value="mine"' in browser.get("/en/sign-in/kept/").content.decode()
