"""Questions to the views: rows, and the position they stand at, from one snapshot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import DictRow, TupleRow, dict_row
from psycopg_pool import AsyncConnectionPool

from adapters.postgres.connect import lent
from adapters.postgres.event_log import Pool
from adapters.postgres.view_writer import CHECKPOINT
from application.access import Viewer
from application.ports import LogUnavailable
from application.views.evaluations import evaluations
from application.views.pilot_results import PILOT_RESULTS
from application.views.register import REGISTER
from application.views.replications import replications
from application.views.worklist import worklist

LIMIT_MAX = 100
WAIT_SECONDS_MAX = 2.0
HEALTH_SECONDS_MAX = 1.0  # who asks after our health does not wait long for it
LOOK_SECONDS_MIN = 0.002
LOOK_SECONDS_MAX = 0.02
BATCH_ROWS = 1_000
WORKLIST_TABLE, REPLICATION_TABLE, EVALUATION_TABLE = (view().table for view in (worklist, replications, evaluations))


def _seen(case: str) -> str:
    """Write `application.access.may_see` as SQL over a row of the register; a test holds the two together."""
    return f"""(
    {case}region = ANY(%(all_regions)s)
    OR ({case}submitted AND {case}region = ANY(%(official_regions)s))
    OR {case}insiders @> ARRAY[%(person)s]::uuid[]
    OR {case}agency = ANY(%(headed)s)
    OR {case}unit = ANY(%(headed)s)
    OR {case}offered_to = ANY(%(headed)s)
    OR {case}partners && %(agencies)s::text[]
)"""


SEEN, CASE_SEEN = _seen(""), _seen("r.")
"""Of the register's own row, and of the row `r` that stands beside another."""


def copy_seen(case_seen: str) -> str:
    """Write `application.access.may_see_copy` as SQL over a replication `p`, by whether the viewer may see its case."""
    return f"""(
        p.region = ANY(%(official_regions)s) OR p.region = ANY(%(all_regions)s) OR p.team @> ARRAY[%(person)s]::uuid[]
        OR {case_seen}
    )"""


COPY_SEEN = copy_seen(CASE_SEEN)
KNOWN = f"({SEEN} OR (kit AND %(government)s))"
"""`application.access.sight` as SQL: also cases of which only the kit is open."""


class Past(Protocol):
    """The rows of the views as they were at a position, for the same questions."""

    async def read(self, statement: str, values: dict[str, Any]) -> tuple[list[DictRow], int]:
        """Give rows and the position; raises TooLarge, FoldsBusy and LogUnavailable."""
        ...


Source = Pool | Past
"""Where a list is read: the live views, or the views as they were."""
NOW: dict[str, Any] = {"seen_today": None, "position": None, "moment": None}
"""What a question to the live views says of the past: nothing."""


def seen_by(viewer: Viewer) -> dict[str, Any]:
    """Give what the conditions of sight ask of a viewer."""
    return {
        "all_regions": viewer.all_regions,
        "official_regions": viewer.official_regions,
        "person": viewer.person,
        "headed": viewer.headed,
        "agencies": viewer.agencies,
        "government": bool(viewer.official_regions),
    }


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, where to go on, and the position the view stood at."""

    items: list[dict[str, Any]]
    next: str | None
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the views fare: where they stand, how far behind the log, and how many keys stand still."""

    position: int
    head: int
    seconds_behind: float
    parked: int


# One case


async def find_case(pool: Pool, case_number: str) -> UUID | None:
    """Give the id of a case by its number. Who may know of it is asked of the case itself."""
    if "\x00" in case_number:  # which PostgreSQL would not take
        return None
    rows = await _rows(pool, f"SELECT id FROM view.{REGISTER.table} WHERE case_number = %s", [case_number])
    return rows[0][0] if rows else None


# Replications, evaluations, and pilots


async def list_replications(
    source: Source, viewer: Viewer, asked: dict[str, Any], *, limit: int = LIMIT_MAX, before: UUID | None = None
) -> Page:
    """Give replications the viewer may know of, on the origin's side or the adopter's, the newest first."""
    return await _newest(source, viewer, REPLICATION_TABLE, COPY_SEEN, asked, limit=limit, before=before)


async def list_evaluations(
    source: Source, viewer: Viewer, asked: dict[str, Any], *, limit: int = LIMIT_MAX, before: UUID | None = None
) -> Page:
    """Give evaluations of cases the viewer may see, the newest first."""
    return await _newest(source, viewer, EVALUATION_TABLE, CASE_SEEN, asked, limit=limit, before=before)


async def _newest(
    source: Source,
    viewer: Viewer,
    table: str,
    where: str,
    asked: dict[str, Any],
    *,
    limit: int,
    before: UUID | None,
) -> Page:
    statement = f"""
        SELECT p.*, r.case_number, r.title
        FROM view.{table} AS p JOIN view.{REGISTER.table} AS r ON r.id = p.innovation
        WHERE {where}
          AND (%(region)s::text IS NULL OR p.region = %(region)s)
          AND (%(status)s::text IS NULL OR p.status = %(status)s)
          AND (%(innovation)s::uuid IS NULL OR p.innovation = %(innovation)s)
          AND (%(before)s::uuid IS NULL OR p.id < %(before)s)
        ORDER BY p.id DESC LIMIT %(limit)s
    """
    values = seen_by(viewer)
    values |= {"region": asked.get("region"), "status": asked.get("status"), "innovation": asked.get("innovation")}
    rows, position = await read(source, statement, {**values, "before": before, "limit": limit + 1})
    return _paged(rows, limit, position)


def _paged(rows: list[DictRow], limit: int, position: int) -> Page:
    more = len(rows) > limit
    return Page(msgspec.to_builtins(rows[:limit]), str(rows[limit - 1]["id"]) if more else None, position)


async def list_pilot_results(
    source: Source, viewer: Viewer, asked: dict[str, Any], *, limit: int = LIMIT_MAX, before: UUID | None = None
) -> Page:
    """Give the results of pilots the viewer may see, the newest case first."""
    statement = f"""
        SELECT p.id, r.case_number, r.title, r.region, r.agency, r.stage, r.status, p.results, p.changed_at
        FROM view.{PILOT_RESULTS.table} AS p
        JOIN (SELECT * FROM view.{REGISTER.table} WHERE {SEEN}) AS r USING (id)
        WHERE (%(region)s::text IS NULL OR r.region = %(region)s)
          AND (%(agency)s::text IS NULL OR r.agency = %(agency)s)
          AND (%(before)s::uuid IS NULL OR p.id < %(before)s)
        ORDER BY p.id DESC LIMIT %(limit)s
    """
    values = seen_by(viewer)
    values |= {"region": asked.get("region"), "agency": asked.get("agency"), "before": before, "limit": limit + 1}
    rows, position = await read(source, statement, values)
    return _paged(rows, limit, position)


# Where the views stand


async def checkpoint(pool: Pool) -> int:
    """Give the position the views stand at, 0 before the first look."""
    rows = await _rows(pool, "SELECT position FROM view.checkpoint WHERE name = %s", [CHECKPOINT])
    return int(rows[0][0]) if rows else 0


async def wait_for(pool: Pool, position: int) -> bool:
    """Wait until the views have a position; False when they do not within the limit."""
    return await reached(partial(checkpoint, pool), position)


async def reached(where: Callable[[], Awaitable[int]], position: int) -> bool:
    """Wait until something stands at a position (read your writes); False when it does not within the limit."""
    deadline, pause = time.monotonic() + WAIT_SECONDS_MAX, LOOK_SECONDS_MIN
    while await where() < position:
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(pause)
        pause = min(pause * 2, LOOK_SECONDS_MAX)
    return True


async def health(pool: Pool) -> Health:
    """Say how the views fare."""
    statement = """
        SELECT c.position, coalesce((SELECT max(position) FROM log.events), 0),
               coalesce(extract(epoch FROM clock_timestamp() - e.recorded_at), 0)::float8,
               (SELECT count(*) FROM view.parked)
        FROM (SELECT coalesce((SELECT position FROM view.checkpoint WHERE name = %s), 0) AS position) AS c
        LEFT JOIN log.events AS e ON e.position = c.position + 1
    """
    ((position, head, behind, parked),) = await _rows(pool, statement, [CHECKPOINT], seconds_max=HEALTH_SECONDS_MAX)
    return Health(position=position, head=head, seconds_behind=max(behind, 0.0), parked=parked)


async def _rows(
    pool: Pool, statement: str, values: Sequence[Any], *, seconds_max: float | None = None
) -> list[TupleRow]:
    try:
        async with lent(pool, seconds_max=seconds_max) as connection:
            cursor = await connection.execute(statement.encode(), values)
            return await cursor.fetchall()
    except psycopg.errors.UndefinedTable as away:  # before the first build
        raise LogUnavailable from away


async def read(source: Source, statement: str, values: dict[str, Any]) -> tuple[list[DictRow], int]:
    """Ask a question of the live views, or of the views as they were: rows, and the position they stand at."""
    if isinstance(source, AsyncConnectionPool):
        return await read_live(source, statement, values | NOW)
    return await source.read(statement, values)


async def read_many(source: Source, statement: str, values: dict[str, Any]) -> tuple[list[DictRow], int]:
    """Ask as `read` does what has very many rows: live ones come batch by batch, and others are answered meanwhile."""
    if not isinstance(source, AsyncConnectionPool):
        return await source.read(statement, values)
    rows: list[DictRow] = []
    async with (
        _snapshot(source) as (connection, position),
        connection.cursor("many", row_factory=dict_row) as cursor,
    ):
        await cursor.execute(statement.encode(), values | NOW)
        while batch := await cursor.fetchmany(BATCH_ROWS):
            rows += batch
    return rows, position


async def read_live(pool: Pool, statement: str, values: dict[str, Any]) -> tuple[list[DictRow], int]:
    """Give rows and checkpoint from one snapshot, so that a page is never half old."""
    async with _snapshot(pool) as (connection, position), connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(statement.encode(), values)
        return await cursor.fetchall(), position


@asynccontextmanager
async def _snapshot(pool: Pool) -> AsyncIterator[tuple[psycopg.AsyncConnection[TupleRow], int]]:
    try:
        async with lent(pool) as connection, connection.transaction():
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            await connection.execute("SET LOCAL plan_cache_mode = force_custom_plan")
            mark = await connection.execute("SELECT position FROM view.checkpoint WHERE name = %s", [CHECKPOINT])
            row = await mark.fetchone()
            yield connection, int(row[0]) if row else 0
    except psycopg.errors.UndefinedTable as away:  # before the first build
        raise LogUnavailable from away
