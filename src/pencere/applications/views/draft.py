"""A person's draft as its pages see it: facts, pages in order, and where to go on.

A *stop* is a page of questions, or the page that shows what the registers hold; they stand in the order of the steps,
so that a question may rest on what was fetched before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from pencere.applications import actions, attaching, drafting, parties, questioning, showing, timeline, values, versions
from pencere.applications.attaching import Shelf
from pencere.applications.drafting import Called
from pencere.applications.models import Case, Fact
from pencere.applications.versions import Version
from pencere.base import clock
from pencere.country.course import Course, Page
from pencere.country.declarations import Step
from pencere.identity.queries import Who


@dataclass(frozen=True, slots=True)
class Stop:
    """One page of a draft. `page`: its questions; None: what the registers hold. `may_vanish`: it is asked only if."""

    url: str
    done: bool
    page: Page | None = None
    may_vanish: bool = False


class Draft:
    """A person's draft with everything its pages need."""

    def __init__(
        self, case: Case, version: Version, rows: list[Fact], who: Who, now: datetime, moved: actions.Moved | None
    ) -> None:
        self.case, self.version, self.rows, self.who = case, version, rows, who
        self.now, self.moved = now, moved

    @cached_property
    def facts(self) -> dict[str, object]:
        return values.known(self.case, self.version.service, self.rows)

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        return questioning.pages(self.version.country, self.version.service, self.facts, timeline.day_of(self.now))

    @cached_property
    def course(self) -> Course:
        """The facts in the hands of the rules; answers of branches no longer taken do not count."""
        asked = values.without_idle_branches(self.facts, self.version.service, self.pages)
        return Course(self.version.country, self.version.service, asked, timeline.day_of(self.now))

    @property
    def has_facts(self) -> bool:
        return any(row.source == "register" for row in self.rows)

    @cached_property
    def stops(self) -> tuple[Stop, ...]:
        return tuple(self._stops())

    @property
    def is_ready(self) -> bool:
        """Whether nothing is left to do but to look through it and send."""
        named = bool(self.case.subject) or not parties.acts_for_subject(self.version.service)
        return named and all(stop.done for stop in self.stops)

    @property
    def words(self) -> dict[str, Any]:
        """What every template of a draft is given."""
        return {"case": self.case, "title_texts": showing.title(self.version), "moved": self.moved}

    def page(self, group: str) -> Page | None:
        return next((page for page in self.pages if page.group.name == group), None)

    def reached(self, group: str) -> bool:
        """Whether what the page rests on was fetched: no look at the registers is left to do before it."""
        for stop in self.stops:
            if stop.page is not None and stop.page.group.name == group:
                return True
            if stop.page is None and not stop.done:
                return False
        return False

    def after(self, group: str) -> str:
        """Where to go when a page was saved: what the registers say is looked at anew, what is answered is passed."""
        names = [stop.page.group.name if stop.page else "" for stop in self.stops]
        following = self.stops[names.index(group) + 1 :] if group in names else self.stops
        for stop in following:
            if stop.page is None or not stop.done:
                return stop.url
        return self.url("check")

    @property
    def next(self) -> str:
        """The first page that is not done; then the check."""
        return next((stop.url for stop in self.stops if not stop.done), self.url("check"))

    def url(self, page: str) -> str:
        return reverse(f"applications:{page}", args=[self.case.ref])

    # ---- what a page of questions needs to know and to do

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.case, self.now, self.case.ref, attaching.own_link(self.case))

    @property
    def above(self) -> str:
        """Where a page of questions leads back to."""
        return self.url("tasks")

    def group_url(self, group: str) -> str:
        return reverse("applications:group", args=[self.case.ref, group])

    def item_url(self, group: str, number: int) -> str:
        return reverse("applications:item", args=[self.case.ref, group, number])

    def remove_url(self, group: str, number: int) -> str:
        return reverse("applications:item-remove", args=[self.case.ref, group, number])

    def save_page(self, group: str, typed: Mapping[str, object], called: Called) -> None:
        actions.save_page(
            self.case.ref, self.who, group, typed, called=called, language=showing.language(), now=self.now
        )

    def save_item(self, group: str, item: int, typed: Mapping[str, object], called: Called) -> None:
        actions.save_item(
            self.case.ref, self.who, group, item, typed, called=called, language=showing.language(), now=self.now
        )

    def remove_item(self, group: str, item: int) -> None:
        actions.remove_item(self.case.ref, self.who, group, item, language=showing.language(), now=self.now)

    def keep_none(self, group: str) -> None:
        actions.keep_none(self.case.ref, self.who, group, language=showing.language(), now=self.now)

    def after_saving(self, group: str) -> str:
        """Where to go now that the page is saved."""
        return load(self.case.ref, self.who, self.now).after(group)

    def _stops(self) -> Iterator[Stop]:
        service = self.version.service
        last = questioning.submit_number(service)
        names: list[str] = []  # of the evidence steps that stand together
        shown = False
        left = {page.group.name: page for page in self.pages}
        for step in service.steps:
            if step.number > last or step.kind not in ("ask", "evidence"):
                continue
            if step.kind == "evidence":
                names += step.names
                instead = [service.evidence[name].none for name in step.names]
                groups = [none.ask for none in instead if none is not None and none.ask in left]
                if groups:
                    yield from self._facts(names)
                    names, shown = [], True
                    yield from (self._page(left.pop(str(group)), True) for group in groups)
                continue
            pages = [name for name in step.names if name in left]
            if names and pages:
                yield from self._facts(names)
                names, shown = [], True
            yield from (self._page(left.pop(name), self._may_vanish(step, name)) for name in pages)
        if names or (self._needs_persons and not shown):
            yield from self._facts(names)

    def _may_vanish(self, step: Step, group: str) -> bool:
        return step.when is not None or self.version.service.questions[group].when is not None

    def _page(self, page: Page, may_vanish: bool) -> Stop:
        url = reverse("applications:group", args=[self.case.ref, page.group.name])
        return Stop(url, questioning.is_complete(page, self.facts), page, may_vanish)

    def _facts(self, names: list[str]) -> Iterator[Stop]:
        """The look at what the registers hold, for this evidence; none where nothing is to be seen."""
        fetched = {row.evidence for row in self.rows if row.source in ("register", "officer")}
        wanted = {each.name for each in questioning.evidence_due(self.course, (), until_submit=True)} & set(names)
        if not wanted and not self._needs_persons:
            return
        refused = {name for name in wanted if self.facts.get(f"consent.{name}") is False}
        seen = self.has_facts or (wanted <= refused and not self._needs_persons)
        yield Stop(self.url("facts"), seen and wanted - fetched <= refused)

    @cached_property
    def _needs_persons(self) -> bool:
        """Whether the registers say something of persons who are known before the sending."""
        service = self.version.service
        persons = parties.facts_of_persons(self.version.country, service)
        return any(not parties.is_typed(service, person) for person in persons)


def who(request: HttpRequest) -> Who:
    return request.who  # type: ignore[attr-defined, no-any-return]


def draft_of(request: HttpRequest, ref: str) -> Draft:
    """The draft of the one who asks, under the declarations of today. Raises NoSuchCase."""
    return load(ref, who(request), clock.now())


def load(ref: str, who: Who, now: datetime) -> Draft:
    case = drafting.draft(ref, who.identifier)
    if actions.bring_up_to_date(case, now) is not None:
        case = drafting.draft(ref, who.identifier)
    moved = drafting.moved_lately(case)
    return Draft(case, versions.of(case), list(case.facts.order_by("id")), who, now, moved)
