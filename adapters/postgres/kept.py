"""What is asked of the database every few seconds, so that no request has to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import psycopg

from application.ports import LogUnavailable

T = TypeVar("T")


@asynccontextmanager
async def kept(read: Callable[[], Awaitable[T]], *, every_seconds: float) -> AsyncIterator[Callable[[], T]]:
    """Give what was read some seconds ago at most; while the database is away, what was read last."""
    found = await read()

    async def keep() -> None:
        nonlocal found
        while True:
            await asyncio.sleep(every_seconds)
            with suppress(psycopg.Error, LogUnavailable):
                found = await read()

    async with asyncio.TaskGroup() as tasks:
        keeping = tasks.create_task(keep())
        yield lambda: found
        keeping.cancel()
