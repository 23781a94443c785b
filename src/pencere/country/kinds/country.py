"""country.yaml: languages and how they are written, where persons come from, defaults of every service."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pencere.base.terms import Term
from pencere.base.writing import Writing
from pencere.country.declarations import Defaults, Payee, PersonSource, Relation, Representation, Texts
from pencere.country.grammars import APPEAL, appeal_of, term_of
from pencere.country.kinds import FileKind, Source
from pencere.country.nodes import Node
from pencere.country.records import (
    ID,
    NAME,
    OFFER,
    Entry,
    Record,
    Report,
    Shape,
    did_you_mean,
    listed,
    text_of,
    texts_of,
    words_of,
)

COUNTRY = Shape(
    "country.yaml",
    required=(
        "names", "languages", "currency", "time_zone", "xroad", "writing", "person", "relations", "representation",
        "officer_roles", "defaults",
    ),
    optional=("organisation", "payees"),
)  # fmt: skip
XROAD = Shape("country.yaml xroad", required=("instance", "classes"))
WRITING = Shape(
    "country.yaml writing.<language>",
    required=("alphabet", "name", "plural"),
    optional=("pairs", "folding", "same_letter"),
)
PERSON = Shape("country.yaml person", required=("identifier", "from", "facts", "law"))
RELATION = Shape("country.yaml relations.<name>", required=("from", "law"))
REPRESENTATION = Shape("country.yaml representation.<ground>", required=("relation", "law"), optional=("until_age",))
OLDEST = 150
STORAGE_UNITS = ("calendar_days", "months", "years")
PAYEE = Shape("country.yaml payees.<name>", required=("names", "codes", "law"), optional=("iban", "status"))
DEFAULTS = Shape("country.yaml defaults", required=("appeal", "draft", "retain"), optional=("evidence",))
EVIDENCE = Shape("country.yaml defaults.evidence", required=("wait",))
DRAFT = Shape("country.yaml defaults.draft", required=("kept",))
RETAIN = Shape("country.yaml defaults.retain", required=("closed",))
PLURALS = ("zero", "one", "two", "few", "many", "other")
PERSON_FACTS = ("name", "birth_date", "sex", "citizen", "territory")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]+)*")
_CURRENCY = re.compile(r"[A-Z]{3}")
IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_PAYEE = "the id of a payee (a-z 0-9 -)"
_ANSWER = "what a register answers, like population.person"


@dataclass(frozen=True, slots=True)
class Head:
    """What country.yaml says."""

    names: Texts
    languages: tuple[str, ...]
    currency: str
    time_zone: str
    xroad_instance: str
    xroad_classes: dict[str, str]
    writing: dict[str, Writing]
    person: PersonSource
    relations: dict[str, Relation]
    representation: dict[str, Representation]
    officer_roles: dict[str, Texts]
    organisation: str | None
    payees: dict[str, Payee]
    defaults: Defaults


def read(node: Node, report: Report, source: Source) -> Head:
    record = Record(node, COUNTRY, report)
    languages = record.words("languages", _LANGUAGE, "a language code like az")
    time_zone = record.text("time_zone")
    if time_zone and not _is_time_zone(time_zone):
        record.refuse("time_zone", f'"{time_zone}" is not a time zone{did_you_mean(time_zone, available_timezones())}')
    xroad = record.record("xroad", XROAD)
    person = record.record("person", PERSON)
    return Head(
        names=record.texts("names", languages),
        languages=languages,
        currency=record.matching("currency", _CURRENCY, "a currency code like AZN"),
        time_zone=time_zone,
        xroad_instance=xroad.text("instance"),
        xroad_classes=_text_map(xroad, "classes"),
        writing=_writings(record, languages),
        person=PersonSource(
            identifier=person.matching("identifier", NAME, "a kind of identifiers.yaml"),
            from_=person.matching("from", OFFER, _ANSWER),
            facts=_person_facts(person),
            law=person.law("law"),
        ),
        relations={entry.name: _relation(entry, report) for entry in record.entries("relations")},
        representation={entry.name: _representation(entry, report) for entry in record.entries("representation")},
        officer_roles={
            entry.name: texts_of(entry.node, report, entry.path, languages)
            for entry in record.entries("officer_roles", NAME, "a role (a-z 0-9 _)")
        },
        organisation=record.optional_matching("organisation", NAME, "a kind of identifiers.yaml"),
        payees={entry.name: _payee(entry, report, languages) for entry in record.entries("payees", ID, _PAYEE)},
        defaults=_defaults(record.record("defaults", DEFAULTS)),
    )


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _person_facts(person: Record) -> tuple[str, ...]:
    facts = person.words("facts")
    for fact in facts:
        if fact and fact not in PERSON_FACTS:
            advice = did_you_mean(fact, PERSON_FACTS) or f"; known are {', '.join(PERSON_FACTS)}"
            person.refuse("facts", f'unknown fact of a person "{fact}"{advice}')
    return facts


def _relation(entry: Entry, report: Report) -> Relation:
    record = Record(entry.node, RELATION, report, entry.path)
    return Relation(entry.name, record.matching("from", OFFER, _ANSWER), record.law("law"))


def _representation(entry: Entry, report: Report) -> Representation:
    record = Record(entry.node, REPRESENTATION, report, entry.path)
    until_age = record.optional_whole("until_age")
    if until_age is not None and not 1 <= until_age <= OLDEST:
        record.refuse("until_age", f"{until_age} is no age; leave it out where one may act at any age")
    return Representation(
        entry.name, record.matching("relation", NAME, "a name (a-z 0-9 _)"), until_age, record.law("law")
    )


def _text_map(record: Record, key: str) -> dict[str, str]:
    node = record.get(key)
    if node is None:
        return {}
    if not isinstance(node.value, dict):
        record.refuse(key, "expected a mapping of words")
        return {}
    return {name: text_of(item, record.report, f"{record.at(key)}.{name}") for name, item in node.value.items()}


def _writings(record: Record, languages: tuple[str, ...]) -> dict[str, Writing]:
    node = record.get("writing")
    if node is None or not isinstance(node.value, dict):
        if node is not None:
            record.refuse("writing", "expected a mapping of the languages")
        return {}
    for language, item in node.value.items():
        if language not in languages:
            record.report.error(item.line, "writing", f'"{language}" is not among the languages')
    for language in languages:
        if language not in node.value:
            record.refuse("writing", f'"{language}" is missing')
    return {
        language: _writing(language, Record(item, WRITING, record.report, f"writing.{language}"))
        for language, item in node.value.items()
    }


def _writing(language: str, record: Record) -> Writing:
    plural = record.words("plural")
    for form in plural:
        if form not in PLURALS:
            record.refuse("plural", f'"{form}" is not one of {", ".join(PLURALS)}')
    if plural and "other" not in plural:
        record.refuse("plural", '"other" is missing: it is the form of last resort')
    return Writing(
        language=language,
        alphabet=_alphabet(record),
        pairs=_text_map(record, "pairs"),
        folding=_text_map(record, "folding"),
        same_letter=_text_map(record, "same_letter"),
        name=record.words("name", NAME, "a part of a name (a-z 0-9 _)"),
        plural=plural,
    )


def _alphabet(record: Record) -> tuple[str, ...]:
    """The letters in order, apart by blanks; or a list of them."""
    node = record.get("alphabet")
    if node is None:
        return ()
    if isinstance(node.value, str):
        letters = tuple(node.value.split())
    else:
        letters = words_of(node, record.report, record.at("alphabet"))
    twice = sorted({letter for letter in letters if letters.count(letter) > 1})
    if twice:
        record.refuse("alphabet", f"stands twice: {' '.join(twice)}")
    if not letters:
        record.refuse("alphabet", "has no letters")
    return letters


def _defaults(record: Record) -> Defaults:
    evidence = record.record("evidence", EVIDENCE)
    return Defaults(
        appeal=appeal_of(record),
        draft_kept=storage_of(record.record("draft", DRAFT), "kept"),
        closed_kept=storage_of(record.record("retain", RETAIN), "closed"),
        evidence_wait=term_of(evidence, "wait") if record.has("evidence") else None,
    )


def _payee(entry: Entry, report: Report, languages: tuple[str, ...]) -> Payee:
    record = Record(entry.node, PAYEE, report, entry.path)
    confirmed = record.choice("status", ("to_be_confirmed",)) == ""
    if not confirmed:
        report.warning(record.line("status"), entry.path, "account and codes of the payee are to be confirmed")
    elif not record.has("iban"):
        record.refuse("names", '"iban" is missing; where it is not known yet, say status: to_be_confirmed')
    return Payee(
        id=entry.name,
        names=record.texts("names", languages),
        iban=record.optional_matching("iban", IBAN, "an IBAN without blanks"),
        codes=_text_map(record, "codes"),
        law=record.law("law"),
        confirmed=confirmed,
        place=record.place,
    )


def storage_of(record: Record, key: str) -> Term:
    """A term of storage is counted by the calendar alone, so that no missing year of it keeps what should go."""
    term = term_of(record, key)
    if record.has(key) and term.unit not in STORAGE_UNITS:
        record.refuse(key, f'"{term}" is a term of storage; count it in {listed(STORAGE_UNITS)}')
    return term


KIND = FileKind(
    "country",
    "country.yaml",
    (COUNTRY, XROAD, WRITING, PERSON, RELATION, REPRESENTATION, PAYEE, DEFAULTS, APPEAL, DRAFT, RETAIN, EVIDENCE),
    read,
    needed=True,
)
