"""Many officers at once, and processes that are killed: no paper is given out twice, lost or entered twice."""

from __future__ import annotations

import random
import uuid
from collections import Counter

import pytest
from django.db import connection

from pencere.registers import queries as registers
from pencere.registers.importing.tests.test_kills import killed_after
from pencere.registers.models import Row
from pencere.registers.paper import actions, rules
from pencere.registers.paper.models import Fond, Paper, Turn
from pencere.registers.paper.tests import make
from pencere.registers.paper.tests.make import NOW, REGISTER
from pencere.registers.tests.test_places import together

pytestmark = pytest.mark.django_db(transaction=True)
OFFICERS = [str(uuid.UUID(int=number)) for number in range(1, 9)]


@pytest.fixture(autouse=True)
def _papers():
    with make.using_papers("20"):
        yield


def type_all(fond: Fond, officer: str, slips: random.Random | None = None) -> int:
    """Types whatever is given out until nothing is; gives how many."""
    done = 0
    while (turn := actions.hand_out(fond, actions.TYPING, officer=officer, role="archive", now=NOW)) is not None:
        number = f"P-{turn.paper.number}"
        holder = "Anar" if slips is None or slips.random() > 0.2 else f"Anar{officer[-1]}"
        actions.type_in(turn.pk, make.version(number=number, holder=holder), officer=officer, now=NOW)
        done += 1
    return done


def settle_all(fond: Fond, officer: str) -> None:
    while (turn := actions.hand_out(fond, actions.SETTLING, officer=officer, role="head", now=NOW)) is not None:
        word = make.version(number=f"P-{turn.paper.number}", holder="Anar")
        actions.settle(turn.pk, word, officer=officer, now=NOW)


def demand_sound(fond: Fond, papers: int) -> None:
    """Every paper once in the register, typed by two and settled by no one of them."""
    assert Counter(Paper.objects.filter(fond=fond).values_list("state", flat=True)) == {rules.ENTERED: papers}
    rows = Row.objects.filter(register=REGISTER, retired_at__isnull=True)
    assert sorted(rows.values_list("key", flat=True)) == sorted(f"p-{number}" for number in range(1, papers + 1))
    for paper in Paper.objects.filter(fond=fond):
        turns = list(Turn.objects.filter(paper=paper, done_at__isnull=False))
        assert {1, 2} <= {turn.place for turn in turns}
        assert len({turn.officer for turn in turns}) == len(turns)


def test_eight_officers_at_once_type_and_settle_every_paper_once():
    fond = make.fond()
    make.scanned(fond, 40)
    typed: Counter[str] = Counter()

    def work(writer: int) -> None:
        officer = OFFICERS[writer]
        typed[officer] += type_all(fond, officer, random.Random(writer))
        settle_all(fond, officer)

    together(work)
    for officer in OFFICERS:  # a third who came before the last difference looks again
        settle_all(fond, officer)

    assert sum(typed.values()) == 80
    demand_sound(fond, 40)


def test_eight_who_ask_for_the_last_paper_get_it_for_two_places():
    fond = make.fond()
    make.scanned(fond)
    given: list[int] = []

    def work(writer: int) -> None:
        turn = actions.hand_out(fond, actions.TYPING, officer=OFFICERS[writer], role="archive", now=NOW)
        if turn is not None:
            given.append(turn.place)

    together(work)
    assert sorted(given) == [1, 2]


def test_the_same_scan_sent_by_eight_at_once_is_one_paper():
    fond = make.fond()
    papers: list[int] = []

    def work(writer: int) -> None:
        papers.append(actions.scan(fond, make.scan_of("the same"), officer=OFFICERS[writer], now=NOW).paper.pk)

    together(work)
    assert len(papers) == 8
    assert len(set(papers)) == Paper.objects.count() == 1
    assert Fond.objects.get().papers == 1


@pytest.mark.faults
def test_officers_whose_processes_are_killed_lose_nothing_and_enter_nothing_twice():
    """Killed at random moments in the middle of scanning, typing and settling; the last run ends it in peace."""
    chance = random.Random(20261126)
    fond = make.fond()
    papers = 24

    def work(seed: int) -> None:
        for number in range(papers):
            actions.scan(fond, make.scan_of(f"kill {number}"), officer=OFFICERS[0], now=NOW)
        for officer in OFFICERS[1:3]:
            type_all(fond, officer, random.Random(f"{seed}{officer}"))
        settle_all(fond, OFFICERS[3])

    kills = 0
    for attempt in range(40):
        kills += killed_after(chance.uniform(0.03, 0.25), lambda seed=attempt: work(seed))
        states = Counter(Paper.objects.values_list("state", flat=True))
        assert registers.count(REGISTER) == states[rules.ENTERED]
        assert Paper.objects.filter(row__isnull=False).values("row").distinct().count() == states[rules.ENTERED]
        if states[rules.ENTERED] == papers:
            break
    work(0)

    assert kills >= 3
    demand_sound(fond, papers)
    actions.tell_rest(NOW)
    assert not Paper.objects.filter(told_at__isnull=True).exists()
    connection.close()
