"""Questions everybody may ask of the views: the published cases, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from adapters.postgres.event_log import Pool
from adapters.postgres.register_reads import FOUND
from adapters.postgres.view_reads import Page, read_live
from application.published import TOLD_TYPES
from application.views.decisions import DECISION_VIEW
from application.views.register import REGISTER
from domain.innovation.events import CasePublished

CASES_MAX = 12
STEPS = TOLD_TYPES - {CasePublished.stored_as}
DOOR = "CASE WHEN stage = 'closed' THEN outcome ELSE stage END"
"""Where a case stands on the portal: at a stage, or how it ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the published cases are narrowed by; None is everything."""

    q: str | None = None
    door: str | None = None
    region: str | None = None
    kit: bool = False  # only those with a kit
    before: UUID | None = None


async def list_published(pool: Pool, wanted: Wanted) -> Page:
    """Give published cases, the latest entered first, each with the last of its decisions that stands.

    As on its page, of a rescinding only when what it rescinds is told too.
    """
    statement = f"""
        SELECT r.id, r.case_number, r.title, r.problem, r.region, r.agency, r.unit, {DOOR} AS door, r.kit,
               d.type, d.occurred_on, d.reason
        FROM view.{REGISTER.table} AS r LEFT JOIN LATERAL (
            SELECT t.type, t.occurred_on, t.reason FROM view.{DECISION_VIEW.table} AS t
            WHERE t.stream = r.id AND t.type = ANY(%(steps)s) AND t.rescinded_by IS NULL AND NOT EXISTS (
                SELECT FROM view.{DECISION_VIEW.table} AS taken_back
                WHERE taken_back.stream = r.id AND taken_back.rescinded_by = t.version
                  AND taken_back.type <> ALL(%(told)s)
            ) ORDER BY t.version DESC LIMIT 1
        ) AS d ON true
        WHERE {" AND ".join(_where(wanted))}
          AND (%(before)s::uuid IS NULL OR r.id < %(before)s)
        ORDER BY r.id DESC LIMIT %(limit)s
    """
    values = {
        **_values(wanted),
        "steps": list(STEPS),
        "told": list(TOLD_TYPES),
        "before": wanted.before,
        "limit": CASES_MAX + 1,
    }
    rows, position = await read_live(pool, statement, values)
    more = len(rows) > CASES_MAX
    return Page(msgspec.to_builtins(rows[:CASES_MAX]), str(rows[CASES_MAX - 1]["id"]) if more else None, position)


async def count_published(pool: Pool, wanted: Wanted) -> list[dict[str, Any]]:
    """Give how many published cases there are by region and door, among those searched for, or with a kit."""
    searched = Wanted(q=wanted.q, kit=wanted.kit)
    statement = f"""
        SELECT region, {DOOR} AS door, count(*) AS cases FROM view.{REGISTER.table} AS r
        WHERE {" AND ".join(_where(searched))} GROUP BY 1, 2
    """
    return (await read_live(pool, statement, _values(searched)))[0]


def _where(wanted: Wanted) -> list[str]:
    conditions = ["r.published"]
    if wanted.q is not None:
        conditions.append(f"(r.id IN ({FOUND}) OR r.case_number = upper(%(q)s))")
    if wanted.kit:
        conditions.append("r.kit")
    if wanted.door is not None:
        conditions.append(f"{DOOR} = %(door)s")
    if wanted.region is not None:
        conditions.append("r.region = %(region)s")
    return conditions


def _values(wanted: Wanted) -> dict[str, Any]:
    return {"q": wanted.q and wanted.q.strip(), "door": wanted.door, "region": wanted.region}
