"""Names of built files: `pencere.css` is served as `/assets/pencere.1a2b3c4d5e.css`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from django.conf import settings


@cache
def _manifest(folder: Path) -> dict[str, str]:
    try:
        names: dict[str, str] = json.loads((folder / "manifest.json").read_text())
    except FileNotFoundError:
        raise RuntimeError("styles and scripts are not built yet: run `pencere build`") from None
    return names


def address(name: str) -> str:
    """Where the browser finds the built file. Raises KeyError for a name that no source has."""
    return f"{settings.STATIC_URL}{_manifest(Path(settings.STATIC_ROOT))[name]}"
