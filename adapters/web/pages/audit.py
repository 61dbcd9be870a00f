"""The audit: search what happened, who decided, under which waivers, how late; and draw a sample."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from adapters.http.problems import Problem
from adapters.postgres import audit_reads, office_reads, view_reads
from adapters.postgres.audit_reads import DECIDERS_MAX, KINDS, Wanted
from adapters.service import case_seen
from adapters.web.lists.audit_search import (
    ALL_KINDS,
    AUDITING,
    NOBODYS,
    AuditQuery,
    Found,
    PeriodQuery,
    regions_audited,
    search,
    wanted_of,
)
from adapters.web.lists.desk import address_with, region_name
from adapters.web.pages.offices import office_said
from adapters.web.render import HEADERS, page
from adapters.web.visit import SignedVisit, Somebody
from application.reports.report import as_csv
from domain.people import DECIDERS, Part, Role

routes = APIRouter()
EXPORT_ROWS_MAX = 5_000
EXPORT_WINDOWS_MAX = 50
PEOPLE_MAX = 10
CASE_DECISIONS_MAX = 100
DECIDING_ROLES = (*sorted(DECIDERS), Role.AGENCY_HEAD, Role.COORDINATOR, Role.VERIFIER, Role.COACH, Role.OFFICIAL)
"""In which offices decisions are taken."""
COLUMNS = (
    "position",
    "case_number",
    "title",
    "type",
    "summary",
    "occurred_on",
    "recorded_at",
    "late",
    "name",
    "office",
    "letter",
    "reason",
    "waived",
    "rescinded_by",
)


@routes.get("/audit")
async def read_audit(visit: Somebody, asked: Annotated[AuditQuery, Depends(AuditQuery.of)]) -> Response:
    """Show what an auditor, coordinator or decider asks of her regions."""
    regions, pool = regions_audited(visit, asked), visit.given.pool
    wanted = await wanted_of(visit, asked, regions)
    found = await search(visit, asked, wanted)
    offices = dict.fromkeys(
        [*await office_reads.offices_in(pool, regions, DECIDING_ROLES), *filter(None, [asked.jabatan])]
    )
    return page(
        visit,
        "audit.html",
        asked=asked,
        regions=[(region, region_name(visit, region)) for region in visit.seer.regions(*AUDITING)],
        kinds=ALL_KINDS,
        counts=await audit_reads.count_decisions(pool, wanted),
        kind_links={kind: address_with(visit, jenis=kind, sebelum=None) for kind in KINDS},
        offices=[(office, office_said(visit, office)) for office in offices],
        rows=found.rows,
        next=address_with(visit, sebelum=str(found.below)) if found.below else None,
        begin=address_with(visit, sebelum=None) if asked.sebelum else None,
        csv=address_with(visit, sebelum=None).replace("/audit", "/audit/peristiwa.csv", 1),
        export_max=EXPORT_ROWS_MAX,
        people=await _people(visit, asked, regions),
        case=await _case(visit, wanted),
        sample=await _sample(visit, asked, regions),
    )


@routes.get("/audit/pemutus")
async def read_deciders(visit: Somebody, asked: Annotated[PeriodQuery, Depends(PeriodQuery.of)]) -> Response:
    """Show who decided how often in which office; each line leads to its decisions."""
    regions = regions_audited(visit, asked)
    wanted = await wanted_of(visit, asked, regions)
    rows = await audit_reads.count_deciders(visit.given.pool, wanted)
    names = await visit.given.names.of(sorted({str(row["person"]) for row in rows}))
    period = {name: value for name in ("daerah", "sejak", "sampai") if (value := getattr(asked, name))}
    return page(
        visit,
        "deciders.html",
        asked=asked,
        most=DECIDERS_MAX if len(rows) > DECIDERS_MAX else None,
        regions=[(region, region_name(visit, region)) for region in visit.seer.regions(*AUDITING)],
        rows=[_decider(visit, row, names.get(str(row["person"]), ""), period) for row in rows[:DECIDERS_MAX]],
    )


def _decider(visit: SignedVisit, row: dict[str, Any], name: str, period: dict[str, str]) -> dict[str, Any]:
    asked = {**period, "jabatan": row["office"], "orang": row["person"]}
    return {**row, "name": name, "said": office_said(visit, row["office"]), "href": f"/audit?{urlencode(asked)}"}


@routes.get("/audit/peristiwa.csv")
async def export(visit: Somebody, asked: Annotated[AuditQuery, Depends(AuditQuery.of)]) -> Response:
    """Give everything that is found as a table (CSV); 422 when it is more than one may take away at once."""
    wanted = await wanted_of(visit, asked, regions_audited(visit, asked))
    found: Found = await search(visit, asked, wanted, limit=EXPORT_ROWS_MAX, windows_max=EXPORT_WINDOWS_MAX)
    if found.below is not None:
        raise Problem(422, "audit.too_many", most=EXPORT_ROWS_MAX)
    rows = [[_cell(visit, row, column) for column in COLUMNS] for row in found.rows]
    disposition = 'attachment; filename="peristiwa.csv"'
    return Response(as_csv(COLUMNS, rows), 200, {**HEADERS, "Content-Disposition": disposition}, "text/csv")


def _cell(visit: SignedVisit, row: dict[str, Any], column: str) -> Any:
    match column:
        case "summary":
            return visit.text(row["type"])
        case "office":
            return row["office_said"]
        case "waived":
            return ", ".join(row["waived"])
        case _:
            return row[column]


async def _people(visit: SignedVisit, asked: AuditQuery, regions: list[str]) -> list[tuple[str, str]]:
    """Give the persons of the regions whose name is asked for, and where the history of their roles is."""
    if not asked.orang:
        return []
    found = await office_reads.find_people(visit.given.pool, regions, name=asked.orang.strip(), limit=PEOPLE_MAX)
    return [(one.name, f"/jabatan/{one.id}") for one in found.items]


async def _case(visit: SignedVisit, wanted: Wanted) -> dict[str, Any] | None:
    """Give the decisions of the case asked for, and who played which part in it; None when it is none of theirs."""
    if wanted.case is None or wanted.case == NOBODYS:
        return None
    case = await case_seen(visit.given.house, wanted.case, visit.person)
    whole = Wanted(regions=wanted.regions, case=case.id)
    found = await search(visit, AuditQuery(), whole, limit=CASE_DECISIONS_MAX)
    names = await visit.given.names.of(sorted({str(one) for people in case.parts.values() for one in people}))
    parts = [(part.value, sorted(names.get(str(one), "") for one in case.parts.get(part, ()))) for part in Part]
    return {"number": case.case_number, "title": case.title, "decisions": found.rows, "parts": parts}


async def _sample(visit: SignedVisit, asked: AuditQuery, regions: list[str]) -> dict[str, Any] | None:
    """Draw the sample asked for, and say how anybody can draw it again."""
    if asked.sampel is None:
        return None
    known = await view_reads.checkpoint(visit.given.pool)
    position = known if asked.posisi is None else asked.posisi
    if position > known:
        raise Problem(422, "query.number", name="posisi", least=1, most=known)
    seed = asked.benih or str(position)
    drawn = await audit_reads.draw(
        visit.given.pool, regions, asked.dari, number=asked.sampel, seed=seed, position=position
    )
    again = {"sampel": str(asked.sampel), "benih": seed, "dari": asked.dari, "posisi": str(position)}
    return {
        "rows": drawn.rows,
        "population": drawn.population,
        "seed": seed,
        "position": position,
        "regions": [region_name(visit, region) for region in regions],
        "again": f"/audit?{urlencode(again | ({'daerah': asked.daerah} if asked.daerah else {}))}#sampel",
    }
