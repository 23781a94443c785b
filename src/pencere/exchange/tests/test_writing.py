"""Writing, hearing and holding places through the exchange: the right first, the look first, done once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from pencere.base.errors import Refused, Unavailable
from pencere.country.declarations import Law
from pencere.exchange import actions, queries
from pencere.exchange.actions import Consumer, NotAccepted
from pencere.exchange.tests import make
from pencere.exchange.tests.make import FakeHolder, held_by
from pencere.exchange.wire import Heard, Listing
from pencere.identity import actions as identity
from pencere.ledger import queries as ledger
from pencere.ledger.tests.make import WAYS_TO_FAIL
from pencere.registers.models import Row
from pencere.registers.tests import make as registers
from pencere.registers.tests.make import NOW, TODAY
from pencere.registers.tests.strange import ANNA, IRIS, THEO, VERA, strange

LAW = Law("homes-law", "4")
SERVICE = Consumer("registry", "home-certificate", "K7QF2-9XMZT", "system", "account")
ASKING = make.by_service(SERVICE)


@pytest.fixture(autouse=True)
def holder() -> Iterator[FakeHolder]:
    with registers.using(strange()), make.elsewhere_next_door() as made:
        yield made


def record(target: str, row: dict[str, object], **changes: Any):
    return actions.record(target, row, **make.by_service(SERVICE, **{"key": "case step 4", "law": LAW, **changes}))


def grant(**changes: Any):
    return record("licences.grant", {"person": ANNA, "until": date(2027, 1, 1), "kinds": ["day"]}, **changes)


def birth(**changes: Any):
    return record("registry-land.register-birth", {"born_on": TODAY, "mother": ANNA}, **changes)


PARCEL = {"parcel_no": "111-2222", "owners": [{"holder": ANNA, "share": "1"}], "files": []}
NEW_RIGHT = {"parcel_no": "111-2222", "owners": [{"holder": VERA, "share": "1"}]}


# --- the right


@pytest.mark.django_db
def test_an_own_register_is_written_on_the_ground_of_the_services_law():
    written = grant()

    assert (written.register, written.holder, written.at) == ("licences", "registry", NOW)
    assert written.values["licence_no"] == "L-2026-000001"
    assert written.values["until"] == date(2027, 1, 1)
    assert Row.objects.get().recorded_by == "registry/system"
    assert ledger.looks_of(ANNA) == ()  # nothing left the agency


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"agency": "land"}, "agreement_of_others"),
        ({"service": "tax-return"}, "service_not_granted"),
        ({"now": datetime(2024, 12, 31, 12, 0, tzinfo=UTC)}, "agreement_not_in_force"),
    ],
)
def test_what_the_agreement_does_not_grant_is_not_sent(holder, changes, rule):
    with pytest.raises(Refused) as problem:
        birth(**changes)

    assert problem.value.rule == rule
    assert holder.sent == []
    assert ledger.looks_of(ANNA) == ()


@pytest.mark.django_db
def test_a_field_that_is_not_granted_is_not_sent(holder):
    with pytest.raises(Refused, match="field_not_granted"):
        record("registry-land.register-birth", {"born_on": TODAY, "mother": ANNA, "account": None})
    with pytest.raises(Refused, match="no_agreement"):
        grant(agency="land")

    assert holder.sent == []


@pytest.mark.django_db
def test_consent_is_asked_for_where_the_grant_rests_on_it(holder):
    registers.add("parcels", PARCEL)
    with pytest.raises(Refused, match="no_consent"):
        record("registry-land.change-right", NEW_RIGHT)

    assert record("registry-land.change-right", NEW_RIGHT, consented=True).holder == "land"
    with pytest.raises(Refused, match="no_consent"):
        actions.ask("registry-land.parcel", {"parcel_no": "111-2222"}, ("owners",), **ASKING, law=LAW)


@pytest.mark.django_db
def test_an_offer_of_another_kind_is_no_target():
    for target in ("registry-land.birth", "licences.current", "weather.change", "licences"):
        with pytest.raises(LookupError):
            record(target, {"person": ANNA})
    with pytest.raises(LookupError):
        actions.ask("registry-land.register-birth", {}, ("born_on",), **ASKING, law=LAW)


# --- the look


@pytest.mark.django_db
def test_what_goes_to_another_agency_is_a_look_of_that_agency_once(holder):
    registers.add("parcels", PARCEL)

    for _ in range(2):
        record("registry-land.change-right", NEW_RIGHT, consented=True)

    (look,) = ledger.looks_of(VERA)
    assert (look.agency, look.service, look.case) == ("land", "home-certificate", "K7QF2-9XMZT")
    assert (look.kind, look.ground, look.act) == ("evidence", "consent", "land-law 5")
    assert (look.register, look.fields) == ("parcels", ("parcel_no", "owners"))
    assert len(holder.sent) == 2
    assert Row.objects.filter(register="parcels", how="replace", valid_until=None).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS_TO_FAIL)
def test_nothing_goes_out_when_the_look_cannot_be_written(holder, way):
    registers.add("parcels", PARCEL)

    with WAYS_TO_FAIL[way](), pytest.raises(Unavailable):
        record("registry-land.change-right", NEW_RIGHT, consented=True)

    assert holder.sent == []
    assert record("registry-land.change-right", NEW_RIGHT, consented=True)  # and works again


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_noted_as_sent_is_not_sent(holder):
    registers.add("parcels", PARCEL)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE exchange_sent RENAME TO exchange_sent_away")
        try:
            with pytest.raises(Unavailable):
                record("registry-land.change-right", NEW_RIGHT, consented=True)
        finally:
            cursor.execute("ALTER TABLE exchange_sent_away RENAME TO exchange_sent")

    assert holder.sent == []


# --- what comes back


@pytest.mark.django_db
def test_what_is_sent_again_is_answered_again():
    first = birth()

    assert birth(now=NOW + timedelta(days=3)) == first
    assert Row.objects.count() == 1


@pytest.mark.django_db
def test_a_holder_that_is_silent_is_sent_it_again_later(holder):
    holder.silent = True
    with pytest.raises(Unavailable):
        birth()
    holder.silent = False

    assert birth().values["child"]
    assert len(holder.sent) == 2


@pytest.mark.django_db
def test_a_holders_no_comes_with_its_rule(holder):
    holder.refusing = "row_changed"

    with pytest.raises(Refused) as problem:
        birth()

    assert (problem.value.rule, problem.value.law) == ("row_changed", "homes-law 2")


@pytest.mark.django_db
def test_a_value_that_is_not_taken_is_a_no_that_names_the_field():
    with pytest.raises(NotAccepted) as problem:
        record("licences.grant", {"person": ANNA, "until": "soon", "kinds": ["day"]})

    assert (problem.value.rule, problem.value.law, problem.value.field) == ("not_a_date", "people-law 2", "until")


@pytest.mark.django_db
def test_a_row_may_name_its_own_first_day():
    record("licences.grant", {"person": ANNA, "until": "2027-01-01", "kinds": ["day"], "valid_from": "2026-01-01"})

    assert Row.objects.get().valid_from == date(2026, 1, 1)


@pytest.mark.django_db
def test_a_budget_counts_what_is_sent_once():
    land = strange().agreements["registry-land"]
    grants = {**land.grants, "register-birth": replace(land.grants["register-birth"], per_day=1)}
    agreements = {**strange().agreements, "registry-land": replace(land, grants=grants)}
    with registers.using(replace(strange(), agreements=agreements)):
        birth(key="a")
        birth(key="a")
        with pytest.raises(Unavailable, match="1 questions a day"):
            birth(key="b")
        assert birth(key="b", now=NOW + timedelta(days=1))


# --- questions with many rows


@pytest.mark.django_db
def test_all_rows_of_an_answer_come():
    registers.add("parcels", PARCEL, {**PARCEL, "parcel_no": "111-3333"})

    reply = actions.ask("registry-land.parcels-of", {"person": ANNA}, ("parcel_no",), **ASKING, law=LAW)

    assert reply.rows == ({"parcel_no": "111-2222"}, {"parcel_no": "111-3333"})


@pytest.mark.django_db
def test_a_grant_allows_so_many_questions_a_day():
    for _ in range(3):
        actions.ask("registry-land.birth", {"child": IRIS}, ("born_on",), **ASKING, law=LAW)

    with pytest.raises(Unavailable, match="3 questions a day"):
        actions.ask("registry-land.birth", {"child": IRIS}, ("born_on",), **ASKING, law=LAW)


# --- hearing


@pytest.mark.django_db
def test_what_is_told_comes_after_a_cursor_with_what_is_granted():
    numbers = [birth(key=str(number)).values["act_no"] for number in range(3)]

    heard = actions.events("registry-land.born", "", 10, **ASKING)

    assert [each.values["act_no"] for each in heard] == numbers
    assert set(heard[0].values) == {"act_no", "child", "born_on"}  # not the mother, not the account
    assert isinstance(heard[0].cursor, str)
    assert actions.events("registry-land.born", heard[0].cursor, 1, **ASKING) == heard[1:2]
    assert actions.events("registry-land.born", heard[2].cursor, 10, **ASKING) == ()
    (look, *_more) = ledger.looks_of(str(heard[0].values["child"]))
    assert (look.agency, look.service, look.act) == ("registry", "home-certificate", "people-law 2")


@pytest.mark.django_db
def test_nonsense_among_what_is_told_keeps_nothing_back():
    for number in range(3):
        birth(key=str(number))

    class Garbled(FakeHolder):
        def tell(self, listing: Listing) -> tuple[Heard, ...]:
            first, second, third = super().tell(listing)
            return first, replace(second, values={**second.values, "born_on": "soon"}), replace(third, values={})

    with held_by(Garbled()):
        heard = actions.events("registry-land.born", "", 10, **ASKING)

    assert [each.problem for each in heard] == [
        "", "a value of a wrong kind came (not_a_date)", "other fields came than were asked for"
    ]  # fmt: skip
    assert [bool(each.values) for each in heard] == [True, False, False]


@pytest.mark.django_db
def test_who_may_not_hear_is_refused():
    for source, words, rule in (
        ("registry-land.born", {"service": "other"}, "service_not_granted"),
        ("licences.granted", {"agency": "land"}, "no_agreement"),
    ):
        with pytest.raises(Refused, match=rule):
            actions.events(source, "", 10, **make.by_service(SERVICE, **words))


@pytest.mark.django_db
def test_an_own_register_is_heard():
    grant()

    (told,) = actions.events("licences.granted", "", 10, **ASKING)

    assert told.values == {"licence_no": "L-2026-000001", "person": ANNA, "until": date(2027, 1, 1)}
    assert told.at == NOW


# --- places


def hold(place: str = "7-31", key: str = "a", **changes: Any):
    return actions.reserve("groups.place", place, key=key, **make.by_service(SERVICE, **changes))


@pytest.mark.django_db
def test_a_place_is_held_and_taken_by_the_row_that_is_written():
    registers.add("groups", {"group_no": "7-31", "name": "Bees", "birth_year": 2022, "places": 1})
    held = hold()
    assert held is not None
    assert hold(key="b") is None
    assert queries.free_places("groups.place", {"birth_year": 2022}, limit=5, **ASKING) == ()

    record("enrolments.enrol", {"child": IRIS, "group": "7-31"}, hold="a")

    held_now = queries.hold_of("a", NOW)
    assert held_now is not None
    assert held_now.state == "taken"
    assert actions.release("groups.place", "a", **ASKING) is False


@pytest.mark.django_db
def test_a_released_place_is_free_for_the_next():
    registers.add("groups", {"group_no": "7-31", "name": "Bees", "birth_year": 2022, "places": 1})
    hold()

    assert actions.release("groups.place", "a", **ASKING) is True
    assert actions.release("groups.place", "a", **ASKING) is False
    (free,) = queries.free_places("groups.place", {"birth_year": 2022}, limit=5, **ASKING)
    assert (free.place, free.free, free.values["name"]) == ("7-31", 1, "Bees")
    assert hold(key="b") is not None


@pytest.mark.django_db
def test_places_of_others_are_not_given_out():
    with pytest.raises(Refused, match="no_agreement"):
        hold(agency="land")
    with pytest.raises(Refused, match="no_agreement"):
        queries.free_places("groups.place", {}, limit=5, **make.by_service(SERVICE, agency="land"))


# --- whom one may act for


def related_by(**who: Any) -> dict[str, Any]:
    return make.by_service(SERVICE, **who)


@pytest.mark.django_db
def test_of_a_pair_only_the_pair_is_asked():
    act = {"registered_on": TODAY, "born_on": date(2020, 1, 1), "mother": ANNA}
    registers.add("births", {**act, "act_no": "1", "child": IRIS}, {**act, "act_no": "2", "child": THEO})
    person = {"sex": "female", "citizen": True}
    registers.add(
        "people",
        {**person, "person": IRIS, "name": "Iris", "birth_date": date(2020, 1, 1)},
        {**person, "person": THEO, "name": "Theo", "birth_date": date(2000, 1, 1)},
    )

    answers = [actions.acts_for(ANNA, other, "mother", **ASKING) for other in (IRIS, THEO, VERA)]
    assert answers == [True, False, False]  # Theo is grown up, Vera is no child of hers

    assert {look.source for look in ledger.looks_of(IRIS)} == {
        "XE/GOV/land/births/children-of",
        "XE/GOV/registry/people/person",
    }
    assert [look.source for look in ledger.looks_of(THEO)] == ["XE/GOV/land/births/children-of"]
    assert [look.source for look in ledger.looks_of(VERA)] == ["XE/GOV/land/births/children-of"]
    assert len(ledger.looks_of(ANNA)) == 1  # of the pair that is none


@pytest.mark.django_db
def test_a_proxy_holds_for_the_service_that_it_names():
    registers.add("proxies", {"proxy_no": "1", "principal": VERA, "agent": ANNA, "service": ["home-certificate"]})

    assert actions.acts_for(ANNA, VERA, "proxy", **ASKING)
    assert not actions.acts_for(ANNA, VERA, "proxy", **related_by(service="other"))
    assert not actions.acts_for(VERA, ANNA, "proxy", **ASKING)


@pytest.mark.django_db
def test_a_person_is_offered_whom_they_may_act_for_on_the_grounds_that_count():
    account = str(identity.sign_in(ANNA, "Anna", "substantial", NOW).id)
    registers.add("proxies", {"proxy_no": "1", "principal": VERA, "agent": ANNA, "service": ["home-certificate"]})
    people = {"sex": "female", "citizen": True, "birth_date": date(2020, 1, 1)}
    registers.add(
        "people", {**people, "person": IRIS, "name": "Iris", "mother": ANNA}, {**people, "person": VERA, "name": "Vera"}
    )

    def offered(**words: Any) -> set[tuple[str, str]]:
        found = actions.acted_for(ANNA, service="home-certificate", person=account, now=NOW, **words)
        return {(each.identifier, each.ground) for each in found}

    assert offered() == {(IRIS, "parent"), (VERA, "proxy")}
    assert offered(grounds=("proxy",)) == {(VERA, "proxy")}
    assert offered(grounds=()) == set()
