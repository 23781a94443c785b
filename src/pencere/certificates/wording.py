"""The words of a certificate in one language, ready to be printed or shown: labels, values, law, names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext, override

from pencere.country.declarations import CertificateKind, Country, Field, Law
from pencere.ui import writing

_LOCALE = Path(__file__).parent / "locale"
FactsGiven = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a certificate."""

    label: str
    value: str


def stored(facts: FactsGiven) -> dict[str, object]:
    """The facts as JSON keeps them: a day as ISO text; what is not known is left out."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in facts.items()
        if value is not None
    }


def lines(kind: CertificateKind, facts: FactsGiven, here: Country, language: str, only: tuple[str, ...]) -> list[Fact]:
    """The facts named in `only`, in the order of the declaration, as people read them."""
    return [
        Fact(here.text(kind.texts, name, language), _value(kind, field, facts[name], here, language))
        for name, field in kind.facts.items()
        if name in only and facts.get(name) not in (None, "")
    ]


def page_facts(
    kind: CertificateKind,
    facts: FactsGiven,
    here: Country,
    language: str,
    *,
    number: str,
    issued_on: date,
    verify_url: str,
    synthetic: bool,
) -> dict[str, object]:
    """What `page.typ` is given, as JSON; see the head of a country's page."""
    agency = here.agencies[kind.agency]
    name = agency.name(language, issued_on)
    return {
        "language": language,
        "country": here.names.get(language) or here.names[here.languages[0]],
        "agency": name,
        "agency_abbreviation": agency.abbreviation or "",
        "title": here.text(kind.texts, "title", language),
        "number": number,
        "issued_on": writing.day(issued_on, language),
        "facts": [
            {"label": fact.label, "value": fact.value} for fact in lines(kind, facts, here, language, tuple(kind.facts))
        ],
        "law": [law_words(law, here, language) for law in kind.law],
        "verify_url": verify_url,
        "verify_words": here.text(kind.texts, "page.check_words", language),
        "synthetic": synthetic,
        "seal": {"signer": name, "words": here.text(kind.texts, "page.seal_words", language)},
        "texts": {key: here.text(kind.texts, key, language) for key in kind.texts},
    }


def law_words(law: Law, here: Country, language: str) -> str:
    """`Law on registration …, article 5`."""
    act = here.acts[law.act]
    title = act.title.get(language) or act.title[here.languages[0]]
    if not law.article:
        return title
    if language != "en" and not (_LOCALE / language).is_dir():
        return f"{title}, {law.article}"  # no foreign word on the paper of a country whose language we lack
    with override(language):
        sentence = gettext("%(act)s, article %(article)s")
    return sentence % {"act": title, "article": law.article}


def _value(kind: CertificateKind, field: Field, value: object, here: Country, language: str) -> str:
    if field.kind == "date":
        return writing.day(date.fromisoformat(str(value)), language)
    if field.kind == "boolean":
        with override(language):
            return gettext("yes") if value else gettext("no")
    if field.kind == "choice":
        if isinstance(field.of, str) and field.of.startswith("list:"):
            texts = here.lists[field.of.removeprefix("list:")].values.get(str(value), {})
            return texts.get(language) or texts.get(here.languages[0]) or str(value)
        return here.text(kind.texts, f"{field.name}.{value}", language)
    if field.kind == "territory":
        names = next((unit.names for unit in here.territory if unit.code == value), {})
        return names.get(language) or names.get(here.languages[0]) or str(value)
    return str(value)
