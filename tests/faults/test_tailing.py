"""Eight group writers of several processes and readers at the tail: nothing missed, nothing out of order."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from multiprocessing.queues import SimpleQueue
from uuid import UUID, uuid4

from adapters.postgres.connect import service_pool
from adapters.postgres.event_log import Pool, PostgresEventLog
from application.ports import AppendRefused, Claim, ReceiptKey, Unit
from tests.adapters.test_event_log import a_unit
from tests.faults.conftest import Tier
from tests.faults.what_holds import log_is_dense
from tests.scenarios import ANI

PROCESSES, WRITERS, CALLERS, READERS = 2, 4, 4, 3
"""Of each process its group writers, and of each of these those who share its calls."""
CONNECTIONS_EACH = 2
PAGE_SIZES = (10, 100, 500)
JOIN_SECONDS_MAX = 60.0


@dataclass(frozen=True)
class Report:
    """What one process wrote, as its callers were told, and how many units were refused."""

    ranges: Sequence[tuple[int, int]]
    refused: int


async def test_readers_at_the_tail_miss_nothing_of_eight_group_writers(
    pool: Pool, database_url: str, tier: Tier, chance: random.Random
) -> None:
    spawn = multiprocessing.get_context("spawn")
    reports: SimpleQueue[Report] = spawn.SimpleQueue()
    processes = [
        spawn.Process(target=write_for, args=[database_url, tier.tailing_seconds, chance.random(), reports])
        for _ in range(PROCESSES)
    ]
    finished = asyncio.Event()
    readers = [asyncio.create_task(tail(pool, PAGE_SIZES[n % len(PAGE_SIZES)], finished)) for n in range(READERS)]
    for process in processes:
        process.start()
    told = [await asyncio.to_thread(reports.get) for _ in processes]
    for process in processes:
        await asyncio.to_thread(process.join, JOIN_SECONDS_MAX)
    finished.set()
    seen = await asyncio.gather(*readers)
    head = log_is_dense(database_url)
    refused = sum(report.refused for report in told)
    print(f"R16 {head} events, {refused} units refused, {PROCESSES * WRITERS} group writers in {PROCESSES} processes")
    written = sorted(
        position for report in told for first, last in report.ranges for position in range(first, last + 1)
    )
    assert written == list(range(1, head + 1)), "each position was told to one writer"
    assert refused
    for positions in seen:
        assert positions == list(range(1, head + 1)), "missed, or out of order"


async def tail(pool: Pool, page_size: int, finished: asyncio.Event) -> list[int]:
    """Follow the log by position until it is finished, and give the positions as they came."""
    log, seen = PostgresEventLog(pool), list[int]()
    while True:
        last_look = finished.is_set()
        page = await log.page(after=seen[-1] if seen else 0, limit=page_size)
        seen += [event.position for event in page]
        if last_look and not page:
            return seen


def write_for(url: str, seconds: float, seed: float, reports: SimpleQueue[Report]) -> None:
    """Be one process of writers, and report."""
    reports.put(asyncio.run(_write_for(url, seconds, random.Random(seed))))


async def _write_for(url: str, seconds: float, chance: random.Random) -> Report:
    ranges, refused = list[tuple[int, int]](), 0
    until = asyncio.get_running_loop().time() + seconds

    async def write(log: PostgresEventLog, known: list[UUID]) -> None:
        nonlocal refused
        while asyncio.get_running_loop().time() < until:
            try:
                written = await log.append(some_unit(known, chance))
            except AppendRefused:
                refused += 1
            else:
                ranges.append((written.first_position, written.last_position))
                known.append(written.ranges[0].stream)

    async with AsyncExitStack() as stack:
        callers = []
        for _ in range(WRITERS):
            log = PostgresEventLog(await stack.enter_async_context(service_pool(url, size_max=CONNECTIONS_EACH)))
            known = list[UUID]()
            callers += [write(log, known) for _ in range(CALLERS)]
        await asyncio.gather(*callers)
    return Report(ranges, refused)


def some_unit(known: list[UUID], chance: random.Random) -> Unit:
    """Give a unit of one to three events; some are stale, some were sent before, some want what another has."""
    stream = uuid4()
    unit = a_unit(stream, events=chance.randrange(1, 4))
    match chance.randrange(12):
        case 0 if known:
            return a_unit(chance.choice(known))
        case 1:
            return replace(unit, receipt=ReceiptKey(ANI, f"key {chance.randrange(500)}", b"x" * 32))
        case 2:
            return replace(unit, claims=(Claim("title", "KA", f"title {chance.randrange(500)}", stream),))
        case _:
            return unit
