"""The replication board: one row per replication, who copies what from whom, how far it is and what it waits for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from application.views.clocks import Calendar, Task, calendars_of, digest_of, due_on
from application.views.view import OF_REPLICATION, View
from domain.codes import ReplicationStatus
from domain.lifecycle import Move
from domain.record import Recorded
from domain.replication import events as e
from domain.replication.lifecycle import REPLICATION_LIFECYCLE
from domain.replication.state import STATUS_AFTER, Copied
from domain.rulebook.model import ProcessRulebook
from domain.value import Value

ORIGIN = "origin"
"""The address of the origin's head, found when the list is read: a case may pass to another agency."""
AWAITED = {
    status.value: tuple(move for move in REPLICATION_LIFECYCLE.moves if move.awaited and status in move.start)
    for status in ReplicationStatus
}
"""The moves waited for at each status."""


class ReplicationRow(Value, frozen=True, kw_only=True):
    """A replication as the board shows it; its region is the adopter's."""

    id: UUID
    innovation: UUID
    region: str
    origin: str
    origin_region: str
    adopter: str
    adopter_agency: str
    problem: str
    status: str
    since: datetime
    requested_by: UUID
    team: tuple[UUID, ...]
    requested_at: datetime
    started_at: datetime | None
    confirmed_at: datetime | None
    by_origin: bool
    by_adopter: bool
    milestones: tuple[str, ...]
    measured: tuple[str, ...]  # codes of indicators
    answer: str | None
    lesson: str | None
    changed_at: datetime
    version: int
    position: int
    tasks: tuple[Task, ...]
    waits_for: tuple[str, ...]


def replications(*rulebooks: ProcessRulebook) -> View[ReplicationRow]:
    """Give the board under the clocks of rulebooks."""
    calendars = calendars_of(rulebooks)

    def derive(row: ReplicationRow) -> ReplicationRow:
        tasks = tuple(_tasks(row, calendars))
        return replace(row, tasks=tasks, waits_for=tuple(sorted({task.address for task in tasks})))

    return View("replications", 1, ReplicationRow, ("id",), OF_REPLICATION, evolve, derive, rules=digest_of(calendars))


def evolve(row: ReplicationRow | None, recorded: Recorded) -> ReplicationRow:
    """Fold one event of a replication into its row."""
    now = _born(recorded) if row is None else _applied(row, recorded)
    status = STATUS_AFTER.get(type(recorded.body))
    if status is not None:
        now = replace(now, status=status.value, since=recorded.recorded_at)
    return replace(now, changed_at=recorded.recorded_at, version=recorded.version, position=recorded.position)


def _born(recorded: Recorded) -> ReplicationRow:
    body = recorded.body
    assert isinstance(body, e.ReplicationRequested), body.stored_as
    return ReplicationRow(
        id=recorded.stream,
        innovation=body.innovation_id,
        region=recorded.region,
        origin=body.origin,
        origin_region=body.origin_region,
        adopter=body.adopter,
        adopter_agency=body.adopter_agency,
        problem=body.problem,
        status=ReplicationStatus.REQUESTED.value,
        since=recorded.recorded_at,
        requested_by=recorded.actor.person,
        team=(recorded.actor.person,),
        requested_at=recorded.recorded_at,
        started_at=None,
        confirmed_at=None,
        by_origin=False,
        by_adopter=False,
        milestones=(),
        measured=(),
        answer=None,
        lesson=None,
        changed_at=recorded.recorded_at,
        version=recorded.version,
        position=recorded.position,
        tasks=(),
        waits_for=(),
    )


def _applied(row: ReplicationRow, recorded: Recorded) -> ReplicationRow:
    body = recorded.body
    match body:
        case e.ReplicationAccepted() | e.ReplicationDeclined():
            return replace(row, answer=body.reason)
        case e.AdaptationPlanned():
            return replace(row, team=tuple(sorted({*row.team, *body.team})))
        case e.ReplicationStarted():
            return replace(row, started_at=recorded.recorded_at)
        case e.MilestoneRecorded():
            return replace(row, milestones=(*row.milestones, body.title))
        case e.MeasurementRecorded():
            return replace(row, measured=tuple(sorted({*row.measured, body.indicator})))
        case e.OriginConfirmed():
            return replace(row, by_origin=True)
        case e.AdopterConfirmed():
            return replace(row, by_adopter=True)
        case e.ReplicationConfirmed():
            return replace(row, confirmed_at=recorded.recorded_at)
        case e.ReplicationAbandoned():
            return replace(row, lesson=body.lesson)
        case _:
            return row


# What is waited for


def _tasks(row: ReplicationRow, calendars: Sequence[Calendar]) -> Iterator[Task]:
    for move in AWAITED[row.status]:
        for address in _addresses(row, move):
            due = due_on(move.awaited or "", row.since, calendars)
            yield Task(command=f"replication.{move.command}", address=address, since=row.since, due_on=due)


def _addresses(row: ReplicationRow, move: Move[Copied]) -> tuple[str, ...]:
    """Say where a move is waited for: with whoever asked, or with the head of whatever agency owns the origin then."""
    done = {"confirm_by_origin": row.by_origin, "confirm_by_adopter": row.by_adopter}
    if done.get(move.command):
        return ()
    if move.by[0].name == "origin":
        return (ORIGIN,)
    return (f"lead:{row.requested_by}",)
