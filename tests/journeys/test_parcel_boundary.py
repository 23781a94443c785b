"""The boundary of a parcel: its owner gives corners, sees them drawn, sends; an officer compares them with the plan.

The corners are those that everybody may read on the public map, moved by some centimetres: as a new survey finds them.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.installation import Installation
from tests.journeys.applying import begin, send
from tests.journeys.filling import fill, goes_on, office_task, picture, somebody
from tests.journeys.keyboard import follow, to
from tests.journeys.walking import Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

SERVICE = "parcel-boundary"
CLERK = "Abdullayeva Günay"
NUMBER = re.compile(r"\d{3}-\d{4}-\d{6}")
WORDS = {
    "az": ("Sərhəd özünü burada kəsir", "Şimal yuxarıdadır", "Bunların üstünə düşür", "daxil edilir"),
    "en": ("The border crosses itself at", "North is up", "It lies over", "is entered in the cadastre"),
    "ru": ("Граница пересекает саму себя здесь", "Север вверху", "Накладывается на", "вносится в кадастр"),
}
CENTIMETRES = 0.0000002
"""Of a degree of longitude: less than neighbours may reach over each other."""


def parcel_of(visitor: Person, number: str) -> tuple[list[list[float]], list[list[float]]]:
    """Its corners, and those of a neighbour, as they are published."""
    items = f"{visitor.place.url}/ogc/collections/land-cadastre/items?limit=1000"
    found: list[Any] = json.loads(visitor.page.request.get(items).text())["features"]
    own = next(each for each in found if each["properties"]["parcel_no"] == number)
    x, y = own["geometry"]["coordinates"][0][0]
    others = [each for each in found if each["geometry"] and each is not own]
    others.sort(key=lambda each: abs(each["geometry"]["coordinates"][0][0][0] - x)
                + abs(each["geometry"]["coordinates"][0][0][1] - y))  # fmt: skip
    return own["geometry"]["coordinates"][0][:-1], others[0]["geometry"]["coordinates"][0][:-1]


def text_of(corners: list[list[float]], east: float = 0) -> str:
    return "\n".join(f"{x + east:.9f} {y:.9f}" for x, y in corners)


def name_parcel(citizen: Person, ref: str, number: str) -> None:
    citizen.go(f"apply/{ref}/parcel/")
    fill(citizen, {"number": number})
    citizen.send()


def show(walker: Person) -> None:
    walker.page.locator("main button[name=list-search][value=boundary]").click()
    walker.page.wait_for_load_state()
    walker.look()


@pytest.mark.parametrize(("language", "width", "scripts"), [("az", 1280, True), ("en", 320, False), ("ru", 320, True)])
def test_an_owner_has_a_boundary_entered_as_it_was_measured(
    chromium: Browser, portal: Installation, kept: Kept, language: str, width: int, scripts: bool
):
    owner = somebody(portal, SERVICE, "granted")
    found = NUMBER.search(owner.note)
    assert found
    crossed, north, over, entered = WORDS[language]
    moved = {"az": 1, "en": -1, "ru": 2}[language] * CENTIMETRES
    with person(chromium, portal, kept, language=language, width=width, scripts=scripts) as citizen:
        own, other = parcel_of(citizen, found[0])
        ref = begin(citizen, owner.name, SERVICE)
        name_parcel(citizen, ref, found[0])
        citizen.go(f"apply/{ref}/survey/")

        # Corners in a wrong order: where is told, nothing is lost.
        fill(citizen, {"boundary": text_of([own[0], own[2], own[1], own[3]])})
        show(citizen)
        assert citizen.page.locator(".govuk-error-summary a[href='#id_boundary']").count() == 1
        assert citizen.sees(crossed)
        # On the ground of a neighbour: drawn, and named.
        fill(citizen, {"boundary": text_of(other)})
        show(citizen)
        assert citizen.page.locator("main svg .pen-map__area").count() == 1 and citizen.sees(over)
        # From a file.
        new = [[x + moved, y] for x, y in own]
        citizen.page.set_input_files("input[name=boundary_file]", geojson(new))
        show(citizen)
        assert citizen.page.input_value("[name=boundary]").startswith(f"{new[0][0]:.9f}".rstrip("0"))
        assert citizen.sees(north) and not citizen.sees(over)
        assert citizen.page.locator("main svg .pen-map__other").count() > 1
        fill(citizen, {"plan": picture()})
        citizen.send()
        assert citizen.path().endswith("/check/")
        assert citizen.page.locator("main svg .pen-map__area").count() >= 2, "what is drawn and what the cadastre has"
        send(citizen)

        with officer(chromium, portal, kept, CLERK, CLERK, language=language, width=width, scripts=scripts) as clerk:
            office_task(clerk, ref)
            assert clerk.page.locator("main svg .pen-map__area").count() >= 2
            fill(clerk, {"corners": True, "agreed": True})
            clerk.send()

        goes_on(citizen, f"me/cases/{ref}/", entered)
        goes_on(citizen, f"me/cases/{ref}/", DONE[language])
        assert citizen.page.locator("main svg .pen-map__area").count() >= 1


def test_for_the_parcel_of_somebody_else_it_is_refused(chromium: Browser, portal: Installation, kept: Kept):
    found = NUMBER.search(somebody(portal, SERVICE, "granted").note)
    assert found
    with person(chromium, portal, kept, language="en", width=320) as citizen:
        own, _other = parcel_of(citizen, found[0])
        ref = begin(citizen, somebody(portal, SERVICE, "refused").name, SERVICE)
        name_parcel(citizen, ref, found[0])
        citizen.go(f"apply/{ref}/survey/")
        fill(citizen, {"boundary": text_of(own), "plan": picture()})
        citizen.send()
        assert citizen.path().endswith("/check/")
        assert citizen.sees("does not show you as the owner")
        send(citizen)
        goes_on(citizen, f"me/cases/{ref}/", "does not show you as the owner")


def test_corners_are_set_on_the_map_or_typed_with_the_keyboard_alone(
    chromium: Browser, portal: Installation, kept: Kept
):
    owner = somebody(portal, SERVICE, "granted")
    found = NUMBER.search(owner.note)
    assert found
    with person(chromium, portal, kept, language="ru", width=1280) as citizen:
        own, _other = parcel_of(citizen, found[0])
        ref = begin(citizen, owner.name, SERVICE)
        name_parcel(citizen, ref, found[0])
        citizen.go(f"apply/{ref}/survey/")
        fetched: list[str] = []
        citizen.page.on("request", lambda request: fetched.append(request.url))
        with citizen.page.expect_response(lambda answer: "/ogc/" in answer.url):
            citizen.page.locator("main [data-ground] button").click()
        citizen.look()
        for x, y in ((60, 60), (200, 60), (200, 160), (60, 160)):
            citizen.page.locator("main .pen-ground").click(position={"x": x, "y": y})
        box = citizen.page.locator("[name=boundary]")
        assert len(box.input_value().split("\n")) == 4
        citizen.page.get_by_role("button", name="Убрать последний угол").click()
        assert len(box.input_value().split("\n")) == 3
        assert citizen.page.locator("main .pen-ground path[fill='#2a7f86']").count() == 1
        assert all(url.startswith(portal.url) for url in fetched), "nothing is asked of another server"
        show(citizen)
        assert citizen.page.locator("main svg .pen-map__area").count() == 1

        citizen.go(f"apply/{ref}/survey/")
        to(citizen, "main [data-ground] button")
        with citizen.page.expect_response(lambda answer: "/ogc/" in answer.url):
            citizen.page.keyboard.press("Enter")
        there = citizen.page.locator("main .pen-ground")
        expect(there).to_be_focused()
        expect(citizen.page.locator("main .pen-ground__cross")).to_be_visible()
        for arrow in ("ArrowRight", "ArrowDown", "ArrowLeft"):
            before = there.locator(".leaflet-map-pane").get_attribute("style")
            citizen.page.keyboard.press(arrow)
            expect(there.locator(".leaflet-map-pane")).not_to_have_attribute("style", before or "")
            there.evaluate("map => new Promise(done => setTimeout(done, 400))")  # it glides to its new place
            citizen.page.keyboard.press("Enter")
        assert len(set(box.input_value().split("\n"))) == 3
        assert citizen.page.locator("main .pen-ground path[fill='#2a7f86']").count() == 1
        show(citizen)
        assert citizen.page.locator("main svg .pen-map__area").count() == 1

        citizen.go(f"apply/{ref}/survey/")
        to(citizen, "[name=boundary]")
        citizen.page.keyboard.type(text_of(own))
        follow(citizen, "main button[name=list-search][value=boundary]")
        assert citizen.page.locator("main svg .pen-map__area").count() == 1
        assert citizen.sees("Север вверху")


DONE = {"az": "Reyestrə yazıldı", "en": "Entered into a register", "ru": "Внесено в реестр"}


def geojson(corners: list[list[float]]) -> Path:
    with tempfile.NamedTemporaryFile("w", suffix=".geojson", delete=False) as file:
        json.dump({"type": "Feature", "properties": {}, "geometry":
                   {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}}, file)  # fmt: skip
    return Path(file.name)
