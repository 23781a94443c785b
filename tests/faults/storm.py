"""Citizens send applications while processes of the installation are killed at random; then the oracle judges."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

from tests import tools
from tests.bench.measuring import tree_of
from tests.faults.citizen import Citizen
from tests.faults.journal import Journal
from tests.installation import Installation


@dataclass
class Outcome:
    acknowledged: int = 0
    kills: int = 0
    power_cuts: int = 0
    wrong: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def rage(place: Installation, *, kills: int, citizens: int, seed: int, pause: tuple[float, float] = (0.6, 1.8),
         power_cut_every: int = 5) -> Outcome:  # fmt: skip
    """`kills` of single processes, every fifth time of the whole tree at once. Bounded; ends by itself."""
    chance = random.Random(seed)
    people, journal = citizens_of(place, citizens)
    threads = [threading.Thread(target=person.live, daemon=True) for person in people]
    for thread in threads:
        thread.start()
    outcome = Outcome()
    for number in range(1, kills + 1):
        time.sleep(chance.uniform(*pause))
        if number % power_cut_every == 0:
            place.kill_everything()
            place.start()
            outcome.power_cuts += 1
        else:
            _kill_one(place, chance)
        outcome.kills += 1
    time.sleep(1)
    for person in people:
        person.stopped = True
    place.wait_until_ready()
    for thread in threads:
        thread.join(timeout=90)
    journal.close()
    settle(place)
    outcome.acknowledged = sum(person.sent for person in people)
    outcome.problems = [problem for person in people for problem in person.problems]
    outcome.wrong = judged(place, journal)
    return outcome


def _kill_one(place: Installation, chance: random.Random) -> None:
    assert place.process is not None
    below = [process for process in tree_of(place.process.pid) if process != place.process.pid]
    if below:
        try:
            os.kill(chance.choice(below), signal.SIGKILL)
        except ProcessLookupError:
            return


def citizens_of(place: Installation, number: int) -> tuple[list[Citizen], Journal]:
    """So many people of the installation, signed in, and the journal they write into."""
    journal = Journal(place.data.parent / "journal")
    made = json.loads(inside(place, "tests.faults.sessions", str(number)))
    return [Citizen(place.url, each["session"], each["person"], journal) for each in made], journal


def judged(place: Installation, journal: Journal) -> list[str]:
    """What the oracle finds wrong."""
    found: list[str] = json.loads(inside(place, "tests.faults.oracle", str(journal.path)))
    return found


def settle(place: Installation, seconds: float = 120) -> None:
    """Waits until no job and no case is open, in one process that looks again."""
    inside(place, "tests.faults.oracle", "settle", str(seconds))


def inside(place: Installation, module: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        env=place.environment,
        cwd=tools.REPOSITORY,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{module}: {done.stderr[-3000:]}")
    return done.stdout
