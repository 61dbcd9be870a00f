"""The decisions: one row per decision, with who, office, reason and evidence; rescinded ones stay."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from application.views.view import DAYS, Key, View
from domain.codes import Recommendation
from domain.innovation import events as e
from domain.record import Body, LegalBasis, Recorded
from domain.value import Value

DECISIONS: tuple[type[Body], ...] = (
    e.LeadHandedOver,
    e.RevisionRequested,
    e.AgencyEndorsed,
    e.AgencyReturned,
    e.PilotApproved,
    e.IdeaRejected,
    e.IdeaDeferred,
    e.PilotExtended,
    e.PilotConcluded,
    e.RolloutApproved,
    e.PilotRepeated,
    e.EvaluationConcluded,
    e.EvaluationCancelled,
    e.InnovationInstitutionalised,
    e.InnovationWidened,
    e.InnovationImproved,
    e.OwnershipTransferred,
    e.InnovationSuspended,
    e.InnovationResumed,
    e.InnovationStopped,
    e.InnovationReopened,
    e.DecisionRescinded,
    e.RecordCorrected,
    e.CasePublished,
    e.CaseUnpublished,
    e.DutyWaiverGranted,
)
"""The events of the table's decision rows: the one place that lists them, checked against the table by a test."""


DECIDING = frozenset[type[Body]](DECISIONS)


class DecisionRow(Value, frozen=True, kw_only=True):
    """A decision as it was taken."""

    stream: UUID
    version: int
    position: int
    region: str
    type: str
    reason: str
    person: UUID
    role: str
    agency: str
    office: str
    letter: str | None
    occurred_on: date
    recorded_at: datetime
    late: bool
    evidence: tuple[UUID, ...]
    legal_basis: tuple[LegalBasis, ...]
    waived: tuple[str, ...]
    rulebook: str | None
    advised: str | None  # what an evaluation had advised, where the decision rests on one
    rescinded_by: int | None


def is_late(recorded: Recorded) -> bool:
    """Tell whether an event was entered on a later day than it happened."""
    return _late(recorded.occurred_on, recorded.recorded_at)


def _late(occurred_on: date, recorded_at: datetime) -> bool:
    return occurred_on < recorded_at.astimezone(DAYS).date()


def keys(recorded: Recorded) -> tuple[Key, ...]:
    """A decision has its own row; taking one back, or putting its date right, touches that one's too."""
    own = (recorded.stream, recorded.version)
    match recorded.body:
        case e.DecisionRescinded(decision=decision):
            return own, (recorded.stream, decision)
        case e.RecordCorrected(field="occurred_on", event=event):
            return own, (recorded.stream, event)
        case _:
            return (own,)


def evolve(row: DecisionRow | None, recorded: Recorded) -> DecisionRow | None:
    """Write the row of a decision, or what a later one says about it."""
    if row is None or row.version == recorded.version:
        return _taken(recorded)
    match recorded.body:
        case e.DecisionRescinded():
            return replace(row, rescinded_by=recorded.version)
        case e.RecordCorrected(field="occurred_on", value=value):
            day = msgspec.convert(value, date)
            return replace(row, occurred_on=day, late=_late(day, row.recorded_at))
        case _:
            return row


def _taken(recorded: Recorded) -> DecisionRow:
    actor, rules = recorded.actor, recorded.envelope.rulebook
    return DecisionRow(
        stream=recorded.stream,
        version=recorded.version,
        position=recorded.position,
        region=recorded.region,
        type=recorded.body.stored_as,
        reason=getattr(recorded.body, "reason", ""),
        person=actor.person,
        role=actor.role.value,
        agency=actor.agency,
        office=actor.office,
        letter=actor.letter,
        occurred_on=recorded.occurred_on,
        recorded_at=recorded.recorded_at,
        late=is_late(recorded),
        evidence=recorded.body.evidence,
        legal_basis=recorded.body.legal_basis,
        waived=recorded.body.waived,
        rulebook=f"{rules.id} v{rules.version}" if rules else None,
        advised=_advised(recorded.body),
        rescinded_by=None,
    )


def _advised(body: Body) -> str | None:
    advised: Recommendation | None = getattr(body, "advised", None)
    return advised.value if advised else None


DECISION_VIEW = View("decisions", 3, DecisionRow, ("stream", "version"), DECIDING, evolve, keys=keys)
