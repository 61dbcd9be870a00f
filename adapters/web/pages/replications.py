"""The replication desk: who copies what from whom, whose turn it is, and what came of it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from adapters.http.moves import Id
from adapters.http.query import CopyStatus, Query
from adapters.postgres import desk_reads
from adapters.postgres.desk_reads import COPY_PARTS, Copies, CopyPart
from adapters.service import REPLICATIONS, replication_seen
from adapters.web.lists.board import STEPS
from adapters.web.lists.desk import (
    address_with,
    agency_name,
    cursor_of,
    people_waited_for,
    region_name,
    steps_of,
    trail_of,
    waits_of,
)
from adapters.web.render import page
from adapters.web.visit import SignedVisit, Somebody
from application.access import Sight, sight
from application.streams import INNOVATION, load
from domain.codes import ReplicationStatus as R
from domain.innovation.state import Innovation
from domain.replication.state import STATUS_AFTER, Copied, Replication

routes = APIRouter()


class CopyQuery(Query, frozen=True, kw_only=True):
    """Which replications."""

    bagian: CopyPart | None = None
    status: CopyStatus | None = None
    daerah: str | None = None
    perangkat: str | None = None
    cursor: str | None = None


@routes.get("/replikasi")
async def list_copies(visit: Somebody, asked: Annotated[CopyQuery, Depends(CopyQuery.of)]) -> Response:
    """List the replications the visitor may know of."""
    pool, seer = visit.given.pool, visit.seer
    before = cursor_of(asked.cursor)
    wanted = Copies(part=asked.bagian, status=asked.status, region=asked.daerah, agency=asked.perangkat)
    found = await desk_reads.list_copies(pool, seer, wanted, before=before)
    names = await visit.given.names.of(sorted(people_waited_for(found.items)))
    return page(
        visit,
        "replications.html",
        position=found.position,
        asked=asked,
        counts=await desk_reads.count_copies(pool, seer, wanted),
        regions=sorted((region.name, region.code) for region in visit.given.house.directory().regions.values()),
        agency=asked.perangkat and agency_name(visit, asked.perangkat),
        parts=list(COPY_PARTS),
        statuses=[status.value for status in R],
        rows=[_row(visit, row, names) for row in found.items],
        next=address_with(visit, cursor=found.next) if found.next else None,
        begin=address_with(visit, cursor=None) if asked.cursor else None,
    )


def _row(visit: SignedVisit, row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    waits = waits_of(visit, row, names)
    return {
        **row,
        "origin_name": agency_name(visit, row["origin"]),
        "adopter_name": agency_name(visit, row["adopter"]),
        "adopter_place": region_name(visit, row["region"]),
        "step": STEPS.index(R(row["status"])) + 1 if R(row["status"]) in STEPS else None,
        "waits": waits,
    }


@routes.get("/replikasi/{id}")
async def read_copy(visit: Somebody, stream: Id) -> Response:
    """Show a replication: how far it is, both sides, whose turn it is, what was measured, and its trail."""
    copy = await replication_seen(visit.given.house, stream, visit.person)
    case = await load(visit.given.house, INNOVATION, copy.innovation_id)
    assert case is not None
    path = f"/replikasi/{copy.id}"
    can, cannot = await steps_of(visit, REPLICATIONS, copy, path)
    trail = await trail_of(visit, REPLICATIONS, copy)
    row = await desk_reads.find_copy(visit.given.pool, copy.id)
    people = {*copy.team, copy.requested_by, copy.confirmed_by_origin, copy.confirmed_by_adopter} - {None}
    names = await visit.given.names.of(sorted(map(str, people)))
    return page(
        visit,
        "replication.html",
        copy=copy,
        case=case,
        sight=sight(case, visit.seer).value,
        origin=_side(visit, copy.origin, copy.origin_region),
        adopter=_side(visit, copy.adopter, copy.region),
        team=[names.get(str(person), "") for person in sorted(copy.team, key=lambda one: names.get(str(one), ""))],
        confirmed=[_confirmation(copy, names, side) for side in ("origin", "adopter")],
        track=_track(copy, trail),
        waits=waits_of(visit, row, names) if row else [],
        can=can,
        cannot=cannot,
        measured=_measured(copy, case, full=sight(case, visit.seer) is Sight.FULL),
        trail=trail,
    )


def _side(visit: SignedVisit, agency: str, region: str) -> dict[str, str]:
    return {"agency": agency_name(visit, agency), "region": region_name(visit, region)}


def _confirmation(copy: Replication, names: dict[str, str], side: str) -> dict[str, Any]:
    person: UUID | None = getattr(copy, f"confirmed_by_{side}")
    return {"side": side, "name": names.get(str(person), "") if person else None}


def _track(copy: Replication, trail: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give every step with the day it was reached; what was declined or abandoned goes no further."""
    reached: dict[str, str] = {}
    for body, status in STATUS_AFTER.items():
        for entry in trail:
            if entry["type"] == body.stored_as:
                reached[status.value] = entry["occurred_on"]
    done = [status for status in STEPS if status.value in reached]
    over = copy.status not in STEPS
    track = []
    for status in STEPS:
        now = not over and status is copy.status
        state = "now" if now else "done" if status in done else "ahead"
        track.append({"status": status.value, "state": state, "on": reached.get(status.value)})
    return track


def _measured(copy: Replication, case: Innovation, *, full: bool) -> list[dict[str, Any]]:
    """Give every indicator with the origin's baseline, target and last value, and what was measured at the adopter's.

    What the origin measured is for those who may see its case; its indicators are told in the plan itself.
    """
    told = []
    shown = Copied(replication=copy, case=case).indicators if full or copy.adaptation else {}
    for code, indicator in shown.items():
        own = case.indicators.get(code) if full else None
        values = [fact for _, fact in sorted(case.measurements.items()) if fact.indicator == code] if own else []
        told.append(
            {
                "indicator": indicator,
                "origin": own,
                "origin_last": values[-1] if values else None,
                "here": [fact for fact in copy.measurements if fact.indicator == code],
            }
        )
    return told
