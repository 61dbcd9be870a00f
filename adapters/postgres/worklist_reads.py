"""The worklist asked: what waits for a viewer, or for anybody in what she may see, the earliest due first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from adapters.postgres.cursors import as_cursor, read_cursor
from adapters.postgres.register_reads import FOUND
from adapters.postgres.view_reads import (
    CASE_SEEN,
    EVALUATION_TABLE,
    LIMIT_MAX,
    REPLICATION_TABLE,
    WORKLIST_TABLE,
    Page,
    Source,
    copy_seen,
    read,
    seen_by,
)
from application.access import Viewer
from application.views.register import REGISTER
from application.views.replications import ORIGIN
from application.views.worklist import addresses

ORDER = {"due_on": date, "since": datetime, "id": UUID, "command": str, "address": str}
"""What the list is ordered by; together they name one task."""
IN_ORDER = 'due_on, since, id, command COLLATE "C", address COLLATE "C"'
TABLES = {WORKLIST_TABLE: "p.id", REPLICATION_TABLE: "p.innovation", EVALUATION_TABLE: "p.innovation"}
"""The views that hold tasks, and where each names the case."""
MINE = dict.fromkeys(TABLES, "p.waits_for && %(asked)s::text[] AND t.address = ANY(%(asked)s::text[])")
JUDGED_NOW = "(r.stage = 'evaluation' AND r.status = 'open' AND NOT r.suspended)"
"""An evaluation waits for nobody while its case is suspended or stopped."""
IN_FULL = f"({CASE_SEEN} AND (%(seen_today)s::uuid[] IS NULL OR r.id = ANY(%(seen_today)s::uuid[])))"
ANYBODYS = dict.fromkeys(TABLES, f"p.waits_for <> '{{}}' AND {IN_FULL}") | {
    REPLICATION_TABLE: f"p.waits_for <> '{{}}' AND ({copy_seen(IN_FULL)} OR %(seen_today)s::uuid[] IS NOT NULL)",
}
"""Which tasks, by view. Of the past all replications are hers that are there; of a case that is there because it was
copied, what is done in it is not: `seen_today` are the cases she may see in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """Which tasks; None is everything. `region` is that of who owes them, `agency` that of the case."""

    command: str | None = None
    q: str | None = None
    due_before: date | None = None
    region: str | None = None
    agency: str | None = None
    address: str | None = None
    limit: int = LIMIT_MAX
    cursor: str | None = None


async def read_worklist(source: Source, viewer: Viewer, wanted: Tasks = Tasks()) -> Page:
    """Give what waits for the viewer: in cases, replications and evaluations.

    An evaluation waits for nobody while its case is suspended or stopped.
    """
    return await _page(source, MINE, _mine(viewer), wanted)


async def read_tasks(source: Source, viewer: Viewer, wanted: Tasks) -> Page:
    """Give what waits for anybody in the cases and replications the viewer may see; `total` is how much that is."""
    return await _page(source, ANYBODYS, seen_by(viewer) | {"mine": None}, wanted, counted=True)


async def count_worklist(source: Source, viewer: Viewer, today: date) -> Page:
    """Give per command how much waits for the viewer, and how much of it is late."""
    statement = f"""
        {_tasks(MINE)}
        SELECT command, count(*) AS waiting, count(*) FILTER (WHERE due_on < %(today)s) AS late
        FROM task GROUP BY command ORDER BY waiting DESC, command COLLATE "C"
    """
    rows, position = await read(source, statement, _mine(viewer) | {"today": today})
    return Page(msgspec.to_builtins(rows), None, position)


async def count_late(source: Source, viewer: Viewer, wanted: Tasks) -> Page:
    """Give per address how much is late there, and since when the oldest, the most first."""
    where, values = _where(wanted)
    statement = f"""
        {_tasks(ANYBODYS)}
        SELECT address, count(*) AS late, min(due_on) AS due_on FROM task WHERE {where}
        GROUP BY address ORDER BY late DESC, due_on, address COLLATE "C"
    """
    rows, position = await read(source, statement, seen_by(viewer) | values | {"mine": None})
    return Page(msgspec.to_builtins(rows), None, position)


async def _page(
    source: Source, whose: Mapping[str, str], values: dict[str, Any], wanted: Tasks, *, counted: bool = False
) -> Page:
    where, asked = _where(wanted)
    onwards = "TRUE"
    if wanted.cursor:
        after = read_cursor(wanted.cursor, "task", tuple(ORDER.values()))
        onwards = f"({IN_ORDER}) > (%(a_due_on)s::date, %(a_since)s::timestamptz, %(a_id)s::uuid,"
        onwards += " %(a_command)s, %(a_address)s)"
        asked |= {f"a_{name}": value for name, value in zip(ORDER, after, strict=True)}
    statement = f"""
        {_tasks(whose)}, wanted AS (SELECT *{", count(*) OVER () AS total" if counted else ""} FROM task WHERE {where})
        SELECT id, innovation, case_number, title, region, agency, place, command, address, since, due_on
               {", total" if counted else ""}
        FROM wanted WHERE {onwards} ORDER BY {IN_ORDER} LIMIT %(limit)s
    """
    rows, position = await read(source, statement, values | asked | {"limit": wanted.limit + 1})
    page = rows[: wanted.limit]
    more = len(rows) > wanted.limit
    following = as_cursor("task", [page[-1][name] for name in ORDER]) if more else None
    return Page(msgspec.to_builtins(page), following, position)


def _mine(viewer: Viewer) -> dict[str, Any]:
    asked = [*addresses(viewer.person, viewer.capacities), ORIGIN]
    return seen_by(viewer) | {"asked": asked, "mine": viewer.headed}


def _tasks(whose: Mapping[str, str]) -> str:
    """Write tasks as the rows `task`: those that meet a condition, which is told for each view."""
    waiting = " UNION ALL ".join(
        f"""
        SELECT p.id, r.id AS innovation, r.case_number, r.title, r.region, r.agency,
               r.stage || '/' || r.status AS place, t.command,
               replace(t.address, '{ORIGIN}', 'agency_head:' || r.agency) AS address, t.since, t.due_on,
               CASE t.address WHEN '{ORIGIN}' THEN r.region ELSE p.region END AS owed_in
        FROM view.{table} AS p JOIN view.{REGISTER.table} AS r ON r.id = {case}
        CROSS JOIN LATERAL json_to_recordset(p.tasks)
            AS t (command text, address text, since timestamptz, due_on date)
        WHERE {whose[table]} AND {JUDGED_NOW if table == EVALUATION_TABLE else "TRUE"}
          AND (t.address <> '{ORIGIN}' OR %(mine)s::text[] IS NULL OR r.agency = ANY(%(mine)s::text[]))
        """
        for table, case in TABLES.items()
    )
    return f"WITH task AS ({waiting})"


def _where(wanted: Tasks) -> tuple[str, dict[str, Any]]:
    given = {
        "command = %(command)s": wanted.command,
        "due_on < %(due_before)s": wanted.due_before,
        "owed_in = %(region)s": wanted.region,
        "agency = %(agency)s": wanted.agency,
        "address = %(address)s": wanted.address,
        f"(innovation IN ({FOUND}) OR case_number = upper(%(q)s))": wanted.q.strip() if wanted.q else None,
    }
    names = ("command", "due_before", "region", "agency", "address", "q")
    where = [condition for condition, value in given.items() if value is not None]
    return " AND ".join(where) or "TRUE", dict(zip(names, given.values(), strict=True))
