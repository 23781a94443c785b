"""Reads one YAML file strictly: every value keeps its file and line, every scalar stays text.

    load(path)                     -> Node, or BadDeclaration with every finding of the file
    read(path, file, findings)     -> Node, findings added to the list (for those who read many files)

Refused, each with a sentence: a key given twice, anchors, aliases, tags, several documents in one file, tabs in
the indentation, bytes that are not UTF-8, files above 1 MB, nesting above 20. What a scalar means is decided by
the grammar that reads it, so `no` is not False and `0012` is not 10. Works on the events of PyYAML's C parser,
without recursion: no input makes it crash or grow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from pencere.base.errors import BadDeclaration

LARGEST_FILE = 1_000_000
DEEPEST = 20

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What is wrong, where, and what was expected. A warning does not stop the country from running."""

    file: str
    line: int
    message: str
    severity: str = ERROR

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it stands: text, a tuple of nodes, or a mapping of text to nodes.

    `line` is the line of the key, where there is one, else of the value. `text_line` is the line on which the
    text itself begins, which differs for a block of text (`rows: |`).
    """

    file: str
    line: int
    value: str | tuple[Node, ...] | dict[str, Node]
    text_line: int

    @property
    def is_text(self) -> bool:
        return isinstance(self.value, str)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, tuple)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.value, dict)

    def plain(self) -> object:
        """The value without its places: text, lists and dicts. What hashes are made of."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, tuple):
            return [item.plain() for item in self.value]
        return {key: item.plain() for key, item in self.value.items()}


def load(path: Path) -> Node:
    """The file as a Node. Raises BadDeclaration with every finding if it cannot be read."""
    findings: list[Finding] = []
    node = read(path, path.name, findings)
    if node is None or findings:
        raise BadDeclaration(tuple(findings))
    return node


def read(path: Path, file: str, findings: list[Finding]) -> Node | None:
    """The file as a Node; `file` is its name in findings. None if it cannot be read as a whole."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            findings.append(Finding(file, 1, f"is larger than {LARGEST_FILE:,} bytes; split it"))
            return None
        content = path.read_bytes()
    except OSError as error:
        findings.append(Finding(file, 1, f"cannot be read: {error.strerror}"))
        return None
    return parse(content, file, findings)


def parse(content: bytes, file: str, findings: list[Finding]) -> Node | None:
    """`content` as a Node; what is wrong with it is added to `findings`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        findings.append(Finding(file, line, "is not UTF-8 text; save it as UTF-8"))
        return None
    tabs = [text.count("\n", 0, found.start()) + 1 for found in _TAB.finditer(text)]
    if tabs:
        findings.extend(Finding(file, line, "a tab in the indentation; use blanks") for line in tabs[:20])
        return None
    try:
        return _Composer(file, findings).compose(text)
    except yaml.YAMLError as error:
        findings.append(_in_words(error, text, file))
        return None
    except _TooDeep as deep:
        findings.append(Finding(file, deep.line, f"is nested more than {DEEPEST} levels deep"))
        return None


_NO_KEY = "\0"  # control characters cannot come from a file
_TAB = re.compile(r"^ *\t", re.MULTILINE)


class _TooDeep(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Open:
    """A list or mapping whose end has not come yet."""

    __slots__ = ("key", "line", "value")

    def __init__(self, line: int, value: list[Node] | dict[str, Node]) -> None:
        self.line = line
        self.value = value
        self.key: tuple[str, int] | None = None  # the key that waits for its value, and its line


class _Composer:
    """Events in, one Node out. A stack instead of recursion."""

    def __init__(self, file: str, findings: list[Finding]) -> None:
        self.file = file
        self.findings = findings
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.documents = 0

    def compose(self, text: str) -> Node:
        for event in yaml.parse(text, Loader=yaml.CBaseLoader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.ScalarEvent):
                self._refuse_marks(event, line)
                self._scalar(event, line)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                self._refuse_marks(event, line)
                self._begin(line, {} if isinstance(event, yaml.MappingStartEvent) else [])
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._end()
            elif isinstance(event, yaml.AliasEvent):
                self._say(line, f"the alias *{event.anchor} is not allowed; write the value out")
                self._place(Node(self.file, line, "", line))
            elif isinstance(event, yaml.DocumentStartEvent):
                self.documents += 1
                if self.documents == 2:
                    self._say(line, "a second document begins here (---); one file holds one")
        return self.root or Node(self.file, 1, {}, 1)

    def _say(self, line: int, message: str) -> None:
        self.findings.append(Finding(self.file, line, message))

    def _refuse_marks(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, line: int) -> None:
        if event.anchor is not None:
            self._say(line, f"the anchor &{event.anchor} is not allowed; write the value out")
        if event.tag is not None and event.tag != "!":
            self._say(line, f"the tag {event.tag} is not allowed; every scalar is text until the grammar types it")

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._key(top, event.value, line)
            return
        self._place(Node(self.file, line, event.value, line + 1 if event.style in ("|", ">") else line))

    def _key(self, top: _Open, name: str, line: int) -> None:
        assert isinstance(top.value, dict)
        if name in top.value:
            self._say(line, f'the key "{name}" is given twice (first in line {top.value[name].line})')
        top.key = (name, line)

    def _begin(self, line: int, value: list[Node] | dict[str, Node]) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._say(line, "a key is a word, not a list or a mapping")
        if len(self.stack) >= DEEPEST:
            raise _TooDeep(line)
        self.stack.append(_Open(line, value))

    def _end(self) -> None:
        done = self.stack.pop()
        value = tuple(done.value) if isinstance(done.value, list) else done.value
        self._place(Node(self.file, done.line, value, done.line))

    def _place(self, node: Node) -> None:
        if not self.stack:
            self.root = self.root or node
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            top.value.append(node)
        elif top.key is None:  # a list, mapping or alias that stood where a key should
            top.key = (_NO_KEY, node.line)
        else:
            name, line = top.key
            top.key = None
            if name not in top.value and name != _NO_KEY:
                top.value[name] = Node(node.file, line, node.value, node.text_line)


_ADVICE = (
    ("mapping values are not allowed", "a second colon on this line; put the text in quotes, or mend the indentation"),
    ("could not find expected ':'", 'a key without ":" after it'),
    ("did not find expected key", "the indentation does not fit the lines above, or a quote or bracket is not closed"),
    ("did not find expected '-' indicator", "the indentation does not fit the list above"),
    ("did not find expected ',' or ']'", "a list [ … ] is not closed, or a comma is missing"),
    ("did not find expected ',' or '}'", "a mapping { … } is not closed, or a comma is missing"),
    ("found unexpected end of stream", "a quote is not closed"),
    ("control characters are not allowed", "holds a control character"),
    ("found character that cannot start any token", "begins with a character that needs quotes (@ ` % or a tab)"),
    ("maximum nesting depth", f"is nested more than {DEEPEST} levels deep"),
    ("while scanning a block scalar", "the block of text after | is not indented rightly"),
)


def _in_words(error: yaml.YAMLError, text: str, file: str) -> Finding:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        line = mark.line + 1
    else:
        position = getattr(error, "position", None)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 1
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "broken"
    context = getattr(error, "context", None) or ""
    for words, advice in _ADVICE:
        if words in problem or words in context:
            return Finding(file, line, f"cannot be read as YAML: {advice}")
    return Finding(file, line, f"cannot be read as YAML: {problem}")
