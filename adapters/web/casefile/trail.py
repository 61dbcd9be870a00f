"""The trail of a case: what happened, the newest first, decisions set apart like a stamped minute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from adapters.catalogue import words
from adapters.web.casefile.opened import Opened
from adapters.web.told import details
from application.queries import difference, document, entry_of
from application.streams import INNOVATION, fold
from application.views.decisions import DECISIONS
from domain.codes import OUTCOME_OF, Place, Stage
from domain.innovation import events as e
from domain.record import Recorded

PAGE_EVENTS = 40


@dataclass(frozen=True)
class Entry:
    """One event as it is told."""

    version: int
    position: int
    type: str
    occurred_on: str
    recorded_at: str
    late: bool
    person: str
    role: str
    office: str  # in words; who acts for its holder is told so
    seat: str
    letter: str | None
    details: Sequence[str]
    reason: str | None
    note: str | None
    evidence: Sequence[tuple[str, str]]
    legal_basis: Sequence[dict[str, Any]]
    rulebook: dict[str, Any] | None
    waived: Sequence[str]
    parts_unknown: Sequence[str]
    number: int | None  # of a decision, among those of the case
    rescinded_by: int | None


@dataclass(frozen=True)
class Chapter:
    """What happened at one stage."""

    stage: str
    mark: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Trail:
    """A page of the trail, and the version before which it goes on."""

    chapters: Sequence[Chapter]
    first: int
    last: int
    next: int | None


def trail_of(opened: Opened, before: int | None = None, most: int = PAGE_EVENTS) -> Trail:
    """Give the newest events, or those before a version."""
    last = min(before - 1 if before else len(opened.events), len(opened.events))
    first = max(last - most, 0)
    told = entries_of(opened, after=first, last=last)
    chapters = [
        Chapter(stage, mark, list(entries))
        for (stage, mark), entries in groupby(reversed(told), lambda entry: chapter_of(opened.places[entry.version]))
    ]
    return Trail(chapters, first + 1, last, first + 1 if first else None)


def entries_of(opened: Opened, *, after: int, last: int) -> list[Entry]:
    """Tell the events of some versions, the oldest first."""
    numbers = decisions_of(opened)
    rescinded = {r.body.decision: r.version for r in opened.events if isinstance(r.body, e.DecisionRescinded)}
    return [_entry(opened, entry, numbers, rescinded) for entry in _history(opened.events, after, last)]


def _history(events: Sequence[Recorded], after: int, last: int) -> Iterator[dict[str, Any]]:
    """Give the entries of some versions; what changed is looked up for a correction only, whose sentence says it."""
    state = fold(INNOVATION, events[:after])
    for recorded in events[after:last]:
        before, state = state, INNOVATION.evolve(state, recorded)
        corrected = before if isinstance(recorded.body, e.RecordCorrected) else None
        yield entry_of(recorded, difference(document(corrected), document(state)) if corrected else {}, state)


def decisions_of(opened: Opened) -> dict[int, int]:
    """Give the number of each decision by its version."""
    decided = (recorded.version for recorded in opened.events if isinstance(recorded.body, DECISIONS))
    return {version: number for number, version in enumerate(decided, start=1)}


def chapter_of(place: str) -> tuple[str, str]:
    """Give the stage of a place, and its mark: at the end it is the outcome."""
    stage = Place(place).stage
    return stage, str(OUTCOME_OF[Place(place)]) if stage is Stage.CLOSED else stage


def _entry(opened: Opened, entry: dict[str, Any], numbers: dict[int, int], rescinded: dict[int, int]) -> Entry:
    say, actor = opened.say, entry["actor"]
    role = words(actor["role"], say.language)
    return Entry(
        version=entry["version"],
        position=entry["position"],
        type=entry["type"],
        occurred_on=entry["occurred_on"],
        recorded_at=entry["recorded_at"],
        late=entry["late"],
        person=say.names.get(actor["person"], role),
        role=actor["role"],
        office=say.text("decision.acting", office=role) if actor.get("letter") else role,
        seat=say.agencies.get(actor["agency"], ""),
        letter=actor.get("letter"),
        details=details(entry, say),
        reason=entry["reason"],
        note=entry["note"],
        evidence=_named(opened, entry["evidence"]),
        legal_basis=entry["legal_basis"],
        rulebook=entry["rulebook"],
        waived=entry["waived"],
        parts_unknown=entry["parts_unknown"],
        number=numbers.get(entry["version"]),
        rescinded_by=rescinded.get(entry["version"]),
    )


def _named(opened: Opened, items: Iterable[str]) -> list[tuple[str, str]]:
    """Give evidence by id with what it is; what the case does not have is left out."""
    return [(item, opened.say.things[item]) for item in items if UUID(item) in opened.case.evidence]
