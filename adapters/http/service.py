"""What every endpoint is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request

from adapters.files.store import EvidenceStore
from adapters.http.problems import Problem
from adapters.postgres import view_reads
from adapters.postgres.event_log import Pool
from application.access import Viewer, may_see
from application.cases import INNOVATION, House, load, officer
from application.errors import NotKnown
from domain.innovation.state import Innovation


@dataclass(frozen=True, slots=True)
class Service:
    """The use cases, the database, the files, and how the projector fares."""

    house: House
    pool: Pool
    store: EvidenceStore
    projector_alive: Callable[[], bool]


def service(request: Request) -> Service:
    """Give what the application was made with."""
    given: Service = request.app.state.service
    return given


async def viewer(house: House, person: UUID) -> Viewer:
    """Give a person and what she may act as today."""
    me = await officer(house, person)
    regions = [*(held.region for held in (*me.roles, *me.offices)), *(d.region for d in me.delegations)]
    if not regions:
        return Viewer(person, ())
    return Viewer.of(person, me, house.today(regions[0]))


async def case_seen(house: House, case_id: UUID, person: UUID) -> Innovation:
    """Give a case as it is now; NotKnown when there is none or the person may not know of it."""
    case = await load(house, INNOVATION, case_id)
    if case is None or not may_see(case, await viewer(house, person)):
        raise NotKnown
    return case


async def await_position(request: Request, given: Service) -> None:
    """Wait for the position a reader names (read your writes); 503 when the views do not get there."""
    wanted = request.headers.get("jejak-min-position")
    if wanted is None:
        return
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        raise Problem(400, "position.malformed")
    if not await view_reads.wait_for(given.pool, int(wanted)):
        raise Problem(503, "position.not_reached")
