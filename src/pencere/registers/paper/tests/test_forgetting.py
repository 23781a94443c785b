"""A row that came from a paper is forgotten with what the paper said of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pencere.base.errors import Unavailable
from pencere.base.terms import Term
from pencere.files.models import Keeper
from pencere.registers import actions as registers
from pencere.registers import forgetting, queries
from pencere.registers.paper import actions
from pencere.registers.paper.models import Turn
from pencere.registers.paper.tests import make
from pencere.registers.paper.tests.make import FIRST, NOW, OTHER, SECOND
from pencere.registers.tests.make import using

LATER = datetime(2040, 1, 1, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_the_typed_versions_and_the_scan_go_with_the_row():
    with using(make.with_papers(closed_kept=Term(5, "years"))):
        fond = make.fond()
        make.scanned(fond)
        make.typed(fond, FIRST)
        paper = make.typed(fond, SECOND)
        assert Keeper.objects.count() == 2  # of the paper and of the row
        registers.end_row("permits", {"number": "P-1"}, from_day=date(2026, 3, 18), recorded_by="test", now=NOW)
        forgetting._reached.clear()

        assert forgetting.forget_ended(LATER) == 1

        assert queries.register_of(paper.row_id or 0) == ""
        assert {str(turn.values) for turn in Turn.objects.all()} == {"{}"}
        assert not Keeper.objects.filter(name=f"paper:{paper.pk}").exists()
        assert not Keeper.objects.exists()
        paper.refresh_from_db()
        with pytest.raises(Unavailable):
            actions.open_scan(paper, officer=OTHER, role="archive", now=LATER)
        assert actions.tell_rest(LATER) == 0
