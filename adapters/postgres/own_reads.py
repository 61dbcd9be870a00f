"""A person's own cases asked: where they stand, for whom they wait, and how long every step took."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from adapters.postgres.view_reads import EVALUATION_TABLE, SEEN, WORKLIST_TABLE, Page, Source, read, seen_by
from adapters.postgres.worklist_reads import JUDGED_NOW
from application.access import Viewer
from application.views.decisions import DECISION_VIEW
from application.views.funnel import FUNNEL
from application.views.register import REGISTER
from domain.innovation.events import AgencyReturned, RevisionRequested

LAST_CASES = 10
"""So many tell what a unit works on."""


async def list_own(source: Source, viewer: Viewer, *, limit: int) -> Page:
    """Give the cases of whose team the viewer is, the last to change first; `waits_for` are addresses of work."""
    statement = f"""
        SELECT r.id, r.case_number, r.title, r.stage, r.status, r.suspended, f.stays, f.imported,
               w.waits_for || ARRAY(
                   SELECT unnest(p.waits_for) FROM view.{EVALUATION_TABLE} AS p
                   WHERE p.innovation = r.id AND {JUDGED_NOW}
               ) AS waits_for
        FROM view.{REGISTER.table} AS r JOIN view.{FUNNEL.table} AS f USING (id)
        JOIN view.{WORKLIST_TABLE} AS w USING (id)
        WHERE r.insiders @> ARRAY[%(person)s]::uuid[] AND %(person)s = ANY(r.team)
        ORDER BY r.changed_at DESC, r.id DESC LIMIT %(limit)s
    """
    rows, position = await read(source, statement, {"person": viewer.person, "limit": limit})
    return Page(msgspec.to_builtins(rows), None, position)


async def list_returned(source: Source, viewer: Viewer, *, limit: int) -> Page:
    """Give the cases of the viewer's team that were submitted and came back, and why, the last to change first."""
    statement = f"""
        SELECT r.id, r.case_number, r.title, d.type, d.reason, count(*) OVER () AS total
        FROM view.{REGISTER.table} AS r LEFT JOIN LATERAL (
            SELECT type, reason FROM view.{DECISION_VIEW.table}
            WHERE stream = r.id AND type = ANY(%(back)s) AND rescinded_by IS NULL ORDER BY version DESC LIMIT 1
        ) AS d ON true
        WHERE r.insiders @> ARRAY[%(person)s]::uuid[] AND %(person)s = ANY(r.team)
          AND r.stage = 'idea' AND (r.status = 'revision' OR (r.status = 'draft' AND r.submitted))
        ORDER BY r.changed_at DESC, r.id DESC LIMIT %(limit)s
    """
    back = [RevisionRequested.stored_as, AgencyReturned.stored_as]
    rows, position = await read(source, statement, {"person": viewer.person, "back": back, "limit": limit})
    return Page(msgspec.to_builtins(rows), None, position)


async def usual_affair(source: Source, viewer: Viewer, owners: Sequence[str]) -> str | None:
    """Give the commonest affair of the last cases of some agencies; those of the viewer's own unit go first."""
    statement = f"""
        SELECT affair FROM (
            SELECT affairs FROM view.{REGISTER.table}
            WHERE region = ANY(%(official_regions)s) AND agency = ANY(%(owners)s) AND {SEEN}
            ORDER BY coalesce(unit = ANY(%(agencies)s), false) DESC, changed_at DESC, id DESC LIMIT {LAST_CASES}
        ) AS last, unnest(affairs) AS affair
        GROUP BY affair ORDER BY count(*) DESC, affair LIMIT 1
    """
    rows, _ = await read(source, statement, seen_by(viewer) | {"owners": owners})
    return rows[0]["affair"] if rows else None


async def read_stays(source: Source, viewer: Viewer, cases: Sequence[str]) -> Page:
    """Give every stay of some cases, where the viewer may see them."""
    statement = f"""
        SELECT f.id, f.imported, f.stays FROM view.{FUNNEL.table} AS f
        WHERE f.id IN (SELECT id FROM view.{REGISTER.table} WHERE id = ANY(%(cases)s::uuid[]) AND {SEEN})
    """
    rows, position = await read(source, statement, seen_by(viewer) | {"cases": [UUID(case) for case in cases]})
    return Page(msgspec.to_builtins(rows), None, position)
