"""What an auditor asks, and what is found: rows of one form, whether from the decisions or from the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta

from adapters.http.past import position_at
from adapters.http.problems import Problem
from adapters.http.query import Query
from adapters.postgres import audit_reads
from adapters.postgres.audit_reads import KINDS, LAST, WINDOWS_MAX, Population, Wanted
from adapters.web.lists.desk import office_in_words
from adapters.web.visit import SignedVisit
from application.errors import NotKnown
from application.streams import INNOVATION, OFFICE, kind_of
from application.views.decisions import DECIDING, is_late
from application.views.view import DAYS
from domain.innovation import events as e
from domain.people import DECIDERS, Role
from domain.record import Recorded

AUDITING = (Role.AUDITOR, Role.COORDINATOR, *DECIDERS)
ROWS = 50
LOG_KINDS = ("terlambat", "semua")
"""What is looked for in the log itself: every event entered late, and every event."""
ALL_KINDS = (*KINDS, *LOG_KINDS)
SAMPLE_MAX = 200
NOBODYS = UUID(int=0)
"""The case of a number that no case of the regions has."""


class PeriodQuery(Query, frozen=True, kw_only=True):
    """Which region, and between which days of recording."""

    daerah: str | None = None
    sejak: str | None = None
    sampai: str | None = None


class AuditQuery(PeriodQuery, frozen=True, kw_only=True):
    """Which events, and which sample."""

    kasus: str | None = None
    orang: str | None = None
    jabatan: str | None = None
    jenis: Literal["keputusan", "ralat", "pengecualian", "keputusan-terlambat", "terlambat", "semua"] = "keputusan"
    sebelum: Annotated[int, Meta(ge=1)] | None = None
    sampel: Annotated[int, Meta(ge=1, le=SAMPLE_MAX)] | None = None
    benih: str | None = None
    dari: Population = "kasus"
    posisi: Annotated[int, Meta(ge=1)] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Rows, the newest first, and the position to go on below; None: there is no more."""

    rows: list[dict[str, Any]]
    below: int | None


def regions_audited(visit: SignedVisit, asked: PeriodQuery) -> list[str]:
    """Give the regions the visitor may audit, or the one she names; 403 for who may audit none."""
    regions = visit.seer.regions(*AUDITING)
    if not regions:
        raise Problem(403, "role.required", roles=", ".join(AUDITING))
    if asked.daerah is None:
        return regions
    if asked.daerah not in regions:
        raise NotKnown
    return [asked.daerah]


async def wanted_of(visit: SignedVisit, asked: PeriodQuery, regions: Sequence[str]) -> Wanted:
    """Give what is asked for, days as stretches of the log (by the day of recording, Asia/Jakarta)."""
    first = await _position_before(visit, asked.sejak, 0) + 1 if asked.sejak else 0
    last = await _position_before(visit, asked.sampai, 1) if asked.sampai else LAST
    wanted = Wanted(regions=regions, first=first, last=last)
    if not isinstance(asked, AuditQuery):
        return wanted
    pool, case = visit.given.pool, None
    if asked.kasus:
        case = await audit_reads.find_case(pool, asked.kasus.strip(), regions) or NOBODYS
    persons = await audit_reads.persons_called(pool, asked.orang.strip()) if asked.orang else None
    return replace(wanted, case=case, persons=persons, office=asked.jabatan)


async def _position_before(visit: SignedVisit, day: str, days: int) -> int:
    """Give the last position recorded before a day begins, or so many days later."""
    try:
        begins = datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), DAYS).astimezone(UTC)
        before = begins - timedelta(microseconds=1)
    except (ValueError, OverflowError) as bad:
        raise Problem(422, "as_of.malformed") from bad
    if begins > visit.given.house.clock():
        return await visit.given.house.log.head()
    return await position_at(visit.given, before)


async def search(
    visit: SignedVisit, asked: AuditQuery, wanted: Wanted, *, limit: int = ROWS, windows_max: int = WINDOWS_MAX
) -> Found:
    """Give what is found below a position, so many rows at most."""
    if asked.sebelum is not None:
        wanted = replace(wanted, last=min(wanted.last, asked.sebelum - 1))
    if asked.jenis in KINDS:
        rows = await audit_reads.find_decisions(visit.given.pool, wanted, asked.jenis, limit=limit + 1)
        below = rows[limit - 1]["position"] if len(rows) > limit else None
        return Found(await _named(visit, [_of_decision(row) for row in rows[:limit]]), below)
    return await _in_the_log(visit, asked, wanted, limit, windows_max)


async def _in_the_log(visit: SignedVisit, asked: AuditQuery, wanted: Wanted, limit: int, windows_max: int) -> Found:
    keep = is_late if asked.jenis == "terlambat" else _any
    if wanted.case is not None:
        events = await _of_case(visit, wanted.case)
        fitting = [recorded for recorded in events if wanted.fits(recorded) and keep(recorded)]
        below = fitting[limit - 1].position if len(fitting) > limit else None
        return Found(await _told(visit, fitting[:limit]), below)
    stretch = await audit_reads.find_events(visit.given.pool, wanted, keep, limit=limit, windows_max=windows_max)
    return Found(await _told(visit, stretch.events), stretch.down_to or None)


async def _of_case(visit: SignedVisit, case: UUID) -> list[Recorded]:
    """Give the events of a case, its replications and its evaluations, the newest first."""
    log = visit.given.house.log
    own = await log.load(case)
    beside: dict[UUID, int] = {}
    for recorded in own:
        match recorded.body:
            case e.ReplicationRequested(replication=stream) | e.EvaluationOpened(evaluation=stream):
                beside[stream] = 0
    return sorted([*own, *await log.load_after(beside)], key=lambda recorded: -recorded.position)


def _any(_recorded: Recorded) -> bool:
    return True


# Rows


async def _told(visit: SignedVisit, events: Sequence[Recorded]) -> list[dict[str, Any]]:
    cases = {recorded.position: _case_of(recorded) for recorded in events}
    called = await audit_reads.cases_called(visit.given.pool, sorted({case for case in cases.values() if case}))
    rows = []
    for recorded in events:
        case = cases[recorded.position]
        number, title = called.get(case, (None, None)) if case else (None, None)
        rows.append(_of_event(recorded, number, title))
    return await _named(visit, rows)


def _case_of(recorded: Recorded) -> UUID | None:
    kind = kind_of(recorded.body)
    if kind is OFFICE:
        return None
    case: UUID = recorded.stream if kind is INNOVATION else recorded.body.innovation_id  # type: ignore[attr-defined]
    return case


def _of_event(recorded: Recorded, number: str | None, title: str | None) -> dict[str, Any]:
    body, actor, kind = recorded.body, recorded.actor, recorded.body.stored_as.partition(".")[0]
    path = {"replication": f"/replikasi/{recorded.stream}", "evaluation": f"/evaluasi/{recorded.stream}"}.get(kind)
    if kind == "innovation" and number:
        path = _path(number, recorded.version, decision=type(body) in DECIDING)
    return {
        "position": recorded.position,
        "case_number": number,
        "title": title,
        "href": path,
        "type": body.stored_as,
        "occurred_on": recorded.occurred_on,
        "recorded_at": recorded.recorded_at,
        "late": is_late(recorded),
        "person": actor.person,
        "role": actor.role.value,
        "agency": actor.agency,
        "letter": actor.letter,
        "reason": getattr(body, "reason", None),
        "waived": list(body.waived),
        "rescinded_by": None,
    }


def _of_decision(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "href": _path(row["case_number"], row["version"], decision=True)}


def _path(number: str, version: int, *, decision: bool) -> str:
    return f"/inovasi/{number}/berita-acara/{version}" if decision else f"/inovasi/{number}"


async def _named(visit: SignedVisit, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    told = list(rows)
    names = await visit.given.names.of(sorted({str(row["person"]) for row in told}))
    return [
        {
            **row,
            "name": names.get(str(row["person"]), ""),
            "office_said": office_in_words(visit, row),
            "days_late": (row["recorded_at"].astimezone(DAYS).date() - row["occurred_on"]).days,
        }
        for row in told
    ]
