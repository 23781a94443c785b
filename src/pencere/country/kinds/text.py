"""<language>.yaml beside a register, a service or a certificate: key -> sentence, one line per text, flat.

`certificates/<language>.yaml` has the words (`page.…`) that stand on every paper of the country.
"""

from __future__ import annotations

import re

from pencere.country.kinds import FileKind, Source
from pencere.country.nodes import Node
from pencere.country.records import Report, text_of
from pencere.country.texts import Sentence

KEY = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*")


def read(node: Node, report: Report, source: Source) -> dict[str, Sentence]:
    if not isinstance(node.value, dict):
        report.unusable(node.line, "", "expected lines of the form key: sentence")
        return {}
    sentences = {}
    for key, item in node.value.items():
        if isinstance(item.value, dict):
            report.unusable(item.line, key, f'texts are flat: write "{key}.…" on a line of its own for each')
        elif not KEY.fullmatch(key):
            report.error(item.line, "", f'"{key}" is not the key of a text, like move.address')
        else:
            sentences[key] = Sentence(text_of(item, report, key), item.line)
    return sentences


def _kind(folder: str) -> FileKind:
    return FileKind(f"{folder}-texts", f"{folder}/<id>/<language>.yaml", (), read)


SHARED = FileKind("shared-page-texts", "certificates/<language>.yaml", (), read)
"""Words that all papers of the country share; a certificate's own file goes before."""

KIND = (*(_kind(folder) for folder in ("registers", "services", "certificates")), SHARED)
