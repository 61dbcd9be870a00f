"""The minutes of one decision, made to be printed on one sheet: names as they were on that day."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from fastapi.responses import Response

from adapters.http.query import Cut
from adapters.web.casefile.opened import open_case
from adapters.web.casefile.trail import decisions_of, entries_of
from adapters.web.cases import case_by_number
from adapters.web.render import page
from adapters.web.visit import Somebody
from application.errors import NotKnown
from application.queries import document

routes = APIRouter()


@routes.get("/inovasi/{number}/berita-acara/{version}")
async def minutes(visit: Somebody, number: str, version: int) -> Response:
    """Show the minutes of the decision a case was at a version of."""
    now = await case_by_number(visit, number)
    if not 1 <= version <= now.version:
        raise NotKnown
    whole = await open_case(visit, now, Cut())
    rescinded = entries_of(whole, after=version - 1, last=version)[0].rescinded_by
    opened = await open_case(visit, now, Cut(version=version))
    if version not in decisions_of(opened):
        raise NotKnown
    (entry,) = entries_of(opened, after=version - 1, last=version)
    decided = opened.events[-1]
    region = visit.given.house.directory().regions[opened.case.region]
    return page(
        visit,
        "case/minutes.html",
        case=document(opened.case),
        place=opened.case.place,
        entry=replace(entry, rescinded_by=rescinded),
        items=[opened.case.evidence[item].fact for item in decided.body.evidence if item in opened.case.evidence],
        command=decided.command_id,
        region=region.name,
        seat=opened.say.agencies.get(decided.actor.agency, region.name),
        zone=opened.zone,
        say=opened.say,
    )
