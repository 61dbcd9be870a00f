"""The evaluation desk: whose scores are missing, and what came of them. Until they stand, everybody reads her own."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from adapters.http.moves import Id
from adapters.http.query import PanelStatus, Query
from adapters.postgres import desk_reads
from adapters.postgres.desk_reads import PANEL_PARTS, PanelPart
from adapters.service import EVALUATIONS, evaluation_seen
from adapters.web.lists.desk import address_with, cursor_of, people_waited_for, steps_of, trail_of, waits_of
from adapters.web.render import page
from adapters.web.visit import SignedVisit, Somebody
from application.queries import concealed, evaluation_document
from application.streams import INNOVATION, load
from domain.codes import EvaluationStatus
from domain.evaluation.events import SCORE_MAX
from domain.evaluation.state import Evaluation
from domain.rulebook.model import Sentence

routes = APIRouter()


class PanelQuery(Query, frozen=True, kw_only=True):
    """Which evaluations."""

    bagian: PanelPart | None = None
    status: PanelStatus | None = None
    cursor: str | None = None


@routes.get("/evaluasi")
async def list_panels(visit: Somebody, asked: Annotated[PanelQuery, Depends(PanelQuery.of)]) -> Response:
    """List the evaluations of cases the visitor may see."""
    pool, seer = visit.given.pool, visit.seer
    before = cursor_of(asked.cursor)
    found = await desk_reads.list_panels(pool, seer, part=asked.bagian, status=asked.status, before=before)
    names = await visit.given.names.of(sorted(people_waited_for(found.items)))
    return page(
        visit,
        "evaluations.html",
        position=found.position,
        asked=asked,
        counts=await desk_reads.count_panels(pool, seer),
        parts=list(PANEL_PARTS),
        statuses=[status.value for status in EvaluationStatus],
        rows=[{**row, "waits": waits_of(visit, row, names) if row["judged_now"] else []} for row in found.items],
        next=address_with(visit, cursor=found.next) if found.next else None,
        begin=address_with(visit, cursor=None) if asked.cursor else None,
    )


@routes.get("/evaluasi/{id}")
async def read_panel(visit: Somebody, stream: Id) -> Response:
    """Show an evaluation: the panel, who still owes scores, the visitor's own scores, and the result once it stands."""
    judging = await evaluation_seen(visit.given.house, stream, visit.person)
    case = await load(visit.given.house, INNOVATION, judging.innovation_id)
    assert case is not None
    can, cannot = await steps_of(visit, EVALUATIONS, judging, f"/evaluasi/{judging.id}")
    trail = await trail_of(visit, EVALUATIONS, judging)
    row = await desk_reads.find_panel(visit.given.pool, judging.id)
    told = concealed(evaluation_document(judging), visit.person)
    names = await visit.given.names.of(sorted({str(seat.person) for seat in judging.seats}))
    criteria = _criteria(visit, judging, trail[-1])
    own = next((seat for seat in reversed(told["seats"]) if seat["person"] == str(visit.person)), None)
    waits = waits_of(visit, row, names) if row and row["judged_now"] else []
    return page(
        visit,
        "evaluation.html",
        judging=judging,
        case=case,
        criteria=criteria,
        own=own,
        seats=_seats(judging, told["seats"], names, trail),
        waits=waits,
        can=can,
        cannot=cannot,
        result=_result(judging, told, names, criteria),
        score_max=SCORE_MAX,
        trail=trail,
    )


def _criteria(visit: SignedVisit, judging: Evaluation, opened: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Give each criterion: its code, its name and its question, in the words of the rules it was opened under."""
    house, ref = visit.given.house, opened["rulebook"]
    known = {rules.digest: rules for rules in house.rulebooks}
    rules = known.get(ref["digest"] if ref else "") or house.rulebook_on(date.fromisoformat(opened["occurred_on"]))
    told = []
    for code in judging.criteria:
        sentence = rules.panel.criteria.get(code, Sentence(id=code, en=code))
        name, colon, question = getattr(sentence, visit.language).partition(": ")
        told.append((code, name, question if colon else ""))
    return told


def _seats(
    judging: Evaluation, told: list[dict[str, Any]], names: dict[str, str], trail: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Give every seat: whose it is, since when, and whether she has scored, declared a conflict or was replaced."""
    since: dict[str, str] = {}
    for entry in reversed(trail):
        seated = entry["body"].get("replacement") or entry["body"].get("person")
        if seated:
            since[seated] = entry["occurred_on"]
    found = []
    for seat, state in zip(told, judging.seats, strict=True):
        standing = "conflict" if seat["conflict"] else "replaced" if seat["replaced_by"] else "seated"
        found.append(
            {
                "name": names.get(seat["person"], ""),
                "since": since.get(seat["person"]),
                "standing": "scored" if state.active and state.scores else standing,
                "conflict": seat["conflict"],
                "by": names.get(seat["replaced_by"] or "", ""),
            }
        )
    return found


def _result(
    judging: Evaluation, told: dict[str, Any], names: dict[str, str], criteria: list[tuple[str, str, str]]
) -> dict[str, Any] | None:
    """Give the consolidated scores with the least and the highest of each criterion, and who gave what."""
    if told["result"] is None:
        return None
    scored = [(UUID(seat["person"]), seat["scores"]) for seat in told["seats"] if seat["scores"]]
    panel = {seat.person for seat in judging.scored}
    given = [(names.get(str(person), ""), scores) for person, scores in scored if person in panel]
    rows = []
    for code, name, _ in criteria:
        points = [scores[code]["score"] for _, scores in given]
        rows.append(
            {
                "name": name,
                "mean": told["result"]["by_criterion"][code],
                "least": min(points),
                "most": max(points),
                "scores": [(who, scores[code]["score"], scores[code]["note"]) for who, scores in given],
            }
        )
    return {
        "score": judging.result and judging.result.score,
        "spread": judging.result and judging.result.spread,
        "rows": rows,
        "people": [who for who, _ in given],
    }
