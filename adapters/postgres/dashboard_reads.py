"""The boards asked: the funnel with its stays, and what an official's dashboard is made of."""

from __future__ import annotations

from typing import Any

import msgspec

from adapters.postgres.view_reads import COPY_SEEN, REPLICATION_TABLE, SEEN, Page, Source, read, seen_by
from application.access import Viewer
from application.views.funnel import FUNNEL
from application.views.register import REGISTER
from domain.codes import Stage

PARTS = ((2, "median_days"), (1, "p25_days"), (3, "p75_days"), (4, "p90_days"))

BETWEEN = """(%(region)s::text IS NULL OR %(region)s IN (p.region, p.origin_region))
          AND (%(agency)s::text IS NULL OR %(agency)s IN (r.agency, p.adopter_agency))"""
"""Which replications lead out of a region or an agency, or into it."""
SPREAD = f"""view.{REPLICATION_TABLE} AS p JOIN view.{REGISTER.table} AS r ON r.id = p.innovation
        WHERE {COPY_SEEN} AND {BETWEEN}"""


async def read_funnel(source: Source, viewer: Viewer, asked: dict[str, Any]) -> Page:
    """Give per stage how many of the cases the viewer may see stand there, ever came there, and how long they stay.

    `median_days` counts all stays of a case at the stage, the one that lasts up to now; where an imported case had
    stood before it was entered, nobody knows for how long, and it is not counted. So do `p25_days`, `p75_days` and
    `p90_days`: as long as a quarter, three quarters and nine tenths of the cases stay at most.
    """
    statement = f"""
        WITH seen AS MATERIALIZED (
            SELECT f.stage, f.imported, f.since, f.reached, f.seconds FROM view.{FUNNEL.table} AS f
            WHERE f.id IN (SELECT id FROM view.{REGISTER.table} WHERE {SEEN}
                           AND (%(region)s::text IS NULL OR region = %(region)s)
                           AND (%(agency)s::text IS NULL OR agency = %(agency)s))
        ), spent AS (
            SELECT s.stage, count(*) AS reached, percentile_cont(ARRAY[0.25, 0.5, 0.75, 0.9]) WITHIN GROUP (ORDER BY
                   CASE WHEN NOT (seen.imported AND s.n = 1) THEN
                       s.seconds + CASE WHEN s.stage = seen.stage THEN
                           extract(epoch FROM coalesce(%(moment)s, statement_timestamp()) - seen.since)::float8
                       ELSE 0 END
                   END) AS seconds
            FROM seen CROSS JOIN LATERAL unnest(seen.reached, seen.seconds) WITH ORDINALITY AS s (stage, seconds, n)
            GROUP BY s.stage
        )
        SELECT o.stage, coalesce(spent.reached, 0) AS reached, coalesce(stands.here, 0) AS here,
               {", ".join(f"round((spent.seconds[{n}] / 86400)::numeric, 1)::float8 AS {name}" for n, name in PARTS)}
        FROM unnest(%(stages)s::text[]) WITH ORDINALITY AS o (stage, n) LEFT JOIN spent USING (stage)
        LEFT JOIN (SELECT stage, count(*) AS here FROM seen GROUP BY stage) AS stands USING (stage)
        ORDER BY o.n
    """
    values = seen_by(viewer)
    stages = [stage.value for stage in Stage]
    values |= {"region": asked.get("region"), "agency": asked.get("agency"), "stages": stages}
    rows, position = await read(source, statement, values)
    return Page(msgspec.to_builtins(rows), None, position)


async def count_places(source: Source, viewer: Viewer, asked: dict[str, Any]) -> Page:
    """Give per agency, stage and status how many of the cases the viewer may see stand there."""
    statement = f"""
        SELECT agency, stage, status, count(*) AS cases FROM view.{REGISTER.table}
        WHERE {SEEN} AND region = %(region)s AND (%(agency)s::text IS NULL OR agency = %(agency)s)
        GROUP BY agency, stage, status ORDER BY agency, stage, status
    """
    rows, position = await read(source, statement, seen_by(viewer) | asked)
    return Page(msgspec.to_builtins(rows), None, position)


async def list_spread(source: Source, viewer: Viewer, asked: dict[str, Any], *, limit: int) -> Page:
    """Give the replications out of a region and into it that the viewer may know of, the last to change first."""
    statement = f"""
        SELECT p.id, p.innovation, r.case_number, r.title, p.origin_region, p.region, p.adopter_agency, p.status,
               p.since, p.started_at, p.answer IS NOT NULL AS answered
        FROM {SPREAD} ORDER BY p.changed_at DESC, p.id DESC LIMIT %(limit)s
    """
    rows, position = await read(source, statement, seen_by(viewer) | asked | {"limit": limit})
    return Page(msgspec.to_builtins(rows), None, position)


async def count_spread(source: Source, viewer: Viewer, asked: dict[str, Any]) -> dict[str, int]:
    """Give by status how many replications there are out of a region and into it that the viewer may know of."""
    statement = f"SELECT p.status, count(*) AS copies FROM {SPREAD} GROUP BY p.status ORDER BY p.status"
    rows, _ = await read(source, statement, seen_by(viewer) | asked)
    return {row["status"]: row["copies"] for row in rows}
