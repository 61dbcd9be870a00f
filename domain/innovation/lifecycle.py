"""The life of an innovation as one table: API actions, forms, access, worklist and drawing are made from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from domain.codes import ANYWHERE, IN_USE, OPEN, TRIED, EvidenceKind, LegalBasisType, PilotResult, Place
from domain.duties import Duty, joined
from domain.errors import Blocker
from domain.innovation import commands as c
from domain.innovation import events as e
from domain.innovation.decisions import correction, file, idea, outcome, parties, pilot, spread, standing
from domain.innovation.decisions.belonging import of_agency
from domain.innovation.profile import told
from domain.innovation.state import Innovation
from domain.lifecycle import Circumstances, Lifecycle, Move, Who
from domain.people import DECIDERS, Capacity, Part, Role

# Who: every kind of caller a row admits.


def _official_of_region(capacity: Capacity, case: Innovation, role: Role) -> bool:
    return capacity.role is role and capacity.region == case.region


OFFICIAL = Who[None](
    "official", lambda _none, cap, _p: cap.role in {Role.OFFICIAL, Role.AGENCY_HEAD, Role.HEAD_OF_REGION}
)
IMPORTER = Who[None]("importer", lambda _none, cap, _p: cap.role in {Role.COORDINATOR, Role.IMPORTER})
LEAD = Who[Innovation]("lead", lambda case, cap, p: p == case.lead and _official_of_region(cap, case, Role.OFFICIAL))
INNOVATOR = Who[Innovation](
    "innovator", lambda case, cap, p: p in case.team and _official_of_region(cap, case, Role.OFFICIAL)
)
COACH = Who[Innovation]("coach", lambda case, cap, p: p == case.coach and _official_of_region(cap, case, Role.COACH))
AGENCY_HEAD = Who[Innovation](
    "agency_head", lambda case, cap, _p: cap.role is Role.AGENCY_HEAD and cap.agency in {case.agency, case.profile.unit}
)
OWNER_HEAD = Who[Innovation](
    "agency_head", lambda case, cap, _p: cap.role is Role.AGENCY_HEAD and cap.agency == case.agency
)
RECEIVING_HEAD = Who[Innovation](
    "receiving_head", lambda case, cap, _p: cap.role is Role.AGENCY_HEAD and cap.agency == case.offered_to
)
VERIFIER = Who[Innovation]("verifier", lambda case, cap, _p: _official_of_region(cap, case, Role.VERIFIER))
COORDINATOR = Who[Innovation]("coordinator", lambda case, cap, _p: _official_of_region(cap, case, Role.COORDINATOR))
FACILITATOR = Who[Innovation]("facilitator", lambda case, cap, _p: _official_of_region(cap, case, Role.FACILITATOR))
SECRETARY = Who[Innovation](
    "regional_secretary", lambda case, cap, _p: _official_of_region(cap, case, Role.REGIONAL_SECRETARY)
)
DECIDER = Who[Innovation]("decider", lambda case, cap, _p: cap.role in DECIDERS and cap.region == case.region)
PARTNER = Who[Innovation](
    "partner_officer",
    lambda case, cap, _p: cap.agency in case.partners and cap.role in {Role.OFFICIAL, Role.AGENCY_HEAD},
)


def _asks_for_a_copy(case: Innovation, capacity: Capacity, person: UUID) -> bool:
    return capacity.role in {Role.OFFICIAL, Role.AGENCY_HEAD} and person not in case.team


ADOPTER = Who[Innovation]("adopter", _asks_for_a_copy)


def _same_office(case: Innovation, capacity: Capacity, person: UUID) -> bool:
    same = case.last_turn is not None and capacity.office == case.last_turn.office
    return same and (capacity.role is not Role.OFFICIAL or person in case.team)


SAME_OFFICE = Who[Innovation]("same_office", _same_office)

# Guards: what must hold before any input is looked at.

RESCINDABLE = frozenset(
    event.stored_as
    for event in (
        e.RevisionRequested,
        e.AgencyEndorsed,
        e.AgencyReturned,
        e.PilotApproved,
        e.IdeaRejected,
        e.IdeaDeferred,
        e.PilotConcluded,
        e.RolloutApproved,
        e.PilotRepeated,
        e.InnovationInstitutionalised,
        e.InnovationWidened,
        e.InnovationImproved,
        e.InnovationStopped,
        e.InnovationReopened,
        e.InnovationSuspended,
        e.InnovationResumed,
    )
)


def ready_to_submit(case: Innovation, now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """Everything the rulebook asks for is told, and every note answered."""
    rules, known = now.rulebook, told(case.profile)
    for field in rules.required_fields:
        if not known.get(field):
            yield Blocker("submit.field_missing", {"field": field})
    if "design" in known and case.design_words < rules.design_words_min:
        yield Blocker("submit.design_too_short", {"have": case.design_words, "need": rules.design_words_min})
    for question in rules.inclusion_questions:
        if question not in known.get("inclusion", {}):
            yield Blocker("submit.inclusion_missing", {"question": question})
    for note in case.unanswered:
        yield Blocker("submit.note_unanswered", {"field": note.field, "note": str(note.id)})


def can_be_longer(case: Innovation, now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """The period of the trial is known, and the rulebook lets it be longer."""
    if case.pilot is None or case.pilot_first_end is None:
        yield Blocker("pilot.period_unknown")
    elif (case.pilot.ends_on - case.pilot_first_end).days >= now.rulebook.pilot_extension_days_max:
        yield Blocker("pilot.extended_too_far", {"days": now.rulebook.pilot_extension_days_max})


def some_evidence_stands(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """There is a document to withdraw."""
    if all(item.withdrawn for item in case.evidence.values()):
        yield Blocker("evidence.none")


def has_a_partner(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """There is an invitation or partnership to end."""
    if not case.partners:
        yield Blocker("partner.none")


def every_indicator_measured(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """Every indicator of the pilot has a value from after its start."""
    asked = case.pilot.indicators if case.pilot else tuple(case.indicators.values())
    for indicator in asked:
        if not any(
            _in_the_pilot(case, version, m) for version, m in case.measurements.items() if m.indicator == indicator.code
        ):
            yield Blocker("pilot.measurement_missing", {"indicator": indicator.name})


def _in_the_pilot(case: Innovation, version: int, measured: e.MeasurementRecorded) -> bool:
    """Tell whether a value was entered in the pilot and speaks of a time after it began."""
    return version > case.pilot_version and (case.pilot is None or measured.ends_on >= case.pilot.starts_on)


def report_attached(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """A report was attached since the pilot began."""
    if not _evidence_of(case, EvidenceKind.REPORT, case.pilot_version):
        yield Blocker("pilot.report_missing")


def fit_for_others(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """The case rests on a legal basis, and its procedure is written down."""
    if not case.legal_bases:
        yield Blocker("rollout.legal_basis_missing")
    if not _evidence_of(case, EvidenceKind.PROCEDURE, 0):
        yield Blocker("rollout.procedure_missing")


def _evidence_of(case: Innovation, kind: EvidenceKind, after: int) -> bool:
    return any(
        item.fact.kind is kind and item.version > after and not item.withdrawn for item in case.evidence.values()
    )


def anchored(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """The case rests on a regulation above a decree, or on three years of budget running."""
    law = any(basis.type in ABOVE_A_DECREE for basis in case.legal_bases.values())
    if not law and outcome.budget_years_running(case) < outcome.BUDGET_YEARS_MIN:
        yield Blocker("outcome.not_anchored", {"years": outcome.BUDGET_YEARS_MIN})


ABOVE_A_DECREE = frozenset({LegalBasisType.PERDA, LegalBasisType.PERKADA})


def has_a_kit(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """Others can read how to copy it."""
    if case.kit is None:
        yield Blocker("replication.no_kit")


def a_place_is_free(case: Innovation, now: Circumstances, capacity: Capacity) -> Iterator[Blocker]:
    """The caller's agency or a unit of it is not where the case comes from, and does not copy it yet."""
    places = {place for place in now.agencies if of_agency(place, capacity.agency, now)}
    if places - {case.home} - now.copied_at:
        return
    if case.home in places:
        yield Blocker("replication.own_place", {"agency": now.agencies[case.home].name})
    if places & now.copied_at:
        yield Blocker("claim.replication")


def consolidated(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """The scores of the open evaluation stand."""
    if case.evaluation is None or case.evaluation.score is None:
        yield Blocker("evaluation.not_consolidated")


def an_evaluation_runs(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """There is an evaluation to cancel, also when the case was stopped meanwhile."""
    if case.evaluation is None or case.evaluation.recommendation is not None:
        yield Blocker("evaluation.none")


def no_scoring(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """What is being scored stays as it is meanwhile."""
    if case.place is Place.EVALUATION_OPEN:
        yield Blocker("evaluation.scoring")


def an_obstacle_stands(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """Something gets in the way."""
    if all(obstacle.resolution is not None for obstacle in case.obstacles.values()):
        yield Blocker("obstacle.none")


def offered(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """A transfer was offered and not yet taken."""
    if case.offered_to is None:
        yield Blocker("transfer.not_offered")


def awaiting_partner(case: Innovation, _now: Circumstances, capacity: Capacity) -> Iterator[Blocker]:
    """The caller's agency was invited and has not answered."""
    partner = case.partners.get(capacity.agency)
    if partner is None or partner.accepted:
        yield Blocker("partner.not_invited")


def suspended(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """The case rests."""
    if not case.suspended:
        yield Blocker("case.not_suspended")


def new_facts(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """Evidence was attached after the case was closed."""
    closed = case.closed_at_version or 0
    if not any(item.version > closed and not item.withdrawn for item in case.evidence.values()):
        yield Blocker("reopen.new_facts_missing")


def rescindable(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """The last event that changed place or flag is a decision that may be taken back."""
    if case.last_turn is None or case.last_turn.stored_as not in RESCINDABLE:
        yield Blocker("rescind.nothing_to_rescind")


def title_is_free(case: Innovation, now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """Nobody took the title while the case was closed."""
    if now.title_taken:
        yield Blocker("claim.title")


def reviewed_once(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """The coach has not yet reviewed this submission."""
    if case.reviewed:
        yield Blocker("review.already_recorded")


def unpublished(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """The case is not on the portal."""
    if case.published:
        yield Blocker("publish.already_published")


def published(case: Innovation, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """The case is on the portal."""
    if not case.published:
        yield Blocker("publish.not_published")


# Checks that hold for every row.


def stands(case: Innovation, move: Move[Innovation], now: Circumstances) -> Iterator[Blocker]:
    """The region is alive, the case stands where the move starts, and does not rest."""
    if now.region.read_only:
        yield Blocker("region.read_only", {"region": now.region.name})
    if case.place not in move.start:
        yield Blocker("place.not_here", {"place": case.place})
    elif case.suspended and not move.when_suspended:
        yield Blocker("case.suspended")


def duties(case: Innovation, move: Move[Innovation], now: Circumstances, capacity: Capacity) -> Iterator[Duty]:
    """Duties the caller would join by this move, before any waiver."""
    if move.plays is not None:
        yield from joined(now.person, move.plays, case.parts)
    if capacity.role is Role.VERIFIER and of_agency(capacity.agency, case.agency, now):
        yield Duty.VERIFIER_OWNER_AGENCY
    if move.publishes and now.person in case.parts.get(Part.INNOVATOR, frozenset()):
        yield Duty.PUBLISHER_INNOVATOR
    if move.command == "open_evaluation" and not case.confirmed:
        yield Duty.REPLICATION_BEFORE_EVALUATION


def _born_stands(_none: None, _move: Move[None], now: Circumstances) -> Iterator[Blocker]:
    if now.region.read_only and not any(cap.role is Role.IMPORTER for cap in now.capacities):
        yield Blocker("region.read_only", {"region": now.region.name})


def of_the_government(_subject: Any, now: Circumstances, capacity: Capacity) -> Iterator[Blocker]:
    """An organisation outside the government joins cases as a partner, it does not own them."""
    agency = now.agencies.get(capacity.agency)
    if agency is not None and agency.outside:
        yield Blocker("agency.outside", {"agency": agency.name})


P = Place
DRAFTING = frozenset({P.IDEA_DRAFT, P.IDEA_REVISION})

BIRTH = Lifecycle[None](
    stands=_born_stands,
    moves=(
        Move(
            "register_idea",
            body=c.RegisterIdea,
            decide=idea.register,
            by=(OFFICIAL,),
            guards=(of_the_government,),
            end=P.IDEA_DRAFT,
        ),
        Move("import_historical", body=c.ImportHistorical, decide=idea.import_historical, by=(IMPORTER,)),
    ),
)
"""The two ways a case begins."""

M = Move[Innovation]

INNOVATION_LIFECYCLE = Lifecycle[Innovation](
    stands=stands,
    duties=duties,
    waivers=lambda case: case.waivers,
    moves=(
        M(
            "revise_profile",
            body=c.ReviseProfile,
            decide=idea.revise_profile,
            by=(INNOVATOR,),
            start=OPEN,
            guards=(no_scoring,),
        ),
        M("add_team_member", body=c.AddTeamMember, decide=idea.add_team_member, by=(LEAD, AGENCY_HEAD), start=OPEN),
        M(
            "hand_over_lead",
            body=c.HandOverLead,
            decide=idea.hand_over_lead,
            by=(LEAD, AGENCY_HEAD),
            start=OPEN,
            decision=True,
            when_suspended=True,
        ),
        M(
            "submit",
            body=c.Submit,
            decide=idea.submit,
            by=(INNOVATOR,),
            start=DRAFTING,
            end=P.IDEA_SUBMITTED,
            guards=(ready_to_submit,),
            under_rulebook=True,
            awaited="revision",
        ),
        M(
            "record_review",
            body=c.RecordReview,
            decide=idea.record_review,
            by=(COACH,),
            start=frozenset({P.IDEA_SUBMITTED}),
            guards=(reviewed_once,),
            awaited="coach",
        ),
        M(
            "request_revision",
            body=c.RequestRevision,
            decide=idea.request_revision,
            by=(COACH, VERIFIER),
            start=frozenset({P.IDEA_SUBMITTED, P.IDEA_ENDORSED}),
            end=P.IDEA_REVISION,
            decision=True,
        ),
        M(
            "endorse",
            choice="endorse",
            body=c.Endorse,
            decide=idea.endorse,
            by=(AGENCY_HEAD,),
            start=frozenset({P.IDEA_SUBMITTED}),
            end=P.IDEA_ENDORSED,
            decision=True,
            plays=Part.ENDORSER,
            awaited="endorsement",
        ),
        M(
            "endorse",
            choice="return",
            body=c.Endorse,
            decide=idea.give_back,
            by=(AGENCY_HEAD,),
            start=frozenset({P.IDEA_SUBMITTED}),
            end=P.IDEA_DRAFT,
            decision=True,
            plays=Part.ENDORSER,
        ),
        M(
            "decide_pilot",
            choice="approve",
            body=c.DecidePilot,
            decide=idea.approve_pilot,
            by=(DECIDER,),
            start=frozenset({P.IDEA_ENDORSED, P.IDEA_DEFERRED}),
            end=P.PILOT_APPROVED,
            decision=True,
            plays=Part.DECIDER,
            awaited="decision",
        ),
        M(
            "decide_pilot",
            choice="reject",
            body=c.DecidePilot,
            decide=idea.reject_pilot,
            by=(DECIDER,),
            start=frozenset({P.IDEA_ENDORSED, P.IDEA_DEFERRED}),
            end=P.CLOSED_REJECTED,
            decision=True,
            plays=Part.DECIDER,
        ),
        M(
            "decide_pilot",
            choice="defer",
            body=c.DeferPilot,
            decide=idea.defer_pilot,
            by=(DECIDER,),
            start=frozenset({P.IDEA_ENDORSED, P.IDEA_DEFERRED}),
            end=P.IDEA_DEFERRED,
            decision=True,
            plays=Part.DECIDER,
        ),
        M(
            "start_pilot",
            body=c.StartPilot,
            decide=pilot.start_pilot,
            by=(INNOVATOR, AGENCY_HEAD),
            start=frozenset({P.PILOT_APPROVED}),
            end=P.PILOT_RUNNING,
            awaited="revision",
        ),
        M(
            "record_measurement",
            body=c.RecordMeasurement,
            decide=pilot.record_measurement,
            by=(INNOVATOR,),
            start=TRIED,
        ),
        M(
            "record_obstacle",
            body=c.RecordObstacle,
            decide=pilot.record_obstacle,
            by=(INNOVATOR, COACH),
            start=OPEN,
        ),
        M(
            "resolve_obstacle",
            body=c.ResolveObstacle,
            decide=pilot.resolve_obstacle,
            by=(INNOVATOR, COACH),
            start=OPEN,
            guards=(an_obstacle_stands,),
        ),
        M("record_budget_year", body=c.RecordBudgetYear, decide=pilot.record_budget_year, by=(INNOVATOR,), start=OPEN),
        M(
            "extend_pilot",
            body=c.ExtendPilot,
            decide=pilot.extend_pilot,
            by=(DECIDER,),
            start=frozenset({P.PILOT_RUNNING}),
            decision=True,
            plays=Part.DECIDER,
            guards=(can_be_longer,),
            under_rulebook=True,
        ),
        *(
            M(
                "conclude_pilot",
                choice=result.value,
                body=c.ConcludePilot,
                decide=pilot.conclude_pilot(result),
                by=(INNOVATOR, AGENCY_HEAD),
                start=frozenset({P.PILOT_RUNNING}),
                end=P.PILOT_CONCLUDED,
                decision=True,
                guards=(every_indicator_measured, report_attached),
                awaited="pilot_report" if result is PilotResult.SUCCEEDED else None,
            )
            for result in PilotResult
        ),
        M(
            "decide_rollout",
            choice="replicate",
            body=c.DecideRollout,
            decide=pilot.approve_rollout,
            by=(DECIDER,),
            start=frozenset({P.PILOT_CONCLUDED}),
            end=P.REPLICATION_OPEN,
            decision=True,
            plays=Part.DECIDER,
            guards=(fit_for_others,),
            awaited="decision",
        ),
        M(
            "decide_rollout",
            choice="repeat",
            body=c.DecideRollout,
            decide=pilot.repeat_pilot,
            by=(DECIDER,),
            start=frozenset({P.PILOT_CONCLUDED}),
            end=P.PILOT_APPROVED,
            decision=True,
            plays=Part.DECIDER,
        ),
        M(
            "decide_rollout",
            choice="stop",
            body=c.Stop,
            decide=standing.stop,
            by=(DECIDER,),
            start=frozenset({P.PILOT_CONCLUDED}),
            end=P.CLOSED_STOPPED,
            decision=True,
            plays=Part.DECIDER,
        ),
        M("publish_kit", body=c.PublishKit, decide=spread.publish_kit, by=(INNOVATOR,), start=IN_USE),
        M(
            "request_replication",
            body=c.RequestReplication,
            decide=spread.request_replication,
            by=(ADOPTER,),
            start=IN_USE,
            guards=(of_the_government, has_a_kit, a_place_is_free),
        ),
        M(
            "open_evaluation",
            body=c.OpenEvaluation,
            decide=outcome.open_evaluation,
            by=(COORDINATOR, VERIFIER),
            start=frozenset({P.REPLICATION_OPEN, P.CLOSED_INSTITUTIONALISED}),
            end=P.EVALUATION_OPEN,
            under_rulebook=True,
            awaited="evaluation_panel",
        ),
        M(
            "conclude_evaluation",
            body=c.ConcludeEvaluation,
            decide=outcome.conclude_evaluation,
            by=(COORDINATOR,),
            start=frozenset({P.EVALUATION_OPEN}),
            end=P.EVALUATION_CONCLUDED,
            decision=True,
            guards=(consolidated,),
        ),
        M(
            "cancel_evaluation",
            body=c.CancelEvaluation,
            decide=outcome.cancel_evaluation,
            by=(COORDINATOR,),
            start=frozenset({P.EVALUATION_OPEN, P.CLOSED_STOPPED}),
            decision=True,
            guards=(an_evaluation_runs,),
        ),
        M(
            "decide_outcome",
            choice="institutionalise",
            body=c.DecideOutcome,
            decide=outcome.institutionalise,
            by=(DECIDER,),
            start=frozenset({P.EVALUATION_CONCLUDED}),
            end=P.CLOSED_INSTITUTIONALISED,
            decision=True,
            plays=Part.DECIDER,
            guards=(anchored,),
            awaited="decision",
        ),
        M(
            "decide_outcome",
            choice="widen",
            body=c.DecideOutcome,
            decide=outcome.widen,
            by=(DECIDER,),
            start=frozenset({P.EVALUATION_CONCLUDED}),
            end=P.REPLICATION_OPEN,
            decision=True,
            plays=Part.DECIDER,
        ),
        M(
            "decide_outcome",
            choice="improve",
            body=c.DecideOutcome,
            decide=outcome.improve,
            by=(DECIDER,),
            start=frozenset({P.EVALUATION_CONCLUDED}),
            end=P.PILOT_APPROVED,
            decision=True,
            plays=Part.DECIDER,
        ),
        M(
            "decide_outcome",
            choice="stop",
            body=c.Stop,
            decide=standing.stop,
            by=(DECIDER,),
            start=frozenset({P.EVALUATION_CONCLUDED}),
            end=P.CLOSED_STOPPED,
            decision=True,
            plays=Part.DECIDER,
        ),
        M("add_dependency", body=c.AddDependency, decide=file.add_dependency, by=(INNOVATOR, COACH), start=OPEN),
        M("link_plan", body=c.LinkPlan, decide=file.link_plan, by=(INNOVATOR,), start=OPEN),
        M(
            "suspend",
            body=c.Suspend,
            decide=standing.suspend,
            by=(DECIDER,),
            start=OPEN,
            decision=True,
            plays=Part.DECIDER,
        ),
        M(
            "resume",
            body=c.Resume,
            decide=standing.resume,
            by=(DECIDER,),
            start=OPEN,
            decision=True,
            plays=Part.DECIDER,
            guards=(suspended,),
            when_suspended=True,
        ),
        M(
            "stop",
            body=c.Stop,
            decide=standing.stop,
            by=(DECIDER,),
            start=OPEN,
            end=P.CLOSED_STOPPED,
            decision=True,
            plays=Part.DECIDER,
            when_suspended=True,
        ),
        M(
            "reopen",
            body=c.Reopen,
            decide=standing.reopen,
            by=(DECIDER,),
            start=frozenset({P.CLOSED_REJECTED, P.CLOSED_STOPPED}),
            decision=True,
            plays=Part.DECIDER,
            guards=(new_facts, title_is_free),
        ),
        M(
            "rescind_decision",
            body=c.RescindDecision,
            decide=standing.rescind,
            by=(SAME_OFFICE,),
            start=ANYWHERE,
            decision=True,
            guards=(rescindable, title_is_free),
            when_suspended=True,
        ),
        M(
            "correct",
            body=c.Correct,
            decide=correction.correct,
            by=(VERIFIER, COORDINATOR),
            start=ANYWHERE,
            decision=True,
            when_suspended=True,
        ),
        M(
            "attach_evidence",
            body=c.AttachEvidence,
            decide=file.attach_evidence,
            by=(INNOVATOR, COACH),
            start=ANYWHERE,
            when_suspended=True,
        ),
        M(
            "withdraw_evidence",
            body=c.WithdrawEvidence,
            decide=file.withdraw_evidence,
            by=(INNOVATOR, COACH),
            start=ANYWHERE,
            guards=(some_evidence_stands,),
        ),
        M(
            "attach_legal_basis",
            body=c.AttachLegalBasis,
            decide=file.attach_legal_basis,
            by=(INNOVATOR, COACH),
            start=OPEN,
            when_suspended=True,
        ),
        M(
            "invite_partner",
            body=c.InvitePartner,
            decide=parties.invite_partner,
            by=(INNOVATOR, FACILITATOR),
            start=OPEN,
        ),
        M(
            "accept_partnership",
            body=c.AcceptPartnership,
            decide=parties.accept_partnership,
            by=(PARTNER,),
            start=OPEN,
            guards=(awaiting_partner,),
            awaited="partner",
        ),
        M(
            "withdraw_partner",
            body=c.WithdrawPartner,
            decide=parties.withdraw_partner,
            by=(INNOVATOR, FACILITATOR, PARTNER),
            start=OPEN,
            guards=(has_a_partner,),
        ),
        M("assign_coach", body=c.AssignCoach, decide=parties.assign_coach, by=(COORDINATOR,), start=OPEN),
        M("offer_transfer", body=c.OfferTransfer, decide=parties.offer_transfer, by=(OWNER_HEAD,), start=OPEN),
        M(
            "accept_transfer",
            body=c.AcceptTransfer,
            decide=parties.accept_transfer,
            by=(RECEIVING_HEAD,),
            start=OPEN,
            decision=True,
            guards=(offered,),
            awaited="transfer",
        ),
        M(
            "publish_case",
            body=c.PublishCase,
            decide=file.publish,
            by=(COORDINATOR,),
            start=ANYWHERE - {P.IDEA_DRAFT},
            decision=True,
            publishes=True,
            guards=(unpublished,),
        ),
        M(
            "unpublish_case",
            body=c.UnpublishCase,
            decide=file.unpublish,
            by=(COORDINATOR,),
            start=ANYWHERE - {P.IDEA_DRAFT},
            decision=True,
            publishes=True,
            guards=(published,),
        ),
        M(
            "grant_duty_waiver",
            body=c.GrantDutyWaiver,
            decide=parties.grant_waiver,
            by=(SECRETARY,),
            start=OPEN,
            decision=True,
        ),
    ),
)
