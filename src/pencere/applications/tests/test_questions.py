"""Every kind of question on the pages of a draft: typed, kept, shown again, sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pencere.applications.tests import every_kind, make
from pencere.applications.views import apply
from pencere.base import clock
from pencere.base.tests import make_media
from pencere.files.models import Keeper
from pencere.ledger.models import Look

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(apply, "WAIT_SECONDS", 0.0)
    with clock.standing_at(make.NOW), every_kind.in_use(tmp_path):
        make.nation()
        every_kind.slots()
        yield


def text(response: Any) -> str:
    return response.content.decode()


def home(browser: Client, ref: str, **more: Any) -> Any:
    sent = {**every_kind.HOME, "face": SimpleUploadedFile("me.png", every_kind.photo()), **more}
    return browser.post(f"/en/apply/{ref}/home/", {name: value for name, value in sent.items() if value is not None})


def number_of(page: str, name: str) -> str:
    found = re.search(rf'value="([0-9a-f]{{16}})"[^>]*>\s*<label[^>]*>\s*{re.escape(name)}', page)
    assert found, page
    return found[1]


def add(browser: Client, ref: str, fin: str, number: int, **more: str) -> Any:
    url = f"/en/apply/{ref}/movers/{number}/"
    person = number_of(text(browser.get(url)), make.NAMES[fin])
    sent = {"child": "no", "since_day": "1", "since_month": "3", "since_year": "2026", **more}
    return browser.post(url, {"person": person, **sent})


def choose_slot(browser: Client, ref: str, slot: str = "nizami-1") -> Any:
    return browser.post(f"/en/apply/{ref}/visit/", {"office": "nizami", "slot": slot})


def filled(browser: Client) -> str:
    ref = every_kind.begin(browser)
    assert home(browser, ref).status_code == 302
    assert add(browser, ref, make.ELCIN, 1).status_code == 302
    assert browser.post(f"/en/apply/{ref}/movers/").status_code == 302
    assert choose_slot(browser, ref).status_code == 302
    return ref


def test_answers_of_every_kind_are_kept_as_values_of_facts() -> None:
    browser = make.browser()
    ref = every_kind.begin(browser)

    answered = home(browser, ref)

    assert answered.status_code == 302, re.findall(r"govuk-error-summary__list.*?</ul>", text(answered), re.DOTALL)
    kept = {name: answer["value"] for name, answer in make.case(ref).answers.items()}
    assert re.fullmatch("sha256:[0-9a-f]{64}", kept.pop("home.face"))
    assert kept == {
        "home.basis": "owner", "home.rent": 45050, "home.share": "12.5", "home.area": "54.5",
        "home.rooms": ["kitchen", "balcony"], "home.calls": "09:30",
        "home.account": "AZ21NABZ00000000137010001944", "home.owner": make.ILQAR, "home.firm": None,
        "home.phones": ["0501234567", "0551234567"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "rent", "rooms"),
    [
        ("az", "450,50\xa0₼", "Kitchen, Balcony"),
        ("en", "AZN\xa0450.50", "Kitchen"),
        ("ru", "450,50\xa0AZN", "54,5\xa0м²"),
    ],
)
def test_they_are_shown_again_before_they_are_sent(language: str, rent: str, rooms: str) -> None:
    browser = make.browser()
    ref = filled(browser)

    page = text(browser.get(f"/{language}/apply/{ref}/check/"))

    for words in (rent, rooms, "09:30", "AZ21 NABZ 0000", "0501234567, 0551234567", "me.png", "PNG", make.ILQAR):
        assert words in page, words
    assert "Nizami office" in page
    assert make.NAMES[make.ELCIN] in page


def test_they_stand_in_the_form_again_as_they_were_typed() -> None:
    browser = make.browser()
    ref = filled(browser)

    page = text(browser.get(f"/en/apply/{ref}/home/"))

    for words in ('value="450.50"', 'value="12.5"', 'value="09:30"', "0501234567\n0551234567", "This file is kept"):
        assert words in page, words
    assert home(browser, ref, face=None).status_code == 200  # nothing was sent for the photo, nor that it is kept
    token = re.search(r'name="face_kept" value="([^"]+)"', page)
    assert token
    assert home(browser, ref, face=None, face_kept=token[1]).status_code == 302


def test_a_page_that_comes_back_with_an_error_keeps_the_photo() -> None:
    browser = make.browser()
    ref = every_kind.begin(browser)

    page = home(browser, ref, rent="a lot")

    assert page.status_code == 200
    assert 'href="#id_rent"' in text(page)
    token = re.search(r'name="face_kept" value="([^"]+)"', text(page))
    assert token
    assert home(browser, ref, face=None, face_kept=token[1]).status_code == 302


def test_a_photo_of_the_wrong_shape_says_how_to_cut_it() -> None:
    browser = make.browser()
    ref = every_kind.begin(browser)

    page = text(home(browser, ref, face=SimpleUploadedFile("me.png", every_kind.photo(800, 800))))

    assert "35 to 45 in proportion, for example 800 by 1029" in page


def test_a_question_of_the_same_page_counts_only_after_its_answer() -> None:
    browser = make.browser()
    ref = every_kind.begin(browser)

    asked = home(browser, ref, basis="order")
    given = home(browser, ref, basis="order", order=SimpleUploadedFile("order.pdf", make_media.pdf()))

    assert "The order" in text(asked)
    assert asked.status_code == 200
    assert 'data-when="basis=order"' in text(asked)
    assert given.status_code == 302


def test_a_file_is_shown_to_its_owner_and_to_nobody_else() -> None:
    browser, stranger = make.browser(), make.browser(make.ILQAR)
    ref = every_kind.begin(browser)
    home(browser, ref, basis="order", order=SimpleUploadedFile("order.pdf", make_media.pdf()))
    links = re.findall(r"/en/me/cases/[^\"]+/files/[0-9a-f]{64}/", text(browser.get(f"/en/apply/{ref}/home/")))

    opened = {link: browser.get(link) for link in links}

    assert {answer["Content-Disposition"].split(";")[0] for answer in opened.values()} == {"inline", "attachment"}
    for link, answer in opened.items():
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert stranger.get(link).status_code == 404
        other = every_kind.begin(stranger)
        assert stranger.get(link.replace(ref, other)).status_code == 404


def test_files_go_with_the_draft() -> None:
    browser = make.browser()
    ref = every_kind.begin(browser)
    home(browser, ref)
    assert Keeper.objects.filter(name=f"case:{ref}").count() == 1

    home(browser, ref, face=SimpleUploadedFile("other.png", every_kind.photo(420, 540)))
    assert Keeper.objects.filter(name=f"case:{ref}").count() == 1
    browser.post(f"/en/apply/{ref}/delete/")

    assert not Keeper.objects.exists()


def test_items_are_added_changed_and_removed() -> None:
    browser = make.browser()
    ref = every_kind.begin(browser)
    home(browser, ref)

    assert browser.get(f"/en/apply/{ref}/movers/")["Location"] == f"/en/apply/{ref}/movers/1/"
    add(browser, ref, make.SEVINC, 1)
    add(browser, ref, make.NIGAR, 2, child="yes", school="School 6")
    page = text(browser.get(f"/en/apply/{ref}/movers/"))
    assert "Added so far: 2, at most 3." in page
    assert "School 6" in page
    assert "Added: 2" in text(browser.get(f"/en/apply/{ref}/tasks/"))

    add(browser, ref, make.ELCIN, 1)
    assert make.NAMES[make.SEVINC] in text(browser.get(f"/en/apply/{ref}/movers/3/"))
    assert "Do you want to remove" in text(browser.get(f"/en/apply/{ref}/movers/2/remove/"))
    browser.post(f"/en/apply/{ref}/movers/2/remove/")

    rows = make.case(ref).answers["movers"]["value"]["rows"]
    assert rows == [{"person": make.ELCIN, "child": False, "school": None, "since": "2026-03-01"}]
    assert browser.post(f"/en/apply/{ref}/movers/")["Location"] == f"/en/apply/{ref}/visit/"


def test_nobody_is_offered_twice_and_no_more_than_may_be() -> None:
    browser = make.browser()
    ref = every_kind.begin(browser)
    home(browser, ref)
    for number, fin in enumerate((make.SEVINC, make.ELCIN, make.NIGAR), 1):
        add(browser, ref, fin, number)

    assert make.NAMES[make.ELCIN] not in text(browser.get(f"/en/apply/{ref}/movers/1/"))
    assert "No more can be added" in text(browser.get(f"/en/apply/{ref}/movers/"))
    assert browser.get(f"/en/apply/{ref}/movers/4/").status_code == 404
    assert browser.get(f"/en/apply/{ref}/movers/9/remove/").status_code == 404


def test_an_item_has_its_own_branches_and_errors() -> None:
    browser = make.browser()
    ref = every_kind.begin(browser)
    home(browser, ref)

    page = text(add(browser, ref, make.NIGAR, 1, child="yes"))

    assert "Entry 1" in page
    assert 'href="#id_school"' in page
    assert "movers" not in make.case(ref).answers


def test_a_group_that_needs_items_says_how_many_are_missing() -> None:
    browser = make.browser()
    ref = every_kind.begin(browser)
    home(browser, ref)

    page = text(browser.post(f"/en/apply/{ref}/movers/"))

    assert "Still to be added: 1." in page


def test_the_household_is_offered_by_name_and_looked_at_once() -> None:
    browser = make.browser()
    ref = every_kind.begin(browser)
    home(browser, ref)

    page = text(browser.get(f"/en/apply/{ref}/movers/1/"))
    looks = Look.objects.count()
    again = text(browser.get(f"/en/apply/{ref}/movers/1/"))

    assert make.NAMES[make.NARGIZ] in page
    assert make.NAMES[make.ILQAR] not in page
    assert not [fin for fin in make.NAMES if fin in page + again]
    assert Look.objects.count() == looks


def test_a_list_is_narrowed_by_an_answer_of_the_same_page() -> None:
    browser = make.browser()
    ref = every_kind.begin(browser)
    home(browser, ref)
    add(browser, ref, make.ELCIN, 1)
    url = f"/en/apply/{ref}/visit/"

    first = text(browser.get(url))
    listed = text(browser.post(url, {"office": "sahil", "list-search": "slot"}))

    assert "First answer “Office”, then show the list." in first
    assert listed.count('name="slot"') == 3
    assert "govuk-error-summary" not in listed
    assert "1 April 2026, 09:00" in listed
    assert browser.post(url, {"office": "sahil", "slot": "nizami-1"}).status_code == 200
    assert browser.post(url, {"office": "sahil", "slot": "sahil-1"}).status_code == 302
    assert make.case(ref).answers["visit.slot"]["value"] == "sahil-1"


def test_a_long_list_is_searched_without_a_script() -> None:
    with clock.standing_at(make.NOW):
        every_kind.slots(16, first=10)
    browser = make.browser()
    ref = every_kind.begin(browser)
    home(browser, ref)
    add(browser, ref, make.ELCIN, 1)

    page = text(
        browser.post(
            f"/en/apply/{ref}/visit/", {"office": "sahil", "list-search": "slot", "slot_words": "3 april 15:00"}
        )
    )

    assert "Search in the list" in page
    assert re.findall(r'name="slot" type="radio" value="(sahil-\d+)"', page) == ["sahil-22"]


@pytest.mark.parametrize(("said", "found"), [("yes", True), ("no", False)])
def test_a_register_is_asked_only_after_a_yes_and_a_no_stops_nothing(said: str, found: bool) -> None:
    browser = make.browser()
    ref = every_kind.begin(browser, every_kind.CONSENT)
    browser.post(f"/en/apply/{ref}/request/", {"note": "for school"})
    looks = Look.objects.filter(register="residence").count()

    page = text(browser.get(f"/en/apply/{ref}/facts/"))
    assert "Do you agree that we ask the register of this body" in page
    assert "Choose whether you agree." in text(browser.post(f"/en/apply/{ref}/facts/", {}))
    assert Look.objects.filter(register="residence").count() == looks
    assert browser.post(f"/en/apply/{ref}/facts/", {"home": said})["Location"] == f"/en/apply/{ref}/facts/"

    assert (make.HOME in text(browser.get(f"/en/apply/{ref}/facts/"))) is found
    assert (Look.objects.filter(register="residence").count() > looks) is found
    key = re.search(r'name="send-once" value="(\w+)"', text(browser.get(f"/en/apply/{ref}/check/")))
    assert key
    assert browser.post(f"/en/apply/{ref}/send/", {"send-once": key[1]})["Location"].endswith("/done/")
    assert "Your consent to look for: Home" in text(browser.get(f"/en/me/cases/{ref}/"))


def test_what_was_sent_is_shown_to_the_person_and_the_officer_with_its_files() -> None:
    browser, officer = make.browser(), make.officer()
    ref = filled(browser)
    key = re.search(r'name="send-once" value="(\w+)"', text(browser.get(f"/en/apply/{ref}/check/")))
    assert key
    assert browser.post(f"/en/apply/{ref}/send/", {"send-once": key[1]})["Location"].endswith("/done/")

    own = text(browser.get(f"/en/me/cases/{ref}/"))
    desk = text(officer.get(f"/en/desk/cases/{ref}/"))

    for page in (own, desk):
        for words in ("AZN\xa0450.50", "AZ21 NABZ", make.NAMES[make.ELCIN], "Who moves: 1", "me.png"):
            assert words in page, words
    link = re.search(r"/en/desk/cases/[^\"]+/files/[0-9a-f]{64}/", desk)
    assert link
    before = Look.objects.filter(kind="desk").count()
    assert officer.get(link[0]).content == every_kind.photo()
    assert Look.objects.filter(kind="desk").count() == before + 1
    assert make.ILQAR not in own
