"""Questions to the views about one case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from adapters.postgres.event_log import Pool
from adapters.postgres.view_reads import EVALUATION_TABLE, REPLICATION_TABLE, WORKLIST_TABLE, read_live
from adapters.postgres.worklist_reads import JUDGED_NOW
from application.views.register import REGISTER
from application.views.replications import ORIGIN


async def tasks_of(pool: Pool, case: UUID) -> list[dict[str, Any]]:
    """Give what a case, its replications and its evaluation wait for, the earliest due first.

    Who may see the case may see this. An evaluation waits for nobody while its case is suspended or stopped.
    """
    waiting = " UNION ALL ".join(
        f"SELECT w.id, {judging} AS judging, t.command, t.address, t.since, t.due_on"
        f" FROM view.{table} AS w CROSS JOIN LATERAL json_to_recordset(w.tasks)"
        " AS t (command text, address text, since timestamptz, due_on date)"
        f" WHERE w.{column} = %(case)s"
        for table, column, judging in (
            (WORKLIST_TABLE, "id", False),
            (REPLICATION_TABLE, "innovation", False),
            (EVALUATION_TABLE, "innovation", True),
        )
    )
    statement = f"""
        SELECT t.id, t.command, replace(t.address, '{ORIGIN}', 'agency_head:' || r.agency) AS address, t.since, t.due_on
        FROM ({waiting}) AS t JOIN view.{REGISTER.table} AS r ON r.id = %(case)s
        WHERE NOT t.judging OR {JUDGED_NOW}
        ORDER BY t.due_on, t.since, t.id, t.command COLLATE "C", t.address COLLATE "C"
    """
    rows, _position = await read_live(pool, statement, {"case": case})
    found: list[dict[str, Any]] = msgspec.to_builtins(rows)
    return found
