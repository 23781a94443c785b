"""Fees are paid while processes die: the web, the worker, the payment provider itself, one after the other.

Visitors press "pay" on our page, choose at the provider what the bank does (pay, refuse and try again, slowly, twice,
never say so), come back, and repeat what failed, as people do. Then everything that was paid is paid back. The oracle
holds our tables against the provider's books: each fee paid once and paid back once, nothing lost, nothing left open.

    python -m tests.faults.paying ask PERSONS EACH | refund | settle PATIENCE
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from tests import tools
from tests.bench.measuring import tree_of
from tests.faults.citizen import TOKEN
from tests.installation import Installation, installation

CHOICES = ("pay", "refuse", "slowly", "twice", "never")
AMOUNT = 4000


@dataclass
class Outcome:
    payments: int
    kills: int
    seconds: float
    returned: int
    wrong: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def pay_under_kills(
    *, persons: int, each: int, kills: int, seed: int, patience: float = 120, more: Mapping[str, str] | None = None
) -> Outcome:
    """In an installation of its own. Bounded; ends by itself."""
    chance = random.Random(seed)
    with installation(more=more) as place:
        place.start(persons=120, prepared=True)
        sessions = json.loads(_run(place, "tests.faults.sessions", persons))
        fees = json.loads(
            _run(place, "tests.faults.paying", "ask", json.dumps([one["person"] for one in sessions]), each)
        )
        payers = [
            Payer(place.url, one["session"], fees[one["person"]], random.Random(seed + number), min(90, 5 * patience))
            for number, one in enumerate(sessions)
        ]
        threads = [threading.Thread(target=payer.live, daemon=True) for payer in payers]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        killed = 0
        while killed < kills and any(thread.is_alive() for thread in threads):
            time.sleep(chance.uniform(0.5, 1.5))
            killed += _kill_one(place, chance)
        for thread in threads:
            thread.join(timeout=180)
        place.wait_until_ready()
        _run(place, "tests.faults.paying", "refund")
        for _ in range(min(3, kills)):
            time.sleep(chance.uniform(0.2, 0.8))
            killed += _kill_one(place, chance)
        place.wait_until_ready()
        judged = _settled(place, patience)
        seconds = time.monotonic() - began
    problems = [problem for payer in payers for problem in payer.problems]
    return Outcome(persons * each, killed, seconds, judged["returned"], judged["wrong"], problems)


def _settled(place: Installation, patience: float) -> dict[str, object]:
    """What the oracle says once nothing is open any more, or patience has run out."""
    judged: dict[str, object] = json.loads(_run(place, "tests.faults.paying", "settle", patience))
    return judged


def _kill_one(place: Installation, chance: random.Random) -> int:
    assert place.process is not None
    below = [process for process in tree_of(place.process.pid) if process != place.process.pid]
    try:
        os.kill(chance.choice(below), signal.SIGKILL)
    except (IndexError, ProcessLookupError):
        return 0
    return 1


def _run(place: Installation, module: str, *words: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, words)],
        env={**place.environment, "DJANGO_SETTINGS_MODULE": "pencere.conf.settings"},
        cwd=tools.REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{module}: {done.stderr[-3000:]}")
    return done.stdout.splitlines()[-1] if done.stdout else ""


@dataclass
class Payer:
    """Somebody with fees to pay, one after the other."""

    url: str
    session: str
    payments: list[str]
    chance: random.Random
    patience: float = 90
    problems: list[str] = field(default_factory=list)

    def live(self) -> None:
        for payment in self.payments:
            try:
                self._pay(payment, self.chance.choice(CHOICES))
            except TimeoutError as problem:
                self.problems.append(f"{payment}: {problem}")

    def _pay(self, payment: str, choice: str) -> None:
        status, there, _ = self._until("POST", f"{self.url}/en/pay/{payment}/", {})
        if urlsplit(there).netloc == urlsplit(self.url).netloc:  # it was paid after all
            return
        _, _, page = self._until("GET", there)
        if 'name="chosen"' in page:
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
            assert token, status
            self._until(
                "POST", there, {"chosen": choice, "csrfmiddlewaretoken": token[1]}, "pencere_demo_payments_csrf"
            )
        self._until("GET", f"{self.url}/en/pay/{payment}/back/")
        if choice == "refuse":
            self._pay(payment, self.chance.choice([one for one in CHOICES if one != "refuse"]))

    def _until(
        self, method: str, url: str, form: dict[str, str] | None = None, cookie: str = "pencere_csrf"
    ) -> tuple[int, str, str]:
        """Asks until there is an answer that is none of trouble."""
        until, why = time.monotonic() + self.patience, ""
        while time.monotonic() < until:
            try:
                answer = self._ask(method, url, form, cookie)
                if answer[0] < 400:
                    return answer
                why = f"{method} {url}: {answer[0]}"
            except (OSError, http.client.HTTPException) as problem:
                why = f"{method} {url}: {problem!r}"
            time.sleep(0.2)
        raise TimeoutError(why)

    def _ask(self, method: str, url: str, form: dict[str, str] | None, cookie: str) -> tuple[int, str, str]:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        token = (form or {}).get("csrfmiddlewaretoken", TOKEN)
        headers = {
            "Host": parts.netloc,
            "Cookie": f"pencere_session={self.session}; {cookie}={token}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **form}) if form is not None else None
        try:
            connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, headers)
            response = connection.getresponse()
            return response.status, response.getheader("Location", ""), response.read().decode()
        finally:
            connection.close()


# ---- in a process of the installation


def ask(persons: str, each: str) -> None:
    """So many fees of each of these persons."""
    from django.db import transaction

    from pencere import country
    from pencere.base import clock
    from pencere.country.declarations import Payee, Place
    from pencere.payments import actions

    here, now = country.current(), clock.now()
    payee = Payee("treasury", {"az": "Xəzinədarlıq"}, None, {"state_duty": "1"}, here_law(), False, Place("", 0))
    made: dict[str, list[str]] = {}
    for number, person in enumerate(json.loads(persons)):
        for fee in range(int(each)):
            with transaction.atomic():
                payment = actions.request(
                    f"paying:{number}:{fee}", case="K7QF2-9XMZT", person=person, account="", amount=AMOUNT + fee,
                    currency=here.currency, kind="state_duty", payee=payee, title={"az": "Rüsum"}, until=None, now=now,
                )  # fmt: skip
            made.setdefault(person, []).append(payment.id)
    print(json.dumps(made))


def here_law() -> object:
    """Any law of the country: nobody reads it here."""
    from pencere import country

    return next(iter(country.current().services.values())).law[0]


def refund() -> None:
    from django.db import transaction

    from pencere.base import clock
    from pencere.payments import actions
    from pencere.payments.models import Payment

    for key in list(Payment.objects.filter(state="paid").values_list("key", flat=True)):
        with transaction.atomic():
            actions.refund(key, reason="refused", now=clock.now())


def settle(patience: str) -> None:
    """In one process that looks again: what is wrong in the end."""
    until = time.monotonic() + float(patience)
    while True:
        refund()  # of what was paid only now, too; again is once
        judged = judge()
        if not judged["wrong"] or time.monotonic() > until:
            print(json.dumps(judged))
            return
        time.sleep(1)


def judge() -> dict[str, object]:
    """Our tables, our ledger's movements, and the provider's books."""
    from datetime import timedelta

    from pencere.base import clock
    from pencere.payments import provider, queries
    from pencere.payments.models import Movement, Payment

    wrong = [f"{row.key} is {row.state}" for row in Payment.objects.exclude(state="paid")]
    told = Counter((one.key, one.state) for one in queries.settled_since(0, 100_000))
    wrong += [f"{key} was told {state} {times} times" for (key, state), times in told.items() if times > 1]
    wrong += [
        f"{row.key} was not told {state}"
        for row in Payment.objects.all()
        for state in ("paid", "refunded")
        if not told[row.key, state]
    ]
    paid = Counter(Movement.objects.filter(kind="paid").values_list("payment__key", flat=True))
    wrong += [f"{key} was paid {times} times" for key, times in paid.items() if times > 1]
    now = clock.now()
    lines = provider.current().lines(now - timedelta(days=1), now + timedelta(seconds=1))
    books = Counter((line.kind, line.key.removesuffix("-back").rpartition("-")[0]) for line in lines)
    wrong += [f"the provider has {times} lines of {kind} {key}" for (kind, key), times in books.items() if times > 1]
    balance = sum(line.amount if line.kind == "payment" else -line.amount for line in lines)
    if balance:
        wrong.append(f"{balance} are left at the provider")
    returned = sum(line.kind == "refund" for line in lines)
    return {"wrong": wrong[:50], "returned": returned}


def main(words: list[str]) -> None:
    import django

    django.setup()
    {"ask": ask, "refund": refund, "settle": settle}[words[0]](*words[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
