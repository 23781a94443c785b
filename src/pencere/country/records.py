"""Typed access to nodes. Every accessor gives a value of its type, or says in words what was expected and gives a
placeholder: so all that is wrong with a file is found in one reading.

    Shape    the keys of one mapping of the language: required, optional, and those of later versions
    Report   the findings of one file; `broken` once a placeholder was given
    Record   a mapping with its Shape; the accessors
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pencere.country.declarations import Law, Place, Texts
from pencere.country.nodes import ERROR, WARNING, Finding, Node

ID = re.compile(r"[a-z][a-z0-9-]*")
NAME = re.compile(r"[a-z][a-z0-9_]*")
FACT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
OFFER = re.compile(r"[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*")  # register.answer, agreement.grant
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WHOLE = re.compile(r"-?\d{1,18}")
LONG_AGO = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys that one kind of mapping may have. `later`: part of the language, not run by this version."""

    name: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    later: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        return self.required + self.optional


class Report:
    """What was found in one file."""

    __slots__ = ("broken", "file", "findings")

    def __init__(self, file: str, findings: list[Finding]) -> None:
        self.file = file
        self.findings = findings
        self.broken = False

    def error(self, line: int, path: str, message: str) -> None:
        self.findings.append(Finding(self.file, line, f"{path}: {message}" if path else message, ERROR))

    def warning(self, line: int, path: str, message: str) -> None:
        self.findings.append(Finding(self.file, line, f"{path}: {message}" if path else message, WARNING))

    def unusable(self, line: int, path: str, message: str) -> None:
        """An error after which what is being read holds a placeholder and must not be used."""
        self.broken = True
        self.error(line, path, message)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`, did you mean "x"?` or nothing."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f', did you mean "{near[0]}"?' if near else ""


def listed(words: Iterable[str]) -> str:
    return ", ".join(words)


class Record:
    """A mapping of the language. Unknown keys are reported when it is made."""

    __slots__ = ("node", "path", "report", "shape", "values")

    def __init__(self, node: Node, shape: Shape, report: Report, path: str = "") -> None:
        self.node, self.shape, self.report, self.path = node, shape, report, path
        self.values: dict[str, Node] = {}
        if not isinstance(node.value, dict):
            report.unusable(node.line, path, f"expected a mapping with {listed(shape.keys)}")
            return
        for key, value in node.value.items():
            if key in shape.keys:
                self.values[key] = value
            elif key in shape.later:
                report.error(value.line, self.at(key), "this version of the product does not run it; leave it out")
            else:
                advice = did_you_mean(key, shape.keys) or f"; known are {listed(shape.keys)}"
                report.error(value.line, path, f'unknown key "{key}"{advice}')
        for key in shape.required:
            if key not in self.values:
                report.unusable(node.line, path, f'"{key}" is missing')

    @property
    def place(self) -> Place:
        return Place(self.node.file, self.node.line)

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        assert key in self.shape.keys, key
        return key in self.values

    def get(self, key: str) -> Node | None:
        assert key in self.shape.keys, key
        return self.values.get(key)

    def place_of(self, key: str) -> Place:
        return Place(self.node.file, self.line(key))

    def line(self, key: str) -> int:
        node = self.values.get(key)
        return node.line if node else self.node.line

    def refuse(self, key: str, message: str) -> None:
        """The value of `key` cannot be used."""
        self.report.unusable(self.line(key), self.at(key), message)

    # --- one value

    def text(self, key: str) -> str:
        return self.optional_text(key) or ""

    def optional_text(self, key: str) -> str | None:
        node = self.get(key)
        return None if node is None else text_of(node, self.report, self.at(key))

    def matching(self, key: str, pattern: re.Pattern[str], what: str) -> str:
        return self.optional_matching(key, pattern, what) or ""

    def optional_matching(self, key: str, pattern: re.Pattern[str], what: str) -> str | None:
        text = self.optional_text(key)
        if text and not pattern.fullmatch(text):
            self.refuse(key, f'"{text}" is not {what}')
        return text

    def choice(self, key: str, allowed: Iterable[str], default: str = "") -> str:
        text = self.optional_text(key)
        if text is None:
            return default
        allowed = tuple(allowed)
        if text and text not in allowed:
            advice = did_you_mean(text, allowed)
            self.refuse(key, f'"{text}" is not one of {listed(allowed)}{advice}')
        return text

    def flag(self, key: str, default: bool = False) -> bool:
        text = self.optional_text(key)
        if text is None:
            return default
        if text in ("yes", "true"):
            return True
        if text not in ("no", "false"):
            self.refuse(key, f'"{text}" is neither yes nor no')
        return False

    def whole(self, key: str) -> int:
        return self.optional_whole(key) or 0

    def optional_whole(self, key: str) -> int | None:
        text = self.optional_text(key)
        if not text:
            return None
        if not _WHOLE.fullmatch(text):
            self.refuse(key, f'"{text}" is not a whole number')
            return None
        return int(text)

    def day(self, key: str) -> date:
        return self.optional_day(key) or LONG_AGO

    def optional_day(self, key: str) -> date | None:
        text = self.optional_text(key)
        if not text:
            return None
        day = day_of(text)
        if day is None:
            self.refuse(key, f'"{text}" is not a date like 2026-03-18')
        return day

    def law(self, key: str) -> Law:
        return self.optional_law(key) or Law("")

    def optional_law(self, key: str) -> Law | None:
        node = self.get(key)
        return None if node is None else law_of(node, self.report, self.at(key))

    # --- several values

    def words(self, key: str, pattern: re.Pattern[str] | None = None, what: str = "") -> tuple[str, ...]:
        """A list of texts; one text counts as a list of one."""
        node = self.get(key)
        if node is None:
            return ()
        return words_of(node, self.report, self.at(key), pattern, what)

    def laws(self, key: str) -> tuple[Law, ...]:
        node = self.get(key)
        if node is None:
            return ()
        items = node.value if isinstance(node.value, tuple) else (node,)
        return tuple(law_of(item, self.report, self.at(key)) for item in items)

    def texts(self, key: str, languages: tuple[str, ...], least: int | None = None) -> Texts:
        """A sentence per language: all of them, or (`least`) the first `least`."""
        node = self.get(key)
        return {} if node is None else texts_of(node, self.report, self.at(key), languages, least)

    def record(self, key: str, shape: Shape) -> Record:
        """The mapping under `key`; an empty one if there is none, which was reported if it is required."""
        node = self.get(key)
        if node is not None:
            return Record(node, shape, self.report, self.at(key))
        absent = Record.__new__(Record)
        absent.node, absent.shape, absent.report, absent.path = self.node, shape, self.report, self.at(key)
        absent.values = {}
        return absent

    def entries(self, key: str, pattern: re.Pattern[str] = NAME, what: str = "a name (a-z 0-9 _)") -> Iterator[Entry]:
        """The items of a mapping of names: name, node, path."""
        node = self.get(key)
        if node is not None:
            yield from entries_of(node, self.report, self.at(key), pattern, what)


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a mapping of names to things."""

    name: str
    node: Node
    path: str


def entries_of(node: Node, report: Report, path: str, pattern: re.Pattern[str], what: str) -> Iterator[Entry]:
    if not isinstance(node.value, dict):
        report.unusable(node.line, path, "expected a mapping of names")
        return
    for name, item in node.value.items():
        where = f"{path}.{name}" if path else name
        if not pattern.fullmatch(name):
            report.unusable(item.line, where, f'"{name}" is not {what}')
        yield Entry(name, item, where)


def text_of(node: Node, report: Report, path: str) -> str:
    if not isinstance(node.value, str):
        report.unusable(node.line, path, f"expected a text, found a {'list' if node.is_list else 'mapping'}")
        return ""
    if not node.value.strip():
        report.unusable(node.line, path, "has no value")
    return node.value.strip()


def words_of(
    node: Node, report: Report, path: str, pattern: re.Pattern[str] | None = None, what: str = ""
) -> tuple[str, ...]:
    if isinstance(node.value, dict):
        report.unusable(node.line, path, "expected a list [a, b]")
        return ()
    items = node.value if isinstance(node.value, tuple) else (node,)
    words = tuple(text_of(item, report, path) for item in items)
    for number, word in enumerate(words):
        if word and pattern is not None and not pattern.fullmatch(word):
            report.unusable(items[number].line, path, f'"{word}" is not {what}')
        if word and word in words[:number]:
            report.error(items[number].line, path, f'"{word}" stands twice')
    return words


def texts_of(node: Node, report: Report, path: str, languages: tuple[str, ...], least: int | None = None) -> Texts:
    if not isinstance(node.value, dict):
        report.unusable(node.line, path, f"expected a text per language: {listed(languages)}")
        return {}
    texts = {}
    for language, item in node.value.items():
        if language not in languages:
            if item.value == "":
                report.unusable(item.line, path, f'the comma before "{language}" ends the text; put it in quotes')
                continue
            advice = did_you_mean(language, languages)
            report.error(
                item.line, path, f'"{language}" is not a language of the country ({listed(languages)}){advice}'
            )
            continue
        texts[language] = text_of(item, report, f"{path}.{language}")
    for language in languages[:least]:
        if language not in texts:
            report.unusable(node.line, path, f'"{language}" is missing')
    return texts


def law_of(node: Node, report: Report, path: str) -> Law:
    """`act article`: the id of the act, a blank, the article as the law prints it."""
    text = text_of(node, report, path)
    act, _, article = text.partition(" ")
    if act and not ID.fullmatch(act):
        report.unusable(node.line, path, f'"{text}" is not an act and its article, like "residence-law 5"')
    return Law(act, article.strip())


def day_of(text: str) -> date | None:
    """The date, or None if it is none."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
