"""The walk for a host portal: a whole case by JSON, every answer as the description says."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import get_resolver

from pencere.applications.tests import make
from pencere.base import clock
from pencere.identity import access
from pencere.identity.queries import NOBODY
from pencere.identity.tests import make as people
from pencere.jobs import actions as jobs

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "K" * 20


class Portal:
    """A host portal: asks in somebody's name and holds every answer against the description."""

    def __init__(self, person: str = make.SEVINC) -> None:
        self._browser: Client = people.client()
        self.person = person
        self.description = self._browser.get("/api/openapi.json?language=en").json()

    def ask(self, method: str, path: str, body: object = None, *, status: int = 200, **headers: str) -> Any:
        answer = self._browser.generic(
            method, path, json.dumps(body) if body is not None else "", "application/json",
            headers={"Authorization": f"Bearer {self.person}", "Accept-Language": "en", **headers},
        )  # fmt: skip
        assert answer.status_code == status, answer.content
        found = answer.json() if answer.content and "json" in answer["Content-Type"] else answer.content
        self._demand_described(method, path, answer, found)
        return found

    def _demand_described(self, method: str, path: str, answer: Any, found: object) -> None:
        for pattern, ways in self.description["paths"].items():
            if re.fullmatch(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(pattern)), path) and method.lower() in ways:
                responses = ways[method.lower()]["responses"]
                declared = responses.get(str(answer.status_code), responses["default"])
                for content in declared.get("content", {}).values():
                    if "schema" in content:
                        schema = {**content["schema"], "components": self.description["components"]}
                        jsonschema.Draft202012Validator(schema).validate(found)
                return
        raise AssertionError(f"{method} {path} is not described")


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Portal:
    """In place of a token stands the person's identifier."""

    def who_of(request: HttpRequest) -> object:
        fin = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return make.who(fin) if fin else NOBODY

    monkeypatch.setattr(access.tokens, "who_of", who_of)
    make.nation(clock.now())
    return Portal()


def _draft(portal: Portal, purpose: str = "work") -> str:
    """Answered, with what the registers say."""
    ref = str(portal.ask("POST", f"/api/services/{make.SERVICE}/cases", status=201)["ref"])
    page = portal.ask("GET", f"/api/cases/{ref}/form")["pages"][0]
    myself = page["choices"]["holder"][0]["value"]
    portal.ask("PUT", f"/api/cases/{ref}/answers/request", {"holder": myself, "purpose": purpose})
    portal.ask("POST", f"/api/cases/{ref}/evidence", {})
    return ref


def test_a_whole_case_goes_through_another_portal(portal: Portal) -> None:
    ref = _draft(portal)
    form = portal.ask("GET", f"/api/cases/{ref}/form")
    assert form["ready"]
    sent = portal.ask("POST", f"/api/cases/{ref}/submission", status=201, **{"Idempotency-Key": KEY})
    jobs.run_pending()
    case = portal.ask("GET", f"/api/cases/{ref}")
    assert (case["state"], case["outcome"]) == ("done", "granted")
    assert "sentence" in case["decision"]
    paper = portal.ask("GET", re.sub(r"^https?://[^/]+", "", case["documents"][0]["files"]["en"]))
    assert paper.startswith(b"%PDF")
    again = portal.ask("POST", f"/api/cases/{ref}/submission", **{"Idempotency-Key": KEY})
    assert (again["receipt"], again["again"]) == (sent["receipt"], True)
    assert [item["ref"] for item in portal.ask("GET", "/api/cases")["items"]] == [ref]


def test_what_the_registers_say_comes_with_holder_and_day_and_no_identifier(portal: Portal) -> None:
    ref = str(portal.ask("POST", f"/api/services/{make.SERVICE}/cases", status=201)["ref"])
    myself = portal.ask("GET", f"/api/cases/{ref}/form")["pages"][0]["choices"]["holder"][0]
    assert make.SEVINC not in json.dumps(myself)
    portal.ask("PUT", f"/api/cases/{ref}/answers/request", {"holder": myself["value"], "purpose": "work"})
    said = portal.ask("POST", f"/api/cases/{ref}/evidence", {})
    home = next(fact for fact in said["facts"] if fact["fact"] == "home.address")
    assert (home["words"], home["holder"]) == (make.HOME, "din")
    assert make.SEVINC not in json.dumps(said)


def test_an_answer_that_cannot_be_is_told_in_a_sentence(portal: Portal) -> None:
    ref = str(portal.ask("POST", f"/api/services/{make.SERVICE}/cases", status=201)["ref"])
    wrong = portal.ask("PUT", f"/api/cases/{ref}/answers/request", {"purpose": "revenge"}, status=422)
    assert set(wrong["errors"]) == {"holder", "purpose"}
    assert all(sentence for sentences in wrong["errors"].values() for sentence in sentences)
    assert portal.ask("PUT", f"/api/cases/{ref}/answers/request", {"colour": 1}, status=422)["errors"] == {"colour": []}
    assert portal.ask("PUT", f"/api/cases/{ref}/answers/request", [1], status=422)
    assert portal.ask("PUT", f"/api/cases/{ref}/answers/nothing", {}, status=404)


def test_a_draft_that_is_not_whole_is_not_sent(portal: Portal) -> None:
    ref = str(portal.ask("POST", f"/api/services/{make.SERVICE}/cases", status=201)["ref"])
    path = f"/api/cases/{ref}/submission"
    assert portal.ask("POST", path, status=400)
    assert portal.ask("POST", path, status=409, **{"Idempotency-Key": KEY})["reason"] == "incomplete"
    portal.ask("DELETE", f"/api/cases/{ref}", status=204)
    portal.ask("GET", f"/api/cases/{ref}", status=404)


def test_what_belongs_to_another_does_not_exist(portal: Portal) -> None:
    ref = _draft(portal)
    stranger = Portal(make.ILQAR)
    for method, path in (("GET", ""), ("GET", "/form"), ("POST", "/evidence"), ("DELETE", ""), ("POST", "/withdrawal")):
        stranger.ask(method, f"/api/cases/{ref}{path}", status=404)
    assert stranger.ask("GET", "/api/cases")["items"] == []
    assert stranger.ask("GET", "/api/tasks")["items"] == []


def test_a_service_that_nobody_knows_cannot_be_begun(portal: Portal) -> None:
    answer = people.client().post("/api/services/nothing/cases", headers={"Authorization": f"Bearer {make.SEVINC}"})
    assert answer.status_code == 404


def test_a_way_that_is_not_meant_says_which_is(portal: Portal) -> None:
    answer = people.client().post("/api/cases", headers={"Authorization": f"Bearer {make.SEVINC}"})
    assert (answer.status_code, answer["Allow"]) == (405, "GET")


def test_every_address_of_the_walk_is_described(portal: Portal) -> None:
    served = set()
    for pattern in get_resolver().url_patterns:
        route = str(pattern.pattern)
        rule = getattr(getattr(pattern, "callback", None), "access", None)
        if rule is access.BEARER:
            served.add("/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route))
    described = {path for path in portal.description["paths"] if not path.startswith("/api/services/")}
    assert served - {"/api/services/{service_id}/cases"} == described
    assert f"/api/services/{make.SERVICE}/cases" in portal.description["paths"]
