"""The worklist: per case what is waited for, of whom, since when and until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from application.views import Key, View, of_innovation
from domain.codes import OPEN, Place
from domain.innovation import events as e
from domain.innovation.lifecycle import INNOVATION_LIFECYCLE
from domain.innovation.profile import told
from domain.innovation.state import place_after
from domain.people import DECIDERS, Role, office_id
from domain.record import Recorded
from domain.rulebook.model import ProcessRulebook

_DAY = ZoneInfo("Asia/Jakarta")
SATURDAY = 5


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One thing waited for."""

    command: str
    waits_for: str
    since: datetime
    due_on: date | None


class WorklistRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a case waits for; `waits_for` names every address of its tasks."""

    id: UUID
    region: str
    case_number: str | None
    title: str
    agency: str
    unit: str | None
    place: Place
    since: datetime
    suspended: bool
    lead: UUID | None
    coach: UUID | None
    reviewed: bool
    offered_to: str | None
    offered_at: datetime | None
    invited: dict[str, datetime]
    tasks: tuple[Task, ...]
    waits_for: tuple[str, ...]


def worklist(rules: ProcessRulebook) -> View[WorklistRow]:
    """Give the worklist view under the clocks of a rulebook."""

    def evolve(row: WorklistRow | None, recorded: Recorded, _key: Key) -> WorklistRow:
        now = _turned(_born(recorded) if row is None else _applied(row, recorded), recorded)
        tasks = () if now.suspended else tuple(_tasks(now, rules))
        return replace(now, tasks=tasks, waits_for=tuple(sorted({task.waits_for for task in tasks})))

    return View("worklist", 1, WorklistRow, ("id",), of_innovation, evolve)


def _born(recorded: Recorded) -> WorklistRow:
    body = recorded.body
    assert isinstance(body, e.IdeaRegistered | e.HistoricalCaseImported)
    return WorklistRow(
        id=recorded.stream,
        region=recorded.region,
        case_number=recorded.case_number,
        title=str(body.profile.title),
        agency=body.agency,
        unit=told(body.profile).get("unit"),
        place=Place.IDEA_DRAFT,
        since=recorded.recorded_at,
        suspended=False,
        lead=body.lead if isinstance(body, e.HistoricalCaseImported) else recorded.actor.person,
        coach=None,
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
        case e.ProfileRevised():
            known = told(body.changes)
            return replace(row, title=known.get("title", row.title), unit=known.get("unit", row.unit))
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
            return replace(row, agency=body.agency, lead=body.lead, offered_to=None, offered_at=None)
        case e.PartnerInvited():
            return replace(row, invited={**row.invited, body.agency: recorded.recorded_at})
        case e.PartnershipAccepted() | e.PartnerWithdrawn():
            return replace(row, invited={a: at for a, at in row.invited.items() if a != body.agency})
        case _:
            return row


def _turned(row: WorklistRow, recorded: Recorded) -> WorklistRow:
    body, place = recorded.body, place_after(recorded.body)
    if isinstance(body, e.InnovationSuspended | e.InnovationResumed):
        return replace(row, suspended=isinstance(body, e.InnovationSuspended), since=recorded.recorded_at)
    if place is None:
        return row
    suspended = isinstance(body, e.DecisionRescinded) and body.suspended
    return replace(row, place=place, since=recorded.recorded_at, suspended=suspended)


def _tasks(row: WorklistRow, rules: ProcessRulebook) -> Iterator[Task]:
    if row.place not in OPEN:
        return
    for move in INNOVATION_LIFECYCLE.moves:
        if move.awaited and row.place in move.start and move.start != OPEN:
            for address in _addresses(move.command, move.by[0].name, row):
                yield _task(move.command, address, row.since, move.awaited, rules)
    if row.offered_to and row.offered_at:
        head = office_id(Role.AGENCY_HEAD, row.offered_to, row.region)
        yield _task("accept_transfer", head, row.offered_at, "transfer", rules)
    for agency, at in sorted(row.invited.items()):
        yield _task("accept_partnership", f"{Role.OFFICIAL}:{agency}", at, "partner", rules)


def _addresses(command: str, who: str, row: WorklistRow) -> Iterator[str]:
    """Say whose desk it lies on: a person, or the holder of an office."""
    match who:
        case "innovator" if row.lead:
            yield f"person:{row.lead}"
        case "coach" if row.coach is None:
            yield f"coordinator:{row.region}"
        case "coach" if not (command == "record_review" and row.reviewed):
            yield f"person:{row.coach}"
        case "agency_head":
            yield office_id(Role.AGENCY_HEAD, row.agency, row.region)
            if row.unit and row.unit != row.agency:
                yield office_id(Role.AGENCY_HEAD, row.unit, row.region)
        case "decider":
            yield from (office_id(role, row.agency, row.region) for role in sorted(DECIDERS))


def _task(command: str, address: str, since: datetime, clock: str, rules: ProcessRulebook) -> Task:
    due = working_days_after(since.astimezone(_DAY).date(), getattr(rules.clocks, clock), rules.holidays)
    return Task(command=command, waits_for=address, since=since, due_on=due)


def working_days_after(day: date, days: int, holidays: tuple[date, ...]) -> date:
    """Count working days on from a day: Monday to Friday, without holidays."""
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and day not in holidays:
            days -= 1
    return day
