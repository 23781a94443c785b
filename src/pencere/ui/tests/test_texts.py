"""The texts of every part: complete in every language, no more than are spoken, with the same places to fill."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from pencere.ui.building import PACKAGE
from pencere.ui.tests.messages import Message, catalog, spoken

LANGUAGES = ("az", "ru")
PARTS = sorted({path.parents[3] for path in PACKAGE.glob("*/locale/*/LC_MESSAGES/django.po")})
PLACE = re.compile(r"%\(\w+\)[sd]")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_part_says_everything_in_every_language_and_nothing_else(part: Path, language: str) -> None:
    said = spoken(part)
    written: set[Message] = {tuple(one.id) if one.pluralizable else one.id for one in catalog(part, language) if one.id}

    assert sorted(map(str, said - written)) == []
    assert sorted(map(str, written - said)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_text_is_there_and_fills_the_same_places(part: Path, language: str) -> None:
    for one in catalog(part, language):
        if not one.id:
            continue
        places = set(PLACE.findall(one.id[-1] if one.pluralizable else one.id))
        for text in one.string if one.pluralizable else (one.string,):
            assert text.strip(), one.id
            assert set(PLACE.findall(text)) == places, one.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_parts_do_not_contradict_each_other_because_one_sentence_has_one_text(language: str) -> None:
    texts: dict[str, set[str]] = defaultdict(set)
    for part in PARTS:
        for one in catalog(part, language):
            if one.id:
                texts[str(one.id)].add(str(one.string))

    assert {sentence: words for sentence, words in texts.items() if len(words) > 1} == {}
