"""One of the processes of `test_places.py`: `python -m tests.faults.placing prepare|write|look`.

`write` gives out, takes, releases and ends places at random until its time is over; each line it prints is something
that was acknowledged.
"""

from __future__ import annotations

import json
import random
import sys
import time
from datetime import date

import django

django.setup()

from pencere.base import clock, identifiers  # noqa: E402
from pencere.base.errors import Refused  # noqa: E402
from pencere.country import current  # noqa: E402
from pencere.registers import actions  # noqa: E402
from pencere.registers.models import Hold, RowKey  # noqa: E402

GROUPS, PLACES, AT_ONCE = 12, 5, 3
SINCE = date(2026, 1, 1)


def prepare() -> None:
    rows = [{"group_no": f"g{n}", "name": f"g{n}", "birth_year": 2022, "places": PLACES} for n in range(GROUPS)]
    actions.add_rows("groups", rows, valid_from=SINCE, recorded_by="test", now=clock.now())


def say(what: str, **more: object) -> None:
    print(json.dumps({"what": what, **more}), flush=True)


def send(name: str, row: dict[str, object], key: str, hold: str = "") -> bool:
    """Whether it was taken; a refusal with a reason that cannot be is said."""
    try:
        actions.accept(
            "enrolments", name, row, key=key, valid_from=SINCE, recorded_by="test", now=clock.now(), hold=hold
        )
    except Refused as no:
        if hold or no.rule != "no_free_place":
            say("error", rule=no.rule)
        return False
    return True


def write(seed: int, seconds: float) -> None:
    kind = current().identifiers["mitos"]
    assert kind.check is not None
    chance, until = random.Random(seed), time.monotonic() + seconds
    held: list[tuple[str, str]] = []
    enrolled: list[dict[str, object]] = []

    def person() -> str:
        while True:
            rest = f"{chance.randrange(10**8):08d}"
            if digit := identifiers.check_character(kind.check, f"0{rest}"):  # type: ignore[arg-type]
                return digit + rest

    number = 0
    while time.monotonic() < until:
        number += 1
        key, place, act = f"{seed}-{number}", f"g{chance.randrange(GROUPS)}", chance.random()
        if len(enrolled) > AT_ONCE:
            row = enrolled.pop(0)
            if send("leave", row, key):
                say("left", **row)
        elif held and (act < 0.3 or len(held) > AT_ONCE):
            old, _place = held.pop(0)
            if actions.release(old, clock.now()):
                say("released", key=old)
        elif held and act < 0.5:
            old, place = held.pop()
            row = {"child": person(), "group": place}
            if send("enrol", row, key, hold=old):
                enrolled.append(row)
                say("taken", key=old)
        elif act < 0.65:
            row = {"child": person(), "group": place}
            if send("enrol", row, key):
                enrolled.append(row)
        elif actions.reserve("groups", "place", place, key=key, now=clock.now()) is not None:
            held.append((key, place))
            say("held", key=key)


def look() -> None:
    live = RowKey.objects.filter(field="enrolments.group", row__retired_at=None)
    print(
        json.dumps(
            {
                "holds": [list(each) for each in Hold.objects.values_list("key", "place", "state", "row_id")],
                "rows": [list(each) for each in live.values_list("value", "row_id")],
            }
        )
    )


if __name__ == "__main__":
    what, *words = sys.argv[1:]
    if what == "write":
        write(int(words[0]), float(words[1]))
    else:
        {"prepare": prepare, "look": look}[what]()
