"""A line that swallows the log's answer, or falls silent: what the caller is told, and how soon."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from time import monotonic
from uuid import uuid4

import pytest

from adapters.postgres import connect
from adapters.postgres.connect import service_pool
from adapters.postgres.event_log import Pool, PostgresEventLog
from application.ports import AlreadyDone, LogUnavailable, OutcomeUnknown, ReceiptKey
from tests.adapters.test_event_log import a_unit
from tests.lines import Line, line_to_database
from tests.scenarios import ANI


@asynccontextmanager
async def a_line(url: str) -> AsyncIterator[tuple[Line, Pool]]:
    async with line_to_database(url) as (line, weak), service_pool(weak) as pool:
        yield line, pool


async def test_an_answer_lost_after_commit_is_settled_by_the_key(database_url: str, pool: Pool) -> None:
    unit = a_unit(receipt=ReceiptKey(ANI, "lost", b"x"))
    async with a_line(database_url) as (line, weak):
        log = PostgresEventLog(weak)
        await log.append(a_unit())
        line.swallow = True
        with pytest.raises(OutcomeUnknown):
            await log.append(unit)

    with pytest.raises(AlreadyDone) as again:
        await PostgresEventLog(pool).append(replace(unit, command_id=uuid4()))
    assert again.value.written.command_id == unit.command_id
    assert await PostgresEventLog(pool).head() == 2


@pytest.mark.parametrize("sends", [True, False])
async def test_a_mute_line_is_left_at_the_deadline(
    database_url: str, monkeypatch: pytest.MonkeyPatch, *, sends: bool
) -> None:
    monkeypatch.setattr(connect, "CALL_SECONDS_MAX", 0.3)
    async with a_line(database_url) as (line, pool):
        log = PostgresEventLog(pool)
        await log.append(a_unit())
        line.mute = True
        began = monotonic()
        with pytest.raises(OutcomeUnknown if sends else LogUnavailable):
            await (log.append(a_unit()) if sends else log.head())
        assert monotonic() - began < 1


async def test_without_a_connection_nothing_was_sent(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "CALL_SECONDS_MAX", 0.2)
    async with service_pool(database_url, size_max=1) as pool, pool.connection():
        with pytest.raises(LogUnavailable):
            await PostgresEventLog(pool).append(a_unit())
