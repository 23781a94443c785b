"""What clients were told, written down before they go on: one JSON object a line, synced."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The portal said that this draft was sent: its reference, the key it was sent with, whose it was."""

    ref: str
    key: str
    person: str


class Journal:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def write(self, told: Acknowledged) -> None:
        with self._lock:
            self._file.write(json.dumps(asdict(told)) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> list[Acknowledged]:
    return [Acknowledged(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
