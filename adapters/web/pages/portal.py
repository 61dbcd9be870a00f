"""What everybody may read without signing in: the published cases, and one of them in full."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends
from fastapi.responses import Response

from adapters.addresses import address
from adapters.http.problems import Problem
from adapters.http.query import Query
from adapters.postgres import view_reads
from adapters.postgres.portal_reads import Wanted, count_published, list_published
from adapters.web.cases import case_by_number
from adapters.web.forms.affairs import affairs
from adapters.web.render import page
from adapters.web.visit import Anybody, Somebody, Visit
from application.cases import examine
from application.errors import NotKnown
from application.published import Published, if_published, published
from application.streams import INNOVATION
from domain.codes import Outcome, Stage

routes = APIRouter()
STAGES = tuple(stage.value for stage in Stage if stage is not Stage.CLOSED)
ENDS = tuple(outcome.value for outcome in Outcome)
PUBLISH = "publish_case"
FRESH_SECONDS = 60
if TYPE_CHECKING:
    Door: TypeAlias = str
else:
    Door = Literal[STAGES + ENDS]


class PortalQuery(Query, frozen=True, kw_only=True):
    """Which published cases."""

    q: str | None = None
    door: Door | None = msgspec.field(name="tahap", default=None)
    region: str | None = msgspec.field(name="wilayah", default=None)
    kit: Literal["ada"] | None = None
    before: str | None = msgspec.field(name="lanjut", default=None)


@routes.get("/")
async def portal(visit: Anybody, asked: Annotated[PortalQuery, Depends(PortalQuery.of)]) -> Response:
    """Show the published cases: how many there are at each stage, and a page of them."""
    before, kit = _before(asked.before), asked.kit is not None
    wanted = Wanted(q=asked.q, door=asked.door, region=asked.region, kit=kit, before=before)
    shown = await list_published(visit.given.pool, wanted)
    counted = await count_published(visit.given.pool, wanted)
    regions = visit.given.house.directory().regions
    here = [row for row in counted if asked.region in (None, row["region"])]
    doors = {door: sum(row["cases"] for row in here if row["door"] == door) for door in STAGES + ENDS}
    return shared(
        visit,
        "portal.html",
        f"public, max-age={FRESH_SECONDS}",
        asked=asked,
        doors=doors,
        stages=STAGES,
        ends=ENDS,
        found=doors[asked.door] if asked.door else sum(doors.values()),
        regions=sorted((regions[code].name, code) for code in {row["region"] for row in counted}),
        cases=[{**row, "where": _where(visit, row["unit"] or row["agency"], row["region"])} for row in shown.items],
        door_address=lambda door: _address(asked, tahap=door, lanjut=None),
        next=_address(asked, lanjut=shown.next) if shown.next else None,
        position=shown.position,
    )


@routes.get("/terbit/{number}")
async def case(visit: Anybody, number: str) -> Response:
    """Show a published case; one that is not, or no longer, is not known here."""
    found = await view_reads.find_case(visit.given.pool, number)
    told = published(await visit.given.house.log.load(found)) if found else None
    if told is None:
        raise NotKnown
    return await _case(visit, told)


@routes.get("/inovasi/{number}/pratinjau")
async def preview(visit: Somebody, number: str) -> Response:
    """Show who may publish a case what everybody would read of it; to others there is no such page."""
    case = await case_by_number(visit, number)
    found = await examine(visit.given.house, INNOVATION, case, visit.person, None)
    told = if_published(await visit.given.house.log.load(case.id))
    if told is None or not any(move.command == PUBLISH and verdict.allowed for move, verdict in found):
        raise NotKnown
    return await _case(visit, told, form=f"/inovasi/{number}/{address(PUBLISH)}")


async def _case(visit: Visit, told: Published, form: str | None = None) -> Response:
    """Give the page of a case; `form` is where it is published, on a preview."""
    persons = {str(decided.person) for decided in told.decisions if decided.person}
    directory, called = visit.given.house.directory(), partial(_called, visit)
    return shared(
        visit,
        "published.html",
        "public, no-cache",  # what was taken back is shown to nobody again
        told=told,
        form=form,
        known=msgspec.to_builtins(told.profile),
        track=_track(told),
        where=_where(visit, told.profile.unit or told.agency, told.region),
        names=await visit.given.names.of(persons),
        agency=called,
        region=lambda code: directory.regions[code].name,
        affairs=[affairs(visit.language).get(code, code) for code in told.profile.affairs or ()],
        partners=[called(code) for code in told.partners],
        rules=visit.given.house.rulebook_on(visit.given.house.today(told.region)),
        position=told.position,
    )


def _track(told: Published) -> list[tuple[str, str, list[tuple[Any, Any]]]]:
    """Give the four stages: each with whether it is behind, now, or ahead, and when the case was there."""
    stays = {stage: [(stay.since, stay.until) for stay in told.stays if stay.stage == stage] for stage in STAGES}
    return [(stage, "now" if told.stage == stage else "" if been else "ahead", been) for stage, been in stays.items()]


def _where(visit: Visit, agency: str, region: str) -> str:
    """Say whose a case is; most agencies carry their region in their names."""
    named, home = _called(visit, agency), visit.given.house.directory().regions[region].name
    return named if home in named else f"{named}, {home}"


def _called(visit: Visit, agency: str) -> str:
    known = visit.given.house.directory().agencies.get(agency)
    return known.name if known else agency


def _before(cursor: str | None) -> UUID | None:
    try:
        return UUID(cursor) if cursor else None
    except ValueError as unknown:
        raise Problem(422, "cursor.unknown") from unknown


def _address(asked: PortalQuery, **changed: str | None) -> str:
    """Give the address of the same question with something changed."""
    same = {"q": asked.q, "tahap": asked.door, "wilayah": asked.region, "kit": asked.kit, "lanjut": asked.before}
    kept = {name: value for name, value in (same | changed).items() if value}
    return f"/?{urlencode(kept)}" if kept else "/"


def shared(visit: Visit, template: str, kept: str, **values: Any) -> Response:
    """Give a page that is the same for everybody who has not signed in, and how it may be kept."""
    answer = page(visit, template, **values)
    if visit.seer is not None:
        return answer
    tag = f'"{hashlib.sha256(bytes(answer.body)).hexdigest()[:16]}"'
    fresh = {"Cache-Control": kept, "ETag": tag}
    if tag in visit.request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={**fresh, "Vary": answer.headers["Vary"]})
    answer.headers.update(fresh)
    return answer
