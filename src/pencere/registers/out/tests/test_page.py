"""Who may take a register out on the page, what they get, and what is written down before."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import pytest
from django.db import OperationalError

from pencere import country
from pencere.base import writing
from pencere.base.errors import Unavailable
from pencere.base.writing import Writing
from pencere.country.declarations import Desk
from pencere.identity.tests import make as people
from pencere.ledger import queries as ledger
from pencere.registers import indexing, kinds
from pencere.registers.listing import walking
from pencere.registers.models import Export
from pencere.registers.out import taking
from pencere.registers.out.tests import make
from pencere.registers.tests import make as registers

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/en/desk/registers/things/export/"
RIGHT = {"format": "csv", "fields": ["no", "name"], "reason": "Request 118"}


@pytest.fixture(autouse=True)
def things() -> Iterator[None]:
    here = make.every_kind()
    desk = Desk(look=("officer.registry",), write=(), second=(), list=(), place=registers.HERE)
    things = here.registers["things"]
    fields = {**things.fields, "name": replace(things.fields["name"], search="words")}
    things = replace(things, desk=desk, fields=fields)
    with registers.using(replace(here, registers={**here.registers, "things": things})):
        make.add(make.thing(1, name="Şəfəq"), make.thing(2, name="Gün"))
        yield


def _officer(role: str = "registry", agency: str = "din", *, confirmed: bool = True) -> Any:
    return people.signed_in(people.officer(role=role, agency=agency), confirmed=confirmed)


def _body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_it_works() -> None:
    officer = _officer()
    assert officer.get(PAGE).status_code == 200
    answer = officer.post(PAGE, RIGHT)
    rows = list(csv.DictReader(io.StringIO(_body(answer).decode(), newline="")))
    assert [row["name"] for row in rows] == ["Şəfəq", "Gün"] and "person" not in rows[0]
    assert answer["Cache-Control"] == "no-store" and answer["Content-Disposition"].startswith("attachment")
    look = ledger.looks_of(registers.SEVINC)[0]
    assert (look.who, look.case, look.fields) == ("officer:registry", "Request 118", ("no", "name"))
    assert "Request 118" in officer.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("role", "agency", "register"),
    [("head", "din", "things"), ("registry", "emdx", "things"), ("registry", "din", "birth-acts"),
     ("registry", "din", "nothing")],
)  # fmt: skip
def test_who_may_not_see_the_rows_takes_none_of_them(role: str, agency: str, register: str) -> None:
    officer = _officer(role, agency)
    for ask in (officer.get, officer.post):
        assert ask(f"/en/desk/registers/{register}/export/", RIGHT).status_code == 404
    assert Export.objects.count() == 0 and ledger.looks_of(registers.SEVINC) == ()


def test_nobody_and_a_person_and_an_officer_without_second_factor_take_nothing() -> None:
    for browser in (people.client(), _officer(confirmed=False)):
        assert browser.post(PAGE, RIGHT).status_code == 302
    assert people.signed_in(people.account(registers.ELCIN)).post(PAGE, RIGHT).status_code == 404
    assert Export.objects.count() == 0


def test_a_register_without_a_desk_is_not_there() -> None:
    with registers.using(make.every_kind()):
        assert _officer().get(PAGE).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"reason": ""}, {"reason": "x"}, {"reason": "about 5SVN7QT"}, {"reason": "y" * 61}, {"format": "docx"},
     {"format": ""}, {"fields": ["nothing"]}, {"fields": []}, {"on_day": "31", "on_month": "2", "on_year": "2026"},
     {"on_day": "1", "on_month": "1", "on_year": "2999"}],
)  # fmt: skip
def test_what_is_asked_wrongly_is_shown_again_with_a_sentence(wrong: dict[str, object]) -> None:
    answer = _officer().post(PAGE, {**RIGHT, **wrong})
    assert answer.status_code == 200 and "govuk-error-summary" in answer.content.decode()
    assert Export.objects.count() == 0


def test_a_file_that_broke_off_stands_in_the_list() -> None:
    officer = _officer()
    with mock.patch("pencere.ledger.actions._add_looks", side_effect=OperationalError("full")):
        answer = officer.post(PAGE, RIGHT)
        with pytest.raises(Unavailable):
            _body(answer)
    assert "not finished" in officer.get(PAGE).content.decode()


def test_the_person_reads_that_it_was_taken_and_for_what() -> None:
    _body(_officer().post(PAGE, RIGHT))
    page = people.signed_in(people.account(registers.SEVINC)).get("/en/me/access/").content.decode()
    assert "For what: Request 118" in page and "Register taken out as a file" in page


def _exported(address: str, officer: Any = None) -> tuple[list[str], Export]:
    answer = (officer or _officer()).post(address, RIGHT)
    rows = list(csv.DictReader(io.StringIO(_body(answer).decode(), newline="")))
    return [row["name"] for row in rows], Export.objects.latest("id")


def test_the_rows_of_a_list_go_out_in_its_order_and_each_person_reads_it() -> None:
    make.add(make.thing(3, name="Şəfəqli", person=registers.ELCIN), make.thing(4, name="Bulud"))
    officer, of_list = _officer(), PAGE.replace("export/", "")
    officer.post(of_list + "what-for/", {"stated": "Request 118"})
    asked = officer.post(of_list, {"q": "sefeq", "sort": "-no"})["Location"].partition("?")[2]
    assert "sefeq" not in asked
    shown = officer.get(f"{of_list}?{asked}").content.decode()
    link = re.findall(rf'href="({PAGE}\?[^"]+)"', shown)[0].replace("&amp;", "&")

    names, export = _exported(link, officer)

    assert names == ["Şəfəqli", "Şəfəq"]
    assert (export.narrowed, export.rows) == ("~", 2)
    assert ledger.looks_of(registers.ELCIN)[0].case == "Request 118"
    page = officer.get(link).content.decode()
    assert "Only the rows of the list" in page and "sefeq" in page and "chosen by" in page
    assert _exported(f"{PAGE}?sort=-no")[0] == ["Bulud", "Şəfəqli", "Gün", "Şəfəq"]


def test_a_list_as_it_was_known_goes_out_as_it_was_known() -> None:
    make.add(make.thing(3, name="Bulud"), now=registers.NOW + timedelta(days=30))
    known = (registers.NOW + timedelta(days=1)).isoformat()

    assert _exported(f"{PAGE}?{urlencode({'known': known, 'sort': 'no'})}")[0] == ["Şəfəq", "Gün"]
    assert _exported(f"{PAGE}?sort=no")[0] == ["Şəfəq", "Gün", "Bulud"]


def test_a_list_whose_index_is_being_made_gives_no_file_that_lacks_rows() -> None:
    indexing.order("things", registers.NOW)

    assert _officer().post(f"{PAGE}?sort=no", RIGHT).status_code == 503
    assert not Export.objects.exists()


def test_many_rows_of_a_list_go_out_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "_AT_ONCE", 3)
    monkeypatch.setattr(taking, "AT_ONCE", 2)
    make.add(*(make.thing(number, name=f"Ad {number % 5}") for number in range(3, 30)))

    names, _export = _exported(f"{PAGE}?sort=name")

    assert len(names) == 29 and names == sorted(names, key=lambda name: writing.sort_key(name, _letters()))


def _letters() -> Writing:
    return kinds.letters(country.current())


def test_a_standard_takes_special_categories_only_where_they_are_ticked() -> None:
    registers.add("vaccinations", {
        "record_no": "PV-1", "person": registers.SEVINC, "vaccine": "bcg", "dose": 1, "given_on": make.NOW.date(),
        "facility": "Nümunə",
    })  # fmt: skip
    officer, page = _officer(agency="health"), "/en/desk/registers/vaccinations/export/"
    said = {"format": "fhir", "fields": ["record_no", "person"], "reason": "Request 118"}

    refused = officer.post(page, said).content.decode()

    assert "This form says fields of special categories, too: Vaccine, Number of the dose, Given on" in refused
    assert Export.objects.count() == 0 and ledger.looks_of(registers.SEVINC) == ()
    special = ["vaccine", "dose", "given_on", "facility", "batch"]
    answer = officer.post(page, {**said, "fields": ["record_no", "person", *special]})
    assert b'"vaccineCode"' in _body(answer)
