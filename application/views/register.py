"""The register: one row per case, for lists and search."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from application.views import Key, View, of_innovation
from application.views.stop_words import searchable
from domain.codes import OUTCOME_OF
from domain.innovation import events as e
from domain.innovation.profile import Profile, told
from domain.innovation.state import place_after
from domain.record import Recorded


class RegisterRow(msgspec.Struct, frozen=True, kw_only=True):
    """A case as a list shows it; ids of persons only, names are joined when shown."""

    id: UUID
    case_number: str | None
    region: str
    agency: str
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
    insiders: tuple[UUID, ...]
    partners: tuple[str, ...]
    submitted: bool
    published: bool
    imported: bool
    entered_at: datetime
    changed_at: datetime
    version: int
    position: int
    search: str


def evolve(row: RegisterRow | None, recorded: Recorded, _key: Key) -> RegisterRow:
    """Fold one event of a case into its row."""
    now = _born(recorded) if row is None else _applied(row, recorded)
    place = place_after(recorded.body)
    if place is not None:
        now = replace(now, stage=place.stage, status=place.status, outcome=OUTCOME_OF.get(place), suspended=False)
    return replace(
        now,
        suspended=_suspended(now.suspended, recorded),
        changed_at=recorded.recorded_at,
        version=recorded.version,
        position=recorded.position,
        search=searchable(now.case_number, now.title, now.problem),
    )


def _born(recorded: Recorded) -> RegisterRow:
    body = recorded.body
    assert isinstance(body, e.IdeaRegistered | e.HistoricalCaseImported)
    imported = isinstance(body, e.HistoricalCaseImported)
    lead = body.lead if isinstance(body, e.HistoricalCaseImported) else recorded.actor.person
    row = RegisterRow(
        id=recorded.stream,
        case_number=recorded.case_number,
        region=recorded.region,
        agency=body.agency,
        title="",
        problem=None,
        stage="",
        status="",
        outcome=None,
        suspended=False,
        affairs=(),
        form=None,
        kind=None,
        lead=lead,
        insiders=(lead,) if lead else (),
        partners=(),
        submitted=isinstance(body, e.HistoricalCaseImported)
        and body.place.value not in {"idea/draft", "idea/revision"},
        published=False,
        imported=imported,
        entered_at=recorded.recorded_at,
        changed_at=recorded.recorded_at,
        version=recorded.version,
        position=recorded.position,
        search="",
    )
    return _told(row, body.profile)


def _told(row: RegisterRow, profile: Profile) -> RegisterRow:
    known = {name: value for name, value in told(profile).items() if name in row.__struct_fields__}
    return replace(row, **known)


def _applied(row: RegisterRow, recorded: Recorded) -> RegisterRow:
    body = recorded.body
    match body:
        case e.ProfileRevised():
            return _told(row, body.changes)
        case e.RecordCorrected() if body.field.startswith("profile."):
            return _told(row, msgspec.convert({body.field.removeprefix("profile."): body.value}, Profile))
        case e.TeamMemberAdded() | e.CoachAssigned():
            return replace(row, insiders=_with(row.insiders, body.person))
        case e.LeadHandedOver():
            return replace(row, lead=body.person, insiders=_with(row.insiders, body.person))
        case e.OwnershipTransferred():
            return replace(row, agency=body.agency, lead=body.lead, insiders=_with(row.insiders, body.lead))
        case e.PartnerInvited():
            return replace(row, partners=tuple(sorted({*row.partners, body.agency})))
        case e.PartnerWithdrawn():
            return replace(row, partners=tuple(a for a in row.partners if a != body.agency))
        case e.IdeaSubmitted():
            return replace(row, submitted=True)
        case e.CasePublished() | e.CaseUnpublished():
            return replace(row, published=isinstance(body, e.CasePublished))
        case _:
            return row


def _with(persons: tuple[UUID, ...], person: UUID) -> tuple[UUID, ...]:
    return tuple(sorted({*persons, person}))


def _suspended(before: bool, recorded: Recorded) -> bool:
    body = recorded.body
    match body:
        case e.InnovationSuspended():
            return True
        case e.InnovationResumed():
            return False
        case e.DecisionRescinded():
            return body.suspended
        case _:
            return before


REGISTER = View("register", 1, RegisterRow, ("id",), of_innovation, evolve)
