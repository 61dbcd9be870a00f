"""An idea: written down, revised, reviewed, endorsed, and decided on."""

from __future__ import annotations

from domain.codes import Place
from domain.errors import invalid
from domain.innovation import commands as c
from domain.innovation import events as e
from domain.innovation.decisions.belonging import (
    check_ahead,
    check_official,
    check_started,
    check_unit,
    known,
    named_innovator,
    owned,
)
from domain.innovation.profile import Profile, difference, told
from domain.innovation.state import Innovation
from domain.lifecycle import Bodies, Circumstances
from domain.measurement import check_indicators
from domain.people import Actor, Part, Role


def register(_none: None, command: c.RegisterIdea, now: Circumstances, actor: Actor) -> Bodies:
    """Write an idea down for the actor's own agency, or the one her unit belongs to."""
    owner, profile = owned(actor.agency, command.profile(), now)
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
    owner, profile = owned(command.agency, command.profile(), now)
    check_started(profile, command.place, now)
    if command.lead is not None:
        check_official(command.lead, owner, now, "/lead")
    named = {Part.COACH: command.coach, Part.ENDORSER: command.endorser, Part.DECIDER: command.decider}
    for part, person in named.items():
        if person is not None:
            known(person, now, f"/{part}")
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
    check_unit(changes, case.agency, now)
    check_started(changes, case.place, now)
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
        raise invalid("team.already_member", "/person")
    duties = named_innovator(case, command.person, case.agency, now, "/person")
    return (e.TeamMemberAdded(person=command.person, waived=duties),)


def hand_over_lead(case: Innovation, command: c.HandOverLead, now: Circumstances, _actor: Actor) -> Bodies:
    """Give the lead to another official of the owner agency."""
    if command.person == case.lead:
        raise invalid("team.already_lead", "/person")
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
        check_ahead(command.until, now, "/until")
    return (e.IdeaDeferred(reason=command.reason, until=command.until),)
