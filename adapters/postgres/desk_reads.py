"""Questions of the replication and evaluation desks: what waits for me, what is mine, and how many of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import msgspec

from adapters.postgres.dashboard_reads import BETWEEN
from adapters.postgres.event_log import Pool
from adapters.postgres.view_reads import (
    CASE_SEEN,
    COPY_SEEN,
    EVALUATION_TABLE,
    REPLICATION_TABLE,
    Page,
    read_live,
    seen_by,
)
from adapters.postgres.worklist_reads import JUDGED_NOW
from application.access import Viewer
from application.views.register import REGISTER
from application.views.replications import ORIGIN
from application.views.worklist import addresses
from domain.people import Role

CopyPart = Literal["menunggu", "asal", "penerima"]
PanelPart = Literal["menilai", "mengurus", "panel"]
COPY_PARTS: dict[CopyPart, str] = {
    "menunggu": "(p.waits_for && %(asked)s::text[]"
    f" OR (p.waits_for @> ARRAY['{ORIGIN}'] AND r.agency = ANY(%(headed)s)))",
    "asal": "(r.team @> ARRAY[%(person)s]::uuid[] OR r.agency = ANY(%(headed)s) OR r.unit = ANY(%(headed)s))",
    "penerima": "(p.team @> ARRAY[%(person)s]::uuid[] OR p.adopter = ANY(%(headed)s)"
    " OR p.adopter_agency = ANY(%(headed)s))",
}
"""Replications that wait for me, that copy a case of mine, and that are mine."""
PANEL_PARTS: dict[PanelPart, str] = {
    "menilai": f"(p.waits_for @> ARRAY[%(judge)s] AND {JUDGED_NOW})",
    "mengurus": f"(p.waits_for && %(coordinating)s::text[] AND {JUDGED_NOW})",
    "panel": "p.panel @> ARRAY[%(person)s]::uuid[]",
}
"""Evaluations I owe scores, that I have to staff or sum up, and on whose panel I sit."""

STANDS = "(%(status)s::text IS NULL OR p.status = %(status)s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """What replications are narrowed by; None is everything. Region and agency: on either side."""

    part: CopyPart | None = None
    status: str | None = None
    region: str | None = None
    agency: str | None = None

    @property
    def where(self) -> str:
        """Give the condition on a replication `p` of a case `r`."""
        return f"{COPY_PARTS[self.part] if self.part else 'TRUE'} AND {STANDS} AND {BETWEEN}"

    @property
    def values(self) -> dict[str, Any]:
        """Give what the condition asks for."""
        return {"status": self.status, "region": self.region, "agency": self.agency}


async def list_copies(
    pool: Pool, viewer: Viewer, wanted: Copies, *, before: UUID | None = None, limit: int = 20
) -> Page:
    """Give replications the viewer may know of, the newest first."""
    where = f"{COPY_SEEN} AND {wanted.where}"
    return await _listed(pool, viewer, REPLICATION_TABLE, where, wanted.values, before, limit)


async def list_panels(
    pool: Pool,
    viewer: Viewer,
    *,
    part: PanelPart | None = None,
    status: str | None = None,
    before: UUID | None = None,
    limit: int = 20,
) -> Page:
    """Give evaluations of cases the viewer may see, the newest first."""
    where = f"{CASE_SEEN} AND {PANEL_PARTS[part] if part else 'TRUE'} AND {STANDS}"
    return await _listed(pool, viewer, EVALUATION_TABLE, where, {"status": status}, before, limit)


async def count_copies(pool: Pool, viewer: Viewer, wanted: Copies) -> dict[str, int]:
    """Give how many replications each part of the desk holds, and as `found` how many are wanted."""
    parts: dict[Any, str] = {"found": wanted.where} | COPY_PARTS
    return await _counted(pool, viewer, REPLICATION_TABLE, COPY_SEEN, parts, wanted.values)


async def count_panels(pool: Pool, viewer: Viewer) -> dict[str, int]:
    """Give how many evaluations each part of the desk holds."""
    return await _counted(pool, viewer, EVALUATION_TABLE, CASE_SEEN, dict(PANEL_PARTS), {})


async def find_copy(pool: Pool, stream: UUID) -> dict[str, Any] | None:
    """Give what a replication waits for, with its case's agency. Who may know of it is asked of the stream itself."""
    return await _found(pool, REPLICATION_TABLE, stream)


async def find_panel(pool: Pool, stream: UUID) -> dict[str, Any] | None:
    """Give what an evaluation waits for, with its case's agency. Who may know of it is asked of the stream itself."""
    return await _found(pool, EVALUATION_TABLE, stream)


async def _listed(
    pool: Pool, viewer: Viewer, table: str, where: str, values: dict[str, Any], before: UUID | None, limit: int
) -> Page:
    statement = f"""
        SELECT p.*, r.case_number, r.title, r.agency, {JUDGED_NOW} AS judged_now
        FROM view.{table} AS p JOIN view.{REGISTER.table} AS r ON r.id = p.innovation
        WHERE {where}
          AND (%(before)s::uuid IS NULL OR p.id < %(before)s)
        ORDER BY p.id DESC LIMIT %(limit)s
    """
    values = _asked_by(viewer) | values | {"before": before, "limit": limit + 1}
    rows, position = await read_live(pool, statement, values)
    more = len(rows) > limit
    return Page(msgspec.to_builtins(rows[:limit]), str(rows[limit - 1]["id"]) if more else None, position)


async def _counted(
    pool: Pool, viewer: Viewer, table: str, seen: str, parts: dict[Any, str], values: dict[str, Any]
) -> dict[str, int]:
    counts = ", ".join(f"count(*) FILTER (WHERE {where}) AS {name}" for name, where in parts.items())
    mine = f"FROM view.{table} AS p JOIN view.{REGISTER.table} AS r ON r.id = p.innovation WHERE {seen}"
    (row,), _ = await read_live(pool, f"SELECT {counts} {mine}", _asked_by(viewer) | values)
    return row


def _asked_by(viewer: Viewer) -> dict[str, Any]:
    asked = addresses(viewer.person, viewer.capacities)
    coordinating = [f"coordinator:{region}" for region in viewer.regions(Role.COORDINATOR)]
    return seen_by(viewer) | {"asked": asked, "coordinating": coordinating, "judge": f"evaluator:{viewer.person}"}


async def _found(pool: Pool, table: str, stream: UUID) -> dict[str, Any] | None:
    statement = f"""
        SELECT p.tasks, p.region, r.agency, {JUDGED_NOW} AS judged_now
        FROM view.{table} AS p JOIN view.{REGISTER.table} AS r ON r.id = p.innovation WHERE p.id = %(stream)s
    """
    rows, _ = await read_live(pool, statement, {"stream": stream})
    row: dict[str, Any] | None = msgspec.to_builtins(rows[0]) if rows else None
    return row
