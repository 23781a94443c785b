"""The stand-in when it is slow, silent, wrong, killed or spoken to by a stranger; and many rows at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from http.client import HTTPConnection

import pytest
from django.conf import settings
from django.test import override_settings

from pencere.base import secrets
from pencere.base.errors import BadInput, Refused, Unavailable
from pencere.country.declarations import Law
from pencere.exchange import actions, asking
from pencere.exchange.rules import Consumer
from pencere.exchange.stand_in import client, loading, messages
from pencere.exchange.stand_in.client import StandIn
from pencere.exchange.tests import process
from pencere.exchange.tests.process import Standing
from pencere.ledger import queries as ledger
from pencere.registers import actions as registering
from pencere.registers import queries as registers
from pencere.registers.tests.make import NOW, TODAY

BORN = date(2026, 3, 1)
REGISTRY = Consumer("registry", "home-certificate", "K7QF2-9XMZT", "system", "account")
LAW = Law("people-law", "2")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def stand_in() -> Iterator[Standing]:
    with process.in_place(), process.standing() as made:
        yield made


@pytest.fixture(autouse=True)
def _mended(stand_in: Standing, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(asking, "_stand_in", StandIn())
    monkeypatch.setattr(client, "SECONDS", 1.0)
    yield
    stand_in.mend()


def register_birth(mother: str, key: str):
    row = {"born_on": BORN, "mother": mother}
    return actions.record("registry-land.register-birth", row, REGISTRY, key=key, law=LAW, now=NOW)


def children(mother: str) -> tuple[str, ...]:
    return actions.related("born", mother, REGISTRY, now=NOW)


def births(mother: str) -> int:
    heard = actions.events("registry-land.born", "", 10_000, REGISTRY, now=NOW)
    mine = set(children(mother))
    return sum(each.values["child"] in mine for each in heard)


def test_it_answers_by_the_same_doors_as_a_register_that_is_kept_here():
    (mother,) = process.persons(1)

    written = register_birth(mother, f"k {mother}")

    assert (written.register, written.holder, written.at) == ("births", "land", NOW)
    assert written.values["registered_on"] == TODAY
    assert children(mother) == (written.values["child"],)
    reply = actions.ask(
        "registry-land.birth", {"child": written.values["child"]}, ("born_on",), REGISTRY, law=LAW, now=NOW
    )
    assert reply.rows == ({"born_on": BORN},)
    assert births(mother) == 1


def test_a_slow_holder_is_waited_for():
    (mother,) = process.persons(1)
    client.break_down("slow", seconds=0.3, times=1)

    assert register_birth(mother, f"k {mother}").holder == "land"


def test_a_silent_holder_did_nothing_and_is_asked_again():
    (mother,) = process.persons(1)
    client.break_down("silent", seconds=1.5, times=1)

    with pytest.raises(Unavailable) as problem:
        register_birth(mother, f"k {mother}")

    assert problem.value.who == "land"
    assert mother not in str(problem.value)
    assert register_birth(mother, f"k {mother}").holder == "land"
    assert births(mother) == 1


def test_a_lost_answer_is_asked_for_again_and_the_change_is_done_once():
    (mother,) = process.persons(1)
    client.break_down("lost", times=1)

    with pytest.raises(Unavailable):
        register_birth(mother, f"k {mother}")
    written = register_birth(mother, f"k {mother}")

    assert children(mother) == (written.values["child"],)
    assert births(mother) == 1


def test_a_message_that_is_delivered_twice_is_done_once():
    (mother,) = process.persons(1)
    client.break_down("twice", times=1)

    written = register_birth(mother, f"k {mother}")

    assert children(mother) == (written.values["child"],)
    assert births(mother) == 1


def test_a_refusal_is_a_refusal():
    (mother,) = process.persons(1)
    client.break_down("refuses", times=1)

    with pytest.raises(Refused, match="refused_on_demand"):
        register_birth(mother, f"k {mother}")


@pytest.mark.parametrize("kind", ["garbage", "wrong"])
def test_what_nobody_can_read_is_no_answer(kind):
    (mother,) = process.persons(1)
    child = register_birth(mother, f"k {mother}").values["child"]
    calls = (
        lambda: children(mother),
        lambda: register_birth(mother, f"another {mother}"),
        lambda: actions.events("registry-land.born", "", 10, REGISTRY, now=NOW),
    )

    for call in calls:
        client.break_down(kind, times=1)
        with pytest.raises(Unavailable) as problem:
            call()
        assert problem.value.who == "land"
        assert str(child) not in str(problem.value)


def test_a_fault_that_nobody_knows_is_refused():
    with pytest.raises(BadInput):
        client.break_down("sleepy")


def test_whoever_lacks_the_secret_learns_nothing(stand_in):
    (mother,) = process.persons(1)
    child = register_birth(mother, f"k {mother}").values["child"]
    host, port = settings.PENCERE.stand_in_address
    said = []
    for given in (None, "Bearer ", "Bearer wrong", f"Basic {secrets.read(settings.PENCERE.keys / messages.SECRET)}"):
        link = HTTPConnection(host, port, timeout=5)
        link.request("POST", "/answer", b"{}", {"Authorization": given} if given else {})
        answer = link.getresponse()
        said.append((answer.status, child in answer.read().decode()))
        link.close()

    assert said == [(403, False)] * 4


def test_whoever_comes_by_hand_is_led_to_the_portal():
    host, port = settings.PENCERE.stand_in_address
    link = HTTPConnection(host, port, timeout=5)
    link.request("GET", "/")
    answer = link.getresponse()

    assert (answer.status, answer.headers["Location"]) == (302, f"{settings.PENCERE.url}/demo/agencies/")


def test_a_register_that_is_kept_here_is_not_asked_there():
    with pytest.raises(BadInput, match="not_understood"):
        client.happen("homes-book", "add", {}, {}, NOW)


def test_it_is_killed_and_keeps_what_it_took(stand_in):
    (mother,) = process.persons(1)
    written = register_birth(mother, f"k {mother}")
    stand_in.kill()
    with pytest.raises(Unavailable):
        children(mother)

    stand_in.start()

    assert register_birth(mother, f"k {mother}") == written
    assert children(mother) == (written.values["child"],)


def test_something_happens_in_the_other_agency_and_is_told():
    one, two = process.persons(2)
    number = f"{one[:3]}-{one[5:]}"
    owners = [{"holder": one, "share": "1"}]

    added = client.happen("parcels", "add", {}, {"parcel_no": number, "owners": owners}, NOW)
    changed = {"owners": [{"holder": two, "share": "1"}]}
    client.happen("parcels", "replace", {"parcel_no": number}, changed, NOW + timedelta(days=1))

    assert added.values["parcel_no"] == number
    later = NOW + timedelta(days=2)
    heard = actions.events("registry-land.changed", "", 1000, REGISTRY, now=later)
    assert [each.values["parcel_no"] for each in heard][-1] == number
    assert len(ledger.looks_of(two)) == 1


# --- many at once


def test_many_rows_go_where_they_are_kept_by_one_process(monkeypatch: pytest.MonkeyPatch):
    begun: list[str] = []
    beside = loading.beside
    monkeypatch.setattr(loading, "beside", lambda *said: begun.append(said[0]) or beside(*said))
    people = process.persons(6000)
    acts = (
        {"act_no": f"M{n}", "child": one, "registered_on": BORN, "born_on": BORN, "mother": one}
        for n, one in enumerate(people)
    )

    with actions.loading(recorded_by="nation", now=NOW) as load:
        here = load.load("homes-book", ({"person": one, "address": "A"} for one in people[:100]), valid_from=BORN)
        there = load.load("births", acts, valid_from=BORN)

    assert (here, there) == (100, 6000)
    assert registers.count("homes-book") == 100
    assert registers.count("births") == 0
    assert children(people[5999]) == (people[5999],)
    assert begun == ["--load"]


def test_a_bad_row_elsewhere_is_named():
    rows = [
        {"act_no": f"B{n}", "child": one, "registered_on": BORN, "born_on": BORN, "mother": one}
        for n, one in enumerate(process.persons(3))
    ]
    rows[1]["born_on"] = "soon"  # type: ignore[assignment]

    with pytest.raises(BadInput) as problem, actions.loading(recorded_by="nation", now=NOW) as load:
        load.load("births", rows, valid_from=BORN)

    assert problem.value.reason == "not_a_date"
    assert problem.value.details == {"field": "born_on", "row": 2, "register": "births"}


def filled(persons: Sequence[str], here: int) -> None:
    """Acts of birth elsewhere for all of them, a line of the book of homes here for so many."""
    acts = (
        ({"act_no": f"F{one}", "child": one, "registered_on": BORN, "born_on": BORN, "mother": one}, None, None)
        for one in persons
    )
    homes = (({"person": one, "address": "A"}, None, None) for one in persons[:here])
    with actions.filling(recorded_by="nation", now=NOW) as fill:
        for is_here, register, rows in ((False, "births", acts), (True, "homes-book", homes)):
            vendor = fill.vendor if is_here else actions.ELSEWHERE
            packer = registering.Packer(
                registers.shape_of, vendor, since=BORN, recorded_by="nation", now=NOW, folder=fill.folder
            )
            block = packer.pack(register, rows, fill.first_id if is_here else 1)
            assert block is not None
            fill.add(actions.pack(block), here=is_here)


def test_a_filling_puts_rows_where_they_are_kept_and_begins_anew_elsewhere():
    people = process.persons(300)
    filled(people, 20)

    assert registers.count("homes-book") == 20
    assert children(people[299]) == (people[299],)


def test_a_wrong_row_elsewhere_leaves_nothing_here():
    people = process.persons(3)

    with pytest.raises(BadInput, match="overlaps"):
        filled([*people, people[0]], 2)

    assert registers.count("homes-book") == 0


def test_without_the_demo_nothing_is_loaded_elsewhere():
    def load_elsewhere() -> None:
        with actions.loading(recorded_by="x", now=NOW) as load:
            load.load("births", [], valid_from=BORN)

    no_demo = override_settings(PENCERE=replace(settings.PENCERE, demo=False))
    with no_demo, pytest.raises(ValueError, match="only in the demo"):
        load_elsewhere()
