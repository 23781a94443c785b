"""A data folder of their own for these tests: keys and papers of a March day, whatever else runs in this session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def march(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(autouse=True)
def _in_march(march: Path, settings: Any) -> None:
    settings.PENCERE = replace(settings.PENCERE, data=march)
