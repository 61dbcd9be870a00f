"""Questions to the views: rows, and the position they stand at, from one snapshot."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg.rows import dict_row

from adapters.postgres.event_log import Pool
from adapters.postgres.projector import CHECKPOINT
from application.access import Viewer
from application.views.register import REGISTER
from application.views.stop_words import searchable

LIMIT_MAX = 100
WAIT_SECONDS_MAX = 2.0
LOOK_SECONDS = 0.02
SORTS = {"changed": ("changed_at", "DESC"), "entered": ("entered_at", "DESC"), "title": ("title", "ASC")}

SEEN = """(
    region = ANY(%(all_regions)s)
    OR (submitted AND region = ANY(%(official_regions)s))
    OR insiders @> ARRAY[%(person)s]::uuid[]
    OR agency = ANY(%(headed)s)
    OR partners && %(agencies)s::text[]
)"""


class BadCursor(Exception):
    """The cursor is none of ours."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, where to go on, and the position the view stood at."""

    items: list[dict[str, Any]]
    next: str | None
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed by; None is everything."""

    stage: str | None = None
    status: str | None = None
    region: str | None = None
    agency: str | None = None
    affair: str | None = None
    q: str | None = None
    sort: str = "changed"
    limit: int = 20
    cursor: str | None = None


async def list_register(pool: Pool, viewer: Viewer, filters: Filters) -> Page:
    """Give a page of the cases the viewer may know of."""
    column, direction = SORTS[filters.sort]
    where, values = _where(filters, viewer)
    if filters.cursor:
        compare = "<" if direction == "DESC" else ">"
        where.append(f"({column}, id) {compare} (%(after)s::{_kind(column)}, %(after_id)s::uuid)")
        values["after"], values["after_id"] = _cursor(filters.cursor, column)
    statement = (
        f"SELECT id, case_number, region, agency, title, problem, stage, status, outcome, suspended, affairs,"
        f" form, kind, lead, published, imported, entered_at, changed_at, version, position FROM view.{REGISTER.table}"
        f" WHERE {' AND '.join(where)} ORDER BY {column} {direction}, id {direction} LIMIT %(limit)s"
    )
    values["limit"] = filters.limit + 1
    rows, position = await _read(pool, statement, values)
    page = rows[: filters.limit]
    more = len(rows) > filters.limit
    return Page(msgspec.to_builtins(page), _as_cursor(page[-1], column) if more else None, position)


def _where(filters: Filters, viewer: Viewer) -> tuple[list[str], dict[str, Any]]:
    values: dict[str, Any] = {
        "all_regions": viewer.all_regions,
        "official_regions": viewer.official_regions,
        "person": viewer.person,
        "headed": viewer.headed,
        "agencies": viewer.agencies,
    }
    where = [SEEN]
    for name in ("stage", "status", "region", "agency"):
        if (wanted := getattr(filters, name)) is not None:
            where.append(f"{name} = %({name})s")
            values[name] = wanted
    if filters.affair:
        where.append("%(affair)s = ANY(affairs)")
        values["affair"] = filters.affair
    if filters.q:
        where.append("to_tsvector('indonesian', search) @@ websearch_to_tsquery('indonesian', %(q)s)")
        values["q"] = searchable(filters.q)
    return where, values


def _kind(column: str) -> str:
    return "text" if column == "title" else "timestamptz"


def _as_cursor(row: dict[str, Any], column: str) -> str:
    value = row[column]
    raw = [column, value.isoformat() if isinstance(value, datetime) else value, str(row["id"])]
    return base64.urlsafe_b64encode(msgspec.json.encode(raw)).decode().rstrip("=")


def _cursor(cursor: str, column: str) -> tuple[str, str]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        name, value, row_id = msgspec.json.decode(raw, type=tuple[str, str, str])
        UUID(row_id)
        if column != "title":
            datetime.fromisoformat(value)
    except ValueError as error:
        raise BadCursor from error
    if name != column:
        raise BadCursor
    return value, row_id


async def read_worklist(pool: Pool, viewer: Viewer, limit: int = LIMIT_MAX) -> Page:
    """Give what waits for the viewer, the earliest due first."""
    statement = """
        SELECT w.id, w.case_number, w.title, w.region, w.agency, w.place, t.command, t.waits_for, t.since, t.due_on
        FROM view.worklist_v1 AS w
        CROSS JOIN LATERAL jsonb_to_recordset(w.tasks::jsonb)
            AS t (command text, waits_for text, since timestamptz, due_on date)
        WHERE w.waits_for && %(addresses)s::text[] AND t.waits_for = ANY(%(addresses)s::text[])
        ORDER BY t.due_on, t.since, w.id, t.command LIMIT %(limit)s
    """
    rows, position = await _read(pool, statement, {"addresses": viewer.addresses, "limit": limit})
    return Page(msgspec.to_builtins(rows), None, position)


async def checkpoint(pool: Pool) -> int:
    """Give the position the views stand at."""
    async with pool.connection() as connection:
        cursor = await connection.execute("SELECT position FROM view.checkpoint WHERE name = %s", [CHECKPOINT])
        row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def wait_for(pool: Pool, position: int) -> bool:
    """Wait until the views have a position; False when they do not within the limit."""
    deadline = time.monotonic() + WAIT_SECONDS_MAX
    while await checkpoint(pool) < position:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(LOOK_SECONDS)
    return True


async def names(pool: Pool, persons: Sequence[str]) -> dict[str, str]:
    """Give the names of persons by id."""
    async with pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT id::text, name FROM directory.persons WHERE id = ANY(%s::uuid[])", [list(persons)]
        )
        return {row[0]: row[1] for row in await cursor.fetchall()}


async def _read(pool: Pool, statement: str, values: dict[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """Give rows and checkpoint from one snapshot."""
    async with pool.connection() as connection, connection.transaction():
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        await connection.execute("SET LOCAL plan_cache_mode = auto")
        mark = await connection.execute("SELECT position FROM view.checkpoint WHERE name = %s", [CHECKPOINT])
        row = await mark.fetchone()
        cursor = connection.cursor(row_factory=dict_row)
        await cursor.execute(statement.encode(), values)
        return await cursor.fetchall(), int(row[0]) if row else 0
