"""The country's own services, walked by the engine: granted and refused, with every holder at hand.

Registers that are kept elsewhere are answered here too, so that the walks are about the services alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from pencere import country
from pencere.applications import actions
from pencere.applications.models import Case
from pencere.applications.tests import make, office
from pencere.base import clock
from pencere.certificates import queries as certificates
from pencere.exchange import actions as exchange
from pencere.exchange import asking
from pencere.identity.queries import Office
from pencere.payments import provider
from pencere.payments.tests.fake import FakeProvider
from pencere.registers import actions as registers
from pencere.registers.models import Row

pytestmark = pytest.mark.django_db
NOW = make.NOW
DESK = Office("din", "registry")


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    monkeypatch.setattr(exchange, "holder_of", lambda register: asking.LocalHolder())
    one = FakeProvider()
    with provider.using(one), clock.standing_at(NOW):
        make.nation()
        yield one


def written(register: str) -> list[dict[str, object]]:
    return [json.loads(row.values) for row in Row.objects.filter(register=register, retired_at=None).order_by("id")]


def slots() -> None:
    at = datetime(2026, 4, 2, 6, 0, tzinfo=UTC)
    fields = country.current().registers["visit-slots"].fields
    row: dict[str, object] = {"slot_no": "s0", "office": "ASAN 1", "at": at, "desks": 3}
    office.rows("visit-slots", {name: value for name, value in row.items() if name in fields})


def to_the_visit(ref: str, fake: FakeProvider, findings: dict[str, object]) -> None:
    office.pay(ref, fake)
    slots()
    slot = office.task(ref, "offer")
    actions.pick_place(slot.pk, slot.person, "", "s0", now=NOW)
    actions.find(office.task(ref, "visit").pk, DESK, make.NARGIZ, "", findings, now=NOW)
    office.run()


def made(register: str, ref: str, **more: object) -> None:
    registers.happen(register, "replace", {}, {"order_no": ref, "state": "made", **more}, recorded_by="maker", now=NOW)


def hand_over(ref: str, office_: Office = DESK) -> None:
    actions.hand_over(office.task(ref, "deliver").pk, office_, make.NARGIZ, "", now=NOW)
    office.run()


PHOTO = "sha256:" + "0" * 64


def test_a_passport(fake: FakeProvider) -> None:
    request: dict[str, object] = {"holder": make.SEVINC, "reason": "first", "urgent": "no", "speed": "five_days"}
    ref = office.submitted("foreign-passport", make.SEVINC, {"request": request}).ref
    to_the_visit(ref, fake, {"same_person": True, "photo": PHOTO, "prints": PHOTO})

    assert office.state(ref)[:2] == ("decided", "granted")
    (row,) = written("passports")
    assert row["order_no"] == ref
    assert office.task(ref, "wait_for")


def test_a_passport_of_another_person_is_refused(fake: FakeProvider) -> None:
    request: dict[str, object] = {"holder": make.SEVINC, "reason": "first", "urgent": "no", "speed": "one_day"}
    ref = office.submitted("foreign-passport", make.SEVINC, {"request": request}).ref
    to_the_visit(ref, fake, {"same_person": False, "photo": PHOTO, "prints": PHOTO})

    assert (office.state(ref)[:2], office.case(ref).rule) == (("decided", "refused"), "another_person")


def test_an_identity_card_of_a_child(fake: FakeProvider) -> None:
    request: dict[str, object] = {"holder": make.NIGAR, "reason": "first", "speed": "ten_days"}
    ref = office.submitted("identity-card", make.SEVINC, {"request": request}).ref
    findings = {"same_person": True, "blood_group": "a_plus", "photo": PHOTO, "prints": PHOTO}
    codes = country.current().lists["blood-groups"].values
    to_the_visit(ref, fake, findings | {"blood_group": next(iter(codes))})

    assert office.state(ref)[:2] == ("decided", "granted")
    assert written("id-cards")[0]["person"] == make.NIGAR


def groups(seats: int = 1) -> None:
    fields = country.current().registers["kindergarten-groups"].fields
    row: dict[str, object] = {
        "group_no": "g1", "kindergarten": "No 7", "district": "nesimi", "birth_year": 2023, "places": seats,
    }  # fmt: skip
    office.rows("kindergarten-groups", {name: value for name, value in row.items() if name in fields})


def test_a_place_in_a_kindergarten() -> None:
    child = "7TR2QNB"
    office.rows("population", {
        "person": child, "name": "Nümunəli Ayan", "birth_date": date(2023, 2, 10), "sex": "female", "citizen": True,
        "mother": make.SEVINC,
    })  # fmt: skip
    office.rows("child-health", {"child": child, "vaccinated": True, "may_attend": True})
    groups()
    later = datetime(2026, 6, 20, 9, 0, tzinfo=UTC)
    with clock.standing_at(later):
        answers: dict[str, dict[str, object] | list[dict[str, object]]] = {
            "choice": {"child": child, "special_group": False}, "wishes": [{"group": "g1"}],
        }  # fmt: skip
        ref = office.submitted("kindergarten-place", make.SEVINC, answers, later).ref
    assert office.state(ref) == ("waiting", "", "place")

    soon = later + timedelta(days=10)
    with clock.standing_at(soon):
        actions.run_queues(soon)
        actions.answer_offer(office.task(ref, "offer").pk, make.SEVINC, "", True, now=soon)
        office.run(soon)

    assert office.state(ref)[:2] == ("done", "granted")
    assert written("kindergarten-enrolments")[0]["group"] == "g1"


def test_a_move_with_a_child(fake: FakeProvider) -> None:
    owned = [{"kind": "ownership", "holder": make.SEVINC, "share": "1"}]
    office.rows("real-estate", {"registry_no": "RN-1", "extract_no": "E-01", "address": make.HOME, "rights": owned})
    move: dict[str, object] = {"address": make.HOME, "moved_on": date(2026, 3, 16), "basis": "owner"}
    movers: list[dict[str, object]] = [{"person": make.SEVINC}, {"person": make.NIGAR}]
    ref = office.submitted("change-of-residence", make.SEVINC, {"move": move, "movers": movers}).ref
    office.run()

    assert office.state(ref)[:2] == ("done", "granted"), office.events(ref)


def answer_ask(ref: str, person: str, answers: dict[str, dict[str, object]]) -> None:
    task = office.task(ref, "ask")
    assert task.person == person
    actions.answer_task(task.pk, person, "", answers, now=NOW)
    office.run()


def born() -> None:
    office.happen("birth-records", {
        "record_no": "R-1", "facility": "No 5", "mother": make.SEVINC, "born_on": date(2026, 3, 15), "vital": "live",
        "sex": "female",
    })  # fmt: skip
    actions.start_from_events(NOW)
    office.run()


def begun(service: str) -> str:
    actions.start_from_events(NOW)
    office.run()
    return Case.objects.get(service=service).ref


def test_a_birth_that_the_hospital_told_and_the_payment_that_follows() -> None:
    born()
    ref = begun("birth-registration")
    answer_ask(ref, make.SEVINC, {"names": {"given_name": "Ayan", "surname_of": "mother"}, "payment": {}})

    assert office.state(ref)[:2] == ("done", "granted"), office.events(ref)
    assert written("birth-acts")[0]["given_name"] == "Ayan"
    assert office.case(ref).subject

    paid = begun("birth-lump-sum")
    answer_ask(paid, make.SEVINC, {"payment": {"account": "AZ21NABZ00000000137010001944"}})
    assert office.state(paid)[:2] == ("done", "granted")
    assert written("payment-orders")[0]["person"] == make.SEVINC


def test_a_death_that_the_hospital_told() -> None:
    office.happen("death-records", {
        "record_no": "D-1", "facility": "No 5", "person": make.ILQAR, "died_on": date(2026, 3, 16),
        "informant": make.SEVINC,
    })  # fmt: skip
    ref = begun("death-registration")
    if office.open_tasks(ref, "submit"):
        actions.submit_task(office.task(ref, "submit").pk, make.SEVINC, "", now=NOW)
        office.run()

    assert office.state(ref)[:2] == ("done", "granted"), (office.events(ref), office.open_tasks(ref))
    assert written("death-acts")[0]["person"] == make.ILQAR
    assert office.case(ref).subject == make.ILQAR


def test_a_criminal_record_that_goes_to_the_employer() -> None:
    office.rows("employers", {"voen": "1400057421", "name": "Firm"})
    request: dict[str, object] = {"holder": make.SEVINC, "purpose": "workplace", "employer": "1400057421"}
    who = make.who(make.SEVINC)
    ref = actions.start_draft("criminal-record", who, language="az", now=NOW)
    actions.save_consents(ref, who, {"company": True}, language="az", now=NOW)
    assert office.submitted("criminal-record", make.SEVINC, {"request": request}).ref == ref
    office.run()
    for check in office.open_tasks(ref, "check"):
        page = actions.open_task(check.pk, Office("din", "police"), make.NARGIZ, "", now=NOW)
        assert dict(page.shown)["holder.name"] == make.NAMES[make.SEVINC]
        actions.find(check.pk, Office("din", "police"), make.NARGIZ, "", {"result": "clear"}, now=NOW)
        office.run()

    assert office.state(ref)[:2] == ("done", "granted"), [(t.kind, t.result, t.who) for t in office.open_tasks(ref)]
    (row,) = written("employer-inbox")
    assert row["voen"] == "1400057421"
    assert row["paper"] == certificates.of_case(ref)[0].number


def test_without_the_persons_consent_nobody_is_asked_about_the_employer() -> None:
    request: dict[str, object] = {"holder": make.SEVINC, "purpose": "workplace", "employer": "1400057421"}
    who = make.who(make.SEVINC)
    ref = actions.start_draft("criminal-record", who, language="az", now=NOW)
    actions.save_consents(ref, who, {"company": False}, language="az", now=NOW)
    office.submitted("criminal-record", make.SEVINC, {"request": request})
    office.run()

    assert not office.case(ref).facts.filter(name__startswith="company.").exists()


def test_a_job_seeker_who_works_is_no_unemployed() -> None:
    office.rows("employment", {
        "contract_no": "C-1", "person": make.SEVINC, "employer": "1400057421", "from": date(2025, 1, 1),
        "average_wage": 60000,
    })  # fmt: skip
    wish: dict[str, object] = {"occupation": "Cook", "where": "nesimi", "hours": "full"}
    ref = office.submitted("job-seeker-registration", make.SEVINC, {"wish": wish}).ref
    office.run()

    assert office.state(ref)[:2] in (("done", "partly"), ("decided", "refused")), office.events(ref)


def test_a_job_seeker_without_work_is_both() -> None:
    wish: dict[str, object] = {"occupation": "Cook", "where": "nesimi", "hours": "full"}
    ref = office.submitted("job-seeker-registration", make.SEVINC, {"wish": wish}).ref
    office.run()

    assert office.state(ref)[:2] == ("done", "granted"), [d.rule for d in office.case(ref).decisions.all()]
    assert written("unemployed")[0]["person"] == make.SEVINC


def test_a_disability_is_judged_blind_and_the_allowance_follows() -> None:
    for fin in (make.NARGIZ, make.KAMRAN, make.ULVIYYE):
        office.officer(fin, Office("dtsera", "medical_expert"))
    office.happen("medical-referrals", {
        "referral_no": "M-1", "person": make.ILQAR, "facility": "No 7", "diagnosis": "G80", "findings": "seen",
    })  # fmt: skip
    ref = begun("disability-assessment")
    intake = Office("dtsera", "intake")
    actions.find(
        office.task(ref, "check").pk, intake, make.ELCIN, "", {"identity_removed": True, "complete": True}, now=NOW
    )
    office.run()
    seats = office.open_tasks(ref, "expert")
    page = actions.open_task(seats[0].pk, Office("dtsera", "medical_expert"), seats[0].person, "", now=NOW)
    assert "patient.age" in dict(page.shown) and make.ILQAR not in str(page.shown)
    for seat in seats:
        found = {"percent": 70, "cause": "general", "reasons": "seen"}
        actions.find(seat.pk, Office("dtsera", "medical_expert"), seat.person, "", found, now=NOW)
    office.run()

    assert office.state(ref)[:2] == ("done", "granted"), (office.events(ref), office.open_tasks(ref))
    assert written("disabilities")[0]["degree"] == "ii"

    office.rows("pensions", {"person": make.ILQAR, "pension": "none", "account": "AZ21NABZ00000000137010001944"})
    paid = begun("disability-allowance")
    assert office.state(paid)[:2] == ("done", "granted"), (office.events(paid), office.open_tasks(paid))


def test_a_plate_is_sold(fake: FakeProvider) -> None:
    vin = (
        country.current().identifiers["vin"].samples[0]
        if hasattr(country.current().identifiers["vin"], "samples")
        else "WVWZZZ1JZXW000001"
    )
    office.rows("vehicles", {"vin": vin, "owner": make.SEVINC, "made_in": 2020, "imported": False})
    code = next(iter(country.current().lists["plate-codes"].values))
    office.rows("plate-stock", {"plate": "10-AA-001", "code": code, "class": "units", "same_letters": True})
    answers: dict[str, dict[str, object] | list[dict[str, object]]] = {
        "car": {"vin": vin}, "wish": {"code": code, "plate": "10-AA-001"},
    }  # fmt: skip
    ref = office.submitted("plate-number", make.SEVINC, answers).ref
    office.run()
    office.pay(ref, fake)
    hand_over(ref)

    assert office.state(ref)[:2] == ("done", "granted"), (office.events(ref), office.open_tasks(ref))
    assert written("plate-orders")[0]["plate"] == "10-AA-001"


def test_a_diploma_older_than_the_register() -> None:
    ref = office.submitted("diploma-certificate", make.SEVINC, {"request": {"number": "123456"}}).ref
    office.run()
    archive = Office("etn", "archive")
    task = office.task(ref, "archive")
    found = {
        "found": True, "series": "AB", "issued_on": date(1995, 6, 30), "institution": "BDU", "specialty": "Law",
        "level": "bachelor",
    }  # fmt: skip
    actions.find(task.pk, archive, make.NARGIZ, "", found, now=NOW)
    office.run()

    assert office.state(ref)[:2] == ("done", "granted"), (office.events(ref), office.open_tasks(ref))
    assert written("diplomas")[0]["number"] == "123456"


def test_a_payment_for_the_unemployed() -> None:
    office.rows(
        "unemployed", {"person": make.SEVINC, "since": date(2026, 3, 1), "programme_approved_on": date(2026, 3, 10)}
    )
    office.rows("employment", {
        "contract_no": "C-1", "person": make.SEVINC, "employer": "1400057421", "from": date(2023, 1, 1),
        "until": date(2026, 2, 20), "ended_by": "staff_cut", "average_wage": 90000,
    })  # fmt: skip
    payment = {"payment": {"account": "AZ21NABZ00000000137010001944"}}
    ref = office.submitted("unemployment-payment", make.SEVINC, payment).ref
    office.run()

    assert office.state(ref)[:2] == ("done", "granted"), (office.events(ref), office.open_tasks(ref))
    assert written("payment-orders")[0]["amount"] == 45000


def test_a_licence_that_ran_out(fake: FakeProvider) -> None:
    office.rows("driving-licences", {
        "order_no": "old", "licence_no": "AB123456", "person": make.SEVINC, "categories": ["b"],
        "until": date(2026, 1, 1),
    })  # fmt: skip
    office.rows("driver-fitness", {"examination_no": "X-1", "person": make.SEVINC, "fit": True})
    request: dict[str, object] = {"reason": "expired", "pickup": "nesimi", "photo_from": "new", "photo": PHOTO}
    ref = office.submitted("driving-licence", make.SEVINC, {"request": request}).ref
    office.run()
    office.pay(ref, fake)

    assert office.state(ref)[:2] == ("decided", "granted"), (office.events(ref), office.open_tasks(ref))
    assert office.task(ref, "wait_for")
