"""Fields, values, states and reasons of papers in words of the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext, gettext_noop

from pencere import country
from pencere.base import money
from pencere.base.money import Money
from pencere.country.declarations import Field, Texts
from pencere.registers.importing.sentences import SENTENCES, sentence
from pencere.registers.paper import rules
from pencere.registers.paper.models import Fond, Paper
from pencere.registers.paper.rules import Version
from pencere.registers.paper.typing import typed_fields
from pencere.registers.rules import Shape
from pencere.ui import writing

# fmt: off
STATES = {
    rules.SCANNED: (gettext_noop("waits to be typed"), "grey"),
    rules.ONCE: (gettext_noop("typed once"), ""),
    rules.THIRD: (gettext_noop("waits for a third"), "yellow"),
    rules.ENTERED: (gettext_noop("entered"), "green"),
    rules.UNREADABLE: (gettext_noop("put aside"), "red"),
    rules.TAKEN_BACK: (gettext_noop("taken out"), "grey"),
}
_MARKS = {
    rules.BLANK: gettext_noop("nothing stands there"),
    rules.CANNOT_READ: gettext_noop("cannot be read"),
}
_OWN = {
    "overlaps": gettext_noop("The register has another row with this key for these days."),
    "unreadable": gettext_noop("This cannot be read, and a row needs it."),
    "missing": gettext_noop("Nothing stands here on the paper, and a row needs it."),
    "fond_closed": gettext_noop("The fond is closed."),
    # a file that was sent
    "empty": gettext_noop("the file is empty"),
    "unknown_kind": gettext_noop("this is no PDF, JPEG or PNG"),
    "damaged": gettext_noop("the file is damaged; scan the paper again"),
    "active": gettext_noop("the PDF holds a program or another file; print it to a new PDF"),
    "too_many_pixels": gettext_noop("the picture is too large; scan with fewer dots"),
    "not_drawable": gettext_noop(
        "the pages of the PDF cannot be shown: it is locked, damaged or too heavy; print it to a new PDF"),
    "too_many_pages": gettext_noop("the PDF has more than %(most)s pages; make several papers of it"),
    "too_large": gettext_noop("the file is larger than 10 MB; scan in grey, or with fewer dots"),
}
_DAYS = {"valid_from": gettext_noop("Holds since"), "valid_until": gettext_noop("Holds until")}
# fmt: on


def state(paper: Paper) -> tuple[str, str]:
    """The word and its colour."""
    word, colour = STATES[paper.state]
    return gettext(word), colour


def title(shape: Shape, language: str) -> str:
    return shape.country.text(shape.register.texts, "title", language)


def fond(named: Fond, language: str) -> str:
    """The fond's own name, in another language if it has none in this one; else its code."""
    return str(named.names.get(language) or next(iter(named.names.values()), "") or named.code)


def texts(shape: Shape, language: str) -> dict[str, Texts]:
    """Those of the register, and those of the days that every register has."""
    days = {name: {language: gettext(word)} for name, word in _DAYS.items()}
    return {**days, **shape.register.texts}


def label(shape: Shape, name: str, language: str) -> str:
    found = texts(shape, language).get(name)
    return shape.country.text(texts(shape, language), name, language) if found else name


def version(shape: Shape, read: Version, name: str, language: str) -> str:
    """What a version says of a field."""
    said = read.values.get(name)
    if said is None:
        return gettext(_MARKS[read.marks.get(name, rules.BLANK)])
    return value(shape, typed_fields(shape)[name], said, language)


def value(shape: Shape, field: Field, said: object, language: str) -> str:
    """A value as JSON holds it, as people write it."""
    if isinstance(said, list):
        return ", ".join(value(shape, field, each, language) for each in said)
    if isinstance(said, bool):
        return gettext("yes") if said else gettext("no")
    if field.kind in ("choice", "choices"):
        return _choice(shape, field, str(said), language)
    if field.kind == "territory":
        names = next((unit.names for unit in shape.country.territory if unit.code == said), {})
        return names.get(language) or next(iter(names.values()), str(said))
    if field.kind == "date":
        return writing.day(date.fromisoformat(str(said)), language)
    if field.kind == "money" and isinstance(said, int):
        return money.show(Money(said, shape.country.currency), language)
    return str(said)


def _choice(shape: Shape, field: Field, code: str, language: str) -> str:
    if isinstance(field.of, str):
        return shape.country.text(shape.country.lists[field.of.removeprefix("list:")].values, code, language)
    return shape.country.text(shape.register.texts, f"{field.name}.{code}", language)


def reason(why: str, details: Mapping[str, object]) -> str:
    if why in _OWN:
        said = gettext(_OWN[why])
        return said % details if "%(" in said else said
    if why in SENTENCES:
        return sentence(why, {"register": "", **details})
    return gettext("The register does not take this value.")


def problem(shape: Shape, paper: Paper, language: str) -> tuple[str, str]:
    """Why the register refused, as a field's label and a sentence; both empty where it did not."""
    if not paper.problem:
        return "", ""
    field = str(paper.problem.get("field", ""))
    details = dict(paper.problem)
    if "register" in details:
        named = country.current().registers[str(details["register"])]
        details["register"] = shape.country.text(named.texts, "title", language)
    return label(shape, field, language) if field else "", reason(str(paper.problem["reason"]), details)


def percent(share: float, language: str) -> str:
    return f"{writing.number(f'{share * 100:.2f}', language)} %"
