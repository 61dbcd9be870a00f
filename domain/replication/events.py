"""What can happen to a replication: the bodies of its events. Every one names the innovation it copies."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from domain.codes import Agreement
from domain.measurement import Disaggregation, Indicator
from domain.record import Body


class ReplicationRequested(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An adopter asks to copy an innovation, for a problem of its own."""

    stored_as: ClassVar[str] = "replication.requested.v1"
    innovation_id: UUID
    origin: str
    origin_region: str
    adopter: str
    adopter_agency: str  # the adopter, or the agency it is a unit of
    problem: str


class ReplicationAccepted(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The origin will help."""

    stored_as: ClassVar[str] = "replication.accepted.v1"
    innovation_id: UUID
    reason: str


class ReplicationDeclined(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The origin says no."""

    stored_as: ClassVar[str] = "replication.declined.v1"
    innovation_id: UUID
    reason: str


class ReplicationAgreed(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Both sides are bound by a paper."""

    stored_as: ClassVar[str] = "replication.agreed.v1"
    innovation_id: UUID
    agreement: Agreement
    number: str
    date: date


class AdaptationPlanned(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the adopter will do, with whom, and what it changes."""

    stored_as: ClassVar[str] = "replication.adaptation_planned.v1"
    innovation_id: UUID
    plan: str
    changes: str
    team: tuple[UUID, ...]
    indicators: tuple[Indicator, ...] = ()


class ReplicationStarted(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The copy runs."""

    stored_as: ClassVar[str] = "replication.started.v1"
    innovation_id: UUID
    place: str
    starts_on: date


class MilestoneRecorded(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step of the copy was reached."""

    stored_as: ClassVar[str] = "replication.milestone_recorded.v1"
    innovation_id: UUID
    title: str
    reached_on: date


class MeasurementRecorded(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value of an indicator at the adopter's place."""

    stored_as: ClassVar[str] = "replication.measurement_recorded.v1"
    innovation_id: UUID
    indicator: str
    value: float
    unit: str
    method: str
    starts_on: date
    ends_on: date
    people: Disaggregation | None = None


class ReplicationConcluded(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The adopter says what came of it."""

    stored_as: ClassVar[str] = "replication.concluded.v1"
    innovation_id: UUID
    summary: str


class OriginConfirmed(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The origin says that it runs at the adopter's place."""

    stored_as: ClassVar[str] = "replication.origin_confirmed.v1"
    innovation_id: UUID


class AdopterConfirmed(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The adopter says that it runs and will go on."""

    stored_as: ClassVar[str] = "replication.adopter_confirmed.v1"
    innovation_id: UUID


class ReplicationConfirmed(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Both sides have confirmed; also written to the innovation."""

    stored_as: ClassVar[str] = "replication.confirmed.v1"
    innovation_id: UUID


class ReplicationAbandoned(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The copy was given up, with what was learnt."""

    stored_as: ClassVar[str] = "replication.abandoned.v1"
    innovation_id: UUID
    reason: str
    lesson: str


Event = (
    ReplicationRequested
    | ReplicationAccepted
    | ReplicationDeclined
    | ReplicationAgreed
    | AdaptationPlanned
    | ReplicationStarted
    | MilestoneRecorded
    | MeasurementRecorded
    | ReplicationConcluded
    | OriginConfirmed
    | AdopterConfirmed
    | ReplicationConfirmed
    | ReplicationAbandoned
)
"""Everything that can happen to a replication."""
