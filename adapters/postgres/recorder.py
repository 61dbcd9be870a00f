"""The library's recorder over `append_group`: the synchronous way into the same log, giving the same bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.persistence import ApplicationRecorder, Notification, ProgrammingError, StoredEvent
from psycopg.rows import TupleRow

from adapters.postgres.groups import next_group
from adapters.postgres.units import (
    APPEND_SCRIPTED,
    EVENT_COLUMNS,
    SELECT_RECEIPT,
    Prepared,
    append_group,
    as_arrays,
    as_event,
    select_claimed,
    settled,
    written,
)
from application.codec import LogEvent
from application.ports import KeyReused, LogUnavailable, OutcomeUnknown, ReceiptKey, Unit, Written


class LogRecorder(ApplicationRecorder):
    """Reads and writes the log on one blocking connection."""

    def __init__(self, connection: psycopg.Connection[TupleRow]) -> None:
        self._connection = connection
        self.scripted_at: datetime | None = None
        self.last_written: Written | None = None

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Write one unit (`unit=`) and give its positions; raises AppendRefused and writes nothing otherwise."""
        self.last_written = done = self.append(kwargs["unit"])
        return range(done.first_position, done.last_position + 1)

    def append(self, unit: Unit) -> Written:
        """Write one unit, at the scripted moment when one is set."""
        return self.append_all([unit])[0]

    def append_all(self, units: Sequence[Unit]) -> list[Written]:
        """Write units that do not meet, all or none, in one call; the first refusal is raised."""
        return self._write([Prepared.of(unit) for unit in units])

    def append_in_groups(self, units: Iterable[Unit]) -> None:
        """Write units that may meet, in as few calls as keep those apart; the first refusal is raised."""
        queue = deque(Prepared.of(unit) for unit in units)
        while queue:
            self._write(next_group(queue, lambda prepared: prepared))

    def _write(self, prepared: Sequence[Prepared]) -> list[Written]:
        statement, arguments = append_group(prepared)
        if self.scripted_at is not None:
            statement, arguments = APPEND_SCRIPTED, [self.scripted_at.isoformat(), *as_arrays(prepared)]
        try:
            verdicts = self._connection.execute(statement.encode(), arguments).fetchall()
        except (psycopg.OperationalError, psycopg.InterfaceError) as lost:
            raise (OutcomeUnknown if self._connection.closed else LogUnavailable) from lost
        return [settled(prepared[n - 1].unit, verdict, detail) for n, verdict, detail in verdicts]

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[LogEvent]:
        """Give the events of a stream."""
        order = "DESC" if desc else "ASC"
        rows = self._connection.execute(
            f"SELECT {EVENT_COLUMNS} FROM log.events WHERE stream = %s AND version > %s AND version <= %s"
            f" ORDER BY version {order} LIMIT %s".encode(),
            [originator_id, gt or 0, 2**31 - 1 if lte is None else lte, limit],
        )
        return [as_event(row) for row in rows]

    def page(self, *, after: int, limit: int, up_to: int | None = None) -> list[LogEvent]:
        """Give up to `limit` events of the whole log after a position."""
        rows = self._connection.execute(
            f"SELECT {EVENT_COLUMNS} FROM log.events WHERE position > %s AND position <= %s"
            " ORDER BY position LIMIT %s".encode(),
            [after, 2**62 if up_to is None else up_to, limit],
        )
        return [as_event(row) for row in rows]

    def pages(self, *, after: int = 0, up_to: int | None = None, size: int = 5_000) -> Iterator[list[LogEvent]]:
        """Give the log page by page."""
        while page := self.page(after=after, limit=size, up_to=up_to):
            yield page
            after = page[-1].position

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Give events of the whole log as the library's notifications."""
        rows = self._connection.execute(
            f"SELECT {EVENT_COLUMNS} FROM log.events WHERE position > %s AND position <= %s"
            " AND (%s::text[] IS NULL OR stored_name = ANY(%s::text[])) ORDER BY position LIMIT %s".encode(),
            [
                (start or 0) - (1 if inclusive_of_start and start else 0),
                2**62 if stop is None else stop,
                *[list(topics) or None] * 2,
                limit,
            ],
        )
        return [
            Notification(e.originator_id, e.originator_version, e.topic, e.state, id=e.position)
            for e in map(as_event, rows)
        ]

    def max_notification_id(self) -> int | None:
        """Give the last position, or None."""
        row = self._connection.execute("SELECT max(position) FROM log.events").fetchone()
        return row[0] if row else None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Any:
        """Refuse: followers of this log are projectors, which batch and commit their checkpoint."""
        raise ProgrammingError("follow the log with a projector")

    def position_at(self, moment: datetime) -> int:
        """Give the last position recorded at or before a moment; ValueError for the future."""
        try:
            row = self._connection.execute("SELECT log.position_at(%s)", [moment]).fetchone()
        except psycopg.DatabaseError as error:
            if error.sqlstate == "JJ002":
                raise ValueError("the moment lies in the future") from error
            raise
        return int(row[0]) if row else 0

    def until(self, stream: UUID, position: int) -> list[LogEvent]:
        """Give the events of a stream up to a position."""
        rows = self._connection.execute(
            f"SELECT {EVENT_COLUMNS} FROM log.events WHERE stream = %s AND position <= %s ORDER BY version".encode(),
            [stream, position],
        )
        return [as_event(row) for row in rows]

    def receipt(self, key: ReceiptKey) -> Written | None:
        """Give what was written under a key; raises KeyReused when the request differs."""
        row = self._connection.execute(SELECT_RECEIPT, [key.person, key.key]).fetchone()
        if row is None:
            return None
        if bytes(row[0]) != key.request_hash:
            raise KeyReused
        return written(row[1])

    def claimed(self, kind: str, scope: str, value: str | None) -> frozenset[str]:
        """Give what is held of a kind in a scope: every value, or the one asked for."""
        statement, arguments = select_claimed(kind, scope, value)
        return frozenset(row[0] for row in self._connection.execute(statement.encode(), arguments).fetchall())
