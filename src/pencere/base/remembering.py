"""Answers worked out once for each text and kept, as many as fit: what files and names say, they say often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

MOST, LONGEST = 50_000, 40


class Remembering(dict[str, Answer], Generic[Answer]):
    """text -> what `work` says of it. Kept of the first texts only, and of no long one, so memory is bounded."""

    def __init__(self, work: Callable[[str], Answer]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, text: str) -> Answer:
        answer = self._work(text)
        if len(self) < MOST and len(text) <= LONGEST:
            self[text] = answer
        return answer
