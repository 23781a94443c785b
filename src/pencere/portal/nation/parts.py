"""Makes the parts of a nation in as many processes as there are processors, and hands them over in their order.

Each process makes every so-manieth part and packs its rows; it goes on to the next part while the last one is read, so
there are never more than two parts of a process in memory, however large the nation is. Whatever the number of
processes, the same comes out. Processes are forked: they know the plan and the country, and touch no database.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from multiprocessing.connection import Connection
from typing import NamedTuple

from pencere.base.collecting import putting_off_collection
from pencere.country.declarations import Country
from pencere.exchange import actions as exchange
from pencere.identity.demo_provider.people import Person
from pencere.portal.nation import generate, who
from pencere.portal.nation.generate import Part, World
from pencere.portal.nation.going_on import News
from pencere.portal.nation.guide import Line
from pencere.portal.nation.plan import Plan
from pencere.registers.actions import Packer
from pencere.registers.queries import plain

IDS_OF_A_PART = 1_000_000
"""Ids that a part may use up, so that each knows its own."""
SHOWN_PARTS = 4
"""Persons of so many parts may sign in at the demo's provider, which keeps all of them in memory."""


class Packed(NamedTuple):
    """One part: its rows packed, whether they are kept here; and who is who, where the part is shown."""

    persons: int
    rows: int
    blocks: list[tuple[bool, bytes]]
    news: list[News]
    lines: list[Line]
    signing_in: list[tuple[tuple[int, int], Person]]  # in which place they are shown


@dataclass(frozen=True, slots=True)
class Job:
    """What a process needs to know to make any part."""

    plan: Plan
    world: World
    country: Country
    sizes: tuple[int, ...]
    seed: int
    today: date
    here: Packer
    elsewhere: Packer
    first_id: int
    write: who.Write
    signing_in: Callable[[Plan, Part, Iterable[who.Found]], list[tuple[tuple[int, int], Person]]]
    lines: Callable[[Iterable[who.Found], Part], list[Line]]


def packed(job: Job, processes: int) -> Iterator[Packed]:
    """All parts, in order."""
    numbers = range(len(job.sizes))
    processes = min(processes, len(numbers))
    if processes < 2:
        yield from map(partial(one, job), numbers)
        return
    forking = multiprocessing.get_context("fork")
    links: list[Connection] = []
    workers = []
    try:
        for first in range(processes):
            receiver, sender = forking.Pipe(duplex=False)
            worker = forking.Process(target=_work, args=(job, numbers[first::processes], sender, receiver), daemon=True)
            worker.start()
            sender.close()
            links.append(receiver)
            workers.append(worker)
        for number in numbers:
            try:
                yield links[number % processes].recv()
            except EOFError:
                raise RuntimeError(f"part {number} of the nation was not made") from None
    finally:
        for link in links:
            link.close()
        for worker in workers:
            worker.join(timeout=0.2)
            worker.kill()
            worker.join()


def processors() -> int:
    """How many processes can work at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _work(job: Job, numbers: range, sender: Connection, receiver: Connection) -> None:
    receiver.close()
    try:
        for number in numbers:
            sender.send(one(job, number))
    except BrokenPipeError:
        pass  # nobody wants the rest
    sender.close()


def one(job: Job, number: int) -> Packed:
    """One part, made and packed. What it makes holds no circles, and looking for some would take most of the time."""
    with putting_off_collection():
        return _one(job, number)


def _one(job: Job, number: int) -> Packed:
    part = generate.make(
        job.plan, job.world, persons=job.sizes[number], seed=job.seed, today=job.today, part=number,
        parts=len(job.sizes),
    )  # fmt: skip
    shown = number < SHOWN_PARTS
    found = tuple(who.find(job.plan, part, job.write)) if number == 0 else ()
    blocks: list[tuple[bool, bytes]] = []
    news: list[News] = []
    rows = 0
    next_id = {True: job.first_id + number * IDS_OF_A_PART, False: 1 + number * IDS_OF_A_PART}
    last = {here: first + IDS_OF_A_PART for here, first in next_id.items()}
    for rule in job.plan.registers:
        register = job.country.registers.get(rule.register)
        if register is None:
            continue
        made = rule.rows(part.making, part.things.get(rule.each, ()))
        if rule.told:
            news += [News(rule.register, {name: plain(row[name]) for name in row}) for row, _since, _until in made]
            continue
        here = register.kept == "here"
        block = (job.here if here else job.elsewhere).pack(rule.register, made, next_id[here])
        if block is None:
            continue
        next_id[here] = block.last + 1
        if next_id[here] > last[here]:
            raise ValueError(f"more than {IDS_OF_A_PART:,} rows of a part")
        rows += block.count
        blocks.append((here, exchange.pack(block)))
    signing_in = job.signing_in(job.plan, part, found) if shown else []
    return Packed(len(part.persons), rows, blocks, news, job.lines(found, part), signing_in)
