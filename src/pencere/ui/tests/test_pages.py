"""The skeleton and the components, as HTML."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django import forms
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import format_html

from pencere.ui import controls, links
from pencere.ui.building import PACKAGE
from pencere.ui.links import Entry
from pencere.ui.pieces import Cell, Event, Row, Table, Task

ERRORS = sorted(path.stem for path in (PACKAGE / "ui/templates/ui/errors").glob("*.html") if path.stem != "error")


class Question(forms.Form):
    name = forms.CharField(label="Name", help_text="As in the document")
    colour = forms.ChoiceField(label="Colour", choices=[("r", "Red"), ("g", "Green")], widget=forms.RadioSelect)
    several = forms.MultipleChoiceField(
        label="Several", choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple, required=False
    )
    file = forms.FileField(label="File", required=False)
    agree = forms.BooleanField(label="I agree", required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def drawn(source: str, language: str = "en", path: str = "/en/services/", **words: object) -> str:
    request = RequestFactory().get(path)
    with translation.override(language):
        return engines["django"].from_string("{% load ui %}" + source).render(words, request)


@pytest.mark.parametrize("language", ["az", "en", "ru"])
@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_needs_neither_database_nor_session(name: str, language: str) -> None:
    request = RequestFactory().get(f"/{language}/nothing/")

    with translation.override(language):
        html = render_to_string(f"ui/errors/{name}.html", {"status": 500, "law": "residence-law 5"}, request=request)

    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 1


def test_an_error_page_stands_even_without_a_request() -> None:
    assert "<h1" in render_to_string("ui/errors/broken.html", {})


def test_a_page_is_there_in_every_language_and_says_which_one_it_is() -> None:
    html = page_of("/en/services/?q=home&page=2")

    assert '<a href="/az/services/?q=home&amp;page=2" lang="az" hreflang="az" rel="alternate">Azərbaycanca</a>' in html
    assert '<link rel="alternate" hreflang="ru" href="/ru/services/?q=home&amp;page=2">' in html
    assert '<span lang="en" aria-current="true">English</span>' in html


def test_a_page_without_a_language_leads_to_the_first_page_of_each() -> None:
    assert '<a href="/ru/" lang="ru"' in page_of("/health/strange")


def test_the_title_says_first_that_something_is_wrong() -> None:
    wrong, right = Question({}), Question({"name": "x", "colour": "r"})

    assert "<title>Error: T – Pəncərə</title>" in page_of(form=wrong)
    assert "<title>T – Pəncərə</title>" in page_of(form=right)
    assert "<title>Xəta: T – Pəncərə</title>" in page_of("/az/x/", "az", form=wrong)


def test_the_demo_is_marked_on_every_page_in_every_language(settings: object) -> None:
    settings.PENCERE = SimpleNamespace(demo=True)  # type: ignore[attr-defined]

    html = page_of("/ru/services/", "ru")

    for line in ("все лица синтетические", "bütün şəxslər sintetikdir", "all persons are synthetic"):
        assert line in html


def test_the_error_summary_leads_to_each_control() -> None:
    form = Question({})

    html = drawn("{% error_summary form %}{% for one in form %}{% field one %}{% endfor %}", form=form)

    assert '<a href="#id_name">Name: This field is required.</a>' in html
    assert '<a href="#id_colour">Colour: This field is required.</a>' in html
    assert 'id="id_name"' in html
    assert 'id="id_colour" name="colour" type="radio"' in html
    assert 'aria-describedby="id_name-hint id_name-error"' in html


def test_every_control_has_a_label_and_what_was_typed_is_escaped() -> None:
    form = Question({"name": '"><script>', "colour": "g", "several": ["b"]})

    html = drawn("{% for one in form %}{% field one %}{% endfor %}", form=form)

    assert "<script>" not in html
    assert 'value="g" checked' in html
    assert 'value="b" checked' in html
    for id_ in ("id_name", "id_colour", "id_colour_1", "id_several", "id_several_1", "id_file", "id_agree"):
        assert f'for="{id_}"' in html
        assert f'id="{id_}"' in html


def test_a_question_that_is_the_page_has_its_label_as_heading() -> None:
    html = drawn("{% field form.name heading=True %}{% field form.colour heading=True %}", form=Question())

    assert html.count("<h1") == 2
    assert "required" not in html


def test_lists_draw_what_they_are_given_and_escape_it() -> None:
    html = drawn(
        "{% summary_list rows %}{% task_list tasks %}{% timeline events %}{% table table %}",
        rows=[Row("Name", "<b>", "From a register", "/change/"), Row("Safe", format_html("<i>{}</i>", "x"))],
        tasks=[Task("First", "Done", True, "/one/"), Task("Second", "Not yet")],
        events=[Event("Sent", "4 May 2026", "2026-05-04T10:00:00Z"), Event("Answer", ahead=True)],
        table=Table("Numbers", (Cell("Year"), Cell("Sum", True)), ((Cell("2026"), Cell("7", True)),)),
    )

    assert "&lt;b&gt;" in html
    assert "<i>x</i>" in html
    assert '<time datetime="2026-05-04T10:00:00Z">4 May 2026</time>' in html
    assert "(still to come)" in html
    assert '<th scope="row" class="govuk-table__header" data-label="Year">2026</th>' in html


def test_a_hidden_field_carries_the_key_that_makes_a_form_count_once() -> None:
    assert drawn("{% once_key 'k-1' %}") == f'<input type="hidden" name="{controls.ONCE_KEY}" value="k-1">'


def test_a_text_that_is_missing_is_shown_in_another_language_and_marked() -> None:
    assert drawn("{{ texts|words }}", texts={"az": "Arayış", "en": "Paper"}) == "Paper"
    assert drawn("{{ texts|words }}", texts={"az": "<Arayış>"}) == '<span lang="az">&lt;Arayış&gt;</span>'


def test_links_are_shown_to_those_they_are_for(monkeypatch: pytest.MonkeyPatch) -> None:
    lists = {
        "PERSON": (
            Entry("In", "x", 1, "signed_out"),
            Entry("Out", "x", 2, "signed_in"),
            Entry("Desk", "x", 3, "officer"),
        )
    }
    monkeypatch.setattr(links, "entries", lambda name: lists.get(name, ()))
    monkeypatch.setattr(links, "reverse", lambda name: "/en/x/")

    def labels(**who: bool) -> list[str]:
        return [link.label for link in links.links("PERSON", "/en/", **who)]

    assert labels(signed_in=False, officer=False) == ["In"]
    assert labels(signed_in=True, officer=False) == ["Out"]
    assert labels(signed_in=True, officer=True) == ["Out", "Desk"]


def test_only_the_closest_link_above_a_page_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "entries", lambda name: (Entry("Me", "me", 1), Entry("Papers", "papers", 2)))
    monkeypatch.setattr(links, "reverse", lambda name: {"me": "/en/me/", "papers": "/en/me/documents/"}[name])

    found = links.links("CITIZEN", "/en/me/documents/7/", signed_in=True, officer=False)

    assert [(link.label, link.within) for link in found] == [("Me", False), ("Papers", True)]


def page_of(path: str = "/en/services/", language: str = "en", **words: object) -> str:
    source = '{% extends "ui/page.html" %}{% block title %}T{% endblock %}{% block main %}M{% endblock %}'
    request = RequestFactory().get(path)
    with translation.override(language):
        return engines["django"].from_string(source).render(words, request)
