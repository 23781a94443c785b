"""A register may call its fields as its law does: no name takes the place of what a page asks or sends besides."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from pencere.base import clock
from pencere.country.declarations import Desk
from pencere.identity.tests import make as people
from pencere.registers.importing.tests.make import country_of
from pencere.registers.models import Row
from pencere.registers.tests import make
from pencere.registers.tests.test_desk import GROUNDS, OFFICER, sent_on, text
from pencere.registers.using import shape_of

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("reason", "document", "paper", "step", "seen", "special", "sure", "search", "once", "method", "submit")
SAID = {name: f"what it says of {name}" for name in NAMES}
DAY = {"valid_from_day": "1", "valid_from_month": "5", "valid_from_year": "2019"}


@pytest.fixture
def officer() -> Iterator[Client]:
    fields = [make.field("number", "text"), *(make.field(name, "text") for name in NAMES)]
    desk = Desk(look=("officer.registry",), write=("officer.registry",), second=(), list=(), place=make.HERE)
    country = country_of("sanctions", fields, ("number",), desk=desk, dated=True)
    with make.using(country), clock.standing_at(make.NOW):
        yield people.signed_in(people.officer(OFFICER), confirmed=True)


def values(row: Row) -> dict[str, object]:
    from pencere.registers.changes import in_memory

    return {name: value for name, value in in_memory(shape_of("sanctions"), row).items() if name in NAMES}


def test_a_row_is_written_and_corrected_whatever_its_fields_are_called(officer: Client) -> None:
    new = "/en/desk/registers/sanctions/new/"
    check = officer.post(new, {"number": "S-1", **SAID, **DAY, "desk-step": "check"})
    assert "govuk-error-summary" not in text(check)
    assert officer.post(new, sent_on(check, "send")).status_code == 302
    row = Row.objects.get(register="sanctions")
    assert values(row) == SAID

    correct = f"/en/desk/registers/sanctions/rows/{row.pk}/correct/"
    other = {**SAID, "reason": "Another reason of the sanction", "step": "appealed"}
    check = officer.post(
        correct, {"number": "S-1", **other, **DAY, **GROUNDS, "desk-seen": str(row.pk), "desk-step": "check"}
    )
    assert officer.post(correct, sent_on(check, "send")).status_code == 302
    fresh = Row.objects.get(register="sanctions", retired_at__isnull=True)
    assert values(fresh) == other
    assert (fresh.reason, fresh.document) == tuple(GROUNDS.values())
