"""The register asked: cases by filters and words, in an order, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from adapters.postgres.cursors import as_cursor, read_cursor
from adapters.postgres.view_reads import KNOWN, SEEN, Page, Source, read, read_many, seen_by
from application.access import Viewer
from application.views.funnel import FUNNEL
from application.views.register import REGISTER
from application.views.search import SEARCH

Sort = Literal["changed", "entered", "title", "case_number"]
SORTS: dict[Sort, tuple[str, str]] = {
    "changed": ("changed_at", "DESC"),
    "entered": ("entered_at", "DESC"),
    "title": ("title", "ASC"),
    "case_number": ("case_number", "ASC"),
}
COUNTED_MAX = 1_000
WHOLE_MAX = 50_000  # the rows of a whole list, about 1.4 kB each in memory
FOUND = f"SELECT id FROM view.{SEARCH.table} WHERE searched @@ view.wanted(%(q)s)"
"""The cases whose words are asked for."""
CAME_TO = f"SELECT id FROM view.{FUNNEL.table} WHERE reached @> ARRAY[%(reached)s]::text[]"
"""The cases that ever came to a stage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed by; None is everything."""

    stage: str | None = None
    status: str | None = None
    region: str | None = None
    agency: str | None = None
    affair: str | None = None
    q: str | None = None
    reached: str | None = None  # a stage the case came to at any time
    member: UUID | None = None  # who belongs to the team
    sort: Sort = "changed"
    limit: int = 20
    cursor: str | None = None


async def list_register(source: Source, viewer: Viewer, filters: Filters) -> Page:
    """Give a page of the cases the viewer may know of; `stale` marks a row whose case the view cannot follow."""
    column, direction = SORTS[filters.sort]
    kind: type[Any] = datetime if column.endswith("_at") else str
    where, values = _where(filters, viewer)
    if filters.cursor:
        compare = "<" if direction == "DESC" else ">"
        where.append(f"({column}, id) {compare} (%(after)s::{SQL[kind]}, %(after_id)s::uuid)")
        values["after"], values["after_id"] = read_cursor(filters.cursor, column, (kind, UUID))
    statement = f"""
        SELECT id, case_number, region, agency, unit, title, problem, stage, status, outcome, suspended, affairs, form,
               kind, CASE WHEN {SEEN} THEN lead END AS lead, published, kit, imported, entered_at,
               changed_at, version, position,
               EXISTS (SELECT FROM view.parked AS p WHERE p.view = '{REGISTER.table}' AND p.key = id::text
                       AND (%(position)s::bigint IS NULL OR p.position <= %(position)s)) AS stale
        FROM view.{REGISTER.table} WHERE {" AND ".join(where)}
        ORDER BY {column} {direction}, id {direction} LIMIT %(limit)s
    """
    rows, position = await read(source, statement, {**values, "limit": filters.limit + 1})
    page = rows[: filters.limit]
    last = page[-1] if len(rows) > filters.limit else None
    return Page(msgspec.to_builtins(page), as_cursor(column, (last[column], last["id"])) if last else None, position)


async def whole_register(source: Source, viewer: Viewer, filters: Filters) -> tuple[list[dict[str, Any]], int]:
    """Give all rows of a list at once, without their problems, and the position; at most one more than WHOLE_MAX."""
    column, direction = SORTS[filters.sort]
    where, values = _where(filters, viewer)
    statement = f"""
        SELECT case_number, title, region, agency, unit, stage, status, suspended,
               CASE WHEN {SEEN} THEN lead END AS lead, affairs, entered_at, changed_at
        FROM view.{REGISTER.table} WHERE {" AND ".join(where)}
        ORDER BY {column} {direction}, id {direction} LIMIT %(most)s
    """
    return await read_many(source, statement, values | {"most": WHOLE_MAX + 1})


async def count_register(source: Source, viewer: Viewer, filters: Filters) -> int:
    """Tell how many cases a list has over all its pages; beyond COUNTED_MAX nobody counts on."""
    where, values = _where(filters, viewer)
    cases = f"SELECT FROM view.{REGISTER.table} WHERE {' AND '.join(where)} LIMIT %(most)s"
    statement = f"SELECT count(*) AS cases FROM ({cases}) AS found"
    ((row,), _) = await read(source, statement, values | {"most": COUNTED_MAX + 1})
    return int(row["cases"])


SQL: dict[type[Any], str] = {datetime: "timestamptz", str: "text"}


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
    if filters.reached is not None:
        where.append(f"id IN ({CAME_TO})")
        values["reached"] = filters.reached
    if filters.member is not None:
        where.append("insiders @> ARRAY[%(member)s]::uuid[] AND %(member)s = ANY(team)")
        values["member"] = filters.member
    return where, values
