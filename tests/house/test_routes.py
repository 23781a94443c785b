"""The matrix of every route, every kind of person and every kind of object. A route without a rule breaks the build.

For each route the rule on its view says who may open it. The matrix asks each route as: nobody, a person, another
person, an officer of the agency, an officer of another agency; about an object of the person. What may be opened
by whom is worked out from the rule and from whose object it is, not written down route by route.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from pencere.applications.models import Case
from pencere.applications.tests import make as cases
from pencere.base import clock
from pencere.base.tests import make_media
from pencere.certificates import queries as certificates
from pencere.files import actions as files
from pencere.identity import access
from pencere.identity.tests import make as people
from pencere.jobs import actions as jobs
from pencere.payments.tests import make as fees
from pencere.registers import actions as registers

PERSON, STRANGER, OTHER_OFFICER = cases.SEVINC, cases.ILQAR, "3HED7MB"
pytestmark = pytest.mark.django_db(transaction=True)


def test_every_route_has_a_rule():
    assert [route for route, rule in access.rules() if rule is None] == []


def test_every_rule_is_one_of_the_five_kinds():
    kinds = {"public", "person", "officer", "bearer", "system"}
    assert {rule.kind for _, rule in access.rules() if rule} <= kinds


OBJECTS = {"ref", "certificate", "group", "payment", "task", "duty", "row"}
"""What in an address names an object of somebody."""


@dataclass(frozen=True)
class Route:
    path: str
    rule: access.Rule
    about: str  # whose object the address names: "", "person" (a citizen's own), "office" (the agency's)


def _routes(values: dict[str, str]) -> Iterator[Route]:
    def walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in resolver.url_patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield route, pattern
            else:
                yield from walk(pattern, route)

    for route, pattern in walk(get_resolver(), "/"):
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found.group(1)], route)
        path = re.sub(r"\(\?P<(\w+)>.*\)(?=/)", lambda found: values[found.group(1)], path)
        path = path.replace("^", "").replace("/?$", "/").replace("$", "")
        parts = set(re.findall(r"<(?:\w+:)?(\w+)>", route))
        named = parts & OBJECTS if parts != {"register", "row", "digest"} else set()  # that row has no file
        rule = pattern.callback.access
        about = "" if not named else ("office" if rule.kind == "officer" else "person")
        yield Route(path, rule, about)


@dataclass(frozen=True)
class World:
    """A decided case of the person with its certificate, and what its addresses are filled with."""

    ref: str
    values: dict[str, str]
    browser: Client


@pytest.fixture
def world() -> World:
    now = clock.now()
    cases.nation(now)
    ref = cases.submitted(PERSON, now=now).ref
    jobs.run_pending()
    certificate = certificates.of_case(ref)[0].id
    values = {
        "service_id": cases.SERVICE, "kind": "service", "register": "plate-stock", "row": _row(now), "proposal": "1",
        "ref": ref, "group": "request", "chosen": "request",
        "certificate": str(certificate),
        "document": str(certificate),
        "payment": fees.asked(person=PERSON, case=ref, now=now).id, **_tasks(ref, now),
        "fond": "1", "paper": "1", "turn": "1",
        "language": "en", "event_id": "moving-home", "agency_id": "din", "factor": "1", "code": "A" * 22,
    }  # fmt: skip
    return World(ref, values, cases.browser(PERSON))


def _row(now: datetime) -> str:
    """A row of a register of the agency."""
    plate = {"plate": "10-AA-001", "code": "c10", "class": "units", "same_letters": True}
    made = registers.add_row("plate-stock", plate, valid_from=now.date(), recorded_by="test", now=now)
    return str(made.row_id)


def _tasks(ref: str, now: datetime) -> dict[str, str]:
    """A task of the person and one at the desk, both done, and a file of the case."""
    case = Case.objects.get(ref=ref)
    over = {"state": "done", "opened_at": now, "closed_at": now}
    task = case.tasks.create(step=1, kind="sign", who="party:applicant", person=PERSON, **over)
    duty = case.tasks.create(step=1, name="duty", kind="check", who="officer:registry", agency="din", **over)
    stored = files.keep(make_media.png(), now=now)
    case.facts.create(name="request.paper", kind="file", value=stored.reference, source="answer", fetched_at=now)
    return {"task": str(task.pk), "duty": str(duty.pk), "number": "1", "digest": stored.digest}


def test_nobody_is_led_to_sign_in_wherever_a_rule_asks_for_a_person(world):
    for route in _routes(world.values):
        answer = people.client().get(route.path)
        if route.rule.kind in ("person", "officer"):
            assert answer.status_code == 302 and "/sign-in/" in answer["Location"], route
        else:
            assert not (answer.status_code == 302 and "/sign-in/" in answer["Location"]), route
            assert answer.status_code < 500, route


def test_a_stranger_gets_the_page_of_unknown_for_what_belongs_to_another(world):
    stranger = cases.browser(STRANGER)
    for route in _routes(world.values):
        answer = stranger.get(route.path)
        if route.rule.kind == "bearer":
            assert answer.status_code == 401, route
        elif route.about or route.rule.kind == "officer":
            assert answer.status_code in (404, 405), route
            assert not any(fact in answer.content.decode() for fact in (cases.NAMES[PERSON], cases.HOME)), route
        else:
            assert answer.status_code < 500, route


def test_an_officer_of_another_agency_gets_the_page_of_unknown(world):
    officer = people.signed_in(people.officer(OTHER_OFFICER, agency="emdx"), confirmed=True)
    for route in _routes(world.values):
        if route.about:
            expected = (401,) if route.rule.kind == "bearer" else (404, 405)
            assert officer.get(route.path).status_code in expected, route


def test_an_officer_of_the_agency_opens_the_case_at_the_desk_but_not_as_its_owner(world):
    officer = people.signed_in(people.officer(), confirmed=True)
    for route in _routes(world.values):
        answer = officer.get(route.path)
        if route.rule.kind == "bearer":
            assert answer.status_code == 401, route
        elif route.about == "person":
            assert answer.status_code in (404, 405), route
        elif route.about == "office":
            assert answer.status_code in (200, 302, 405), route


def test_an_officer_without_second_factor_is_led_to_confirm(world):
    officer = people.signed_in(people.officer(), confirmed=False)
    for route in _routes(world.values):
        if route.rule.kind == "officer" and route.rule.confirmed:
            answer = officer.get(route.path)
            assert answer.status_code == 302 and "/confirm/" in answer["Location"], route


def test_the_person_opens_everything_of_their_own(world):
    person: Client = world.browser
    for route in _routes(world.values):
        if route.rule.kind in ("public", "person"):
            assert person.get(route.path).status_code in (200, 301, 302, 400, 404, 405), route
    assert person.get(f"/en/me/cases/{world.ref}/").status_code == 200
    assert person.get(f"/en/me/documents/{world.values['certificate']}/en.pdf").status_code == 200


def test_no_identifier_of_a_person_stands_in_any_address(world):
    for route in _routes(world.values):
        assert PERSON not in route.path, route
