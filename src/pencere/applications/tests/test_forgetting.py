"""What was kept long enough goes whole, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from pencere.applications import actions, forgetting, periodic
from pencere.applications.models import Case, Decision, Event, Fact, Submission
from pencere.applications.tests import make
from pencere.base import clock
from pencere.certificates import queries as certificates
from pencere.jobs import actions as jobs
from pencere.ledger import queries as ledger
from pencere.ledger.models import Leaf

pytestmark = pytest.mark.django_db
FIVE_YEARS = timedelta(days=5 * 365 + 2)
PARTS = (Case, Fact, Event, Decision, Submission)


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    with clock.standing_at(make.NOW):
        make.nation()
        yield


def left() -> list[int]:
    return [part.objects.count() for part in PARTS]  # type: ignore[attr-defined]


def leaves() -> list[dict[str, object]]:
    return [json.loads(leaf.body) for leaf in Leaf.objects.filter(kind="cases.forgotten").order_by("id")]


def test_a_closed_case_goes_whole_when_its_term_is_over_and_the_certificate_stays() -> None:
    sent = make.submitted()
    jobs.run_pending()
    paper = certificates.of_case(sent.ref)[0]
    looks = len(ledger.looks_of(make.SEVINC, limit=100))

    assert actions.forget_closed(make.NOW + timedelta(days=5 * 365)) == 0
    assert actions.forget_closed(make.NOW + FIVE_YEARS) == 1

    assert left() == [0] * len(PARTS)
    assert [each.id for each in certificates.documents_of(make.SEVINC)] == [paper.id]
    assert len(ledger.looks_of(make.SEVINC, limit=100)) == looks
    assert leaves() == [{"cases": 1, "ground": "defaults.retain.closed", "kept": "5 years"}]


def test_refused_and_withdrawn_cases_go_and_open_ones_stay() -> None:
    make.submitted(make.ULVIYYE)
    taken_back, open_case = make.submitted(make.KAMRAN), make.submitted(make.KAMRAN)
    actions.withdraw(taken_back.ref, make.KAMRAN, now=make.NOW)

    assert actions.forget_closed(make.NOW + FIVE_YEARS) == 2

    assert [case.ref for case in Case.objects.all()] == [open_case.ref]
    assert actions.forget_closed(make.NOW + 10 * FIVE_YEARS) == 0


def test_many_go_in_batches_and_the_next_round_takes_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        make.submitted(make.ULVIYYE)
    monkeypatch.setattr(forgetting, "BATCH", 1)
    monkeypatch.setattr(forgetting, "BATCHES", 2)

    assert actions.forget_closed(make.NOW + FIVE_YEARS) == 2
    assert actions.forget_closed(make.NOW + FIVE_YEARS) == 1

    assert [leaf["cases"] for leaf in leaves()] == [1, 1, 1]


def test_an_old_draft_goes_whole_and_a_young_one_stays() -> None:
    old = make.ready()
    late = make.NOW + timedelta(days=91)
    with clock.standing_at(late):
        young = make.answered(make.ILQAR, now=late)

        assert actions.forget_drafts(late) == 1

    assert [case.ref for case in Case.objects.all()] == [young]
    assert not Fact.objects.exists()
    assert not Event.objects.filter(case__ref=old).exists()
    assert leaves() == [{"cases": 1, "ground": "defaults.draft.kept", "kept": "90 calendar_days"}]


def test_a_deleted_draft_leaves_nothing_behind() -> None:
    ref = make.ready()

    actions.delete_draft(ref, make.SEVINC, now=make.NOW)

    assert left() == [0] * len(PARTS)
    assert leaves() == [{"cases": 1, "ground": "wish of the applicant"}]
    with pytest.raises(actions.NoSuchCase):
        actions.delete_draft(ref, make.SEVINC, now=make.NOW)


def test_no_leaf_of_what_was_forgotten_names_anybody() -> None:
    ref = make.ready()
    actions.delete_draft(ref, make.SEVINC, now=make.NOW)

    text = " ".join(leaf.body for leaf in Leaf.objects.filter(kind="cases.forgotten"))
    assert make.SEVINC not in text
    assert ref not in text


def test_the_worker_forgets() -> None:
    assert {what for _, what in periodic.EVERY} >= {actions.forget_drafts, actions.forget_closed}
