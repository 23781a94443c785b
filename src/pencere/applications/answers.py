"""Answers in the reader's words: of a draft and as they were sent, items of groups, files, rows to choose from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from pencere.applications import attaching, drafting, offering, showing, surroundings, values, wording
from pencere.applications.models import Case, Fact
from pencere.applications.offering import RowsOffered
from pencere.applications.versions import Version
from pencere.base.writing import sort_key
from pencere.country.course import Page
from pencere.country.declarations import Evidence, Field, QuestionGroup, Register, Texts
from pencere.ui import pieces, writing


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a repeating group, with the addresses that change it and take it out."""

    number: int
    rows: list[pieces.Row]
    url: str = ""
    remove_url: str = ""

    @property
    def name(self) -> pieces.Text:
        """What the item is called: its first answer."""
        return self.rows[0].value if self.rows else ""


@dataclass(frozen=True, slots=True)
class AnswerList:
    """A repeating group with its items."""

    title: Texts
    items: list[Item]
    change_url: str = ""


def answer_rows(
    case: Case,
    version: Version,
    rows: Sequence[Fact],
    pages: Iterable[Page],
    *,
    change: bool = False,
    link: attaching.Link | None = None,
) -> list[pieces.Row]:
    """The questions that are asked, with the answers; with links to change them while the case is a draft."""
    facts = typed_of(case, version, rows)
    shown = []
    for page in pages:
        if page.group.many:
            continue
        for field in page.fields:
            name = f"{page.group.name}.{field.name}"
            shown.append(
                pieces.Row(
                    key=writing.words(wording.label(version, name), showing.language()),
                    value=answer(case, version, rows, name, field.kind, facts.get(name), link),
                    change_url=reverse("applications:group", args=[case.ref, page.group.name]) if change else "",
                )
            )
    return shown


def typed_of(case: Case, version: Version, rows: Sequence[Fact]) -> Mapping[str, object]:
    """What is known of the case, and before it what is being typed."""
    return {**values.known(case, version.service, rows), **values.answers_of(case)}


def answer_lists(
    case: Case,
    version: Version,
    rows: Sequence[Fact],
    pages: Iterable[Page],
    *,
    change: bool = False,
    link: attaching.Link | None = None,
) -> list[AnswerList]:
    """The repeating groups that are asked, with their items."""
    facts = typed_of(case, version, rows)
    return [
        _list(case, version, rows, page.group, facts.get(page.group.name), change=change, link=link)
        for page in pages
        if page.group.many
    ]


def _list(
    case: Case,
    version: Version,
    rows: Sequence[Fact],
    group: QuestionGroup,
    content: object,
    *,
    change: bool = False,
    link: attaching.Link | None = None,
) -> AnswerList:
    items = content if isinstance(content, tuple | list) else ()
    return AnswerList(
        title=showing.group_title(version, group.name),
        items=[
            Item(number, item_rows(case, version, rows, group, row, link=link)) for number, row in enumerate(items, 1)
        ],
        change_url=reverse("applications:group", args=[case.ref, group.name]) if change else "",
    )


def item_rows(
    case: Case,
    version: Version,
    rows: Sequence[Fact],
    group: QuestionGroup,
    item: Mapping[str, object],
    *,
    link: attaching.Link | None = None,
) -> list[pieces.Row]:
    """The answers of one item of a repeating group; those that it was not asked are left out."""
    return [
        pieces.Row(
            key=writing.words(wording.label(version, f"{group.name}.{field.name}"), showing.language()),
            value=answer(case, version, rows, f"{group.name}.{field.name}", field.kind, item.get(field.name), link),
        )
        for field in group.fields.values()
        if item.get(field.name) not in (None, "") or (field.required and field.when is None)
    ]


def sent_answers(
    case: Case, version: Version, rows: Sequence[Fact], only: Sequence[str] = (), *,
    link: attaching.Link | None = None, changeable: Collection[str] = (),
) -> list[pieces.Row]:  # fmt: skip
    """The answers that were sent; of some groups, where `only` names them. `changeable`: groups with a link to that."""
    return [
        pieces.Row(
            key=writing.words(wording.label(version, row.name), showing.language()),
            value=answer(case, version, rows, row.name, row.kind, values.read(row.kind, row.value), link),
            change_url=_change_url(case, row.name, changeable),
        )
        for row in rows
        if row.source == "answer" and row.kind != values.ROWS and _is_of(row.name, only)
    ]


def _change_url(case: Case, name: str, changeable: Collection[str]) -> str:
    group = name.partition(".")[0]
    return reverse("applications:change-group", args=[case.ref, group, group]) if group in changeable else ""


def sent_lists(
    case: Case, version: Version, rows: Sequence[Fact], only: Sequence[str] = (), *,
    link: attaching.Link | None = None, changeable: Collection[str] = (),
) -> list[AnswerList]:  # fmt: skip
    """The repeating groups that were sent."""
    return [
        replace(
            _list(
                case, version, rows, version.service.questions[row.name], values.read(row.kind, row.value), link=link
            ),
            change_url=_change_url(case, row.name, changeable),
        )
        for row in rows
        if row.source == "answer"
        and row.kind == values.ROWS
        and row.name in version.service.questions
        and _is_of(row.name, only)
    ]


def findings(
    case: Case, version: Version, rows: Sequence[Fact], link: attaching.Link | None = None
) -> list[pieces.Row]:
    """What officers and experts wrote down, and what was taken from papers."""
    return [
        pieces.Row(
            key=_finding_label(version, row),
            value=answer(case, version, rows, row.name, row.kind, values.read(row.kind, row.value), link),
        )
        for row in rows
        if row.source == "officer" and row.value is not None
    ]


def _finding_label(version: Version, row: Fact) -> str:
    """The label, and of an item which one: `movers.0.seen` is about the first."""
    group, _, rest = row.name.partition(".")
    number, _, name = rest.partition(".")
    if not number.isdigit():
        return str(writing.words(wording.label(version, row.name, row.register), showing.language()))
    label = writing.words(wording.label(version, f"{group}.{name}"), showing.language())
    return gettext("%(label)s, entry %(number)s") % {"label": label, "number": int(number) + 1}


def _is_of(name: str, groups: Sequence[str]) -> bool:
    return not groups or name.partition(".")[0] in groups


def answer(
    case: Case,
    version: Version,
    rows: Sequence[Fact],
    name: str,
    kind: str,
    content: object,
    link: attaching.Link | None = None,
) -> pieces.Text:
    """One answer in words; `link` leads the reader to a file; without it to their own."""
    if content in (None, ""):
        return gettext("no answer")
    if kind in ("person", version.country.person.identifier):
        return _person(case, version, rows, name, content, is_desk=link is not None and link.for_desk)
    if kind in attaching.KINDS:
        return file_link(case, version, name, str(content), link)
    if kind == "ref" and (called := attaching.called(case, str(content))):
        return called
    if kind == "geometry" and isinstance(content, Mapping):
        return surroundings.drawn(version, name, content, typed_of(case, version, rows).get)
    return wording.value(version, name, content, showing.language(), kind=kind)


def _person(case: Case, version: Version, rows: Sequence[Fact], name: str, content: object, *, is_desk: bool) -> str:
    """By name; an officer reads the identifier beside it. Who was typed is shown as typed, before it is sent."""
    field = wording.declared_field(version, name)
    typed = field is not None and not drafting.offers_persons(field)
    if typed and case.submitted_at is None:
        return str(content)
    known = showing.person_name(case, rows, content)
    return f"{known} ({content})" if is_desk else known


def file_link(
    case: Case, version: Version, name: str, reference: str, link: attaching.Link | None = None
) -> SafeString:
    """The file by the name that the person gave it, with its kind and size."""
    kind = wording.value(version, name, reference, showing.language(), kind="file")
    digest = reference.removeprefix("sha256:")
    words = attaching.called(case, reference) or gettext("File")
    url = (link or attaching.own_link(case))(digest)
    return format_html('<a class="govuk-link" href="{}">{}</a> ({})', url, words, kind)


def row_options(version: Version, offered: RowsOffered, field: Field | None) -> list[tuple[str, str, str]]:
    """The rows of a register as choices: code, title, hint; in the order of time, else of the alphabet."""
    register = offered.register
    if register is None:
        return []
    hidden = {*(field.only if field else ()), *(str(each.places) for each in register.capacity.values())}
    titles = [row_words(version, register, row.values, hidden)[0] for row in offered.rows]
    if len(set(titles)) == len(titles):  # nobody needs the number of what has a name of its own
        hidden |= set(register.key) if register.fields[register.key[0]].kind == "text" else set()
    options = [
        (_order(version, row.values), row_words(version, register, row.values, hidden), row) for row in offered.rows
    ]
    options.sort(key=lambda option: option[0])
    return [(row.key, title, hint) for _, (title, hint), row in options]


def address_options(version: Version, offered: RowsOffered) -> list[tuple[str, str, str]]:
    """The rows of a register of addresses as choices: the address itself, and what else the register says of it."""
    register = offered.register
    if register is None:
        return []
    options = [(row.key, row.key, row_words(version, register, row.values, register.key)[1]) for row in offered.rows]
    style = version.country.writing[version.country.languages[0]]
    return sorted(options, key=lambda option: sort_key(option[1], style))


def field_rows(version: Version, register: Register, row: Mapping[str, object]) -> list[pieces.Row]:
    """A row of a register, field by field; how many places it has in all is nobody's matter."""
    hidden = {str(each.places) for each in register.capacity.values()}
    return [
        pieces.Row(
            key=writing.words(register.texts.get(name, {register.id: name}), showing.language()),
            value=wording.value(
                version, f".{name}", row[name], showing.language(), kind=field.kind, register=register.id
            ),
        )
        for name, field in register.fields.items()
        if name not in hidden and row.get(name) is not None
    ]


def place_words(case: Case, version: Version, name: str) -> str:
    """A place that is the case's, in words; empty if none is yet."""
    register = offering.register_of(version.country, version.service.places[name].of)
    rows = list(case.facts.filter(name__startswith=f"{name}."))
    if register is None or not rows:
        return ""
    known = {row.name.removeprefix(f"{name}."): values.read(row.kind, row.value) for row in rows}
    return row_words(version, register, known)[0]


def row_words(
    version: Version, register: Register, row: Mapping[str, object], hidden: Collection[str] = ()
) -> tuple[str, str]:
    """What a row is called, and what else it says: first its moment and its texts, then `Label: value`."""
    shown = {name: field for name, field in register.fields.items() if name not in hidden and row.get(name) is not None}
    named = [name for name, field in shown.items() if field.kind in _NAMING and name not in register.key]
    named.sort(key=lambda name: shown[name].kind not in ("moment", "date"))
    named = named or [name for name in register.key if row.get(name) is not None]

    def words(name: str) -> str:
        return wording.value(
            version, f".{name}", row[name], showing.language(), kind=register.fields[name].kind, register=register.id
        )

    title = " – ".join(words(name) for name in named)
    others = (name for name in shown if name not in named)
    labels = ((writing.words(register.texts.get(name, {}), showing.language()), words(name)) for name in others)
    return title, ", ".join(f"{label}: {text}" if label else text for label, text in labels)


_NAMING = ("text", "long_text", "address", "date", "moment")
"""Kinds of fields by which people know a row."""


def _order(version: Version, row: Mapping[str, object]) -> tuple[str, str]:
    style = version.country.writing.get(showing.language()) or version.country.writing[version.country.languages[0]]
    when = next(
        (stored for value in row.values() if isinstance(stored := values.stored(value), str) and value != stored), ""
    )
    return when, " ".join(sort_key(str(value), style) for value in row.values() if isinstance(value, str))


def consent_label(version: Version, evidence: Evidence, day: date) -> tuple[str, str]:
    """The question whether a register may be asked, and what would be taken from it."""
    own = version.service.texts.get(f"consent.{evidence.name}")
    register = version.country.registers.get(wording.register_of(version, evidence.name))
    agency = wording.agency(version, register.agency, showing.language(), day) if register else ""
    label = (
        str(writing.words(own, showing.language()))
        if own
        else gettext("Do you agree that we ask the register of this body: %(agency)s?") % {"agency": agency}
    )
    taken = showing.labels(version, (f"{evidence.name}.{name}" for name in evidence.take))
    return label, gettext("We would take: %(labels)s. You may say no; then nothing is asked.") % {"labels": taken}
