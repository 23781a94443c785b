"""The three services of the tests' country: a quota taken by animals, a ranking by points, a renewal by itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser

from tests import tools
from tests.countries import in_season, laid_over
from tests.installation import Installation, installation
from tests.journeys import applying
from tests.journeys.filling import (
    fill,
    goes_on,
    officers_of,
    pay,
    picture,
    press,
    refuse,
    somebody,
    task,
    waits_for_case,
)
from tests.journeys.papers import text_of
from tests.journeys.walking import Kept, Person, officer, person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.one_engine,
    pytest.mark.outside_tool,
]

HUNTING, SCHOLARSHIP, TAXI = "hunting-permit", "state-scholarship", "taxi-licence"
ACCOUNT = "AZ21NABZ00000000137010001944"
REASONS = "Universitet qiymətinizi hələ bildirməyib. Bildirəndən sonra yenidən müraciət edin."
TAKEN_BACK = "Silah vəsiqəsi ləğv edilib"
THE_ROUND_ENDS = """
import django
django.setup()
from datetime import timedelta
from pencere import country
from pencere.applications import queueing
from pencere.applications.versions import Version
from pencere.base import clock
service = country.current().services["state-scholarship"]
with clock.standing_at(clock.now() + timedelta(days=16)):
    queueing.give_out(Version(country.current(), service), service.places["award"], clock.now())
"""


@pytest.fixture(scope="module")
def trying_out(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The tests' country on a day on which one may hunt and the round of the scholarship is open."""
    folder = laid_over(tmp_path_factory.mktemp("country"))
    in_season(folder, date.today())
    with installation(more={"PENCERE_COUNTRY": str(folder)}) as place:
        place.start(persons=120)
        yield place


def test_a_hunter_takes_two_hares_out_of_a_quota_until_an_officer_takes_the_permit_back(
    chromium: Browser, trying_out: Installation, kept: Kept
):
    hunter = somebody(trying_out, HUNTING, "granted").name
    with person(chromium, trying_out, kept, language="en", width=320) as citizen:
        ref = _wants_to_hunt(citizen, hunter, animals=2)
        pay(citizen, ref)
        goes_on(citizen, f"me/cases/{ref}/", "Your document is ready")
        paper = " ".join(text_of(applying.papers(citizen)["en"]).split())
        assert hunter in paper and "Animal hare" in paper
        (name,) = officers_of(trying_out, "ecology", "registry")
        with officer(chromium, trying_out, kept, name, name, language="az") as clerk:
            clerk.go(f"desk/cases/{ref}/")
            clerk.click("main a[href*='/revoke/']")
            clerk.page.fill("textarea[name=reason]", TAKEN_BACK)
            clerk.send()
            clerk.click("main button[value=revoke]")
        citizen.go(f"me/cases/{ref}/")
        assert citizen.sees(TAKEN_BACK)


def test_without_a_weapon_nobody_hunts(chromium: Browser, trying_out: Installation, kept: Kept):
    with person(chromium, trying_out, kept, language="ru") as citizen:
        ref = _wants_to_hunt(citizen, somebody(trying_out, HUNTING, "refused").name, animals=1)
        citizen.go(f"me/cases/{ref}/")
        assert citizen.sees("Отказано.") and citizen.sees("Сначала получите или продлите её в полиции")
        citizen.go("me/tasks/")
        assert not citizen.sees(ref), "nothing is held and nothing to pay"


def test_the_scholarship_is_for_the_best_whom_experts_judged_without_a_name(
    chromium: Browser, trying_out: Installation, kept: Kept
):
    first, second = (somebody(trying_out, SCHOLARSHIP, outcome).name for outcome in ("granted", "refused"))
    with (
        person(chromium, trying_out, kept, language="en") as best,
        person(chromium, trying_out, kept, language="az", width=320) as other,
    ):
        refs = [_enters(best, first), _enters(other, second)]
        _judge(chromium, trying_out, kept, (first, second))
        for citizen, ref in ((best, refs[0]), (other, refs[1])):
            _stands_in_line(citizen, ref)
        _the_round_ends(trying_out)
        task(best, refs[0])
        best.page.check("input[name=answer][value=accept]")
        best.send()
        best.send()
        goes_on(best, f"me/cases/{refs[0]}/", "Granted.")
        assert best.sees("You have been awarded the state scholarship")
        _the_round_ends(trying_out)
        goes_on(other, f"me/cases/{refs[1]}/", "İmtina edilib.")
        assert not other.sees(first)


def test_who_has_no_marks_yet_is_answered_by_an_officer(chromium: Browser, trying_out: Installation, kept: Kept):
    with person(chromium, trying_out, kept, language="az") as citizen:
        ref = _enters(citizen, somebody(trying_out, SCHOLARSHIP, "officer").name)
        (name,) = officers_of(trying_out, "etn", "registry")
        with officer(chromium, trying_out, kept, name, name, language="az") as clerk:
            refuse(clerk, ref, REASONS)
        citizen.go(f"me/cases/{ref}/")
        assert citizen.sees("İmtina edilib.") and citizen.sees(REASONS)


@pytest.mark.parametrize(
    ("outcome", "car", "language"), [("granted", "New car: ", "en"), ("refused", "Old car: ", "az")]
)
def test_a_taxi_is_licensed_if_it_is_new_enough(
    chromium: Browser, trying_out: Installation, kept: Kept, outcome: str, car: str, language: str
):
    driver = somebody(trying_out, TAXI, outcome, car)
    with person(chromium, trying_out, kept, language=language) as citizen:
        ref = applying.begin(citizen, driver.name, service=TAXI)
        citizen.go(f"apply/{ref}/car/")
        fill(citizen, {"plate": driver.note.removeprefix(car)})
        citizen.send()
        applying.check(citizen)
        applying.send(citizen)
        if outcome == "refused":
            assert citizen.sees("İmtina edilib.") and "20.3" in citizen.text()
            return
        pay(citizen, ref)
        goes_on(citizen, f"me/cases/{ref}/", "Your document is ready")
        assert driver.name in " ".join(text_of(applying.papers(citizen)["en"]).split())


def test_a_licence_that_runs_out_offers_its_own_renewal(chromium: Browser, trying_out: Installation, kept: Kept):
    driver = somebody(trying_out, TAXI, "granted", "Licence runs out: ")
    with person(chromium, trying_out, kept, language="ru", width=320) as citizen:
        citizen.go("me/")
        citizen.sign_in(driver.name)
        ref = waits_for_case(citizen, "такси")
        task(citizen, ref)
        press(citizen)
        pay(citizen, ref)
        goes_on(citizen, f"me/cases/{ref}/", "Ваш документ готов")
        assert driver.name in " ".join(text_of(applying.papers(citizen)["ru"]).split())


def _wants_to_hunt(citizen: Person, name: str, animals: int) -> str:
    ref = applying.begin(citizen, name, service=HUNTING)
    citizen.go(f"apply/{ref}/request/")
    fill(citizen, {"species": "hare", "animals": str(animals)})
    citizen.send()
    citizen.go(f"apply/{ref}/where/")
    citizen.page.locator("main input[type=radio][name=quota]").first.check()
    citizen.send()
    applying.check(citizen)
    applying.send(citizen)
    return ref


def _enters(citizen: Person, name: str) -> str:
    """Enters the round with an essay and a prize; sent."""
    ref = applying.begin(citizen, name, service=SCHOLARSHIP)
    citizen.go(f"apply/{ref}/facts/")
    citizen.click("main .govuk-button")
    citizen.go(f"apply/{ref}/request/")
    citizen.page.locator("main input[type=radio][name=round]").first.check()
    citizen.send()
    citizen.go(f"apply/{ref}/essay/")
    fill(citizen, {"text": "Kitabxana şəhərin yaddaşıdır."})
    citizen.send()
    citizen.go(f"apply/{ref}/prizes/")
    citizen.click("main a#add")
    fill(citizen, {"name": "Olimpiada", "level": "world", "proof": picture()})
    citizen.send()
    citizen.send()
    citizen.go(f"apply/{ref}/payment/")
    fill(citizen, {"account": ACCOUNT})
    citizen.send()
    citizen.go(f"apply/{ref}/check/")
    applying.send(citizen)
    return ref


def _judge(chromium: Browser, place: Installation, kept: Kept, applicants: tuple[str, str]) -> None:
    """Who was drawn judges each essay, and does not learn whose it is."""
    judged = 0
    for name in officers_of(place, "etn", "education"):
        with officer(chromium, place, kept, name, name, language="en") as expert:
            expert.go("desk/tasks/")
            links = expert.page.locator("main a[href*='/desk/tasks/']")
            while links.count():
                links.first.click()
                expert.page.wait_for_url("**/desk/tasks/*/")
                expert.look()
                assert expert.sees("Kitabxana şəhərin yaddaşıdır.")
                assert not any(expert.sees(applicant) for applicant in applicants), "the expert learns who it is"
                fill(expert, {"points": "30", "reasons": "Well written."})
                press(expert)
                judged += 1
    assert judged == 4


def _stands_in_line(citizen: Person, ref: str) -> None:
    for _ in range(30):
        citizen.go(f"me/cases/{ref}/")
        if citizen.page.locator("main h2:has-text('queue'), main h2:has-text('növbə')").count():
            return
        citizen.page.wait_for_timeout(1000)
    raise AssertionError(citizen.text())


def _the_round_ends(place: Installation) -> None:
    environment = {**place.environment, "DJANGO_SETTINGS_MODULE": "pencere.conf.settings"}
    subprocess.run([sys.executable, "-c", THE_ROUND_ENDS], env=environment, cwd=tools.REPOSITORY, check=True)
