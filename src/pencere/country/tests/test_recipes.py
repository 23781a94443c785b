"""Every piece of YAML of docs/declare/recipes.md stands in the service that the page names, line for line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[4]
PAGE = (REPOSITORY / "docs/declare/recipes.md").read_text(encoding="utf-8")
PIECES = re.findall(r"^From `([^`]+)`:\n```yaml\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


@pytest.mark.parametrize(("file", "piece"), PIECES, ids=[f"{number} {file}" for number, (file, _) in enumerate(PIECES)])
def test_the_piece_stands_in_the_service(file: str, piece: str) -> None:
    path = REPOSITORY / (file if file.startswith("tests/") else f"countries/azerbaijan/{file}")
    whole, wanted = _lines(path.read_text(encoding="utf-8")), _lines(piece)
    assert any(whole[at : at + len(wanted)] == wanted for at in range(len(whole)))


def test_no_piece_is_without_its_service() -> None:
    assert len(PIECES) == PAGE.count("```yaml") > 15
