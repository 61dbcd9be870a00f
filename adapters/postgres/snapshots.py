"""Snapshots of long streams in `desk.snapshots`: read together with the events after them, dropped and made at will."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from adapters.postgres.connect import lent
from adapters.postgres.event_log import Pool
from adapters.postgres.units import EVENT_COLUMNS, as_recorded
from adapters.postgres.view_tables import Connection
from application.ports import LogUnavailable, Snapshot
from application.snapshots import EVENTS_MIN
from domain.record import Recorded

LOAD = f"""
    WITH kept AS MATERIALIZED (
        SELECT s.version, s.position, s.state FROM desk.snapshots AS s
        JOIN log.events AS e ON e.stream = s.stream AND e.version = s.version AND e.position = s.position
        WHERE s.stream = %(stream)s AND s.form = %(form)s
    )
    SELECT %(stream)s::uuid AS stream, version, '' AS stored_name, state,
           '' AS region, NULL::uuid AS command_id, position, NULL::timestamptz AS recorded_at, NULL AS case_number
    FROM kept
    UNION ALL
    SELECT {EVENT_COLUMNS} FROM log.events
    WHERE stream = %(stream)s AND version > coalesce((SELECT version FROM kept), 0)
    ORDER BY version
"""
KEEP = """
    INSERT INTO desk.snapshots (stream, form, version, position, state) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (stream) DO UPDATE
    SET form = excluded.form, version = excluded.version, position = excluded.position, state = excluded.state
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot as the operator sees it."""

    stream: UUID
    form: str
    version: int
    size: int


class PostgresSnapshots:
    """Port `Snapshots` over the service's pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def load(self, stream: UUID, form: str) -> tuple[Snapshot | None, Sequence[Recorded]]:
        """Give what is kept of a stream in a form, and the events after it, in one round trip."""
        async with lent(self._pool) as connection:
            rows = await (
                await connection.execute(LOAD.encode(), {"stream": stream, "form": form}, binary=True)
            ).fetchall()
        if rows and rows[0][2] == "":
            _, version, _, state, _, _, position, _, _ = rows[0]
            return Snapshot(version, position, state), [as_recorded(row) for row in rows[1:]]
        return None, [as_recorded(row) for row in rows]

    async def keep(self, stream: UUID, form: str, snapshot: Snapshot) -> None:
        """Keep a state in the place of the one before; when that fails nothing is lost."""
        with suppress(LogUnavailable):
            async with lent(self._pool) as connection:
                await connection.execute(KEEP.encode(), _values(stream, form, snapshot))


def keep(connection: Connection, stream: UUID, form: str, snapshot: Snapshot) -> None:
    """Keep a state in the place of the one before."""
    connection.execute(KEEP.encode(), _values(stream, form, snapshot))


def kept(connection: Connection) -> list[Kept]:
    """Give every snapshot, the longest stream first."""
    rows = connection.execute(
        "SELECT stream, form, version, length(state) FROM desk.snapshots ORDER BY version DESC, stream"
    )
    return [Kept(*row) for row in rows]


def drop(connection: Connection) -> int:
    """Drop every snapshot and give their number."""
    return connection.execute("DELETE FROM desk.snapshots").rowcount


def long_streams(connection: Connection) -> Iterator[UUID]:
    """Give the streams that are worth a snapshot."""
    rows = connection.execute("SELECT stream FROM log.events WHERE version = %s ORDER BY stream", [EVENTS_MIN + 1])
    return (stream for (stream,) in rows)


def _values(stream: UUID, form: str, snapshot: Snapshot) -> list[object]:
    return [stream, form, snapshot.version, snapshot.position, snapshot.state]
