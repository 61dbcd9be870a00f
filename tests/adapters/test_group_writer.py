"""Units that arrive together share a call, and each gets its own answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest

from adapters.postgres import group_writer
from adapters.postgres.event_log import Pool, PostgresEventLog
from application.ports import (
    AlreadyDone,
    Claim,
    ClaimTaken,
    LogUnavailable,
    OutcomeUnknown,
    ReceiptKey,
    StaleStream,
    Unit,
    Written,
)
from tests.adapters.test_event_log import a_unit
from tests.scenarios import ANI


async def at_once(log: PostgresEventLog, units: list[Unit]) -> list[Any]:
    return await asyncio.gather(*(log.append(unit) for unit in units), return_exceptions=True)


def stream_of(unit: Unit) -> UUID:
    return unit.events[0].originator_id


async def test_what_arrives_together_is_written_together(pool: Pool) -> None:
    done = await at_once(PostgresEventLog(pool), [a_unit() for _ in range(60)])
    assert sorted(written.first_position for written in done) == list(range(1, 61))
    async with pool.connection() as connection:
        cursor = await connection.execute("SELECT count(DISTINCT xmin::text) FROM log.events")
        assert await cursor.fetchone() == (2,), "one half while the other is prepared"


async def test_a_few_that_wait_share_one_call(pool: Pool) -> None:
    await at_once(PostgresEventLog(pool), [a_unit() for _ in range(3)])
    async with pool.connection() as connection:
        cursor = await connection.execute("SELECT count(DISTINCT xmin::text) FROM log.events")
        assert await cursor.fetchone() == (1,)


async def test_a_stale_unit_fails_alone(pool: Pool) -> None:
    log = PostgresEventLog(pool)
    there = await log.append(a_unit())
    late = a_unit(there.ranges[0].stream)
    found = await at_once(log, [a_unit(), late, a_unit(), late])
    assert [type(one) for one in found] == [Written, StaleStream, Written, StaleStream]
    assert await log.head() == 3


async def test_units_that_meet_go_one_after_the_other(pool: Pool) -> None:
    log, first = PostgresEventLog(pool), a_unit()
    stream = stream_of(first)
    key = ReceiptKey(ANI, "sekali", b"1")
    reads_it = replace(a_unit(), reads={stream: 3})
    found = await at_once(
        log,
        [
            first,
            a_unit(stream, 2),
            a_unit(stream, 3),
            reads_it,
            a_unit(receipt=key),
            a_unit(receipt=key),
            *(replace(one, claims=(Claim("title", "KA", "sama", stream_of(one)),)) for one in (a_unit(), a_unit())),
        ],
    )
    assert [type(one) for one in found] == [*[Written] * 5, AlreadyDone, Written, ClaimTaken]


async def test_a_unit_nobody_can_write_fails_alone(pool: Pool) -> None:
    broken = a_unit()
    broken = replace(broken, events=(replace(broken.events[0], region="\x00"),))
    found = await at_once(PostgresEventLog(pool), [a_unit(), broken, a_unit()])
    assert isinstance(found[1], psycopg.DataError)
    assert [type(found[n]) for n in (0, 2)] == [Written, Written]


async def test_a_full_queue_takes_no_more(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_writer, "QUEUE_MAX", 5)
    log = PostgresEventLog(pool)
    found = await at_once(log, [a_unit() for _ in range(8)])
    assert [type(one) for one in found] == [Written] * 5 + [LogUnavailable] * 3
    assert isinstance(await log.append(a_unit()), Written)


async def test_when_the_server_ends_the_call_nothing_was_written(pool: Pool) -> None:
    log, units = PostgresEventLog(pool), [a_unit() for _ in range(300)]
    async with pool.connection() as connection:
        await connection.execute("SELECT pg_advisory_lock(7204301)")
        waiting = asyncio.create_task(at_once(log, units))
        await asyncio.sleep(0.3)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND wait_event = 'advisory'"
        )
        found = await waiting
        await connection.execute("SELECT pg_advisory_unlock(7204301)")
    assert [type(one) for one in found] == [LogUnavailable] * 300
    assert await log.head() == 0
    assert isinstance(await log.append(units[0]), Written)


async def test_after_an_error_of_ours_the_others_still_get_their_answer(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, first = PostgresEventLog(pool), a_unit()
    call, calls = log._writer._call, 0

    async def broken_once(units: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError
        return await call(units)

    monkeypatch.setattr(log._writer, "_call", broken_once)
    found = await at_once(log, [first, a_unit(stream_of(first), 2), a_unit(stream_of(first), 1)])
    assert [type(one) for one in found] == [OutcomeUnknown, StaleStream, Written]
