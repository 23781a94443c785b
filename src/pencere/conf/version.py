"""The version stands in CHANGELOG.md, once; here it is read."""

from __future__ import annotations

import re
from pathlib import Path

_CHANGELOG = Path(__file__).resolve().parents[3] / "CHANGELOG.md"


def _read() -> str:
    found = re.search(r"^## (\d+\.\d+\.\d+)", _CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else "0"


VERSION = _read()
