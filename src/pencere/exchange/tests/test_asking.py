"""Asking: the right is checked field by field, the look is logged first, and nothing that comes back is believed."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings

from pencere.base.errors import Refused, Unavailable
from pencere.country.declarations import Law
from pencere.exchange import actions, asking, queries
from pencere.exchange.stand_in.client import StandIn
from pencere.exchange.tests import make
from pencere.exchange.tests.make import ask, ask_place, by_service
from pencere.identity import actions as identity
from pencere.ledger import queries as ledger
from pencere.ledger.tests.make import WAYS_TO_FAIL
from pencere.registers.tests import make as registers
from pencere.registers.tests.make import ELCIN, HOME, KENAN, NIGAR, NOW, SEVINC, STRANGER


@pytest.fixture(autouse=True)
def _azerbaijan():
    with registers.using(registers.the("azerbaijan")):
        yield


def refused(**changes: object) -> str:
    """The rule by which a question under the agreement is refused."""
    with pytest.raises(Refused) as problem:
        ask_place(**changes)
    assert problem.value.law == "residence-law 5"
    return problem.value.rule


# --- the right


@pytest.mark.django_db
def test_an_own_register_is_asked_on_the_ground_of_the_services_law():
    registers.family()

    reply = ask()

    assert reply.rows == ({"address": HOME, "valid_from": date(2019, 5, 1)},)
    assert (reply.holder, reply.register, reply.at) == ("din", "residence", NOW)
    assert (reply.ground, reply.law) == ("law", "residence-law 5")


@pytest.mark.django_db
def test_a_register_kept_elsewhere_is_silent_whatever_rows_lie_here():
    registers.family()
    here = registers.the("azerbaijan")
    elsewhere = replace(here.registers["address-register"], kept="elsewhere")

    said = []
    with registers.using(replace(here, registers={**here.registers, elsewhere.id: elsewhere})):
        for demo in (False, True):
            there = replace(settings.PENCERE, demo=demo, stand_in_address=("127.0.0.1", 9))
            with override_settings(PENCERE=there), mock.patch.object(asking, "_stand_in", StandIn()):
                with pytest.raises(Unavailable) as problem:
                    ask_place()
                assert ask().rows
            said.append((problem.value.who, problem.value.reason))

    assert said == [
        ("emdx", "kept elsewhere: no connection yet"),
        ("emdx", "no answer (ConnectionRefusedError)"),  # the demo's stand-in is away
    ]


@pytest.mark.django_db
def test_a_register_of_others_is_asked_under_an_agreement():
    registers.family()

    reply = ask_place(law=Law("another-act", "1"))

    assert reply.rows == ({"state": "valid", "now": None},)
    assert (reply.holder, reply.register) == ("emdx", "address-register")
    assert (reply.ground, reply.law) == ("law", "residence-law 5")  # the agreement's law, not the service's


@pytest.mark.django_db
def test_without_an_agreement_a_register_of_others_is_refused():
    registers.family()

    with pytest.raises(Refused) as problem:
        ask(agency="emdx")

    assert (problem.value.rule, problem.value.law) == ("no_agreement", "residence-law 5")
    assert ledger.looks_of(SEVINC) == ()


@pytest.mark.django_db
@pytest.mark.parametrize("take", [("mother",), ("address", "case"), ()])
def test_what_an_own_register_does_not_offer_is_refused(take):
    with pytest.raises(Refused, match="field_not_offered"):
        ask(take=take)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"agency": "emdx"}, "agreement_of_others"),
        ({"service": "tax-return"}, "service_not_granted"),
        ({"take": ("state", "territory")}, "field_not_granted"),
        ({"take": ()}, "field_not_granted"),
        ({"now": datetime(2025, 12, 31, 19, 59, tzinfo=UTC)}, "agreement_not_in_force"),
        ({"now": datetime(2028, 12, 31, 20, 0, tzinfo=UTC)}, "agreement_not_in_force"),
    ],
)
def test_what_the_agreement_does_not_grant_is_refused_by_its_rule(changes, rule):
    registers.family()

    assert refused(**changes) == rule


@pytest.mark.django_db
@pytest.mark.parametrize("now", [datetime(2025, 12, 31, 20, 0, tzinfo=UTC), datetime(2028, 12, 31, 19, 59, tzinfo=UTC)])
def test_an_agreement_holds_from_its_first_day_to_its_last_in_the_countrys_own_time(now):
    assert ask_place(now=now).rows == ()


@pytest.mark.django_db
def test_consent_is_asked_for_where_the_grant_rests_on_it():
    with registers.using(make.country_with({"ground": "consent"})):
        assert refused() == "no_consent"
        assert ask_place(consented=True).ground == "consent"


@pytest.mark.django_db
def test_a_grant_of_a_field_that_the_register_does_not_offer_gives_nothing():
    with registers.using(make.country_with({"fields": ("state", "secret")})):
        assert refused(take=("secret",)) == "field_not_granted"


@pytest.mark.django_db
def test_an_agreement_without_an_end_holds():
    with registers.using(make.country_with(valid_until=None)):
        assert ask_place(now=NOW + timedelta(days=9999)).rows == ()


@pytest.mark.django_db
@pytest.mark.parametrize("source", ["residence.by-colour", "din-emdx.owner", "weather.today", "residence"])
def test_a_source_that_nobody_declared_is_an_error(source):
    with pytest.raises(LookupError):
        ask(source)


# --- the budget


@pytest.mark.django_db
def test_a_grant_allows_so_many_questions_a_day():
    registers.family()
    with registers.using(make.country_with({"per_day": 3})):
        for _ in range(3):
            ask_place()

        with pytest.raises(Unavailable) as problem:
            ask_place()

        assert problem.value.who == "emdx"
        assert "3 questions a day" in problem.value.reason
        assert queries.used("din-emdx.address", date(2026, 3, 18)) == 3
        assert ask_place(now=NOW + timedelta(days=1)).rows  # the next day


@pytest.mark.django_db
def test_what_is_refused_is_not_counted():
    refused(service="tax-return")

    assert queries.used("din-emdx.address", date(2026, 3, 18)) == 0


@pytest.mark.django_db(transaction=True)
def test_a_question_that_cannot_be_counted_is_not_asked():
    holder = make.family_elsewhere()
    with connection.cursor() as cursor, make.held_by(holder):
        cursor.execute("ALTER TABLE exchange_use RENAME TO exchange_use_away")
        try:
            with pytest.raises(Unavailable):
                ask_place()
        finally:
            cursor.execute("ALTER TABLE exchange_use_away RENAME TO exchange_use")

    assert holder.asked == []


# --- the look


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS_TO_FAIL)
@pytest.mark.parametrize("elsewhere", [False, True])
def test_not_one_byte_is_handed_over_when_the_look_cannot_be_written(way, elsewhere):
    registers.family()
    said = []
    with make.held_by(make.family_elsewhere()) if elsewhere else nullcontext():
        with WAYS_TO_FAIL[way]():
            for question in (
                lambda: ask(),
                lambda: actions.person_facts(SEVINC, ("name", "territory"), **by_service()),
                lambda: actions.related("children", SEVINC, **by_service()),
            ):
                with pytest.raises(Unavailable) as problem:
                    said.append(str(question()))
                said.append(str(problem.value))
        assert ask().rows  # and works again

    assert len(said) == 3
    for secret in (HOME, "Nizami", "Sevinc", "nesimi", NIGAR, KENAN, "2019"):
        assert secret not in "".join(said)


@pytest.mark.django_db(transaction=True)
def test_a_question_inside_a_transaction_is_refused():
    registers.family()

    with pytest.raises(RuntimeError), transaction.atomic():
        ask()
    with pytest.raises(RuntimeError), transaction.atomic():
        ask_place()


@pytest.mark.django_db
def test_the_look_holds_who_asked_what_for_which_case():
    registers.family()

    ask(who="person")

    (look,) = ledger.looks_of(SEVINC)
    assert (look.kind, look.ground, look.act) == ("evidence", "law", "residence-law 5")
    assert (look.agency, look.service, look.case) == ("din", "residence-certificate", "K7QF2-9XMZT")
    assert (look.who, look.account) == ("person", "account")
    assert look.source == queries.service_id("residence.by-person") == "AZ/GOV/din/residence/by-person"


@pytest.mark.django_db
def test_an_officers_question_is_filed_as_one_from_the_desk():
    registers.family()

    reply = ask(who="officer:registry")

    (look,) = ledger.looks_of(SEVINC)
    assert (look.kind, look.ground, look.act, look.who) == ("desk", "oversight", "residence-law 5", "officer:registry")
    assert reply.ground == "oversight"


@pytest.mark.django_db
def test_nobody_is_asked_by_an_unknown_fact():
    with make.held_by(make.FakeHolder()) as holder:
        assert ask_place(by={"address": None}).rows == ()
        assert ask(by={"person": None}).rows == ()

    assert holder.asked == []


# --- their own


def account_of(identifier: str) -> str:
    return str(identity.sign_in(identifier, "Sevinc", "substantial", NOW).id)


def ask_for_oneself(**changes: object):
    own = {"agency": "", "service": "me", "case": "", "who": "person"}
    return ask(**{**own, "person": account_of(SEVINC), **changes})


@pytest.mark.django_db
def test_a_person_sees_their_own_rows():
    registers.family()

    reply = ask_for_oneself()

    assert reply.rows[0]["address"] == HOME
    (look,) = ledger.looks_of(SEVINC)
    assert (look.kind, look.ground, look.act, look.agency) == ("own", "own", "", "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"by": {"person": STRANGER}},
        {"person": ""},
        {"person": "no account"},
        {"who": "system"},
        {"who": "officer:registry"},
        {"source": "din-emdx.address", "by": {"address": HOME}, "take": ("state",)},
        {"source": "address-register.by-address", "by": {"address": HOME}, "take": ("state",)},
        {"source": "residence.household", "take": ("person",)},
        {"take": ("case",)},
    ],
)
def test_whoever_asks_for_no_agency_sees_nothing_of_others(changes):
    registers.family()

    with pytest.raises(Refused, match="not_your_own"):
        ask_for_oneself(**changes)
    assert ledger.looks_of(STRANGER) == ledger.looks_of(SEVINC) == ()


# --- persons and those beside them


@pytest.mark.django_db
def test_facts_about_a_person_come_from_the_countrys_source():
    registers.family()

    facts = actions.person_facts(SEVINC, ("name", "birth_date"), **by_service())

    assert facts == {"name": "Nümunəli Sevinc Əli qızı", "birth_date": date(1987, 4, 2)}
    (look,) = ledger.looks_of(SEVINC)
    assert (look.register, look.act, look.fields) == ("population", "cabinet-92-2005", ("name", "birth_date"))
    assert actions.person_facts("9ZZZ999", ("name",), **by_service()) is None


@pytest.mark.django_db
@pytest.mark.parametrize("take", [("mother",), ("name", "father"), ()])
def test_only_the_facts_that_the_country_lists_are_given(take):
    registers.family()

    with pytest.raises(Refused, match="field_not_granted"):
        actions.person_facts(SEVINC, take, **by_service())


@pytest.mark.django_db
def test_every_agency_may_ask_for_facts_about_persons():
    registers.family()

    assert actions.person_facts(SEVINC, ("name",), **by_service(agency="emdx"))


@pytest.mark.django_db
@pytest.mark.parametrize("parent", [SEVINC, ELCIN])
def test_children_are_found_by_either_parent(parent):
    registers.family()

    children = actions.related("children", parent, **by_service())

    assert set(children) == {NIGAR, KENAN}
    assert [look.act for look in ledger.looks_of(NIGAR)] == ["family-code 66"]
    assert actions.related("children", STRANGER, **by_service()) == ()


@pytest.mark.django_db
def test_a_parent_sees_their_own_children_and_nobody_elses():
    registers.family()
    own = by_service(agency="", who="person", person=account_of(SEVINC))

    assert set(actions.related("children", SEVINC, **own)) == {NIGAR, KENAN}
    assert actions.person_facts(SEVINC, ("name",), **own)
    with pytest.raises(Refused, match="not_your_own"):
        actions.related("children", ELCIN, **own)
    with pytest.raises(Refused, match="not_your_own"):
        actions.person_facts(NIGAR, ("name",), **own)


@pytest.mark.django_db
def test_a_parent_may_act_for_a_child_under_age_and_each_look_is_the_childs_own():
    born = {SEVINC: date(1987, 4, 2), NIGAR: date(2014, 9, 3), KENAN: date(2008, 3, 18)}
    rows = [registers.person(one, birth_date=day) for one, day in born.items()]
    registers.add("population", *({**row, "mother": SEVINC} if row["person"] != SEVINC else row for row in rows))
    account = account_of(SEVINC)

    found = actions.acted_for(SEVINC, service="access", person=account, now=NOW, grounds=("parent",))

    assert [(one.identifier, one.ground) for one in found] == [(NIGAR, "parent")]  # Kenan is eighteen today
    assert ledger.looks_of(KENAN) == ()
    assert [look.fields for look in ledger.looks_of(SEVINC)] == [("person",)]  # her own relations
    looks = ledger.looks_of(NIGAR)
    assert {(look.kind, look.ground, look.agency, look.account) for look in looks} == {("own", "own", "", account)}
    long_after = NOW + timedelta(days=40 * 366)
    assert actions.acted_for(SEVINC, service="access", person=account, now=long_after, grounds=("parent",)) == ()
    with pytest.raises(Refused, match="not_your_own"):
        actions.acted_for(ELCIN, service="access", person=account, now=NOW, grounds=("parent",))


# --- what comes back


SPOILED = {
    "another kind": lambda rows: ({**rows[0], "address": 7},),
    "a list": lambda rows: ({**rows[0], "address": [HOME]},),
    "no day": lambda rows: ({**rows[0], "valid_from": "yesterday"},),
    "a number for a day": lambda rows: ({**rows[0], "valid_from": 20190501},),
    "a python day": lambda rows: ({**rows[0], "valid_from": date(2019, 5, 1)},),
    "nothing where there must be": lambda rows: ({**rows[0], "address": None},),
    "a day unknown": lambda rows: ({**rows[0], "valid_from": None},),
    "a field too many": lambda rows: ({**rows[0], "mother": SEVINC},),
    "a field too few": lambda rows: ({"address": HOME},),
    "two rows for one": lambda rows: (*rows, *rows),
    "no row but a page": lambda rows: ("<html>",),
    "hidden signs": lambda rows: ({**rows[0], "address": "Bakı\u202e"},),
}


@pytest.mark.django_db
@pytest.mark.parametrize("how", SPOILED)
def test_what_is_not_of_the_promised_kind_is_no_answer_and_never_unknown(how):
    holder = make.family_elsewhere()
    holder.spoil = SPOILED[how]

    with make.held_by(holder), pytest.raises(Unavailable) as problem:
        ask()

    assert problem.value.who == "din"


@pytest.mark.django_db
def test_a_silent_holder_is_no_answer():
    holder = make.family_elsewhere()
    holder.silent = True

    with make.held_by(holder), pytest.raises(Unavailable):
        ask()


@pytest.mark.django_db
def test_a_holder_elsewhere_is_asked_only_for_what_is_taken():
    with make.held_by(make.family_elsewhere()) as holder:
        reply = ask(take=("address",))

    assert reply.rows == ({"address": HOME},)
    assert [question.take for question in holder.asked] == [("address",)]


@pytest.mark.django_db
def test_it_works_in_a_country_unlike_the_first():
    made = registers.the("template")
    person = made.identifiers[made.person.identifier].samples[0]
    service = by_service(agency="registry", service="home-certificate")
    with registers.using(made):
        registers.add("homes", {"person": person, "address": "Λεωφόρος Ελιάς 5", "basis": "owner"})
        registers.add(
            "addresses", {"address": "Λεωφόρος Ελιάς 5", "territory": made.territory[0].code, "state": "valid"}
        )

        home = actions.ask("homes.by-person", {"person": person}, ("address",), **service, law=Law("homes-law", "4"))
        by = {"address": home.rows[0]["address"]}
        place = actions.ask("registry-land.address", by, ("state",), **service, law=Law("homes-law", "4"))

        assert place.rows == ({"state": "valid"},)
        assert queries.service_id("registry-land.address").startswith("XE/GOV/")
        assert queries.holder("registry-land.address") == "land"
