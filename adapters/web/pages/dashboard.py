"""The dashboard of a region: how far ideas come, how long it takes, who takes part, what spreads and what is late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from msgspec import Meta

from adapters.http.past import moment_of, source_of
from adapters.http.problems import Problem
from adapters.http.query import AsOf, Share
from adapters.postgres.cursors import BadCursor
from adapters.postgres.dashboard_reads import count_places, count_spread, list_spread, read_funnel
from adapters.postgres.worklist_reads import Tasks, count_late, read_tasks
from adapters.web.lists.board import LIVING, STEPS, lane_of, owners_of
from adapters.web.lists.fresh import Fresh
from adapters.web.lists.listing import ROWS, Rows, agencies_at, asked_of, to
from adapters.web.lists.panels import CASES, LANES_MAX, LATE, Board
from adapters.web.lists.waiting import days_left, persons_in, whom
from adapters.web.lists.work_rows import work_rows
from adapters.web.render import capital, page
from adapters.web.visit import SignedVisit, Somebody
from application.errors import NotKnown
from application.views.clocks import day_of
from application.views.view import DAYS
from domain.codes import Outcome, Stage
from domain.people import Agency, Region, Role

PATH = "/dasbor"
SPREAD_MAX = 100
routes = APIRouter()


@routes.get(PATH)
async def show(visit: Somebody, asked: Annotated[Share, Depends(Share.of)]) -> Response:
    """Show the dashboard of one region."""
    regions = regions_of(visit)
    if not regions:
        return page(visit, "dashboard.html", region=None)
    region = _chosen(regions, asked.region)
    today = today_of(visit, asked)
    boards: Fresh[Found] = visit.request.app.state.boards
    whose = (visit.seer, region.code, asked.agency, asked.as_of, today)
    found = await boards.of(whose, partial(_found, visit, asked, region, today))
    agencies = agencies_at(visit, asked, found.position)
    owners = owners_of(agencies, region)
    shown = [agency for agency in owners if asked.agency in (None, agency.id)]
    by_agency, by_place = Counter[str](), Counter[tuple[str, str]]()
    for row in found.places:
        by_agency[row["agency"]] += row["cases"]
        by_place[row["stage"], row["status"]] += row["cases"]
    living = [row for row in found.funnel if row["stage"] in LIVING]
    lanes = [lane_of(row, agencies[row["adopter_agency"]].name) for row in found.spread]
    narrowed = asked_of(asked) | {"region": region.code}
    outcomes = {one.value: by_place[Stage.CLOSED.value, one.value] for one in Outcome}
    board = Board(visit, narrowed)
    return page(
        visit,
        "dashboard.html",
        asked=asked,
        region=region,
        regions=[(one.code, one.name) for one in regions],
        owners=owners,
        total=by_place.total(),
        outcomes=outcomes,
        ends={one: to(CASES, **narrowed, stage="closed", status=one) for one in ("rejected", "stopped")},
        funnel=board.funnel(living, by_place.total(), outcomes),
        stays=board.stays(living),
        ticks=board.ticks(living),
        agencies=board.agencies(shown, by_agency),
        spread=board.spread(lanes, found.copies),
        copies=board.copies(found.copies),
        steps=len(STEPS),
        first_step=board.status(STEPS[0]),
        last_step=board.status(STEPS[-1]),
        more_lanes=len(lanes) > LANES_MAX,
        lanes_max=LANES_MAX,
        late=board.late(await _late(visit, found.late, agencies, today)),
        all_late=to(LATE, **narrowed),
        today=to(PATH, **asked_of(asked, "as_of")),
        position=found.position,
    )


class Found(NamedTuple):
    """What the views tell of a region, up to a position."""

    position: int
    funnel: list[dict[str, Any]]
    places: list[dict[str, Any]]
    spread: list[dict[str, Any]]
    copies: dict[str, int]
    late: list[dict[str, Any]]


async def _found(visit: SignedVisit, asked: Share, region: Region, today: date) -> Found:
    source = await source_of(visit.given, asked, visit.seer, region=region.code)
    scope = {"region": region.code, "agency": asked.agency}
    overdue = Tasks(due_before=today, region=region.code, agency=asked.agency)
    funnel = await read_funnel(source, visit.seer, scope)
    places = await count_places(source, visit.seer, scope)
    spread = await list_spread(source, visit.seer, scope, limit=SPREAD_MAX)
    copies = await count_spread(source, visit.seer, scope)
    late = await count_late(source, visit.seer, overdue)
    return Found(funnel.position, funnel.items, places.items, spread.items, copies, late.items)


async def _late(
    visit: SignedVisit, found: list[dict[str, Any]], agencies: Mapping[str, Agency], today: date
) -> list[dict[str, Any]]:
    """Give for whom how much is late, and for how many working days the oldest of it."""
    names = await visit.given.names.of(persons_in(row["address"] for row in found))
    return [
        {
            **row,
            "whom": capital(whom(visit, row["address"], agencies, names)),
            "days": -days_left(visit, date.fromisoformat(row["due_on"]), today),
        }
        for row in found
    ]


class LateQuery(AsOf, frozen=True, kw_only=True):
    """What is late: in which region, of whose cases, for whom; and from which row on."""

    region: str
    agency: str | None = None
    untuk: str | None = None
    cursor: str | None = None
    dari: Annotated[int, Meta(ge=1)] = 1


@routes.get(LATE)
async def show_late(visit: Somebody, asked: Annotated[LateQuery, Depends(LateQuery.of)]) -> Response:
    """Show what is late in a region, and for whom it waits."""
    region = _chosen(regions_of(visit), asked.region)
    source = await source_of(visit.given, asked, visit.seer, region=region.code)
    today = today_of(visit, asked)
    scope = Tasks(due_before=today, region=region.code, agency=asked.agency, address=asked.untuk)
    try:
        found = await read_tasks(source, visit.seer, replace(scope, limit=ROWS, cursor=asked.cursor))
    except BadCursor as bad:
        raise Problem(422, "cursor.unknown") from bad
    agencies = agencies_at(visit, asked, found.position)
    names = await visit.given.names.of(persons_in(task["address"] for task in found.items))
    rows = work_rows(visit, found.items, today=today, agencies=agencies, names=names, stays={})
    last = asked.dari + len(rows) - 1
    following = found.next and to(LATE, **asked_of(asked), cursor=found.next, dari=last + 1)
    return page(
        visit,
        "late.html",
        asked=asked,
        region=region,
        rows=rows,
        shown=Rows(asked.dari, last, found.items[0]["total"] if found.items else 0, following),
        back=to(PATH, **asked_of(asked, "untuk")),
        position=found.position,
    )


# Where and when


def regions_of(visit: SignedVisit) -> list[Region]:
    """Give the regions whose state is the visitor's business: those she serves in, else those she works with."""
    serving = {*visit.seer.official_regions, *visit.seer.all_regions}
    beside = {held.region for held in visit.seer.capacities if held.role is not Role.ADMIN}
    known = visit.given.house.directory().regions
    return sorted((known[code] for code in (serving or beside) & known.keys()), key=lambda region: region.name)


def _chosen(regions: list[Region], code: str | None) -> Region:
    for region in regions:
        if code in (None, region.code):
            return region
    raise NotKnown


def today_of(visit: SignedVisit, asked: AsOf) -> date:
    """Give the day the page is about."""
    return visit.given.house.today() if asked.as_of is None else day_of(moment_of(asked.as_of, DAYS.key))
