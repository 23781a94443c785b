"""The sentences of a folder: one file per language merged to key -> language -> sentence, each knowing its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pencere.country.declarations import Texts

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    line: int


Lines = Mapping[str, Mapping[str, Sentence]]
"""language -> key -> sentence: the files of one folder as they were read."""


def merged(lines: Lines) -> dict[str, Texts]:
    """key -> language -> sentence."""
    texts: dict[str, dict[str, str]] = {}
    for language, sentences in lines.items():
        for key, sentence in sentences.items():
            texts.setdefault(key, {})[language] = sentence.text
    return dict(texts)


def placeholders(sentence: str) -> tuple[str, ...]:
    """The facts that a sentence inserts: `{home.address}`."""
    return tuple(_PLACEHOLDER.findall(sentence))
