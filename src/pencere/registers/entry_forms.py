"""The form of a whole row, made of what its register declares: plain fields, items of repeated groups, files, days.

    form = EntryForm(register, request.POST or None, request.FILES, values={…}, keeping=Shelf(…))
    form.is_valid(); form.values      values as `actions` take them
    form.forms                        for the error summary, in the order of the page
    form.fail("name", "…")            a sentence at the field, for what only the register itself can tell

Nothing typed is lost: items are numbered by what was sent (`owners-items`), and a button that adds or removes one sends
the whole form, which comes back unjudged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext

from pencere import country
from pencere.country.declarations import Field, Register, Texts
from pencere.registers import showing
from pencere.ui import pieces
from pencere.ui.choosing import SEARCH_KEY
from pencere.ui.fields import Day
from pencere.ui.forms import DeclaredForm, declared_form
from pencere.ui.ground_fields import Ground
from pencere.ui.uploads import Keeping

FILES = ("file", "photo")
MOST_FILES = 10
"""So many places for files are shown at first, and added by the button below them."""
_ITEM = re.compile(r"(more|less):([a-z_]+)(?::(\d{1,4}))?")


class DaysForm(forms.Form):
    """From when until when a row holds."""

    use_required_attribute = False

    def __init__(self, *args: Any, asks: tuple[str, ...], labels: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        for name in asks:
            self.fields[name] = Day(
                label=labels[name],
                required=name == "valid_from",
                help_text="" if name == "valid_from" else gettext("Leave it empty if no end is known."),
            )

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and SEARCH_KEY in self.data:
            self.errors.clear()


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a repeated group: its form, and what the button that removes it sends."""

    number: int
    form: DeclaredForm
    remove: str


@dataclass(frozen=True, slots=True)
class Group:
    """A repeated group on the page. `items_name`, `items_value`: the hidden field that says which items there are."""

    name: str
    label: str
    items: tuple[Item, ...]
    items_name: str
    items_value: str
    more: str  # what the button that adds one sends; empty where no more may be


@dataclass(frozen=True, slots=True)
class Files:
    """Places for several files. `places_name`, `places`: the hidden field that says how many; `more`: see `Group`."""

    label: str
    places_name: str
    places: int
    more: str


@dataclass(frozen=True, slots=True)
class Part:
    """What stands on the page, in the order of the declaration: questions in a row, or a repeated group."""

    questions: tuple[forms.BoundField, ...] = ()
    group: Group | None = None
    files: Files | None = None  # behind the questions, whose last ones are its places


class EntryForm:
    """See the head of this module."""

    def __init__(
        self,
        register: Register,
        data: QueryDict | None,
        files: Any = None,
        *,
        values: Mapping[str, object] | None = None,
        keeping: Keeping | None = None,
        without: frozenset[str] = frozenset(),
        days: tuple[str, ...] = (),
    ) -> None:
        self.register, self.without = register, without
        self._data, self._files, self._keeping = data, files, keeping
        self._initial = dict(values or {})
        self.main = self._main()
        self.groups = tuple(self._group(name, field) for name, field in self.fields.items() if field.kind == "group")
        labels = {name: showing.label(register, name) for name in days}
        self.days = DaysForm(data, initial=self._initial, asks=days, labels=labels)

    @property
    def fields(self) -> dict[str, Field]:
        return {name: field for name, field in self.register.fields.items() if name not in self.without}

    @property
    def is_redrawn(self) -> bool:
        """Whether a button was pressed that only changes what is asked for."""
        return self._data is not None and SEARCH_KEY in self._data

    @property
    def forms(self) -> tuple[forms.BaseForm, ...]:
        return (self.main, *(item.form for group in self.groups for item in group.items), self.days)

    @property
    def parts(self) -> Iterator[Part]:
        """The page from top to bottom."""
        waiting: list[forms.BoundField] = []
        groups = {group.name: group for group in self.groups}
        for name in self.fields:
            if name in groups:
                if waiting:
                    yield Part(questions=tuple(waiting))
                    waiting = []
                yield Part(group=groups[name])
            else:
                waiting += [self.main[each] for each in self._asked[name]]
            if name in self.files:
                yield Part(questions=tuple(waiting), files=self.files[name])
                waiting = []
        if waiting:
            yield Part(questions=tuple(waiting))

    def is_valid(self) -> bool:
        if self._data is None or self.is_redrawn:
            return False
        valid = not any([not form.is_valid() for form in self.forms])  # noqa: C419 - each is to say what is wrong
        for group in self.groups:
            least = (self.register.fields[group.name].many or (0, 0))[0]
            if self.register.fields[group.name].required and len(group.items) < least:
                self.main.add_error(
                    None, gettext("%(group)s: at least %(least)s belong here.") % {"group": group.label, "least": least}
                )
                valid = False
        return valid

    @property
    def values(self) -> dict[str, object]:
        """What was typed, by field, as the register takes it; days under their own names where they were asked."""
        typed = self.main.cleaned_data
        found: dict[str, object] = {}
        for name, field in self.fields.items():
            if field.kind == "group":
                group = next(group for group in self.groups if group.name == name)
                items = [_known(item.form.cleaned_data) for item in group.items]
                found[name] = [item for item in items if item] or None
            elif field.kind in FILES and field.many:
                found[name] = [typed[each] for each in self._asked[name] if typed.get(each)] or None
            else:
                value = typed.get(name)
                found[name] = None if value in ("", []) else value
        return found | {name: value for name, value in self.days.cleaned_data.items() if value is not None}

    def fail(self, path: str, sentence: str, item: int | None = None) -> None:
        """Says at a field what the register itself found; at the top of the form where no field is meant."""
        name, _, inside = path.partition(".")
        if name in self.days.fields:
            self.days.add_error(name, sentence)
        elif name in self.main.fields:
            self.main.add_error(name, sentence)
        else:
            group = next((group for group in self.groups if group.name == name), None)
            items = group.items if group else ()
            place = (item or 1) - 1
            if inside and place < len(items) and inside in items[place].form.fields:
                items[place].form.add_error(inside, sentence)
            else:
                words = f"{showing.label(self.register, name)}: {sentence}" if group else sentence
                self.main.add_error(None, words)

    def hidden(self) -> list[tuple[str, str]]:
        """Everything that was sent, to be sent once more from the page that checks it; files by their tokens."""
        data = self._data or QueryDict()
        mine = {group.items_name for group in self.groups} | {each.places_name for each in self.files.values()}
        pairs = []
        for form in self.forms:
            kept = form.kept_files if isinstance(form, DeclaredForm) else {}
            for bound in form:
                if bound.name in kept:
                    pairs.append((f"{bound.html_name}_kept", bound.field.token))  # type: ignore[attr-defined]
                    continue
                mine |= set(_names(bound))
        pairs += [(name, value) for name, several in data.lists() if name in mine for value in several]
        return [(name, str(value)) for name, value in pairs]

    # ---- how the forms are made

    def _main(self) -> DeclaredForm:
        asked: dict[str, Field] = {}
        texts: dict[str, Texts] = dict(self.register.texts)
        initial: dict[str, object] = {}
        self._asked: dict[str, tuple[str, ...]] = {}
        self.files: dict[str, Files] = {}
        ground: dict[str, Field] = {}
        for name, field in self.fields.items():
            if field.kind == "group":
                continue
            if field.kind in FILES and field.many:
                self._several_files(name, field, asked, texts, initial)
                continue
            self._asked[name] = (name,)
            initial[name] = self._initial.get(name)
            if field.kind == "geometry":
                ground[name] = field
                field = replace(field, kind="text", pattern=None)  # in its place until it is made below
            asked[name] = _typed(field)
        made = declared_form(asked, "", texts, showing.language(), version=self._version)
        form = made(self._data, self._files, initial=initial, keeping=self._keeping)
        for name, field in ground.items():
            old = form.fields[name]
            form.fields[name] = Ground(
                str(field.of or "polygon"), label=old.label, help_text=old.help_text, required=field.required
            )
            form.fields[name].optional = not field.required  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            if field.kind == "ref" and not form.fields[name].help_text:
                title = showing.text(country.current().registers[str(field.of)], "title")
                form.fields[name].help_text = gettext("The number of the entry in: %(register)s") % {"register": title}
        return form

    def _several_files(
        self, name: str, field: Field, asked: dict[str, Field], texts: dict[str, Texts], initial: dict[str, object]
    ) -> None:
        most = field.many[1] if field.many else 1
        old = self._initial.get(name)
        kept = list(old) if isinstance(old, list | tuple) else []
        places_name = f"{name}-places"
        sent = str(self._data.get(places_name, "")) if self._data is not None else ""
        places = min(int(sent), most) if re.fullmatch(r"\d{1,4}", sent) else min(most, MOST_FILES)
        if self._data is not None and self._data.get(SEARCH_KEY) == f"more:{name}":
            places = min(most, places + MOST_FILES)
        places = max(places, len(kept), 1)
        more = f"more:{name}" if places < most else ""
        self.files[name] = Files(showing.label(self.register, name), places_name, places, more)
        names = tuple(f"{name}__{number}" for number in range(1, places + 1))
        self._asked[name] = names
        for number, each in enumerate(names):
            asked[each] = replace(field, name=each, many=None, required=False)
            texts[each] = {lang: f"{words} ({number + 1})" for lang, words in self.register.texts.get(name, {}).items()}
            initial[each] = kept[number] if number < len(kept) else None

    def _group(self, name: str, field: Field) -> Group:
        items_name = f"{name}-items"
        old = self._initial.get(name)
        rows = list(old) if isinstance(old, list | tuple) else []
        least, most = field.many or (0, 1)
        if self._data is not None and items_name in self._data:
            numbers = [int(each) for each in re.findall(r"\d{1,4}", str(self._data[items_name]))][: most + 1]
        else:
            numbers = list(range(max(len(rows), least if field.required else 0)))
        pressed = _ITEM.fullmatch(str(self._data.get(SEARCH_KEY, ""))) if self._data is not None else None
        if pressed and pressed[2] == name:
            if pressed[1] == "more" and len(numbers) < most:
                numbers.append(max(numbers, default=-1) + 1)
            elif pressed[1] == "less" and pressed[3]:
                numbers = [each for each in numbers if each != int(pressed[3])]
        inner = {inside: _typed(each) for inside, each in field.fields.items()}
        made = declared_form(inner, name, self.register.texts, showing.language(), version=self._version)
        items = tuple(
            Item(
                number,
                made(
                    self._data, self._files, prefix=f"{name}-{number}", keeping=self._keeping,
                    initial=dict(rows[number]) if number < len(rows) else {},
                ),
                f"less:{name}:{number}",
            )
            for number in numbers
        )  # fmt: skip
        return Group(
            name, showing.label(self.register, name), items, items_name, " ".join(map(str, numbers)),
            f"more:{name}" if len(numbers) < most else "",
        )  # fmt: skip

    @property
    def _version(self) -> str:
        """Of the declarations that the forms are made of."""
        return f"entry {self.register.id} {id(country.current())}"


def rows_of(
    register: Register, values: Mapping[str, object], fields: Mapping[str, Field], names: showing.Names
) -> list[pieces.Row]:
    """Values as lines to look through before they are sent."""
    return [
        pieces.Row(showing.label(register, name), showing.in_words(register, name, field, values.get(name), names))
        for name, field in fields.items()
    ]


def _typed(field: Field) -> Field:
    """The field as somebody types it: the key of the row that it names, an address in words."""
    if field.kind == "ref":
        target = country.current().registers[str(field.of)]
        key = target.fields[target.key[0]]
        return replace(key, name=field.name, required=field.required, many=field.many, given=None)
    if field.kind == "person":
        return replace(field, of=None)
    return replace(field, of=None) if field.kind == "address" else field


def _names(bound: forms.BoundField) -> tuple[str, ...]:
    """Under which names the answers to a question are sent."""
    parts = getattr(bound.field.widget, "names", ())
    return (bound.html_name, *(f"{bound.html_name}_{part}" for part in parts))


def _known(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}
