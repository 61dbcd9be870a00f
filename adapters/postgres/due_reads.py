"""Until when a move of a stream is waited for, as its tasks say."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from adapters.postgres.event_log import Pool
from adapters.postgres.view_reads import EVALUATION_TABLE, REPLICATION_TABLE, WORKLIST_TABLE, read_live

WORKING = {"innovation": WORKLIST_TABLE, "replication": REPLICATION_TABLE, "evaluation": EVALUATION_TABLE}
"""Where tasks stand, by kind of stream."""


async def due_on(pool: Pool, kind: str, stream: UUID, command: str) -> date | None:
    """Give the day until which a command is waited for, None when it is not."""
    statement = f"""
        SELECT min(t.due_on) AS day FROM view.{WORKING[kind]} AS w
        CROSS JOIN LATERAL json_to_recordset(w.tasks) AS t (command text, due_on date)
        WHERE w.id = %(stream)s AND t.command = %(command)s
    """
    rows, _ = await read_live(pool, statement, {"stream": stream, "command": command})
    day: date | None = rows[0]["day"]
    return day
