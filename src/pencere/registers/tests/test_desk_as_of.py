"""One row as of a day and as it was known; versions of other days; a search that opens only for who made it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from pencere.base import clock
from pencere.identity.tests import make as people
from pencere.ledger import queries as ledger
from pencere.registers import actions
from pencere.registers.models import Row
from pencere.registers.tests import make
from pencere.registers.tests.test_desk import (  # noqa: F401 - fixtures
    PERSON,
    SECOND,
    here,
    looks,
    officer,
    row_of,
    stated,
    text,
)

pytestmark = pytest.mark.django_db(transaction=True)
NOW = make.NOW
RENAMED, PUT_RIGHT = date(2022, 1, 1), NOW + timedelta(minutes=10)


@pytest.fixture
def history(officer: Client) -> str:  # noqa: F811
    """Sevinc was renamed in 2022; ten minutes from now the first name is put right. The address of her history."""
    stated(officer)
    key, by = {"person": make.SEVINC}, {"recorded_by": "test"}
    actions.replace_row("population", key, {"name": "Yeni Ad"}, from_day=RENAMED, now=NOW, **by)
    actions.correct_row("population", key, {"name": "Düz Ad"}, on=date(2020, 1, 1), reason="r", document="d",
                        now=PUT_RIGHT, **by)  # fmt: skip
    return f"/en/desk/registers/population/rows/{row_of(make.SEVINC)}/history/"


def asked(browser: Client, address: str, on: date | None, known: tuple[str, ...] = ()) -> str:
    """What stands above the versions after this was asked."""
    sent = dict(zip(("on_day", "on_month", "on_year"), (on.day, on.month, on.year), strict=True)) if on else {}
    sent |= dict(zip(("known_day", "known_month", "known_year", "known_clock"), known, strict=False))
    with clock.standing_at(PUT_RIGHT + timedelta(minutes=5)):
        to = browser.post(address, {**sent, "desk-step": "as-of"})["Location"]
        return text(browser.get(to)).partition("<ol")[0]


def test_a_row_is_asked_what_held_on_a_day_by_what_was_known_when(officer: Client, history: str):  # noqa: F811
    early = date(2020, 6, 1)

    assert "Yeni Ad" in asked(officer, history, date(2026, 1, 1))
    assert "Düz Ad" in asked(officer, history, early)
    assert "Nümunəli Sevinc" in asked(officer, history, early, ("18", "3", "2026", "13:05"))
    assert "Düz Ad" in asked(officer, history, early, ("18", "3", "2026", ""))  # at the end of that day
    assert "says nothing of it as of then" in asked(officer, history, early, ("17", "3", "2026", ""))


def test_a_day_that_is_none_is_said_at_its_field(officer: Client, history: str):  # noqa: F811
    answer = officer.post(history, {"on_day": "31", "on_month": "2", "on_year": "2020", "desk-step": "as-of"})

    assert answer.status_code == 200
    assert "govuk-error-summary" in text(answer) and 'href="#id_on_day"' in text(answer)


def test_special_data_of_earlier_versions_is_shown_for_a_reason_of_its_own(officer: Client):  # noqa: F811
    stated(officer)
    actions.correct_row("population", {"person": make.NIGAR}, {"father": make.STRANGER}, on=make.TODAY, reason="r",
                        document="d", recorded_by="test", now=NOW)  # fmt: skip
    address = f"/en/desk/registers/population/rows/{row_of(make.NIGAR)}/history/"
    plain = text(officer.get(address))
    assert make.ELCIN not in plain and make.STRANGER not in plain

    assert "govuk-error-summary" in text(officer.post(address, {"desk-step": "special", "need": ""}))
    shown = text(officer.post(address, {"desk-step": "special", "need": "Dispute 7"}))

    assert make.ELCIN in shown and make.STRANGER in shown
    assert [case for _service, case, fields in looks(make.NIGAR) if "father" in fields] == ["Dispute 7"]


def test_a_version_of_other_days_leads_to_that_of_today_and_is_only_corrected(officer: Client, history: str):  # noqa: F811
    old = Row.objects.get(register="population", key=make.SEVINC, retired_at__isnull=True, valid_until__isnull=False)
    with clock.standing_at(PUT_RIGHT + timedelta(minutes=5)):
        shown = text(officer.get(f"/en/desk/registers/population/rows/{old.pk}/"))

    assert "It held until 31\xa0December\xa02021" in shown
    assert f"/rows/{row_of(make.SEVINC)}/" in shown
    assert "/correct/" in shown and "/end/" not in shown and "/replace/" not in shown


def test_a_row_that_was_never_true_is_taken_back_whole_and_its_page_says_so(officer: Client):  # noqa: F811
    stated(officer)
    row = Row.objects.get(pk=row_of(make.STRANGER))
    assert "write its first day, 1 May 2019" in text(officer.get(f"/en/desk/registers/population/rows/{row.pk}/end/"))
    actions.end_row("population", {"person": make.STRANGER}, from_day=row.valid_from, recorded_by="test", now=NOW)

    assert "does not say this any more" in text(officer.get(f"/en/desk/registers/population/rows/{row.pk}/"))


@pytest.mark.parametrize("page", ["", "print/", "export/"])
def test_another_officers_search_shows_nobody_instead_of_everybody(officer: Client, page: str):  # noqa: F811
    stated(officer)
    address = officer.post("/en/desk/registers/population/", {"q": "sevinc"})["Location"]
    colleague = stated(people.signed_in(people.officer(SECOND, "registry"), confirmed=True))
    before = len(ledger.looks_of(make.ELCIN))

    answer = colleague.get(address.replace("/population/", f"/population/{page}"), follow=True)

    assert "opens only for the officer who made it" in text(answer)
    assert "Nümunəli" not in text(answer)
    assert len(ledger.looks_of(make.ELCIN)) == before


def test_what_was_typed_before_the_reason_was_asked_anew_is_kept(officer: Client):  # noqa: F811
    typed = {"person": "5NEW123", **PERSON, "valid_from_day": "1", "valid_from_month": "5", "valid_from_year": "2026"}

    first = officer.post("/en/desk/registers/population/new/", {**typed, "desk-step": "check"})
    assert first["Location"] == "/en/desk/registers/population/what-for/"
    on = officer.post(first["Location"], {"stated": "Request 118"})
    assert on["Location"] == "/en/sign-in/kept/"
    kept = officer.get(on["Location"]).content.decode()

    assert 'action="/en/desk/registers/population/new/"' in kept
    assert PERSON["name"] in kept and 'name="desk-step" value="check"' in kept
    assert "Look through it" in text(
        officer.post("/en/desk/registers/population/new/", {**typed, "desk-step": "check"})
    )
    assert officer.get("/en/sign-in/kept/").status_code == 302  # once it came to its page it is kept no longer
