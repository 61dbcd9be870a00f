"""Connections: one pool per role. Every connection takes its role first."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from application.ports import LogUnavailable

CALL_SECONDS_MAX = 5.0
POOL_SIZE_MAX = 10
POOL_WAIT_SECONDS_MAX = 5.0
CONNECT_SECONDS_MAX = 5
STATEMENT_MS_MAX = 4_500  # below the client's own deadline: a refusal by the server is a known outcome
TRANSACTION_MS_MAX = 5_000  # who falls silent between EXECUTE and SYNC would hold the log's lock, and no statement runs


def service_pool(url: str, *, size_max: int = POOL_SIZE_MAX) -> AsyncConnectionPool[psycopg.AsyncConnection[TupleRow]]:
    """Give the pool of the service role, not yet open."""
    return AsyncConnectionPool(
        url,
        min_size=1,
        max_size=size_max,
        timeout=POOL_WAIT_SECONDS_MAX,
        configure=_as_service,
        kwargs={
            "autocommit": True,
            "connect_timeout": CONNECT_SECONDS_MAX,
            "options": "-c plan_cache_mode=force_generic_plan"
            f" -c statement_timeout={STATEMENT_MS_MAX} -c transaction_timeout={TRANSACTION_MS_MAX}",
        },
        open=False,
    )


async def _as_service(connection: psycopg.AsyncConnection[TupleRow]) -> None:
    with cut_off(connection, seconds_max=CALL_SECONDS_MAX):  # else a mute server keeps a place of the pool for ever
        await connection.execute("SET ROLE jejak_service")
        await connection.execute("SET TIME ZONE 'UTC'")


@asynccontextmanager
async def lent(
    pool: AsyncConnectionPool[psycopg.AsyncConnection[TupleRow]],
) -> AsyncIterator[psycopg.AsyncConnection[TupleRow]]:
    """Lend a connection; waiting for it and using it take no longer than one call may. Raises LogUnavailable."""
    ends = asyncio.get_running_loop().time() + CALL_SECONDS_MAX
    try:
        async with pool.connection(CALL_SECONDS_MAX) as connection:
            with cut_off(connection, seconds_max=ends - asyncio.get_running_loop().time()):
                yield connection
    except (psycopg.OperationalError, psycopg.InterfaceError) as away:
        raise LogUnavailable from away


@contextmanager
def cut_off(connection: psycopg.AsyncConnection[Any], *, seconds_max: float) -> Iterator[None]:
    """End the connection when the block takes longer; what waits for it then fails with OperationalError at once.

    Cancelling instead would have psycopg ask the server, and a mute server is waited for twice five seconds more.
    """
    timer = asyncio.get_running_loop().call_later(seconds_max, _shut, connection)
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def cut_off_blocking(connection: psycopg.Connection[Any], seconds_max: float) -> Iterator[None]:
    """End a blocking connection when the block takes longer; what waits for it then fails with OperationalError."""
    timer = threading.Timer(seconds_max, _shut, [connection])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(connection: psycopg.AsyncConnection[Any] | psycopg.Connection[Any]) -> None:
    if not connection.closed:
        with socket.socket(fileno=os.dup(connection.pgconn.socket)) as line:
            line.shutdown(socket.SHUT_RDWR)


def connect(url: str, role: str | None = None) -> psycopg.Connection[TupleRow]:
    """Give a blocking connection, as a role when one is named, as the owner otherwise."""
    connection = psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS_MAX)
    if role is not None:
        connection.execute(f"SET ROLE {role}".encode())
    connection.execute("SET TIME ZONE 'UTC'")
    return connection
