"""Questions to the views: rows, and the position they stand at, from one snapshot."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, Protocol
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
from application.views.decisions import DECISION_VIEW
from application.views.evaluations import evaluations
from application.views.funnel import FUNNEL
from application.views.pilot_results import PILOT_RESULTS
from application.views.register import REGISTER
from application.views.replications import ORIGIN, replications
from application.views.search import SEARCH
from application.views.worklist import addresses, worklist
from domain.codes import Stage

LIMIT_MAX = 100
WAIT_SECONDS_MAX = 2.0
HEALTH_SECONDS_MAX = 1.0  # who asks after our health does not wait long for it
LOOK_SECONDS_MIN = 0.002
LOOK_SECONDS_MAX = 0.02
Sort = Literal["changed", "entered", "title", "case_number"]
SORTS: dict[Sort, tuple[str, str]] = {
    "changed": ("changed_at", "DESC"),
    "entered": ("entered_at", "DESC"),
    "title": ("title", "ASC"),
    "case_number": ("case_number", "ASC"),
}
WORKLIST_TABLE, REPLICATION_TABLE, EVALUATION_TABLE = (view().table for view in (worklist, replications, evaluations))

SEEN = """(
    region = ANY(%(all_regions)s)
    OR (submitted AND region = ANY(%(official_regions)s))
    OR insiders @> ARRAY[%(person)s]::uuid[]
    OR agency = ANY(%(headed)s)
    OR unit = ANY(%(headed)s)
    OR offered_to = ANY(%(headed)s)
    OR partners && %(agencies)s::text[]
)"""
"""`application.access.may_see` as SQL; a test holds the two together."""
COPY_SEEN = f"""(
    p.region = ANY(%(official_regions)s) OR p.region = ANY(%(all_regions)s) OR p.team @> ARRAY[%(person)s]::uuid[]
    OR p.innovation IN (SELECT id FROM view.{REGISTER.table} WHERE {SEEN})
)"""
"""`application.access.may_see_copy` as SQL, over a replication `p`."""
FOUND = f"SELECT id FROM view.{SEARCH.table} WHERE searched @@ view.wanted(%(q)s)"
"""The cases whose words are asked for."""
KNOWN = f"({SEEN} OR (kit AND %(government)s))"
"""`application.access.sight` as SQL: also cases of which only the kit is open."""


class Past(Protocol):
    """The rows of the views as they were at a position, for the same questions."""

    async def read(self, statement: str, values: dict[str, Any]) -> tuple[list[DictRow], int]:
        """Give rows and the position; raises TooLarge, FoldsBusy and LogUnavailable."""
        ...


Source = Pool | Past
"""Where a list is read: the live views, or the views as they were."""


class BadCursor(Exception):
    """The cursor is none of ours."""


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
class Filters:
    """What a list is narrowed by; None is everything."""

    stage: str | None = None
    status: str | None = None
    region: str | None = None
    agency: str | None = None
    affair: str | None = None
    q: str | None = None
    sort: Sort = "changed"
    limit: int = 20
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the views fare: where they stand, how far behind the log, and how many keys stand still."""

    position: int
    head: int
    seconds_behind: float
    parked: int


# The register


async def list_register(source: Source, viewer: Viewer, filters: Filters) -> Page:
    """Give a page of the cases the viewer may know of; `stale` marks a row whose case the view cannot follow."""
    column, direction = SORTS[filters.sort]
    where, values = _where(filters, viewer)
    if filters.cursor:
        compare = "<" if direction == "DESC" else ">"
        where.append(f"({column}, id) {compare} (%(after)s::{_kind(column)}, %(after_id)s::uuid)")
        values["after"], values["after_id"] = _read_cursor(filters.cursor, column)
    statement = f"""
        SELECT id, case_number, region, agency, unit, title, problem, stage, status, outcome, suspended, affairs, form,
               kind, CASE WHEN {SEEN} THEN lead END AS lead, published, kit, imported, entered_at,
               changed_at, version, position,
               EXISTS (SELECT FROM view.parked AS p WHERE p.view = '{REGISTER.table}' AND p.key = id::text
                       AND (%(position)s::bigint IS NULL OR p.position <= %(position)s)) AS stale
        FROM view.{REGISTER.table} WHERE {" AND ".join(where)}
        ORDER BY {column} {direction}, id {direction} LIMIT %(limit)s
    """
    rows, position = await _read(source, statement, {**values, "limit": filters.limit + 1})
    page = rows[: filters.limit]
    more = len(rows) > filters.limit
    return Page(msgspec.to_builtins(page), _as_cursor(page[-1], column) if more else None, position)


def _where(filters: Filters, viewer: Viewer) -> tuple[list[str], dict[str, Any]]:
    values = seen_by(viewer)
    where = [KNOWN]
    for name in ("stage", "status", "region", "agency"):
        if (wanted := getattr(filters, name)) is not None:
            where.append(f"{name} = %({name})s")
            values[name] = wanted
    if filters.affair is not None:
        where.append("%(affair)s = ANY(affairs)")
        values["affair"] = filters.affair
    if filters.q is not None:
        where.append(f"(id IN ({FOUND}) OR case_number = upper(%(q)s))")
        values["q"] = filters.q.strip()
    return where, values


async def find_case(pool: Pool, case_number: str) -> UUID | None:
    """Give the id of a case by its number. Who may know of it is asked of the case itself."""
    rows = await _rows(pool, f"SELECT id FROM view.{REGISTER.table} WHERE case_number = %s", [case_number])
    return rows[0][0] if rows else None


# Cursors: the sort column's value and the id of the last row given


def _kind(column: str) -> str:
    return "timestamptz" if column.endswith("_at") else "text"


def _as_cursor(row: DictRow, column: str) -> str:
    value = row[column]
    raw = [column, value.isoformat() if isinstance(value, datetime) else value, str(row["id"])]
    return base64.urlsafe_b64encode(msgspec.json.encode(raw)).decode().rstrip("=")


def _read_cursor(cursor: str, column: str) -> tuple[str, str]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        name, value, row_id = msgspec.json.decode(raw, type=tuple[str, str, str])
        row_id = str(UUID(row_id))  # Python reads more forms than PostgreSQL
        value.encode()
        if name != column or "\x00" in value:
            raise BadCursor
        if _kind(column) != "text":
            value = datetime.fromisoformat(value).astimezone(UTC).isoformat()
    except (ValueError, OverflowError, RecursionError) as error:
        raise BadCursor from error
    return value, row_id


# The worklist


async def read_worklist(source: Source, viewer: Viewer, limit: int = LIMIT_MAX) -> Page:
    """Give what waits for the viewer, the earliest due first: in cases, replications and evaluations.

    An evaluation waits for nobody while its case is suspended or stopped.
    """
    waiting = " UNION ALL ".join(
        f"SELECT {row} AS id, {case} AS innovation, {judging} AS judging, t.command, t.address, t.since, t.due_on"
        f" FROM view.{table} AS w CROSS JOIN LATERAL json_to_recordset(w.tasks)"
        " AS t (command text, address text, since timestamptz, due_on date)"
        " WHERE w.waits_for && %(asked)s::text[] AND t.address = ANY(%(asked)s::text[])"
        for table, row, case, judging in (
            (WORKLIST_TABLE, "w.id", "w.id", False),
            (REPLICATION_TABLE, "w.id", "w.innovation", False),
            (EVALUATION_TABLE, "w.id", "w.innovation", True),
        )
    )
    statement = f"""
        SELECT t.id, t.innovation, r.case_number, r.title, r.region, r.agency, r.stage || '/' || r.status AS place,
               t.command, replace(t.address, '{ORIGIN}', 'agency_head:' || r.agency) AS address, t.since, t.due_on
        FROM ({waiting}) AS t JOIN view.{REGISTER.table} AS r ON r.id = t.innovation
        WHERE (NOT t.judging OR (r.stage = 'evaluation' AND r.status = 'open' AND NOT r.suspended))
          AND (t.address <> '{ORIGIN}' OR r.agency = ANY(%(headed)s::text[]))
        ORDER BY t.due_on, t.since, t.id, t.command COLLATE "C", t.address COLLATE "C" LIMIT %(limit)s
    """
    asked = [*addresses(viewer.person, viewer.capacities), ORIGIN]
    values = {"asked": asked, "headed": viewer.headed, "limit": limit}
    rows, position = await _read(source, statement, values)
    return Page(msgspec.to_builtins(rows), None, position)


# Replications, evaluations, pilots and the funnel


async def list_replications(
    source: Source, viewer: Viewer, asked: dict[str, Any], *, limit: int = LIMIT_MAX, before: UUID | None = None
) -> Page:
    """Give replications the viewer may know of, on the origin's side or the adopter's, the newest first."""
    return await _newest(source, viewer, REPLICATION_TABLE, COPY_SEEN, asked, limit=limit, before=before)


async def list_evaluations(
    source: Source, viewer: Viewer, asked: dict[str, Any], *, limit: int = LIMIT_MAX, before: UUID | None = None
) -> Page:
    """Give evaluations of cases the viewer may see, the newest first."""
    where = f"p.innovation IN (SELECT id FROM view.{REGISTER.table} WHERE {SEEN})"
    return await _newest(source, viewer, EVALUATION_TABLE, where, asked, limit=limit, before=before)


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
    rows, position = await _read(source, statement, {**values, "before": before, "limit": limit + 1})
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
    rows, position = await _read(source, statement, values)
    return _paged(rows, limit, position)


async def read_funnel(
    source: Source, viewer: Viewer, asked: dict[str, Any], *, limit: int = LIMIT_MAX, before: UUID | None = None
) -> Page:
    """Give per stage how many of the cases the viewer may see stand there, ever came there, and how long they stay.

    `median_days` counts all stays of a case at the stage, the one that lasts up to now; where an imported case had
    stood before it was entered, nobody knows for how long, and it is not counted.
    """
    statement = f"""
        WITH seen AS MATERIALIZED (
            SELECT f.* FROM view.{FUNNEL.table} AS f
            JOIN (SELECT * FROM view.{REGISTER.table} WHERE {SEEN}) AS r USING (id)
            WHERE (%(region)s::text IS NULL OR f.region = %(region)s)
              AND (%(agency)s::text IS NULL OR f.agency = %(agency)s)
        ), spent AS (
            SELECT seen.id, s.stage,
                   CASE WHEN NOT (seen.imported AND s.stage = seen.stays -> 0 ->> 'stage') THEN
                       sum(extract(epoch FROM coalesce(s.until, %(moment)s, clock_timestamp()) - s.since)) / 86400
                   END AS days
            FROM seen CROSS JOIN LATERAL json_to_recordset(seen.stays)
                AS s (stage text, since timestamptz, until timestamptz)
            GROUP BY seen.id, seen.imported, seen.stays -> 0 ->> 'stage', s.stage
        )
        SELECT o.stage, count(spent.id) AS reached,
               (SELECT count(*) FROM seen WHERE seen.stage = o.stage) AS here,
               round((percentile_cont(0.5) WITHIN GROUP (ORDER BY spent.days))::numeric, 1)::float8 AS median_days
        FROM unnest(%(stages)s::text[]) WITH ORDINALITY AS o (stage, n) LEFT JOIN spent USING (stage)
        GROUP BY o.stage, o.n ORDER BY o.n
    """
    values = seen_by(viewer)
    stages = [stage.value for stage in Stage]
    values |= {"region": asked.get("region"), "agency": asked.get("agency"), "stages": stages}
    rows, position = await _read(source, statement, values)
    return Page(msgspec.to_builtins(rows), None, position)


# Decisions


async def list_decisions(
    source: Source, viewer: Viewer, *, region: str | None = None, before: int | None = None, limit: int = LIMIT_MAX
) -> Page:
    """Give the decisions on cases the viewer may know of, the newest first; `next` is a position for `before`."""
    statement = f"""
        SELECT d.*, r.case_number, r.title
        FROM view.{DECISION_VIEW.table} AS d
        JOIN (SELECT id, case_number, title FROM view.{REGISTER.table} WHERE {SEEN}) AS r ON r.id = d.stream
        WHERE (%(wanted)s::text IS NULL OR d.region = %(wanted)s) AND d.position < %(before)s
        ORDER BY d.position DESC LIMIT %(limit)s
    """
    values = seen_by(viewer)
    values |= {"wanted": region, "before": 2**62 if before is None else before, "limit": limit + 1}
    rows, position = await _read(source, statement, values)
    following = str(rows[limit - 1]["position"]) if len(rows) > limit else None
    return Page(msgspec.to_builtins(rows[:limit]), following, position)


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


async def _read(source: Source, statement: str, values: dict[str, Any]) -> tuple[list[DictRow], int]:
    if isinstance(source, AsyncConnectionPool):
        return await read_live(source, statement, {**values, "position": None, "moment": None})
    return await source.read(statement, values)


async def read_live(pool: Pool, statement: str, values: dict[str, Any]) -> tuple[list[DictRow], int]:
    """Give rows and checkpoint from one snapshot, so that a page is never half old."""
    try:
        async with (
            lent(pool) as connection,
            connection.transaction(),
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            await connection.execute("SET LOCAL plan_cache_mode = auto")
            mark = await connection.execute("SELECT position FROM view.checkpoint WHERE name = %s", [CHECKPOINT])
            row = await mark.fetchone()
            await cursor.execute(statement.encode(), values)
            return await cursor.fetchall(), int(row[0]) if row else 0
    except psycopg.errors.UndefinedTable as away:  # before the first build
        raise LogUnavailable from away
