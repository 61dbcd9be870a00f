"""What the desks share: which steps are open and why not, who is waited for, and the trail of a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from adapters.addresses import address
from adapters.catalogue import words
from adapters.http.problems import Problem
from adapters.service import Door
from adapters.web.forms.about import Judged, may_open
from adapters.web.lists.waiting import Wait, persons_in, wait_of
from adapters.web.visit import SignedVisit
from application.cases import examine, examine_office
from application.queries import history_read_by
from application.views.replications import ORIGIN
from domain.lifecycle import Lifecycle
from domain.office.lifecycle import OFFICE_LIFECYCLE

ELSEWHERE = frozenset({"place.not_here"})
"""Why a step is not even mentioned: its turn is at another time."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step the visitor can take, and where its form is."""

    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """Steps she cannot take, for the same reasons."""

    titles: tuple[str, ...]
    reasons: tuple[str, ...]


async def steps_of(visit: SignedVisit, door: Door, state: Any, path: str) -> tuple[list[Step], list[Blocked]]:
    """Give the steps the visitor can take now, and those whose turn it is but that are not hers, by the reason."""
    found = await examine(visit.given.house, door.kind, state, visit.person, None)
    return _steps(visit, door.kind.lifecycle, found, path)


async def steps_of_person(visit: SignedVisit, person: UUID) -> tuple[list[Step], list[Blocked]]:
    """Give what the visitor can change about a person's offices, and what not, by the reason."""
    found = await examine_office(visit.given.house, person, visit.person, None) if visit.seer.capacities else []
    return _steps(visit, OFFICE_LIFECYCLE, found, f"/admin/{person}")


def _steps(visit: SignedVisit, table: Lifecycle[Any], found: Judged, path: str) -> tuple[list[Step], list[Blocked]]:
    open_: list[Step] = []
    blocked: dict[tuple[str, ...], list[str]] = {}
    for move, verdict in sorted(found, key=lambda one: one[0].awaited is None):  # what is waited for comes first
        title = visit.text(f"command.{table.name(move)}")
        if may_open(verdict):
            open_.append(Step(title, f"{path}/{address(move.command)}"))
        elif ELSEWHERE.isdisjoint(blocker.code for blocker in verdict.blockers):
            reasons = tuple(visit.why(blocker) for blocker in verdict.blockers)
            blocked.setdefault(reasons, []).append(title)
    return open_, [Blocked(tuple(titles), reasons) for reasons, titles in blocked.items()]


# Who is waited for


def waits_of(visit: SignedVisit, row: Mapping[str, Any], names: Mapping[str, str]) -> list[Wait]:
    """Give what a row of a desk waits for; `row` names the case's agency."""
    today, agencies = visit.given.house.today(), visit.given.house.directory().agencies
    return [wait_of(visit, task, today=today, agencies=agencies, names=names) for task in _tasks(row)]


def people_waited_for(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """Give the persons somebody waits for in rows of a desk."""
    return persons_in(task["address"] for row in rows for task in row["tasks"])


def _tasks(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for task in row["tasks"]:
        yield {**task, "address": task["address"].replace(ORIGIN, f"agency_head:{row['agency']}")}


def agency_name(visit: SignedVisit, agency: str) -> str:
    """Give what an agency is called today."""
    known = visit.given.house.directory().agencies.get(agency)
    return known.name if known else agency


def region_name(visit: SignedVisit, region: str) -> str:
    """Give what a region is called."""
    known = visit.given.house.directory().regions.get(region)
    return known.name if known else region


# The trail


async def trail_of(visit: SignedVisit, door: Door, now: Any) -> list[dict[str, Any]]:
    """Give every event of a stream as its history tells it, the newest first, with names."""
    events = await visit.given.house.log.load(now.id)
    entries = history_read_by(visit.person, door.kind, events, now)
    names = await visit.given.names.of(sorted({entry["actor"]["person"] for entry in entries}))
    for entry in entries:
        actor = entry["actor"]
        entry["name"] = names.get(actor["person"], "")
        entry["office"] = office_in_words(visit, actor)
    return entries[::-1]


def office_in_words(visit: SignedVisit, actor: Mapping[str, Any]) -> str:
    """Give in what office or role somebody acted; for whom, where it was by delegation."""
    said = words(actor["role"], visit.language)
    if actor["agency"]:
        said = f"{said}, {agency_name(visit, actor['agency'])}"
    return visit.text("page.by_delegation", office=said) if actor.get("letter") else said


# The address


def cursor_of(value: str | None) -> UUID | None:
    """Give the id after which a list goes on; 422 when it is none."""
    try:
        return UUID(value) if value else None
    except ValueError as bad:
        raise Problem(422, "cursor.unknown") from bad


def address_with(visit: SignedVisit, **changes: str | None) -> str:
    """Give the visitor's address with other parameters; None takes one away."""
    url = visit.request.url.remove_query_params(list(changes))
    url = url.include_query_params(**{name: value for name, value in changes.items() if value is not None})
    return f"{url.path}?{url.query}" if url.query else url.path
