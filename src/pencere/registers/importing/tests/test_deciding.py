"""The page on which a person decides: both versions, what differs, the look that is written, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from pencere.identity.tests import make as people
from pencere.ledger.models import Leaf
from pencere.registers import queries
from pencere.registers.importing import arriving
from pencere.registers.importing.tests import make
from pencere.registers.importing.tests.test_console import HERE, chosen, content, sent, work
from pencere.registers.models import Load, PossibleDuplicate, Row
from pencere.registers.tests.make import field, using

pytestmark = pytest.mark.django_db
ALIKE = ("name", "built")


@pytest.fixture(autouse=True)
def _boats(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(arriving, "folder", lambda: tmp_path)
    with make.using_boats(desk=make.DESK, alike=ALIKE):
        yield


@pytest.fixture
def officer() -> Client:
    return people.signed_in(people.officer(), confirmed=True)


def in_doubt(officer: Client, tmp_path: Path) -> Load:
    make.confirmed(make.file(tmp_path, [make.line(1, name="Ay", price="100")], name="old.csv"))
    Load.objects.exclude(state="confirmed").delete()
    answer = sent(officer, content(make.line(2, name="AY", price="7"), make.line(3), make.line(4, name="Şəfəq 3")))
    officer.post(answer["Location"], chosen())
    work()
    return Load.objects.get(state="ready")


def test_both_versions_stand_side_by_side_and_what_differs_is_marked(officer: Client, tmp_path: Path):
    load = in_doubt(officer, tmp_path)
    page = officer.get(f"{HERE}{load.pk}/").content.decode()
    assert "wait for you to decide: 2" in page and "1 good lines, 0 bad lines" in page

    page = officer.get(f"{HERE}{load.pk}/possible-duplicates/").content.decode()

    assert "Row B-00001 of the register" in page and "Line 3 of the file" in page and "Still to be decided: 2" in page
    assert page.count(">differs<") == 4  # key, name and price of one; the key of the other
    errors = b"".join(officer.get(f"{HERE}{load.pk}/errors.csv")).decode()
    assert "looks like a row" in errors and "looks like line 3" in errors


def test_what_is_decided_is_done_and_can_be_decided_anew(officer: Client, tmp_path: Path):
    load = in_doubt(officer, tmp_path)
    here = f"{HERE}{load.pk}/possible-duplicates/"
    row = Row.objects.get(key="b-00001")

    officer.post(here, {"lines": "2,4", "line-2": f"correct:{row.pk}", "line-4": "new"})
    assert "Nothing is to be decided here" in officer.get(here).content.decode()
    officer.post(f"{here}?all=1", {"lines": "4", "line-4": "line"})

    page = officer.get(f"{HERE}{load.pk}/").content.decode()
    assert "which they correct: 1" in page and "left out: 1" in page
    assert "1 rows of the register are corrected" in officer.get(f"{HERE}{load.pk}/confirm/").content.decode()
    officer.post(f"{HERE}{load.pk}/confirm/")
    work()
    assert queries.count("boats") == 2 and Row.objects.get(key="b-00001", retired_at=None).how == "correct"
    assert PossibleDuplicate.objects.get(line=2).decided_by.startswith("account:")
    assert officer.get(here).status_code == 302  # it is closed


def test_a_load_that_only_corrects_can_be_confirmed(officer: Client, tmp_path: Path):
    make.confirmed(make.file(tmp_path, [make.line(1, name="Ay", price="100")], name="old.csv"))
    answer = sent(officer, content(make.line(2, name="AY", price="7")))
    officer.post(answer["Location"], chosen())
    work()
    load = Load.objects.get(state="ready")
    row = Row.objects.get(key="b-00001")
    assert officer.get(f"{HERE}{load.pk}/confirm/").status_code == 302

    officer.post(f"{HERE}{load.pk}/possible-duplicates/", {"lines": "2", "line-2": f"correct:{row.pk}"})
    officer.post(f"{HERE}{load.pk}/confirm/")
    work()

    load.refresh_from_db()
    assert (load.state, load.rows) == ("confirmed", 0)
    assert Row.objects.get(key="b-00001", retired_at=None).how == "correct"


def test_all_on_the_page_are_others(officer: Client, tmp_path: Path):
    load = in_doubt(officer, tmp_path)

    officer.post(f"{HERE}{load.pk}/possible-duplicates/", {"lines": "2,4", "do": "all-new"})

    load.refresh_from_db()
    assert load.rows == 3 and not PossibleDuplicate.objects.exclude(decision="new").exists()


def test_nothing_chosen_and_nonsense_are_refused_with_a_sentence(officer: Client, tmp_path: Path):
    load = in_doubt(officer, tmp_path)
    here = f"{HERE}{load.pk}/possible-duplicates/"

    assert "Choose at least for one line" in officer.post(here, {"lines": "2,4"}).content.decode()
    page = officer.post(here, {"lines": "2,9", "line-2": "keep:999999", "line-9": "new"}).content.decode()

    assert "was changed meanwhile" in page and "Nothing is to be decided of line 9" in page
    assert PossibleDuplicate.objects.filter(decision="").count() == 2


def test_a_stranger_and_a_confirmed_load_are_not_decided(officer: Client, tmp_path: Path):
    load = in_doubt(officer, tmp_path)
    other = people.signed_in(people.officer("3HED7MB", agency="emdx"), confirmed=True)

    assert other.get(f"{HERE}{load.pk}/possible-duplicates/").status_code == 404
    assert other.post(f"{HERE}{load.pk}/possible-duplicates/", {"lines": "2", "line-2": "new"}).status_code == 404


def test_persons_who_are_shown_have_the_look_and_what_is_special_is_hidden(officer: Client, tmp_path: Path):
    boats = make.boats(desk=make.DESK, alike=ALIKE)
    fields = {
        **boats.registers["boats"].fields,
        "owner": field("owner", "person", personal="ordinary"),
        "price": replace(boats.registers["boats"].fields["price"], personal="special"),
    }
    about = replace(boats.registers["boats"], fields=fields, about=("owner",))
    head = ",".join((*make.HEAD, "owner"))
    with using(replace(boats, registers={**boats.registers, "boats": about})):
        make.confirmed(
            make.file(tmp_path, [make.line(1, name="Ay", price="4321") + ",7ABCDEF"], head=head, name="o.csv")
        )
        answer = sent(officer, content(make.line(2, name="Ay", price="7") + ",7ABCDEF", head=head))
        officer.post(answer["Location"], chosen(**{"column-9": "owner"}))
        work()
        load = Load.objects.get(state="ready")
        here = f"{HERE}{load.pk}/possible-duplicates/"
        asked = officer.get(here)
        assert asked.status_code == 302 and "what-for" in asked["Location"]
        looks = Leaf.objects.count()
        back = officer.post(asked["Location"], {"stated": "Request 118"})
        page = officer.get(back["Location"]).content.decode()

    assert back["Location"] == here and "Row B-00001 of the register" in page
    assert "4321" not in page and "special category" in page and Leaf.objects.count() > looks
