"""What journeys really saw of each service: how a case ended for its person, and that an officer did their part.

Nobody writes down by hand what was walked: `Eyes` read every page that a journey opens. A case page that says
"Refused." in the language of its reader is a walk of that service to a refusal; a page of the desk that was sent and
came back with "it is written down" is an officer's part. `test_zz_every_service.py` compares this with the
declarations.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

CITIZEN, OFFICER = "citizen", "officer"
ENDS = {
    "granted": {"Təmin edilib.", "Granted.", "Удовлетворено."},
    "partly": {"Qismən təmin edildi.", "Granted in part.", "Удовлетворено частично."},
    "refused": {"İmtina edilib.", "Refused.", "Отказано."},
}
"""How a case ended, in the words that people read."""
_CASE = re.compile(r"me/cases/[^/]+/|apply/[^/]+/done/")
_TASK = re.compile(r"desk/tasks/\d+/")
_DESK_CASE = re.compile(r"desk/cases/[^/]+/")
_FILE = "walked.jsonl"
_DASH = " – "


@dataclass(frozen=True, slots=True)
class Walk:
    """`title` is that of the page, which ends with the service's; an officer's part need not end the case."""

    country: str
    language: str
    title: str
    role: str
    ending: str = ""

    def is_of(self, title: str) -> bool:
        return self.title.endswith(_DASH + title)


@dataclass
class Eyes:
    """Of one browser window: what stands on the page, and what was before them."""

    folder: Path
    country: str
    before: str = ""  # the page before
    task: Walk | None = None  # the task of the desk that was opened last

    def read(self, page: Page, path: str, language: str) -> None:
        """After every page that was opened; `path` begins behind the language."""
        if _CASE.fullmatch(path):
            self._keep(self._walk(page, language, CITIZEN), _ending(page))
        elif _TASK.fullmatch(path):
            self.task = self._walk(page, language, OFFICER)
        elif path == "desk/tasks/" and self.task is not None:
            if page.locator(".govuk-notification-banner--success").count():
                self._keep(self.task, "written down")
            self.task = None
        elif _DESK_CASE.fullmatch(path) and self.before == f"{path}decide/":
            self._keep(self._walk(page, language, OFFICER), _ending(page))
        self.before = path

    def _walk(self, page: Page, language: str, role: str) -> Walk:
        return Walk(self.country, language, page.title().rpartition(_DASH)[0], role)

    def _keep(self, walk: Walk, ending: str) -> None:
        if ending:
            line = [walk.country, walk.language, walk.title, walk.role, ending]
            with (self.folder / _FILE).open("ab", buffering=0) as file:  # other processes write into it, too
                file.write(f"{json.dumps(line, ensure_ascii=False)}\n".encode())


def _ending(page: Page) -> str:
    """What the page says of the decision; empty where nothing is decided."""
    said = {words.strip() for words in page.locator("main p > strong").all_inner_texts()}
    return next((ending for ending, words in ENDS.items() if words & said), "")


def kept_in(folder: Path) -> frozenset[Walk]:
    file = folder / _FILE
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return frozenset(Walk(*json.loads(line)) for line in lines)
