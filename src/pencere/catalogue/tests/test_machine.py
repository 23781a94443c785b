"""What machines read about services, without signing in."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import jsonschema
import pytest
from django.conf import settings
from django.test import Client

from pencere.catalogue import machine
from pencere.country import dmn

pytestmark = pytest.mark.django_db
SERVICE = "residence-certificate"


@pytest.fixture
def client() -> Client:
    return Client(HTTP_HOST=settings.PENCERE.host)


def test_the_list_names_every_service_a_page_at_a_time(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = client.get("/api/services").json()
    assert whole["next"] is None
    monkeypatch.setattr(machine, "PAGE", 1)
    seen, address = [], "/api/services"
    while address:
        page = client.get(address.removeprefix(settings.PENCERE.url)).json()
        seen += [item["id"] for item in page["items"]]
        address = page["next"]
    assert seen == [item["id"] for item in whole["items"]]
    assert SERVICE in seen


def test_every_address_that_a_service_names_answers(client: Client) -> None:
    words = client.get(f"/api/services/{SERVICE}").json()
    for address in (words["answers"], words["decisions"], *words["page"].values()):
        assert client.get(address.removeprefix(settings.PENCERE.url)).status_code == 200


def test_the_form_speaks_the_language_that_is_asked_for(client: Client) -> None:
    titles = set()
    for language in ("az", "en", "ru"):
        schema = json.loads(client.get(f"/api/services/{SERVICE}/answers.json?language={language}").content)
        jsonschema.Draft202012Validator.check_schema(schema)
        titles.add(schema["title"])
    assert len(titles) == 3


def test_the_tables_come_as_dmn(client: Client) -> None:
    response = client.get(f"/api/services/{SERVICE}/decisions.dmn")
    assert response["Content-Type"] == "application/dmn+xml"
    assert ElementTree.fromstring(response.content).tag == f"{{{dmn.NAMESPACE}}}definitions"


def test_an_editor_finds_the_schema_of_each_kind_of_file(client: Client) -> None:
    schema = json.loads(client.get("/schemas/service.json").content)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "steps" in schema["properties"]


@pytest.mark.parametrize("path", ["api/services/nothing", "api/services/nothing/answers.json",
                                  "api/services/nothing/decisions.dmn", "schemas/nothing.json"])  # fmt: skip
def test_what_there_is_not_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"/{path}").status_code == 404
