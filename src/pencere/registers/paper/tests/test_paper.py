"""From a scan to a row: two who know nothing of each other, a third, the register's own checks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from pencere.base.errors import BadInput
from pencere.files import queries as files
from pencere.files.models import Keeper
from pencere.ledger.models import Leaf
from pencere.registers import queries as registers
from pencere.registers.models import Row
from pencere.registers.paper import actions, queries, rules
from pencere.registers.paper.models import Fond, Paper, Turn
from pencere.registers.paper.tests import make
from pencere.registers.paper.tests.make import FIRST, OTHER, REGISTER, SECOND, THIRD
from pencere.registers.tests.make import NOW, SEVINC, looks_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _papers():
    with make.using_papers():
        yield


def leaves(kind: str) -> list[str]:
    return [body or "" for body in Leaf.objects.filter(kind=kind).values_list("body", flat=True)]


# --- scanning


def test_a_file_is_one_paper_and_the_same_file_again_is_the_same_paper():
    fond = make.fond()
    one = actions.scan(fond, make.scan_of("a"), officer=OTHER, now=NOW)
    again = actions.scan(make.fond("F-2"), make.scan_of("a"), officer=OTHER, now=NOW)

    assert (one.already, again.already) == (False, True)
    assert again.paper.pk == one.paper.pk
    assert again.paper.fond.code == "F-1"
    assert Paper.objects.count() == 1
    assert Keeper.objects.filter(name=f"paper:{one.paper.pk}").count() == 1


def test_papers_are_numbered_in_the_order_in_which_they_come():
    assert [paper.number for paper in make.scanned(make.fond(), 3)] == [1, 2, 3]


@pytest.mark.parametrize("content", [b"", b"MZ not a picture", b"<svg onload=alert(1)>"])
def test_what_is_no_picture_and_no_pdf_is_no_paper(content):
    fond = make.fond()
    with pytest.raises(BadInput):
        actions.scan(fond, content, officer=OTHER, now=NOW)
    assert Paper.objects.count() == 0
    assert Fond.objects.get().papers == 0


def test_a_closed_fond_takes_no_scan_and_gives_out_nothing():
    fond = make.fond()
    make.scanned(fond)
    assert actions.close_fond(fond, officer=THIRD, now=NOW)
    fond.refresh_from_db()

    with pytest.raises(BadInput, match="fond_closed"):
        actions.scan(fond, make.scan_of("late"), officer=OTHER, now=NOW)
    with pytest.raises(BadInput, match="fond_closed"):
        actions.hand_out(fond, actions.TYPING, officer=FIRST, role="archive", now=NOW)
    assert not actions.close_fond(fond, officer=THIRD, now=NOW)

    assert actions.reopen_fond(fond, officer=THIRD, now=NOW)
    fond.refresh_from_db()
    make.typed(fond, FIRST)


def test_two_fonds_of_a_register_have_two_codes():
    make.fond("F-1")
    with pytest.raises(BadInput, match="code_taken"):
        make.fond(" F-1 ")


# --- typing twice


def test_what_two_typed_alike_is_entered_with_its_scan():
    fond = make.fond()
    (paper,) = make.scanned(fond)

    assert make.typed(fond, FIRST).state == rules.ONCE
    done = make.typed(fond, SECOND, holder="Məmmədov  Anar ")  # the register cleans blanks itself

    row = Row.objects.get(register=REGISTER)
    assert (done.state, done.row_id) == (rules.ENTERED, row.pk)
    assert row.valid_from == date(1987, 4, 2)
    assert f'"scan":"sha256:{paper.digest}"' in row.values
    assert (row.how, row.reason) == ("add", "from archive")
    assert row.document == f"fond F-1, paper 1, sha256:{paper.digest}"
    assert Keeper.objects.filter(name=f"row:{REGISTER}:{row.pk}").exists()
    assert len(leaves("register.added")) == len(leaves("paper.entered")) == 1
    assert "fond F-1" in leaves("register.added")[0]


def test_nobody_types_a_paper_twice():
    fond = make.fond()
    make.scanned(fond)
    make.typed(fond, FIRST)

    assert actions.hand_out(fond, actions.TYPING, officer=FIRST, role="archive", now=NOW) is None


def test_the_database_refuses_a_second_turn_of_one_officer():
    (paper,) = make.scanned(make.fond())
    turn = {"paper": paper, "officer": FIRST, "role": "archive", "began_at": NOW, "until": NOW}
    Turn.objects.create(place=1, **turn)
    for place in (1, 2, 3):
        with pytest.raises(IntegrityError), transaction.atomic():
            Turn.objects.create(place=place, **turn)
    with pytest.raises(IntegrityError), transaction.atomic():
        Turn.objects.create(place=4, **{**turn, "officer": SECOND})


def test_who_asks_again_gets_the_same_paper_back():
    fond = make.fond()
    make.scanned(fond, 2)
    first = actions.hand_out(fond, actions.TYPING, officer=FIRST, role="archive", now=NOW)
    again = actions.hand_out(fond, actions.TYPING, officer=FIRST, role="archive", now=NOW + timedelta(minutes=5))

    assert first is not None and again is not None
    assert first.pk == again.pk
    assert again.until == NOW + timedelta(minutes=5) + rules.CLAIM


def test_a_paper_nobody_finished_goes_to_the_next_and_then_the_first_is_told():
    fond = make.fond()
    make.scanned(fond)
    turn = actions.hand_out(fond, actions.TYPING, officer=FIRST, role="archive", now=NOW)
    make.typed(fond, SECOND)
    late = NOW + rules.CLAIM
    assert turn is not None
    third = actions.hand_out(fond, actions.TYPING, officer=THIRD, role="archive", now=late)

    assert third is not None
    assert (third.pk, third.officer) == (turn.pk, THIRD)
    with pytest.raises(BadInput, match="not_yours"):
        actions.open_turn(turn.pk, officer=FIRST, now=late)
    with pytest.raises(BadInput, match="not_yours"):
        actions.type_in(turn.pk, make.version(), officer=FIRST, now=late)


def test_a_paper_whose_time_is_over_is_still_theirs_while_nobody_else_has_it():
    fond = make.fond()
    make.scanned(fond)
    turn = actions.hand_out(fond, actions.TYPING, officer=FIRST, role="archive", now=NOW)
    assert turn is not None

    later = NOW + timedelta(hours=5)
    assert actions.type_in(turn.pk, make.version(), officer=FIRST, now=later).state == rules.ONCE


def test_a_paper_given_back_is_there_for_others_and_for_oneself():
    fond = make.fond()
    make.scanned(fond)
    turn = actions.hand_out(fond, actions.TYPING, officer=FIRST, role="archive", now=NOW)
    assert turn is not None
    actions.give_back(turn.pk, officer=FIRST, now=NOW)

    make.typed(fond, SECOND)
    make.typed(fond, FIRST)
    assert Paper.objects.get().state == rules.ENTERED


def test_what_is_sent_twice_counts_once():
    fond = make.fond()
    make.scanned(fond)
    make.typed(fond, FIRST)
    turn = actions.hand_out(fond, actions.TYPING, officer=SECOND, role="archive", now=NOW)
    assert turn is not None
    for _ in range(3):
        actions.type_in(turn.pk, make.version(), officer=SECOND, now=NOW)

    assert Row.objects.filter(register=REGISTER).count() == 1
    assert queries.errors_of(fond)[0].compared == 1


# --- differences


def test_a_difference_goes_to_a_third_who_is_another_than_both():
    fond = make.fond()
    make.scanned(fond)
    make.typed(fond, FIRST)
    paper = make.typed(fond, SECOND, holder="Memmedov Anar")

    assert (paper.state, paper.why, paper.differed) == (rules.THIRD, rules.DIFFERS, True)
    assert registers.count(REGISTER) == 0
    for typist in (FIRST, SECOND):
        assert actions.hand_out(fond, actions.SETTLING, officer=typist, role="head", now=NOW) is None

    done = make.settled(fond)
    assert done.state == rules.ENTERED
    holder = next(count for count in queries.errors_of(fond) if count.field == "holder")
    assert (holder.compared, holder.differed, holder.settled, holder.first_wrong, holder.second_wrong) == (
        1,
        1,
        1,
        0,
        1,
    )


def test_marks_are_compared_like_values():
    fond = make.fond()
    make.scanned(fond)
    make.typed(fond, FIRST, holder="", marks={"holder": "unreadable"})
    assert make.typed(fond, SECOND, holder="").why == rules.DIFFERS


def test_an_optional_field_that_nobody_can_read_is_entered_as_unknown():
    fond = make.fond()
    make.scanned(fond)
    for officer in (FIRST, SECOND):
        paper = make.typed(fond, officer, holder="", marks={"holder": "unreadable"})
    assert paper.state == rules.ENTERED
    assert "holder" not in Row.objects.get(register=REGISTER).values


def test_a_needed_field_that_nobody_can_read_goes_to_the_third_who_puts_the_paper_aside():
    fond = make.fond()
    make.scanned(fond)
    for officer in (FIRST, SECOND):
        paper = make.typed(fond, officer, number="", marks={"number": "unreadable"})
    assert (paper.why, paper.problem) == (rules.REFUSED, {"reason": "unreadable", "field": "number"})

    turn = actions.hand_out(fond, actions.SETTLING, officer=THIRD, role="head", now=NOW)
    assert turn is not None
    with pytest.raises(BadInput, match="missing"):
        actions.put_aside(turn.pk, " ", officer=THIRD, now=NOW)
    assert actions.put_aside(turn.pk, "water damage", officer=THIRD, now=NOW).state == rules.UNREADABLE
    assert (queries.progress_of(fond).unreadable, queries.progress_of(fond).remaining) == (1, 0)


def put_aside(fond: Fond) -> Paper:
    """A paper that two read differently and a third put aside."""
    make.scanned(fond)
    make.typed(fond, FIRST)
    make.typed(fond, SECOND, holder="Other")
    turn = actions.hand_out(fond, actions.SETTLING, officer=THIRD, role="head", now=NOW)
    assert turn is not None
    return actions.put_aside(turn.pk, "burnt", officer=THIRD, now=NOW)


def test_what_was_put_aside_by_mistake_is_decided_again():
    fond = make.fond()
    paper = put_aside(fond)

    assert actions.take_up(paper.pk, officer=THIRD, now=NOW).state == rules.THIRD
    with pytest.raises(BadInput, match="over"):
        actions.take_up(paper.pk, officer=THIRD, now=NOW)

    assert len(leaves("paper.taken_up")) == 1
    assert queries.progress_of(fond).unreadable == 0
    assert make.settled(fond).state == rules.ENTERED


def test_another_third_may_decide_what_was_taken_up_again():
    fond = make.fond()
    actions.take_up(put_aside(fond).pk, officer=THIRD, now=NOW)

    assert make.settled(fond, OTHER).state == rules.ENTERED


def test_what_is_taken_up_after_its_typing_was_emptied_is_typed_anew():
    fond = make.fond()
    paper = put_aside(fond)
    actions.close_fond(fond, officer=THIRD, now=NOW)
    with pytest.raises(BadInput, match="fond_closed"):
        actions.take_up(paper.pk, officer=THIRD, now=NOW)
    actions.reopen_fond(fond, officer=THIRD, now=NOW)
    fond.refresh_from_db()

    assert actions.take_up(paper.pk, officer=THIRD, now=NOW).state == rules.SCANNED
    make.typed(fond, FIRST)
    assert make.typed(fond, SECOND).state == rules.ENTERED


def test_what_the_register_refuses_goes_to_the_third_with_the_reason_and_comes_back_until_it_is_right():
    fond = make.fond()
    make.scanned(fond, 2)
    for officer in (FIRST, SECOND):
        make.typed(fond, officer)
    for officer in (FIRST, SECOND):
        paper = make.typed(fond, officer)  # the same number for the same days
    assert (paper.state, paper.why, paper.problem["reason"]) == (rules.THIRD, rules.REFUSED, "overlaps")

    again = make.settled(fond)
    assert (again.state, again.problem["reason"]) == (rules.THIRD, "overlaps")
    assert make.settled(fond, number="P-2").state == rules.ENTERED
    assert registers.count(REGISTER) == 2


def test_the_sample_sends_agreed_papers_to_the_third_and_measures():
    with make.using_papers("50"):
        fond = make.fond()
        make.scanned(fond, 4)
        for number in range(1, 5):
            for officer in (FIRST, SECOND):
                paper = make.typed(fond, officer, number=f"P-{number}")
            assert (paper.state == rules.THIRD) == (number % 2 == 0)
        assert paper.why == rules.SAMPLE
        make.settled(fond, number="P-2")
        make.settled(fond, number="P-5")  # both had erred alike

        number = queries.errors_of(fond)[0]
        assert (number.checked, number.found_wrong, number.differed) == (2, 1, 0)


# --- taking back, closing


def test_a_paper_is_taken_back_until_it_is_entered_and_may_be_scanned_again():
    fond = make.fond()
    make.scanned(fond)
    make.typed(fond, FIRST)
    paper = Paper.objects.get()
    with pytest.raises(BadInput, match="missing"):
        actions.take_back(paper.pk, "", officer=OTHER, now=NOW)
    actions.take_back(paper.pk, "upside down", officer=OTHER, now=NOW)

    assert Turn.objects.get().values == {}
    assert not Keeper.objects.filter(name=f"paper:{paper.pk}").exists()
    assert actions.hand_out(fond, actions.TYPING, officer=SECOND, role="archive", now=NOW) is None
    again = actions.scan(fond, files.content(f"sha256:{paper.digest}"), officer=OTHER, now=NOW)
    assert not again.already

    for officer in (FIRST, SECOND):
        make.typed(fond, officer)
    with pytest.raises(BadInput, match="over"):
        actions.take_back(again.paper.pk, "too late", officer=OTHER, now=NOW)


def test_who_has_a_paper_open_that_is_taken_back_is_told():
    fond = make.fond()
    (paper,) = make.scanned(fond)
    turn = actions.hand_out(fond, actions.TYPING, officer=FIRST, role="archive", now=NOW)
    assert turn is not None
    actions.take_back(paper.pk, "twice", officer=OTHER, now=NOW)
    with pytest.raises(BadInput, match="not_yours"):
        actions.open_turn(turn.pk, officer=FIRST, now=NOW)


def test_what_was_typed_of_finished_papers_is_emptied_when_the_fond_is_closed():
    fond = make.fond()
    make.scanned(fond, 2)
    for officer in (FIRST, SECOND):
        make.typed(fond, officer)
    make.typed(fond, FIRST, number="P-9")
    actions.close_fond(fond, officer=THIRD, now=NOW)

    kept = {turn.paper.number: turn.values for turn in Turn.objects.select_related("paper")}
    assert kept[1] == {}
    assert kept[2]["number"] == "P-9"


# --- looks


def test_every_opened_scan_is_a_leaf_and_after_entry_a_look_at_the_person():
    fond = make.fond()
    (paper,) = make.scanned(fond)
    content = actions.open_scan(paper, officer=FIRST, role="archive", now=NOW)

    assert content == files.content(f"sha256:{paper.digest}")
    assert FIRST in leaves("paper.scan_opened")[0]
    assert looks_of(SEVINC) == 0

    for officer in (FIRST, SECOND):
        paper = make.typed(fond, officer)
    assert looks_of(SEVINC) == 2  # those who typed have seen it
    actions.open_scan(paper, officer=OTHER, role="archive", now=NOW)
    assert looks_of(SEVINC) == 3
    assert len(leaves("paper.scan_opened")) == 2


def test_looks_that_could_not_be_told_at_once_are_told_by_the_worker(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(actions, "_tell", lambda paper, now: None)
    fond = make.fond()
    make.scanned(fond)
    for officer in (FIRST, SECOND):
        make.typed(fond, officer)
    assert looks_of(SEVINC) == 0

    assert actions.tell_rest(NOW) == 1
    assert looks_of(SEVINC) == 2
    assert actions.tell_rest(NOW) == 0


# --- what is known of it


def test_progress_counts_every_paper_where_it_stands():
    fond = make.fond(expected=10)
    make.scanned(fond, 4)
    for officer in (FIRST, SECOND):
        make.typed(fond, officer, number="P-1")
    make.typed(fond, FIRST, number="P-2")
    make.typed(fond, SECOND, number="P-3")
    make.typed(fond, FIRST, number="P-4")
    found = queries.progress_of(fond)

    assert (found.expected, found.scanned, found.once, found.twice) == (10, 4, 3, 2)
    assert (found.third, found.entered, found.differed, found.settled) == (1, 1, 1, 0)
    assert (found.total, found.finished, found.remaining) == (10, 1, 9)
    assert queries.fonds_of([REGISTER])[0][1].entered == 1
    assert queries.waiting_for(fond, FIRST) == (1, 0)
    assert queries.waiting_for(fond, SECOND) == (2, 0)
    assert queries.waiting_for(fond, THIRD) == (2, 1)


def test_the_backlog_is_what_is_believed_to_be_on_paper_and_what_of_it_was_entered():
    assert registers.backlog(REGISTER) == (0, 0)
    fond, other = make.fond(expected=10), make.fond("F-2")
    make.scanned(fond, 1)
    make.scanned(other, 2)
    for officer in (FIRST, SECOND):
        make.typed(fond, officer)

    assert registers.backlog(REGISTER) == (12, 1)


def test_days_and_pace_follow_the_calendar():
    monday = NOW - timedelta(days=16)  # 2 March 2026
    fond = make.fond(expected=100, now=monday)
    make.scanned(fond, 4, now=monday)
    for number in range(1, 4):
        for officer in (FIRST, SECOND):
            make.typed(fond, officer, now=monday + timedelta(days=number), number=f"P-{number}")

    assert [(day.scanned, day.entered) for day in queries.days_of(fond)] == [(4, 0), (0, 1), (0, 1), (0, 1)]
    speed = queries.speed_of(fond, queries.progress_of(fond), NOW)
    assert speed.pace is not None
    assert speed.pace.by_day[:4] == (0, 1, 1, 1)
    assert speed.forecast is None  # three papers are too few


def test_what_each_officer_did_stands_in_no_order_of_merit():
    fond = make.fond()
    make.scanned(fond, 2)
    for officer in (FIRST, SECOND):
        make.typed(fond, officer)
    make.typed(fond, SECOND, number="P-2")
    assert sorted(each.typed for each in queries.officers_of(fond)) == [1, 2]
