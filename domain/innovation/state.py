"""What decisions need to know of an innovation, folded from its events. No rule stands here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never, cast
from uuid import UUID

import msgspec
from msgspec import UNSET
from msgspec.structs import replace
from rpds import HashTrieMap

from domain.codes import OUTCOME_OF, Outcome, Place, Recommendation, Stage
from domain.duties import Waiver
from domain.innovation import events as e
from domain.innovation.profile import Profile, changed
from domain.maps import Map
from domain.measurement import Indicator
from domain.people import Part
from domain.record import Body, LegalBasis
from domain.text import squeezed, words
from domain.value import Value

if TYPE_CHECKING:
    from domain.record import Recorded

PLACE_AFTER: dict[type[Body], Place] = {
    e.IdeaRegistered: Place.IDEA_DRAFT,
    e.IdeaSubmitted: Place.IDEA_SUBMITTED,
    e.RevisionRequested: Place.IDEA_REVISION,
    e.AgencyEndorsed: Place.IDEA_ENDORSED,
    e.AgencyReturned: Place.IDEA_DRAFT,
    e.PilotApproved: Place.PILOT_APPROVED,
    e.IdeaRejected: Place.CLOSED_REJECTED,
    e.IdeaDeferred: Place.IDEA_DEFERRED,
    e.PilotStarted: Place.PILOT_RUNNING,
    e.PilotConcluded: Place.PILOT_CONCLUDED,
    e.RolloutApproved: Place.REPLICATION_OPEN,
    e.PilotRepeated: Place.PILOT_APPROVED,
    e.EvaluationOpened: Place.EVALUATION_OPEN,
    e.EvaluationConcluded: Place.EVALUATION_CONCLUDED,
    e.InnovationInstitutionalised: Place.CLOSED_INSTITUTIONALISED,
    e.InnovationWidened: Place.REPLICATION_OPEN,
    e.InnovationImproved: Place.PILOT_APPROVED,
    e.InnovationStopped: Place.CLOSED_STOPPED,
}
"""Where an event leads. Events that carry their place say so themselves."""

PART_BY: dict[type[Body], Part] = {
    e.AgencyEndorsed: Part.ENDORSER,
    e.AgencyReturned: Part.ENDORSER,
    e.PilotApproved: Part.DECIDER,
    e.IdeaRejected: Part.DECIDER,
    e.IdeaDeferred: Part.DECIDER,
    e.PilotExtended: Part.DECIDER,
    e.RolloutApproved: Part.DECIDER,
    e.PilotRepeated: Part.DECIDER,
    e.InnovationInstitutionalised: Part.DECIDER,
    e.InnovationWidened: Part.DECIDER,
    e.InnovationImproved: Part.DECIDER,
    e.InnovationSuspended: Part.DECIDER,
    e.InnovationResumed: Part.DECIDER,
    e.InnovationStopped: Part.DECIDER,
    e.InnovationReopened: Part.DECIDER,
}
"""The part somebody has played by doing this; kept for ever, also when the decision was rescinded."""


def place_after(body: Body) -> Place | None:
    """Give the place an event leads to, or None when the case stays where it is."""
    if isinstance(body, CARRIES_ITS_PLACE):
        return body.place
    return PLACE_AFTER.get(type(body))


CARRIES_ITS_PLACE = (e.HistoricalCaseImported, e.InnovationReopened, e.DecisionRescinded, e.EvaluationCancelled)
_TURNING = {*PLACE_AFTER, *CARRIES_ITS_PLACE, e.InnovationSuspended, e.InnovationResumed}


def outcome_after(body: Body, place: Place, before: Outcome | None) -> Outcome | None:
    """Give the outcome at the place an event leads to: what was anchored stays so while it is evaluated anew."""
    if isinstance(body, e.InnovationReopened | e.DecisionRescinded):
        return body.outcome
    return OUTCOME_OF.get(place) or (before if place.stage is Stage.EVALUATION else None)


class Standing(Value, frozen=True, kw_only=True):
    """Place, flag and outcome: what a rescinded decision gives back."""

    place: Place
    outcome: Outcome | None = None
    suspended: bool = False
    review_on: date | None = None


class Turn(Value, frozen=True, kw_only=True):
    """The last event that changed place or flag, and how the case stood before it."""

    version: int
    stored_as: str
    office: str
    before: Standing


class Note(Value, frozen=True, kw_only=True):
    """A revision note and its answer."""

    id: UUID
    field: str
    text: str
    answer: str | None = None


class Evidence(Value, frozen=True, kw_only=True):
    """A piece of evidence as the case knows it now."""

    version: int
    fact: e.EvidenceAttached
    withdrawn: bool = False


class Partner(Value, frozen=True, kw_only=True):
    """Another organisation on the case."""

    agency: str
    kind: str
    contribution: str
    accepted: bool = False


class Obstacle(Value, frozen=True, kw_only=True):
    """Something that gets in the way, and how it was overcome."""

    fact: e.ObstacleRecorded
    resolution: str | None = None


class Evaluating(Value, frozen=True, kw_only=True):
    """The evaluation a case is in, or was in last."""

    id: UUID
    before: Place
    evaluators: frozenset[UUID] = frozenset()
    score: Decimal | None = None
    recommendation: Recommendation | None = None


class Author(Value, frozen=True, kw_only=True):
    """Who wrote an event of the case, and which kind it is."""

    person: UUID
    stored_as: str


class Innovation(Value, frozen=True, kw_only=True):
    """A case as it stands at a version."""

    id: UUID
    version: int
    position: int = 0
    region: str
    case_number: str | None
    agency: str
    profile: Profile
    standing: Standing
    imported: bool = False
    source: str | None = None
    unknown_parts: frozenset[Part] = frozenset()
    lead: UUID | None = None
    team: frozenset[UUID] = frozenset()
    coach: UUID | None = None
    parts: dict[Part, frozenset[UUID]] = {}
    waivers: tuple[Waiver, ...] = ()
    submitted_before: bool = False
    reviewed: bool = False
    notes: tuple[Note, ...] = ()
    evidence: Map[UUID, Evidence] = HashTrieMap()
    legal_bases: Map[int, LegalBasis] = HashTrieMap()
    plans: Map[int, e.PlanLinked] = HashTrieMap()
    partners: dict[str, Partner] = {}
    offered_to: str | None = None
    pilot: e.PilotStarted | None = None
    pilot_version: int = 0
    pilot_first_end: date | None = None
    indicators: dict[str, Indicator] = {}
    measurements: Map[int, e.MeasurementRecorded] = HashTrieMap()
    obstacles: Map[UUID, Obstacle] = HashTrieMap()
    budget_years: Map[int, e.BudgetYearRecorded] = HashTrieMap()
    dependencies: Map[int, e.DependencyLinked] = HashTrieMap()
    kit: e.ReplicationKitPublished | None = None
    replications: tuple[UUID, ...] = ()
    confirmed: tuple[e.ReplicationConfirmed, ...] = ()
    evaluation: Evaluating | None = None
    published: bool = False
    lesson: str | None = None
    closed_at_version: int | None = None
    left: Standing | None = None
    last_turn: Turn | None = None
    authors: Map[int, Author] = HashTrieMap()

    @property
    def place(self) -> Place:
        return self.standing.place

    @property
    def suspended(self) -> bool:
        return self.standing.suspended

    @property
    def outcome(self) -> Outcome | None:
        return self.standing.outcome

    @property
    def title(self) -> str:
        return str(self.profile.title)

    @property
    def home(self) -> str:
        """The unit or agency the innovation comes from."""
        return self.profile.unit or self.agency

    @property
    def design_words(self) -> int:
        return words(self.profile.design or "")

    @property
    def is_open(self) -> bool:
        return self.place not in {Place.CLOSED_REJECTED, Place.CLOSED_STOPPED}

    @property
    def unanswered(self) -> tuple[Note, ...]:
        return tuple(note for note in self.notes if note.answer is None)

    @property
    def claimed_title(self) -> str | None:
        """The title as it is kept unique in the region, while the case is open."""
        return squeezed(self.title) if self.is_open else None


def evolve(innovation: Innovation | None, recorded: Recorded) -> Innovation:
    """Apply one event. Total over everything ever stored."""
    body = recorded.body
    case = _born(recorded) if innovation is None else _applied(_turned(innovation, recorded), recorded)
    return replace(
        case,
        version=recorded.version,
        position=recorded.position,
        parts=_with_part(case.parts, PART_BY.get(type(body)), recorded.actor.person),
        authors=case.authors.insert(recorded.version, Author(person=recorded.actor.person, stored_as=body.stored_as)),
    )


def _born(recorded: Recorded) -> Innovation:
    body, actor = recorded.body, recorded.actor
    match body:
        case e.IdeaRegistered():
            return Innovation(
                id=recorded.stream,
                version=recorded.version,
                region=recorded.region,
                case_number=recorded.case_number,
                agency=body.agency,
                profile=body.profile,
                standing=Standing(place=Place.IDEA_DRAFT),
                lead=actor.person,
                team=frozenset({actor.person}),
                parts={Part.INNOVATOR: frozenset({actor.person})},
            )
        case e.HistoricalCaseImported():
            lead = frozenset({body.lead}) if body.lead else frozenset()
            return Innovation(
                id=recorded.stream,
                version=recorded.version,
                region=recorded.region,
                case_number=recorded.case_number,
                agency=body.agency,
                profile=body.profile,
                standing=Standing(place=body.place, outcome=OUTCOME_OF.get(body.place)),
                indicators={indicator.code: indicator for indicator in body.indicators},
                imported=True,
                source=body.source,
                unknown_parts=frozenset(Part) - body.played.keys() - ({Part.INNOVATOR} if lead else set()),
                lead=body.lead,
                team=lead,
                coach=body.played.get(Part.COACH),
                parts={part: frozenset({person}) for part, person in body.played.items()}
                | ({Part.INNOVATOR: lead} if lead else {}),
                submitted_before=body.place not in {Place.IDEA_DRAFT, Place.IDEA_REVISION},
                closed_at_version=recorded.version if body.place in OUTCOME_OF else None,
            )
        case _:
            raise ValueError(f"a case cannot begin with {body.stored_as}")


def _turned(case: Innovation, recorded: Recorded) -> Innovation:
    """Move the case to where the event leads, and remember how it stood before."""
    body, before = recorded.body, case.standing
    if type(body) not in _TURNING:
        return case
    match body:
        case e.InnovationSuspended():
            after = replace(before, suspended=True, review_on=body.review_on)
        case e.InnovationResumed():
            after = replace(before, suspended=False, review_on=None)
        case e.DecisionRescinded() if case.last_turn is not None:
            after = case.last_turn.before
        case _ if (place := place_after(body)) is not None:
            after = Standing(place=place, outcome=outcome_after(body, place, before.outcome))
        case _:
            return case
    turn = Turn(version=recorded.version, stored_as=body.stored_as, office=recorded.actor.office, before=before)
    if isinstance(body, e.EvaluationCancelled) and case.evaluation and before.place is Place.CLOSED_STOPPED:
        there = case.evaluation.before  # the case stays stopped, and would go on where it stood before
        return replace(case, last_turn=turn, left=Standing(place=there, outcome=OUTCOME_OF.get(there)))
    closing = after.place in {Place.CLOSED_REJECTED, Place.CLOSED_STOPPED}
    return replace(
        case,
        standing=after,
        last_turn=turn,
        left=before if closing else None,
        closed_at_version=recorded.version if closing else None,
    )


def _applied(case: Innovation, recorded: Recorded) -> Innovation:
    """Apply what an event says beside where it leads."""
    body = cast("e.Event", recorded.body)
    match body:
        case e.ProfileRevised():
            return replace(case, profile=changed(case.profile, body.changes))
        case e.RevisionAnswered():
            return replace(case, notes=_answered(case.notes, body))
        case e.TeamMemberAdded():
            return _joined(case, body.person)
        case e.LeadHandedOver():
            return replace(_joined(case, body.person), lead=body.person)
        case e.IdeaSubmitted():
            return replace(case, submitted_before=True, reviewed=False)
        case e.IdeaReviewed():
            return replace(case, reviewed=True)
        case e.RevisionRequested():
            asked = tuple(Note(id=n.id, field=n.field, text=n.text) for n in body.notes)
            return replace(case, notes=case.notes + asked)
        case e.PilotStarted():
            return replace(
                case,
                pilot=body,
                pilot_version=recorded.version,
                pilot_first_end=body.ends_on,
                indicators=case.indicators | {indicator.code: indicator for indicator in body.indicators},
            )
        case e.PilotExtended() if case.pilot is not None:
            return replace(case, pilot=replace(case.pilot, ends_on=body.ends_on))
        case e.MeasurementRecorded():
            return _measured(case, recorded.version, body)
        case e.ObstacleRecorded():
            return replace(case, obstacles=case.obstacles.insert(body.obstacle, Obstacle(fact=body)))
        case e.ObstacleResolved():
            overcome = replace(case.obstacles[body.obstacle], resolution=body.resolution)
            return replace(case, obstacles=case.obstacles.insert(body.obstacle, overcome))
        case e.BudgetYearRecorded():
            return replace(case, budget_years=case.budget_years.insert(recorded.version, body))
        case e.DependencyLinked():
            return replace(case, dependencies=case.dependencies.insert(recorded.version, body))
        case e.ReplicationKitPublished():
            return replace(case, kit=body)
        case e.ReplicationRequested():
            return replace(case, replications=(*case.replications, body.replication))
        case e.ReplicationConfirmed():
            return replace(case, confirmed=(*case.confirmed, body))
        case (
            e.EvaluationOpened()
            | e.EvaluatorAssigned()
            | e.EvaluatorReleased()
            | e.EvaluationConsolidated()
            | e.EvaluationConcluded()
            | e.EvaluationCancelled()
        ):
            return replace(case, evaluation=_evaluating(case, body))
        case e.EvidenceAttached():
            item = Evidence(version=recorded.version, fact=body)
            return replace(case, evidence=case.evidence.insert(body.item, item))
        case e.EvidenceWithdrawn():
            item = replace(case.evidence[body.item], withdrawn=True)
            return replace(case, evidence=case.evidence.insert(body.item, item))
        case e.LegalBasisAttached():
            basis = LegalBasis(type=body.type, number=body.number, date=body.date, title=body.title)
            return replace(case, legal_bases=case.legal_bases.insert(recorded.version, basis))
        case e.PlanLinked():
            return replace(case, plans=case.plans.insert(recorded.version, body))
        case e.PartnerInvited() | e.PartnershipAccepted() | e.PartnerWithdrawn():
            return replace(case, partners=_partners(case.partners, body))
        case e.CoachAssigned():
            return replace(case, coach=body.person, parts=_with_part(case.parts, Part.COACH, body.person))
        case e.TransferOffered():
            return replace(case, offered_to=body.agency)
        case e.OwnershipTransferred():
            left = replace(case.profile, unit=UNSET)  # a unit of the former owner
            return replace(_joined(case, body.lead), agency=body.agency, lead=body.lead, profile=left, offered_to=None)
        case e.InnovationStopped():
            return replace(case, lesson=body.lesson)
        case e.RecordCorrected():
            return _corrected(case, body)
        case e.CasePublished():
            return replace(case, published=True)
        case e.CaseUnpublished():
            return replace(case, published=False)
        case e.DutyWaiverGranted():
            waiver = Waiver(duty=body.duty, person=body.person, until=body.until)
            return replace(case, waivers=(*case.waivers, waiver))
        case (
            e.IdeaRegistered()
            | e.HistoricalCaseImported()
            | e.AgencyEndorsed()
            | e.AgencyReturned()
            | e.PilotApproved()
            | e.PilotExtended()
            | e.PilotConcluded()
            | e.RolloutApproved()
            | e.PilotRepeated()
            | e.InnovationInstitutionalised()
            | e.InnovationWidened()
            | e.InnovationImproved()
            | e.IdeaRejected()
            | e.IdeaDeferred()
            | e.InnovationSuspended()
            | e.InnovationResumed()
            | e.InnovationReopened()
            | e.DecisionRescinded()
        ):
            return case
        case _:
            assert_never(body)


def _with_part(parts: dict[Part, frozenset[UUID]], part: Part | None, person: UUID) -> dict[Part, frozenset[UUID]]:
    if part is None:
        return parts
    return {**parts, part: parts.get(part, frozenset()) | {person}}


def _joined(case: Innovation, person: UUID) -> Innovation:
    return replace(case, team=case.team | {person}, parts=_with_part(case.parts, Part.INNOVATOR, person))


def _answered(notes: tuple[Note, ...], body: e.RevisionAnswered) -> tuple[Note, ...]:
    return tuple(replace(n, answer=body.text) if n.id == body.revision_note else n for n in notes)


def _partners(
    partners: dict[str, Partner], body: e.PartnerInvited | e.PartnershipAccepted | e.PartnerWithdrawn
) -> dict[str, Partner]:
    match body:
        case e.PartnerInvited():
            partner = Partner(agency=body.agency, kind=body.kind, contribution=body.contribution)
            return {**partners, body.agency: partner}
        case e.PartnershipAccepted():
            return {**partners, body.agency: replace(partners[body.agency], accepted=True)}
        case e.PartnerWithdrawn():
            return {agency: partner for agency, partner in partners.items() if agency != body.agency}


def _measured(case: Innovation, version: int, body: e.MeasurementRecorded) -> Innovation:
    known = {body.introduces.code: body.introduces} if body.introduces else {}
    return replace(
        case,
        indicators=case.indicators | known,
        measurements=case.measurements.insert(version, body),
    )


def _evaluating(
    case: Innovation,
    body: e.EvaluationOpened
    | e.EvaluatorAssigned
    | e.EvaluatorReleased
    | e.EvaluationConsolidated
    | e.EvaluationConcluded
    | e.EvaluationCancelled,
) -> Evaluating | None:
    known = case.evaluation
    match body:
        case e.EvaluationOpened():  # the case was turned already: it stood elsewhere before
            assert case.last_turn is not None
            return Evaluating(id=body.evaluation, before=case.last_turn.before.place)
        case _ if known is None:
            return None
        case e.EvaluatorAssigned():
            return replace(known, evaluators=known.evaluators | {body.person})
        case e.EvaluatorReleased():
            return replace(known, evaluators=known.evaluators - {body.person})
        case e.EvaluationConsolidated():
            return replace(known, score=body.score)
        case e.EvaluationConcluded():
            return replace(known, recommendation=body.recommendation)
        case e.EvaluationCancelled():
            return None


def _corrected(case: Innovation, body: e.RecordCorrected) -> Innovation:
    """Let the corrected value stand from now on; the event that erred stays as it was written."""
    thing, _, name = body.field.partition(".")
    match thing:
        case "profile":
            change = msgspec.convert({name: body.value}, Profile)
            return replace(case, profile=changed(case.profile, change))
        case "evidence":
            found = next(item for item in case.evidence.values() if item.version == body.event)
            fact = replace(found.fact, **{name: body.value})
            return replace(case, evidence=case.evidence.insert(fact.item, replace(found, fact=fact)))
        case "legal_basis":
            basis = msgspec.convert({**msgspec.to_builtins(case.legal_bases[body.event]), name: body.value}, LegalBasis)
            return replace(case, legal_bases=case.legal_bases.insert(body.event, basis))
        case "measurement":
            told = {**msgspec.to_builtins(case.measurements[body.event]), name: body.value}
            measured = msgspec.convert(told, e.MeasurementRecorded)
            return replace(case, measurements=case.measurements.insert(body.event, measured))
        case "pilot" if case.pilot is not None:
            pilot = msgspec.convert({**msgspec.to_builtins(case.pilot), name: body.value}, e.PilotStarted)
            first_end = pilot.ends_on if case.pilot.ends_on == case.pilot_first_end else case.pilot_first_end
            return replace(case, pilot=pilot, pilot_first_end=first_end)
        case _:  # the day something happened on: no decision asks for it again
            return case
