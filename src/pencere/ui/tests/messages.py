"""Reads which sentences a part speaks (templates and Python) and which its `django.po` files translate."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
}
Message = str | tuple[str, str]


def spoken(part: Path) -> set[Message]:
    """Every sentence of the part; one with a plural is a pair."""
    found: set[Message] = set()
    for source in part.rglob("*.py"):
        if "tests" not in source.relative_to(part).parts:
            found |= set(_of(source.read_text()))
    for template in part.rglob("templates/**/*.html"):
        found |= set(_of(templatize(template.read_text(), origin=str(template))))
    return found


def _of(python: str) -> Iterator[Message]:
    for _line, function, message, _comments in extract_python(
        io.BytesIO(python.encode()), list(KEYWORDS), [], {"encoding": "utf-8"}
    ):
        if function in ("ngettext", "ngettext_lazy") and isinstance(message, tuple):
            yield str(message[0]), str(message[1])
        elif function == "pgettext" and isinstance(message, tuple):
            yield str(message[1])
        elif isinstance(message, str) and message:
            yield message
        elif isinstance(message, tuple) and message[0]:
            yield str(message[0])


def catalog(part: Path, language: str) -> Catalog:
    path = part / "locale" / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)
