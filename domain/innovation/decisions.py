"""From a command to what happens: the rules about input, one pure function per command.

Who may act, from where, and which duties stay apart is the table's (`lifecycle.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from domain.codes import BudgetSource, PilotResult, Place, Recommendation
from domain.command import Command
from domain.duties import Duty, joined, refused, waived
from domain.errors import Blocker, InvalidInput, Refused, invalid
from domain.evaluation import events as on_evaluation
from domain.innovation import commands as c
from domain.innovation import events as e
from domain.innovation.profile import Profile, difference, told
from domain.innovation.state import Evidence, Innovation
from domain.lifecycle import Circumstances, Elsewhere, Facts
from domain.measurement import check_indicators, check_measurement
from domain.people import Actor, Part, Role
from domain.record import Body, LegalBasis
from domain.replication import events as on_replication
from domain.text import names_a_citizen

Bodies = tuple[Body, ...]
BUDGET_YEARS_MIN = 3


def register(_none: None, command: c.RegisterIdea, now: Circumstances, actor: Actor) -> Bodies:
    """Write an idea down for the actor's own agency, or the one her unit belongs to."""
    owner, profile = _owned(actor.agency, command.profile(), now)
    return (e.IdeaRegistered(profile=profile, agency=owner),)


def import_historical(_none: None, command: c.ImportHistorical, now: Circumstances, actor: Actor) -> Bodies:
    """Enter a case on the word of a source; evaluations are never imported, a coordinator imports for her region."""
    if command.place in {Place.EVALUATION_OPEN, Place.EVALUATION_CONCLUDED}:
        raise invalid("import.evaluation", "/place")
    agency = now.agencies.get(command.agency)
    if agency is None:
        raise invalid("agency.unknown", "/agency", agency=command.agency)
    if actor.role is not Role.IMPORTER and agency.region != actor.region:
        raise invalid("import.not_your_region", "/agency", agency=command.agency)
    check_indicators(command.indicators)
    owner, profile = _owned(command.agency, command.profile(), now)
    named = {Part.COACH: command.coach, Part.ENDORSER: command.endorser, Part.DECIDER: command.decider}
    return (
        e.HistoricalCaseImported(
            profile=profile,
            agency=owner,
            place=command.place,
            source=command.source,
            source_evidence=command.source_evidence,
            lead=command.lead,
            played={part: person for part, person in named.items() if person},
            indicators=command.indicators,
        ),
    )


def revise_profile(case: Innovation, command: c.ReviseProfile, now: Circumstances, _actor: Actor) -> Bodies:
    """Change what differs and answer notes; once submitted and past revision a reason is due."""
    changes = difference(case.profile, command.profile())
    _check_unit(changes, case.agency, now)
    if case.place not in {Place.IDEA_DRAFT, Place.IDEA_REVISION} and command.reason is None:
        raise invalid("reason.required", "/reason")
    answers = [_answer(case, index, answer) for index, answer in enumerate(command.answers)]
    revised = [e.ProfileRevised(changes=changes, reason=command.reason)] if told(changes) else []
    if not revised and not answers:
        raise invalid("revise.nothing_changes", "")
    return (*revised, *answers)


def _answer(case: Innovation, index: int, answer: c.Answer) -> e.RevisionAnswered:
    if not any(note.id == answer.note for note in case.notes):
        raise invalid("revise.note_unknown", f"/answers/{index}/note")
    return e.RevisionAnswered(revision_note=answer.note, text=answer.text)


def add_team_member(case: Innovation, command: c.AddTeamMember, now: Circumstances, _actor: Actor) -> Bodies:
    """Take an official of the owner agency into the team."""
    if command.person in case.team:
        raise Refused(Blocker("team.already_member", {}, "/person"))
    duties = named_innovator(case, command.person, case.agency, now, "/person")
    return (e.TeamMemberAdded(person=command.person, waived=duties),)


def hand_over_lead(case: Innovation, command: c.HandOverLead, now: Circumstances, _actor: Actor) -> Bodies:
    """Give the lead to another official of the owner agency."""
    if command.person == case.lead:
        raise Refused(Blocker("team.already_lead", {}, "/person"))
    duties = named_innovator(case, command.person, case.agency, now, "/person")
    return (e.LeadHandedOver(person=command.person, reason=command.reason, waived=duties),)


def submit(case: Innovation, command: c.Submit, _now: Circumstances, _actor: Actor) -> Bodies:
    """Hand the idea in; the pledge must be given."""
    if not command.pledge:
        raise invalid("submit.pledge_required", "/pledge")
    return (e.IdeaSubmitted(design_words=case.design_words),)


def record_review(_case: Innovation, command: c.RecordReview, _now: Circumstances, _actor: Actor) -> Bodies:
    """Keep the coach's advice."""
    return (e.IdeaReviewed(advice=command.advice),)


def request_revision(_case: Innovation, command: c.RequestRevision, now: Circumstances, _actor: Actor) -> Bodies:
    """Send the idea back; every note gets an id."""
    for index, note in enumerate(command.notes):
        if note.field not in Profile.__struct_fields__:
            raise invalid("revision.field_unknown", f"/notes/{index}/field", field=note.field)
    notes = tuple(e.RevisionNote(id=now.new_id(), field=n.field, text=n.text) for n in command.notes)
    return (e.RevisionRequested(notes=notes, reason=command.reason),)


def endorse(_case: Innovation, command: c.Endorse, _now: Circumstances, _actor: Actor) -> Bodies:
    """The agency stands behind the idea."""
    return (e.AgencyEndorsed(reason=command.reason),)


def give_back(_case: Innovation, command: c.Endorse, _now: Circumstances, _actor: Actor) -> Bodies:
    """The agency gives the idea back."""
    return (e.AgencyReturned(reason=command.reason),)


def approve_pilot(_case: Innovation, command: c.DecidePilot, _now: Circumstances, _actor: Actor) -> Bodies:
    """Let the idea be tried."""
    return (e.PilotApproved(reason=command.reason),)


def reject_pilot(_case: Innovation, command: c.DecidePilot, _now: Circumstances, _actor: Actor) -> Bodies:
    """Say no."""
    return (e.IdeaRejected(reason=command.reason),)


def defer_pilot(_case: Innovation, command: c.DeferPilot, now: Circumstances, _actor: Actor) -> Bodies:
    """Decide later; a date named lies ahead."""
    if command.until is not None:
        _check_ahead(command.until, now, "/until")
    return (e.IdeaDeferred(reason=command.reason, until=command.until),)


def start_pilot(_case: Innovation, command: c.StartPilot, _now: Circumstances, _actor: Actor) -> Bodies:
    """Begin the trial."""
    if command.ends_on < command.starts_on:
        raise invalid("input.period_reversed", "/ends_on")
    check_indicators(command.indicators)
    return (
        e.PilotStarted(
            place=command.place,
            target_group=command.target_group,
            indicators=command.indicators,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
            budget_source=command.budget_source,
            budget=command.budget,
        ),
    )


def record_measurement(case: Innovation, command: c.RecordMeasurement, now: Circumstances, _actor: Actor) -> Bodies:
    """Keep a value of a known indicator; a past case may make one known by it."""
    known = case.indicators
    if command.introduces is not None:
        if not case.imported or case.pilot is not None or command.introduces.code in known:
            raise invalid("measure.introduces", "/introduces")
        known = known | {command.introduces.code: command.introduces}
    check_measurement(command, known, now.today)
    return (
        e.MeasurementRecorded(
            indicator=command.indicator,
            value=command.value,
            unit=command.unit,
            method=command.method,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
            people=command.people,
            introduces=command.introduces,
        ),
    )


def record_obstacle(case: Innovation, command: c.RecordObstacle, now: Circumstances, _actor: Actor) -> Bodies:
    """Name an obstacle; it is the owner agency's to deal with unless another one is named."""
    owner = command.owner or case.agency
    if owner not in now.agencies:
        raise invalid("agency.unknown", "/owner", agency=owner)
    return (e.ObstacleRecorded(obstacle=now.new_id(), kind=command.kind, description=command.description, owner=owner),)


def resolve_obstacle(case: Innovation, command: c.ResolveObstacle, _now: Circumstances, _actor: Actor) -> Bodies:
    """Say how an obstacle that stands was overcome."""
    known = case.obstacles.get(command.obstacle)
    if known is None:
        raise invalid("obstacle.unknown", "/obstacle")
    if known.resolution is not None:
        raise Refused(Blocker("obstacle.already_resolved", {}, "/obstacle"))
    return (e.ObstacleResolved(obstacle=command.obstacle, resolution=command.resolution),)


def record_budget_year(_case: Innovation, command: c.RecordBudgetYear, _now: Circumstances, _actor: Actor) -> Bodies:
    """Keep what a year's budget gives."""
    if (command.source is BudgetSource.NONE) != (command.amount == 0):
        raise invalid("budget.source_and_amount", "/amount")
    return (e.BudgetYearRecorded(year=command.year, source=command.source, amount=command.amount),)


def extend_pilot(case: Innovation, command: c.ExtendPilot, now: Circumstances, _actor: Actor) -> Bodies:
    """Let the trial go on: past its end, and all in all no longer than the rulebook lets it."""
    assert case.pilot is not None  # the table's guard
    assert case.pilot_first_end is not None
    if command.ends_on <= case.pilot.ends_on:
        raise invalid("pilot.not_longer", "/ends_on", ends_on=case.pilot.ends_on.isoformat())
    most = now.rulebook.pilot_extension_days_max
    if (command.ends_on - case.pilot_first_end).days > most:
        raise invalid("pilot.extended_too_far", "/ends_on", days=most)
    return (e.PilotExtended(reason=command.reason, ends_on=command.ends_on),)


def conclude_pilot(result: PilotResult) -> Callable[[Innovation, c.ConcludePilot, Circumstances, Actor], Bodies]:
    """Give the decision that ends the trial with this result."""
    return lambda _case, command, _now, _actor: (e.PilotConcluded(reason=command.reason, result=result),)


def approve_rollout(_case: Innovation, command: c.DecideRollout, _now: Circumstances, _actor: Actor) -> Bodies:
    """Take it into use, and open it to others."""
    return (e.RolloutApproved(reason=command.reason),)


def repeat_pilot(_case: Innovation, command: c.DecideRollout, _now: Circumstances, _actor: Actor) -> Bodies:
    """Have it tried again."""
    return (e.PilotRepeated(reason=command.reason),)


def publish_kit(_case: Innovation, command: c.PublishKit, _now: Circumstances, _actor: Actor) -> Bodies:
    """Give others what they need; a newer kit takes the place of the one before."""
    return (
        e.ReplicationKitPublished(
            guide=command.guide,
            cost=command.cost,
            people_needed=command.people_needed,
            contact_office=command.contact_office,
            lessons=command.lessons,
        ),
    )


def request_replication(case: Innovation, command: c.RequestReplication, now: Circumstances, actor: Actor) -> Facts:
    """Ask to copy it at another place; the replication lies in the adopter's region."""
    adopter = now.agencies.get(command.agency or actor.agency)
    if adopter is None or not of_agency(adopter.id, actor.agency, now):
        raise invalid("unit.not_of_agency", "/agency", unit=command.agency or actor.agency)
    if adopter.id == (told(case.profile).get("unit") or case.agency):
        raise invalid("replication.own_place", "/agency", agency=adopter.name)
    replication = now.new_id()
    asked = on_replication.ReplicationRequested(
        innovation_id=case.id,
        origin=case.agency,
        origin_region=case.region,
        adopter=adopter.id,
        adopter_agency=adopter.parent or adopter.id,
        problem=command.problem,
    )
    return (
        e.ReplicationRequested(replication=replication, adopter=adopter.id, adopter_region=adopter.region),
        Elsewhere(stream=replication, body=asked, region=adopter.region),
    )


def open_evaluation(case: Innovation, command: c.OpenEvaluation, now: Circumstances, _actor: Actor) -> Facts:
    """Begin an evaluation under the rulebook's terms of today."""
    panel = now.rulebook.panel
    size = command.panel_size or panel.size
    if size < panel.size:
        raise invalid("evaluation.panel_too_small", "/panel_size", least=panel.size)
    evaluation = now.new_id()
    terms = on_evaluation.EvaluationOpened(
        innovation_id=case.id,
        panel_size=size,
        load_max=panel.load_max,
        scores_min=panel.scores_min,
        spread_max=panel.spread_max,
        criteria=tuple(panel.criteria),
    )
    return (
        e.EvaluationOpened(evaluation=evaluation),
        Elsewhere(stream=evaluation, body=terms, region=case.region),
    )


def conclude_evaluation(case: Innovation, command: c.ConcludeEvaluation, _now: Circumstances, _actor: Actor) -> Facts:
    """Sum up the open evaluation, on both streams."""
    assert case.evaluation is not None  # the table's guard
    assert case.evaluation.score is not None
    summed_up: dict[str, Any] = {
        "reason": command.reason,
        "drivers": command.drivers,
        "inhibitors": command.inhibitors,
        "recommendation": command.recommendation,
    }
    return (
        e.EvaluationConcluded(evaluation=case.evaluation.id, score=case.evaluation.score, **summed_up),
        Elsewhere(
            stream=case.evaluation.id,
            body=on_evaluation.EvaluationConcluded(innovation_id=case.id, **summed_up),
        ),
    )


def cancel_evaluation(case: Innovation, command: c.CancelEvaluation, _now: Circumstances, _actor: Actor) -> Facts:
    """End the open evaluation without a result, on both streams."""
    assert case.evaluation is not None  # the table's guard
    known = case.evaluation
    place = known.before if case.place is Place.EVALUATION_OPEN else case.place
    return (
        e.EvaluationCancelled(evaluation=known.id, place=place, reason=command.reason),
        Elsewhere(
            stream=known.id,
            body=on_evaluation.EvaluationCancelled(innovation_id=case.id, reason=command.reason),
        ),
    )


def institutionalise(case: Innovation, command: c.DecideOutcome, _now: Circumstances, _actor: Actor) -> Bodies:
    """Anchor it."""
    return (e.InnovationInstitutionalised(reason=command.reason, advised=_advised(case)),)


def widen(case: Innovation, command: c.DecideOutcome, _now: Circumstances, _actor: Actor) -> Bodies:
    """Have it spread further first."""
    return (e.InnovationWidened(reason=command.reason, advised=_advised(case)),)


def improve(case: Innovation, command: c.DecideOutcome, _now: Circumstances, _actor: Actor) -> Bodies:
    """Have it mended and tried again."""
    return (e.InnovationImproved(reason=command.reason, advised=_advised(case)),)


def _advised(case: Innovation) -> Recommendation:
    assert case.evaluation is not None  # only a concluded evaluation leads here
    assert case.evaluation.recommendation is not None
    return case.evaluation.recommendation


def budget_years_running(case: Innovation) -> int:
    """Give the longest run of years with a budget."""
    years = {given.year for given in case.budget_years.values() if given.amount > 0}
    longest = 0
    for year in years:
        run = 1
        while year + run in years:
            run += 1
        longest = max(longest, run)
    return longest


def add_dependency(case: Innovation, command: c.AddDependency, now: Circumstances, _actor: Actor) -> Bodies:
    """Link another innovation the caller may know of."""
    if command.innovation == case.id:
        raise invalid("dependency.itself", "/innovation")
    if command.innovation not in now.cases:
        raise invalid("dependency.unknown", "/innovation")
    return (e.DependencyLinked(innovation=command.innovation, flows=command.flows),)


def attach_evidence(case: Innovation, command: c.AttachEvidence, now: Circumstances, _actor: Actor) -> Bodies:
    """Make a document a fact of the case; `held` tells whether our own server has its bytes."""
    if any(item.fact.digest == command.digest and not item.withdrawn for item in case.evidence.values()):
        raise Refused(Blocker("evidence.already_attached", {}, "/digest"))
    held = now.held(command.digest)
    if not held and command.url is None:
        raise invalid("evidence.not_received", "/digest")
    return (
        e.EvidenceAttached(
            item=now.new_id(),
            digest=command.digest,
            size=command.size,
            media_type=command.media_type,
            kind=command.kind,
            description=command.description,
            held=held,
            issuer=command.issuer,
            issued_on=command.issued_on,
            url=command.url,
        ),
    )


def withdraw_evidence(case: Innovation, command: c.WithdrawEvidence, _now: Circumstances, _actor: Actor) -> Bodies:
    """Withdraw a document that still speaks for the case."""
    if not _stands(case.evidence.get(command.item)):
        raise invalid("evidence.unknown", "/item")
    return (e.EvidenceWithdrawn(item=command.item, reason=command.reason),)


def attach_legal_basis(_case: Innovation, command: c.AttachLegalBasis, _now: Circumstances, _actor: Actor) -> Bodies:
    """Name what the case rests on."""
    return (e.LegalBasisAttached(type=command.type, number=command.number, date=command.date, title=command.title),)


def link_plan(_case: Innovation, command: c.LinkPlan, _now: Circumstances, _actor: Actor) -> Bodies:
    """Link the case to a line of a plan."""
    return (e.PlanLinked(plan=command.plan, code=command.code, title=command.title),)


def invite_partner(case: Innovation, command: c.InvitePartner, now: Circumstances, _actor: Actor) -> Bodies:
    """Ask another organisation of the directory to take part."""
    if command.agency not in now.agencies:
        raise invalid("agency.unknown", "/agency", agency=command.agency)
    if command.agency == case.agency:
        raise invalid("partner.is_owner", "/agency")
    if command.agency in case.partners:
        raise Refused(Blocker("partner.already_invited", {"agency": command.agency}, "/agency"))
    return (e.PartnerInvited(agency=command.agency, kind=command.kind, contribution=command.contribution),)


def accept_partnership(case: Innovation, _command: c.AcceptPartnership, _now: Circumstances, actor: Actor) -> Bodies:
    """The partner's own officer says yes for her agency."""
    return (e.PartnershipAccepted(agency=actor.agency),)


def withdraw_partner(case: Innovation, command: c.WithdrawPartner, _now: Circumstances, actor: Actor) -> Bodies:
    """End an invitation or partnership; a partner ends only its own."""
    if command.agency not in case.partners:
        raise invalid("partner.unknown", "/agency", agency=command.agency)
    outsider = actor.role is not Role.FACILITATOR and actor.person not in case.team
    if outsider and actor.agency != command.agency:
        raise Refused(Blocker("partner.not_yours", {"agency": command.agency}, "/agency"))
    return (e.PartnerWithdrawn(agency=command.agency, reason=command.reason),)


def assign_coach(case: Innovation, command: c.AssignCoach, now: Circumstances, _actor: Actor) -> Bodies:
    """Give the case a coach of its region who plays no other part in it."""
    if command.person == case.coach:
        raise Refused(Blocker("coach.already_assigned", {}, "/person"))
    coaches = [cap for cap in now.named[command.person] if cap.role is Role.COACH and cap.region == case.region]
    if not coaches:
        raise invalid("coach.not_a_coach", "/person")
    if case.evaluation and command.person in case.evaluation.evaluators:
        raise Refused(Blocker("coach.evaluates", {}, "/person"))
    duties = _named_apart(case, command.person, Part.COACH, now, "/person")
    return (e.CoachAssigned(person=command.person, waived=duties),)


def offer_transfer(case: Innovation, command: c.OfferTransfer, now: Circumstances, _actor: Actor) -> Bodies:
    """Offer the case to another agency of the same region."""
    agency = now.agencies.get(command.agency)
    if agency is None or agency.region != case.region:
        raise invalid("transfer.not_in_region", "/agency", agency=command.agency)
    if command.agency == case.agency:
        raise invalid("transfer.is_owner", "/agency")
    if agency.parent is not None or agency.outside:
        raise invalid("transfer.not_an_owner", "/agency", agency=command.agency)
    return (e.TransferOffered(agency=command.agency, reason=command.reason),)


def accept_transfer(case: Innovation, command: c.AcceptTransfer, now: Circumstances, _actor: Actor) -> Bodies:
    """Take the case over, led by an official of the new owner."""
    assert case.offered_to is not None  # the table's guard
    duties = named_innovator(case, command.lead, case.offered_to, now, "/lead")
    return (e.OwnershipTransferred(agency=case.offered_to, lead=command.lead, reason=command.reason, waived=duties),)


def suspend(_case: Innovation, command: c.Suspend, now: Circumstances, _actor: Actor) -> Bodies:
    """Let the case rest until a date ahead."""
    _check_ahead(command.review_on, now, "/review_on")
    return (e.InnovationSuspended(reason=command.reason, review_on=command.review_on),)


def resume(_case: Innovation, command: c.Resume, _now: Circumstances, _actor: Actor) -> Bodies:
    """Let the case go on."""
    return (e.InnovationResumed(reason=command.reason),)


def stop(case: Innovation, command: c.Stop, _now: Circumstances, _actor: Actor) -> Bodies:
    """End the case with its lesson; on an evaluation, also with what that had advised."""
    advised = case.evaluation.recommendation if case.evaluation and case.place is Place.EVALUATION_CONCLUDED else None
    return (
        e.InnovationStopped(
            reason=command.reason, reason_code=command.reason_code, lesson=command.lesson, advised=advised
        ),
    )


def reopen(case: Innovation, command: c.Reopen, _now: Circumstances, _actor: Actor) -> Bodies:
    """Open a closed case again: a rejected one for revision, a stopped one where it was left."""
    if case.place is Place.CLOSED_STOPPED and case.left:
        return (e.InnovationReopened(reason=command.reason, place=case.left.place, outcome=case.left.outcome),)
    return (e.InnovationReopened(reason=command.reason, place=Place.IDEA_REVISION),)


def rescind(case: Innovation, command: c.RescindDecision, _now: Circumstances, _actor: Actor) -> Bodies:
    """Take back the last decision; the case stands as it stood before it."""
    assert case.last_turn is not None  # the table's guard
    before = case.last_turn.before
    return (
        e.DecisionRescinded(
            decision=case.last_turn.version,
            place=before.place,
            suspended=before.suspended,
            outcome=before.outcome,
            reason=command.reason,
            letter=command.letter,
        ),
    )


PROFILE_EVENTS = {
    e.IdeaRegistered.stored_as,
    e.ProfileRevised.stored_as,
    e.HistoricalCaseImported.stored_as,
}
CORRECTABLE_MEASUREMENT = {"value", "unit", "method", "starts_on", "ends_on", "people"}
CORRECTABLE_PILOT = {"starts_on", "ends_on"}


def correct(case: Innovation, command: c.Correct, now: Circumstances, actor: Actor) -> Bodies:
    """Put right profile, evidence description, legal basis or dates; never an actor, decision, reason or score."""
    author = case.authors.get(command.event)
    if author is None:
        raise invalid("correct.event_unknown", "/event", event=command.event)
    if author.person == actor.person:
        raise Refused(Blocker("correct.own_entry", {}, "/event"))
    value = _corrected_value(case, command, author.stored_as, now)
    return (e.RecordCorrected(event=command.event, field=command.field, value=value, reason=command.reason),)


def _corrected_value(case: Innovation, command: c.Correct, stored_as: str, now: Circumstances) -> Any:
    thing, _, name = command.field.partition(".")
    kind: Any = None
    if thing == "profile" and stored_as in PROFILE_EVENTS and name in Profile.__struct_fields__:
        kind = Profile
    elif thing == "evidence" and stored_as == e.EvidenceAttached.stored_as and name == "description":
        kind = c.AttachEvidence
    elif thing == "legal_basis" and command.event in case.legal_bases and name in LegalBasis.__struct_fields__:
        kind = LegalBasis
    elif thing == "measurement" and stored_as == e.MeasurementRecorded.stored_as and name in CORRECTABLE_MEASUREMENT:
        kind = c.RecordMeasurement
    elif thing == "pilot" and command.event == case.pilot_version and name in CORRECTABLE_PILOT:
        kind = c.StartPilot
    elif command.field == "occurred_on":
        return _corrected_date(command, now)
    if kind is None:
        raise invalid("correct.not_correctable", "/field", field=command.field)
    value = _typed(kind, name, command.value, now)
    if thing == "pilot":
        _check_period(case, name, value)
    elif thing == "measurement":
        _check_measured(case, command.event, name, value, now)
    return value


def _check_period(case: Innovation, name: str, day: str) -> None:
    assert case.pilot is not None  # its event is being corrected
    period = {"starts_on": case.pilot.starts_on.isoformat(), "ends_on": case.pilot.ends_on.isoformat(), name: day}
    if period["ends_on"] < period["starts_on"]:
        raise invalid("input.period_reversed", "/value")


def _check_measured(case: Innovation, event: int, name: str, value: Any, now: Circumstances) -> None:
    """See that a measurement put right is one that could have been entered so."""
    told = {**msgspec.to_builtins(case.measurements[event]), name: value}
    entered = {field: told[field] for field in ("indicator", *CORRECTABLE_MEASUREMENT) if field in told}
    check_measurement(msgspec.convert(entered, c.RecordMeasurement), case.indicators, now.today, pointer="/value")


def _typed(struct: type[msgspec.Struct], name: str, value: Any, now: Circumstances) -> Any:
    """Check a value against the type its field has; give it as JSON has it."""
    field = next(f for f in msgspec.structs.fields(struct) if f.name == name)
    try:
        typed = msgspec.convert(value, field.type)
    except msgspec.ValidationError as error:
        raise invalid("input.invalid", "/value", problem=str(error)) from error
    if isinstance(typed, date) and (far := _far(typed, now, "/value")):
        raise InvalidInput(far)
    return msgspec.to_builtins(typed)


def _corrected_date(command: c.Correct, now: Circumstances) -> str:
    day = _typed(c.Suspend, "review_on", command.value, now)
    if date.fromisoformat(day) > now.today:
        raise invalid("input.future_date", "/value")
    return str(day)


def publish(_case: Innovation, command: c.PublishCase, _now: Circumstances, _actor: Actor) -> Bodies:
    """Show the case to everybody, once both questions are answered with yes."""
    if not (command.redaction.no_personal_data and command.redaction.pictures_consented):
        raise invalid("publish.redaction_open", "/redaction")
    return (e.CasePublished(redaction=command.redaction, reason=command.reason),)


def unpublish(_case: Innovation, command: c.UnpublishCase, _now: Circumstances, _actor: Actor) -> Bodies:
    """Take the case off the portal."""
    return (e.CaseUnpublished(reason=command.reason),)


def grant_waiver(_case: Innovation, command: c.GrantDutyWaiver, now: Circumstances, actor: Actor) -> Bodies:
    """Let one person join two duties until a date; never oneself."""
    if command.person == actor.person:
        raise Refused(Blocker("waiver.for_oneself", {}, "/person"))
    _check_ahead(command.until, now, "/until")
    if (command.until - now.today).days > now.rulebook.waiver_days_max:
        raise invalid("waiver.too_long", "/until", days=now.rulebook.waiver_days_max)
    return (e.DutyWaiverGranted(duty=command.duty, person=command.person, until=command.until, reason=command.reason),)


def named_innovator(case: Innovation, person: UUID, agency: str, now: Circumstances, pointer: str) -> tuple[str, ...]:
    """Check a person named for the team: an official of the agency who plays no other part."""
    if not any(cap.role is Role.OFFICIAL and of_agency(cap.agency, agency, now) for cap in now.named[person]):
        raise invalid("team.not_of_agency", pointer, agency=agency)
    return _named_apart(case, person, Part.INNOVATOR, now, pointer)


def of_agency(unit: str, agency: str, now: Circumstances) -> bool:
    """Tell whether an agency is another one or a unit below it."""
    known = now.agencies.get(unit)
    return unit == agency or (known is not None and known.parent == agency)


def _named_apart(case: Innovation, person: UUID, taking: Part, now: Circumstances, pointer: str) -> tuple[str, ...]:
    """Give the duties a waiver lets the named person join; refuse when one is not waived."""
    duties: tuple[Duty, ...] = tuple(joined(person, taking, case.parts))
    not_waived = [d for d in duties if not waived(d, person, case.waivers, now.today)]
    if not_waived:
        raise Refused(*(refused(duty, pointer=pointer) for duty in not_waived))
    return tuple(str(duty) for duty in duties)


def _owned(agency: str, profile: Profile, now: Circumstances) -> tuple[str, Profile]:
    """Give the owner and profile of a case begun at `agency`: a unit's case is owned by the agency above it."""
    known = now.agencies.get(agency)
    owner = known.parent if known and known.parent else agency
    if owner != agency and profile.unit is UNSET:
        profile = msgspec.structs.replace(profile, unit=agency)
    _check_unit(profile, owner, now)
    return owner, profile


def _check_unit(profile: Profile, agency: str, now: Circumstances) -> None:
    """The unit named lies below the owner agency."""
    unit = told(profile).get("unit")
    if unit is not None and not of_agency(unit, agency, now):
        raise invalid("unit.not_of_agency", "/unit", unit=unit)


def _check_ahead(day: date, now: Circumstances, pointer: str) -> None:
    if day <= now.today:
        raise invalid("input.past_date", pointer)


def _stands(item: Evidence | None) -> bool:
    return item is not None and not item.withdrawn


def check_common(case: Innovation | None, command: Command, now: Circumstances) -> None:
    """Check what every command may carry: its dates, the evidence it cites, and that it names no citizen."""
    problems = [*_future(command, now), *_unknown_evidence(case, command), *_unfit(command, now)]
    if problems:
        raise InvalidInput(*problems)


def _future(command: Command, now: Circumstances) -> Iterator[Blocker]:
    if command.occurred_on is not None and command.occurred_on > now.today:
        yield Blocker("input.future_date", {}, "/occurred_on")


def _unknown_evidence(case: Innovation | None, command: Command) -> Iterator[Blocker]:
    for index, item in enumerate(command.evidence):
        if case is None or not _stands(case.evidence.get(item)):
            yield Blocker("evidence.unknown", {}, f"/evidence/{index}")


FINGERPRINTS = frozenset({"/digest", "/source_evidence"})
"""Hexadecimal, so they may hold sixteen digits in a row; as ids may, and name nobody."""


FIRST_DAY = date(1945, 8, 17)
"""What rests on a government of Indonesia, a regulation too, is no older than the Republic."""
DAYS_AHEAD_MAX = 7_305
"""Twenty years: nothing a region plans reaches further than its long-term plan (RPJPD, UU 25/2004)."""


def _unfit(command: Command, now: Circumstances) -> Iterator[Blocker]:
    for pointer, value in leaves(msgspec.to_builtins(command, builtin_types=(UUID, date))):
        if isinstance(value, str) and pointer not in FINGERPRINTS and names_a_citizen(value):
            yield Blocker("input.personal_number", {}, pointer)
        if isinstance(value, date) and (far := _far(value, now, pointer)):
            yield far


def _far(day: date, now: Circumstances, pointer: str) -> Blocker | None:
    last = now.today + timedelta(days=DAYS_AHEAD_MAX)
    if FIRST_DAY <= day <= last:
        return None
    return Blocker("input.far_date", {"first": FIRST_DAY.isoformat(), "last": last.isoformat()}, pointer)


def leaves(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Give everything a body says, each with its JSON pointer."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from leaves(inner, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
        case list() | tuple():
            for index, inner in enumerate(value):
                yield from leaves(inner, f"{pointer}/{index}")
        case _:
            yield pointer, value
