"""Connections: one pool per role. Every connection comes up in its role, and no peer that falls silent keeps it."""

from __future__ import annotations

import asyncio
import os
import select
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from application.ports import LogUnavailable

CALL_SECONDS_MAX = 5.0
POOL_SIZE_MAX = 10
POOL_WAIT_SECONDS_MAX = 5.0
CONNECT_SECONDS_MAX = 5
STATEMENT_MS_MAX = 4_500  # below the client's own deadline: a refusal by the server is a known outcome
TRANSACTION_MS_MAX = 5_000  # who falls silent between EXECUTE and SYNC would hold the log's lock, and no statement runs

LINE: Mapping[str, int] = {
    "connect_timeout": CONNECT_SECONDS_MAX,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}
"""When we give up a server that is gone."""
SESSION: Mapping[str, str | int] = {
    "timezone": "UTC",
    "tcp_keepalives_idle": 5,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}
"""When the server gives us up: who leads without being there would keep the others from leading."""


def service_pool(url: str, *, size_max: int = POOL_SIZE_MAX) -> AsyncConnectionPool[psycopg.AsyncConnection[TupleRow]]:
    """Give the pool of the service role, not yet open."""
    limits = {"statement_timeout": STATEMENT_MS_MAX, "transaction_timeout": TRANSACTION_MS_MAX}
    return AsyncConnectionPool(
        _address(url, role="jejak_service", plan_cache_mode="force_generic_plan", **limits),
        min_size=1,
        max_size=size_max,
        timeout=POOL_WAIT_SECONDS_MAX,
        reconnect_timeout=POOL_WAIT_SECONDS_MAX,  # it waits twice as long before every try; who asks begins anew
        kwargs={"autocommit": True},
        open=False,
    )


@asynccontextmanager
async def lent(
    pool: AsyncConnectionPool[psycopg.AsyncConnection[TupleRow]], *, seconds_max: float | None = None
) -> AsyncIterator[psycopg.AsyncConnection[TupleRow]]:
    """Lend a connection; waiting for it and using it take no longer than one call may. Raises LogUnavailable."""
    clock = asyncio.get_running_loop().time
    ends = clock() + (CALL_SECONDS_MAX if seconds_max is None else seconds_max)
    try:
        while True:
            async with pool.connection(ends - clock()) as connection:
                if _hung_up(connection):
                    await connection.close()  # the pool makes another
                    continue
                with cut_off(connection, seconds_max=ends - clock()):
                    yield connection
                return
    except (psycopg.OperationalError, psycopg.InterfaceError) as away:
        raise LogUnavailable from away


def _hung_up(connection: psycopg.AsyncConnection[Any]) -> bool:
    """Tell whether the server has ended a connection: only then is there an answer to what nobody asked."""
    line = select.poll()
    line.register(connection.pgconn.socket, select.POLLIN)
    return bool(line.poll(0))


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


def connect(url: str, role: str | None = None, **settings: str | int) -> psycopg.Connection[TupleRow]:
    """Give a blocking connection, as a role when one is named, as the owner otherwise; with settings of its session."""
    named = {} if role is None else {"role": role}
    return psycopg.connect(_address(url, **named, **settings), autocommit=True)


def _address(url: str, **settings: str | int) -> str:
    """Give an address with the limits of the line, unless it names its own, and the settings of the session."""
    named: dict[str, Any] = {**LINE, **conninfo_to_dict(url)}
    ours = [f"-c {name}={value}" for name, value in {**SESSION, **settings}.items()]
    return make_conninfo(**{**named, "options": " ".join([named.get("options", ""), *ours])})
