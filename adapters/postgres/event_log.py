"""The event log on the request path: asynchronous, durable before it answers, never waiting for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from adapters.postgres.connect import lent
from adapters.postgres.group_writer import GroupWriter, Verdict
from adapters.postgres.units import (
    EVENT_COLUMNS,
    SELECT_RECEIPT,
    Prepared,
    append_group,
    as_recorded,
    select_claimed,
    written,
)
from application.ports import KeyReused, OutcomeUnknown, ReceiptKey, Unit, Written
from domain.record import Recorded

Pool = AsyncConnectionPool[psycopg.AsyncConnection[TupleRow]]

SELECT_AFTER = f"""
    SELECT {EVENT_COLUMNS} FROM unnest(%s::uuid[], %s::integer[]) AS known (id, seen)
    JOIN LATERAL (SELECT * FROM log.events WHERE stream = known.id AND version > known.seen) AS after ON true
    ORDER BY stream, version
"""


class PostgresEventLog:
    """Port `EventLog` over an asynchronous pool of the service role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._writer = GroupWriter(self._append_group)
        self.seen_up_to = 0  # the highest position this process knows of

    async def append(self, unit: Unit) -> Written:
        """Write one unit, together with whatever else is waiting."""
        written = await self._writer.append(unit)
        self.seen_up_to = max(self.seen_up_to, written.last_position)
        return written

    async def _append_group(self, units: Sequence[Prepared]) -> list[Verdict]:
        """Write units in one autocommit call and give the verdicts."""
        async with lent(self._pool) as connection:
            try:
                statement, arguments = append_group(units)
                cursor = await connection.execute(statement.encode(), arguments)
                return await cursor.fetchall()
            except (psycopg.OperationalError, psycopg.InterfaceError) as lost:
                if connection.closed:
                    raise OutcomeUnknown from lost
                raise  # the server itself said no: nothing was written

    async def load(self, stream: UUID, *, after: int = 0, up_to: int | None = None) -> Sequence[Recorded]:
        """Give the events of a stream with `after` < version <= `up_to`, oldest first."""
        rows = await self._rows(
            f"SELECT {EVENT_COLUMNS} FROM log.events"
            " WHERE stream = %s AND version > %s AND version <= %s ORDER BY version",
            [stream, after, 2**31 - 1 if up_to is None else up_to],
        )
        return [as_recorded(row) for row in rows]

    async def load_after(self, versions: Mapping[UUID, int]) -> Sequence[Recorded]:
        """Give the events of several streams, each after a version, oldest first in each."""
        rows = await self._rows(SELECT_AFTER, [list(versions), list(versions.values())])
        return [as_recorded(row) for row in rows]

    async def load_until(self, stream: UUID, *, position: int) -> Sequence[Recorded]:
        """Give the events of a stream up to a position of the log."""
        rows = await self._rows(
            f"SELECT {EVENT_COLUMNS} FROM log.events WHERE stream = %s AND position <= %s ORDER BY version",
            [stream, position],
        )
        return [as_recorded(row) for row in rows]

    async def page(self, *, after: int, limit: int) -> Sequence[Recorded]:
        """Give up to `limit` events of the whole log after a position."""
        rows = await self._rows(
            f"SELECT {EVENT_COLUMNS} FROM log.events WHERE position > %s ORDER BY position LIMIT %s", [after, limit]
        )
        return [as_recorded(row) for row in rows]

    async def receipt(self, key: ReceiptKey) -> Written | None:
        """Give what was written under a key; raises KeyReused when the request differs."""
        rows = await self._rows(SELECT_RECEIPT, [key.person, key.key])
        if not rows:
            return None
        request_hash, detail = rows[0]
        if bytes(request_hash) != key.request_hash:
            raise KeyReused
        return written(detail)

    async def claimed(self, kind: str, scope: str, value: str | None = None) -> frozenset[str]:
        """Give what is held of a kind in a scope: every value, or the one asked for."""
        return frozenset(row[0] for row in await self._rows(*select_claimed(kind, scope, value)))

    async def position_at(self, moment: datetime) -> int:
        """Give the last position recorded at or before a moment; ValueError for the future."""
        try:
            rows = await self._rows("SELECT log.position_at(%s)", [moment])
        except psycopg.errors.DatabaseError as error:
            if error.sqlstate == "JJ002":
                raise ValueError("the moment lies in the future") from error
            raise
        return int(rows[0][0])

    async def head(self) -> int:
        """Give the last position of the log."""
        rows = await self._rows("SELECT coalesce(max(position), 0) FROM log.events", [])
        self.seen_up_to = max(self.seen_up_to, rows[0][0])
        return int(rows[0][0])

    async def _rows(self, query: str, parameters: list[Any]) -> list[TupleRow]:
        async with lent(self._pool) as connection:
            cursor = await connection.execute(query.encode(), parameters, binary=True)
            return await cursor.fetchall()
