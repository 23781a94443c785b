"""The officers' pages: who may open them, what is written down, what stands in an address, what happens to a change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.test import Client

from pencere.base import clock
from pencere.country.declarations import Country, Desk
from pencere.identity.tests import make as people
from pencere.ledger import queries as ledger
from pencere.registers import actions
from pencere.registers.models import Row
from pencere.registers.tests import make

pytestmark = pytest.mark.django_db(transaction=True)

OFFICER, SECOND, OTHER = "2RGY4KA", "3HED7MB", "9CHD2ES"
PERSON = {
    "name": "Nümunəli Şəxsiyyət Əli qızı", "birth_date_day": "2", "birth_date_month": "4", "birth_date_year": "1987",
    "sex": "female", "citizen": "yes", "territory": "nesimi",
}  # fmt: skip
GROUNDS = {"desk-reason": "The act of birth says another name.", "desk-document": "Act 12 of 3 May 2026"}


@pytest.fixture(autouse=True)
def here() -> Iterator[Country]:
    azerbaijan = make.the("azerbaijan")
    desk = Desk(
        look=("officer.registry", "officer.archive"),
        write=("officer.registry", "officer.head"),
        second=("officer.registry", "officer.head"),
        list=("person", "name", "birth_date", "territory"),
        place=make.HERE,
    )
    population = azerbaijan.registers["population"]
    places = {"territory": replace(population.fields["territory"], search="exact")}
    opened = {
        "population": replace(population, desk=desk, fields={**population.fields, **places}),
        "plate-stock": replace(azerbaijan.registers["plate-stock"], desk=replace(desk, list=())),
        "residence": replace(azerbaijan.registers["residence"], desk=None),
    }
    with (
        make.using(replace(azerbaijan, registers={**azerbaijan.registers, **opened})) as made,
        clock.standing_at(make.NOW),
    ):
        yield made


@pytest.fixture
def officer() -> Client:
    make.family()
    return people.signed_in(people.officer(OFFICER), confirmed=True)


def stated(browser: Client, words: str = "Request 118", register: str = "population") -> Client:
    assert browser.post(f"/en/desk/registers/{register}/what-for/", {"stated": words}).status_code == 302
    return browser


def row_of(identifier: str, register: str = "population") -> int:
    return Row.objects.get(register=register, key=identifier, retired_at__isnull=True, valid_until__isnull=True).pk


def looks(identifier: str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.service, one.case, one.fields) for one in ledger.looks_of(identifier)]


def text(answer: object) -> str:
    content: bytes = answer.content  # type: ignore[attr-defined]
    found = re.search(r"<main.*</main>", content.decode(), re.DOTALL)
    return found.group() if found else content.decode()


def sent_on(answer: object, step: str) -> dict[str, str]:
    """What the page to look through sends on, with one of its buttons."""
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text(answer))
    return {**{name: unquote(value) for name, value in pairs}, "desk-step": step}


# ---- who may


PAGES = (
    "", "print/", "new/", "what-for/", "rows/{row}/", "rows/{row}/history/", "rows/{row}/print/",
    "rows/{row}/correct/", "rows/{row}/replace/", "rows/{row}/end/",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_register_that_one_may_not_see_looks_like_one_that_does_not_exist(path: str, officer: Client):
    address = f"/en/desk/registers/population/{path.format(row=row_of(make.SEVINC))}"
    unknown = f"/en/desk/registers/no-such/{path.format(row=1)}"
    elsewhere = people.signed_in(people.officer(OTHER, "head", "dtsera"), confirmed=True)
    wrong_role = people.signed_in(people.officer("4ARX9NC", "police"), confirmed=True)
    person = people.signed_in(people.account(make.SEVINC))

    assert people.client().get(address).status_code == 302
    for browser in (elsewhere, wrong_role, person):
        assert browser.get(address).status_code == 404
        assert browser.get(unknown).status_code == 404
    assert looks(make.SEVINC) == []


def test_who_may_only_look_finds_nothing_to_write_with(officer: Client):
    reader = stated(people.signed_in(people.officer("4ARX9NC", "archive"), confirmed=True))
    row = row_of(make.SEVINC)

    assert "correct/" not in text(reader.get(f"/en/desk/registers/population/rows/{row}/"))
    for path in ("new/", f"rows/{row}/correct/", f"rows/{row}/replace/", f"rows/{row}/end/"):
        assert reader.get(f"/en/desk/registers/population/{path}").status_code == 404
        assert reader.post(f"/en/desk/registers/population/{path}").status_code == 404


def test_a_register_without_a_desk_and_one_kept_elsewhere_are_not_listed(officer: Client):
    shown = text(officer.get("/en/desk/registers/"))

    assert "/desk/registers/population/" in shown
    assert "/desk/registers/residence/" not in shown
    assert "/desk/registers/vehicles/" not in shown


def test_a_row_of_another_register_is_unknown_under_this_one(officer: Client):
    stated(officer)
    other = row_of(make.SEVINC, "residence")

    assert officer.get(f"/en/desk/registers/population/rows/{other}/").status_code == 404


# ---- for what


def test_nothing_about_persons_is_shown_before_it_is_said_for_what(officer: Client):
    row = row_of(make.SEVINC)
    for path in ("", f"rows/{row}/", f"rows/{row}/history/", "print/"):
        answer = officer.get(f"/en/desk/registers/population/{path}")
        assert answer["Location"] == "/en/desk/registers/population/what-for/"
    assert looks(make.SEVINC) == []

    said = officer.post("/en/desk/registers/population/what-for/", {"stated": "Request 118"})

    assert said["Location"] == "/en/desk/registers/population/print/"
    assert officer.get("/en/desk/registers/population/").status_code == 200
    assert looks(make.SEVINC) == [("registers", "Request 118", ("person", "name", "birth_date", "territory"))]


def test_a_register_about_no_person_asks_for_no_reason(officer: Client):
    make.add("plate-stock", {"plate": "10-AA-001", "code": "c10", "class": "units", "same_letters": True})

    assert "10-AA-001" in text(officer.get("/en/desk/registers/plate-stock/"))


# ---- the list


def test_words_are_found_whatever_the_keyboard_and_nothing_of_them_stands_in_the_address(officer: Client):
    actions.replace_row("population", {"person": make.SEVINC}, {"name": PERSON["name"]}, from_day=make.TODAY,
                        recorded_by="test", now=make.NOW)  # fmt: skip
    stated(officer)

    answer = officer.post("/en/desk/registers/population/", {"q": "sexsiyyet"})

    address = answer["Location"]
    assert "sexs" not in unquote(address) and "q=" not in address
    shown = text(officer.get(address))
    assert "Nümunəli Şəxsiyyət" in shown and "Elçin" not in shown
    assert 'value="sexsiyyet"' in shown


@pytest.mark.parametrize("typed", [make.ELCIN, f" {make.ELCIN.lower()} "])
def test_who_is_named_by_a_number_is_found_from_the_box_of_words(officer: Client, typed: str):
    stated(officer)
    address = officer.post("/en/desk/registers/population/", {"q": typed})["Location"]
    shown = text(officer.get(address))

    assert make.ELCIN not in unquote(address) and make.ELCIN.lower() not in unquote(address)
    assert "Elçin" in shown and "Sevinc" not in shown
    assert "Or the whole of: FIN." in shown
    narrowed = {"q": make.ELCIN, "f_person": make.SEVINC}
    assert "No row is like this" in text(
        officer.get(officer.post("/en/desk/registers/population/", narrowed)["Location"])
    )


def test_an_identifier_stands_in_no_address_of_the_pages(officer: Client):
    stated(officer)
    address = officer.post("/en/desk/registers/population/", {"f_person": make.ELCIN, "sort": "-name"})["Location"]
    shown = text(officer.get(address))

    assert make.ELCIN not in address and "sort=-name" in address
    assert "Elçin" in shown and "Sevinc" not in shown
    assert not [each for each in re.findall(r'(?:href|action)="([^"]*)"', shown) if make.ELCIN in each]


def test_what_cannot_be_searched_so_is_said_at_its_field(officer: Client):
    stated(officer)
    answer = officer.post("/en/desk/registers/population/", {"f_person": "12"})

    assert answer.status_code == 200
    assert "govuk-error-summary" in text(answer) and 'href="#id_f_person"' in text(answer)


def test_a_list_is_turned_page_by_page_and_sorted_by_its_heads(officer: Client):
    identifiers = [f"5AB{number:04d}" for number in range(1, 46)]
    make.add("population", *(make.person(one, name=f"Aa {number:02d}") for number, one in enumerate(identifiers)))
    stated(officer)

    first = text(officer.get("/en/desk/registers/population/?sort=name"))
    seen = re.findall(r"Aa \d\d", first)
    address = "/en/desk/registers/population/?sort=name"
    pages = [seen]
    while found := re.search(r'href="([^"]+)" rel="next"', text(officer.get(address))):
        address = found.group(1).replace("&amp;", "&")
        pages.append(re.findall(r"Aa \d\d", text(officer.get(address))))

    assert [each for page in pages for each in page] == [f"Aa {number:02d}" for number in range(45)]
    assert len(seen) == 20 and 'rel="prev"' not in first
    assert 'aria-sort="ascending"' in first and "sort=-name" in first
    before = re.search(r'href="([^"]+)" rel="prev"', text(officer.get(address)))
    assert before and re.findall(r"Aa \d\d", text(officer.get(before.group(1).replace("&amp;", "&")))) == pages[-2]


def test_a_list_shows_what_held_on_a_day_and_what_was_known(officer: Client):
    make.add("population", make.person("5NEW123", name="Təzə Sakin"), since=make.TODAY)
    stated(officer)

    assert "Təzə Sakin" in text(officer.get("/en/desk/registers/population/"))
    assert "Təzə Sakin" not in text(officer.get("/en/desk/registers/population/?on=2020-01-01"))
    early = (make.NOW - timedelta(days=1)).isoformat().replace("+", "%2B")
    assert "No row is like this" in text(officer.get(f"/en/desk/registers/population/?known={early}"))


# ---- a row


def test_special_data_is_hidden_until_it_is_asked_for_with_a_reason_and_that_is_a_look_of_its_own(officer: Client):
    stated(officer)
    row = row_of(make.NIGAR)
    plain = text(officer.get(f"/en/desk/registers/population/rows/{row}/"))
    assert make.SEVINC not in plain and "not shown" in plain
    assert not [fields for _service, _why, fields in looks(make.NIGAR) if "mother" in fields]

    assert "govuk-error" in text(officer.post(f"/en/desk/registers/population/rows/{row}/special/", {"need": ""}))
    shown = text(officer.post(f"/en/desk/registers/population/rows/{row}/special/", {"need": "Dispute 7"}))

    assert make.SEVINC in shown
    assert ["mother" in fields for _service, why, fields in looks(make.NIGAR) if why == "Dispute 7"] == [True]


def test_a_correction_is_looked_through_first_and_written_once(officer: Client):
    stated(officer)
    row = row_of(make.SEVINC)
    address = f"/en/desk/registers/population/rows/{row}/correct/"
    form = text(officer.get(address))
    assert 'value="Nümunəli Sevinc Əli qızı"' in form
    typed = {"person": make.SEVINC, **PERSON, **GROUNDS, "desk-seen": str(row), "valid_from_day": "1",
             "valid_from_month": "5", "valid_from_year": "2019"}  # fmt: skip

    check = officer.post(address, {**typed, "desk-step": "check"})
    assert "Nümunəli Sevinc" in text(check) and "Nümunəli Şəxsiyyət" in text(check)
    assert Row.objects.get(pk=row).retired_at is None
    back = text(officer.post(address, sent_on(check, "change")))
    assert PERSON["name"] in back and GROUNDS["desk-document"] in back

    first, twice = (officer.post(address, sent_on(check, "send")) for _ in range(2))

    assert first["Location"] == twice["Location"]
    fresh = row_of(make.SEVINC)
    assert f"/rows/{fresh}/" in first["Location"] and fresh != row
    written = Row.objects.get(pk=fresh)
    assert (written.how, written.reason, written.document) == ("correct", *GROUNDS.values())
    assert "Nümunəli Şəxsiyyət" in text(officer.get(first["Location"]))
    history = text(officer.get(f"/en/desk/registers/population/rows/{fresh}/history/"))
    assert "Nümunəli Sevinc" in history and "Act 12 of 3 May 2026" in history


@pytest.mark.parametrize("missing", ["desk-reason", "desk-document"])
def test_a_correction_without_its_grounds_is_no_correction(officer: Client, missing: str):
    stated(officer)
    row = row_of(make.SEVINC)
    typed = {"person": make.SEVINC, **PERSON, **GROUNDS, "desk-step": "check", "valid_from_day": "1",
             "valid_from_month": "5", "valid_from_year": "2019", missing: ""}  # fmt: skip

    answer = text(officer.post(f"/en/desk/registers/population/rows/{row}/correct/", typed))

    assert f'href="#id_{missing}"' in answer and PERSON["name"] in answer


def test_nothing_is_written_over_what_another_wrote_meanwhile(officer: Client):
    stated(officer)
    row = row_of(make.SEVINC)
    address = f"/en/desk/registers/population/rows/{row}/correct/"
    typed = {"person": make.SEVINC, **PERSON, **GROUNDS, "desk-seen": str(row), "valid_from_day": "1",
             "valid_from_month": "5", "valid_from_year": "2019"}  # fmt: skip
    check = officer.post(address, {**typed, "desk-step": "check"})
    later = clock.now() + timedelta(seconds=5)
    actions.correct_row("population", {"person": make.SEVINC}, {"name": "Başqası Yazdı"}, on=make.TODAY,
                        reason="r", document="d", recorded_by="test", now=later)  # fmt: skip

    with clock.standing_at(later):
        answer = officer.post(address, sent_on(check, "send"))

    shown = text(answer)
    assert "Somebody changed this row" in shown
    assert "Başqası Yazdı" in shown and PERSON["name"] in shown
    assert Row.objects.get(pk=row_of(make.SEVINC)).values.count("Başqası Yazdı") == 1
    with clock.standing_at(later):
        check = officer.post(address, {**typed, "desk-seen": str(row_of(make.SEVINC)), "desk-step": "check"})
        assert officer.post(address, sent_on(check, "send")).status_code == 302
    assert PERSON["name"] in Row.objects.get(pk=row_of(make.SEVINC)).values


def test_a_row_is_different_from_a_day_on_and_then_ended(officer: Client):
    stated(officer)
    row = row_of(make.ELCIN)
    day = {"valid_from_day": "1", "valid_from_month": "6", "valid_from_year": "2026"}
    typed = {**PERSON, "name": "Yeni Soyad Elçin", **day, "desk-seen": str(row)}
    address = f"/en/desk/registers/population/rows/{row}/replace/"
    check = officer.post(address, {**typed, "desk-step": "check"})
    done = officer.post(address, sent_on(check, "send"))

    fresh = row_of(make.ELCIN)
    assert f"/rows/{fresh}/" in done["Location"]
    old = Row.objects.get(register="population", key=make.ELCIN, retired_at__isnull=True, valid_until__isnull=False)
    assert old.valid_until and old.valid_until.isoformat() == "2026-05-31"

    address = f"/en/desk/registers/population/rows/{fresh}/end/"
    check = officer.post(address, {**day, "valid_from_month": "8", "desk-seen": str(fresh), "desk-step": "check"})
    assert officer.post(address, sent_on(check, "send")).status_code == 302
    assert not Row.objects.filter(
        register="population", key=make.ELCIN, retired_at__isnull=True, valid_until__isnull=True
    ).exists()


def test_a_new_row_that_is_there_already_is_said_at_its_key_and_nothing_typed_is_lost(officer: Client):
    stated(officer)
    typed = {"person": make.SEVINC, **PERSON, "valid_from_day": "1", "valid_from_month": "5", "valid_from_year": "2026"}

    answer = officer.post("/en/desk/registers/population/new/", {**typed, "desk-step": "check"})

    assert answer.status_code == 200
    assert 'href="#id_person"' in text(answer) and PERSON["name"] in text(answer)
    typed["person"] = "5NEW123"
    check = officer.post("/en/desk/registers/population/new/", {**typed, "desk-step": "check"})
    assert officer.post("/en/desk/registers/population/new/", sent_on(check, "send")).status_code == 302
    assert row_of("5NEW123")


def test_what_is_printed_says_when_by_whom_and_for_what(officer: Client):
    stated(officer)
    row = row_of(make.SEVINC)

    for path in ("print/", f"rows/{row}/print/"):
        shown = text(officer.get(f"/en/desk/registers/population/{path}"))
        assert "Printed on 18 March 2026" in shown and "Request 118" in shown and "Əhmədli Nərgiz" in shown
    assert f"population/{row}/2026-03-18T09:00:00Z" in shown


def test_a_change_that_would_begin_in_an_earlier_period_is_said_at_its_day(officer: Client):
    stated(officer)
    actions.replace_row("population", {"person": make.ELCIN}, {"name": "Yeni Ad"}, from_day=make.TODAY,
                        recorded_by="test", now=make.NOW)  # fmt: skip
    row = row_of(make.ELCIN)
    address = f"/en/desk/registers/population/rows/{row}/replace/"
    day = {"valid_from_day": "1", "valid_from_month": "6", "valid_from_year": "2019", "desk-seen": str(row)}

    check = officer.post(address, {**PERSON, **day, "desk-step": "check"})
    answer = text(officer.post(address, sent_on(check, "send")))

    assert 'href="#id_valid_from_day"' in answer and PERSON["name"] in answer


# ---- a second pair of eyes


def proposed(browser: Client, child: str = make.NIGAR, father: str = make.STRANGER) -> str:
    """The address of a proposal to say another father of the child."""
    stated(browser)
    row = row_of(child)
    address = f"/en/desk/registers/population/rows/{row}/correct/"
    form = text(browser.post(address, {"desk-step": "special", "need": "Dispute 7"}))
    token = re.search(r'name="desk-special" value="([^"]+)"', form)
    assert token and make.ELCIN in form
    typed = {"person": child, **PERSON, "mother": make.SEVINC, "father": father, "desk-special": token.group(1),
             **GROUNDS,
             "valid_from_day": "1", "valid_from_month": "5", "valid_from_year": "2019",
             "desk-seen": str(row)}  # fmt: skip
    check = browser.post(address, {**typed, "desk-step": "check"})
    assert "second officer" in text(check)
    first, twice = (browser.post(address, sent_on(check, "send")) for _ in range(2))
    assert first["Location"] == twice["Location"] == "/en/desk/proposals/?done=sent"
    found = set(re.findall(r"/en/desk/proposals/\d+/", text(browser.get(first["Location"]))))
    assert len(found) == 1
    return found.pop()


def test_a_change_of_special_data_waits_for_a_second_officer_and_holds_once_confirmed(officer: Client):
    row = row_of(make.NIGAR)
    address = proposed(officer)
    second = stated(people.signed_in(people.officer(SECOND, "head"), confirmed=True))

    assert make.STRANGER not in Row.objects.get(pk=row_of(make.NIGAR)).values
    assert "waits to be confirmed" in text(officer.get(f"/en/desk/registers/population/rows/{row}/"))
    own = text(officer.get(address))
    assert 'value="confirm"' not in own and "another officer confirms it" in own
    assert officer.post(address, {"step": "confirm"}).status_code == 409
    seen = text(second.get(address))
    assert make.STRANGER in seen and make.ELCIN in seen and GROUNDS["desk-document"] in seen
    assert "Correction" in seen and "Corrected" not in seen  # nothing is done yet

    assert second.post(address, {"step": "confirm"})["Location"].endswith("?done=confirmed")

    fresh = row_of(make.NIGAR)
    assert make.STRANGER in Row.objects.get(pk=fresh).values and Row.objects.get(pk=row).retired_at
    assert "confirmed" in text(officer.get("/en/desk/proposals/"))


def test_a_proposal_is_turned_down_with_a_reason_that_its_officer_reads(officer: Client):
    row = row_of(make.NIGAR)
    address = proposed(officer)
    second = stated(people.signed_in(people.officer(SECOND, "head"), confirmed=True))

    assert "govuk-error-summary" in text(second.post(address, {"step": "turn_down", "reason": ""}))
    assert second.post(address, {"step": "turn_down", "reason": "The act says no such thing."}).status_code == 302

    assert "The act says no such thing." in text(officer.get(address))
    assert row_of(make.NIGAR) == row
    assert second.post(address, {"step": "confirm"}).status_code == 409


def test_a_proposal_is_taken_back_by_who_proposed_it(officer: Client):
    address = proposed(officer)

    assert officer.post(address, {"step": "turn_down", "reason": "It was the wrong child."}).status_code == 302

    assert "turned down" in text(officer.get("/en/desk/proposals/"))


def test_a_proposal_is_unknown_to_all_others(officer: Client):
    address = proposed(officer)
    reader = people.signed_in(people.officer("4ARX9NC", "archive"), confirmed=True)
    elsewhere = people.signed_in(people.officer(OTHER, "head", "dtsera"), confirmed=True)

    for browser in (reader, elsewhere, people.signed_in(people.account(make.KENAN))):
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"step": "confirm"}).status_code == 404
    assert people.client().get(address).status_code == 302


def test_special_data_cannot_be_changed_by_who_has_not_opened_it(officer: Client):
    stated(officer)
    row = row_of(make.NIGAR)
    address = f"/en/desk/registers/population/rows/{row}/correct/"
    typed = {"person": make.NIGAR, **PERSON, "father": make.STRANGER, **GROUNDS, "desk-seen": str(row),
             "valid_from_day": "1", "valid_from_month": "5", "valid_from_year": "2019"}  # fmt: skip

    check = officer.post(address, {**typed, "desk-special": "forged", "desk-step": "check"})
    assert make.STRANGER not in text(check)
    officer.post(address, sent_on(check, "send"))

    stored = Row.objects.get(pk=row_of(make.NIGAR)).values
    assert make.ELCIN in stored and make.STRANGER not in stored


def test_a_new_row_with_special_data_is_proposed_with_its_grounds(officer: Client):
    stated(officer)
    address = "/en/desk/registers/population/new/"
    typed = {"person": "5NEW123", **PERSON, "mother": make.SEVINC, "valid_from_day": "1", "valid_from_month": "5",
             "valid_from_year": "2026"}  # fmt: skip
    answer = text(officer.post(address, {**typed, "desk-step": "check"}))
    assert 'href="#id_desk-reason"' in answer and 'href="#id_desk-document"' in answer

    check = officer.post(address, {**typed, **GROUNDS, "desk-step": "check"})
    assert officer.post(address, sent_on(check, "send"))["Location"].startswith("/en/desk/proposals/")
    assert not Row.objects.filter(key="5NEW123").exists()


# ---- several at once


def found_by(officer: Client, register: str, **asked: object) -> tuple[str, str]:
    """The page of the list after these filters were sent, and its address."""
    address = officer.post(f"/en/desk/registers/{register}/", asked)["Location"]
    return text(officer.get(address)), unquote(address)


def plates(*pairs: tuple[str, str]) -> None:
    for plate, class_ in pairs:
        code = f"c{plate[:2]}"
        make.add("plate-stock", {"plate": plate, "code": code, "class": class_, "same_letters": True})


def test_a_list_is_filtered_by_several_codes_at_once_and_the_address_says_which(officer: Client):
    plates(("10-AA-001", "units"), ("90-AA-002", "hundreds"), ("99-AA-003", "units"))
    shown, address = found_by(officer, "plate-stock", f_code=["c10", "c99"])

    assert "f.code=c10,c99" in address
    assert "10-AA-001" in shown and "99-AA-003" in shown and "90-AA-002" not in shown
    again = text(officer.get(address))
    assert [code for code in ("c10", "c90", "c99") if f'value="{code}" checked' in again] == ["c10", "c99"]
    both, _address = found_by(officer, "plate-stock", f_code=["c10", "c90"], f_class=["hundreds"])
    assert "90-AA-002" in both and "10-AA-001" not in both
    assert "10-AA-001" in text(officer.get("/en/desk/registers/plate-stock/?f.code=c10,no-such"))


def test_a_place_is_filtered_with_all_that_lies_in_it_and_under_its_earlier_name(officer: Client):
    make.add("population", make.person("5GNC123", name="Gəncəli Aa", territory="gence"),
             make.person("5KHN123", name="Köhnə Şirvanlı", territory="eli-bayramli"),
             make.person("5NXN123", name="Yersiz Bb", territory=None))  # fmt: skip
    stated(officer)

    whole, address = found_by(officer, "population", f_territory=["baki", "sirvan"])
    assert "f.territory=baki,sirvan" in address
    assert "Nümunəli Elçin" in whole and "Köhnə Şirvanlı" in whole
    assert "Gəncəli Aa" not in whole and "Yersiz Bb" not in whole
    assert "Baku › Nasimi District" in whole and ": Baku, Shirvan</span>" in whole

    empty, address = found_by(officer, "population", f_territory=["gence", "-"])
    assert "Yersiz Bb" in empty and "Gəncəli Aa" in empty and "Elçin" not in empty
    printed = text(officer.get(address.replace("/population/", "/population/print/")))
    assert "Ganja, nothing is written" in printed


def test_what_changes_from_a_day_on_or_ends_rests_on_a_document_that_stays(officer: Client):
    stated(officer)
    row = row_of(make.ELCIN)
    day = {"valid_from_day": "1", "valid_from_month": "6", "valid_from_year": "2026"}
    grounds = {"desk-reason": "Changed their name in court", "desk-document": "Act 12 of 1 June 2026"}
    address = f"/en/desk/registers/population/rows/{row}/replace/"
    check = officer.post(
        address, {**PERSON, "name": "Yeni Soyad Elçin", **day, **grounds, "desk-seen": str(row), "desk-step": "check"}
    )
    assert all(words in text(check) for words in grounds.values())
    officer.post(address, sent_on(check, "send"))

    fresh = Row.objects.get(pk=row_of(make.ELCIN))
    assert (fresh.how, fresh.reason, fresh.document) == ("replace", *grounds.values())

    address = f"/en/desk/registers/population/rows/{fresh.pk}/end/"
    assert "First day on which it holds no longer" in text(officer.get(address))
    ended = {"desk-reason": "Lives here no longer", "desk-document": "Letter 3"}
    check = officer.post(
        address, {**day, **ended, "valid_from_month": "8", "desk-seen": str(fresh.pk), "desk-step": "check"}
    )
    officer.post(address, sent_on(check, "send"))

    assert (last := Row.objects.get(how="end")) and (last.reason, last.document) == tuple(ended.values())
    assert "Letter 3" in text(officer.get(f"/en/desk/registers/population/rows/{last.pk}/"))
