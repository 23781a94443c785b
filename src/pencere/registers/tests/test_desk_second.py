"""Special data without a change of its value: what ends, is of other days or of somebody else needs two, too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client

from pencere.base import clock
from pencere.country.declarations import Desk
from pencere.identity.tests import make as people
from pencere.ledger import queries as ledger
from pencere.registers import actions
from pencere.registers.importing.tests.make import country_of
from pencere.registers.models import Proposal, Row
from pencere.registers.tests import make
from pencere.registers.tests.test_desk import GROUNDS, OFFICER, SECOND, sent_on, stated, text

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/en/desk/registers/verdicts/"
DAY = {"valid_from_day": "1", "valid_from_month": "5", "valid_from_year": "2019"}
TYPED = {"number": "V-1", "person": make.SEVINC, "court": "Baku", **DAY}


@pytest.fixture
def officer() -> Iterator[Client]:
    fields = [
        make.field("number", "text"), make.field("person", "person", personal="ordinary"),
        make.field("court", "text", personal="ordinary"),
        make.field("article", "text", required=False, personal="special"),
    ]  # fmt: skip
    desk = Desk(
        look=("officer.registry",), write=("officer.registry",), second=("officer.head",), list=("number",),
        place=make.HERE,
    )  # fmt: skip
    country = country_of("verdicts", fields, ("number",), desk=desk, dated=True)
    with make.using(country), clock.standing_at(make.NOW):
        make.family()
        yield stated(people.signed_in(people.officer(OFFICER), confirmed=True), register="verdicts")


def verdict(**more: object) -> Row:
    row = {"number": "V-1", "person": make.SEVINC, "court": "Baku", "article": "126", **more}
    make.add("verdicts", {name: value for name, value in row.items() if value is not None})
    return Row.objects.get(register="verdicts")


def sends(officer: Client, row: Row, how: str, **typed: str) -> str:
    """Where the officer is led who changes the row so, with the grounds for it."""
    address = f"{ADDRESS}rows/{row.pk}/{how}/"
    check = officer.post(address, {**TYPED, **typed, **GROUNDS, "desk-seen": str(row.pk), "desk-step": "check"})
    assert "govuk-error-summary" not in text(check), text(check)
    return str(officer.post(address, sent_on(check, "send"))["Location"])


@pytest.mark.parametrize(
    ("how", "typed"),
    [
        ("end", {"valid_from_year": "2026"}),
        ("correct", {"valid_from_year": "2020"}),
        ("correct", {"valid_until_day": "2", "valid_until_month": "5", "valid_until_year": "2020"}),
        ("correct", {"person": make.ELCIN}),
        ("replace", {"valid_from_year": "2026", "person": make.ELCIN}),
    ],
)
def test_that_it_ends_or_is_of_other_days_or_persons_is_proposed(officer: Client, how: str, typed: dict[str, str]):
    row = verdict()

    assert sends(officer, row, how, **typed) == "/en/desk/proposals/?done=sent"

    row.refresh_from_db()
    assert row.retired_at is None
    assert Proposal.objects.get().change == how


@pytest.mark.parametrize(
    ("how", "typed"), [("correct", {"court": "Quba"}), ("replace", {"valid_from_year": "2026", "court": "Quba"})]
)
def test_what_does_not_touch_it_is_written_by_one(officer: Client, how: str, typed: dict[str, str]):
    assert sends(officer, verdict(), how, **typed).endswith("?done=written")


@pytest.mark.parametrize("how", ["end", "correct"])
def test_a_row_that_says_nothing_special_is_ended_by_one(officer: Client, how: str):
    assert "/rows/" in sends(officer, verdict(article=None), how, valid_from_year="2020")
    assert not Proposal.objects.exists()


def test_an_end_that_needs_two_is_asked_for_its_grounds_and_says_why(officer: Client):
    row = verdict()
    address = f"{ADDRESS}rows/{row.pk}/end/"
    day = {**DAY, "valid_from_year": "2026", "desk-seen": str(row.pk), "desk-step": "check"}

    assert "ends only after a second officer" in text(officer.get(address))
    answer = text(officer.post(address, day))

    assert 'href="#id_desk-reason"' in answer and 'href="#id_desk-document"' in answer


def test_an_older_version_without_special_data_is_no_way_around_it(officer: Client):
    row = verdict(article=None)
    actions.correct_row("verdicts", {"number": "V-1"}, {"article": "126"}, on=make.TODAY, reason="r", document="d",
                        recorded_by="test", now=make.NOW)  # fmt: skip
    fresh = Row.objects.get(register="verdicts", retired_at__isnull=True)
    address = f"{ADDRESS}rows/{row.pk}/end/"

    check = officer.post(
        address, {**DAY, "valid_from_year": "2026", **GROUNDS, "desk-seen": str(fresh.pk), "desk-step": "check"}
    )
    officer.post(address, sent_on(check, "send"))

    fresh.refresh_from_db()
    assert fresh.retired_at is None


def test_the_second_officer_sees_from_which_day_it_ends_and_the_row_says_who_confirmed(officer: Client):
    row = verdict()
    sends(officer, row, "end", valid_from_year="2026")
    second = stated(people.signed_in(people.officer(SECOND, "head"), confirmed=True), register="verdicts")
    address = f"/en/desk/proposals/{Proposal.objects.get().pk}/"
    seen = text(second.get(address))
    assert "First day on which it holds no longer" in seen and "1 May 2026" in seen and "126" in seen

    assert second.post(address, {"step": "confirm"})["Location"].endswith("?done=confirmed")

    left = Row.objects.get(register="verdicts", retired_at__isnull=True)
    assert left.valid_until == date(2026, 4, 30)
    assert "Confirmed by" in text(officer.get(f"{ADDRESS}rows/{left.pk}/"))
    assert "Confirmed by" not in text(officer.get(f"{ADDRESS}rows/{row.pk}/"))


def test_a_proposal_opens_no_special_data_to_who_made_it(officer: Client):
    row = verdict(article="Article 999")
    sends(officer, row, "end", valid_from_year="2026")
    second = stated(people.signed_in(people.officer(SECOND, "head"), confirmed=True), register="verdicts")
    address = f"/en/desk/proposals/{Proposal.objects.get().pk}/"

    own = text(officer.get(address))
    assert "Article 999" not in own and "not shown: special category" in own and "Why do you take it back?" in own
    assert not [look for look in ledger.looks_of(make.SEVINC) if "article" in look.fields]
    assert "Article 999" in text(second.get(address))
    assert [look for look in ledger.looks_of(make.SEVINC) if "article" in look.fields]


def test_who_begins_a_second_change_reads_that_one_waits(officer: Client):
    row = verdict()
    sends(officer, row, "end", valid_from_year="2026")

    for how in ("end", "correct", "replace"):
        assert "A change of this row waits" in text(officer.get(f"{ADDRESS}rows/{row.pk}/{how}/"))


def test_the_second_officer_sees_the_days_that_are_corrected_beside_what_they_were(officer: Client):
    sends(officer, verdict(), "correct", valid_from_year="2020")
    second = stated(people.signed_in(people.officer(SECOND, "head"), confirmed=True), register="verdicts")

    seen = text(second.get(f"/en/desk/proposals/{Proposal.objects.get().pk}/"))

    assert "1\xa0May\xa02019" in seen and "1\xa0May\xa02020" in seen


def test_ones_own_proposals_do_not_hide_what_waits(officer: Client):
    head, clerk = people.officer(SECOND, "head"), people.officer("9CHD2ES", "registry")
    rows = [{"number": f"V-{number}", "person": make.SEVINC, "court": "Baku", "article": "1"} for number in range(52)]
    make.add("verdicts", *rows)
    for number, row in enumerate(Row.objects.filter(register="verdicts").order_by("pk")):
        by = f"account:{(clerk if number == 51 else head).pk}"
        actions.propose("verdicts", "end", {}, seen=row.pk, day=make.TODAY, reason="r", document="d", proposed_by=by,
                        now=make.NOW)  # fmt: skip

    shown = text(stated(people.signed_in(head, confirmed=True), register="verdicts").get("/en/desk/proposals/"))

    assert "Nothing waits to be confirmed by you" not in shown
