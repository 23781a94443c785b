"""A citizen without a browser: asks for a residence certificate over HTTP, page by page, and repeats what failed.

Signs in by a session that `sessions.py` made beforehand: what is tried here is what happens after the sign-in.
"""

from __future__ import annotations

import http.client
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from tests.faults.journal import Acknowledged, Journal

TOKEN = "a" * 32
SERVICE = "residence-certificate"


class Gone(Exception):
    """No answer, or one that is no acknowledgement, until patience ran out."""


@dataclass
class Answer:
    status: int
    location: str
    body: str


@dataclass
class Citizen:
    url: str
    session: str
    person: str
    journal: Journal
    patience: float = 60
    stopped: bool = False
    sent: int = 0
    problems: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
        """One request, one answer. Raises OSError or HTTPException when the portal is dead."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        headers = {"Cookie": f"pencere_session={self.session}; pencere_csrf={TOKEN}", "Host": parts.netloc}
        body = None
        if form is not None:
            body = urlencode({"csrfmiddlewaretoken": TOKEN, **form})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.getheader("Location", ""), response.read().decode())
        finally:
            connection.close()

    def until_answered(self, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
        """Asks again while the portal is dead or says 500 or 503, as a person would."""
        until = time.monotonic() + self.patience
        while True:
            try:
                answer = self.ask(method, path, form)
                if answer.status < 500:
                    return answer
                why = f"{answer.status}"
            except (OSError, http.client.HTTPException) as problem:
                why = repr(problem)
            if time.monotonic() > until or self.stopped:
                raise Gone(f"{method} {path}: {why}")
            time.sleep(0.1)

    def walk_once(self) -> Acknowledged:
        """One certificate asked for, from the start page to the acknowledgement, which goes into the journal."""
        ref, key = self.prepare()
        answer = self.until_answered("POST", f"/en/apply/{ref}/send/", {"send-once": key})
        if answer.status != 302 or not answer.location.endswith("/done/"):
            raise Gone(f"send: {answer.status} {answer.location} {answer.body[:300]}")
        told = Acknowledged(ref, key, self.person)
        self.journal.write(told)
        self.sent += 1
        return told

    def prepare(self) -> tuple[str, str]:
        """A draft with everything answered; its reference and the key of its form."""
        begun = self.until_answered("POST", f"/en/apply/{SERVICE}/", {})
        found = re.search(r"/apply/([0-9A-Z]{5}-[0-9A-Z]{5})/", begun.location)
        if not found:
            raise Gone(f"start: {begun.status} {begun.location} {begun.body[:300]}")
        ref = found.group(1)
        page = self.until_answered("GET", f"/en/apply/{ref}/request/")
        person = re.search(r'name="holder"[^>]*value="([0-9a-f]{16})"', page.body)
        if not person:
            raise Gone(f"no person to choose: {page.status} {page.body[-1500:]}")
        self.until_answered("POST", f"/en/apply/{ref}/request/", {"holder": person.group(1), "purpose": "bank"})
        self.until_answered("GET", f"/en/apply/{ref}/facts/")
        check = self.until_answered("GET", f"/en/apply/{ref}/check/")
        key = re.search(r'name="send-once" value="(\w+)"', check.body)
        if not key:
            raise Gone(f"no key: {check.status} {check.location} {check.body[:500]}")
        return ref, key.group(1)

    def live(self) -> None:
        """Asks for one certificate after another until stopped."""
        while not self.stopped:
            try:
                self.walk_once()
            except Gone as problem:
                if not self.stopped:
                    self.problems.append(str(problem))
