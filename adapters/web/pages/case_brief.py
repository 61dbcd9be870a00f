"""The brief of a case: what who decides should have read before, on one sheet."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from adapters.http.query import Cut
from adapters.web.casefile.indicators import trends_of
from adapters.web.casefile.opened import open_case
from adapters.web.casefile.possible import waits_of
from adapters.web.casefile.stages import track_of
from adapters.web.casefile.trail import entries_of
from adapters.web.cases import case_by_number
from adapters.web.render import page
from adapters.web.visit import Somebody
from application.queries import document
from application.streams import EVALUATION, load

routes = APIRouter()
WAITS_MAX, TRENDS_MAX, DECISIONS_MAX, ITEMS_MAX = 2, 6, 4, 4
"""As many as fit on one sheet; the page says of how many."""


@routes.get("/inovasi/{number}/ringkas")
async def brief(visit: Somebody, number: str) -> Response:
    """Show a case on one sheet."""
    opened = await open_case(visit, await case_by_number(visit, number), Cut())
    case = opened.case
    judged = case.evaluation if case.evaluation and case.evaluation.score is not None else None
    entries = entries_of(opened, after=0, last=len(opened.events))
    decided = [entry for entry in reversed(entries) if entry.number is not None and entry.reason]
    evidence = sorted((one for one in case.evidence.values() if not one.withdrawn), key=lambda one: -one.version)
    obstacles = [one.fact for one in case.obstacles.values() if one.resolution is None]
    trends = trends_of(opened)
    return page(
        visit,
        "case/brief.html",
        opened=opened,
        case=document(case),
        place=case.place,
        step=next((step for step in track_of(opened) if step.state == "now"), None),
        waits=(await waits_of(visit, opened))[:WAITS_MAX],
        trends=trends[:TRENDS_MAX],
        judged=await load(visit.given.house, EVALUATION, judged.id) if judged else None,
        decided=decided[:DECISIONS_MAX],
        evidence=[one.fact for one in evidence[:ITEMS_MAX]],
        obstacles=obstacles[:ITEMS_MAX],
        left={
            "trends": len(trends[TRENDS_MAX:]),
            "decided": len(decided[DECISIONS_MAX:]),
            "evidence": len(evidence[ITEMS_MAX:]),
            "obstacles": len(obstacles[ITEMS_MAX:]),
        },
        zone=opened.zone,
        say=opened.say,
    )
