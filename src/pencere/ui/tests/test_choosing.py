"""Several answers, one answer a line, rows of a long list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import translation

from pencere.country.declarations import Field
from pencere.ui import choosing, controls, fields
from pencere.ui.forms import DeclaredForm, declared_form


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


ROWS = [(f"g{number}", f"Bağça {number}", f"Nəsimi rayonu, {number} boş yer") for number in range(40)]
TEXTS = {"wish.group": {"en": "Group"}, "wish.days": {"en": "Days"}, "wish.days.mon": {"en": "Monday"},
         "wish.days.tue": {"en": "Tuesday"}, "wish.note": {"en": "Note"}}  # fmt: skip
FIELDS = {
    "group": Field("group", "ref", of="kindergarten-groups"),
    "days": Field("days", "choices", of=("mon", "tue"), required=False),
    "note": Field("note", "text", many=(1, 3), required=False),
}


def made(sent: str, rows: list[tuple[str, str, str]] = ROWS) -> DeclaredForm:
    form = declared_form(FIELDS, "wish", TEXTS, "en", version="choosing")
    return form(QueryDict(sent), choices={"group": rows})


def problem(field: forms.Field, typed: object) -> str:
    """The sentence in English."""
    with translation.override("en"):
        with pytest.raises(ValidationError) as found:
            field.clean(typed)
        return str(found.value.messages[0])


def test_several_answers_are_a_list_in_the_declared_order() -> None:
    form = made("group=g3&days=tue&days=mon&note=one%0Atwo")

    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"group": "g3", "days": ["mon", "tue"], "note": ["one", "two"]}


def test_nothing_chosen_among_several_is_no_answer() -> None:
    form = made("group=g3")

    assert form.is_valid()
    assert form.cleaned_data == {"group": "g3", "days": None, "note": None}


def test_so_many_may_be_chosen_and_no_others() -> None:
    field = choosing.Several([("a", "A"), ("b", "B"), ("c", "C")], limits=(2, 2))

    assert field.clean(["c", "a"]) == ["a", "c"]
    assert "at least 2" in problem(field, ["a"])
    assert "at most 2" in problem(field, ["a", "b", "c"])
    assert "that are shown" in problem(field, ["x"])


def test_of_lines_the_wrong_one_is_named() -> None:
    field = choosing.OnePerLine(fields.Phone(), (1, 2))

    assert field.clean("0501234567\n\n+994 55 123 45 67") == ["0501234567", "+994551234567"]
    assert problem(field, "0501234567\nhome").startswith("Line 2: ")
    assert "at most 2" in problem(field, "0501234567\n0501234568\n0501234569")


def test_a_short_list_has_no_search_and_a_long_one_does() -> None:
    short, long = (controls.draw(made("", rows)["group"]) for rows in (ROWS[:5], ROWS))

    assert "Search in the list" not in short
    assert short.count('type="radio"') == 5
    assert "Search in the list" in long
    assert long.count('type="radio"') == choosing.SHOWN
    assert "there are 40 in all" in long


def test_a_search_narrows_the_list_keeps_what_was_typed_and_judges_nothing() -> None:
    form = made(f"{choosing.SEARCH_KEY}=group&group_words=nesimi+7&note=kept&group=g1")
    drawn = controls.draw(form["group"])

    assert form.is_search
    assert form.errors == {}
    assert 'value="g7"' in drawn and 'value="g37"' in drawn and 'value="g2"' not in drawn
    assert 'value="g1" checked' in drawn
    assert "kept" in controls.draw(form["note"])


def test_a_search_that_finds_nothing_says_so() -> None:
    assert "Nothing in the list has these words" in controls.draw(
        made(f"{choosing.SEARCH_KEY}=group&group_words=xyz")["group"]
    )


def test_a_row_that_is_not_offered_cannot_be_chosen() -> None:
    assert not made("group=g99").is_valid()
    assert "nothing to choose from" in controls.draw(made("", [])["group"])
