"""Holds what a reader of Azerbaijani and Russian trips over: mixed alphabets, hanging endings, wrong signs, two names.

It reads the texts of all parts (`django.po`) and of the country that speaks these languages. That every sentence is
there, once, with the same places to fill, is held by `pencere/ui/tests/test_texts.py` and `pencere check`. What no
machine can judge, whether a sentence is good, stays with the reader; the terms are those of GLOSSARY.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po

REPOSITORY = Path(__file__).parents[2]
PARTS = REPOSITORY / "src" / "pencere"
COUNTRY = REPOSITORY / "countries" / "azerbaijan"
LANGUAGES = ("az", "ru")
PLACE = re.compile(r"%\(\w+\)[sd]|\{[\w.]+\}")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
ALPHABET = set("abcdefghijklmnopqrstuvwxyzəğıöüşç")
NOT_OUR_WORDS = {
    "az": {
        r"\bməmur": "əməkdaş",
        r"\belan (et|ed|ol)": "təsvir",
        r"\b(bu|həmin|hər|ən yeni|tibbi) yazı": "qeyd",
        r"reyestr\w* sal[ıi]": "reyestrə daxil etmək",
        r"\bsimvol": "işarə",
        r"\bdəyər(i|in|lər|lər\w*)?\b": "qiymət",
        r"Mənim səhifəm": "Şəxsi səhifəm",
        r"Excel kitab": "Excel faylı",
    },
    "ru": {
        r"\bFİN\b": "ФИН",
        r"\bчиновник": "сотрудник",
        r"\bкниг\w* Excel": "файл Excel",
        r"\bдержател": "ведомство, которое ведёт реестр",
        r"\bобъявлени": "описание",
        r"\bобращени[ея]\b": "заявление",
        r"\b(этого|этот|другой|другого|вашего|ваш) орган": "ведомство",
    },
}
"""What another word of GLOSSARY.md has replaced, with that word."""
SAME_AS_ENGLISH = re.compile(r"\b([A-Z]{1,2}\d?E?|[Ff]ond|operator|Format|Bank|km)\b|\d")
"""Words of both languages, units and classes of driving licences."""


@cache
def _texts(language: str) -> tuple[tuple[str, str, str], ...]:
    """Where it stands, the English, the text."""
    return tuple(_read(language))


def _read(language: str) -> Iterator[tuple[str, str, str]]:
    for path in sorted(PARTS.glob(f"*/locale/{language}/LC_MESSAGES/django.po")):
        with path.open("rb") as source:
            for one in read_po(source, locale=language, abort_invalid=True):
                if one.id:
                    english = one.id if isinstance(one.id, str) else one.id[-1]
                    for text in (one.string,) if isinstance(one.string, str) else one.string:
                        yield path.parents[3].name, english, text
    for path in sorted(COUNTRY.rglob(f"{language}.yaml")):
        english_texts = yaml.safe_load((path.parent / "en.yaml").read_text())
        for key, text in yaml.safe_load(path.read_text()).items():
            yield str(path.relative_to(REPOSITORY)), str(english_texts[key]), str(text)
    for path in sorted(COUNTRY.rglob("*.yaml")):
        if path.stem not in ("az", "en", "ru"):
            for english, text in _beside(yaml.safe_load(path.read_text()), language):
                yield str(path.relative_to(REPOSITORY)), english, text


def _beside(declared: object, language: str) -> Iterator[tuple[str, str]]:
    """Texts that stand in one place in all languages: {az: …, en: …, ru: …}."""
    if isinstance(declared, dict):
        if isinstance(declared.get(language), str):
            yield str(declared.get("en", "")), declared[language]
        for value in declared.values():
            yield from _beside(value, language)
    elif isinstance(declared, list):
        for value in declared:
            yield from _beside(value, language)


def _found(language: str, pattern: str, *, of: re.Pattern[str] | None = None) -> list[tuple[str, str]]:
    wrong = re.compile(pattern, re.IGNORECASE)
    return [
        (where, text)
        for where, _english, text in _texts(language)
        if wrong.search(of.sub(" ", text) if of else text) is not None
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_mixes_two_alphabets_and_no_letter_only_looks_right(language: str):
    mixed = r"[\u0400-\u04ff][a-zəğıöüşç]|[a-zəğıöüşç][\u0400-\u04ff]"

    assert _found(language, mixed, of=PLACE) == []
    assert [text for _, _, text in _texts(language) if unicodedata.normalize("NFC", text) != text] == []


def test_azerbaijani_is_written_in_its_own_letters():
    strange = [
        (where, sorted(letters))
        for where, _english, text in _texts("az")
        if (letters := {sign for sign in text.casefold() if sign.isalpha()} - ALPHABET - set("i̇²³µ"))
    ]

    assert strange == []


def test_an_azerbaijani_ending_hangs_on_nothing_that_is_filled_in_later():
    """What is filled in decides whether it is -da or -də, -i or -ü; so the sentence is turned until it needs none."""
    hanging = (
        r"(%\(\w+\)[sd]|\{[\w.]+\}|[”»])[-.’']?[a-zəğıöüşç]|(%\(\w+\)[sd]|\{[\w.]+\})(-|\.) ?(ci|cı|cu|cü|dən|dan)"
    )

    assert _found("az", hanging) == []


def test_no_azerbaijani_plural_follows_a_number():
    counted = [
        (english, text)
        for _where, english, text in _texts("az")
        if re.search(r"%\((number|count|rows|papers|lines|days|amount|minutes)\)s \w+l[aə]r\b", text)
    ]

    assert counted == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_signs_are_those_of_the_language(language: str):
    """Quotes “ ” and « », a dash – with spaces, one space, none before a comma; 5% in Azerbaijani, 5 % in Russian."""
    quotes = {"az": r"[«»„’]|(?<![({\[ :\"])\"(?![)}\] :\"])", "ru": r"[“”„]|(?<![({\[ :\"])\"(?![)}\] :\"])"}

    assert _found(language, quotes[language]) == []
    assert _found(language, r"—|\w –\w|\w– \w|  | [,.;:!?](?!\w)|\.\.\.") == []
    assert _found(language, {"az": r"\d %|s %%", "ru": r"\d%|s%%"}[language]) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_written_twice(language: str):
    assert _found(language, r"\b([^\W\d_]{2,}) \1\b") == []


def test_for_example_is_set_off_in_azerbaijani():
    assert _found("az", r"\bməsələn(?!,)") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_ends_where_the_english_one_does(language: str):
    """A button has no full stop, a sentence has one; a unit like "л." is short for a word."""
    ends = tuple(".?!")
    other = [
        (where, english, text)
        for where, english, text in _texts(language)
        if english and english.endswith(ends) != text.endswith(ends) and len(text) > 3
    ]

    assert other == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_in_english(language: str):
    left = [
        (where, text)
        for where, english, text in _texts(language)
        if text == english
        and re.search(r"[^\W\d_]{2}", PLACE.sub("", text))
        and not SAME_AS_ENGLISH.search(text)
        and not (language == "az" and "territory" in where)
    ]

    assert left == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_thing_has_one_name(language: str):
    wrong = {
        (word, instead): found for word, instead in NOT_OUR_WORDS[language].items() if (found := _found(language, word))
    }

    assert wrong == {}
