"""The worklist: per case what is waited for, at which address, since when and until when.

What is waited for is read from the table of moves: a row with `awaited` names the rulebook's clock that runs while the
case stands where that row starts. Addresses: `agency_head:<agency>`, `coach:<person>`, `coordinator:<region>`,
`decider:<region>`, `lead:<person>`, `partner:<agency>`, `evaluator:<person>`. Replications and evaluations have their
own rows with tasks of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from application.views.clocks import Calendar, Rest, Task, calendars_of, day_of, digest_of, due_on
from application.views.view import PLACING, TELLING, View, told_by
from domain.codes import Place
from domain.innovation import events as e
from domain.innovation.lifecycle import INNOVATION_LIFECYCLE
from domain.innovation.state import Innovation, place_after
from domain.lifecycle import Move
from domain.people import DECIDERS, Capacity, Part, Role
from domain.record import Body, Recorded
from domain.rulebook.model import ProcessRulebook
from domain.value import Value

AWAITED = {
    place.value: tuple(move for move in INNOVATION_LIFECYCLE.moves if move.awaited and place in move.start)
    for place in Place
}
"""The moves waited for at each place."""


class WorklistRow(Value, frozen=True, kw_only=True):
    """What a case waits for; `waits_for` names every address of its tasks."""

    id: UUID
    region: str
    case_number: str | None
    title: str
    agency: str
    unit: str | None
    place: str
    since: datetime
    deferred_until: date | None
    pilot_ends_on: date | None
    confirmed_at: datetime | None  # when a replication was first confirmed: an evaluation may begin
    resting_since: datetime | None
    rests: tuple[Rest, ...]
    lead: UUID | None
    coach: UUID | None
    reviewed: bool
    offered_to: str | None
    offered_at: datetime | None
    invited: dict[str, datetime]
    tasks: tuple[Task, ...]
    waits_for: tuple[str, ...]


HEARS: frozenset[type[Body]] = (
    PLACING
    | TELLING
    | {
        e.CoachAssigned,
        e.LeadHandedOver,
        e.IdeaReviewed,
        e.TransferOffered,
        e.OwnershipTransferred,
        e.PilotExtended,
        e.ReplicationConfirmed,
        e.PartnerInvited,
        e.PartnershipAccepted,
        e.PartnerWithdrawn,
        e.InnovationSuspended,
        e.InnovationResumed,
    }
)


def worklist(*rulebooks: ProcessRulebook) -> View[WorklistRow]:
    """Give the worklist view under the clocks and holidays of rulebooks; each holds from its effective day on."""
    calendars = calendars_of(rulebooks)

    def derive(row: WorklistRow) -> WorklistRow:
        tasks = tuple(_tasks(row, calendars))
        return replace(row, tasks=tasks, waits_for=tuple(sorted({task.address for task in tasks})))

    return View("worklist", 2, WorklistRow, ("id",), HEARS, evolve, derive, rules=digest_of(calendars))


def evolve(row: WorklistRow | None, recorded: Recorded) -> WorklistRow:
    """Fold one event of a case into what is known of its waiting."""
    now = _born(recorded) if row is None else _applied(row, recorded)
    return _turned(_retold(now, recorded), recorded)


def addresses(person: UUID, capacities: Iterable[Capacity]) -> list[str]:
    """Give every address at which work may wait for a person in her capacities."""
    found = {f"lead:{person}", f"evaluator:{person}"}
    for capacity in capacities:
        match capacity.role:
            case Role.AGENCY_HEAD:
                found |= {f"agency_head:{capacity.agency}", f"partner:{capacity.agency}"}
            case Role.OFFICIAL:
                found.add(f"partner:{capacity.agency}")
            case Role.COACH:
                found.add(f"coach:{person}")
            case Role.COORDINATOR:
                found.add(f"coordinator:{capacity.region}")
            case role if role in DECIDERS:
                found.add(f"decider:{capacity.region}")
    return sorted(found)


# The fold


def _born(recorded: Recorded) -> WorklistRow:
    body = recorded.body
    match body:
        case e.IdeaRegistered():
            lead, coach = recorded.actor.person, None
        case e.HistoricalCaseImported():
            lead, coach = body.lead, body.played.get(Part.COACH)  # type: ignore[assignment]
        case _:
            raise ValueError(f"a case cannot begin with {body.stored_as}")
    return WorklistRow(
        id=recorded.stream,
        region=recorded.region,
        case_number=recorded.case_number,
        title="",
        agency=body.agency,
        unit=None,
        place=Place.IDEA_DRAFT.value,
        since=recorded.recorded_at,
        deferred_until=None,
        pilot_ends_on=None,
        confirmed_at=None,
        resting_since=None,
        rests=(),
        lead=lead,
        coach=coach,
        reviewed=False,
        offered_to=None,
        offered_at=None,
        invited={},
        tasks=(),
        waits_for=(),
    )


def _applied(row: WorklistRow, recorded: Recorded) -> WorklistRow:
    body = recorded.body
    match body:
        case e.CoachAssigned():
            return replace(row, coach=body.person)
        case e.LeadHandedOver():
            return replace(row, lead=body.person)
        case e.IdeaSubmitted():
            return replace(row, reviewed=False)
        case e.IdeaReviewed():
            return replace(row, reviewed=True)
        case e.TransferOffered():
            return replace(row, offered_to=body.agency, offered_at=recorded.recorded_at)
        case e.OwnershipTransferred():
            return replace(row, agency=body.agency, unit=None, lead=body.lead, offered_to=None, offered_at=None)
        case e.PilotExtended():
            return replace(row, pilot_ends_on=body.ends_on)
        case e.PilotStarted():
            return replace(row, pilot_ends_on=body.ends_on)
        case e.IdeaDeferred():
            return replace(row, deferred_until=body.until)
        case e.RecordCorrected(field="pilot.ends_on"):
            return replace(row, pilot_ends_on=msgspec.convert(body.value, date))
        case e.ReplicationConfirmed() if row.confirmed_at is None:
            return replace(row, confirmed_at=recorded.recorded_at)
        case e.PartnerInvited():
            return replace(row, invited={**row.invited, body.agency: recorded.recorded_at})
        case e.PartnershipAccepted() | e.PartnerWithdrawn():
            return replace(row, invited={a: at for a, at in row.invited.items() if a != body.agency})
        case _:
            return row


def _retold(row: WorklistRow, recorded: Recorded) -> WorklistRow:
    told = told_by(recorded.body)
    if not told:
        return row
    return replace(row, title=told.get("title", row.title), unit=told.get("unit", row.unit))


def _turned(row: WorklistRow, recorded: Recorded) -> WorklistRow:
    """Move the case, and let its clocks rest or run."""
    body, place = recorded.body, place_after(recorded.body)
    match body:
        case e.InnovationSuspended():
            return _resting(row, recorded.recorded_at)
        case e.InnovationResumed():
            return _running(row, recorded.recorded_at)
        case e.DecisionRescinded() if body.place == row.place:  # only the flag goes back
            turn = _resting if body.suspended else _running
            return turn(row, recorded.recorded_at)
        case _ if place is None:
            return row
    suspended = isinstance(body, e.DecisionRescinded) and body.suspended
    return replace(
        row,
        place=place.value,
        since=recorded.recorded_at,
        resting_since=recorded.recorded_at if suspended else None,
    )


def _not_before(row: WorklistRow) -> date | None:
    """Give the day before which nothing is due: a deferred decision, the report of a pilot that runs."""
    return {Place.IDEA_DEFERRED.value: row.deferred_until, Place.PILOT_RUNNING.value: row.pilot_ends_on}.get(row.place)


def _resting(row: WorklistRow, at: datetime) -> WorklistRow:
    return row if row.resting_since else replace(row, resting_since=at)


def _running(row: WorklistRow, at: datetime) -> WorklistRow:
    if row.resting_since is None:
        return row
    rest = Rest(first=day_of(row.resting_since), last=day_of(at))
    return replace(row, resting_since=None, rests=(*row.rests, rest))


# What is waited for


def _tasks(row: WorklistRow, calendars: Sequence[Calendar]) -> Iterator[Task]:
    for move in AWAITED[row.place]:
        if row.resting_since is None or move.when_suspended:
            for command, address, since in _waiting(move, row):
                clock = move.awaited or ""
                due = due_on(clock, since, calendars, not_before=_not_before(row), rests=row.rests)
                yield Task(command=command, address=address, since=since, due_on=due)


def _waiting(move: Move[Innovation], row: WorklistRow) -> Iterator[tuple[str, str, datetime]]:
    """Say what is waited for, where it lies, and since when."""
    command = move.command
    match move.by[0].name:
        case "innovator" if row.lead:
            yield command, f"lead:{row.lead}", row.since
        case "coach" if row.coach is None:
            yield "assign_coach", f"coordinator:{row.region}", row.since
        case "coach" if not row.reviewed:
            yield command, f"coach:{row.coach}", row.since
        case "agency_head":
            for agency in sorted({row.agency, row.unit or row.agency}):
                yield command, f"agency_head:{agency}", row.since
        case "decider":
            yield command, f"decider:{row.region}", row.since
        case "receiving_head" if row.offered_to and row.offered_at:
            yield command, f"agency_head:{row.offered_to}", row.offered_at
        case "coordinator" if row.place == Place.REPLICATION_OPEN and row.confirmed_at:
            yield command, f"coordinator:{row.region}", max(row.since, row.confirmed_at)
        case "partner_officer":
            for agency, at in sorted(row.invited.items()):
                yield command, f"partner:{agency}", at
