"""What is waited for: since when, for whom, and how many working days are left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from adapters.web.visit import SignedVisit
from application.views.clocks import day_of, working_days_between
from application.views.worklist import addresses
from domain.people import Agency

BY_PERSON = frozenset({"lead", "coach", "evaluator"})


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing waited for: `days` are working days, left or late, `waited` all days up to now."""

    command: str
    what: str
    whom: str
    since: datetime
    waited: int
    due_on: date
    days: int
    late: bool


def wait_of(
    visit: SignedVisit,
    task: Mapping[str, Any],
    *,
    today: date,
    agencies: Mapping[str, Agency],
    names: Mapping[str, str],
) -> Wait:
    """Tell of a task on a day."""
    since, due = datetime.fromisoformat(task["since"]), date.fromisoformat(task["due_on"])
    return Wait(
        command=task["command"],
        what=visit.text(f"task.{task['command']}"),
        whom=whom(visit, task["address"], agencies, names),
        since=since,
        waited=(today - day_of(since)).days,
        due_on=due,
        days=abs(days_left(visit, due, today)),
        late=due < today,
    )


def days_left(visit: SignedVisit, due: date, today: date) -> int:
    """Count the working days left on a day; below zero, how many it is late."""
    return working_days_between(today, due, frozenset(visit.given.house.rulebook_on(today).holidays))


# For whom


def persons_in(waiting: Iterable[str]) -> set[str]:
    """Give the persons that addresses of work name."""
    parts = (one.partition(":") for one in waiting)
    return {who for kind, _, who in parts if kind in BY_PERSON}


def whom(visit: SignedVisit, waiting: str, agencies: Mapping[str, Agency], names: Mapping[str, str]) -> str:
    """Say for whom something waits."""
    if waiting in addresses(visit.person, visit.seer.capacities):
        return visit.text("list.whom.you")
    return office(visit, waiting, agencies, names)


def office(visit: SignedVisit, waiting: str, agencies: Mapping[str, Agency], names: Mapping[str, str]) -> str:
    """Say in which office or part of a case something is to be done, whoever looks at it."""
    kind, _, who = waiting.partition(":")
    regions = visit.given.house.directory().regions
    called = names.get(who, "") if kind in BY_PERSON else (regions if who in regions else agencies)[who].name
    return visit.text(f"list.whom.{kind}", whose=called)
