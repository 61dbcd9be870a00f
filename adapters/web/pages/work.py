"""My work: what waits for me, the earliest due first; what came back with notes; what I started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from msgspec import Meta

from adapters.http.problems import Problem
from adapters.http.query import Query
from adapters.postgres.cursors import BadCursor
from adapters.postgres.own_reads import list_own, list_returned, read_stays
from adapters.postgres.worklist_reads import Tasks, count_worklist, read_worklist
from adapters.service import case_seen
from adapters.web.lists.drafted import drafts_of
from adapters.web.lists.listing import ROWS, Tag, asked_of, tag_of, to
from adapters.web.lists.waiting import persons_in, whom
from adapters.web.lists.work_rows import BRIEFED, work_rows
from adapters.web.render import page
from adapters.web.visit import SignedVisit, Somebody
from application.streams import remembered
from application.views.view import DAYS
from domain.codes import Stage
from domain.people import OFFICES, Role

RETURNED_MAX = 5
OWN_MAX = 20
routes = APIRouter()


class WorkQuery(Query, frozen=True, kw_only=True):
    """Which of the work: by words, by what is to be done, only what is late; and from which row on."""

    q: str | None = None
    jenis: str | None = None
    lewat: Literal["ya"] | None = None
    cursor: str | None = None
    dari: Annotated[int, Meta(ge=1)] = 1


@routes.get("/kerja")
async def show(visit: Somebody, asked: Annotated[WorkQuery, Depends(WorkQuery.of)]) -> Response:
    """Show what waits for the visitor."""
    given, seer = visit.given, visit.seer
    today = given.house.today()
    counted = (await count_worklist(given.pool, seer, today)).items
    wanted = Tasks(
        q=asked.q, command=asked.jenis, due_before=today if asked.lewat else None, limit=ROWS, cursor=asked.cursor
    )
    try:
        found = await read_worklist(given.pool, seer, wanted)
    except BadCursor as bad:
        raise Problem(422, "cursor.unknown") from bad
    cases = sorted({task["innovation"] for task in found.items})
    stays = {row["id"]: row["stays"] for row in (await read_stays(given.pool, seer, cases)).items}
    agencies = given.house.directory().agencies
    rows = work_rows(visit, found.items, today=today, agencies=agencies, names={}, stays=stays)
    returned, came_back = await _returned(visit)
    held = {capacity.role for capacity in seer.capacities if capacity.letter is None}
    last = asked.dari + len(rows) - 1
    return page(
        visit,
        "work.html",
        asked=asked,
        kinds=counted,
        waiting=sum(kind["waiting"] for kind in counted),
        late=sum(kind["late"] for kind in counted),
        rows=rows,
        first=asked.dari,
        last=last,
        next=found.next and to("/kerja", **asked_of(asked), cursor=found.next, dari=last + 1),
        narrowed=bool(asked.q or asked.jenis or asked.lewat),
        briefed=BRIEFED,
        returned=returned,
        came_back=came_back,
        drafts=await drafts_of(visit),
        own=await _own(visit, agencies),
        may_register=Role.OFFICIAL in held,
        in_office=bool(held & OFFICES),
        position=found.position,
    )


@dataclass(frozen=True, slots=True)
class Returned:
    """A case that came back: by which decision and why, and what is still to be answered."""

    number: str
    title: str
    type: str | None  # None: it was entered from a source
    reason: str | None
    notes: list[tuple[str, str]]  # of which field, and what


async def _returned(visit: SignedVisit) -> tuple[list[Returned], int]:
    """Give the first cases that came back, with their notes; and how many did in all."""
    found = (await list_returned(visit.given.pool, visit.seer, limit=RETURNED_MAX)).items
    there = []
    for row in found:
        case = await case_seen(visit.given.house, UUID(row["id"]), visit.person, remembered)
        notes = [(_field(visit, note.field), note.text) for note in case.unanswered]
        there.append(Returned(row["case_number"], row["title"], row["type"], row["reason"], notes))
    return there, found[0]["total"] if found else 0


def _field(visit: SignedVisit, name: str) -> str:
    code = f"list.field.{name}"
    said = visit.text(code)
    return name if said == code else said


@dataclass(frozen=True, slots=True)
class Own:
    """A case of mine: where it stands, for whom it waits, for how long it has stood at its stage."""

    number: str
    title: str
    tag: Tag
    suspended: bool
    waits_for: list[str]
    days: int | None  # None: nobody knows
    since: date
    over: bool


async def _own(visit: SignedVisit, agencies: Mapping[str, Any]) -> list[Own]:
    found = (await list_own(visit.given.pool, visit.seer, limit=OWN_MAX)).items
    names = await visit.given.names.of(persons_in(one for row in found for one in row["waits_for"]))
    now = visit.given.house.clock()
    return [
        Own(
            number=row["case_number"],
            title=row["title"],
            tag=tag_of(visit, row["stage"], row["status"]),
            suspended=row["suspended"],
            waits_for=list(dict.fromkeys(whom(visit, one, agencies, names) for one in row["waits_for"])),
            days=days_at_stage(row, now),
            since=datetime.fromisoformat(row["stays"][-1]["since"]).astimezone(DAYS).date(),
            over=row["stage"] == Stage.CLOSED,
        )
        for row in found
    ]


def days_at_stage(row: Mapping[str, Any], now: datetime) -> int | None:
    """Give for how many days in all a case has stood at its stage; None where it stood there before it was entered."""
    if row["imported"] and row["stays"][0]["stage"] == row["stage"]:
        return None
    spent = timedelta()
    for stay in row["stays"]:
        if stay["stage"] == row["stage"]:
            until = datetime.fromisoformat(stay["until"]) if stay["until"] else now
            spent += until - datetime.fromisoformat(stay["since"])
    return spent.days
