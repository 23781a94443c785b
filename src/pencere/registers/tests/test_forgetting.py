"""What ended long enough ago is forgotten whole, what is needed still stays, and nothing is forgotten by half."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.db import connection, transaction

from pencere.base.errors import BadInput
from pencere.base.terms import Term
from pencere.country.declarations import Accept, Country, Field, RegisterEvent
from pencere.files import actions as files
from pencere.files.models import Keeper
from pencere.ledger.models import Leaf
from pencere.registers import actions, forgetting, indexing, queries
from pencere.registers.listing.tests.make import officer
from pencere.registers.models import Event, Proposal, Row, RowKey, TakenChange
from pencere.registers.queries import Asked
from pencere.registers.tests import make
from pencere.registers.tests.make import HERE, NOW, SEVINC

TERM = Term(5, "years")
LATER = datetime(2040, 1, 1, tzinfo=UTC)
NO = make.field("no", "text", pattern=r"W-\d{4}", search="exact")
NAME = make.field("name", "text", search="words", required=False)
PAPER = make.field("paper", "file", required=False)
PERSON = make.field("person", "person", personal="ordinary", search="exact")
SINCE = make.field("since", "ref", of="permits", required=False)


def wells(*more: Field, kept: Term | None = TERM) -> Country:
    """The register `permits`, whose rows name their owners, and are forgotten five years after they ended."""
    made = make.with_register(NO, NAME, PERSON, PAPER, SINCE, *more, key=("no",))
    permits = replace(
        made.registers["permits"],
        closed_kept=kept,
        events={"ended": RegisterEvent("ended", "end", None, ("no", "person"), None, None, HERE)},
        accepts={"give-back": Accept("give-back", "end", ("no",), ("no",), HERE)},
    )
    return replace(made, registers={"permits": permits})


@pytest.fixture(autouse=True)
def _wells():
    forgetting._reached.clear()
    with make.using(wells()):
        yield


def dig(no: str, *, until: date | None = None, now: datetime = NOW, **more: object) -> int:
    row = {"no": no, "name": f"quyu {no}", "person": SEVINC, **more}
    days = {"valid_until": until} if until else {}
    made = actions.add_row(
        "permits", {**row, **days}, valid_from=date(2019, 5, 1), recorded_by="test", document="No 1", now=now
    )
    assert made.row_id is not None
    return made.row_id


def walked(now: datetime = LATER) -> int:
    forgetting._reached.clear()
    return forgetting.forget_ended(now)


def everything() -> tuple[object, ...]:
    """All that is kept, as it is kept."""
    return (
        list(Row.objects.order_by("pk").values_list()),
        set(RowKey.objects.values_list("row", "field", "value")),
        list(Event.objects.order_by("pk").values_list()),
        list(TakenChange.objects.order_by("pk").values_list()),
        set(Keeper.objects.values_list("name", "file")),
        Leaf.objects.count(),
    )


@pytest.mark.django_db(transaction=True)
def test_what_ended_long_enough_ago_is_gone_with_all_that_was_ever_said_of_it():
    first = dig("W-0001")
    dig("W-0002")
    actions.correct_row(
        "permits", {"no": "W-0001"}, {"name": "Şirin quyu"}, on=date(2020, 1, 1), reason="wrong name",
        document="letter 7", recorded_by="test", now=NOW,
    )  # fmt: skip
    actions.end_row("permits", {"no": "W-0001"}, from_day=date(2026, 4, 1), recorded_by="test", now=NOW)

    assert walked() == 1

    others = Row.objects.filter(register="permits", key="w-0002").values("pk")
    assert RowKey.objects.filter(row__in=others).exists()
    assert not RowKey.objects.exclude(row__in=others).exists()
    assert not RowKey.objects.filter(value__icontains="sirin").exists()
    assert "0001" not in json.dumps(list(Row.objects.values()), default=str)
    assert "irin" not in json.dumps(list(Row.objects.values()), default=str, ensure_ascii=False)
    assert queries.register_of(first) == ""
    page = queries.page("permits", Asked(), officer(), now=LATER)
    assert [line.values["no"] for line in page.rows] == ["W-0002"]
    early = queries.page("permits", Asked(on=date(2020, 1, 1), known_at=NOW + timedelta(days=1)), officer(), now=LATER)
    assert [line.values["no"] for line in early.rows] == ["W-0002"]


@pytest.mark.django_db(transaction=True)
def test_the_leaf_says_how_many_of_which_register_on_which_day_and_names_none():
    dig("W-0001", until=date(2026, 3, 31))
    dig("W-0002", until=date(2026, 3, 31))
    with mock.patch.object(forgetting.ledger, "record", wraps=forgetting.ledger.record) as recorded:
        walked()

    (kind, body) = recorded.call_args.args
    assert kind == "register.forgotten"
    assert body == {"day": "2040-01-01", "kept": "5 years", "records": 2, "register": "permits", "rows": 2}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("today", "gone"),
    [
        (datetime(2031, 3, 31, 19, 59, tzinfo=UTC), 0),  # the last moment of the last day in Bakı
        (datetime(2031, 3, 31, 20, 0, tzinfo=UTC), 1),  # the first of the next
    ],
)
def test_the_term_is_counted_in_the_time_of_the_country(today, gone):
    dig("W-0001", until=date(2026, 3, 31))

    assert walked(today) == gone


@pytest.mark.django_db(transaction=True)
def test_what_came_into_the_register_after_it_had_ended_is_kept_from_then_on():
    dig("W-0001", until=date(2020, 1, 1))

    assert walked(NOW + timedelta(days=5 * 365)) == 0
    assert walked(NOW + timedelta(days=5 * 366)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_past_of_a_record_that_goes_on_stays_with_it():
    dig("W-0001")
    actions.replace_row("permits", {"no": "W-0001"}, {"name": "yeni"}, from_day=date(2026, 4, 1), recorded_by="test",
                        now=NOW)  # fmt: skip

    assert walked() == 0
    assert Row.objects.exclude(values="").count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_record_that_a_standing_row_refers_to_stays_and_two_that_are_over_go_together():
    dig("W-0001", until=date(2026, 3, 31))
    later = dig("W-0002", since="W-0001")

    assert walked() == 0

    actions.end_row("permits", {"no": "W-0002"}, from_day=date(2026, 4, 1), recorded_by="test", now=NOW)
    assert walked() == 2
    assert queries.register_of(later) == ""


@pytest.mark.django_db(transaction=True)
def test_nothing_goes_while_a_proposal_for_it_is_open_and_a_decided_one_goes_with_it():
    row = dig("W-0001", until=date(2026, 3, 31))
    number = actions.propose(
        "permits", "correct", {"name": "Şirin"}, seen=row, day=date(2026, 3, 1), reason="r", document="d",
        proposed_by="account:1", now=NOW,
    )  # fmt: skip
    assert walked() == 0

    actions.turn_down(number, reason="no", decided_by="account:2", now=NOW)

    assert walked() == 1
    assert not Proposal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_file_goes_with_the_last_record_that_names_it():
    kept = files.keep(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer <<>>\n%%EOF\n", now=NOW)
    dig("W-0001", until=date(2026, 3, 31), paper=kept.reference)
    dig("W-0002", paper=kept.reference)

    walked()
    assert Keeper.objects.count() == 1

    actions.end_row("permits", {"no": "W-0002"}, from_day=date(2026, 4, 1), recorded_by="test", now=NOW)
    assert walked() == 1
    assert not Keeper.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_told_is_told_no_more_and_no_number_is_given_twice():
    for no in ("W-0001", "W-0002"):
        dig(no)
        actions.end_row("permits", {"no": no}, from_day=date(2026, 4, 1), recorded_by="test", now=NOW)
    told = queries.events("permits", "ended", 0, 10, purpose=make.purpose(), now=NOW)
    assert walked() == 2

    assert queries.events("permits", "ended", 0, 10, purpose=make.purpose(), now=LATER) == ()
    dig("W-0003", now=LATER)
    actions.end_row("permits", {"no": "W-0003"}, from_day=date(2040, 2, 1), recorded_by="test", now=LATER)
    fresh = queries.events("permits", "ended", told[-1].cursor, 10, purpose=make.purpose(), now=LATER)
    assert [each.cursor for each in fresh] == [told[-1].cursor + 1]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_was_taken_is_still_done_once():
    dig("W-0001")
    sent = {"key": "case-1/3", "valid_from": date(2026, 4, 1), "recorded_by": "test"}
    actions.accept("permits", "give-back", {"no": "W-0001"}, **sent, now=NOW)
    assert walked() == 1

    again = actions.accept("permits", "give-back", {"no": "W-0001"}, **sent, now=LATER)

    assert again.values == {}
    assert TakenChange.objects.get().values == "{}"


@pytest.mark.django_db(transaction=True)
def test_a_row_that_the_declaration_cannot_read_is_found_by_nothing_either():
    dig("W-0001", until=date(2026, 3, 31))
    Row.objects.update(values='{"no":"W-0001","person":5}')

    assert walked() == 1
    assert not RowKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_while_the_index_is_made_and_without_a_term_nothing_goes():
    dig("W-0001", until=date(2026, 3, 31))
    indexing.order("permits", NOW)
    assert walked() == 0
    indexing.make("permits")

    with make.using(wells(kept=None)):
        assert walked() == 0
    assert walked() == 1


@pytest.mark.django_db(transaction=True)
def test_a_walk_is_done_once_a_day_and_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    for number in range(5):
        dig(f"W-{number:04}", until=date(2026, 3, 31))

    assert walked() == 5
    dig("W-0009", until=date(2026, 3, 31))
    assert forgetting.forget_ended(LATER) == 0
    assert forgetting.forget_ended(LATER + timedelta(days=1)) == 1


class _Killed(BaseException):
    """The process is no more."""


def _killing(at: int) -> Callable[..., object]:
    done = [0]

    def wrapped(execute, sql, params, many, context):
        done[0] += 1
        if done[0] > at:
            raise _Killed
        return execute(sql, params, many, context)

    return wrapped


@pytest.mark.django_db(transaction=True)
def test_cut_off_after_any_statement_a_record_is_there_whole_or_not_at_all():
    kept = files.keep(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer <<>>\n%%EOF\n", now=NOW)
    dig("W-0001", paper=kept.reference)
    actions.end_row("permits", {"no": "W-0001"}, from_day=date(2026, 4, 1), recorded_by="test", now=NOW)
    before, cuts = everything(), 0
    while True:
        forgetting._reached.clear()
        try:
            with connection.execute_wrapper(_killing(cuts)):
                forgetting.forget_ended(LATER)
        except _Killed:
            assert everything() == before
            cuts += 1
            continue
        break

    assert cuts > 10
    assert not RowKey.objects.exists() and not Keeper.objects.exists()
    assert set(Row.objects.values_list("register", "values")) == {("", "")}


# --- while others write


def in_another_thread(work: Callable[[], None]) -> threading.Thread:
    """With a connection of its own."""

    def one() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=one)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_what_somebody_is_just_writing_a_reference_to_stays():
    dig("W-0001", until=date(2026, 3, 31))
    written, done = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            dig("W-0002", since="W-0001")
            written.set()
            done.wait(2)

    writer = in_another_thread(write)
    assert written.wait(10)
    gone = walked()  # SQLite: waits for the writer
    done.set()
    writer.join()

    assert (gone, walked()) == (0, 0)
    assert Row.objects.filter(register="permits", key="w-0001").exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_just_being_forgotten_is_referred_to_by_nobody(monkeypatch: pytest.MonkeyPatch):
    dig("W-0001", until=date(2026, 3, 31))
    forgetting_now, tried = threading.Event(), threading.Event()
    refused: list[str] = []
    blank = forgetting._blank

    def slowly(*given: object) -> None:
        blank(*given)  # type: ignore[arg-type]
        forgetting_now.set()
        tried.wait(0.5)

    def write() -> None:
        assert forgetting_now.wait(10)
        try:
            dig("W-0002", since="W-0001")
        except BadInput as bad:
            refused.append(bad.reason)
        tried.set()

    monkeypatch.setattr(forgetting, "_blank", slowly)
    writer = in_another_thread(write)
    assert walked() == 1
    writer.join()

    assert refused == ["unknown_row"]
    assert not RowKey.objects.filter(value="w-0001").exists()


@pytest.mark.django_db(transaction=True)
def test_a_reference_is_to_a_row_that_is_there_and_an_old_one_may_stay_as_it_was():
    with pytest.raises(BadInput, match="unknown_row"):
        dig("W-0002", since="W-0001")
    with make.using(wells(kept=None)):  # nothing was forgotten then, and nobody looked
        dig("W-0002", since="W-0001")

    key, who = {"no": "W-0002"}, {"from_day": date(2026, 4, 1), "recorded_by": "test", "now": NOW}
    actions.replace_row("permits", key, {"name": "yeni"}, **who)
    with pytest.raises(BadInput, match="unknown_row"):
        actions.replace_row("permits", key, {"since": "W-0009"}, **who)
    many = [{"no": "W-0004", "person": SEVINC}, {"no": "W-0005", "person": SEVINC, "since": "W-0004"}]
    assert actions.add_rows("permits", many, valid_from=date(2019, 5, 1), recorded_by="test", now=NOW) == 2
    many = [{"no": "W-0006", "person": SEVINC}, {"no": "W-0007", "person": SEVINC, "since": "W-0008"}]
    with pytest.raises(BadInput) as bad:
        actions.add_rows("permits", many, valid_from=date(2019, 5, 1), recorded_by="test", now=NOW)
    assert (bad.value.reason, bad.value.details["row"]) == ("unknown_row", 2)
