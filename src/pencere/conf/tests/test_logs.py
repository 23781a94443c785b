"""What the log says of things that happen to honest people."""

from __future__ import annotations

import logging

import pytest
from django.conf import settings

from pencere.identity.tests import make as people

pytestmark = pytest.mark.django_db


def test_a_request_that_is_too_large_is_a_line_of_warning_without_traceback(caplog: pytest.LogCaptureFixture) -> None:
    browser = people.client(enforce_csrf_checks=True)
    browser.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32

    page = browser.post("/en/sign-in/", {"next": "x" * 10_000_000}, content_type="application/x-www-form-urlencoded")

    assert page.status_code == 413
    said = [record for record in caplog.records if record.name.startswith("django.")]
    assert any(record.name == "django.security.RequestDataTooBig" for record in said)
    assert all(record.levelno == logging.WARNING and not record.exc_info for record in said)
