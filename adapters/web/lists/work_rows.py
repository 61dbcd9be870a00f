"""Tasks as rows people read: what to do, where, how many working days are left, and for whom it waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from adapters.addresses import address
from adapters.web.lists.listing import Tag
from adapters.web.visit import SignedVisit
from application.views.clocks import working_days_between
from application.views.view import DAYS
from application.views.worklist import addresses
from domain.people import Agency, Capacity

DOORS = {"replication": "replikasi", "evaluation": "evaluasi"}
BRIEFED = frozenset({"decide_pilot", "decide_rollout", "decide_outcome"})
"""Decisions whose form begins with the case on one page."""
DAY_SECONDS = 24 * 3600
BARS_MAX = 12


class WorkRow(NamedTuple):
    """One task as it is shown."""

    days: int  # working days, without a sign
    late: bool
    title: str
    number: str
    case: str  # its address
    agency: str
    command: str
    form: str  # its address
    tag: Tag
    waited: int  # days
    steps: list[int]  # days each step of the case took
    whom: str
    acting: str  # the office it waits for, when the visitor stands in for its holder


def work_rows(
    visit: SignedVisit,
    tasks: Iterable[Mapping[str, Any]],
    *,
    today: date,
    agencies: Mapping[str, Agency],
    names: Mapping[str, str],
    stays: Mapping[str, Sequence[Mapping[str, Any]]],
) -> list[WorkRow]:
    """Give tasks as rows."""
    now = visit.given.house.clock()
    holidays = frozenset(visit.given.house.rulebook_on(today).holidays)
    rows = []
    for task in tasks:
        due = date.fromisoformat(task["due_on"])
        stage = task["place"].partition("/")[0]
        rows.append(
            WorkRow(
                days=abs(working_days_between(today, due, holidays)),
                late=due < today,
                title=task["title"],
                number=task["case_number"],
                case=f"/inovasi/{task['case_number']}",
                agency=agencies[task["agency"]].name,
                command=task["command"],
                form=form_of(task),
                tag=Tag(stage, visit.text(f"list.stage.{stage}")),
                waited=(today - datetime.fromisoformat(task["since"]).astimezone(DAYS).date()).days,
                steps=[days_of(stay, now) for stay in stays.get(task["innovation"], ())][-BARS_MAX:],
                whom=whom(visit, task["address"], agencies, names),
                acting=_acting(visit, task["address"], agencies),
            )
        )
    return rows


def form_of(task: Mapping[str, Any]) -> str:
    """Give the address of the form by which a task is done."""
    kind, _, command = task["command"].rpartition(".")
    if kind:
        return f"/{DOORS[kind]}/{task['id']}/{address(command)}"
    return f"/inovasi/{task['case_number']}/{address(command)}"


def days_of(stay: Mapping[str, Any], now: datetime) -> int:
    """Give how many days a stay lasts, up to now when it has no end."""
    until = datetime.fromisoformat(stay["until"]) if stay["until"] else now
    return int((until - datetime.fromisoformat(stay["since"])).total_seconds() // DAY_SECONDS)


# For whom


def persons_in(waiting: Iterable[str]) -> set[str]:
    """Give the persons that addresses of work name."""
    parts = (one.partition(":") for one in waiting)
    return {who for kind, _, who in parts if kind in {"lead", "coach"}}


def whom(visit: SignedVisit, waiting: str, agencies: Mapping[str, Agency], names: Mapping[str, str]) -> str:
    """Say for whom something waits."""
    if waiting in addresses(visit.person, visit.seer.capacities):
        return visit.text("list.whom.you")
    kind, _, who = waiting.partition(":")
    match kind:
        case "lead" | "coach":
            return visit.text(f"list.whom.{kind}", name=names.get(who, ""))
        case "agency_head" | "partner":
            return visit.text(f"list.whom.{kind}", agency=agencies[who].name)
        case "coordinator" | "decider":
            return visit.text(f"list.whom.{kind}", region=visit.given.house.directory().regions[who].name)
        case _:
            return visit.text("list.whom.evaluator")


def _acting(visit: SignedVisit, waiting: str, agencies: Mapping[str, Agency]) -> str:
    """Say which office something waits for, when the visitor may do it only by delegation."""
    if waiting in _own(visit.person, [held for held in visit.seer.capacities if held.letter is None]):
        return ""
    kind, _, who = waiting.partition(":")
    if kind == "decider":
        return visit.text("list.whom.decider", region=visit.given.house.directory().regions[who].name)
    return visit.text("list.whom.agency_head", agency=agencies[who].name) if kind == "agency_head" else ""


def _own(person: UUID, held: Iterable[Capacity]) -> list[str]:
    return addresses(person, held)
