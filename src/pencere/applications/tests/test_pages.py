from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pencere import country
from pencere.applications import actions, answers
from pencere.applications.models import Case, Submission
from pencere.applications.offering import Offered, RowsOffered
from pencere.applications.tests import make
from pencere.applications.versions import Version
from pencere.applications.views import apply
from pencere.base import clock
from pencere.base.errors import Unavailable
from pencere.certificates import queries as certificates
from pencere.exchange import actions as exchange
from pencere.jobs import actions as jobs
from pencere.ledger import queries as ledger
from pencere.ledger.models import Look

pytestmark = pytest.mark.django_db
REASONS = "The house was seen, it stands."
FINS = tuple(make.NAMES)


@pytest.fixture(autouse=True)
def _nation(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(apply, "WAIT_SECONDS", 0.0)
    with clock.standing_at(make.NOW):
        make.nation()
        yield


def text(response: Any) -> str:
    return response.content.decode()


def choose(page: str, name: str) -> str:
    """The number that stands for a person in the form."""
    found = re.search(rf'value="([0-9a-f]{{16}})"[^>]*>\s*<label[^>]*>\s*{re.escape(name)}', page)
    assert found, page
    return found[1]


def begin(browser: Client) -> str:
    answer = browser.post(f"/en/apply/{make.SERVICE}/")
    assert answer.status_code == 302
    return answer["Location"].split("/")[3]


def answer(browser: Client, ref: str, name: str, purpose: str = "work") -> Any:
    page = text(browser.get(f"/en/apply/{ref}/request/"))
    return browser.post(f"/en/apply/{ref}/request/", {"holder": choose(page, name), "purpose": purpose})


def send(browser: Client, ref: str) -> Any:
    key = re.search(r'name="send-once" value="(\w+)"', text(browser.get(f"/en/apply/{ref}/check/")))
    assert key
    return browser.post(f"/en/apply/{ref}/send/", {"send-once": key[1]})


def walked(browser: Client, name: str) -> str:
    ref = begin(browser)
    answer(browser, ref, name)
    browser.get(f"/en/apply/{ref}/facts/")
    assert send(browser, ref)["Location"] == f"/en/apply/{ref}/done/"
    return ref


def test_it_works_from_the_first_page_to_the_document() -> None:
    browser = make.browser()

    assert "Begin" in text(browser.get(f"/en/apply/{make.SERVICE}/"))
    ref = begin(browser)
    assert "0 of 3 done" in text(browser.get(f"/en/apply/{ref}/tasks/"))
    assert answer(browser, ref, make.NAMES[make.SEVINC])["Location"] == f"/en/apply/{ref}/facts/"
    facts = text(browser.get(f"/en/apply/{ref}/facts/"))
    assert make.HOME in facts
    assert "As of" in facts
    assert "2 of 3 done" in text(browser.get(f"/en/apply/{ref}/tasks/"))
    check = text(browser.get(f"/en/apply/{ref}/check/"))
    assert "An employer" in check
    assert "As things stand" not in check
    assert send(browser, ref)["Location"] == f"/en/apply/{ref}/done/"
    waiting = text(browser.get(f"/en/apply/{ref}/done/"))
    assert ref in waiting
    assert "is being made" in waiting
    assert browser.get(f"/en/me/cases/{ref}/state/").json() == {"state": "decided", "outcome": "granted"}
    jobs.run_pending()
    done = text(browser.get(f"/en/apply/{ref}/done/"))
    paper = re.search(r'href="(/en/me/documents/[^"]+\.pdf)"', done)
    assert paper
    assert browser.get(paper[1]).content.startswith(b"%PDF-")
    case = text(browser.get(f"/en/me/cases/{ref}/"))
    assert "Done" in case
    assert "How it was decided" in case
    assert ref in text(browser.get("/en/me/cases/"))


def test_the_receipt_that_is_downloaded_is_genuine() -> None:
    browser = make.browser()
    ref = walked(browser, make.NAMES[make.SEVINC])

    receipt = browser.get(f"/en/me/cases/{ref}/receipt/")

    assert ledger.receipt_is_genuine(text(receipt))
    assert receipt["Content-Disposition"] == f'attachment; filename="receipt-{ref}.txt"'


def test_a_case_page_asks_the_database_at_most_twelve_times() -> None:
    browser = make.browser()
    ref = walked(browser, make.NAMES[make.SEVINC])
    jobs.run_pending()

    with CaptureQueriesContext(connection) as asked:
        assert browser.get(f"/en/me/cases/{ref}/").status_code == 200

    assert len(asked) <= 12, [query["sql"][:120] for query in asked.captured_queries]


def test_a_second_post_of_the_same_form_leads_to_the_same_receipt() -> None:
    browser = make.browser()
    ref = begin(browser)
    answer(browser, ref, make.NAMES[make.SEVINC])
    browser.get(f"/en/apply/{ref}/facts/")
    key = make.key()

    first = browser.post(f"/en/apply/{ref}/send/", {"send-once": key})
    again = browser.post(f"/en/apply/{ref}/send/", {"send-once": key})

    assert first["Location"] == again["Location"]
    assert Submission.objects.count() == 1
    assert browser.get(f"/en/apply/{ref}/check/")["Location"] == f"/en/apply/{ref}/done/"


def test_a_child_is_chosen_by_name_and_its_identifier_stands_nowhere_in_the_form() -> None:
    browser = make.browser()
    ref = begin(browser)

    page = text(browser.get(f"/en/apply/{ref}/request/"))
    answer(browser, ref, make.NAMES[make.NIGAR])

    assert make.NAMES[make.NIGAR] in page
    assert make.NAMES[make.KAMRAN] not in page
    assert not [fin for fin in FINS if fin in page]
    assert make.case(ref).subject == make.NIGAR


def test_no_page_of_a_person_shows_an_identifier() -> None:
    browser = make.browser()
    ref = walked(browser, make.NAMES[make.NIGAR])
    jobs.run_pending()

    for page in (f"apply/{ref}/done", f"me/cases/{ref}", "me/cases", f"me/cases/{ref}/letter"):
        shown = text(browser.get(f"/en/{page}/"))
        assert not [fin for fin in FINS if fin in shown], page


def test_an_invented_number_chooses_nobody_and_what_was_typed_stays() -> None:
    browser = make.browser()
    ref = begin(browser)

    page = browser.post(f"/en/apply/{ref}/request/", {"holder": "0123456789abcdef", "purpose": "court"})

    assert page.status_code == 200
    assert "govuk-error-summary" in text(page)
    assert re.search(r'value="court"[^>]*checked|checked[^>]*value="court"', text(page))
    assert make.case(ref).answers == {}


def test_what_is_missing_is_named_in_the_services_own_words() -> None:
    browser = make.browser()
    ref = begin(browser)

    page = text(browser.post(f"/en/apply/{ref}/request/", {}))

    assert "Choose what the certificate is for." in page
    assert "<title>Error: " in page


def test_who_would_be_refused_is_told_before_and_may_send_all_the_same() -> None:
    browser = make.browser(make.ULVIYYE)
    ref = begin(browser)
    answer(browser, ref, make.NAMES[make.ULVIYYE])
    assert "no entry" in text(browser.get(f"/en/apply/{ref}/facts/"))

    check = text(browser.get(f"/en/apply/{ref}/check/"))
    send(browser, ref)
    done = text(browser.get(f"/en/apply/{ref}/done/"))

    assert "As things stand you would be refused." in check
    assert "The register of residence has no address for this person" in check
    assert "Send all the same" in check
    assert "Refused." in done
    assert "you can appeal to the higher body of the agency until" in done
    assert "Refused" in text(browser.get(f"/en/me/cases/{ref}/letter/"))
    case = text(browser.get(f"/en/me/cases/{ref}/"))
    assert "State of the address" in case
    assert "was not asked" in case


def test_pages_in_order_lead_back_to_what_is_not_done() -> None:
    browser = make.browser()
    ref = begin(browser)

    assert browser.get(f"/en/apply/{ref}/check/")["Location"] == f"/en/apply/{ref}/tasks/"
    assert browser.get(f"/en/apply/{ref}/facts/")["Location"] == f"/en/apply/{ref}/tasks/"
    assert browser.get(f"/en/apply/{ref}/done/")["Location"] == f"/en/apply/{ref}/tasks/"
    assert browser.get(f"/en/me/cases/{ref}/")["Location"] == f"/en/apply/{ref}/tasks/"
    assert browser.get(f"/en/apply/{ref}/no-such/").status_code == 404


def test_a_case_of_somebody_else_looks_like_none() -> None:
    browser, stranger = make.browser(), make.browser(make.ILQAR)
    draft = begin(browser)
    sent = walked(make.browser(make.ELCIN), make.NAMES[make.ELCIN])

    for ref in (draft, sent, "00000-00000"):
        for page in ("tasks", "request", "facts", "check", "done", "delete"):
            assert stranger.get(f"/en/apply/{ref}/{page}/").status_code == 404, page
        for page in ("", "state/", "receipt/", "letter/", "withdraw/"):
            assert stranger.get(f"/en/me/cases/{ref}/{page}").status_code == 404, page
        assert stranger.post(f"/en/apply/{ref}/send/", {"send-once": make.key()}).status_code == 404
        assert stranger.post(f"/en/apply/{ref}/delete/").status_code == 404
    assert Case.objects.get(ref=draft).state == "draft"


def test_who_has_not_signed_in_is_sent_to_sign_in_and_comes_back() -> None:
    ref = make.draft()

    asked = make.people.client().get(f"/en/apply/{ref}/tasks/")

    assert asked.status_code == 302
    assert f"%2Fen%2Fapply%2F{ref}%2Ftasks%2F" in asked["Location"]


def test_ten_megabytes_get_a_clear_sentence_and_the_draft_stays_as_it_was() -> None:
    browser = make.browser()
    ref = begin(browser)
    answer(browser, ref, make.NAMES[make.SEVINC])
    before = make.case(ref).answers

    page = browser.post(f"/en/apply/{ref}/request/", {"holder": "x" * 10_000_000, "purpose": "bank"})

    assert page.status_code == 413
    assert "Too much was sent at once" in text(page)
    assert make.case(ref).answers == before


def test_a_draft_is_listed_continued_and_deleted() -> None:
    browser = make.browser()
    ref = begin(browser)
    assert ref in text(browser.get("/en/me/cases/"))
    assert ref in text(browser.get(f"/en/apply/{make.SERVICE}/"))

    assert "cannot be brought back" in text(browser.get(f"/en/apply/{ref}/delete/"))
    assert browser.post(f"/en/apply/{ref}/delete/")["Location"] == "/en/me/cases/"

    assert ref not in text(browser.get("/en/me/cases/"))
    assert browser.get(f"/en/apply/{ref}/tasks/").status_code == 404


def test_a_second_draft_for_the_same_person_leads_to_the_first() -> None:
    browser = make.browser()
    first = begin(browser)
    answer(browser, first, make.NAMES[make.SEVINC])
    second = begin(browser)

    page = answer(browser, second, make.NAMES[make.SEVINC])

    assert page.status_code == 409
    assert f"Continue {first}" in text(page)


def test_a_sent_case_is_taken_back_after_asking() -> None:
    browser = make.browser(make.KAMRAN)
    ref = walked(browser, make.NAMES[make.KAMRAN])
    assert "An officer looks at" in text(browser.get(f"/en/apply/{ref}/done/"))
    assert "take this application back" in text(browser.get(f"/en/me/cases/{ref}/withdraw/"))

    browser.post(f"/en/me/cases/{ref}/withdraw/")

    assert "Taken back" in text(browser.get(f"/en/me/cases/{ref}/"))


def test_an_unknown_service_cannot_be_applied_for() -> None:
    assert make.browser().get("/en/apply/no-such-service/").status_code == 404
    assert make.browser().post("/en/apply/no-such-service/").status_code == 404


def test_an_officer_finds_a_case_decides_it_and_revokes_the_certificate() -> None:
    browser = make.browser(make.KAMRAN)
    ref = walked(browser, make.NAMES[make.KAMRAN])
    desk = make.officer()

    assert ref in text(desk.get("/en/desk/"))
    case = text(desk.get(f"/en/desk/cases/{ref}/"))
    assert make.NAMES[make.KAMRAN] in case
    assert "has been abolished" in case
    typed = {"outcome": "grant", "reasons": REASONS}
    preview = text(desk.post(f"/en/desk/cases/{ref}/decide/", {**typed, "step": "preview"}))
    assert "This is what the applicant will read" in preview
    assert REASONS in preview
    assert make.case(ref).state == "working"
    assert REASONS in text(desk.post(f"/en/desk/cases/{ref}/decide/", {**typed, "step": "change"}))
    assert desk.post(f"/en/desk/cases/{ref}/decide/", {**typed, "step": "decide"}).status_code == 302
    jobs.run_pending()
    assert REASONS in text(browser.get(f"/en/me/cases/{ref}/"))

    link = re.search(r'href="(/en/desk/cases/[^"]+/revoke/[^"]+)"', text(desk.get(f"/en/desk/cases/{ref}/")))
    assert link
    reason = "The house is gone after all."
    assert "Write the reason." in text(desk.post(link[1], {"reason": "", "step": "confirm"}))
    assert "This cannot be undone" in text(desk.post(link[1], {"reason": reason, "step": "confirm"}))
    assert desk.post(link[1], {"reason": reason, "step": "revoke"}).status_code == 302
    assert reason in text(browser.get(f"/en/me/cases/{ref}/"))
    assert desk.get(link[1]).status_code == 302


def test_a_decision_whose_document_was_taken_back_says_so_instead_of_its_use() -> None:
    browser = make.browser()
    ref = walked(browser, make.NAMES[make.SEVINC])
    jobs.run_pending()
    now_use_it = "You can download the certificate now"
    assert now_use_it in text(browser.get(f"/en/me/cases/{ref}/"))

    actions.revoke_certificate(
        ref, certificates.of_case(ref)[0].id, make.REGISTRAR, make.NARGIZ, "", reason="Wrong flat.", now=clock.now()
    )

    for page in (f"/en/me/cases/{ref}/", f"/en/me/cases/{ref}/letter/"):
        html = text(browser.get(page))
        decision = html[html.rindex("Granted.") :]
        assert now_use_it not in html
        assert re.search(r"Taken back on .*Wrong flat\..*you can apply again at any time.*Ground:", decision, re.DOTALL)
    shown = text(make.officer().get(f"/en/desk/cases/{ref}/"))
    assert now_use_it not in shown
    assert "Wrong flat." in shown
    assert "you can apply again" not in shown


def test_an_officer_who_gives_no_reasons_loses_nothing() -> None:
    ref = walked(make.browser(make.KAMRAN), make.NAMES[make.KAMRAN])

    page = make.officer().post(f"/en/desk/cases/{ref}/decide/", {"outcome": "refuse", "reasons": ""})

    assert "Write the reasons." in text(page)
    assert re.search(r'value="refuse"[^>]*checked|checked[^>]*value="refuse"', text(page))
    assert make.case(ref).state == "working"


def test_each_opening_of_a_case_is_a_look_and_the_queue_is_none() -> None:
    ref = walked(make.browser(make.KAMRAN), make.NAMES[make.KAMRAN])
    desk = make.officer()

    queue = text(desk.get("/en/desk/?state=open"))
    assert not Look.objects.filter(kind="desk").exists()
    assert not [name for fin, name in make.NAMES.items() if fin != make.NARGIZ and name in queue]
    desk.get(f"/en/desk/cases/{ref}/")
    once = Look.objects.filter(kind="desk").count()
    desk.get(f"/en/desk/cases/{ref}/")

    assert once > 0
    assert Look.objects.filter(kind="desk").count() == 2 * once


def test_officers_of_another_agency_find_nothing() -> None:
    ref = walked(make.browser(make.KAMRAN), make.NAMES[make.KAMRAN])
    other = make.officer(make.ILQAR, agency="emdx")

    assert ref not in text(other.get("/en/desk/"))
    assert "There is no case like this." in text(other.get(f"/en/desk/?ref={ref}"))
    assert other.get(f"/en/desk/cases/{ref}/").status_code == 404
    assert other.post(f"/en/desk/cases/{ref}/decide/", {"outcome": "grant", "reasons": REASONS}).status_code == 404
    assert not Look.objects.filter(kind="desk").exists()


def test_a_citizen_does_not_learn_that_there_is_a_desk() -> None:
    assert make.browser().get("/en/desk/").status_code == 404


def test_an_officer_sees_that_their_own_case_is_not_theirs_to_decide() -> None:
    ref = walked(make.browser(make.KAMRAN), make.NAMES[make.KAMRAN])
    own = make.officer(make.KAMRAN)

    page = text(own.get(f"/en/desk/cases/{ref}/"))
    own.post(f"/en/desk/cases/{ref}/decide/", {"outcome": "grant", "reasons": REASONS, "step": "decide"})

    assert "Somebody else must decide it." in page
    assert make.case(ref).state == "working"


def test_the_queue_is_filtered_by_its_address() -> None:
    refused = walked(make.browser(make.ULVIYYE), make.NAMES[make.ULVIYYE])
    opened = walked(make.browser(make.KAMRAN), make.NAMES[make.KAMRAN])
    desk = make.officer()

    assert opened in text(desk.get("/en/desk/"))
    assert refused not in text(desk.get("/en/desk/"))
    assert refused in text(desk.get("/en/desk/?state=decided"))
    assert refused in text(desk.get(f"/en/desk/?ref={refused.lower()}"))
    assert opened not in text(desk.get("/en/desk/?service=no-such"))
    assert desk.get("/en/desk/?after=nonsense&state=nonsense").status_code == 200


@pytest.mark.parametrize("language", ["az", "ru"])
def test_pages_speak_every_language(language: str) -> None:
    browser = make.browser(make.KAMRAN)
    ref = walked(browser, make.NAMES[make.KAMRAN])

    page = text(browser.get(f"/{language}/me/cases/{ref}/"))

    assert f'lang="{language}"' in page
    assert {"az": "Yaşayış", "ru": "жительства"}[language] in page


def test_while_a_register_is_silent_one_can_still_apply_for_oneself(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_register: str) -> object:
        raise Unavailable("din", "no answer")

    browser = make.browser()
    ref = begin(browser)
    with monkeypatch.context() as silence:
        silence.setattr(exchange, "holder_of", silent)

        page = text(browser.get(f"/en/apply/{ref}/request/"))
        saved = answer(browser, ref, make.NAMES[make.SEVINC])
        facts = browser.get(f"/en/apply/{ref}/facts/")

    assert "No answer came from:" in page
    assert make.NAMES[make.NIGAR] not in page
    assert saved.status_code == 302
    assert facts.status_code == 503
    assert "Nothing was decided and your answers are saved." in text(facts)
    assert make.NAMES[make.NIGAR] in text(browser.get(f"/en/apply/{ref}/request/"))


def test_a_database_that_cannot_write_gives_the_form_back_with_all_that_was_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OperationalError("database or disk is full")

    browser = make.browser()
    ref = begin(browser)
    monkeypatch.setattr(apply.actions, "save_page", full)

    page = answer(browser, ref, make.NAMES[make.SEVINC], "court")

    assert page.status_code == 503
    assert "What you typed is still here" in text(page)
    assert re.search(r'value="court"[^>]*checked', text(page))


def test_answers_that_new_declarations_dropped_are_named_on_every_page_until_one_is_saved() -> None:
    browser = make.browser()
    ref = begin(browser)
    answer(browser, ref, make.NAMES[make.SEVINC])
    case = make.case(ref)
    old = {"request.old": {"kind": "text", "value": "x", "label": {"en": "An old question"}}}
    Case.objects.filter(pk=case.pk).update(content_hash="0" * 64, answers=case.answers | old)

    assert "An old question" in text(browser.get(f"/en/apply/{ref}/tasks/"))
    assert "An old question" in text(browser.get(f"/en/apply/{ref}/request/"))
    with clock.standing_at(make.NOW + timedelta(seconds=1)):
        answer(browser, ref, make.NAMES[make.SEVINC])
        assert "An old question" not in text(browser.get(f"/en/apply/{ref}/tasks/"))


def test_an_officer_with_several_roles_decides_under_the_one_that_may() -> None:
    ref = walked(make.browser(make.KAMRAN), make.NAMES[make.KAMRAN])
    archive = make.officer(make.ILQAR, role="archive")
    assert "Only an officer with this role decides it: registry officer." in text(archive.get(f"/en/desk/cases/{ref}/"))
    both = make.officer(make.ILQAR, role="registry")

    both.post(f"/en/desk/cases/{ref}/decide/", {"outcome": "refuse", "reasons": REASONS, "step": "decide"})

    assert make.case(ref).decisions.get(number=2).by == "officer:registry"


def test_an_address_of_which_nothing_else_is_known_can_be_chosen() -> None:
    here = country.current()
    row = Offered(make.HOME, {"address": make.HOME, "state": "valid"}, 0)
    offered = RowsOffered(here.registers["address-register"], (row,))

    (option,) = answers.address_options(Version(here, here.services["change-of-residence"]), offered)

    assert option[:2] == (make.HOME, make.HOME)
