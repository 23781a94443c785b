"""The pages of questions of a draft: a page of answers, the list of a repeating group, one of its items, its files.

A person is chosen by a number made for this draft, never by identifier; a file is shown to its owner alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from pencere.applications import answers, attaching, drafting, offering, showing, surroundings, timeline, wording
from pencere.applications.actions import Asker, OtherDraft
from pencere.applications.drafting import NoSuchCase
from pencere.applications.models import Case
from pencere.applications.representing import Candidate
from pencere.applications.views.draft import Draft, draft_of, who
from pencere.country.cells import facts_of
from pencere.country.course import Page
from pencere.country.declarations import Field
from pencere.identity import access
from pencere.ui import choosing
from pencere.ui.fields import Option
from pencere.ui.forms import DeclaredForm, declared_form

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Asked:
    """A form with what stands behind its choices."""

    form: DeclaredForm
    persons: dict[str, str]  # number in the form → identifier
    called: dict[str, str]  # key of a row, identifier of a person → what it is called
    silent: tuple[str, ...]  # agencies that did not say what there is to choose

    @property
    def typed(self) -> dict[str, object]:
        """The answers, persons by identifier."""
        found = dict(self.form.cleaned_data)
        for name, field in self.form.declared.items():
            if name in found and drafting.offers_persons(field):
                found[name] = self.persons.get(str(found[name]))
        return found

    @property
    def names(self) -> dict[str, str]:
        """What the answers are called that do not say it themselves: persons, rows, files."""
        values = [str(value) for value in self.typed.values()]
        files = {kept.reference: kept.name for kept in self.form.kept_files.values()}
        return {value: name for value, name in {**self.called, **files}.items() if value in values and name}


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, ref: str, group: str) -> HttpResponse:
    """One page of questions, or the list of a repeating group."""
    return group_page(request, draft_of(request, ref), group)


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, ref: str, group: str, number: int) -> HttpResponse:
    """One item of a repeating group, from 1; the number behind the last adds one."""
    return item_page(request, draft_of(request, ref), group, number)


@access.person
@require_http_methods(["GET", "HEAD", "POST"])
def item_remove(request: HttpRequest, ref: str, group: str, number: int) -> HttpResponse:
    """Takes an item out, after asking."""
    return remove_page(request, draft_of(request, ref), group, number)


@access.person
@require_safe
def file(request: HttpRequest, ref: str, digest: str) -> HttpResponse:
    """A file among the answers of the person's own draft or case."""
    return attaching.response(drafting.own(ref, who(request).identifier), digest)


def group_page(request: HttpRequest, draft: Draft, group: str) -> HttpResponse:
    page = _page(draft, group)
    if not draft.reached(group):
        return HttpResponseRedirect(draft.next)
    if page.group.many:
        return _items(request, draft, page)
    asked = ask(request, draft, page, {})

    def save() -> None:
        draft.save_page(group, asked.typed, asked.names)

    return _answered(request, draft, page, asked, save, lambda: draft.after_saving(group))


def item_page(request: HttpRequest, draft: Draft, group: str, number: int) -> HttpResponse:
    page = _page(draft, group)
    rows = drafting.items_of(draft.case, group)
    most = (page.group.many or (0, 0))[1]
    if not page.group.many or not 1 <= number <= min(len(rows) + 1, most):
        raise NoSuchCase(f"{group} {number}")
    if not draft.reached(group):
        return HttpResponseRedirect(draft.next)
    present = dict(rows[number - 1]) if number <= len(rows) else {}
    others = [row for index, row in enumerate(rows, 1) if index != number]
    asked = ask(request, draft, page, present, others)

    def save() -> None:
        draft.save_item(group, number - 1, asked.typed, asked.names)

    words = {
        "number": number,
        "is_new": number > len(rows),
        "back_url": draft.group_url(group) if rows else draft.above,
    }
    return _answered(request, draft, page, asked, save, lambda: draft.group_url(group), words)


def remove_page(request: HttpRequest, draft: Draft, group: str, number: int) -> HttpResponse:
    page = _page(draft, group)
    rows = drafting.items_of(draft.case, group)
    if not page.group.many or not 1 <= number <= len(rows):
        raise NoSuchCase(f"{group} {number}")
    if request.method == "POST":
        draft.remove_item(group, number - 1)
        return HttpResponseRedirect(draft.group_url(group))
    words = {
        **draft.words,
        "heading_texts": showing.group_title(draft.version, group),
        "number": number,
        "item": answers.item_rows(
            draft.case, draft.version, draft.rows, page.group, rows[number - 1], link=draft.shelf.link
        ),
        "back_url": draft.group_url(group),
    }
    return render(request, "applications/item_remove.html", words)


def _page(draft: Draft, group: str) -> Page:
    page = draft.page(group)
    if page is None:
        raise NoSuchCase(group)
    return page


def _items(request: HttpRequest, draft: Draft, page: Page) -> HttpResponse:
    """The list with its count: change, remove, add another, go on."""
    name = page.group.name
    rows = drafting.items_of(draft.case, name)
    least, most = page.group.many or (0, 0)
    if not rows and least and request.method != "POST":
        return HttpResponseRedirect(draft.item_url(name, 1))
    missing = max(0, least - len(rows))
    if request.method == "POST" and not missing:
        draft.keep_none(name)
        return HttpResponseRedirect(draft.after_saving(name))
    link = draft.shelf.link
    words = {
        **draft.words,
        "heading_texts": showing.group_title(draft.version, name),
        "hint_texts": draft.version.service.texts.get(f"{name}.hint", {}),
        "items": [
            answers.Item(
                number,
                answers.item_rows(draft.case, draft.version, draft.rows, page.group, row, link=link),
                draft.item_url(name, number),
                draft.remove_url(name, number),
            )
            for number, row in enumerate(rows, 1)
        ],
        "count": len(rows),
        "most": most,
        "missing": missing,
        "problem": request.method == "POST" and missing,
        "add_url": draft.item_url(name, len(rows) + 1) if len(rows) < most else "",
        "back_url": draft.above,
    }
    return render(request, "applications/items.html", words)


def _answered(
    request: HttpRequest,
    draft: Draft,
    page: Page,
    asked: Asked,
    save: Callable[[], None],
    go_on: Callable[[], str],
    more: Mapping[str, object] | None = None,
) -> HttpResponse:
    """Saves what was typed and goes on, or shows the page again with all of it."""
    form = asked.form
    other, busy = "", False
    if request.method == "POST" and not form.is_search and form.is_valid():
        try:
            save()
            return HttpResponseRedirect(go_on())
        except OtherDraft as open_draft:
            other = open_draft.ref
        except DatabaseError as problem:  # the page comes back with all that was typed
            log.error("page_not_saved", ref=draft.case.ref, exc_info=problem)
            busy = True
    words = {
        **draft.words,
        "form": form,
        "fields": form.drawn,
        "single": len(form.drawn) == 1,
        "heading_texts": draft.version.service.texts.get(page.group.name, {}),
        "other": other,
        "busy": busy,
        "silent": ", ".join(_agency(draft, agency) for agency in asked.silent),
        "back_url": draft.above,
        **(more or {}),
    }
    return render(request, "applications/group.html", words, status=503 if busy else 409 if other else 200)


def _agency(draft: Draft, agency: str) -> str:
    return wording.agency(draft.version, agency, showing.language(), timeline.day_of(draft.now))


def ask(
    request: HttpRequest,
    draft: Draft,
    page: Page,
    present: Mapping[str, object],
    others: list[Mapping[str, object]] | None = None,
) -> Asked:
    """The form of a page, or of an item (`present`) beside the `others`, which are not offered again."""
    service, group = draft.version.service, page.group
    version = f"{service.content_hash}:{service.texts_hash}"
    made = declared_form(group.fields, group.name, service.texts, showing.language(), version=version)
    offered = _Offered(request, draft, page, others or [])
    saved = present if group.many else {name: draft.facts.get(f"{group.name}.{name}") for name in group.fields}
    initial = {name: offered.begin(field, saved.get(name)) for name, field in group.fields.items()}
    form = made(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        facts=_facts_for(draft, page),
        choices=offered.choices,
        initial=initial,
        keeping=draft.shelf,
    )
    for name, labels in offered.narrowed.items():
        form.fields[name].narrowed_by = labels  # type: ignore[attr-defined]
    known = _known_here(draft, page, request)
    for name, field in group.fields.items():
        if field.kind == "geometry":
            around = surroundings.of_question(draft.version, f"{group.name}.{name}", known, draft.rows, now=draft.now)
            form.fields[name].surroundings = around  # type: ignore[attr-defined]
    return Asked(form, offered.persons, offered.called, offered.silent)


class _Offered:
    """What there is to choose on a page, collected question by question."""

    def __init__(self, request: HttpRequest, draft: Draft, page: Page, others: list[Mapping[str, object]]) -> None:
        self.request, self.draft, self.page, self.others = request, draft, page, others
        self.choices: dict[str, list[Option]] = {}
        self.narrowed: dict[str, str] = {}  # a question → those on this page by which its list is narrowed
        self.persons: dict[str, str] = {}
        self.called: dict[str, str] = {}
        self.silent: tuple[str, ...] = ()

    def begin(self, field: Field, saved: object) -> object:
        """What the question begins with: what was saved, in the form in which it is chosen."""
        if drafting.offers_persons(field):
            return self._persons(field, saved)
        if field.kind == "address" and field.of:
            self._addresses(field, saved)
        elif field.kind == "ref":
            self._rows(field)
        return saved

    def _persons(self, field: Field, saved: object) -> object:
        case, reader = self.draft.case, who(self.request)
        asker = Asker(reader.account_id, "person")
        offer = offering.persons(case, field, asker, reader.name, now=self.draft.now)
        persons = [person for person in offer.persons if person.identifier not in self._used(field)]
        self._note_silent(offer.silent)
        self.persons |= {number_of(case, person.identifier): person.identifier for person in persons}
        self.called |= {person.identifier: person.name for person in persons}
        self.choices[field.name] = [_option(case, person) for person in persons]
        alone = persons[0].identifier if len(persons) == 1 and not self.page.group.many else None
        chosen = saved or alone
        return number_of(case, str(chosen)) if chosen else None

    def _addresses(self, field: Field, saved: object) -> None:
        words = choosing.words_of(self.request.POST.get(f"{field.name}_words", ""))
        chosen = str(self.request.POST.get(field.name) or saved or "")
        rows = offering.addresses(self.draft.version, field, words, chosen, now=self.draft.now)
        self._note_silent(rows.silent)
        self.choices[field.name] = [*answers.address_options(self.draft.version, rows)]

    def _rows(self, field: Field) -> None:
        draft, page, used = self.draft, self.page, self._used(field)
        only = _narrowing(draft, page, field, self.request)
        rows = offering.rows(draft.version, f"{page.group.name}.{field.name}", field, only, now=draft.now)
        self._note_silent(rows.silent)
        options = [option for option in answers.row_options(draft.version, rows, field) if option[0] not in used]
        self.called |= {str(option[0]): str(option[1]) for option in options}
        self.choices[field.name] = [*options]
        self.narrowed[field.name] = _labels_on_page(draft, page, field)

    def _used(self, field: Field) -> set[object]:
        """What other items have chosen already."""
        return {row.get(field.name) for row in self.others}

    def _note_silent(self, agency: str) -> None:
        self.silent += (agency,) if agency else ()


def _known_here(draft: Draft, page: Page, request: HttpRequest) -> Callable[[str], object]:
    """A fact, as it was just typed on this very page, else as the case has it."""

    def known(fact: str) -> object:
        group, _, name = fact.rpartition(".")
        if group == page.group.name and name in request.POST:
            return request.POST.get(name) or None
        return draft.facts.get(fact) if group == page.group.name else draft.course.fact(fact)

    return known


def _labels_on_page(draft: Draft, page: Page, field: Field) -> str:
    """The questions of this very page by which the list of another is narrowed."""
    here = (fact for fact in field.only.values() if fact.rpartition(".")[0] == page.group.name)
    return showing.labels(draft.version, here)


def _facts_for(draft: Draft, page: Page) -> dict[str, object]:
    """What the conditions of the page's questions rest on, derived facts among them."""
    names = {fact for field in page.group.fields.values() for fact in facts_of(field.when)}
    elsewhere = {fact for fact in names if fact.rpartition(".")[0] != page.group.name}
    return {fact: draft.course.fact(fact) for fact in elsewhere}


def _narrowing(draft: Draft, page: Page, field: Field, request: HttpRequest) -> dict[str, object]:
    """What `only` names: facts of the case, or an answer of this very page as it was just sent or saved."""
    found: dict[str, object] = {}
    for fact in field.only.values():
        group, _, name = fact.rpartition(".")
        if group == page.group.name and name in request.POST:
            found[fact] = request.POST.get(name) or None
        else:
            found[fact] = draft.facts.get(fact) if group == page.group.name else draft.course.fact(fact)
    return found


def _option(case: Case, person: Candidate) -> tuple[str, str, str]:
    hint = {"self": gettext("For yourself"), "parent": gettext("Your child")}.get(person.ground, "")
    return number_of(case, person.identifier), person.name, hint


def number_of(case: Case, identifier: str) -> str:
    """Stands for a person in the form of this draft, and says nothing outside of it."""
    return salted_hmac("pencere.applications.person", f"{case.ref}:{identifier}").hexdigest()[:16]
