"""Shapes as OGC API - Features, read by a client that is not ours; never more than what is published."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
import shapely
from owslib.ogcapi.features import Features

from pencere import country
from pencere.base import clock
from pencere.identity.tests import make as people
from pencere.registers import actions
from pencere.registers.ground import features
from pencere.registers.ground.lots import lot
from pencere.registers.listing import walking

pytestmark = pytest.mark.django_db(transaction=True)
RECORDED, NOW = datetime(2026, 10, 14, 9, tzinfo=UTC), datetime(2026, 11, 3, 9, tzinfo=UTC)
HOLDER = "0K4P2QT"
LON, LAT = 50.17, 40.43


def parcel(number: int, **changes: object) -> dict[str, object]:
    boundary, area = lot(number, LON, LAT)
    row = {"parcel_no": f"103-0417-{number:06}", "place": "xezer", "boundary": boundary, "area": str(area),
           "category": "settlement", "use": "orchard", "owners": [{"holder": HOLDER, "share": "1"}],
           "encumbered": False}  # fmt: skip
    return row | changes


@pytest.fixture(autouse=True)
def _thirty_parcels():
    rows = [parcel(number) for number in range(30)] + [parcel(99, boundary=None)]
    actions.add_rows("land-cadastre", rows, valid_from=date(2026, 9, 1), recorded_by="test", now=RECORDED)
    with clock.standing_at(NOW):
        yield


def get(path: str, **asked: str) -> Any:
    return people.client().get(f"/ogc/{path}", asked)


class Answered:
    """What OWSLib takes for an answer of `requests`."""

    def __init__(self, answer: Any, url: str) -> None:
        self.status_code, self.headers, self.url = answer.status_code, answer.headers, url
        self.content, self.text = answer.content, answer.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)

    def raise_for_status(self) -> None:
        assert self.status_code == 200

    def __bool__(self) -> bool:
        return self.status_code == 200


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Features:
    """OWSLib, its requests led to our pages instead of the network."""

    def http_get(url: str, *_asked: Any, params: dict[str, Any] | None = None, **_more: Any) -> Answered:
        parts = urlsplit(url)
        query = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return Answered(people.client().get(query, params or {}) if params else people.client().get(query), url)

    monkeypatch.setattr("owslib.ogcapi.http_get", http_get)
    monkeypatch.setattr("owslib.ogcapi.requests.get", http_get, raising=False)
    return Features("http://testserver/ogc/")


def test_a_client_that_is_not_ours_reads_it(client: Features):
    assert "land-cadastre" in client.feature_collections()
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in client.conformance()["conformsTo"]
    assert client.collection("land-cadastre")["itemType"] == "feature"

    page = client.collection_items("land-cadastre", limit=5)

    assert len(page["features"]) == page["numberReturned"] == 5
    first = page["features"][0]
    assert client.collection_item("land-cadastre", str(first["id"]))["properties"] == first["properties"]
    shape = shapely.from_geojson(json.dumps(first["geometry"]))
    assert shape.is_valid and shape.exterior.is_ccw


def test_all_pages_together_are_all_features_once():
    seen: list[str] = []
    address = "/ogc/collections/land-cadastre/items?limit=7"
    while address:
        page = people.client().get(address).json()
        seen += [each["id"] for each in page["features"]]
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        address = "/ogc/" + following[0].partition("/ogc/")[2] if following else ""

    assert seen == [f"103-0417-{number:06}" for number in range(30)]


@pytest.mark.parametrize("many", [3, 10_000])
def test_no_page_is_offered_behind_the_last_shape(many: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(features, "_MANY", many)

    page = get("collections/land-cadastre/items", limit="30").json()

    assert len(page["features"]) == 30
    assert "next" not in [link["rel"] for link in page["links"]]


@pytest.mark.parametrize("limit", ["3", "1000"])
@pytest.mark.parametrize(("few", "many"), [(1000, 200_000), (2, 200_000), (2, 3)])
def test_a_box_gives_what_lies_in_it_and_only_that(limit: str, few: int, many: int, monkeypatch):
    """The oracle: all shapes, by Shapely. However many shapes there are: gathered, walked, all looked through."""
    monkeypatch.setattr(walking, "FEW", few)
    monkeypatch.setattr(features, "_MANY", many)
    shapes = {f"103-0417-{n:06}": shapely.from_geojson(json.dumps(lot(n, LON, LAT)[0])) for n in range(30)}
    west, south, east, north = shapes["103-0417-000014"].buffer(0.00005).bounds
    expected = {name for name, shape in shapes.items() if shape.intersects(shapely.box(west, south, east, north))}

    found: set[str] = set()
    address = f"/ogc/collections/land-cadastre/items?limit={limit}&bbox={west},{south},{east},{north}"
    while address:
        page = people.client().get(address).json()
        found |= {each["properties"]["parcel_no"] for each in page["features"]}
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        address = "/ogc/" + following[0].partition("/ogc/")[2] if following else ""

    assert 2 <= len(expected) < 12 and found == expected


def test_nothing_leaves_that_is_not_published():
    answer = get("collections/land-cadastre/items", limit="1000")

    assert answer["Content-Type"] == "application/geo+json"
    assert HOLDER not in answer.content.decode() and "owners" not in answer.content.decode()
    assert set(answer.json()["features"][0]["properties"]) == {"parcel_no", "place", "area", "category", "use"}
    assert get("collections/real-estate/items").status_code == 404
    assert get("collections/population").status_code == 404


def test_nobody_learns_that_a_parcel_has_another_owner():
    """Who keeps yesterday's files and compares them with today's finds nothing: no name, no place in the order."""

    def all_that_is_published() -> list[bytes]:
        items = "/ogc/collections/land-cadastre/items"
        asked = (f"{items}?limit=1000", f"{items}/103-0417-000007",
                 "/open/land-cadastre.csv", "/open/land-cadastre.json",
                 "/en/open/land-cadastre/map/?at=50.17,40.43&wide=2000")  # fmt: skip
        answers = [people.client().get(address) for address in asked]
        assert [answer.status_code for answer in answers] == [200] * len(asked)
        pages = [b"".join(answer.streaming_content) if answer.streaming else answer.content for answer in answers]
        return [re.sub(rb'"timeStamp": ?"[^"]+"|\d+ (October|November|December) 2026', b"", page) for page in pages]

    before = all_that_is_published()
    actions.replace_row("land-cadastre", {"parcel_no": "103-0417-000007"},
                        {"owners": [{"holder": "1Z9Y8X7", "share": "1"}], "encumbered": True},
                        from_day=date(2026, 11, 10), recorded_by="test", now=NOW)  # fmt: skip
    with clock.standing_at(datetime(2026, 12, 1, 9, tzinfo=UTC)):
        assert all_that_is_published() == before


def test_a_box_over_the_line_of_180_degrees_lies_on_both_sides_of_it():
    assert get("collections/land-cadastre/items", bbox="50,40,-170,41").json()["features"]
    assert get("collections/land-cadastre/items", bbox="179,40,51,41").json()["features"]
    assert not get("collections/land-cadastre/items", bbox="170,40,-170,41").json()["features"]


def test_what_has_no_shape_yet_is_in_the_files_and_no_feature():
    assert get("collections/land-cadastre/items/103-0417-000099").status_code == 404
    assert b"103-0417-000099" in b"".join(people.client().get("/open/land-cadastre.csv").streaming_content)


@pytest.mark.parametrize("path", ["collections/real-estate/items", "collections/land-cadastre/items/77"])
def test_what_is_not_there_is_said_in_json(path: str):
    answer = get(path)

    assert answer.status_code == 404 and answer.json()["status"] == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_every_address_of_the_description_answers():
    described = get("api").json()
    path = described["paths"]["/collections/{collectionId}/items/{featureId}"]["get"]
    filled = {"collectionId": path["parameters"][0]["schema"]["enum"][0], "featureId": "103-0417-000003"}

    assert len(described["paths"]) == 7
    for address, methods in described["paths"].items():
        answer = get(address.format(**filled)[1:])
        assert answer["Content-Type"] in methods["get"]["responses"]["200"]["content"], address


def test_what_was_recorded_since_the_period_began_is_not_there_yet():
    actions.add_row("land-cadastre", parcel(50), valid_from=date(2026, 9, 1), recorded_by="test", now=NOW)

    assert get("collections/land-cadastre/items", limit="1000").json()["numberReturned"] == 30
    with clock.standing_at(datetime(2026, 12, 1, 9, tzinfo=UTC)):
        assert get("collections/land-cadastre/items", limit="1000").json()["numberReturned"] == 31


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "50,41,51,40"}, "bbox"),
        ({"bbox": "50,40,181,41"}, "bbox"),
        ({"bbox": "nan,0,1,1"}, "bbox"),
        ({"limit": "0"}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "९"}, "limit"),
        ({"datetime": "yesterday"}, "datetime"),
        ({"f": "html"}, "f"),
        ({"owners": HOLDER}, "owners"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(asked: dict[str, str], told: str):
    answer = get("collections/land-cadastre/items", **asked)

    assert answer.status_code == 400 and told in answer.json()["detail"]


def test_values_are_what_a_gis_takes_them_for():
    page = get("collections/land-cadastre/items", f="json").json()

    assert {type(each["properties"]["area"]) for each in page["features"]} == {float}
    assert page["timeStamp"] == "2026-11-03T09:00:00Z", "of the answer, as the standard says, not of the data"


def test_a_collection_leads_people_to_its_map_and_to_what_its_codes_mean():
    links = get("collections/land-cadastre").json()["links"]
    pages = {link["hreflang"]: link["href"] for link in links if link["rel"] == "alternate"}
    (meaning,) = (link["href"] for link in links if link["rel"] == "describedby")

    assert set(pages) == {"az", "en", "ru"}
    for address in (*pages.values(), meaning):
        assert people.client().get(urlsplit(address).path).status_code == 200


def test_a_moment_before_the_period_has_no_features():
    assert get("collections/land-cadastre/items", datetime="../2020-01-01T00:00:00Z").json()["features"] == []
    assert get("collections/land-cadastre/items", datetime="2020-01-01T00:00:00Z/..").json()["features"]


def test_a_shape_in_metres_is_given_out_in_degrees():
    from dataclasses import replace

    import pyproj

    here = country.current()
    register = here.registers["land-cadastre"]
    field = replace(register.fields["boundary"], crs="EPSG:32639")
    changed = replace(register, fields={**register.fields, "boundary": field})
    to_utm = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32639", always_xy=True)
    boundary: Any = lot(60, LON, LAT)[0]
    metres = {"type": "Polygon", "coordinates": [[list(to_utm.transform(*at)) for at in boundary["coordinates"][0]]]}
    from pencere.registers.tests import make

    with make.using(replace(here, registers={**here.registers, "land-cadastre": changed})):
        actions.end_row("land-cadastre", {"parcel_no": "103-0417-000000"}, from_day=date(2026, 9, 1),
                        recorded_by="test", now=RECORDED)  # fmt: skip
        row = parcel(60, boundary=metres)
        actions.add_row("land-cadastre", row, valid_from=date(2026, 9, 1), recorded_by="test", now=RECORDED)
        found = get("collections/land-cadastre/items/103-0417-000060").json()

    for at, expected in zip(found["geometry"]["coordinates"][0], boundary["coordinates"][0], strict=True):
        assert at == pytest.approx(expected, abs=2e-8)
