"""The right to act for another, as a register proved it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from pencere.base import clock
from pencere.base.errors import BadInput
from pencere.identity import actions, queries
from pencere.identity.tests import make

pytestmark = pytest.mark.django_db

CHILD = "3NGR7BV"


def test_a_proven_mandate_holds_until_it_ends() -> None:
    now = clock.now()
    actions.record_mandate(make.SEVINC, CHILD, "parent", "population.children-of", now, now + timedelta(days=1))

    (mandate,) = queries.may_act_for(make.SEVINC, now)

    assert (mandate.principal, mandate.ground, mandate.proven_by) == (CHILD, "parent", "population.children-of")
    assert queries.may_act_for(make.SEVINC, now + timedelta(days=1)) == ()
    assert queries.may_act_for(make.SEVINC, now - timedelta(seconds=1)) == ()
    assert queries.may_act_for(CHILD, now) == ()


def test_a_new_proof_takes_the_place_of_the_old() -> None:
    now = clock.now()
    for hours in (0, 1):
        actions.record_mandate(
            make.SEVINC, CHILD, "parent", "population.children-of", now + timedelta(hours=hours), None
        )

    (mandate,) = queries.may_act_for(make.SEVINC, now + timedelta(hours=2))

    assert mandate.proven_at == now + timedelta(hours=1)


def test_a_mandate_that_is_no_longer_proven_ends() -> None:
    now = clock.now()
    actions.record_mandate(make.SEVINC, CHILD, "parent", "population.children-of", now, None)

    assert actions.end_mandate(make.SEVINC, CHILD, "parent", now + timedelta(hours=1))
    assert not actions.end_mandate(make.SEVINC, CHILD, "parent", now + timedelta(hours=1))
    assert queries.may_act_for(make.SEVINC, now + timedelta(hours=1)) == ()


def test_a_ground_that_the_country_does_not_declare_is_refused() -> None:
    with pytest.raises(BadInput, match="unknown_ground"):
        actions.record_mandate(make.SEVINC, CHILD, "neighbour", "x", clock.now(), None)


def test_nobody_is_given_a_mandate_for_himself() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.record_mandate(make.SEVINC, make.SEVINC, "parent", "x", clock.now(), None)
