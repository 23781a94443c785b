"""Texts: every key in every language, none too many, the same facts in each, and those facts exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pencere.country.checking import Checker
from pencere.country.declarations import CertificateKind, Field, Place, Register, Service
from pencere.country.demands import is_excused
from pencere.country.facts import ROW_TIMES, Fact, person_facts
from pencere.country.grammars import UNITS
from pencere.country.kinds.register import flat
from pencere.country.records import did_you_mean, listed
from pencere.country.texts import Sentence, placeholders

NOTICES = ("received", "waiting", "offer", "decided", "ready", "overdue")
EXTRAS = (".hint", ".help", ".error")


@dataclass(slots=True)
class Keys:
    """What the texts of a folder must have and may have. `pages`: any key that begins with
    `page.`; `rules`: any that begins with `rules.`, since the tables could not be read."""

    required: dict[str, None] = field(default_factory=dict)
    allowed: dict[str, None] = field(default_factory=dict)
    pages: bool = False
    rules: bool = False

    def need(self, *keys: str) -> None:
        self.required.update(dict.fromkeys(keys))

    def allow(self, *keys: str) -> None:
        self.allowed.update(dict.fromkeys(keys))

    def allow_extras(self, *keys: str) -> None:
        self.allow(*(key + extra for key in keys for extra in EXTRAS))

    def named(self) -> tuple[str, ...]:
        """Every key but hints and the like: what somebody may have meant."""
        return tuple(key for key in (*self.required, *self.allowed) if not key.endswith(EXTRAS))

    def knows(self, key: str) -> bool:
        free = ("page.",) if self.pages else ("rules.",) if self.rules else ()
        return key in self.required or key in self.allowed or key.startswith(free)


AFTER = "evidence"


def check(checker: Checker) -> None:
    for id, register in checker.country.registers.items():
        _folder(checker, f"registers/{id}", of_register(register), {})
    for id, service in checker.country.services.items():
        known = checker.facts[id]
        facts: dict[str, Fact | None] = dict(known)
        facts |= dict.fromkeys(f"amounts.{name}" for name in service.amounts)
        for sentences in service.texts.values():
            named = [name for sentence in sentences.values() for name in placeholders(sentence)]
            facts |= {name: None for name in named if name not in facts and is_excused(checker, service, name)}
        _folder(checker, f"services/{id}", of_service(checker, service, known), facts)
    if checker.folder.lines("certificates", ""):
        _folder(checker, "certificates", Keys(pages=True), {})
    for id, certificate in checker.country.certificates.items():
        _folder(checker, f"certificates/{id}", of_certificate(certificate), {})


def of_register(register: Register) -> Keys:
    keys = Keys()
    keys.need("title", "of")
    keys.allow("summary")
    if register.universe is not None:
        keys.need("universe")
    for name, each in flat(register.fields).items():
        _of_field(keys, name, each)
    if register.dated:
        keys.allow(*ROW_TIMES)
    return keys


def of_certificate(certificate: CertificateKind) -> Keys:
    keys = Keys(pages=True)
    keys.need("title")
    keys.allow("summary")
    for name, each in certificate.facts.items():
        _of_field(keys, name, each)
    return keys


def of_service(checker: Checker, service: Service, known: Mapping[str, Fact]) -> Keys:
    keys = Keys(rules=service.id in checker.folder.broken.get("decision", ()))
    keys.need("title", "summary", "result")
    keys.allow("need", *service.parties, *service.questions, *service.evidence, *service.tables)
    keys.allow_extras("title", "summary", "result", *service.questions)
    for group in service.questions.values():
        for name, each in group.fields.items():
            _of_field(keys, f"{group.name}.{name}", each)
    for table in service.tables.values():
        decides = any(step.kind == "decide" and table.name in step.names for step in service.steps)
        for row in table.rows:
            if decides and row.outcome in ("refuse", "officer"):
                keys.need(f"rules.{row.rule}")
            keys.allow(f"rules.{row.rule}")
    for step in service.steps:
        for name, each in step.fields.items():
            _of_field(keys, f"{step.names[0]}.{name}", each)
        if step.fields:
            keys.allow(step.names[0])
            keys.allow_extras(step.names[0])
        if step.text:
            keys.need(f"notices.{step.text}")
        if step.refused:
            keys.need(f"rules.{step.refused.rule}")
    keys.need(*service.fees, *service.places)
    keys.need(*(f"rules.{place.none.rule}" for place in service.places.values() if place.none))
    keys.allow(*(step.as_ for step in service.steps if step.as_))
    names = [name for step in service.steps for name in (*step.names, step.kind)]
    keys.allow(*(f"steps.{name}" for name in names), *(f"notices.{name}" for name in NOTICES))
    for name, fact in known.items():
        keys.allow(name, *(f"{name}.{value}" for value in fact.values or ()))
        if fact.kind == "boolean":
            keys.allow(f"{name}.true", f"{name}.false")
    keys.allow(*(f"{party}.{name}" for party in service.parties for name in person_facts(checker.country)))
    return keys


def _of_field(keys: Keys, path: str, each: Field) -> None:
    keys.need(path)
    if isinstance(each.of, tuple):
        keys.need(*(f"{path}.{value}" for value in each.of))
    if each.kind == "boolean":
        keys.allow(f"{path}.true", f"{path}.false")
    if each.unit and each.unit not in UNITS:
        keys.need(f"{path}.unit")
    elif each.unit:
        keys.allow(f"{path}.unit")
    keys.allow_extras(path)


def _folder(checker: Checker, folder: str, keys: Keys, facts: Mapping[str, Fact | None]) -> None:
    first, _, id = folder.partition("/")
    lines = checker.folder.lines(first, id)
    languages = checker.country.languages
    for language in languages:
        file = f"{folder}/{language}.yaml"
        if file not in checker.folder.files:
            checker.error(Place(file, 1), f"is missing: the texts in {language}")
    read = [language for language in languages if language in lines]
    wanted = {*keys.required, *(key for language in read for key in lines[language] if keys.knows(key))}
    for language in read:
        file = f"{folder}/{language}.yaml"
        for key, sentence in lines[language].items():
            if not keys.knows(key):
                advice = did_you_mean(key, (name for name in keys.named() if name not in lines[language]))
                checker.error(Place(file, sentence.line), f'nothing uses the text "{key}"{advice}')
            else:
                _placeholders(checker, Place(file, sentence.line), key, sentence, facts)
        for key in sorted(wanted - lines[language].keys()):
            where = [other for other in read if key in lines[other]]
            reason = f" ({listed(where)} has it)" if where else ""
            checker.error(Place(file, 1), f'the text "{key}" is missing{reason}')
    _same_facts(checker, folder, {language: lines[language] for language in read}, facts)


def _placeholders(
    checker: Checker, place: Place, key: str, sentence: Sentence, facts: Mapping[str, Fact | None]
) -> None:
    if not _is_closed(sentence):
        checker.error(place, f"{key}: a bracket of {{fact}} is not closed")
        return
    for name in placeholders(sentence.text):
        if name not in facts:
            checker.error(place, f'{key}: unknown fact "{{{name}}}"{did_you_mean(name, facts)}')
            continue
        fact = facts[name]
        if fact is not None and fact.personal == "special" and key.startswith("notices."):
            checker.error(place, f"{key}: {name} is special data, which goes into no message")


def _is_closed(sentence: Sentence) -> bool:
    text = sentence.text
    return text.count("{") == text.count("}") == len(placeholders(text))


def _same_facts(
    checker: Checker, folder: str, lines: Mapping[str, Mapping[str, Sentence]], facts: Mapping[str, Fact | None]
) -> None:
    """All languages insert the same facts."""
    languages = list(lines)
    for language in languages[1:]:
        first = languages[0]
        for key, sentence in lines[language].items():
            other = lines[first].get(key)
            if other is None or not _is_closed(sentence) or not _is_closed(other):
                continue
            here, there = set(placeholders(sentence.text)), set(placeholders(other.text))
            if here != there and all(name in facts for name in here | there):
                place = Place(f"{folder}/{language}.yaml", sentence.line)
                differ = listed(f"{{{name}}}" for name in sorted(here ^ there))
                checker.error(place, f"{key}: {differ} stands in only one of {first} and {language}")
