"""What programs ask passes by sessions and languages, and still under the rule of its view."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from pencere.base.errors import Unavailable
from pencere.certificates import queries as certificates
from pencere.conf.middleware import MACHINES
from pencere.identity import access
from pencere.identity.tests import make as people

pytestmark = pytest.mark.django_db


def test_every_route_of_programs_is_open_to_all():
    rules = {str(rule) for route, rule in access.rules() if f"/{route.lstrip('^')}".startswith(MACHINES)}

    assert rules <= {"public", "system", "bearer"}
    assert {"public", "system"} <= rules


@pytest.mark.parametrize(
    "rule", [access.person, access.officer(), lambda view: view], ids=["person", "officer", "none"]
)
def test_a_view_that_asks_for_somebody_cannot_stand_there(rule):
    def view(request): ...

    with pytest.raises(ImproperlyConfigured):
        access.refusal_of_machine(rule(view), RequestFactory().get("/api/x"))


def test_a_session_is_not_even_looked_for():
    browser = people.signed_in(people.account())

    with CaptureQueriesContext(connection) as statements:
        response = browser.get("/health/live")

    assert (response.content, len(statements), response.cookies) == (b"ok\n", 0, {})
    assert response["Content-Length"] == "3" and response["X-Content-Type-Options"] == "nosniff"


def test_an_error_of_the_table_is_told_as_everywhere(monkeypatch):
    def silent(*_: object) -> None:
        raise Unavailable("ledger", "closed")

    monkeypatch.setattr(certificates, "check", silent)

    response = people.client().get("/api/verify/" + "A" * 22)

    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json" and response["Retry-After"]


def test_an_address_that_nothing_answers_is_a_problem_in_json():
    response = people.client().get("/api/unknown")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
