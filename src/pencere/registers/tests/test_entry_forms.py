"""The form of a row is made of its declaration, loses nothing that was typed, and gives values as the register takes
them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from pencere.country.declarations import Country, Register
from pencere.registers.entry_forms import EntryForm
from pencere.registers.tests import make
from pencere.registers.using import shape_of
from pencere.ui import controls
from pencere.ui.ground_fields import Ground
from pencere.ui.uploads import Kept

HERE = [one.id for one in make.the("azerbaijan").registers.values() if one.kept == "here"]
PARCEL = (
    "parcel_no=001-2345-678901&place=nesimi&area=120,5&category=agricultural&use=arable&encumbered=no"
    "&owners-items=0+1&owners-0-holder=5SVN7QT&owners-0-share=0,5&owners-1-holder=5ELC8RK&owners-1-share=0.5"
    "&valid_from_day=1&valid_from_month=may&valid_from_year=2026"
)
DAYS = ("valid_from", "valid_until")


@pytest.fixture(autouse=True)
def here() -> Iterator[Country]:
    with make.using(make.the("azerbaijan")) as found:
        yield found


@pytest.fixture
def parcels(here: Country) -> Register:
    return here.registers["land-cadastre"]


@pytest.mark.parametrize("name", HERE)
def test_every_register_has_a_form_whose_every_question_is_drawn(here: Country, name: str):
    form = EntryForm(here.registers[name], None, days=DAYS)

    drawn = [controls.draw(bound) for each in form.forms for bound in each]

    assert len(drawn) >= len(here.registers[name].fields)
    assert all("<label" in one or "<legend" in one for one in drawn)


def test_what_was_typed_is_as_the_register_takes_it(parcels: Register):
    form = EntryForm(parcels, QueryDict(PARCEL), days=DAYS)

    assert form.is_valid(), [one.errors for one in form.forms]

    values = form.values
    assert values.pop("valid_from") == date(2026, 5, 1)
    assert values["owners"] == [{"holder": "5SVN7QT", "share": "0.5"}, {"holder": "5ELC8RK", "share": "0.5"}]
    assert shape_of("land-cadastre").row(values)["area"] == "120.5"


def test_a_button_for_another_item_brings_the_whole_form_back_unjudged(parcels: Register):
    form = EntryForm(
        parcels, QueryDict("parcel_no=wrong&owners-items=0&owners-0-holder=5SVN7QT&list-search=more:owners")
    )

    assert not form.is_valid()
    assert [item.number for item in form.groups[0].items] == [0, 1]
    assert form.main["parcel_no"].value() == "wrong"
    assert form.groups[0].items[0].form["holder"].value() == "5SVN7QT"
    assert controls.problems(form.forms) == []


def test_an_item_is_removed_by_its_number_and_the_others_keep_theirs(parcels: Register):
    form = EntryForm(parcels, QueryDict(f"{PARCEL}&list-search=less:owners:0"))

    assert [item.number for item in form.groups[0].items] == [1]
    assert form.groups[0].items[0].form["holder"].value() == "5ELC8RK"


def test_what_the_check_page_sends_on_is_the_same_form_once_more(parcels: Register):
    form = EntryForm(parcels, QueryDict(PARCEL), days=DAYS)
    assert form.is_valid()

    again = QueryDict(mutable=True)
    for name, value in form.hidden():
        again.appendlist(name, value)
    second = EntryForm(parcels, again, days=DAYS)

    assert second.is_valid()
    assert second.values == form.values


def test_a_group_that_must_be_there_is_asked_for(parcels: Register):
    form = EntryForm(parcels, QueryDict(PARCEL.replace("owners-items=0+1", "owners-items=")))

    assert not form.is_valid()
    assert [one.sentence for one in controls.problems(form.forms)]


def test_what_the_register_finds_stands_at_its_field(parcels: Register):
    form = EntryForm(parcels, QueryDict(PARCEL), days=DAYS)
    form.is_valid()

    form.fail("owners.holder", "not known", 2)
    form.fail("valid_until", "too early")
    form.fail("parcel_no", "there already")

    assert [(one.anchor, one.sentence.rpartition(": ")[2]) for one in controls.problems(form.forms)] == [
        ("id_parcel_no", "there already"),
        ("id_owners-1-holder", "not known"),
        ("id_valid_until_day", "too early"),
    ]


@pytest.mark.parametrize(
    ("shape", "typed", "expected"),
    [
        ("point", "49.8671 40.4093", {"type": "Point", "coordinates": [49.8671, 40.4093]}),
        ("line", "49,5 40,5\n49.6; 40.6", {"type": "LineString", "coordinates": [[49.5, 40.5], [49.6, 40.6]]}),
        ("polygon", "0 0\n0 1\n1 1", {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]}),
    ],
)
def test_a_place_on_the_ground_is_typed_as_points(shape: str, typed: str, expected: dict[str, object]):
    field = Ground(shape, required=False)

    assert field.clean(typed) == expected
    assert field.clean(str(field.prepare_value(expected))) == expected


@pytest.mark.parametrize(("shape", "typed"), [("point", "here"), ("point", "0 95"), ("polygon", "0 0\n1 1")])
def test_what_is_no_place_on_the_ground_is_said(shape: str, typed: str):
    with pytest.raises(ValidationError):
        Ground(shape, required=False).clean(typed)


# ---- more files than have places at first


class _Kept:
    """Keeps nothing but the references."""

    scope = "here"

    def keep(self, content: bytes, name: str) -> Kept:
        return Kept(f"sha256:{content.decode() * 64}"[:71], name, "application/pdf", 1)

    def find(self, reference: str, name: str = "") -> Kept | None:
        return Kept(reference, name, "application/pdf", 1)


def _referral(here: Country, sent: str, **more: object) -> EntryForm:
    keeping = _Kept()
    return EntryForm(here.registers["medical-referrals"], QueryDict(sent), keeping=keeping, **more)  # type: ignore[arg-type]


def _places(form: EntryForm) -> int:
    return sum(name.startswith("files__") for name in form.main.fields)


def test_ten_places_for_files_are_shown_and_a_button_adds_as_many_up_to_the_most(here: Country):
    form = EntryForm(here.registers["medical-referrals"], None)
    assert (_places(form), form.files["files"].more) == (10, "more:files")

    grown = _referral(here, "list-search=more:files&files-places=10")
    assert (_places(grown), grown.files["files"].more) == (20, "")
    assert grown.is_redrawn and not grown.is_valid()
    assert _places(_referral(here, "files-places=20&list-search=more:files")) == 20, "the register takes twenty"
    assert _places(_referral(here, "files-places=9999")) == 20
    assert _places(_referral(here, "files-places=x")) == 10


def test_files_in_the_added_places_stay_from_page_to_page(here: Country):
    reference = "sha256:" + "a" * 64
    corrected = _referral(here, "files-places=10", values={"files": [reference] * 12})
    assert _places(corrected) == 12, "what is there already is never left out"

    shown = EntryForm(here.registers["medical-referrals"], None, values={"files": [reference]}, keeping=_Kept())
    shown.main["files__1"].value()
    sent = _referral(here, urlencode({"files-places": 20, "files__15_kept": shown.main.fields["files__1"].token}))
    sent.main.is_valid()

    assert sent.main.cleaned_data["files__15"] == reference
    assert ("files-places", "20") in sent.hidden()
    assert [value for name, value in sent.hidden() if name == "files__15_kept"]
