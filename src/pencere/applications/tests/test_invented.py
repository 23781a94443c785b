"""The three invented services of the tests' country, which brought quotas, ranking and renewal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from pencere import country
from pencere.applications import actions
from pencere.applications.models import Case, Ticket
from pencere.applications.tests import make, office
from pencere.base import clock
from pencere.exchange import actions as exchange
from pencere.exchange import asking
from pencere.identity.queries import Office
from pencere.payments import provider
from pencere.payments import queries as payments
from pencere.payments.tests.fake import FakeProvider
from pencere.registers import actions as registers
from pencere.registers.models import Hold, Row
from tests import countries

pytestmark = pytest.mark.django_db
NOW = make.NOW
IBAN = "AZ21NABZ00000000137010001944"
VIN = "WVWZZZ1JZXW000001"


@pytest.fixture(scope="module", autouse=True)
def _laid_over(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = country.current().folder
    country.use(countries.laid_over(tmp_path_factory.mktemp("invented")))
    yield
    country.use(before)


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    monkeypatch.setattr(exchange, "holder_of", lambda register: asking.LocalHolder())
    one = FakeProvider()
    with provider.using(one), clock.standing_at(NOW):
        make.nation()
        yield one


def written(register: str) -> list[dict[str, object]]:
    return [json.loads(row.values) for row in Row.objects.filter(register=register, retired_at=None).order_by("id")]


def hunts(fin: str, animals: int, now: datetime) -> str:
    answers: dict[str, dict[str, object] | list[dict[str, object]]] = {
        "request": {"species": "hare", "animals": animals}, "where": {"quota": "q1"},
    }  # fmt: skip
    with clock.standing_at(now):
        return office.submitted("hunting-permit", fin, answers, now).ref


def test_a_quota_is_taken_by_animals_from_the_opening_on(fake: FakeProvider) -> None:
    quota: dict[str, object] = {"quota_no": "q1", "species": "hare", "district": "nesimi", "season": 2026, "animals": 5}
    office.rows("hunting-quotas", quota)
    for fin in (make.SEVINC, make.ELCIN):
        office.rows("weapons", {"person": fin, "licensed_until": date(2028, 1, 1)})
    early = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
    first, second = hunts(make.SEVINC, 3, early), hunts(make.ELCIN, 3, early)
    office.run(early)
    assert not Hold.objects.exists()

    opens = datetime(2026, 8, 1, 6, 0, tzinfo=UTC)
    office.run(opens)
    assert Hold.objects.get(state="held").amount == 3
    refused = [ref for ref in (first, second) if office.case(ref).outcome == "refused"]
    assert len(refused) == 1 and office.case(refused[0]).rule == "quota_used"
    ref = second if refused == [first] else first
    assert payments.of_case(ref)[0].amount == 3000

    with clock.standing_at(opens):
        office.pay(ref, fake, now=opens)
    assert office.state(ref)[:2] == ("done", "granted"), office.events(ref)
    assert written("hunting-permits")[0]["animals"] == 3


def test_a_scholarship_is_for_the_best(fake: FakeProvider) -> None:
    for fin in (make.NARGIZ, make.KAMRAN, make.ILQAR):
        office.officer(fin, Office("etn", "education"))
    office.rows("scholarship-rounds", {"round_no": "2026", "year": 2026, "awards": 1})
    at = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
    refs = {}
    with clock.standing_at(at):
        for fin, average in ((make.SEVINC, "85"), (make.ELCIN, "95")):
            fields = country.current().registers["study-results"].fields
            row: dict[str, object] = {"person": fin, "average": average, "full_time": True}
            office.rows("study-results", {name: value for name, value in row.items() if name in fields})
            answers: dict[str, dict[str, object] | list[dict[str, object]]] = {
                "request": {"round": "2026"}, "essay": {"text": "Mine"},
                "prizes": [{"name": "Race", "level": "city", "proof": "sha256:" + "0" * 64}],
                "payment": {"account": IBAN},
            }  # fmt: skip
            refs[fin] = office.submitted("state-scholarship", fin, answers, at).ref
        office.run(at)
        for ref in refs.values():
            for seat in office.open_tasks(ref, "expert"):
                found = {"points": "10", "reasons": "Well."}
                actions.find(seat.pk, Office("etn", "education"), seat.person, "", found, now=at)
        office.run(at)

    after = datetime(2026, 10, 16, 9, 0, tzinfo=UTC)
    with clock.standing_at(after):
        actions.run_queues(after)
        assert [t.case.applicant for t in Ticket.objects.filter(state="offered").select_related("case")] == [make.ELCIN]
        offer = office.task(refs[make.ELCIN], "offer")
        actions.answer_offer(offer.pk, make.ELCIN, "", True, now=after)
        office.run(after)
        actions.run_queues(after)
        office.run(after)

    assert office.state(refs[make.ELCIN])[:2] == ("done", "granted"), office.events(refs[make.ELCIN])
    assert (office.state(refs[make.SEVINC])[:2], office.case(refs[make.SEVINC]).rule) == (
        ("decided", "refused"), "not_placed",
    )  # fmt: skip


def car(inspected: date | None) -> None:
    row: dict[str, object] = {
        "vin": VIN, "plate": "10-AA-001", "owner": make.SEVINC, "made_in": 2022, "imported": False,
    }  # fmt: skip
    for name, fields in ((name, register.fields) for name, register in country.current().registers.items()):
        if "inspected_until" in fields:
            given = row | {"inspected_until": inspected}
            office.rows(name, {key: value for key, value in given.items() if key in fields and value is not None})


def test_a_taxi_waits_for_its_inspection_and_then_for_the_fee(fake: FakeProvider) -> None:
    car(date(2026, 1, 1))
    ref = office.submitted("taxi-licence", make.SEVINC, {"car": {"plate": "10-AA-001"}}).ref
    office.run()
    assert office.state(ref) == ("waiting", "", "agency")

    name = next(each for each, found in country.current().registers.items() if "inspected_until" in found.fields)
    key = {field: {"plate": "10-AA-001", "vin": VIN}[field] for field in country.current().registers[name].key}
    registers.happen(name, "replace", key, {"inspected_until": date(2027, 3, 1)}, recorded_by="station", now=NOW)
    actions.poll_events(NOW)
    office.run()
    office.pay(ref, fake)

    assert office.state(ref)[:2] == ("done", "granted"), office.events(ref)
    assert written("taxi-licences")[0]["plate"] == "10-AA-001"


def test_a_licence_that_is_about_to_expire_begins_its_renewal(fake: FakeProvider) -> None:
    car(date(2027, 1, 1))
    office.rows("taxi-licences", {
        "licence_no": "L-1", "person": make.SEVINC, "plate": "10-AA-001", "until": date(2026, 4, 10),
    })  # fmt: skip
    actions.start_from_events(NOW)
    actions.start_from_events(NOW)
    office.run()
    ref = Case.objects.get(service="taxi-licence").ref
    actions.submit_task(office.task(ref, "submit").pk, make.SEVINC, "", now=NOW)
    office.run()
    assert payments.of_case(ref)[0].amount == 4000
    office.pay(ref, fake)

    assert office.state(ref)[:2] == ("done", "granted"), office.events(ref)
    assert written("taxi-licences")[-1]["until"] == "2029-04-10"


def test_an_inspection_that_never_comes_lapses_the_case() -> None:
    car(date(2026, 1, 1))
    ref = office.submitted("taxi-licence", make.SEVINC, {"car": {"plate": "10-AA-001"}}).ref
    office.run()

    actions.lapse_overdue(NOW + timedelta(days=60))

    assert office.state(ref)[0] == "lapsed"
