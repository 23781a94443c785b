"""The page of a draft's questions, for somebody who is signed in, against the raw floor on the same tables."""

from __future__ import annotations

from collections.abc import Callable

from tests.bench.measuring import Row, interleaved
from tests.bench.web import Floor, Server, citizens, floor_row, headers_of, web_process
from tests.installation import installation

ROUNDS, READS, GOAL = 7, 100, 30


def run() -> list[Row]:
    with installation() as place:
        place.start(persons=300)
        person = citizens(place, 1)[0]
        with Floor(place, person) as (floor, floor_process, ref):
            ours, theirs = Server(place.url, web_process(place)), Server(floor, floor_process)
            visitor = headers_of(place, person)

            def side(server: Server, path: str) -> Callable[[int], float]:
                def work() -> None:
                    for _ in range(READS):
                        status, body = server.ask("GET", path, headers=visitor)
                        assert status == 200 and b"<form" in body, (status, body[:200])

                return lambda _round: server.cpu(work)

            sides = {"ours": side(ours, f"/en/apply/{ref}/request/"), "floor": side(theirs, f"/form/{ref}")}
            cost = interleaved(sides, ROUNDS)
    return [floor_row("form page of a draft, for a signed-in person", cost, READS, GOAL)]
