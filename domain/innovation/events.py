"""What can happen to an innovation: the bodies of its events, each with its name in the log."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from domain.codes import (
    BudgetSource,
    EvidenceKind,
    LegalBasisType,
    ObstacleKind,
    Outcome,
    PartnerKind,
    PilotResult,
    Place,
    Plan,
    Recommendation,
    StopReason,
)
from domain.duties import Duty
from domain.innovation.commands import Redaction
from domain.innovation.profile import Profile
from domain.measurement import Disaggregation, Indicator
from domain.people import Part
from domain.record import Body
from domain.value import Value


class IdeaRegistered(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An official writes an idea down; she leads the case."""

    stored_as: ClassVar[str] = "innovation.idea_registered.v1"
    profile: Profile
    agency: str


class HistoricalCaseImported(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case that lived before this register enters it, on the word of a source."""

    stored_as: ClassVar[str] = "innovation.historical_case_imported.v1"
    profile: Profile
    agency: str
    place: Place
    source: str
    source_evidence: str | None = None
    lead: UUID | None = None
    played: dict[Part, UUID] = {}
    indicators: tuple[Indicator, ...] = ()


class ProfileRevised(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fields of the profile changed; only those stand here."""

    stored_as: ClassVar[str] = "innovation.profile_revised.v1"
    changes: Profile
    reason: str | None = None


class RevisionAnswered(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A revision note was answered."""

    stored_as: ClassVar[str] = "innovation.revision_answered.v1"
    revision_note: UUID
    text: str


class TeamMemberAdded(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An official joined the team."""

    stored_as: ClassVar[str] = "innovation.team_member_added.v1"
    person: UUID


class LeadHandedOver(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another official leads the case from now on."""

    stored_as: ClassVar[str] = "innovation.lead_handed_over.v1"
    person: UUID
    reason: str


class IdeaSubmitted(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The idea was handed in with a pledge."""

    stored_as: ClassVar[str] = "innovation.idea_submitted.v1"
    design_words: int


class IdeaReviewed(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The coach read it and gave advice."""

    stored_as: ClassVar[str] = "innovation.idea_reviewed.v1"
    advice: str


class RevisionNote(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What should be mended."""

    id: UUID
    field: str
    text: str


class RevisionRequested(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The idea goes back with notes."""

    stored_as: ClassVar[str] = "innovation.revision_requested.v1"
    notes: tuple[RevisionNote, ...]
    reason: str


class AgencyEndorsed(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The head of the agency stands behind the idea."""

    stored_as: ClassVar[str] = "innovation.agency_endorsed.v1"
    reason: str


class AgencyReturned(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The head of the agency gives the idea back."""

    stored_as: ClassVar[str] = "innovation.agency_returned.v1"
    reason: str


class PilotApproved(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The deciding office lets the idea be tried."""

    stored_as: ClassVar[str] = "innovation.pilot_approved.v1"
    reason: str


class IdeaRejected(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The deciding office says no."""

    stored_as: ClassVar[str] = "innovation.idea_rejected.v1"
    reason: str


class IdeaDeferred(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The deciding office decides later."""

    stored_as: ClassVar[str] = "innovation.idea_deferred.v1"
    reason: str
    until: date | None = None


class PilotStarted(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The trial began."""

    stored_as: ClassVar[str] = "innovation.pilot_started.v1"
    place: str
    target_group: str
    indicators: tuple[Indicator, ...]
    starts_on: date
    ends_on: date
    budget_source: BudgetSource
    budget: int | None = None


class MeasurementRecorded(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value of an indicator over a period."""

    stored_as: ClassVar[str] = "innovation.measurement_recorded.v1"
    indicator: str
    value: float
    unit: str
    method: str
    starts_on: date
    ends_on: date
    people: Disaggregation | None = None
    introduces: Indicator | None = None


class ObstacleRecorded(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something gets in the way."""

    stored_as: ClassVar[str] = "innovation.obstacle_recorded.v1"
    obstacle: UUID
    kind: ObstacleKind
    description: str
    owner: str


class ObstacleResolved(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An obstacle was overcome."""

    stored_as: ClassVar[str] = "innovation.obstacle_resolved.v1"
    obstacle: UUID
    resolution: str


class BudgetYearRecorded(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a year's budget gives."""

    stored_as: ClassVar[str] = "innovation.budget_year_recorded.v1"
    year: int
    source: BudgetSource
    amount: int


class PilotExtended(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The trial goes on until a later day."""

    stored_as: ClassVar[str] = "innovation.pilot_extended.v1"
    reason: str
    ends_on: date


class PilotConcluded(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The trial ended."""

    stored_as: ClassVar[str] = "innovation.pilot_concluded.v1"
    reason: str
    result: PilotResult


class RolloutApproved(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The innovation is in use at home and open to others."""

    stored_as: ClassVar[str] = "innovation.rollout_approved.v1"
    reason: str


class PilotRepeated(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The trial is to be held again."""

    stored_as: ClassVar[str] = "innovation.pilot_repeated.v1"
    reason: str


class ReplicationKitPublished(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What others need to copy it; the newest kit holds."""

    stored_as: ClassVar[str] = "innovation.replication_kit_published.v1"
    guide: str
    cost: int
    people_needed: str
    contact_office: str
    lessons: str


class ReplicationRequested(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody asked to copy it; also the first event of the replication."""

    stored_as: ClassVar[str] = "innovation.replication_requested.v1"
    replication: UUID
    adopter: str
    adopter_region: str


class ReplicationConfirmed(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Origin and adopter both say that it runs elsewhere; also written to the replication."""

    stored_as: ClassVar[str] = "innovation.replication_confirmed.v1"
    replication: UUID
    adopter: str
    adopter_region: str


class EvaluationOpened(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An evaluation began; also its own first event."""

    stored_as: ClassVar[str] = "innovation.evaluation_opened.v1"
    evaluation: UUID


class EvaluatorAssigned(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person judges the case, may read it, and cannot become its coach; also written to the evaluation."""

    stored_as: ClassVar[str] = "innovation.evaluator_assigned.v1"
    evaluation: UUID
    person: UUID


class EvaluatorReleased(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person judges the case no longer."""

    stored_as: ClassVar[str] = "innovation.evaluator_released.v1"
    evaluation: UUID
    person: UUID


class EvaluationConsolidated(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The scores stand; also written to the evaluation."""

    stored_as: ClassVar[str] = "innovation.evaluation_consolidated.v1"
    evaluation: UUID
    score: Decimal


class EvaluationConcluded(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The evaluation was summed up, with its advice; also written to the evaluation."""

    stored_as: ClassVar[str] = "innovation.evaluation_concluded.v1"
    evaluation: UUID
    reason: str
    drivers: str
    inhibitors: str
    recommendation: Recommendation
    score: Decimal


class EvaluationCancelled(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The evaluation ended without a result and the case stands where it stood; also written to the evaluation."""

    stored_as: ClassVar[str] = "innovation.evaluation_cancelled.v1"
    evaluation: UUID
    place: Place
    reason: str


class InnovationInstitutionalised(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Anchored in law, budget and duties."""

    stored_as: ClassVar[str] = "innovation.institutionalised.v1"
    reason: str
    advised: Recommendation


class InnovationWidened(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To be spread further before it is anchored."""

    stored_as: ClassVar[str] = "innovation.widened.v1"
    reason: str
    advised: Recommendation


class InnovationImproved(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To be mended and tried again."""

    stored_as: ClassVar[str] = "innovation.improved.v1"
    reason: str
    advised: Recommendation


class DependencyLinked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another innovation gives something to this one, or takes something from it."""

    stored_as: ClassVar[str] = "innovation.dependency_linked.v1"
    innovation: UUID
    flows: str


class EvidenceAttached(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document became a fact of the case. `held`: our own server received its bytes."""

    stored_as: ClassVar[str] = "innovation.evidence_attached.v1"
    item: UUID
    digest: str
    size: int
    media_type: str
    kind: EvidenceKind
    description: str
    held: bool
    issuer: str | None = None
    issued_on: date | None = None
    url: str | None = None


class EvidenceWithdrawn(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document no longer speaks for the case; it stays readable."""

    stored_as: ClassVar[str] = "innovation.evidence_withdrawn.v1"
    item: UUID
    reason: str


class LegalBasisAttached(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The case rests on this regulation, decree or letter."""

    stored_as: ClassVar[str] = "innovation.legal_basis_attached.v1"
    type: LegalBasisType
    number: str
    date: date
    title: str | None = None


class PlanLinked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The case serves this line of a planning document."""

    stored_as: ClassVar[str] = "innovation.plan_linked.v1"
    plan: Plan
    code: str
    title: str | None = None


class PartnerInvited(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another organisation was asked to take part."""

    stored_as: ClassVar[str] = "innovation.partner_invited.v1"
    agency: str
    kind: PartnerKind
    contribution: str


class PartnershipAccepted(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The partner's own officer said yes."""

    stored_as: ClassVar[str] = "innovation.partnership_accepted.v1"
    agency: str


class PartnerWithdrawn(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An invitation or partnership ended."""

    stored_as: ClassVar[str] = "innovation.partner_withdrawn.v1"
    agency: str
    reason: str


class CoachAssigned(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The case has a coach."""

    stored_as: ClassVar[str] = "innovation.coach_assigned.v1"
    person: UUID


class TransferOffered(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The case was offered to another agency."""

    stored_as: ClassVar[str] = "innovation.transfer_offered.v1"
    agency: str
    reason: str


class OwnershipTransferred(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another agency owns the case from now on."""

    stored_as: ClassVar[str] = "innovation.ownership_transferred.v1"
    agency: str
    lead: UUID
    reason: str


class InnovationSuspended(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The case rests; its clocks rest too."""

    stored_as: ClassVar[str] = "innovation.suspended.v1"
    reason: str
    review_on: date


class InnovationResumed(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The case goes on."""

    stored_as: ClassVar[str] = "innovation.resumed.v1"
    reason: str


class InnovationStopped(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The case ended on purpose, with its lesson."""

    stored_as: ClassVar[str] = "innovation.stopped.v1"
    reason: str
    reason_code: StopReason
    lesson: str
    advised: Recommendation | None = None  # what the evaluation had advised, when it was decided on one


class InnovationReopened(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A closed case lives again, at this place."""

    stored_as: ClassVar[str] = "innovation.reopened.v1"
    reason: str
    place: Place
    outcome: Outcome | None = None


class DecisionRescinded(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision was taken back: the case stands where it stood before it."""

    stored_as: ClassVar[str] = "innovation.decision_rescinded.v1"
    decision: int
    place: Place
    suspended: bool
    outcome: Outcome | None = None
    reason: str
    letter: str


class RecordCorrected(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field of an earlier event was put right, from now on."""

    stored_as: ClassVar[str] = "innovation.record_corrected.v1"
    event: int
    field: str
    value: Any
    reason: str


class CasePublished(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everybody may read the case on the portal."""

    stored_as: ClassVar[str] = "innovation.case_published.v1"
    redaction: Redaction
    reason: str


class CaseUnpublished(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The case was taken off the portal."""

    stored_as: ClassVar[str] = "innovation.case_unpublished.v1"
    reason: str


class DutyWaiverGranted(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person may join two duties in this case, until a date."""

    stored_as: ClassVar[str] = "innovation.duty_waiver_granted.v1"
    duty: Duty
    person: UUID
    until: date
    reason: str


Event = (
    IdeaRegistered
    | HistoricalCaseImported
    | ProfileRevised
    | RevisionAnswered
    | TeamMemberAdded
    | LeadHandedOver
    | IdeaSubmitted
    | IdeaReviewed
    | RevisionRequested
    | AgencyEndorsed
    | AgencyReturned
    | PilotApproved
    | IdeaRejected
    | IdeaDeferred
    | PilotStarted
    | MeasurementRecorded
    | ObstacleRecorded
    | ObstacleResolved
    | BudgetYearRecorded
    | PilotExtended
    | PilotConcluded
    | RolloutApproved
    | PilotRepeated
    | ReplicationKitPublished
    | ReplicationRequested
    | ReplicationConfirmed
    | EvaluationOpened
    | EvaluatorAssigned
    | EvaluatorReleased
    | EvaluationConsolidated
    | EvaluationConcluded
    | EvaluationCancelled
    | InnovationInstitutionalised
    | InnovationWidened
    | InnovationImproved
    | DependencyLinked
    | EvidenceAttached
    | EvidenceWithdrawn
    | LegalBasisAttached
    | PlanLinked
    | PartnerInvited
    | PartnershipAccepted
    | PartnerWithdrawn
    | CoachAssigned
    | TransferOffered
    | OwnershipTransferred
    | InnovationSuspended
    | InnovationResumed
    | InnovationStopped
    | InnovationReopened
    | DecisionRescinded
    | RecordCorrected
    | CasePublished
    | CaseUnpublished
    | DutyWaiverGranted
)
"""Everything that can happen to a case. The type checker objects when the fold forgets one."""
