"""The page of a case: its way, what it waits for, what the visitor can do, and everything that happened."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from adapters.files.kinds import believed
from adapters.http.past import source_of
from adapters.http.problems import Problem
from adapters.http.query import AsOf, Cut, Version
from adapters.postgres import view_reads
from adapters.web.casefile.indicators import trends_of
from adapters.web.casefile.opened import Opened, open_case
from adapters.web.casefile.possible import act_of, possible, waits_of
from adapters.web.casefile.stages import ribbon_of, track_of
from adapters.web.casefile.trail import decisions_of, trail_of
from adapters.web.cases import kit_by_number
from adapters.web.forms.about import may_open
from adapters.web.lists.board import STEPS
from adapters.web.render import page
from adapters.web.told import Sayer
from adapters.web.visit import SignedVisit, Somebody
from application.access import may_see
from application.cases import examine
from application.errors import NotKnown
from application.queries import document, summary
from application.streams import INNOVATION
from domain.innovation import events as e
from domain.innovation.state import Evidence, Innovation

routes = APIRouter()
Part = Literal["ringkasan", "jejak", "indikator", "replikasi", "mitra", "bukti", "profil", "evaluasi"]
SUMMARY_EVENTS = 12
MOMENTS_MAX = 6


class CaseQuery(AsOf, frozen=True, kw_only=True):
    """Which part of the page, at which version or moment, and before which version the trail goes on."""

    bagian: Part = "ringkasan"
    versi: Version | None = None
    sebelum: Version | None = None


@routes.get("/inovasi/{number}")
async def show(visit: Somebody, number: str, asked: Annotated[CaseQuery, Depends(CaseQuery.of)]) -> Response:
    """Show a case, now or as it stood; its kit alone to whom only that is open."""
    now = await kit_by_number(visit, number)
    if not may_see(now, visit.seer):
        return await _kit(visit, now)
    try:
        opened = await open_case(visit, now, Cut(as_of=asked.as_of, version=asked.versi))
    except (Problem, NotKnown) as nothing:
        return _never(visit, now, nothing)
    parts = PARTS.get(asked.bagian)
    return page(
        visit,
        f"case/{asked.bagian}.html",
        opened=opened,
        case=document(opened.case),
        now=now,
        part=asked.bagian,
        asked=asked,
        track=track_of(opened),
        moments=_moments(opened),
        zone=opened.zone,
        say=opened.say,
        position=opened.case.position if opened.past else None,
        **(await parts(visit, opened, asked) if parts else {}),
    )


def _never(visit: SignedVisit, now: Innovation, nothing: Exception) -> Response:
    """Say that the case did not stand at what was asked for, and when it did."""
    code, params = (nothing.code, nothing.params) if isinstance(nothing, Problem) else ("case.not_yet", {})
    status = 422 if isinstance(nothing, Problem) else 404
    return page(visit, "case/never.html", status, now=now, said=visit.text(code, **params))


def _moments(opened: Opened) -> list[tuple[int, str, str]]:
    """Give the newest decisions to look back to: version, event and day."""
    decided = decisions_of(opened)
    found = [(r.version, r.body.stored_as, r.occurred_on.isoformat()) for r in opened.events if r.version in decided]
    return found[-MOMENTS_MAX:]


# The parts of the page


async def _summary(visit: SignedVisit, opened: Opened, _asked: CaseQuery) -> dict[str, Any]:
    waits = [] if opened.past else await waits_of(visit, opened)
    return {
        "ribbon": ribbon_of(opened),
        "trends": trends_of(opened)[:4],
        "trail": trail_of(opened, most=SUMMARY_EVENTS),
        "obstacles": [o for o in opened.case.obstacles.values() if o.resolution is None],
        "possible": None if opened.past else await possible(visit, opened.case, waits),
        "waits": waits,
    }


async def _trail(_visit: SignedVisit, opened: Opened, asked: CaseQuery) -> dict[str, Any]:
    return {"ribbon": ribbon_of(opened), "trail": trail_of(opened, asked.sebelum)}


async def _indicators(_visit: SignedVisit, opened: Opened, _asked: CaseQuery) -> dict[str, Any]:
    return {"trends": trends_of(opened)}


async def _replications(visit: SignedVisit, opened: Opened, _asked: CaseQuery) -> dict[str, Any]:
    return {"rows": await _board(visit, opened, view_reads.list_replications), "steps": STEPS}


async def _evaluations(visit: SignedVisit, opened: Opened, _asked: CaseQuery) -> dict[str, Any]:
    rows = await _board(visit, opened, view_reads.list_evaluations)
    sitting = {person for row in rows for person in row["panel"]}
    return {"rows": rows, "names": await visit.given.names.of(sorted(sitting))}


async def _board(visit: SignedVisit, opened: Opened, ask: Any) -> list[dict[str, Any]]:
    """Give the rows of a view about this case, now or as they were."""
    case = opened.case.id
    then = AsOf(as_of=opened.moment.isoformat() if opened.moment else None)
    source = await source_of(visit.given, then, visit.seer, innovation=case)
    rows: list[dict[str, Any]] = (await ask(source, visit.seer, {"innovation": case})).items
    return rows


async def _partners(_visit: SignedVisit, opened: Opened, _asked: CaseQuery) -> dict[str, Any]:
    """Give partners with the days they were asked and answered, and those who left."""
    rows: dict[str, dict[str, Any]] = {}
    for recorded in opened.events:
        match recorded.body:
            case e.PartnerInvited(agency=agency):
                rows[agency] = {"body": recorded.body, "invited": recorded.occurred_on, "accepted": None, "left": None}
            case e.PartnershipAccepted(agency=agency):
                by = opened.say.names.get(str(recorded.actor.person), "")
                rows[agency] |= {"accepted": recorded.occurred_on, "by": by}
            case e.PartnerWithdrawn(agency=agency):
                rows[agency] |= {"left": recorded.occurred_on, "why": recorded.body.reason}
    return {"rows": list(rows.items())}


async def _evidence(visit: SignedVisit, opened: Opened, _asked: CaseQuery) -> dict[str, Any]:
    """Give every piece of evidence, the newest first, with whether our own server has its file and can draw it."""
    why = {r.body.item: r.body.reason for r in opened.events if isinstance(r.body, e.EvidenceWithdrawn)}
    items = sorted(opened.case.evidence.values(), key=lambda item: -item.version)
    files = [(item, visit.given.store.file_of(item.fact.digest)) for item in items]
    told = [(item, file is not None, file is not None and _is_drawn(file, item)) for item, file in files]
    return {"items": told, "why": why}


def _is_drawn(file: Path, item: Evidence) -> bool:
    kind = believed(file, item.fact.media_type)
    return kind is not None and kind.drawn


async def _profile(visit: SignedVisit, opened: Opened, _asked: CaseQuery) -> dict[str, Any]:
    rules = visit.given.house.rulebook_on(opened.today)
    return {"questions": rules.inclusion_questions}


PARTS = {
    "ringkasan": _summary,
    "jejak": _trail,
    "indikator": _indicators,
    "replikasi": _replications,
    "mitra": _partners,
    "bukti": _evidence,
    "profil": _profile,
    "evaluasi": _evaluations,
}


async def _kit(visit: SignedVisit, case: Innovation) -> Response:
    """Show what is open to every government: profile, stage and kit; and how to ask for a replication."""
    found = await examine(visit.given.house, INNOVATION, case, visit.person, None)
    move, verdict = next(pair for pair in found if pair[0].command == "request_replication")
    directory = visit.given.house.directory()
    return page(
        visit,
        "case/kit.html",
        case=summary(case),
        say=Sayer(visit.language),
        agency=directory.agencies[case.agency].name,
        region=directory.regions[case.region].name,
        act=act_of(visit, case, move) if may_open(verdict) else None,
        reasons=[visit.why(blocker) for blocker in verdict.blockers],
    )
