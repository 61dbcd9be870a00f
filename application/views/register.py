"""The register: one row per case, for lists and for who may know of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from application.views.view import OF_INNOVATION, PLACING, TELLING, View, told_by
from domain.codes import Outcome, Place
from domain.innovation import events as e
from domain.innovation.state import outcome_after, place_after
from domain.people import Part
from domain.record import Body, Recorded
from domain.value import Value

DRAFTING = frozenset({Place.IDEA_DRAFT, Place.IDEA_REVISION})


class RegisterRow(Value, frozen=True, kw_only=True):
    """A case as a list shows it; ids of persons only, names are joined when shown."""

    id: UUID
    case_number: str | None
    region: str
    agency: str
    unit: str | None
    title: str
    problem: str | None
    stage: str
    status: str
    outcome: str | None
    suspended: bool
    affairs: tuple[str, ...]
    form: str | None
    kind: str | None
    lead: UUID | None
    team: tuple[UUID, ...]
    coach: UUID | None
    insiders: tuple[UUID, ...]  # team, coach and judges
    partners: tuple[str, ...]  # agencies asked or taking part
    offered_to: str | None
    submitted: bool  # ever
    published: bool
    kit: bool  # others may read how to copy it
    judges: tuple[UUID, ...]  # who sits on the panel of its evaluation
    imported: bool
    entered_at: datetime
    changed_at: datetime
    version: int
    position: int


def evolve(row: RegisterRow | None, recorded: Recorded) -> RegisterRow:
    """Fold one event of a case into its row."""
    now = _born(recorded) if row is None else _applied(row, recorded)
    return _moved(_retold(now, recorded), recorded)


def stamp(row: RegisterRow, last: Recorded) -> RegisterRow:
    """Take over what is always that of the last event."""
    return replace(row, changed_at=last.recorded_at, version=last.version, position=last.position)


def derive(row: RegisterRow) -> RegisterRow:
    """Fill what follows from the rest: who is inside."""
    return replace(row, insiders=tuple(sorted({*_all(row.team, row.coach), *row.judges})))


def _born(recorded: Recorded) -> RegisterRow:
    body = recorded.body
    match body:
        case e.IdeaRegistered():
            lead, coach, submitted = recorded.actor.person, None, False
        case e.HistoricalCaseImported():
            lead, coach = body.lead, body.played.get(Part.COACH)  # type: ignore[assignment]
            submitted = body.place not in DRAFTING
        case _:
            raise ValueError(f"a case cannot begin with {body.stored_as}")
    return RegisterRow(
        id=recorded.stream,
        case_number=recorded.case_number,
        region=recorded.region,
        agency=body.agency,
        unit=None,
        title="",
        problem=None,
        stage=Place.IDEA_DRAFT.stage.value,
        status=Place.IDEA_DRAFT.status,
        outcome=None,
        suspended=False,
        affairs=(),
        form=None,
        kind=None,
        lead=lead,
        team=_all((), lead),
        coach=coach,
        insiders=(),
        partners=(),
        offered_to=None,
        submitted=submitted,
        published=False,
        kit=False,
        judges=(),
        imported=isinstance(body, e.HistoricalCaseImported),
        entered_at=recorded.recorded_at,
        changed_at=recorded.recorded_at,
        version=recorded.version,
        position=recorded.position,
    )


def _applied(row: RegisterRow, recorded: Recorded) -> RegisterRow:
    body = recorded.body
    match body:
        case e.TeamMemberAdded():
            return replace(row, team=_all(row.team, body.person))
        case e.LeadHandedOver():
            return replace(row, lead=body.person, team=_all(row.team, body.person))
        case e.CoachAssigned():
            return replace(row, coach=body.person)
        case e.TransferOffered():
            return replace(row, offered_to=body.agency)
        case e.OwnershipTransferred():
            team = _all(row.team, body.lead)
            return replace(row, agency=body.agency, unit=None, lead=body.lead, team=team, offered_to=None)
        case e.PartnerInvited():
            return replace(row, partners=tuple(sorted({*row.partners, body.agency})))
        case e.PartnerWithdrawn():
            return replace(row, partners=tuple(agency for agency in row.partners if agency != body.agency))
        case e.IdeaSubmitted():
            return replace(row, submitted=True)
        case e.ReplicationKitPublished():
            return replace(row, kit=True)
        case e.EvaluatorAssigned():
            return replace(row, judges=_all(row.judges, body.person))
        case e.EvaluatorReleased():
            return replace(row, judges=tuple(person for person in row.judges if person != body.person))
        case e.EvaluationOpened() | e.EvaluationCancelled():
            return replace(row, judges=())
        case e.CasePublished() | e.CaseUnpublished():
            return replace(row, published=isinstance(body, e.CasePublished))
        case _:
            return row


def _retold(row: RegisterRow, recorded: Recorded) -> RegisterRow:
    """Take over what the event tells of the profile, as plain values."""
    told = told_by(recorded.body)
    if not told:
        return row
    known = {name: msgspec.to_builtins(value) for name, value in told.items() if name in SHOWN}
    return replace(row, **{name: tuple(v) if isinstance(v, list) else v for name, v in known.items()})


SHOWN = frozenset({"title", "problem", "unit", "affairs", "form", "kind"})
"""The fields of the profile a list shows."""


def _moved(row: RegisterRow, recorded: Recorded) -> RegisterRow:
    body, place = recorded.body, place_after(recorded.body)
    if isinstance(body, e.InnovationSuspended | e.InnovationResumed):
        return replace(row, suspended=isinstance(body, e.InnovationSuspended))
    if place is None:
        return row
    outcome = outcome_after(body, place, Outcome(row.outcome) if row.outcome else None)
    return replace(
        row,
        stage=place.stage.value,
        status=place.status,
        outcome=outcome.value if outcome else None,
        suspended=isinstance(body, e.DecisionRescinded) and body.suspended,
    )


def _all(persons: tuple[UUID, ...], person: UUID | None) -> tuple[UUID, ...]:
    return tuple(sorted({*persons, person})) if person else persons


HEARS: frozenset[type[Body]] = (
    PLACING
    | TELLING
    | {
        e.TeamMemberAdded,
        e.LeadHandedOver,
        e.CoachAssigned,
        e.TransferOffered,
        e.OwnershipTransferred,
        e.PartnerInvited,
        e.PartnerWithdrawn,
        e.ReplicationKitPublished,
        e.EvaluatorAssigned,
        e.EvaluatorReleased,
        e.CasePublished,
        e.CaseUnpublished,
        e.InnovationSuspended,
        e.InnovationResumed,
    }
)
REGISTER = View("register", 4, RegisterRow, ("id",), HEARS, evolve, derive, stamps=OF_INNOVATION, stamp=stamp)
