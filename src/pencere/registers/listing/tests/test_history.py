"""One row with its history on both axes, its looks and its links."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pencere.base.errors import Refused
from pencere.registers import actions, queries
from pencere.registers.listing.tests.make import officer
from pencere.registers.models import Row
from pencere.registers.tests import make
from pencere.registers.tests.make import ELCIN, NOW, SEVINC, TODAY
from pencere.registers.tests.strange import ANNA, strange

DAY = timedelta(days=1)
AGO = NOW - 100 * DAY


@pytest.fixture
def _azerbaijan():
    with make.using(make.the("azerbaijan")):
        yield


def lived() -> int:
    """Recorded 100 days ago; moved 50 days ago; a letter of the first address put right 10 days ago. Gives an id."""
    make.add("residence", make.home(address="Bakı, ev 1"), since=TODAY - 1000 * DAY, now=AGO)
    actions.replace_row("residence", {"person": SEVINC}, {"address": "Bakı, ev 2"}, from_day=TODAY - 60 * DAY,
                        recorded_by="din", now=NOW - 50 * DAY)  # fmt: skip
    actions.correct_row("residence", {"person": SEVINC}, {"address": "Bakı, ev 1a"}, on=TODAY - 500 * DAY,
                        reason="typed wrong", document="act 7", recorded_by="din", now=NOW - 10 * DAY)  # fmt: skip
    return Row.objects.order_by("pk").first().pk


def address(row_id: int, **when: object) -> object:
    found = queries.record(row_id, officer(), now=NOW, **when)
    return found.row and found.row.values["address"]


@pytest.mark.django_db
@pytest.mark.usefixtures("_azerbaijan")
def test_both_axes_are_asked_apart():
    row = lived()
    early, late = TODAY - 500 * DAY, TODAY

    assert address(row) == "Bakı, ev 2"
    assert address(row, on=early) == "Bakı, ev 1a"
    assert address(row, on=early, known_at=NOW - 20 * DAY) == "Bakı, ev 1"
    assert address(row, on=late, known_at=NOW - 20 * DAY) == "Bakı, ev 2"
    assert address(row, on=late, known_at=NOW - 70 * DAY) == "Bakı, ev 1"
    assert address(row, on=late, known_at=AGO - DAY) is None
    assert address(row, on=TODAY - 2000 * DAY) is None


@pytest.mark.django_db
@pytest.mark.usefixtures("_azerbaijan")
def test_the_history_says_what_when_by_whom_and_on_what():
    row = lived()

    history = queries.record(row, officer(), now=NOW).history

    said = [(each.how, each.values["address"], each.recorded_by, each.document, each.retired_at is None)
            for each in history]  # fmt: skip
    assert said == [
        ("correct", "Bakı, ev 1a", "din", "act 7", True),
        ("replace", "Bakı, ev 2", "din", "", True),
        ("replace", "Bakı, ev 1", "din", "", False),
        ("add", "Bakı, ev 1", "test", "", False),
    ]
    assert {each.id for each in history} == set(Row.objects.values_list("pk", flat=True))


@pytest.mark.django_db
@pytest.mark.usefixtures("_azerbaijan")
def test_any_version_leads_to_the_same_record():
    lived()

    records = [queries.record(pk, officer(), now=NOW) for pk in Row.objects.values_list("pk", flat=True)]

    assert len({str(each) for each in records}) == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("_azerbaijan")
def test_a_corrected_key_does_not_cut_the_history():
    make.add("residence", make.home(), now=AGO)
    (before,) = Row.objects.all()
    actions.correct_row("residence", {"person": SEVINC}, {"person": ELCIN}, on=TODAY, reason="the wrong person",
                        document="act 8", recorded_by="din", now=NOW)  # fmt: skip
    after = Row.objects.exclude(pk=before.pk).get()

    for pk in (before.pk, after.pk):
        found = queries.record(pk, officer(), now=NOW)
        assert [each.id for each in found.history] == [after.pk, before.pk]
        assert set(found.about) == {SEVINC, ELCIN}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_azerbaijan")
def test_every_person_of_any_version_has_the_look():
    make.add("residence", make.home(), now=AGO)
    actions.correct_row("residence", {"person": SEVINC}, {"person": ELCIN}, on=TODAY, reason="the wrong person",
                        document="act 8", recorded_by="din", now=NOW)  # fmt: skip

    queries.record(Row.objects.first().pk, officer(), now=NOW)

    assert (make.looks_of(SEVINC), make.looks_of(ELCIN)) == (1, 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("_azerbaijan")
def test_a_record_is_for_the_agency_that_keeps_it():
    row = lived()

    with pytest.raises(Refused, match="not_the_keeper"):
        queries.record(row, officer(agency="emdx"), now=NOW)
    with pytest.raises(Refused, match="not_the_keeper"):
        queries.links(row, officer(agency="emdx"), now=NOW)
    with pytest.raises(LookupError):
        queries.record(10**9, officer(), now=NOW)


@pytest.mark.django_db
def test_links_go_both_ways_and_say_nothing_of_persons():
    with make.using(strange()):
        keeper = officer(agency="registry")
        make.add("groups", {"group_no": "G-1", "name": "Stars", "birth_year": 2020, "places": 9})
        make.add("enrolments", {"child": ANNA, "group": "G-1"}, since=date(2025, 1, 1))
        group, enrolment = (Row.objects.get(register=name) for name in ("groups", "enrolments"))

        (down,) = queries.links(enrolment.pk, keeper, now=NOW)
        (up,) = queries.links(group.pk, keeper, now=NOW)

        assert (down.row, down.register, down.field, down.is_from, down.label) == (
            group.pk, "groups", "group", False, "G-1",
        )  # fmt: skip
        assert (up.row, up.register, up.field, up.is_from, up.label) == (
            enrolment.pk, "enrolments", "group", True, "",
        )  # fmt: skip
