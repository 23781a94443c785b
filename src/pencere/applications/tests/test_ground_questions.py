"""A shape as an answer: typed, drawn with what is published around it, judged by tables, written into the register."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pencere import country
from pencere.applications import values
from pencere.applications.models import Case
from pencere.applications.tests import make
from pencere.applications.tests.test_machine import Portal, portal
from pencere.base import clock
from pencere.base.ground import soundness, written
from pencere.base.tests import make_media
from pencere.country.recorded import recorded_in
from pencere.jobs import actions as jobs
from pencere.registers import actions as registers
from pencere.registers import queries
from pencere.registers.models import Row

__all__ = ["portal"]
pytestmark = pytest.mark.django_db(transaction=True)

SERVICE = "parcel-boundary"
OWN, NEXT, UNSURVEYED = "103-0417-000101", "103-0417-000102", "103-0417-000103"
CORNERS = "50.1700157 40.4300038\n50.1702728 40.4300465\n50.1701967 40.4303289\n50.1699139 40.4302825"
NEXT_CORNERS = "50.1702728 40.4300465\n50.1705387 40.4300854\n50.1704823 40.4303725\n50.1701967 40.4303289"
OVER = CORNERS.replace("50.1702728", "50.1703228")
CLERK = "2RGY4KA"


def shape(text: str) -> dict[str, Any]:
    found = written.read(text, "polygon")
    assert found is not None
    return dict(found)


def parcel(number: str, owner: str, corners: str | None) -> dict[str, object]:
    return {
        "parcel_no": number, "place": "xezer", "boundary": shape(corners) if corners else None, "area": "750.5",
        "category": "settlement", "use": "building", "owners": [{"holder": owner, "share": "1"}], "encumbered": False,
    }  # fmt: skip


@pytest.fixture
def browser() -> Client:
    make.nation(clock.now())
    land()
    return make.browser()


def land() -> None:
    rows = [parcel(OWN, make.SEVINC, CORNERS), parcel(NEXT, make.ILQAR, NEXT_CORNERS),
            parcel(UNSURVEYED, make.SEVINC, None)]  # fmt: skip
    registers.add_rows("land-cadastre", rows, valid_from=date(2020, 1, 1), recorded_by="test", now=clock.now())


def begin(browser: Client, number: str = OWN) -> str:
    answer = browser.post(f"/en/apply/{SERVICE}/")
    assert answer.status_code == 302, answer.content.decode()
    ref = str(answer["Location"].split("/")[3])
    post(browser, ref, "parcel", number=number)
    answer = browser.post(f"/en/apply/{ref}/facts/")
    return ref


def post(browser: Client, ref: str, group: str, status: int = 302, **answers: Any) -> str:
    answer = browser.post(f"/en/apply/{ref}/{group}/", answers)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def plan() -> SimpleUploadedFile:
    return SimpleUploadedFile("plan.png", make_media.png(), "image/png")


def sent(browser: Client, corners: str = CORNERS, number: str = OWN) -> str:
    ref = begin(browser, number)
    post(browser, ref, "survey", boundary=corners, plan=plan())
    page = browser.get(f"/en/apply/{ref}/check/").content.decode()
    key = page.split('name="send-once" value="')[1].split('"')[0]
    answer = browser.post(f"/en/apply/{ref}/send/", {"send-once": key})
    assert answer.status_code == 302, answer.content.decode()
    return ref


def found_by_officer(ref: str, matches: str = "yes", agreed: str = "yes") -> Client:
    jobs.run_pending()
    clerk = make.officer(CLERK, agency="emdx")
    task = Case.objects.get(ref=ref).tasks.get(kind="check")
    answer = clerk.post(f"/en/desk/tasks/{task.pk}/", {"corners": matches, "agreed": agreed})
    assert answer.status_code == 302, answer.content.decode()
    jobs.run_pending()
    return clerk


def live(number: str = OWN) -> Row:
    """What the cadastre says from now on."""
    rows = Row.objects.filter(register="land-cadastre", retired_at__isnull=True, valid_until__isnull=True)
    return rows.get(values__contains=number)


def test_it_is_asked_with_a_box_a_file_and_a_button_and_drawn_below(browser: Client):
    ref = begin(browser)
    page = browser.get(f"/en/apply/{ref}/survey/").content.decode()
    assert 'enctype="multipart/form-data"' in page and 'name="boundary_file"' in page
    assert 'name="list-search" value="boundary"' in page
    assert 'data-items="/ogc/collections/land-cadastre/items"' in page, "the public map, to set corners on"
    assert 'data-at="50.170093 40.430166"' in page, "where the cadastre has it now"

    page = post(browser, ref, "survey", 200, boundary=CORNERS, **{"list-search": "boundary"})
    assert page.count('class="pen-map__area"') == 1
    assert "Area as drawn: 751\u00a0m²" in page and "Corners: 4" in page
    assert NEXT in page, "its neighbour is named"
    assert "It lies over" not in page, "not over the boundary that it corrects"
    assert "govuk-error-summary" not in page, "the rest of the page is not judged"
    assert not Case.objects.get(ref=ref).answers.get("survey.boundary")


def test_what_it_lies_over_is_named_before_it_is_sent_and_to_the_officer(browser: Client):
    ref = begin(browser)
    page = post(browser, ref, "survey", 200, boundary=OVER, **{"list-search": "boundary"})
    assert f"It lies over: {NEXT}." in page
    post(browser, ref, "survey", boundary=OVER, plan=plan())
    assert f"It lies over: {NEXT}." in browser.get(f"/en/apply/{ref}/check/").content.decode()


def test_what_is_not_published_is_not_drawn(browser: Client, monkeypatch: pytest.MonkeyPatch):
    ref = begin(browser)
    monkeypatch.setattr(queries, "is_published", lambda *_: False)
    page = post(browser, ref, "survey", 200, boundary=OVER, **{"list-search": "boundary"})
    assert 'class="pen-map__area"' in page and NEXT not in page and "data-items" not in page


def test_a_border_that_crosses_itself_stays_in_the_box_with_where_it_does(browser: Client):
    ref = begin(browser)
    lines = CORNERS.split("\n")
    crossed = "\n".join((lines[0], lines[2], lines[1], lines[3]))
    page = post(browser, ref, "survey", 200, boundary=crossed, plan=plan())
    assert "Where are the corners of the parcel? The border crosses itself at 50.17" in page
    assert 'href="#id_boundary"' in page and lines[2] in page
    assert "This file is kept." in page, "nothing is lost"


def test_a_draft_comes_back_with_its_corners(browser: Client):
    ref = begin(browser)
    post(browser, ref, "survey", boundary=CORNERS, plan=plan())
    page = browser.get(f"/en/apply/{ref}/survey/").content.decode()
    assert CORNERS in page and 'class="pen-map__area"' in page
    assert Case.objects.get(ref=ref).answers["survey.boundary"]["value"] == shape(CORNERS)


def test_it_is_judged_written_into_the_register_and_shown_everywhere(browser: Client):
    moved = "\n".join(f"{float(x) + 0.0000003:.7f} {y}" for x, y in (line.split() for line in CORNERS.split("\n")))
    ref = sent(browser, moved)
    clerk = found_by_officer(ref)
    case = Case.objects.get(ref=ref)
    assert (case.state, case.outcome, case.rule) == ("done", "granted", "as_surveyed")
    row = json.loads(live().values)
    assert row["boundary"] == shape(moved)
    assert float(row["area"]) == pytest.approx(soundness.area(shape(moved)), abs=0.06)
    assert row["owners"], "the rest is as it was"

    for page in (browser.get(f"/en/me/cases/{ref}/"), clerk.get(f"/en/desk/cases/{ref}/")):
        text = page.content.decode()
        assert page.status_code == 200
        assert 'class="pen-map__area"' in text and "Area as drawn: 751\u00a0m²" in text
        assert "{&#x27;type" not in text and "coordinates" not in text.split("data-shape")[0]


@pytest.mark.parametrize(
    ("corners", "number", "matches", "agreed", "outcome"),
    [
        (CORNERS, OWN, "no", "yes", "refused"),
        (CORNERS, OWN, "yes", "no", ""),
        (NEXT_CORNERS, OWN, "yes", "yes", ""),
        (CORNERS, UNSURVEYED, "yes", "yes", "recheck"),
    ],
    ids=["not the plan", "not agreed", "elsewhere", "over its neighbour"],
)
def test_each_way_it_can_end(browser: Client, corners: str, number: str, matches: str, agreed: str, outcome: str):
    ref = sent(browser, corners, number)
    found_by_officer(ref, matches, agreed)
    case = Case.objects.get(ref=ref)
    if outcome == "recheck":
        assert case.outcome == "granted" and case.tasks.filter(kind="recheck", state="open").exists()
        task = case.tasks.get(kind="recheck")
        assert task.result["said"] == "lies_over_another"
        page = make.officer(CLERK, agency="emdx").get(f"/en/desk/tasks/{task.pk}/").content.decode()
        assert "It said: what is drawn lies over another entry." in page
        assert 'class="pen-map__area"' in page and f"It lies over: {OWN}." in page
    else:
        assert case.outcome == outcome


def test_a_parcel_of_somebody_else_is_refused_and_nothing_of_it_is_told(browser: Client):
    ref = begin(browser, NEXT)
    page = browser.get(f"/en/apply/{ref}/facts/").content.decode()
    assert "50.170" not in page and 'class="pen-map__area"' not in page


def test_the_hash_of_a_case_takes_shapes_and_tells_them_apart():
    one, other = shape(CORNERS), shape(NEXT_CORNERS)
    assert values.hash_of({"a": one}) == values.hash_of({"a": json.loads(json.dumps(one))})
    assert values.hash_of({"a": one}) != values.hash_of({"a": other})


def test_another_portal_sends_it_as_geojson(portal: Portal):
    land()
    ref = str(portal.ask("POST", f"/api/services/{SERVICE}/cases", status=201)["ref"])
    portal.ask("PUT", f"/api/cases/{ref}/answers/parcel", {"number": OWN})
    portal.ask("POST", f"/api/cases/{ref}/evidence", {})
    schema = portal.description["components"]["schemas"][f"answers.{SERVICE}"]
    assert schema["properties"]["survey"]["properties"]["boundary"]["properties"]["type"] == {"const": "Polygon"}
    for wrong in ({}, {"type": "Point", "coordinates": [50, 40]}, [1, 2], "nowhere", 7):
        answer = portal.ask("PUT", f"/api/cases/{ref}/answers/survey", {"boundary": wrong}, status=422)
        assert answer["errors"]["boundary"]
    answer = portal.ask("PUT", f"/api/cases/{ref}/answers/survey", {"boundary": shape(CORNERS)}, status=422)
    assert list(answer["errors"]) == ["plan"]


def test_where_it_comes_to_stand_is_read_off_the_steps():
    here = country.current()
    into = recorded_in(here, here.services[SERVICE], "survey.boundary")
    assert into is not None
    assert (into.register.id, into.field.name, dict(into.key)) == (
        "land-cadastre", "boundary", {"parcel_no": "parcel.number"},
    )  # fmt: skip
    assert recorded_in(here, here.services[SERVICE], "survey.plan") is None
