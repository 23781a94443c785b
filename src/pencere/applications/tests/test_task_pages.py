"""The pages of tasks: what a party, the applicant and the desk see and do, and what nobody else sees."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from pencere import country
from pencere.applications import actions, holders
from pencere.applications.models import Task
from pencere.applications.tests import make, office
from pencere.base import clock
from pencere.base.errors import Refused
from pencere.base.terms import Term
from pencere.country.declarations import Extension, Law
from pencere.identity.queries import Office
from pencere.identity.tests import make as people
from pencere.ledger.models import Look
from pencere.payments.tests.fake import FakeProvider

NOW = make.NOW
FINS = tuple(make.NAMES)


@pytest.fixture(autouse=True)
def fake(at_office: FakeProvider) -> FakeProvider:
    return at_office


def text(response: Any) -> str:
    return response.content.decode()


def task_url(ref: str, kind: str, person: str = "") -> str:
    tasks = [task for task in office.open_tasks(ref, kind) if not person or task.person == person]
    return f"/en/me/tasks/{tasks[0].pk}/"


def desk_url(ref: str, kind: str) -> str:
    return f"/en/desk/tasks/{office.open_tasks(ref, kind)[0].pk}/"


def desk(at: Office = office.DESK, fin: str = make.NARGIZ) -> Client:
    return people.signed_in(people.officer(fin, at.role, at.agency), confirmed=True)


def move(*movers: str, basis: str = "own", owner: str = "") -> str:
    home: dict[str, object] = {"address": make.HOME, "basis": basis}
    if owner:
        home["owner"] = owner
    rows: list[dict[str, object]] = [{"person": fin} for fin in movers]
    return office.submitted("t-move", make.SEVINC, {"move": home, "movers": rows}).ref


def card(fake: FakeProvider) -> str:
    office.slots(number=3)
    return office.submitted(
        "t-card", make.ELCIN, {"request": {"holder": make.ELCIN, "speed": "slow", "receive": "office"}}
    ).ref


# ---- before sending


def test_who_is_about_to_send_reads_what_it_will_cost() -> None:
    asked = {"holder": make.ELCIN, "speed": "fast", "receive": "office"}
    ref = office.prepared("t-card", make.ELCIN, {"request": asked})
    browser = people.signed_in(people.account(make.ELCIN))
    browser.post(f"/en/apply/{ref}/facts/")
    check = text(browser.get(f"/en/apply/{ref}/check/"))
    assert "What you will have to pay" in check
    assert "40.00" in check or "40,00" in check


# ---- signing


def test_another_party_finds_the_task_reads_what_is_shown_and_agrees() -> None:
    ref = move(make.SEVINC, make.ELCIN, basis="consent", owner=make.ILQAR)
    owner = make.browser(make.ILQAR)
    url = task_url(ref, "sign")

    assert url in text(owner.get("/en/me/tasks/"))
    page = text(owner.get(url))
    assert make.NAMES[make.SEVINC] in page and make.HOME in page
    assert "If there is no answer by then, the application ends." in page
    assert not [fin for fin in FINS if fin in page]
    assert ref not in page
    assert "Choose whether you agree or refuse." in text(owner.post(url, {}))
    assert "Do you agree?" in text(owner.post(url, {"answer": "agree"}))
    assert office.open_tasks(ref, "sign")[0].person == make.ILQAR
    assert owner.post(url, {"answer": "agree", "step": "sure"})["Location"] == url

    assert "You have done this." in text(owner.get(url))
    assert office.open_tasks(ref, "sign")[0].person == make.ELCIN
    assert owner.get(f"/en/me/cases/{ref}/").status_code == 404
    assert Look.objects.filter(kind="party", subject=make.SEVINC).exists()


def test_my_page_counts_what_must_be_done() -> None:
    move(make.SEVINC, make.ELCIN)

    assert "What I must do: 1" in text(make.browser(make.ELCIN).get("/en/me/"))
    assert "What I must do" not in text(make.browser(make.SEVINC).get("/en/me/"))


def test_who_signs_for_themselves_sees_only_what_the_step_shows() -> None:
    ref = move(make.SEVINC, make.ELCIN, make.KAMRAN)

    page = text(make.browser(make.ELCIN).get(task_url(ref, "sign", make.ELCIN)))

    assert make.HOME in page
    assert make.NAMES[make.KAMRAN] not in page


def test_who_refuses_is_asked_once_more_and_ends_it_where_the_law_says_so() -> None:
    ref = move(make.SEVINC, basis="consent", owner=make.ILQAR)
    owner, url = make.browser(make.ILQAR), task_url(ref, "sign")

    owner.post(url, {"answer": "refuse", "step": "sure"})

    assert office.state(ref)[:2] == ("decided", "refused")
    assert "You have said no." in text(owner.get(url))
    assert owner.post(url, {"answer": "agree", "step": "sure"}).status_code == 409


def test_a_task_of_somebody_else_looks_like_none() -> None:
    ref = move(make.SEVINC, make.ELCIN)
    url = task_url(ref, "sign")
    stranger = make.browser(make.ULVIYYE)

    for path in (url, f"{url}files/{'0' * 64}/", f"{url}move/", f"{url}movers/1/", f"{url}movers/1/remove/"):
        assert stranger.get(path).status_code == 404, path
        assert people.client().get(path).status_code == 302, path
    assert stranger.post(url, {"answer": "agree", "step": "sure"}).status_code == 404
    assert make.browser(make.ELCIN).get("/en/me/tasks/999999/").status_code == 404


def test_whoever_has_nothing_to_do_is_told_so() -> None:
    assert "Nothing waits for you." in text(make.browser(make.ULVIYYE).get("/en/me/tasks/"))
    listed = text(desk().get("/en/desk/tasks/"))
    assert "Nothing lies on your desk." in listed
    assert "Cases that wait for your agency" not in listed


def test_the_case_says_what_others_must_do_and_until_when() -> None:
    ref = move(make.SEVINC, make.ELCIN, basis="consent", owner=make.ILQAR)

    page = text(make.browser(make.SEVINC).get(f"/en/me/cases/{ref}/"))

    assert "What others must do" in page
    assert "agreement: " in page
    assert "Waiting for somebody to act" in page
    assert not [fin for fin in FINS if fin in page]


# ---- fee, appointment, visit, hand-over


def test_a_card_is_walked_on_pages_from_the_fee_to_the_hand_over(fake: FakeProvider) -> None:
    ref = card(fake)
    person, officer = make.browser(make.ELCIN), desk()

    case = text(person.get(f"/en/me/cases/{ref}/"))
    assert task_url(ref, "pay") in case
    pay = text(person.get(task_url(ref, "pay")))
    assert "Not paid yet" in pay and "Go to the payment" in pay
    office.pay(ref, fake)

    pick = task_url(ref, "offer")
    listed = text(person.get(pick))
    assert listed.count('name="place"') == 3
    assert "Choose one from the list." in text(person.post(pick, {}))
    assert person.post(pick, {"place": "s1"})["Location"] == f"/en/me/cases/{ref}/"
    assert "If you choose another, this one is given back." in text(person.get(pick))
    assert person.post(pick, {"place": "s2"})["Location"] == f"/en/me/cases/{ref}/"
    assert "Paid on" in text(person.get(f"/en/me/cases/{ref}/"))

    visit = desk_url(ref, "visit")
    listed = text(officer.get("/en/desk/tasks/"))
    assert visit in listed
    assert "Cases that wait for your agency" in listed
    assert "Compare the person with their document" in text(officer.get(visit))
    missing = text(officer.post(visit, {}))
    assert "govuk-error-summary" in missing
    assert officer.post(visit, {"same_person": "yes"})["Location"] == "/en/desk/tasks/?done"
    office.run()
    office.registers.replace_row(
        "t-cards", {"order_no": ref}, {"state": "made"}, from_day=NOW.date(), recorded_by="maker", now=NOW
    )
    actions.poll_events(NOW)
    office.run()

    over = desk_url(ref, "deliver")
    assert make.ELCIN in text(officer.get(over))
    assert "Compare it first" in text(officer.post(over, {"seen": "no"}))
    check = text(officer.post(over, {"seen": "yes"}))
    assert "This cannot be taken back here" in check and make.ELCIN in check
    office.run()
    assert office.open_tasks(ref, "deliver"), "looked through, not handed over"
    assert "Compare it first" in text(officer.post(over, {"seen": "no", "step": "confirm"}))
    assert officer.post(over, {"seen": "yes", "step": "confirm"}).status_code == 302
    assert officer.post(over, {"seen": "yes", "step": "confirm"}).status_code == 409
    office.run()
    assert office.state(ref)[:2] == ("done", "granted")
    done = text(person.get(f"/en/me/cases/{ref}/"))
    for words in ("Fee paid", "A place is yours", "Handed over", "What officers found"):
        assert words in done, words


def test_a_place_that_somebody_else_just_took_is_said_and_another_may_be_chosen(fake: FakeProvider) -> None:
    ref = card(fake)
    office.pay(ref, fake)
    other = office.submitted(
        "t-card", make.ILQAR, {"request": {"holder": make.ILQAR, "speed": "slow", "receive": "post"}}
    ).ref
    office.pay(other, fake)
    theirs = office.task(other, "offer")
    person, url = make.browser(make.ELCIN), task_url(ref, "offer")
    person.get(url)

    actions.pick_place(theirs.pk, theirs.person, "", "s0", now=NOW)
    page = person.post(url, {"place": "s0"})

    assert page.status_code == 200
    assert "that are shown" in text(page)
    assert 'value="s0"' not in text(page)


def test_an_office_without_a_free_hour_says_so(fake: FakeProvider) -> None:
    ref = office.submitted(
        "t-card", make.ELCIN, {"request": {"holder": make.ELCIN, "speed": "slow", "receive": "office"}}
    ).ref
    office.pay(ref, fake)

    assert "Nothing is free just now." in text(make.browser(make.ELCIN).get(task_url(ref, "offer")))


# ---- queues


def wants(fin: str, *wishes: str) -> str:
    rows: list[dict[str, object]] = [{"group": wish} for wish in wishes]
    return office.submitted("t-seat", fin, {"choice": {"special": False}, "wishes": rows}).ref


def test_the_case_says_where_one_stands_in_each_queue_and_an_offer_is_answered() -> None:
    office.rows("t-groups", *({"group_no": name, "hall": f"hall {name}", "seats": 1} for name in ("a", "b")))
    first, second = wants(make.SEVINC, "a"), wants(make.ELCIN, "a", "b")
    person = make.browser(make.ELCIN)
    assert "number 2 in the queue" in text(person.get(f"/en/me/cases/{second}/"))

    actions.run_queues(NOW)
    office.run()
    offer = task_url(second, "offer")
    page = text(person.get(offer))
    assert "hall b" in page
    assert "the place goes to the next person" in page
    assert "Choose whether you take the place." in text(person.post(offer, {}))
    assert "Do you take this place?" in text(person.post(offer, {"answer": "accept"}))
    person.post(offer, {"answer": "accept", "step": "sure"})
    office.run()

    assert office.state(second)[:2] == ("done", "granted")
    late = task_url(first, "offer")
    with clock.standing_at(NOW + timedelta(days=30)):
        answer = make.browser(make.SEVINC).post(late, {"answer": "accept", "step": "sure"})
    assert answer.status_code == 409
    assert "The time to answer was over" in text(answer)


# ---- what began by itself


def born(**more: object) -> None:
    office.happen("t-births", {"record_no": "B-1", "mother": make.SEVINC, "born_on": NOW.date(), "vital": True, **more})
    actions.start_from_events(NOW)
    office.run()


def test_a_case_that_began_by_itself_says_why_asks_and_is_answered() -> None:
    born()
    ref = office.case_of("t-payout")
    person, url = make.browser(make.SEVINC), task_url(ref, "ask")

    page = text(person.get(url))
    assert "Nobody applied for this." in page
    assert "What is known already" in page
    assert person.get(f"{url}account/").status_code == 200
    assert "Write your answer." in text(person.post(f"{url}account/", {"number": ""}))
    assert person.post(f"{url}account/", {"number": "AZ9"})["Location"] == url
    assert "AZ9" in text(person.get(url))
    assert office.open_tasks(ref, "ask")
    assert person.post(url)["Location"] == f"/en/me/cases/{ref}/"
    office.run()

    assert office.state(ref)[:2] == ("done", "granted")
    case = text(person.get(f"/en/me/cases/{ref}/"))
    assert "Begun by itself" in case and "Nobody applied for this." in case
    assert person.get(f"{url}account/")["Location"] == url


def test_it_may_be_declined_after_asking() -> None:
    born()
    ref = office.case_of("t-payout")
    person = make.browser(make.SEVINC)

    assert f"/en/me/cases/{ref}/decline/" in text(person.get(task_url(ref, "ask")))
    assert "Do you not want this?" in text(person.get(f"/en/me/cases/{ref}/decline/"))
    person.post(f"/en/me/cases/{ref}/decline/")

    assert office.state(ref)[0] == "withdrawn"
    assert person.get(f"/en/me/cases/{ref}/decline/").status_code == 302


def test_what_was_filled_in_is_confirmed_before_it_counts() -> None:
    born()
    ref = office.case_of("t-birth")
    person = make.browser(make.SEVINC)
    url = task_url(ref, "ask")

    person.post(f"{url}names/", {"given_name": "Ayan", "married": "yes"})
    person.post(url)
    confirm = task_url(ref, "submit")
    assert "Ayan" in text(person.get(confirm))
    person.post(confirm)
    office.run()

    assert office.state(ref)[:2] == ("done", "granted")


# ---- decisions in part, appeal, correction


def test_a_decision_in_part_says_what_became_of_each_and_can_be_appealed_against() -> None:
    ref = move(make.SEVINC, make.ELCIN, make.KAMRAN)
    actions.sign_task(office.open_tasks(ref, "sign")[0].pk, make.ELCIN, "", True, now=NOW)
    actions.lapse_overdue(NOW + timedelta(days=20))
    office.run()
    person = make.browser(make.SEVINC)

    page = text(person.get(f"/en/me/cases/{ref}/"))
    letter = text(person.get(f"/en/me/cases/{ref}/letter/"))

    for shown in (page, letter):
        assert "Granted in part." in shown
        assert f"{make.NAMES[make.KAMRAN]}: refused" in shown
        assert f"{make.NAMES[make.ELCIN]}: granted" in shown
    assert f"/en/me/cases/{ref}/appeal/" in page


def decided(*, valid: bool) -> str:
    home: dict[str, object] = {"address": make.HOME, "basis": "order"}
    ref = office.submitted("t-move", make.SEVINC, {"move": home, "movers": [{"person": make.SEVINC}]}).ref
    officer = desk(office.INTAKE)
    assert officer.post(desk_url(ref, "check"), {"valid": "yes" if valid else "no"}).status_code == 302
    office.run()
    return ref


def test_an_appeal_is_written_seen_by_the_head_and_decided() -> None:
    ref = decided(valid=False)
    person = make.browser(make.SEVINC)

    url = f"/en/me/cases/{ref}/appeal/"
    assert "You can appeal until" in text(person.get(url))
    assert "Write why you disagree." in text(person.post(url, {"reasons": ""}))
    made = person.post(url, {"reasons": "The order is genuine, see its number."})["Location"]
    appeal = made.split("/")[4]
    assert "This is an appeal" in text(person.get(made))
    assert appeal in text(person.get(f"/en/me/cases/{ref}/"))
    assert person.get(url).status_code == 302

    head = desk(office.HEAD, make.KAMRAN)
    page = text(head.get(desk_url(appeal, "appeal")))
    assert "The order is genuine" in page
    assert f"/en/desk/cases/{ref}/" in page
    typed = {"outcome": "grant", "reasons": "The order was read again and holds."}
    assert head.post(desk_url(appeal, "appeal"), typed).status_code == 302
    office.run()
    assert office.state(appeal)[:2] == ("done", "granted")
    assert "The order was read again and holds." in text(person.get(made))
    first = text(person.get(f"/en/me/cases/{ref}/"))
    assert "The appeal was granted" in first and "you can appeal" not in first and url not in first


def test_who_is_refused_once_more_reads_that_the_court_is_next() -> None:
    ref = decided(valid=False)
    person = make.browser(make.SEVINC)
    made = person.post(f"/en/me/cases/{ref}/appeal/", {"reasons": "The order is genuine."})["Location"]
    head = desk(office.HEAD, make.KAMRAN)
    typed = {"outcome": "refuse", "reasons": "The order is of another house."}
    head.post(desk_url(made.split("/")[4], "appeal"), typed)

    page = text(person.get(made))
    assert "you can go to court" in page and "you can appeal" not in page
    assert "The order is of another house." in page


def test_of_several_who_must_sign_each_is_called_by_name() -> None:
    ref = move(make.SEVINC, make.ELCIN, make.KAMRAN)
    case = text(make.browser(make.SEVINC).get(f"/en/me/cases/{ref}/"))

    for fin in (make.ELCIN, make.KAMRAN):
        assert f"agreement: {make.NAMES[fin]}" in case
        assert f"Now to do, by {make.NAMES[fin]}: agreement" in case
    url = f"/en/me/tasks/{office.open_tasks(ref, 'sign')[0].pk}/"
    assert make.NAMES[make.ELCIN] in text(make.browser(make.ELCIN).get(url))


def test_a_correction_stands_beside_the_decision_it_corrects() -> None:
    ref = decided(valid=True)
    head = desk(office.HEAD, make.KAMRAN)
    url = f"/en/desk/cases/{ref}/correct/"
    assert url in text(head.get(f"/en/desk/cases/{ref}/"))
    form = text(head.get(url))
    assert make.HOME in form

    facts = {"move__address": make.HOME, "move__basis": "order", "order__valid": "yes"}
    reasons = {"reasons": "A slip of the pen in the address."}
    assert "Change at least one fact" in text(head.post(url, {**facts, **reasons}))
    loss = head.post(url, {**facts, **reasons, "order__valid": "no"})
    assert loss.status_code == 409
    assert "Name the law that allows it" in text(loss)
    made = head.post(url, {**facts, **reasons, "move__address": make.GONE})
    assert made.status_code == 302, text(made)
    office.run()

    corrected = made["Location"].split("/")[4]
    person = make.browser(make.SEVINC)
    assert corrected in text(person.get(f"/en/me/cases/{ref}/"))
    page = text(person.get(f"/en/me/cases/{corrected}/"))
    assert "This is a correction" in page and ref in page and make.GONE in page
    assert "A slip of the pen" in page
    assert head.get(url)["Location"] == f"/en/desk/cases/{ref}/"


# ---- the desk


def test_a_check_shows_only_what_the_step_lets_see_and_only_to_its_role() -> None:
    home: dict[str, object] = {"address": make.HOME, "basis": "order"}
    ref = office.submitted("t-move", make.SEVINC, {"move": home, "movers": [{"person": make.SEVINC}]}).ref
    url = desk_url(ref, "check")

    assert desk(office.DESK).get(url).status_code == 404
    assert desk(office.elsewhere(), make.ILQAR).get(url).status_code == 404
    assert make.HOME in text(desk(office.INTAKE).get(url))
    assert Look.objects.filter(kind="desk", subject=make.SEVINC).exists()


def test_overdue_tasks_stand_first() -> None:
    later = NOW + timedelta(days=20)
    office.submitted("t-paper", make.SEVINC, {"request": {"number": "E-1"}})
    office.run()
    with clock.standing_at(later):
        fresh = office.submitted("t-paper", make.ELCIN, {"request": {"number": "E-2"}}, later).ref
        office.run(later)
        page = text(desk(office.ARCHIVE).get("/en/desk/tasks/"))

    assert page.index("overdue since") < page.index(fresh)


def test_the_paper_archive_is_searched_on_a_page() -> None:
    ref = office.submitted("t-paper", make.SEVINC, {"request": {"number": "E-7"}}).ref
    office.run()
    archive, url = desk(office.ARCHIVE), desk_url(ref, "archive")

    page = text(archive.get(url))
    assert "Is there an entry?" in page and "Look in the paper archive." in page
    assert 'data-when="found=yes"' in page
    assert "govuk-error-summary" in text(archive.post(url, {"found": "yes"}))
    day = {"issued_on_day": "1", "issued_on_month": "5", "issued_on_year": "2005"}
    assert archive.post(url, {"found": "yes", **day}).status_code == 302
    office.run()

    assert office.state(ref)[:2] == ("decided", "granted")
    assert archive.get(url).status_code == 404 or "This is done" in text(archive.get(url))


def test_an_expert_sees_what_is_to_be_judged_and_never_whose_it_is() -> None:
    for fin in (make.NARGIZ, make.KAMRAN, make.ULVIYYE):
        office.officer(fin, office.EXPERTS)
    office.rows("t-rounds", {"round_no": "2026", "awards": 1})
    ref = office.submitted("t-award", make.SEVINC, {"essay": {"text": "My essay", "average": 60}}).ref
    office.run()
    seat, other = office.open_tasks(ref, "expert")[:2]
    expert = desk(office.EXPERTS, seat.person)
    url = f"/en/desk/tasks/{seat.pk}/"

    listed, page = text(expert.get("/en/desk/tasks/")), text(expert.get(url))

    assert url in listed and ref not in listed
    assert "My essay" in page
    assert ref not in page and make.NAMES[make.SEVINC] not in page and make.SEVINC not in page
    assert expert.get(f"/en/desk/cases/{ref}/").status_code == 404
    assert expert.get(f"/en/desk/tasks/{other.pk}/").status_code == 404
    assert expert.post(url, {"points": "30", "reasons": "Worth thirty."}).status_code == 302
    assert Task.objects.get(pk=seat.pk).state == "done"
    case = text(make.browser(make.SEVINC).get(f"/en/me/cases/{ref}/"))
    assert "Experts judge" in case and make.NAMES[seat.person] not in case


def test_an_entry_that_a_register_does_not_take_is_looked_at_with_both_sides(
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
    officer, url = desk(), desk_url(ref, "recheck")

    page = text(officer.get(url))
    assert "row_exists" in page and "What the rules would say today" in page
    monkeypatch.setattr(holders, "record", record)
    typed = {"outcome": "grant", "reasons": "It was a slip of the other side."}
    assert officer.post(url, typed).status_code == 302
    office.run()
    assert office.task(ref, "deliver")


def test_nobody_does_a_task_of_their_own_case() -> None:
    home: dict[str, object] = {"address": make.HOME, "basis": "order"}
    ref = office.submitted("t-move", make.SEVINC, {"move": home, "movers": [{"person": make.SEVINC}]}).ref

    answer = desk(office.INTAKE, make.SEVINC).post(desk_url(ref, "check"), {"valid": "yes"})

    assert answer.status_code == 409
    assert "Somebody else must decide it." in text(answer)
    assert office.open_tasks(ref, "check")


def test_a_term_is_made_longer_once_on_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    here = country.current()
    service = here.services["t-payout"]
    assert service.term is not None
    extend = Extension(Term(30, "calendar_days"), "officer.head", Law("residence-law", "5"))
    changed = replace(service, term=replace(service.term, extend=extend))
    monkeypatch.setattr(country, "_current", replace(here, services={**here.services, "t-payout": changed}))
    born()
    ref = office.case_of("t-payout")
    head, url = desk(office.HEAD), f"/en/desk/cases/{ref}/extend/"

    assert url in text(head.get(f"/en/desk/cases/{ref}/"))
    assert url not in text(desk(office.DESK, make.KAMRAN).get(f"/en/desk/cases/{ref}/"))
    assert "Write the reasons." in text(head.post(url, {"reasons": ""}))
    assert head.post(url, {"reasons": "A paper is on its way."}).status_code == 302

    assert "A paper is on its way." in text(make.browser(make.SEVINC).get(f"/en/me/cases/{ref}/"))
    assert head.get(url).status_code == 302


def test_no_page_of_a_task_shows_an_identifier_or_has_one_in_its_address() -> None:
    ref = move(make.SEVINC, make.ELCIN, basis="consent", owner=make.ILQAR)
    pages = {
        make.SEVINC: [f"/en/me/cases/{ref}/", f"/en/apply/{ref}/done/", "/en/me/tasks/"],
        make.ILQAR: [task_url(ref, "sign"), "/en/me/tasks/"],
    }

    for fin, paths in pages.items():
        browser = make.browser(fin)
        for path in paths:
            shown = text(browser.get(path))
            assert not [each for each in FINS if each in shown], path
            assert not re.search("|".join(FINS), path)
