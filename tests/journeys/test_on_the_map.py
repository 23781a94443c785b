"""Parcels on the map: anybody finds one, goes closer and takes the data; an officer finds those near a place.

The land cadastre of the demo: parcels of four units of the invented nation lie side by side.
"""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser

from tests.installation import Installation
from tests.journeys.keyboard import follow, to
from tests.journeys.walking import Kept, Person, officer, person

pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

CLERK = "Abdullayeva Günay"
MAP = "open/land-cadastre/map/"
LIST = "desk/registers/land-cadastre/"
CLOSER = {"az": "Yaxınlaşdır", "en": "Closer", "ru": "Ближе"}
NOTHING = {"az": "Bu nömrə ilə heç nə dərc olunmayıb", "en": "Nothing is published under this number",
           "ru": "Под этим номером ничего не опубликовано"}  # fmt: skip


def shapes(someone: Person) -> int:
    return someone.page.locator("main svg .pen-map__open, main svg .pen-map__place").count()


@pytest.mark.parametrize(
    ("language", "width", "scripts"), [("az", 1280, True), ("en", 320, True), ("ru", 320, False), ("az", 320, False)]
)
def test_anybody_finds_a_parcel_and_takes_it_as_data(
    chromium: Browser, portal: Installation, kept: Kept, language: str, width: int, scripts: bool
):
    with person(chromium, portal, kept, language=language, width=width, scripts=scripts) as visitor:
        visitor.go("open/")
        visitor.click("main a[href$='/land-cadastre/map/']")
        assert visitor.path() == MAP and shapes(visitor) >= 3
        before = shapes(visitor)
        for _step in range(3):
            visitor.page.get_by_role("link", name=CLOSER[language], exact=True).click()
            visitor.page.wait_for_load_state()
            visitor.look()
        assert 0 < shapes(visitor) < before

        number = visitor.page.locator("main tbody th + td a, main tbody td a").first.inner_text()
        visitor.page.fill("main [name=number]", "000-0000-000000")
        visitor.click("main form .govuk-button")
        assert visitor.sees(NOTHING[language])
        visitor.page.fill("main [name=number]", number)
        visitor.click("main form .govuk-button")
        assert visitor.page.locator("main svg .pen-map__area").count() == 1
        assert number in visitor.page.locator("main .govuk-summary-list").inner_text()
        assert f"row={number}" in visitor.page.url

        found = json.loads(
            visitor.page.request.get(f"{portal.url}/ogc/collections/land-cadastre/items/{number}").text()
        )
        assert found["properties"]["parcel_no"] == number and found["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize(("language", "width"), [("az", 1280), ("ru", 320)])
def test_with_scripts_the_map_is_moved_by_hand_too(
    chromium: Browser, portal: Installation, kept: Kept, language: str, width: int
):
    with person(chromium, portal, kept, language=language, width=width) as visitor:
        visitor.go(MAP)
        fetched: list[str] = []
        visitor.page.on("request", lambda request: fetched.append(request.url))
        visitor.page.locator("main [data-ground] button").click()
        visitor.page.locator("main .pen-ground path.leaflet-interactive").first.wait_for()
        visitor.look()
        assert all(url.startswith(portal.url) for url in fetched), "nothing is asked of another server"
        with visitor.page.expect_response(lambda answer: "/ogc/" in answer.url):
            visitor.page.locator("main .pen-ground").press("ArrowRight")
        with visitor.page.expect_response(lambda answer: "/ogc/" in answer.url):
            visitor.page.locator("main .leaflet-control-zoom-out").click()
        shape = visitor.page.locator("main .pen-ground path.leaflet-interactive").first
        shape.wait_for()
        with visitor.page.expect_navigation():
            shape.dispatch_event("click")
        visitor.page.wait_for_load_state()
        visitor.look()
        assert "row=" in visitor.page.url


def test_the_map_is_moved_with_the_keyboard(chromium: Browser, portal: Installation, kept: Kept):
    with person(chromium, portal, kept, language="en") as visitor:
        visitor.go(MAP)
        follow(visitor, "main nav a:has-text('Farther away')")
        follow(visitor, "main nav a:has-text('To the north')")
        to(visitor, "main [name=place]")
        visitor.page.keyboard.type("0.5 0.5")
        follow(visitor, "main form .govuk-button")
        assert shapes(visitor) == 0 and visitor.sees("Nothing that is published lies here")


@pytest.mark.parametrize(("language", "width", "scripts"), [("az", 1280, True), ("en", 320, True), ("ru", 320, False)])
def test_an_officer_finds_the_parcels_near_a_place_and_sees_one_with_its_neighbours(
    chromium: Browser, portal: Installation, kept: Kept, language: str, width: int, scripts: bool
):
    with person(chromium, portal, kept, language=language) as visitor:
        items = f"{portal.url}/ogc/collections/land-cadastre/items?limit=1000"
        features = json.loads(visitor.page.request.get(items).text())["features"]
    (longitude, latitude), *_more = next(each for each in features if each["geometry"])["geometry"]["coordinates"][0]

    with officer(chromium, portal, kept, CLERK, CLERK, language=language, width=width, scripts=scripts) as clerk:
        clerk.go(LIST)
        if clerk.path() != LIST:
            clerk.page.fill("main [name=stated]", "214/2026")
            clerk.send()
        if not clerk.page.locator("main [name$=__lon]").is_visible():
            clerk.page.locator("main form details summary").first.click()
        clerk.page.fill("main [name$=__lon]", f"{longitude}")
        clerk.page.fill("main [name$=__lat]", f"{latitude}")
        clerk.page.fill("main [name$=__within]", "")
        clerk.click("main form[method=post] .govuk-button")
        assert clerk.page.locator(".govuk-error-summary").count() == 1, "a circle needs all its parts"
        clerk.page.fill("main [name$=__within]", "60")
        clerk.click("main form[method=post] .govuk-button")
        near = clerk.page.locator("main tbody tr").count()
        assert 1 < near < 20
        assert "within=60" in clerk.page.url

        clerk.click("main tbody th a")
        assert clerk.page.locator("main svg .pen-map__area").count() == 1
        assert clerk.page.locator("main svg .pen-map__other").count() >= 1
        clerk.click("main .pen-map__around a")
        assert "/land-cadastre/rows/" in clerk.path()

        if scripts:
            move_by_hand(clerk, portal)


def move_by_hand(clerk: Person, portal: Installation) -> None:
    """On the page of a parcel: the map beside the picture shows its neighbours and leads to one, by keyboard, too."""
    row = clerk.path()
    fetched: list[str] = []
    clerk.page.on("request", lambda request: fetched.append(request.url))
    button = clerk.page.locator("main [data-ground] button")
    button.focus()
    with clerk.page.expect_response(lambda answer: "/around/" in answer.url):
        clerk.page.keyboard.press("Enter")
    clerk.page.locator("main .pen-ground path.leaflet-interactive").first.wait_for()
    clerk.look()
    assert clerk.page.locator("main .pen-ground path[fill='#2a7f86']").count() == 1, "the parcel itself"
    with clerk.page.expect_response(lambda answer: "/around/" in answer.url):
        clerk.page.keyboard.press("ArrowRight")
    assert all(url.startswith(portal.url) for url in fetched), "nothing is asked of another server"
    with clerk.page.expect_navigation():
        clerk.page.locator("main .pen-ground path.leaflet-interactive").first.dispatch_event("click")
    clerk.page.wait_for_load_state()
    clerk.look()
    assert "/land-cadastre/rows/" in clerk.path() and clerk.path() != row


@pytest.mark.parametrize(("language", "width", "scripts"), [("az", 1280, True), ("en", 320, True), ("ru", 320, False)])
def test_an_officer_divides_a_parcel(
    chromium: Browser, portal: Installation, kept: Kept, language: str, width: int, scripts: bool
):
    """Each language another parcel: from the middle of its first side to the middle of the opposite one."""
    place = ["az", "en", "ru"].index(language)
    with person(chromium, portal, kept, language=language) as visitor:
        items = f"{portal.url}/ogc/collections/land-cadastre/items?limit=1000"
        features = json.loads(visitor.page.request.get(items).text())["features"]
    squares = [each for each in features if each["geometry"] and len(each["geometry"]["coordinates"][0]) == 5]
    feature = squares[-1 - place]
    a, b, c, d, _again = feature["geometry"]["coordinates"][0]
    line = "\n".join(f"{(one[0] + two[0]) / 2:.9f} {(one[1] + two[1]) / 2:.9f}" for one, two in ((a, b), (c, d)))

    with officer(chromium, portal, kept, CLERK, CLERK, language=language, width=width, scripts=scripts) as clerk:
        clerk.go(LIST)
        if clerk.path() != LIST:
            clerk.page.fill("main [name=stated]", "214/2026")
            clerk.send()
        clerk.go(f"{LIST}?sort=parcel_no&size=1000")
        clerk.click(f"main tbody th a:has-text('{feature['id']}')")
        clerk.click("main a[href$='/divide/']")
        clerk.page.locator("main button[value=show]").click()
        clerk.page.wait_for_load_state()
        clerk.look()
        assert clerk.page.locator(".govuk-error-summary a[href='#id_line']").count() == 1
        clerk.page.fill("main [name=line]", line)
        clerk.page.locator("main button[value=show]").click()
        clerk.page.wait_for_load_state()
        clerk.look()
        assert clerk.page.locator("main svg .pen-map__open").count() == 2
        for part in (1, 2):
            clerk.page.fill(f"main [name=part-{part}-parcel_no]", f"900-000{place}-00000{part}")
        clerk.page.fill("main [name=desk-document]", "Qərar 12")
        clerk.page.locator("main button[value=check]").click()
        clerk.page.wait_for_load_state()
        clerk.look()
        assert clerk.sees(f"900-000{place}-000002") and clerk.sees("Qərar 12")
        clerk.click("main button[value=send]")
        assert clerk.sees(f"900-000{place}-000001") and clerk.sees("Qərar 12")
        assert clerk.page.locator("main svg .pen-map__other").count() >= 1
