"""Where a row comes from, in words: what was done, by whom, why, and on what document.

What the product wrote itself is said in the reader's language; what a person wrote stands as it is.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext

from pencere.identity import queries as identity
from pencere.registers import documents, shelf
from pencere.registers.documents import ArchivedPaper, LoadedLine
from pencere.registers.paper.entering import FROM_ARCHIVE
from pencere.ui import pieces


def document(said: str, link: Callable[[str], tuple[str, str]]) -> pieces.Text:
    """The number of a document, and its files as links. `link`: the reference of a file → its words and address."""
    number, links = said, []
    for reference in shelf.references(said):
        number = number.replace(reference, "").strip()
        words, url = link(reference)
        links.append((url, words))
    number = document_words(number)
    if not links:
        return number
    return format_html("{} {}", number, format_html_join(", ", '<a class="govuk-link" href="{}">{}</a>', links))


def document_words(said: str) -> str:
    """What a row names as its document, in the reader's language where it was a load or a paper of an archive."""
    match documents.read(said):
        case LoadedLine(load, line):
            return gettext("load %(load)s, line %(line)s") % {"load": load, "line": line}
        case ArchivedPaper(fond, paper):
            return gettext("fond %(fond)s, paper %(paper)s") % {"fond": fond, "paper": paper}
    return said


def reason_words(reason: str) -> str:
    """Why a row is as it is; what the system wrote in the reader's language."""
    return gettext("from papers of an archive") if reason == FROM_ARCHIVE else reason


def by_words(recorded_by: str) -> str:
    """Who recorded something: a colleague by name, an operator, papers of an archive, a case, the system."""
    kind, _, rest = recorded_by.partition(":")
    if kind == "account":
        named = identity.named(rest)
        return named.name if named else gettext("an officer")
    if recorded_by.startswith("operator "):
        return gettext("operator %(name)s") % {"name": recorded_by.removeprefix("operator ")}
    if recorded_by.endswith("/paper"):
        return gettext("from papers of an archive")
    return recorded_by or gettext("the system")


def how_words(how: str) -> str:
    return {
        "add": gettext("New"),
        "replace": gettext("Different from a day on"),
        "end": gettext("Ended"),
        "correct": gettext("Corrected"),
    }.get(how, how)
