"""Facts and rules in words: labels, values, sentences with facts inserted, in the language of the reader.

Never shows an identifier in place of a name: a person whose name is not among the facts is "the person".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext

from pencere.applications.models import Fact
from pencere.applications.versions import Version
from pencere.country.declarations import Law, Texts
from pencere.ui import writing

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def label(version: Version, fact: str, register: str = "") -> Texts:
    """What a fact is called: by the service, else by the register it comes from."""
    texts = version.service.texts.get(fact)
    if texts:
        return texts
    source, _, name = fact.rpartition(".")
    declared = version.country.registers.get(register or register_of(version, source))
    found = declared.texts.get(name) if declared else None
    return found or {version.country.languages[0]: fact}


def register_of(version: Version, source: str) -> str:
    """The register that stands behind a party or an evidence of the service; empty if none does."""
    if source in version.service.parties:
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
    if isinstance(content, bool):
        return gettext("yes") if content else gettext("no")
    if isinstance(content, datetime):
        return writing.moment(content, language)
    if isinstance(content, date):
        return writing.day(content, language)
    if kind == "date" and isinstance(content, str):
        return writing.day(date.fromisoformat(content), language)
    if kind == "territory":
        return _of(version, _territory(version, str(content)), language) or str(content)
    if isinstance(content, str) and (code := _code(version, fact, content, register)):
        return _of(version, code, language)
    return str(content)


def _code(version: Version, fact: str, code: str, register: str) -> Texts | None:
    """The words of a choice: of the service, else of the register."""
    texts = version.service.texts.get(f"{fact}.{code}")
    if texts:
        return texts
    declared = version.country.registers.get(register)
    return declared.texts.get(f"{fact.rpartition('.')[2]}.{code}") if declared else None


def _territory(version: Version, code: str) -> Texts:
    return next((unit.names for unit in reversed(version.country.territory) if unit.code == code), {})


def _of(version: Version, texts: Texts, language: str) -> str:
    return texts.get(language) or texts.get(version.country.languages[0]) or next(iter(texts.values()), "")


def rule(version: Version, name: str, facts: Mapping[str, object], rows: Iterable[Fact], key: str = "") -> Texts:
    """The sentence of a rule with its facts inserted, in every language that has it; empty if it has none."""
    texts = version.service.texts.get(f"rules.{name}{key}", {})
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
