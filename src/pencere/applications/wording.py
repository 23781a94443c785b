"""Facts and rules in words: labels, values, sentences with facts inserted, in the language of the reader.

Never shows an identifier in place of a name: a person whose name is not among the facts is "the person".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language, gettext

from pencere.applications.models import Fact
from pencere.applications.versions import Version
from pencere.base import iban, media, money
from pencere.base.ground import soundness
from pencere.base.money import Money
from pencere.country.course import minor
from pencere.country.declarations import Field, Law, Texts
from pencere.files import queries as files
from pencere.ui import ground, writing

CONSENT = "consent"
"""`consent.<evidence>`: the person's yes or no to asking for it."""
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def label(version: Version, fact: str, register: str = "") -> Texts:
    """What a fact is called: by the service, else by the register it comes from."""
    texts = version.service.texts.get(fact)
    if texts:
        return texts
    source, _, name = fact.rpartition(".")
    if source == CONSENT:
        language = get_language() or version.country.languages[0]
        what = _of(version, version.service.texts.get(name, {}), language) or name
        return {language: gettext("Your consent to look for: %(what)s") % {"what": what}}
    declared = version.country.registers.get(register or register_of(version, source))
    found = declared.texts.get(name) if declared else None
    if found is None and name in _OF_EVERY_COUNTRY:
        return {get_language() or version.country.languages[0]: _OF_EVERY_COUNTRY[name]()}
    return found or {version.country.languages[0]: fact}


_OF_EVERY_COUNTRY: Mapping[str, Callable[[], str]] = {
    "age": lambda: gettext("Age"),
    "signed": lambda: gettext("Agreed"),
}
"""Facts that nobody declares and everybody has."""


def is_named(version: Version, fact: str, register: str = "") -> bool:
    """Whether a fact has a name that people can read."""
    return label(version, fact, register) != {version.country.languages[0]: fact}


def register_of(version: Version, source: str) -> str:
    """The register that stands behind a party or an evidence of the service; empty if none does."""
    if source in version.service.parties:
        return version.country.person.from_.partition(".")[0]
    group, _, name = source.partition(".")
    questions = version.service.questions.get(group)
    if questions is not None and name in questions.fields and questions.fields[name].kind == "person":
        return version.country.person.from_.partition(".")[0]
    evidence = version.service.evidence.get(source)
    if evidence is None:
        return ""
    first, _, second = evidence.from_.partition(".")
    agreement = version.country.agreements.get(first)
    return agreement.grants[second].of.partition(".")[0] if agreement else first


def value(version: Version, fact: str, content: object, language: str, *, kind: str = "", register: str = "") -> str:
    """The value as people write it; "no entry" for what the register does not hold."""
    if content is None or content == "":
        return gettext("no entry")
    if isinstance(content, list | tuple):
        return _several(version, fact, content, language, kind, register)
    if isinstance(content, bool):
        return gettext("yes") if content else gettext("no")
    if isinstance(content, datetime):
        return writing.moment(content, language)
    if isinstance(content, date):
        return writing.day(content, language)
    declared = declared_field(version, fact, register)
    kind = kind or (declared.kind if declared else "")
    if kind == "geometry" and isinstance(content, Mapping):
        return ground.in_words(soundness.in_degrees(content, declared.crs if declared else None))
    written = _WRITTEN.get(kind)
    if written is not None:
        if kind == "decimal" and declared is not None and declared.unit:
            return _measured(version, fact, content, language, register, declared.unit)
        return written(version, content, language)
    if isinstance(content, str) and (code := code_words(version, fact, content, register, declared)):
        return _of(version, code, language)
    if declared is not None and declared.unit:
        return _measured(version, fact, content, language, register, declared.unit)
    return str(content)


def _several(version: Version, fact: str, content: Sequence[object], language: str, kind: str, register: str) -> str:
    """Answers in a row; the rows of a group by the values of their fields."""
    if not content:
        return gettext("none")
    rows = [each for each in content if isinstance(each, Mapping)]
    if rows:
        return "; ".join(
            ", ".join(
                value(version, f"{fact}.{name}", each, language, register=register)
                for name, each in row.items()
                if each not in (None, "")
            )
            for row in rows
        )
    return ", ".join(value(version, fact, each, language, kind=kind, register=register) for each in content)


def declared_field(version: Version, fact: str, register: str = "") -> Field | None:
    """The field that a fact is the value of: of a question, of the findings of an officer, of a register."""
    source, _, name = fact.rpartition(".")
    group = version.service.questions.get(source)
    if group is not None:
        return group.fields.get(name)
    for step in version.service.steps:
        if step.fields and source in step.names:
            return step.fields.get(name)
    declared = version.country.registers.get(register or register_of(version, source))
    return declared.fields.get(name) if declared else None


def _day(version: Version, content: object, language: str) -> str:
    return writing.day(date.fromisoformat(str(content)), language)


def _money(version: Version, content: object, language: str) -> str:
    """Whole qəpiks as they are stored; text in the currency as it was reckoned."""
    currency = version.country.currency
    whole = content if isinstance(content, int) else minor(content, currency)
    return money.show(Money(whole or 0, currency), language)


def _number(version: Version, content: object, language: str) -> str:
    return writing.number(str(content), language)


def _percent(version: Version, content: object, language: str) -> str:
    return f"{writing.number(str(content), language)} %"


def _file(version: Version, content: object, language: str) -> str:
    stored = files.find(str(content))
    if stored is None:
        return gettext("a file that is not kept any more")
    return f"{media.NAMES[stored.media_type]}, {writing.size(stored.size, language)}"


def _place(version: Version, content: object, language: str) -> str:
    return _of(version, _territory(version, str(content)), language) or str(content)


_WRITTEN: Mapping[str, Callable[[Version, object, str], str]] = {
    "date": _day,
    "money": _money,
    "decimal": _number,
    "percent": _percent,
    "territory": _place,
    "iban": lambda version, content, language: iban.show(str(content)),
    "file": _file,
    "photo": _file,
}
"""Kinds whose values are written in a way of their own."""


def _measured(version: Version, fact: str, content: object, language: str, register: str, unit: str) -> str:
    """A number with its unit, by the declaration's own word where it has one."""
    source, _, name = fact.rpartition(".")
    texts = version.service.texts.get(f"{fact}.unit")
    if texts is None:
        declared = version.country.registers.get(register or register_of(version, source))
        texts = declared.texts.get(f"{name}.unit", {}) if declared is not None else {}
    return writing.quantity(content, unit, language, _of(version, texts, language) if texts else "")


def code_words(version: Version, fact: str, code: str, register: str, field: Field | None) -> Texts | None:
    """The words of a choice: of the service, of its list, else of the register."""
    texts = version.service.texts.get(f"{fact}.{code}")
    if texts:
        return texts
    if field is not None and isinstance(field.of, str) and field.of.startswith("list:"):
        listed = version.country.lists.get(field.of.removeprefix("list:"))
        return listed.values.get(code) if listed else None
    declared = version.country.registers.get(register)
    return declared.texts.get(f"{fact.rpartition('.')[2]}.{code}") if declared else None


def _territory(version: Version, code: str) -> Texts:
    return next((unit.names for unit in reversed(version.country.territory) if unit.code == code), {})


def _of(version: Version, texts: Texts, language: str) -> str:
    return texts.get(language) or texts.get(version.country.languages[0]) or next(iter(texts.values()), "")


def rule(version: Version, name: str, facts: Mapping[str, object], rows: Iterable[Fact], key: str = "") -> Texts:
    """The sentence of a rule with its facts inserted, in every language that has it; empty if it has none."""
    return filled(version, f"rules.{name}{key}", facts, rows)


def filled(version: Version, key: str, facts: Mapping[str, object], rows: Iterable[Fact]) -> Texts:
    """A text of the service with its facts inserted, in every language that has it."""
    texts = version.service.texts.get(key, {})
    kinds = {row.name: (row.kind, row.register) for row in rows}
    return {language: _filled(version, text, facts, kinds, language) for language, text in texts.items()}


def _filled(
    version: Version, text: str, facts: Mapping[str, object], kinds: Mapping[str, tuple[str, str]], language: str
) -> str:
    def insert(found: re.Match[str]) -> str:
        fact = found[1]
        kind, register = kinds.get(fact, ("", ""))
        return value(version, fact, facts.get(fact), language, kind=kind, register=register)

    return _PLACEHOLDER.sub(insert, text)


def law(version: Version, name: str | Law) -> dict[str, Any]:
    """An act and its article for a page: title in every language, article, address where there is one."""
    act, _, article = str(name).partition(" ")
    declared = version.country.acts.get(act)
    return {
        "title": declared.title if declared else {version.country.languages[0]: act},
        "number": (declared.number or "") if declared else "",
        "article": article,
        "url": (declared.url or "") if declared else "",
        "confirmed": bool(declared and declared.confirmed),
    }


def agency(version: Version, agency_id: str, language: str, on: date) -> str:
    declared = version.country.agencies.get(agency_id)
    return declared.name(language, on) if declared else agency_id
