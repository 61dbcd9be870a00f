"""Tasks as rows people read: what to do, where, how many working days are left, and for whom it waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from adapters.addresses import address
from adapters.web.lists.listing import Tag
from adapters.web.lists.waiting import office, wait_of
from adapters.web.visit import SignedVisit
from application.views.worklist import addresses
from domain.people import Agency

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
    rows = []
    for task in tasks:
        wait = wait_of(visit, task, today=today, agencies=agencies, names=names)
        stage = task["place"].partition("/")[0]
        rows.append(
            WorkRow(
                days=wait.days,
                late=wait.late,
                title=task["title"],
                number=task["case_number"],
                case=f"/inovasi/{task['case_number']}",
                agency=agencies[task["agency"]].name,
                command=task["command"],
                form=form_of(task),
                tag=Tag(stage, visit.text(f"list.stage.{stage}")),
                waited=wait.waited,
                steps=[days_of(stay, now) for stay in stays.get(task["innovation"], ())][-BARS_MAX:],
                whom=wait.whom,
                acting=_acting(visit, task["address"], agencies, names),
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


def _acting(visit: SignedVisit, waiting: str, agencies: Mapping[str, Agency], names: Mapping[str, str]) -> str:
    """Say which office something waits for, when the visitor may do it only by delegation."""
    own = addresses(visit.person, [held for held in visit.seer.capacities if held.letter is None])
    return "" if waiting in own else office(visit, waiting, agencies, names)
