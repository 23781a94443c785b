"""A change of special data needs a second person; killed at any moment it is either done whole or not at all."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, transaction

from pencere.base.errors import BadInput, Refused
from pencere.ledger import queries as ledger
from pencere.ledger.models import Leaf
from pencere.registers import actions, proposing, queries
from pencere.registers.listing.tests.make import officer
from pencere.registers.models import Proposal, Row
from pencere.registers.tests import make
from pencere.registers.tests.make import ELCIN, NIGAR, NOW, SEVINC, TODAY

ONE, OTHER = "account:one", "account:other"


@pytest.fixture(autouse=True)
def _azerbaijan():
    with make.using(make.the("azerbaijan")):
        yield


def nigar() -> Row:
    make.family()
    return Row.objects.get(register="population", key=NIGAR)


def propose(seen: Row | None, change: str = "correct", row: dict[str, object] | None = None, **more: Any) -> int:
    said = {"day": TODAY, "reason": "the act says otherwise", "document": "act 17", "proposed_by": ONE, **more}
    values = {"mother": None} if row is None else row
    return actions.propose("population", change, values, seen=seen.pk if seen else None, now=NOW, **said)


def mothers() -> list[object]:
    rows = queries.answer("population", "children-of", {"parent": SEVINC}, ("person",), make.purpose(), now=NOW)
    return [row.values["person"] for row in rows]


def test_what_touches_special_data_is_a_rule():
    assert queries.special_fields("population", ("name", "mother", "father", "unknown")) == ("mother", "father")


@pytest.mark.django_db(transaction=True)
def test_a_proposal_changes_nothing_until_another_person_confirms_it():
    row = nigar()
    rows = Row.objects.count()

    number = propose(row)

    assert Row.objects.count() == rows
    assert NIGAR in mothers()
    done = actions.confirm(number, decided_by=OTHER, now=NOW)
    assert done.state == "confirmed"
    assert NIGAR not in mothers()
    fresh = Row.objects.get(pk=done.row)
    (version, _before) = queries.record(fresh.pk, officer(), now=NOW).history
    assert (version.recorded_by, version.confirmed_by) == (ONE, OTHER)
    assert (fresh.how, fresh.recorded_by, fresh.reason, fresh.document) == (
        "correct", ONE, "the act says otherwise", "act 17",
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("change", "row"),
    [("replace", {"father": None}), ("end", {}), ("correct", {"valid_from": "2020-01-01", "father": None})],
)
def test_each_kind_of_change_can_be_proposed(change, row):
    seen = nigar()

    done = actions.confirm(propose(seen, change, row), decided_by=OTHER, now=NOW)

    assert done.state == "confirmed"
    seen.refresh_from_db()
    assert seen.retired_at == NOW


@pytest.mark.django_db(transaction=True)
def test_a_new_row_can_be_proposed():
    make.family()
    person = "2NEW4QT"

    done = actions.confirm(propose(None, "add", make.person(person, mother=SEVINC)), decided_by=OTHER, now=NOW)

    assert Row.objects.get(pk=done.row).how == "add"
    assert person in mothers()


@pytest.mark.django_db(transaction=True)
def test_nobody_confirms_their_own_change():
    number = propose(nigar())

    with pytest.raises(Refused, match="same_person"):
        actions.confirm(number, decided_by=ONE, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=number).update(state="confirmed", decided_by=ONE, decided_at=NOW)
    assert NIGAR in mothers()


@pytest.mark.django_db(transaction=True)
def test_confirmed_twice_is_once():
    number = propose(nigar())

    first = actions.confirm(number, decided_by=OTHER, now=NOW)
    rows = Row.objects.count()

    assert actions.confirm(number, decided_by=OTHER, now=NOW) == first
    assert Row.objects.count() == rows


@pytest.mark.django_db(transaction=True)
def test_turned_down_it_is_never_done():
    number = propose(nigar())

    actions.turn_down(number, reason="the act is another child's", decided_by=OTHER, now=NOW)

    assert actions.turn_down(number, reason="again", decided_by=OTHER, now=NOW).state == "turned_down"
    with pytest.raises(BadInput, match="wrong_state"):
        actions.confirm(number, decided_by="account:third", now=NOW)
    assert NIGAR in mothers()


@pytest.mark.django_db(transaction=True)
def test_it_lapses_where_the_row_was_changed_meanwhile():
    row = nigar()
    number = propose(row)
    actions.correct_row("population", {"person": NIGAR}, {"name": "Nümunəli Nigar"}, on=TODAY, reason="typed wrong",
                        document="act 3", recorded_by="din", now=NOW + timedelta(hours=1))  # fmt: skip

    done = actions.confirm(number, decided_by=OTHER, now=NOW + timedelta(hours=2))

    assert (done.state, done.row) == ("lapsed", None)
    assert Proposal.objects.get(pk=number).said == "changed_meanwhile"
    assert NIGAR in mothers()


@pytest.mark.django_db(transaction=True)
def test_one_proposal_of_a_row_is_open_and_a_wrong_one_is_refused_at_once():
    row = nigar()
    propose(row)

    with pytest.raises(BadInput, match="proposed_already"):
        propose(row)
    with pytest.raises(BadInput, match=r"wrong_shape|never"):
        propose(Row.objects.get(register="population", key=SEVINC), row={"mother": "OOO"})
    with pytest.raises(BadInput, match="missing"):
        propose(row, reason=" ")
    assert Proposal.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_one_who_confirms_sees_both_and_each_person_shown_has_the_look():
    number = propose(nigar(), row={"father": None})

    (waiting,) = queries.proposals(("population",))
    seen = queries.proposal(number, officer(), now=NOW)

    assert (waiting.id, waiting.change, waiting.proposed_by) == (number, "correct", ONE)
    assert seen.before is not None and seen.before["father"] == ELCIN
    assert seen.values == {"father": None}
    (look,) = ledger.looks_of(NIGAR)
    assert look.kind == "desk"
    with pytest.raises(Refused, match="not_the_keeper"):
        queries.proposal(number, officer(agency="emdx"), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_every_step_has_its_leaf():
    number = propose(nigar())
    actions.confirm(number, decided_by=OTHER, now=NOW)

    kinds = Leaf.objects.filter(kind__startswith="register.").exclude(kind="register.added")

    assert sorted(kinds.values_list("kind", flat=True)) == [
        "register.confirmed",
        "register.corrected",
        "register.proposed",
    ]
    assert not any(NIGAR in str(body) for body in Leaf.objects.filter(kind="register.proposed").values_list("body"))


class Killed(BaseException):
    """What a process dies of: nothing that anybody catches."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["_close", "_apply", "_tell"])
def test_killed_in_the_middle_it_is_open_still_and_can_be_confirmed(place):
    number = propose(nigar())
    rows = Row.objects.count()
    whole = getattr(proposing, place)

    def dies(*arguments: object, **more: object) -> None:
        whole(*arguments, **more)
        raise Killed

    with mock.patch.object(proposing, place, dies), pytest.raises(Killed):
        actions.confirm(number, decided_by=OTHER, now=NOW)

    assert Proposal.objects.get(pk=number).state == "open"
    assert Row.objects.count() == rows
    assert actions.confirm(number, decided_by=OTHER, now=NOW).state == "confirmed"
    assert Row.objects.filter(retired_at__isnull=True, key=NIGAR, register="population").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_day_on_which_the_row_does_not_hold_is_refused():
    with pytest.raises(BadInput, match="no_such_row"):
        propose(nigar(), "end", {}, day=date(2000, 1, 1))
