"""Forms made of declared fields."""

from __future__ import annotations

from datetime import date

from pencere import country
from pencere.base.writing import sort_key
from pencere.country.cells import parse
from pencere.country.declarations import Field
from pencere.ui import controls
from pencere.ui.forms import DeclaredForm, declared_form

FIELDS = {
    "why": Field("why", "choice", of=("work", "other")),
    "what": Field("what", "text", when=({"request.why": parse("other")},)),
    "since": Field("since", "date", required=False),
    "fin": Field("fin", "fin", required=False),
    "many": Field("many", "integer", required=False),
    "fast": Field("fast", "boolean", required=False),
    "place": Field("place", "territory", required=False),
}
TEXTS = {
    "request.why": {"az": "Nə üçün?", "en": "What for?"},
    "request.why.error": {"az": "Səbəbi seçin.", "en": "Choose what for."},
    "request.why.work": {"az": "İş", "en": "Work"},
    "request.why.other": {"az": "Digər", "en": "Other"},
    "request.what": {"az": "Nə?", "en": "What?"},
}


def made(version: str = "1", language: str = "en") -> type[DeclaredForm]:
    return declared_form(FIELDS, "request", TEXTS, language, version=version)


def test_values_are_those_of_facts() -> None:
    sent = {"why": "work", "since_day": "1", "since_month": "may", "since_year": "2020", "fin": "5abc123", "many": "3"}

    form = made()({**sent, "fast": "no"})

    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "why": "work", "since": date(2020, 5, 1), "fin": "5ABC123", "many": 3, "fast": False, "place": None,
    }  # fmt: skip
    assert form.not_asked == ("what",)


def test_a_conditional_question_counts_only_if_its_condition_holds() -> None:
    assert made()({"why": "work", "what": "x"}).is_valid()
    asked = made()({"why": "other"})
    assert not asked.is_valid()
    assert set(asked.errors) == {"what"}
    assert made()({"why": "other", "what": "x"}).is_valid()


def test_a_condition_may_rest_on_a_fact_of_an_earlier_page() -> None:
    fields = {"what": Field("what", "text", when=({"home.address": parse("null")},))}
    form = declared_form(fields, "request", TEXTS, "en", version="earlier")

    assert form({}, facts={"home.address": "Nizami 5"}).is_valid()
    assert not form({}, facts={"home.address": None}).is_valid()


def test_the_declaration_may_have_its_own_sentence_for_what_is_missing() -> None:
    form = made()({})

    assert form.errors["why"] == ["Choose what for."]
    assert controls.problems([form])[0].sentence == "Choose what for."


def test_a_question_may_be_called_as_the_button_of_a_search_was() -> None:
    fields = {name: Field(name, "text") for name in ("search", "once", "step")}
    form = declared_form(fields, "request", TEXTS, "en", version="names")

    asked = form({"search": "of the flat", "once": "", "step": "second"})

    assert not asked.is_search
    assert set(asked.errors) == {"once"}
    assert form(dict.fromkeys(fields, "x")).is_valid()


def test_a_missing_text_is_taken_from_the_language_of_the_law() -> None:
    assert made(language="ru")().fields["why"].label == "Nə üçün?"


def test_a_form_is_made_once_for_a_version_and_language() -> None:
    assert made("7") is made("7")
    assert made("7") is not made("8")
    assert made("7") is not made("7", "az")


def test_the_caller_hands_in_whom_a_person_may_be() -> None:
    fields = {"holder": Field("holder", "person", of="applicant.may_act_for")}
    form = declared_form(fields, "request", TEXTS, "en", version="holder")
    choices = {"holder": (("5ABC123", "Aysel"), ("7XYZ890", "Murad"))}

    assert form({"holder": "7XYZ890"}, choices=choices).is_valid()
    assert not form({"holder": "0K4P2QT"}, choices=choices).is_valid()
    assert not form({"holder": "7XYZ890"}).is_valid()


def test_units_of_the_territory_stand_in_the_order_of_the_alphabet() -> None:
    here = country.current()

    names = [label for _code, label in made(language="az")().fields["place"].options]

    assert len(names) == sum(unit.until is None for unit in here.territory)
    assert names == sorted(names, key=lambda name: sort_key(name, here.writing["az"]))
    assert names != sorted(names)


def test_what_was_typed_stays_in_the_form() -> None:
    form = made()({"since_day": "31", "since_month": "fevral", "since_year": "2020", "fin": "5ABCO23", "many": "x"})
    drawn = "".join(controls.draw(form[name]) for name in form.fields)

    for typed in ('value="31"', 'value="fevral"', 'value="2020"', 'value="5ABCO23"', 'value="x"'):
        assert typed in drawn
