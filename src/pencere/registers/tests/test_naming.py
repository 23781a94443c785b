"""Whom and what a row names is shown by name beside its number, with a look; what nobody knows is asked about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from pencere import country
from pencere.base import clock
from pencere.country.declarations import Country, Desk, Field
from pencere.identity.tests import make as people
from pencere.registers import actions, naming
from pencere.registers.models import Row
from pencere.registers.tests import make
from pencere.registers.tests.test_desk import looks, sent_on, stated, text

pytestmark = pytest.mark.django_db(transaction=True)

OFFICER = "2RGY4KA"
LIST = "/en/desk/registers/boats/"
NAMED = ("registers", "Request 118", ("name",))
DAY = {"valid_from_day": "1", "valid_from_month": "5", "valid_from_year": "2026"}


@pytest.fixture(autouse=True)
def here() -> Iterator[Country]:
    """Boats of the transport agency: each with an owner, crew in a list, and a berth of a register beside it."""
    azerbaijan = make.the("azerbaijan")
    desk = Desk(("officer.registry",), ("officer.registry",), ("officer.registry",), (), make.HERE)
    base = make.with_register(about=(), key=("boat_no",)).registers["permits"]

    def made(id_: str, key: str, *fields: Field, **more: object) -> dict[str, object]:
        all_ = {each.name: each for each in (make.field(key, "text", search="exact"), *fields)}
        return {id_: replace(base, id=id_, agency="transport", key=(key,), fields=all_, about=(), answers={}, desk=desk,
                             **more)}  # fmt: skip

    crew = {"member": make.field("member", "person", personal="ordinary", search="exact")}
    registers = {
        **made(
            "berths", "berth_no",
            make.field("quay", "text", search="words"),
            make.field("deep", "integer", unit="m", search="exact", required=False),
        ),
        **made(
            "boats", "boat_no",
            make.field("owner", "person", personal="ordinary", search="exact"),
            make.field("berth", "ref", of="berths", required=False),
            make.field("crew", "group", fields=crew, many=(0, 5), required=False),
        ),
    }  # fmt: skip
    with (
        make.using(replace(azerbaijan, registers={**azerbaijan.registers, **registers})) as country,
        clock.standing_at(make.NOW),
    ):
        yield country


@pytest.fixture
def officer() -> Client:
    make.family()
    make.add("berths", {"berth_no": "B-1", "quay": "Cənub körpüsü", "deep": 4})
    return stated(people.signed_in(people.officer(OFFICER, "registry", "transport"), confirmed=True), register="boats")


def boat(**changes: object) -> dict[str, object]:
    return {"boat_no": "AZ-1", "owner": make.SEVINC, "berth": "B-1", "crew": [{"member": make.ELCIN}], **changes}


def test_the_list_shows_who_owns_a_boat_and_the_owner_reads_that_the_name_was_seen(officer: Client):
    make.add("boats", boat())

    shown = text(officer.get(LIST))

    assert f"{make.SEVINC} (Nümunəli Sevinc Əli qızı)" in shown
    assert looks(make.SEVINC).count(NAMED) == 1
    assert f"{make.SEVINC} (Nümunəli Sevinc Əli qızı)" in text(officer.get(f"{LIST}print/"))


def test_a_row_shows_the_names_of_all_whom_it_names_and_what_it_refers_to_is_called(officer: Client):
    make.add("boats", boat())
    row = Row.objects.get(register="boats").pk

    shown = text(officer.get(f"{LIST}rows/{row}/"))

    assert f"{make.SEVINC} (Nümunəli Sevinc Əli qızı)" in shown
    assert f"{make.ELCIN} (Nümunəli Elçin)" in shown
    assert "B-1 (Cənub körpüsü)" in shown
    assert looks(make.ELCIN).count(NAMED) == 1
    assert "(Nümunəli Elçin)" in text(officer.get(f"{LIST}rows/{row}/print/"))


def test_whom_nobody_knows_is_shown_by_the_number_alone(officer: Client):
    make.add("boats", boat(owner="9ZZZ999"))

    shown = text(officer.get(LIST))

    assert "9ZZZ999" in shown and "9ZZZ999 (" not in shown
    assert NAMED not in looks("9ZZZ999")


def test_whose_row_has_ended_is_still_called_by_name(officer: Client):
    make.add("boats", boat())
    actions.end_row("population", {"person": make.SEVINC}, from_day=make.TODAY, recorded_by="test", now=make.NOW)

    assert f"{make.SEVINC} (Nümunəli Sevinc Əli qızı)" in text(officer.get(LIST))


def test_a_list_of_a_day_shows_the_names_of_that_day_as_they_were_known(officer: Client):
    make.add("boats", boat())
    later = make.NOW + timedelta(days=40)
    actions.replace_row(
        "population", {"person": make.SEVINC}, {"name": "Yeni Sevinc"}, from_day=later.date(), recorded_by="test",
        now=later,
    )  # fmt: skip

    with clock.standing_at(later):
        client = stated(
            people.signed_in(people.officer(OFFICER, "registry", "transport"), confirmed=True), register="boats"
        )
        today, before = text(client.get(LIST)), text(client.get(f"{LIST}?on={make.TODAY}"))
        printed = text(client.get(f"{LIST}print/?on={make.TODAY}"))

    assert ("(Yeni Sevinc)" in today, "(Nümunəli Sevinc" in today) == (True, False)
    for then in (before, printed):
        assert ("(Yeni Sevinc)" in then, "(Nümunəli Sevinc" in then) == (False, True)


def test_of_several_rows_the_one_of_the_day_gives_the_name_else_the_last_before_else_the_first_after():
    make.add("berths", {"berth_no": "B-1", "quay": "Birinci"})
    key, who = {"berth_no": "B-1"}, {"recorded_by": "test", "now": make.NOW}
    actions.replace_row("berths", key, {"quay": "İkinci"}, from_day=date(2026, 6, 1), **who)
    actions.end_row("berths", key, from_day=date(2026, 7, 1), **who)

    def called(on: date, known_at: datetime | None = None) -> str:
        register = country.current().registers["boats"]
        seen = make.purpose("oversight", agency="transport", who="officer:registry")
        names = naming.names_of(
            register, [boat(owner=None, crew=[])], seen, fields=("berth",), now=make.NOW, on=on, known_at=known_at
        )
        return names.get(("berths", "B-1"), "")

    assert called(date(2026, 5, 31)) == "Birinci"
    assert called(date(2026, 6, 1)) == called(date(2026, 12, 1)) == "İkinci"
    assert called(date(1990, 1, 1)) == "Birinci"
    assert called(date(2026, 6, 1), make.NOW - timedelta(days=3650)) == ""


def test_no_name_is_shown_where_the_look_cannot_be_written(officer: Client, monkeypatch: pytest.MonkeyPatch):
    make.add("boats", boat())
    monkeypatch.setattr(naming.ledger, "record_look", lambda *_args, **_more: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        officer.get(LIST)


def test_a_row_of_another_agency_is_named_only_if_that_is_open(here: Country):
    other = replace(here.registers["berths"], agency="din")

    assert naming.called_by(here.registers["berths"], "transport") == ("quay",)
    assert naming.called_by(other, "transport") == ()
    assert naming.called_by(replace(other, called=("deep",)), "din") == ("deep",)
    assert naming.called_by(here.registers["population"], "transport") == ("name",)


TYPED = {"boat_no": "AZ-2", "owner": make.ELCIN, "berth": "B-1", "crew-items": "", **DAY, "desk-step": "check"}


def test_the_page_to_look_through_shows_whom_the_number_means(officer: Client):
    check = text(officer.post(f"{LIST}new/", TYPED))

    assert f"{make.ELCIN} (Nümunəli Elçin)" in check
    assert looks(make.ELCIN) == [NAMED]


def test_a_person_whom_nobody_knows_is_asked_about_and_taken_only_with_the_officers_word(officer: Client):
    typed = {**TYPED, "owner": "9ZZZ999"}

    asked = text(officer.post(f"{LIST}new/", typed))
    assert "No person with this number stands in the register" in asked and "Population" in asked
    assert 'href="#id_owner"' in asked and 'value="9ZZZ999"' in asked
    assert "No person" in text(officer.post(f"{LIST}new/", {**typed, "owner": "8YYY888", "desk-sure": "9ZZZ999"}))
    assert "No person" in text(officer.post(f"{LIST}new/", {**typed, "desk-step": "send"}))
    assert not Row.objects.filter(register="boats").exists()

    check = officer.post(f"{LIST}new/", {**typed, "desk-sure": "9ZZZ999"})
    assert officer.post(f"{LIST}new/", sent_on(check, "send")).status_code == 302
    assert Row.objects.filter(register="boats", key="az-2").exists()


def test_somebody_unknown_in_a_list_is_asked_about_at_their_place(officer: Client):
    typed = {**TYPED, "crew-items": "0 1", "crew-0-member": make.KENAN, "crew-1-member": "9ZZZ999"}

    asked = text(officer.post(f"{LIST}new/", typed))

    assert 'href="#id_crew-1-member"' in asked and 'href="#id_crew-0-member"' not in asked


def test_a_row_that_is_not_there_is_refused_whatever_the_officer_says(officer: Client):
    refused = text(officer.post(f"{LIST}new/", {**TYPED, "berth": "B-7", "desk-sure": "B-7"}))

    assert "No row with this number stands in the register" in refused and 'href="#id_berth"' in refused


def test_what_stood_there_before_is_not_asked_about_again(officer: Client):
    make.add("boats", boat(owner="9ZZZ999", crew=None))
    row = Row.objects.get(register="boats").pk
    typed = {"boat_no": "AZ-1", "owner": "9ZZZ999", "berth": "", "crew-items": "",
             "desk-seen": str(row), "desk-step": "check",
             "valid_from_day": "1", "valid_from_month": "5", "valid_from_year": "2019",
             "desk-reason": "It lies on land.", "desk-document": "Act 12"}  # fmt: skip

    shown = text(officer.post(f"{LIST}rows/{row}/correct/", typed))

    assert "No person" not in shown and "B-1 (Cənub körpüsü)" in shown
