"""What the visitor can do with a case now, what she cannot do yet and why, and what the case waits for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from adapters.addresses import address
from adapters.postgres.case_reads import tasks_of
from adapters.web.casefile.opened import Opened
from adapters.web.forms.about import may_open
from adapters.web.lists.waiting import Wait, persons_in, wait_of
from adapters.web.visit import SignedVisit
from application.cases import examine
from application.streams import INNOVATION
from domain.innovation.lifecycle import INNOVATION_LIFECYCLE
from domain.innovation.state import Innovation
from domain.lifecycle import Move, Verdict

SHOWN_MAX = 4
USUAL = (
    "record_measurement",
    "attach_evidence",
    "record_obstacle",
    "revise_profile",
    "publish_kit",
    "request_replication",
)
"""What is done often at any stage: it stands before all else that is not waited for."""


@dataclass(frozen=True)
class Act:
    """Something the visitor can do, and the address of its form."""

    title: str
    href: str


@dataclass(frozen=True)
class Hindrance:
    """Something she cannot do yet, and why."""

    title: str
    reasons: Sequence[str]


@dataclass(frozen=True)
class Possible:
    """What she can do: the few that matter now, and the rest; and what is in the way."""

    acts: Sequence[Act]
    more: Sequence[Act]
    blocked: Sequence[Hindrance]
    more_blocked: Sequence[Hindrance]


async def possible(visit: SignedVisit, case: Innovation, waits: Iterable[Wait]) -> Possible:
    """Say what the visitor can do with a case, the awaited first."""
    found = await examine(visit.given.house, INNOVATION, case, visit.person, None)
    awaited = {wait.command for wait in waits}
    found.sort(key=lambda pair: _turn(pair[0], awaited))
    can = [(move, act_of(visit, case, move)) for move, verdict in found if may_open(verdict)]
    acts = [act for move, act in can if move.command in awaited or move.command in USUAL]
    more = [act for move, act in can if move.command not in awaited and move.command not in USUAL]
    hindered = [(move, verdict) for move, verdict in found if not may_open(verdict) and case.place in move.start]
    first = [pair for pair in hindered if pair[0].command in awaited]
    hers = [pair for pair in hindered if pair[0].command not in awaited and pair[1].capacity is not None]
    shown = max(SHOWN_MAX, sum(move.command in awaited for move, _ in can))
    return Possible(acts[:shown], acts[shown:] + more, _hindrances(visit, first), _hindrances(visit, hers))


def act_of(visit: SignedVisit, case: Innovation, move: Move[Any]) -> Act:
    """Give a move as a link to its form."""
    choice = f"?pilihan={move.choice}" if move.choice else ""
    title = visit.text(f"command.{INNOVATION_LIFECYCLE.name(move)}")
    return Act(title, f"/inovasi/{case.case_number}/{address(move.command)}{choice}")


def _turn(move: Move[Any], awaited: set[str]) -> tuple[int, int]:
    if move.command in awaited:
        return 0, 0
    return (1, USUAL.index(move.command)) if move.command in USUAL else (2, 0)


def _hindrances(visit: SignedVisit, hindered: Iterable[tuple[Move[Any], Verdict[Any]]]) -> list[Hindrance]:
    """Say why not; choices of one command that are hindered alike are told together."""
    told = [(move.command, [visit.why(b) for b in verdict.blockers], move) for move, verdict in hindered]
    return [
        Hindrance(_together([visit.text(f"command.{INNOVATION_LIFECYCLE.name(move)}") for *_, move in group]), reasons)
        for (_, reasons), group in groupby(told, lambda one: one[:2])
    ]


def _together(titles: Sequence[str]) -> str:
    """Name choices of one command: by what they have in common, else one beside the other."""
    common = {title.partition(":")[0] for title in titles}
    return common.pop() if len(common) == 1 else " / ".join(titles)


async def waits_of(visit: SignedVisit, opened: Opened) -> list[Wait]:
    """Say what the case waits for, the earliest due first."""
    tasks = await tasks_of(visit.given.pool, opened.case.id)
    names = await visit.given.names.of(persons_in(task["address"] for task in tasks))
    today = visit.given.house.today()
    return [wait_of(visit, task, today=today, agencies=opened.agencies, names=names) for task in tasks]
