"""What officers find: blind panels, the paper archive, a paper for a silent holder; what a holder does not take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pencere.applications import actions, holders, panels, queries
from pencere.applications.actions import NoSuchCase
from pencere.applications.tests import make, office
from pencere.base.errors import Refused, Unavailable
from pencere.country.declarations import Field, Panel
from pencere.exchange import actions as exchange
from pencere.exchange.asking import holder_of
from pencere.ledger.models import Leaf
from pencere.payments.tests.fake import FakeProvider
from pencere.registers import actions as registers
from pencere.registers.models import Row

NOW = make.NOW
EXPERTS = (make.NARGIZ, make.KAMRAN, make.ULVIYYE, make.ILQAR)


@pytest.fixture(autouse=True)
def fake(at_office: FakeProvider) -> FakeProvider:
    return at_office


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the holder of one register silent; "" lets all speak again."""

    def make_silent(register: str) -> None:
        def ask(name: str) -> object:
            if name == register:
                raise Unavailable("din", "no answer")
            return holder_of(name)

        monkeypatch.setattr(exchange, "holder_of", ask)

    return make_silent


# ---- panels


def applied(experts: int = 3) -> str:
    for fin in EXPERTS[:experts]:
        office.officer(fin, office.EXPERTS)
    office.rows("t-rounds", {"round_no": "2026", "awards": 1})
    ref = office.submitted("t-award", make.SEVINC, {"essay": {"text": "My essay", "average": 60}}).ref
    office.run()
    return ref


def judge(ref: str, *points: str) -> None:
    for seat, each in zip(office.open_tasks(ref, "expert"), points, strict=False):
        found = {"points": each, "reasons": f"worth {each}"}
        actions.find(seat.pk, office.EXPERTS, seat.person, "", found, now=NOW)
    office.run()


def test_a_panel_is_drawn_from_the_role_and_neither_side_learns_who_the_other_is() -> None:
    ref = applied()
    seats = office.open_tasks(ref, "expert")
    assert len({seat.person for seat in seats} & set(EXPERTS[:3])) == 2
    assert office.state(ref) == ("working", "", "")

    page = actions.open_task(seats[0].pk, office.EXPERTS, seats[0].person, "", now=NOW)
    assert [name for name, _ in page.shown] == ["essay.text", "essay.average"]
    assert not page.rows
    with pytest.raises(NoSuchCase):
        actions.open_task(seats[0].pk, office.EXPERTS, seats[1].person, "", now=NOW)
    with pytest.raises(NoSuchCase):
        actions.find(seats[0].pk, office.EXPERTS, seats[1].person, "", {"points": "1"}, now=NOW)
    listed = queries.desk_tasks([office.EXPERTS], seats[1].person)
    assert [task.id for task in listed] == [seats[1].pk]
    assert not queries.desk_tasks([office.EXPERTS], make.ELCIN)
    for event in office.case(ref).events.all():
        assert not {seat.person for seat in seats} & set(str(event.body).split("'"))


def test_findings_are_joined_when_all_have_judged() -> None:
    ref = applied()
    judge(ref, "10")
    assert not office.case(ref).facts.filter(name="review.points").exists()
    judge(ref, "21")

    facts = {fact.name: fact.value for fact in office.case(ref).facts.filter(name__startswith="review.")}
    assert facts["review.points"] == "15.5"
    assert sorted(facts["review.reasons"].split("\n\n")) == ["worth 10", "worth 21"]


def test_nobody_judges_from_where_the_case_comes_or_their_own() -> None:
    registers.replace_row(
        "population", {"person": make.SEVINC}, {"territory": "nesimi"}, from_day=NOW.date(), recorded_by="t", now=NOW
    )
    registers.replace_row(
        "population", {"person": make.NARGIZ}, {"territory": "nesimi"}, from_day=NOW.date(), recorded_by="t", now=NOW
    )
    office.officer(make.SEVINC, office.EXPERTS)
    ref = applied()

    assert {seat.person for seat in office.open_tasks(ref, "expert")} == {make.KAMRAN, make.ULVIYYE}


def test_a_silent_expert_is_replaced_by_another() -> None:
    ref = applied()
    first = {seat.person for seat in office.open_tasks(ref, "expert")}
    judge(ref, "10")

    actions.lapse_overdue(NOW + timedelta(days=60))
    office.run(NOW + timedelta(days=60))

    (seat,) = office.open_tasks(ref, "expert")
    assert seat.person in set(EXPERTS[:3]) - first
    judge(ref, "20")
    assert office.case(ref).facts.get(name="review.points").value == "15"


def test_a_panel_without_enough_experts_waits_for_them() -> None:
    ref = applied(experts=1)
    assert len(office.open_tasks(ref, "expert")) == 1

    office.officer(make.ILQAR, office.EXPERTS)
    office.run(NOW + timedelta(hours=1))

    assert len(office.open_tasks(ref, "expert")) == 2


def test_what_more_than_half_say_is_agreed() -> None:
    panel = Panel("officer.medical_expert", 3, "draw", "agreed")
    fields = {"percent": Field("percent", "integer"), "cause": Field("cause", "choice", of=("war", "general"))}
    same = [{"percent": 40, "cause": "war"}, {"percent": 40, "cause": "war"}, {"percent": 60, "cause": "war"}]

    assert panels.join(panel, fields, same) == {"percent": 40, "cause": "war"}
    assert panels.join(panel, fields, [*same[1:], {"percent": 80, "cause": "war"}]) is None


# ---- on paper


def asked(number: str = "E-7") -> str:
    ref = office.submitted("t-paper", make.SEVINC, {"request": {"number": number}}).ref
    office.run()
    return ref


def test_what_stands_on_paper_goes_into_the_register_and_the_next_person_finds_it() -> None:
    ref = asked()
    task = office.task(ref, "archive")
    page = actions.open_task(task.pk, office.ARCHIVE, make.NARGIZ, "", now=NOW)
    assert set(page.fields) == {"found", "issued_on"}

    issued = NOW.date().replace(year=2005)
    actions.find(task.pk, office.ARCHIVE, make.NARGIZ, "a", {"found": True, "issued_on": issued}, now=NOW)
    office.run()

    row = Row.objects.get(register="t-entries")
    assert row.recorded_by.endswith("officer:archive")
    assert office.state(ref)[:2] == ("decided", "granted")
    other = office.submitted("t-paper", make.ELCIN, {"request": {"number": "E-7"}}).ref
    office.run()
    assert office.state(other)[:2] == ("decided", "granted")
    assert not office.open_tasks(other, "archive")


def test_if_there_is_nothing_on_paper_either_the_table_decides() -> None:
    ref = asked()
    actions.find(office.task(ref, "archive").pk, office.ARCHIVE, make.NARGIZ, "", {"found": False}, now=NOW)
    office.run()

    assert office.state(ref)[:2] == ("decided", "refused")
    assert office.case(ref).rule == "nothing"


def test_a_refusal_that_ends_nothing_makes_the_case_partly_granted() -> None:
    office.rows("t-entries", {"number": "E-7", "issued_on": NOW.date().replace(year=1990)})
    ref = asked()
    actions.hand_over(office.task(ref, "deliver").pk, office.DESK, make.NARGIZ, "", now=NOW)

    assert office.state(ref)[:2] == ("done", "partly")
    assert {row.table: row.outcome for row in office.case(ref).decisions.all()} == {
        "extract": "grant", "extra": "refuse",
    }  # fmt: skip


def test_a_holder_that_is_silent_too_long_is_replaced_by_a_paper(silent: Callable[[str], None]) -> None:
    silent("t-entries")
    ref = asked()
    assert office.state(ref) == ("waiting", "", "agency")

    actions.lapse_overdue(NOW + timedelta(hours=1))
    assert not office.open_tasks(ref, "paper")
    later = NOW + timedelta(days=20)
    actions.lapse_overdue(later)
    actions.lapse_overdue(later)

    task = office.task(ref, "paper")
    found = {"found": True, "issued_on": NOW.date().replace(year=2005)}
    actions.find(task.pk, office.DESK, make.NARGIZ, "", found, now=later)
    office.run(later)
    assert office.state(ref)[:2] == ("decided", "granted")
    assert office.case(ref).facts.get(name="entry.issued_on").source == "officer"


# ---- writing to another's register


def test_a_change_is_sent_until_it_is_answered_and_done_once(silent: Callable[[str], None]) -> None:
    silent("t-homes")
    home: dict[str, object] = {"address": make.HOME, "basis": "own"}
    ref = office.submitted("t-move", make.SEVINC, {"move": home, "movers": [{"person": make.SEVINC}]}).ref
    office.run()
    office.run(NOW + timedelta(minutes=30))
    assert office.state(ref)[:2] == ("decided", "granted")
    assert not Row.objects.filter(register="t-homes").exists()

    silent("")
    office.run(NOW + timedelta(hours=1))

    assert office.state(ref)[:2] == ("done", "granted")
    assert Row.objects.filter(register="t-homes").count() == 1


def test_a_change_whose_mark_was_lost_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    record, sent = holders.record, []

    def dies(*args: object, **more: object) -> object:
        written = record(*args, **more)  # type: ignore[arg-type]
        sent.append(written)
        if len(sent) == 1:
            raise RuntimeError("killed between the record and its mark")
        return written

    monkeypatch.setattr(holders, "record", dies)
    home: dict[str, object] = {"address": make.HOME, "basis": "own"}
    ref = office.submitted("t-move", make.SEVINC, {"move": home, "movers": [{"person": make.SEVINC}]}).ref
    office.run()
    office.run(NOW + timedelta(hours=1))

    assert len(sent) == 2
    assert office.state(ref)[:2] == ("done", "granted")
    assert Row.objects.filter(register="t-homes").count() == 1
    assert office.events(ref).count("recorded") == 1


def test_a_holder_that_says_no_brings_the_case_to_an_officer_who_sees_both(
    fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.rows("t-stock", {"plate": "10-AA-001", "class": "A"})
    ref = office.submitted("t-plate", make.SEVINC, {"wish": {"plate": "10-AA-001"}}).ref
    office.run()
    record = holders.record

    def no(*args: object, **more: object) -> object:
        raise Refused("row_exists", "residence-law 5")

    monkeypatch.setattr(holders, "record", no)
    office.pay(ref, fake)
    assert office.state(ref)[:2] == ("decided", "granted")
    task = office.task(ref, "recheck")
    assert task.result["said"] == "row_exists"
    assert [each["rule"] for each in task.result["verdicts"]] == ["sold"]

    monkeypatch.setattr(holders, "record", record)
    with pytest.raises(Refused, match="own_case"):
        actions.recheck(task.pk, office.DESK, make.SEVINC, "", outcome="grant", reasons="again", now=NOW)
    actions.recheck(task.pk, office.DESK, make.NARGIZ, "", outcome="grant", reasons="It was a slip.", now=NOW)
    office.run()

    assert Row.objects.filter(register="t-plates").count() == 1
    assert office.task(ref, "deliver")


def test_an_officer_may_take_back_what_a_holder_does_not_take(
    fake: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pencere.payments import queries as payments

    office.rows("t-stock", {"plate": "10-AA-001", "class": "A"})
    ref = office.submitted("t-plate", make.SEVINC, {"wish": {"plate": "10-AA-001"}}).ref
    office.run()

    def no(*args: object, **more: object) -> object:
        raise Refused("row_exists", "residence-law 5")

    monkeypatch.setattr(holders, "record", no)
    office.pay(ref, fake)
    task = office.task(ref, "recheck")
    actions.recheck(task.pk, office.DESK, make.NARGIZ, "a", outcome="refuse", reasons="It is another's.", now=NOW)
    office.run()

    assert office.state(ref)[:2] == ("decided", "refused")
    assert office.case(ref).decisions.last().reasons == "It is another's."
    assert payments.of_case(ref)[0].refund is not None
    assert Leaf.objects.filter(kind="case.rechecked").exists()


# ---- the term


def test_a_term_is_made_longer_once_by_who_may_and_the_person_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from pencere import country
    from pencere.base.terms import Term
    from pencere.country.declarations import Extension, Law

    here = country.current()
    service = here.services["t-payout"]
    assert service.term is not None
    longer = replace(
        service.term, extend=Extension(Term(30, "calendar_days"), "officer.head", Law("residence-law", "5"))
    )
    changed = replace(here, services={**here.services, "t-payout": replace(service, term=longer)})
    monkeypatch.setattr(country, "_current", changed)
    office.happen("t-births", {"record_no": "B", "mother": make.SEVINC, "born_on": NOW.date(), "vital": True})
    actions.start_from_events(NOW)
    ref = office.case_of("t-payout")
    before = office.case(ref).due_on
    assert before.year == 2026

    with pytest.raises(Refused, match="not_your_role"):
        actions.extend_term(ref, office.DESK, make.NARGIZ, "", reasons="More time", now=NOW)
    actions.extend_term(ref, office.HEAD, make.NARGIZ, "a", reasons="A paper is on its way.", now=NOW)
    with pytest.raises(Refused, match="extended_already"):
        actions.extend_term(ref, office.HEAD, make.NARGIZ, "a", reasons="And more", now=NOW)

    case = office.case(ref)
    assert case.due_on > before
    assert case.events.get(kind="extended").body["reasons"] == "A paper is on its way."


@pytest.mark.parametrize(
    ("silence", "state", "rule"),
    [("grant", ("done", "granted"), "silence"), ("refuse", ("decided", "refused"), "silence"),
     ("lapse", ("lapsed", ""), "")],
)  # fmt: skip
def test_what_silence_of_the_agency_means_the_law_says(
    silence: str, state: tuple[str, str], rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from pencere import country
    from pencere.base.terms import Term
    from pencere.country.declarations import CaseTerm, Law, Place

    here = country.current()
    term = CaseTerm(
        Term(3, "calendar_days"), None, {}, "submitted", (), None, "", silence, Law("residence-law", "5"), Place("", 0)
    )
    birth = replace(here.services["t-birth"], term=term)
    monkeypatch.setattr(country, "_current", replace(here, services={**here.services, "t-birth": birth}))
    names = {"given_name": "Ayan", "married": False, "father": make.ELCIN}
    ref = office.submitted("t-birth", make.SEVINC, {"names": names}).ref
    actions.sign_task(office.task(ref, "sign").pk, make.ELCIN, "", False, now=NOW)
    assert office.state(ref)[0] == "working"

    actions.lapse_overdue(NOW + timedelta(days=2))
    assert office.state(ref)[0] == "working"
    late = NOW + timedelta(days=20)
    actions.lapse_overdue(late)
    office.run(late)

    assert (office.state(ref)[:2], office.case(ref).rule) == (state, rule)
    if rule:
        assert office.case(ref).decisions.get(rule="silence").law == "residence-law 5"
