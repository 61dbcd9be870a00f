"""The commands of an innovation case: the body of each, one struct per command and choice."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta

from domain.codes import (
    BudgetSource,
    EvidenceKind,
    Initiator,
    LegalBasisType,
    ObstacleKind,
    PartnerKind,
    Place,
    Plan,
    Recommendation,
    StopReason,
)
from domain.command import Command, Decision
from domain.duties import Duty
from domain.innovation.profile import Affairs, ProfileInput
from domain.measurement import Indicator, MeasurementInput
from domain.record import LegalBasis
from domain.text import END, Code, Digest, Line, Paragraph, Reason, Text
from domain.value import Value


class RegisterIdea(ProfileInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Write down an idea. Title, problem, affairs and initiator are enough to begin."""

    title: Line
    problem: Text
    initiator: Initiator
    affairs: Affairs


class ImportHistorical(ProfileInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Enter a case that lived before this register. Unwitnessed: what is not known stays unknown."""

    title: Line
    place: Place
    source: Paragraph
    source_evidence: Digest | None = None
    indicators: Annotated[tuple[Indicator, ...], Meta(max_length=30)] = ()
    agency: Code
    lead: UUID | None = None
    coach: UUID | None = None
    endorser: UUID | None = None
    decider: UUID | None = None

    def persons(self) -> tuple[UUID, ...]:
        return tuple(person for person in (self.lead, self.coach, self.endorser, self.decider) if person)


class Answer(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was done about a revision note."""

    note: UUID
    text: Paragraph


class ReviseProfile(ProfileInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Change the profile and answer revision notes."""

    answers: Annotated[tuple[Answer, ...], Meta(max_length=100)] = ()
    reason: Reason | None = None


class AddTeamMember(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take an official of the owner agency into the team."""

    person: UUID

    def persons(self) -> tuple[UUID, ...]:
        return (self.person,)


class HandOverLead(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give the lead to another official of the owner agency."""

    person: UUID

    def persons(self) -> tuple[UUID, ...]:
        return (self.person,)


class Submit(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hand the idea in, with the pledge that what it says is true."""

    pledge: bool


class RecordReview(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The coach has read it and gives advice."""

    advice: Paragraph


class RevisionNoteInput(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What should be mended, and in which field."""

    field: Code
    text: Paragraph


class RequestRevision(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Send the idea back with notes."""

    notes: Annotated[tuple[RevisionNoteInput, ...], Meta(min_length=1, max_length=50)]


class Endorse(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The head of the agency stands behind the idea, or gives it back."""


class DecidePilot(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The region lets the idea be tried, or says no."""


class DeferPilot(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The region decides later."""

    until: date | None = None


class StartPilot(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Begin the trial: where, for whom, measured by what, for how long, paid by whom, on what legal basis."""

    place: Line
    target_group: Line
    indicators: Annotated[tuple[Indicator, ...], Meta(min_length=1, max_length=30)]
    starts_on: date
    ends_on: date
    budget_source: BudgetSource
    budget: Annotated[int, Meta(ge=0, le=10**15)] | None = None
    legal_basis: Annotated[tuple[LegalBasis, ...], Meta(min_length=1, max_length=20)]


class RecordMeasurement(MeasurementInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Write down a value of an indicator. A past case whose indicators are not known `introduces` it here."""

    introduces: Indicator | None = None


class RecordObstacle(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Name what gets in the way, and the agency that has to deal with it."""

    kind: ObstacleKind
    description: Paragraph
    owner: Code | None = None


class ResolveObstacle(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say how an obstacle was overcome."""

    obstacle: UUID
    resolution: Paragraph


class RecordBudgetYear(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Write down what a year's budget gives."""

    year: Annotated[int, Meta(ge=2000, le=2100)]
    source: BudgetSource
    amount: Annotated[int, Meta(ge=0, le=10**15, description="rupiah")]


class ExtendPilot(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let the trial go on until a later day."""

    ends_on: date


class ConcludePilot(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say how the trial ended; the reason sums up why."""


class DecideRollout(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The region takes the innovation into use and opens it to others, or has it tried again."""


class PublishKit(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give others what they need to copy it."""

    guide: Text
    cost: Annotated[int, Meta(ge=0, le=10**15, description="rupiah")]
    people_needed: Line
    contact_office: Line
    lessons: Paragraph


class RequestReplication(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask to copy the innovation in one's own agency, for a problem of one's own."""

    problem: Paragraph
    agency: Code | None = None  # a unit of one's own agency; without it the agency one acts for


class OpenEvaluation(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Have the innovation judged under the rulebook; its panel is as large as the rulebook says, or larger."""

    panel_size: Annotated[int, Meta(ge=1, le=50)] | None = None


class ConcludeEvaluation(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sum up a consolidated evaluation and advise."""

    drivers: Paragraph
    inhibitors: Paragraph
    recommendation: Recommendation


class CancelEvaluation(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End an evaluation without a result."""


class DecideOutcome(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The region anchors, widens or improves the innovation; when that is not what was advised, the reason says why."""


class AddDependency(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Link the case to another innovation it gives something to, or takes something from."""

    innovation: UUID
    flows: Paragraph

    def cases(self) -> tuple[UUID, ...]:
        return (self.innovation,)


class AttachEvidence(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Make a file, or a document held elsewhere, a fact of the case."""

    digest: Digest
    size: Annotated[int, Meta(ge=1, le=10**12, description="bytes")]
    media_type: Annotated[str, Meta(pattern=rf"^[a-z]+/[a-z0-9.+-]+{END}", max_length=100)]
    kind: EvidenceKind
    description: Line
    issuer: Line | None = None
    issued_on: date | None = None
    url: Annotated[str, Meta(pattern=rf"^https?://\S+{END}", max_length=1000)] | None = None


class WithdrawEvidence(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Withdraw a piece of evidence; it is never removed."""

    item: UUID
    reason: Reason


class AttachLegalBasis(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Name a regulation, decree or letter the case rests on."""

    type: LegalBasisType
    number: Line
    date: date
    title: Line | None = None


class LinkPlan(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Link the case to a line of a planning document."""

    plan: Plan
    code: Code
    title: Line | None = None


class InvitePartner(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask another organisation to take part."""

    agency: Code
    kind: PartnerKind
    contribution: Line


class AcceptPartnership(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The partner's own officer says yes."""


class WithdrawPartner(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End an invitation or a partnership."""

    agency: Code
    reason: Reason


class AssignCoach(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give the case a coach."""

    person: UUID

    def persons(self) -> tuple[UUID, ...]:
        return (self.person,)


class OfferTransfer(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Offer the case to another agency of the region."""

    agency: Code
    reason: Reason


class AcceptTransfer(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take the case over and name its new lead."""

    lead: UUID

    def persons(self) -> tuple[UUID, ...]:
        return (self.lead,)


class Suspend(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let the case rest until a date of review."""

    review_on: date


class Resume(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let a suspended case go on."""


class Stop(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End the case on purpose, with what was learnt."""

    reason_code: StopReason
    lesson: Paragraph


class Reopen(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Open a closed case again on new facts."""


class RescindDecision(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take back the last decision; it stays readable."""

    letter: Line


class Correct(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Put right a field of an earlier event, from now on (ralat)."""

    event: Annotated[int, Meta(ge=1)]
    field: Code
    value: Any


class Redaction(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers before a case is shown to everybody."""

    no_personal_data: bool
    pictures_consented: bool


class PublishCase(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Show the case on the public portal."""

    redaction: Redaction


class UnpublishCase(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take the case off the public portal."""


class GrantDutyWaiver(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let one person keep two duties of this case apart no longer, until a date."""

    duty: Duty
    person: UUID
    until: date

    def persons(self) -> tuple[UUID, ...]:
        return (self.person,)
