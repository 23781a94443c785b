"""Who may open what. A page without a rule is never served; "not yours" looks like "unknown"."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation

from pencere.base import clock
from pencere.identity import access, actions
from pencere.identity.tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.urls("pencere.identity.tests.pages")]


def test_a_page_without_a_rule_is_never_served(caplog: pytest.LogCaptureFixture) -> None:
    browser = make.client(raise_request_exception=False)

    response = browser.get("/without-rule/")

    assert response.status_code == 500
    assert b"never be seen" not in response.content
    with pytest.raises(ImproperlyConfigured, match="without_rule has no access rule"):
        make.client().get("/without-rule/")


def test_every_route_of_this_part_has_a_rule() -> None:
    with translation.override("az"):
        found = dict(access.rules())

    assert [route for route, rule in found.items() if rule is None] == ["without-rule/"]
    assert str(found["az/desk/"]) == "officer(registry)"
    assert str(found["az/confirm/"]) == "officer(unconfirmed)"


def test_a_public_page_is_open_to_nobody() -> None:
    response = make.client().get("/az/")

    assert response.content.decode() == "False||low|GET|"


def test_the_machines_questions_need_no_session() -> None:
    assert make.client().get("/health/live").status_code == 200


def test_who_has_not_signed_in_is_led_to_the_sign_in_and_back() -> None:
    response = make.client().get("/ru/me/?page=2")

    assert response.status_code == 302
    assert response["Location"] == "/ru/sign-in/?next=%2Fru%2Fme%2F%3Fpage%3D2"


def test_who_has_signed_in_opens_a_persons_page() -> None:
    response = make.signed_in(make.account()).get("/az/me/")

    assert response.content.decode() == "True|Nümunəli Sevinc Kamal qızı|substantial|GET|"


def test_a_weak_sign_in_is_told_what_to_do() -> None:
    response = make.signed_in(make.account(), level="low").get("/en/me/")

    assert response.status_code == 403
    assert "This page needs a stronger sign-in" in response.content.decode()
    assert 'value="/en/me/"' in response.content.decode()


@pytest.mark.parametrize("path", ["/az/desk/", "/az/any-desk/", "/az/confirm/", "/az/me/security/"])
def test_a_person_without_an_office_sees_the_page_of_unknown(path: str) -> None:
    browser = make.signed_in(make.account())

    unknown, not_theirs = browser.get("/az/nothing-here/"), browser.get(path)

    assert unknown.status_code == not_theirs.status_code == 404
    rest = path.removeprefix("/az/").encode()
    assert not_theirs.content.replace(rest, b"") == unknown.content.replace(b"nothing-here/", b"")


def test_an_officer_of_another_role_sees_the_page_of_unknown() -> None:
    browser = make.signed_in(make.officer(role="archive"), confirmed=True)

    assert browser.get("/az/desk/").status_code == 404
    assert browser.get("/az/any-desk/").status_code == 200


def test_an_officer_confirms_before_the_desk_opens() -> None:
    officer = make.officer()

    response = make.signed_in(officer).get("/az/desk/?sort=due")

    assert response["Location"] == "/az/confirm/?next=%2Faz%2Fdesk%2F%3Fsort%3Ddue"
    assert make.signed_in(officer, confirmed=True).get("/az/desk/").status_code == 200


def test_an_office_that_ends_closes_the_desk_in_the_middle_of_a_session() -> None:
    browser = make.signed_in(make.officer(), confirmed=True)
    assert browser.get("/az/desk/").status_code == 200

    actions.end_office(make.NARGIZ, "din", "registry", clock.now())

    assert browser.get("/az/desk/").status_code == 404


def test_the_decorator_of_officers_is_called_with_names_of_roles() -> None:
    with pytest.raises(TypeError):
        access.officer(lambda request: None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "path",
    ["//evil.example/", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "", None,
     "/az/\r\nSet-Cookie:a", "/\t/evil.example", "http:/evil.example", "evil", "///evil.example"],
)  # fmt: skip
def test_only_a_path_of_this_site_is_a_way_on(path: str | None) -> None:
    assert access.safe_path(path, "/az/me/") == "/az/me/"


def test_a_path_of_this_site_is_kept_with_its_question() -> None:
    assert access.safe_path("/az/desk/?a=1&b=ə", "/") == "/az/desk/?a=1&b=ə"
