"""Connections: one pool per role. Every connection takes its role first."""

from __future__ import annotations

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

POOL_SIZE_MAX = 10
POOL_WAIT_SECONDS_MAX = 5.0
CONNECT_SECONDS_MAX = 5


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
            "options": "-c plan_cache_mode=force_generic_plan",
        },
        open=False,
    )


async def _as_service(connection: psycopg.AsyncConnection[TupleRow]) -> None:
    await connection.execute("SET ROLE jejak_service")
    await connection.execute("SET TIME ZONE 'UTC'")


def connect(url: str, role: str | None = None) -> psycopg.Connection[TupleRow]:
    """Give a blocking connection, as a role when one is named, as the owner otherwise."""
    connection = psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS_MAX)
    if role is not None:
        connection.execute(f"SET ROLE {role}".encode())
    connection.execute("SET TIME ZONE 'UTC'")
    return connection
