"""What decisions need to know of a replication, folded from its events. No rule stands here."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never, cast
from uuid import UUID

from msgspec.structs import replace

from domain.codes import ReplicationStatus
from domain.innovation.state import Innovation
from domain.measurement import Indicator
from domain.record import Body
from domain.replication import events as e
from domain.value import Value

if TYPE_CHECKING:
    from domain.record import Recorded

STATUS_AFTER: dict[type[Body], ReplicationStatus] = {
    e.ReplicationRequested: ReplicationStatus.REQUESTED,
    e.ReplicationAccepted: ReplicationStatus.ACCEPTED,
    e.ReplicationDeclined: ReplicationStatus.DECLINED,
    e.ReplicationAgreed: ReplicationStatus.AGREED,
    e.AdaptationPlanned: ReplicationStatus.ADAPTING,
    e.ReplicationStarted: ReplicationStatus.RUNNING,
    e.ReplicationConcluded: ReplicationStatus.CONCLUDED,
    e.ReplicationConfirmed: ReplicationStatus.CONFIRMED,
    e.ReplicationAbandoned: ReplicationStatus.ABANDONED,
}
"""Where an event leads."""


class Replication(Value, frozen=True, kw_only=True):
    """A replication as it stands at a version; its region is the adopter's."""

    id: UUID
    version: int
    position: int = 0
    region: str
    innovation_id: UUID
    status: ReplicationStatus
    origin: str
    origin_region: str
    adopter: str
    adopter_agency: str
    problem: str
    requested_by: UUID
    team: frozenset[UUID]
    answer: str | None = None
    agreement: e.ReplicationAgreed | None = None
    adaptation: e.AdaptationPlanned | None = None
    started: e.ReplicationStarted | None = None
    milestones: tuple[e.MilestoneRecorded, ...] = ()
    measurements: tuple[e.MeasurementRecorded, ...] = ()
    summary: str | None = None
    confirmed_by_origin: UUID | None = None
    confirmed_by_adopter: UUID | None = None
    lesson: str | None = None


class Copied(Value, frozen=True, kw_only=True):
    """A replication and the case it copies: what its moves look at."""

    replication: Replication
    case: Innovation

    @property
    def indicators(self) -> dict[str, Indicator]:
        """What is measured here: the adopter's own indicators, else the origin's."""
        planned = self.replication.adaptation
        own = planned.indicators if planned else ()
        return {indicator.code: indicator for indicator in own} or self.case.indicators


def evolve(replication: Replication | None, recorded: Recorded) -> Replication:
    """Apply one event. Total over everything ever stored."""
    now = _born(recorded) if replication is None else _applied(replication, recorded)
    status = STATUS_AFTER.get(type(recorded.body), now.status)
    return replace(now, version=recorded.version, position=recorded.position, status=status)


def _born(recorded: Recorded) -> Replication:
    assert isinstance(recorded.body, e.ReplicationRequested), (
        f"a replication cannot begin with {recorded.body.stored_as}"
    )
    body = recorded.body
    return Replication(
        id=recorded.stream,
        version=recorded.version,
        region=recorded.region,
        innovation_id=body.innovation_id,
        status=ReplicationStatus.REQUESTED,
        origin=body.origin,
        origin_region=body.origin_region,
        adopter=body.adopter,
        adopter_agency=body.adopter_agency,
        problem=body.problem,
        requested_by=recorded.actor.person,
        team=frozenset({recorded.actor.person}),
    )


def _applied(replication: Replication, recorded: Recorded) -> Replication:
    body = cast("e.Event", recorded.body)
    match body:
        case e.ReplicationAccepted() | e.ReplicationDeclined():
            return replace(replication, answer=body.reason)
        case e.ReplicationAgreed():
            return replace(replication, agreement=body)
        case e.AdaptationPlanned():
            return replace(replication, adaptation=body, team=replication.team | set(body.team))
        case e.ReplicationStarted():
            return replace(replication, started=body)
        case e.MilestoneRecorded():
            return replace(replication, milestones=(*replication.milestones, body))
        case e.MeasurementRecorded():
            return replace(replication, measurements=(*replication.measurements, body))
        case e.ReplicationConcluded():
            return replace(replication, summary=body.summary)
        case e.OriginConfirmed():
            return replace(replication, confirmed_by_origin=recorded.actor.person)
        case e.AdopterConfirmed():
            return replace(replication, confirmed_by_adopter=recorded.actor.person)
        case e.ReplicationAbandoned():
            return replace(replication, lesson=body.lesson)
        case e.ReplicationRequested() | e.ReplicationConfirmed():
            return replication
        case _:
            assert_never(body)
