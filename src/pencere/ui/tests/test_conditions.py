"""Questions that hang on another answer of the same page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from pencere.country.cells import parse
from pencere.country.declarations import Field
from pencere.ui import conditions, controls
from pencere.ui.forms import DeclaredForm, declared_form


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


FIELDS = {
    "basis": Field("basis", "choice", of=("owner", "order")),
    "order": Field("order", "text", when=({"move.basis": parse("order")},)),
    "guardian": Field("guardian", "text", when=({"move.basis": parse("order"), "holder.age": parse("< 18")},)),
    "rooms": Field("rooms", "integer"),
    "why": Field("why", "text", when=({"move.rooms": parse(">= 5")},), required=False),
}
TEXTS = {
    "move.basis": {"en": "On what ground?"}, "move.basis.order": {"en": "A court order"},
    "move.basis.owner": {"en": "I own it"}, "move.order": {"en": "Which order?"},
}  # fmt: skip


def made(sent: dict[str, str] | None = None, age: int | None = None) -> DeclaredForm:
    return declared_form(FIELDS, "move", TEXTS, "en", version="when")(sent, facts={"holder.age": age})


def test_a_question_that_no_answer_of_this_page_can_bring_up_is_left_out() -> None:
    assert [bound.name for bound in made(age=40).drawn] == ["basis", "order", "rooms", "why"]
    assert [bound.name for bound in made(age=12).drawn] == ["basis", "order", "guardian", "rooms", "why"]


def test_a_question_says_after_which_answer_it_counts() -> None:
    drawn = controls.draw(made()["order"])

    assert "Answer this only if your answer to “On what ground?” is: A court order." in drawn
    assert 'data-when="basis=order"' in drawn
    assert "(optional)" not in drawn


def test_what_cannot_be_said_so_simply_is_left_to_the_server() -> None:
    drawn = controls.draw(made()["why"])

    assert "Answer this only if it applies to you" in drawn
    assert "data-when" not in drawn


def test_it_must_be_answered_if_it_counts_and_only_then() -> None:
    assert set(made({"basis": "order", "rooms": "2"}, age=40).errors) == {"order"}
    assert set(made({"basis": "order", "rooms": "2"}, age=12).errors) == {"order", "guardian"}
    assert made({"basis": "owner", "rooms": "2"}, age=12).is_valid()


def test_alternatives_stand_side_by_side() -> None:
    when = ({"move.basis": parse("order, owner")}, {"move.fast": parse("true")})

    assert conditions.on_page(when, "move", {}) == conditions.OnPage(
        ({"basis": ("order", "owner")}, {"fast": ("yes",)})
    )
    assert conditions.OnPage(({"basis": ("order",)}, {"fast": ("yes",)})).for_script == "basis=order|fast=yes"
    assert conditions.on_page(({"home.address": parse("null")},), "move", {}) == conditions.OnPage(())
    assert conditions.on_page(({"home.address": parse("null")},), "move", {"home.address": "x"}) is None
