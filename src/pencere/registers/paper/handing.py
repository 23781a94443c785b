"""Papers are given out: each to two officers for typing and to a third where that is needed, never twice at once.

The paper's row is locked while a turn at it is given, and the database refuses a second turn of one officer at it. A
turn that nobody finished goes to the next who asks, once its time is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from pencere.base.errors import BadInput
from pencere.registers.paper import rules
from pencere.registers.paper.models import Fond, Paper, Turn

TYPING, SETTLING = (1, 2), (3,)
_AT_ONCE, _ROUNDS = 20, 50


def hand_out(fond: Fond, places: tuple[int, ...], *, officer: str, role: str, now: datetime) -> Turn | None:
    """The officer's open turn in this fond, or a new one; None if no paper of it waits for them. Raises BadInput."""
    if fond.closed_at is not None:
        raise BadInput("fond_closed")
    states = rules.TO_TYPE if places == TYPING else (rules.THIRD,)
    mine = Turn.objects.filter(
        officer=officer, done_at__isnull=True, place__in=places, paper__fond=fond, paper__state__in=states
    ).order_by("id")
    for turn in mine:
        if _hold(turn, officer, now):
            return turn
    for state in reversed(states):  # what somebody typed already comes first, so that papers get finished
        for paper in _candidates(fond, state, places, officer, now):
            if found := _give(paper, states, places, officer=officer, role=role, now=now):
                return found
    return None


def open_turn(turn_id: int, *, officer: str, now: datetime) -> Turn:
    """The officer's own turn, which is theirs for another while. Raises BadInput "not_yours", "over"."""
    turn = Turn.objects.select_related("paper__fond").filter(pk=turn_id, officer=officer).first()
    if turn is None:
        raise BadInput("not_yours")
    if turn.done_at is not None or turn.paper.state not in rules.OPEN:
        raise BadInput("over")
    if not _hold(turn, officer, now):
        raise BadInput("not_yours")
    return turn


def give_back(turn_id: int, *, officer: str, now: datetime) -> Paper:
    """Another may have it at once. Raises BadInput "not_yours"."""
    with transaction.atomic():
        turn = Turn.objects.select_related("paper").filter(pk=turn_id, officer=officer).first()
        if turn is None:
            raise BadInput("not_yours")
        locked(turn.paper_id)
        open_turns = Turn.objects.filter(pk=turn_id, officer=officer, done_at__isnull=True)
        if turn.place in SETTLING:
            open_turns.update(until=now)  # what a third wrote before the register refused it stays
        else:
            open_turns.delete()
        return turn.paper


def locked(paper_id: int) -> Paper:
    """The paper, ours until the transaction ends."""
    return Paper.objects.select_for_update(no_key=True).get(pk=paper_id)


def _hold(turn: Turn, officer: str, now: datetime) -> bool:
    """Whether it is still theirs; then for another while."""
    turn.until = now + rules.CLAIM
    own = Turn.objects.filter(pk=turn.pk, officer=officer, done_at__isnull=True)
    return bool(own.update(until=turn.until))


def _candidates(fond: Fond, state: str, places: tuple[int, ...], officer: str, now: datetime) -> Iterator[Paper]:
    """Papers with a free place at which the officer has no turn, in order; asked for anew while others take them."""
    for _ in range(_ROUNDS):
        some = list(_waiting(fond, state, places, officer, now)[:_AT_ONCE])
        yield from some
        if len(some) < _AT_ONCE:
            return


def _waiting(fond: Fond, state: str, places: tuple[int, ...], officer: str, now: datetime) -> QuerySet[Paper]:
    turns = Turn.objects.filter(paper=OuterRef("pk"))
    held = turns.filter(Q(done_at__isnull=False) | Q(until__gt=now))
    full = Q(*(Exists(held.filter(place=place)) for place in places))
    papers = Paper.objects.filter(~Exists(turns.filter(officer=officer)), ~full, fond=fond, state=state)
    return papers.order_by("number")


def _give(
    paper: Paper, states: tuple[str, ...], places: tuple[int, ...], *, officer: str, role: str, now: datetime
) -> Turn | None:
    try:
        with transaction.atomic():
            if locked(paper.pk).state not in states:
                return None
            if Turn.objects.filter(paper=paper, officer=officer).exists():
                return None
            held = {turn.place: turn for turn in Turn.objects.filter(paper=paper, place__in=places)}
            for place in places:
                turn = held.get(place)
                if turn is None:
                    return Turn.objects.create(
                        paper=paper, place=place, officer=officer, role=role, began_at=now, until=now + rules.CLAIM
                    )
                if turn.done_at is None and turn.until <= now:
                    turn.officer, turn.role, turn.began_at, turn.until = officer, role, now, now + rules.CLAIM
                    turn.save(update_fields=["officer", "role", "began_at", "until"])
                    return turn
    except IntegrityError:  # the same officer, in another window
        return None
    return None
