"""Which encoding and which separator a file has; letters that were lost or confused on the way. Pure, but for reading.

UTF-8 is proved on the whole file; UTF-16 shows by its mark or its zero bytes. Of the encodings with one byte a letter,
Windows-1254 writes the letters of Turkish and Azerbaijani with a dozen bytes, Windows-1251 Cyrillic with sixty-six.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
import string
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pencere.base import writing
from pencere.base.errors import BadInput
from pencere.base.writing import Writing

BLOCK = 1 << 20
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1251", "cp1254")
SEPARATORS = (",", ";", "\t", "|")

_SAMPLE_LINES = 20
_COUNTED_BLOCKS = 16
_NOT_TEXT = {
    b"\xd0\xcf\x11\xe0": "is_an_old_workbook",
    b"%PDF": "is_not_a_table",
}
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_TURKIC = frozenset("çöüğışâîûÇÖÜĞİŞÂÎÛ".encode("cp1254"))
_CYRILLIC = frozenset(range(0xC0, 0x100)) | {0xA8, 0xB8}
_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found out of a file before its first line is read. `separator` is "" for a workbook.

    `head`: the line that names the columns, 0 as it is found. `sheet`: of a workbook, "" the first that is not hidden.
    `merged`: of a workbook, part and place of cells that are merged over several rows.
    """

    size: int
    digest: str
    encoding: str
    separator: str
    head: int = 0
    sheet: str = ""
    merged: tuple[tuple[str, str], ...] = ()


def survey(path: Path, encoding: str | None = None) -> Survey:
    """Reads the whole file once. Raises BadInput where it cannot be told how to read it."""
    digest = hashlib.sha256()
    utf8 = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    size = 0
    head = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            head = head or block
            size += len(block)
            digest.update(block)
            if is_utf8:
                try:
                    utf8.decode(block)
                except UnicodeDecodeError:
                    is_utf8 = False
    if is_utf8:
        try:
            utf8.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    if not size:
        raise BadInput("file_is_empty")
    for mark, reason in _NOT_TEXT.items():
        if head.startswith(mark):
            raise BadInput("workbook_has_password" if reason == "is_an_old_workbook" and _is_locked(path) else reason)
    found = encoding or _recognised(head, is_utf8, Counter() if is_utf8 else _counted(path))
    if not found:
        raise _unknown(path)
    return Survey(size, digest.hexdigest(), found, separator_of(_beginning(head, found)))


def _is_locked(path: Path) -> bool:
    """A workbook with a password is no .zip but lies, encrypted, in a container of the old kind ([MS-OFFCRYPTO])."""
    before = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if _LOCKED in before + block:
                return True
            before = block[-len(_LOCKED) :]
    return False


def _counted(path: Path) -> Counter[int]:
    """How often each byte stands in the first blocks."""
    counted: Counter[int] = Counter()
    with path.open("rb") as file:
        for _block in range(_COUNTED_BLOCKS):
            counted.update(file.read(BLOCK))
    return counted


def separator_of(text: str) -> str:
    """The separator by which the first lines fall into equally many cells, and most of them."""
    lines = text.splitlines(keepends=True)[:_SAMPLE_LINES]
    if named := re.fullmatch(r"sep=(.)\s*", lines[0] if lines else ""):
        return named[1]
    best, most = SEPARATORS[0], (0.0, 1)
    for separator in SEPARATORS:
        try:
            counts = Counter(len(cells) for cells in csv.reader(lines, delimiter=separator) if cells)
        except csv.Error:
            continue
        if not counts:
            continue
        width, lines_alike = counts.most_common(1)[0]
        rank = (lines_alike / counts.total(), width)
        if width > 1 and rank > most:
            best, most = separator, rank
    return best


_QUESTIONED = (
    r"[^\W\d_]\?+[^\W\d_]",  # inside a word
    r"(?:^|(?<=[\s«(\"-]))\?(?:[^\W\d_]|\?)",  # where a word begins; a word of nothing else
    r"^[\W_]*\?[\W_]*$",  # instead of all there was
)
"""Where a question mark is the sign of a lost letter, and not of a question."""


class Letters:
    """What happens to a letter that an encoding or a font does not have, as the alphabet of a language shows it."""

    def __init__(self, style: Writing) -> None:
        own = {letter for letter in style.alphabet if len(letter) == 1}
        own |= {writing.upper(letter, style) for letter in own}
        broken = {text for letter in own if not letter.isascii() for text in _misread(letter)}
        parts = [r"\ufffd", *_QUESTIONED, *map(re.escape, sorted(broken))]
        self._lost = re.compile("|".join(parts))
        self._suspect = re.compile(f"[\ufffd?{''.join(re.escape(text[0]) for text in sorted(broken))}]")
        wrong = {letter for each in style.same_letter for letter in (each, writing.upper(each, style))}
        doubted = wrong | {text[0] for text in broken}
        self.sure = "".join(sorted({*own, *string.ascii_letters, *string.digits} - doubted))
        """Letters and digits of which nothing is lost or confused, wherever they stand."""
        self._confused = re.compile("|".join(map(re.escape, sorted(wrong))) or r"(?!)")

    def are_lost(self, text: str) -> bool:
        """Question marks inside, before or instead of a word, the sign of a lost letter, or UTF-8 read as another."""
        if not ("?" in text if text.isascii() else self._suspect.search(text)):  # nearly every text
            return False
        return self._lost.search(text) is not None

    def are_confused(self, text: str) -> bool:
        """A letter stands under the number of one that only looks like it; `writing.clean` puts it right."""
        return not text.isascii() and self._confused.search(text) is not None


def _misread(letter: str) -> list[str]:
    """A letter's UTF-8, read as another encoding and saved again."""
    found = []
    for other in ("cp1252", "cp1254", "cp1251"):
        try:
            found.append(letter.encode().decode(other))
        except UnicodeDecodeError:
            continue
    return found


def _recognised(head: bytes, is_utf8: bool, counted: Counter[int]) -> str:
    """The encoding by its name, "" if none fits."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            if name == "utf-8" and not is_utf8:
                break
            return name
    if wide := _wide(head[:4096]):
        return wide
    if head.count(0) > (len(head) // 100 if is_utf8 else 0):  # a stray one is a matter of its line
        raise BadInput("is_not_a_table")
    if is_utf8:
        return "utf-8"
    high = Counter({byte: count for byte, count in counted.items() if byte >= 0xC0 or byte in _CYRILLIC})
    if total := high.total():
        if sum(high[byte] for byte in _TURKIC) / total >= _SHARE:
            return "cp1254"
        others = sum(count for byte, count in counted.items() if byte >= 0x80)
        if sum(high[byte] for byte in _CYRILLIC) / others >= _SHARE:
            return "cp1251"
    return ""


def _unknown(path: Path) -> BadInput:
    """Why no encoding fits: two files were put together, or letters are there of which nothing tells."""
    utf8 = codecs.getincrementaldecoder("utf-8")()
    lines, letters = 1, 0
    with path.open("rb") as file:
        for line in iter(lambda: file.readline(BLOCK), b""):
            try:
                text = utf8.decode(line)
            except UnicodeDecodeError:
                return BadInput("mixed_encodings", line=lines) if letters else BadInput("unknown_encoding")
            letters += len(line) - len(text)
            lines += line.endswith(b"\n")
    return BadInput("unknown_encoding")


def _wide(head: bytes) -> str:
    """UTF-16 without its mark: every second byte of plain text is zero."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if odd / half > 0.3 and even / half < 0.05:
        return "utf-16-le"
    if even / half > 0.3 and odd / half < 0.05:
        return "utf-16-be"
    return ""


def _beginning(head: bytes, encoding: str) -> str:
    return head[: 1 << 16].decode(encoding, errors="ignore").removeprefix("\ufeff")
