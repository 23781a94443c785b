"""Eight processes give out, hold, release and take places at once, some are killed: no place is given out twice.

The default suite gives them four seconds; `make prove` a minute. What each process was told stands in its journal, and
the oracle compares it with the tables: a place never has more holds and rows than it has places, and nothing that was
acknowledged is lost.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from pencere.registers.tests.strange import folder
from tests import tools
from tests.installation import Installation, installation

SECONDS = float(os.environ.get("PLACES_SECONDS", "4"))
WRITERS, GROUPS, PLACES = 8, 12, 5  # the last two as in placing.py
pytestmark = pytest.mark.faults


def _process(place: Installation, *words: str) -> subprocess.Popen[str]:
    environment = place.environment | {"DJANGO_SETTINGS_MODULE": "pencere.conf.settings"}
    command = [sys.executable, "-m", "tests.faults.placing", *words]
    return subprocess.Popen(command, env=environment, cwd=tools.REPOSITORY, stdout=subprocess.PIPE, text=True)


def _said(journal: str) -> list[dict[str, str]]:
    """The lines that a process wrote whole; the last may be cut by its death."""
    return [json.loads(line) for line in journal.splitlines() if line.endswith("}")]


def storm(place: Installation, seconds: float) -> tuple[list[dict[str, str]], dict[str, list[list[object]]]]:
    """What the processes were told, and what the tables hold in the end. Every second one is killed."""
    assert _process(place, "prepare").wait() == 0
    chance, started, journals = random.Random(7), 0, []
    until = time.monotonic() + seconds
    running: list[subprocess.Popen[str]] = []
    while time.monotonic() < until:
        while len(running) < WRITERS:
            started += 1
            running.append(_process(place, "write", str(started), str(until - time.monotonic() + 1)))
        time.sleep(1)
        if until - time.monotonic() > 1.5:
            victim = running.pop(chance.randrange(len(running)))
            victim.kill()
            journals.append(victim.communicate()[0])
    for writer in running:
        journals.append(writer.communicate(timeout=120)[0])
        assert writer.returncode == 0
    seen = json.loads(_process(place, "look").communicate()[0])
    return [line for journal in journals for line in _said(journal)], seen


def judged(told: list[dict[str, str]], seen: dict[str, list[list[object]]]) -> list[str]:
    """What is wrong; empty if all is well."""
    wrong = [f"refused without reason: {line}" for line in told if line["what"] == "error"]
    used: dict[object, int] = defaultdict(int)
    states = {key: (place, state) for key, place, state, _row in seen["holds"]}
    for place, state in states.values():
        used[place] += state == "held"
    for place, _row in seen["rows"]:
        used[place] += 1
    wrong += [f"{place} was given out {count} times" for place, count in used.items() if count > PLACES]
    last = {line["key"]: line for line in told if line["what"] in ("held", "released", "taken")}
    for key, line in last.items():
        state = states.get(key, (None, "nowhere"))[1]
        # a process may die between what it did and what it said: what was held may be released or taken by now
        allowed = {"held": {"held", "released", "taken"}, "released": {"released"}, "taken": {"taken"}}[line["what"]]
        if state not in allowed:
            wrong.append(f"{key} was {line['what']} and is {state}")
    rows = [row for _place, row in seen["rows"]]
    taken_by = [row for _key, _place, state, row in seen["holds"] if state == "taken"]
    if len(set(taken_by)) != len(taken_by):
        wrong.append("one row took two holds")
    if len(set(rows)) != len(rows):
        wrong.append("a row stands in two groups")
    return wrong


def test_no_place_is_given_out_twice_while_processes_write_and_die():
    with installation(more={"PENCERE_COUNTRY": str(folder())}) as place:
        place.command("migrate")

        told, seen = storm(place, SECONDS)

        assert judged(told, seen) == []
        assert len([line for line in told if line["what"] == "held"]) > GROUPS
        assert [line for line in told if line["what"] == "taken"]


def test_the_oracle_sees_a_place_that_was_given_out_twice(tmp_path: Path):
    holds = [[f"k{n}", "g1", "held", None] for n in range(PLACES + 1)]

    assert judged([], {"holds": holds, "rows": []}) == [f"g1 was given out {PLACES + 1} times"]
    assert judged([{"what": "released", "key": "k0"}], {"holds": holds[:1], "rows": []}) == [
        "k0 was released and is held"
    ]
    assert judged([{"what": "taken", "key": "z"}], {"holds": [], "rows": []}) == ["z was taken and is nowhere"]
