"""What a row names as its document where the product brought it in: a line of a load, a paper of an archive.

It stands so in the table and in the ledger, whatever language is read: a load's rows are written by the database
itself. Pages read it back and say it in the reader's language. What a person names as a document is anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OF_LINE = re.compile(r"load (?P<load>\d+), line (?P<line>\d+)")
_OF_PAPER = re.compile(r"fond (?P<fond>.+), paper (?P<paper>\d+),?")


@dataclass(frozen=True, slots=True)
class LoadedLine:
    load: str
    line: str


@dataclass(frozen=True, slots=True)
class ArchivedPaper:
    fond: str
    paper: str


def before_line(load: int) -> str:
    """The document of a line of a load but for the line's number, which comes behind it."""
    return f"load {load}, line "


def of_line(load: int, line: int) -> str:
    return f"{before_line(load)}{line}"


def of_paper(fond: str, number: int, scan: str) -> str:
    """`scan`: the reference to its file."""
    return f"fond {fond}, paper {number}, {scan}"


def read(document: str) -> LoadedLine | ArchivedPaper | None:
    """What one of the above says, the scan left out; None for what a person wrote."""
    if said := _OF_LINE.fullmatch(document):
        return LoadedLine(**said.groupdict())
    if said := _OF_PAPER.fullmatch(document):
        return ArchivedPaper(**said.groupdict())
    return None
