"""A parent reads who saw the data of a child, while the register says so; and nobody else's."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from unittest import mock

import pytest
from django.test import Client

from pencere.applications.tests import make
from pencere.base import clock
from pencere.base.errors import Unavailable
from pencere.exchange import actions as exchange
from pencere.ledger import queries as ledger
from pencere.ledger.tests import make as make_ledger
from pencere.portal import views
from pencere.registers.tests import make as make_registers

pytestmark = pytest.mark.django_db
PAGE, EXPORT = "/en/me/access/", "/en/me/access/export/"


@pytest.fixture(autouse=True)
def _nation() -> Iterator[None]:
    """Parents act for children; the grounds that are kept elsewhere have a test of their own."""
    azerbaijan = make_registers.the("azerbaijan")
    parents = replace(azerbaijan, representation={"parent": azerbaijan.representation["parent"]})
    with clock.standing_at(make.NOW), make_registers.using(parents):
        make.nation()
        yield


def number_of(browser: Client, name: str) -> str:
    html = browser.get("/en/me/access/whose/").content.decode()
    found = re.search(rf"\?of=([0-9a-f]+)\">{name}", html)
    assert found, html
    return found[1]


def test_a_parent_sees_who_saw_the_childs_data_and_that_is_written_with_the_child() -> None:
    parent = make.browser(make.SEVINC)
    make_ledger.look(make.NIGAR, case="CHILD-CASE1", now=make.NOW)
    make_ledger.look(make.SEVINC, case="OWN00-CASE1", now=make.NOW)

    number = number_of(parent, make.NAMES[make.NIGAR])
    html = parent.get(PAGE, {"of": number}).content.decode()

    assert "CHILD-CASE1" in html
    assert "OWN00-CASE1" not in html
    assert f"Who saw the data of {make.NAMES[make.NIGAR]}" in html
    assert "You, or the person who acts for you" in html
    assert "who looked, when and why" in html
    assert make.NIGAR not in html
    assert make.NIGAR not in number
    written = [look for look in ledger.looks_of(make.NIGAR) if look.register == "ledger"]
    assert [(look.kind, look.account) for look in written] == [("own", str(make.account(make.SEVINC).id))]
    assert "CHILD-CASE1" not in parent.get(PAGE).content.decode()


def test_a_ground_that_cannot_be_asked_hides_no_other_and_is_named() -> None:
    asked = exchange.acted_for

    def acted_for(*given: object, grounds: tuple[str, ...], **words: object) -> object:
        if grounds == ("guardian",):
            raise Unavailable("mutda", "no answer")
        return asked(*given, grounds=grounds, **words) if grounds == ("parent",) else ()  # type: ignore[arg-type]

    browser = make.browser(make.SEVINC)
    with make_registers.using(make_registers.the("azerbaijan")), mock.patch.object(exchange, "acted_for", acted_for):
        html = browser.get("/en/me/access/whose/").content.decode()
        unknown = browser.get(PAGE, {"of": "0" * 20})

    assert make.NAMES[make.NIGAR] in html
    assert "Not answered just now: State Agency for Preschool and General Education" in html
    assert unknown.status_code == 503


def test_the_choice_offers_children_under_age_only() -> None:
    html = make.browser(make.SEVINC).get("/en/me/access/whose/").content.decode()

    assert make.NAMES[make.NIGAR] in html
    assert make.NAMES[make.KAMRAN] not in html
    assert make.NIGAR not in html
    assert "names nobody you may act for" in make.browser(make.ILQAR).get("/en/me/access/whose/").content.decode()


def test_the_table_of_a_child_is_one_row_a_look_and_itself_a_look() -> None:
    parent = make.browser(make.SEVINC)
    make_ledger.look(make.NIGAR, case="CHILD-CASE1", now=make.NOW)
    number = number_of(parent, make.NAMES[make.NIGAR])

    rows = list(csv.reader(io.StringIO(b"".join(parent.get(EXPORT, {"of": number})).decode("utf-8-sig"))))

    assert len(rows) - 1 == len(ledger.looks_of(make.NIGAR, limit=100))
    assert any("CHILD-CASE1" in row for row in rows)
    assert any("who looked, when and why" in row for row in rows)


@pytest.mark.parametrize("address", [PAGE, EXPORT])
def test_a_number_of_another_account_or_of_nobody_is_not_found(address: str) -> None:
    parent, stranger = make.browser(make.SEVINC), make.browser(make.ILQAR)
    number = number_of(parent, make.NAMES[make.NIGAR])
    before = len(ledger.looks_of(make.NIGAR, limit=100))

    for other in (number, "x", make.NIGAR, "0" * 20):
        assert stranger.get(address, {"of": other}).status_code == 404
    assert len(ledger.looks_of(make.NIGAR, limit=100)) == before
    assert parent.get(address, {"of": make.NIGAR}).status_code == 404


@pytest.mark.parametrize("address", [PAGE, EXPORT])
def test_a_child_who_has_come_of_age_is_not_found_any_more(address: str) -> None:
    parent = make.browser(make.SEVINC)
    number = number_of(parent, make.NAMES[make.NIGAR])

    with clock.standing_at(make.NOW + timedelta(days=8 * 366)):
        assert make.browser(make.SEVINC).get(address, {"of": number}).status_code == 404


def test_older_looks_of_a_child_are_still_the_childs() -> None:
    parent = make.browser(make.SEVINC)
    for minute in range(views.LOOKS_ON_A_PAGE + 5):
        make_ledger.look(make.NIGAR, case=f"CASE{minute:02}-CHILD", now=make.NOW - timedelta(minutes=200 - minute))
    number = number_of(parent, make.NAMES[make.NIGAR])

    first = parent.get(PAGE, {"of": number}).content.decode()
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older
    assert f"of={number}" in older[1]
    second = parent.get(older[1].replace("&amp;", "&")).content.decode()

    assert "CASE00-CHILD" in second
    assert {f"CASE{minute:02}-CHILD" in first + second for minute in range(views.LOOKS_ON_A_PAGE + 5)} == {True}
    assert f"{EXPORT}?of={number}" in second
