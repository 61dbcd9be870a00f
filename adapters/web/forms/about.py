"""What a form is about: a case that begins, a case, a replication, an evaluation, or what a person holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from adapters.http import carrying
from adapters.postgres.accounts import is_person
from adapters.service import EVALUATIONS, INNOVATIONS, REPLICATIONS, Door
from adapters.web.cases import find_case
from adapters.web.visit import SignedVisit
from application.cases import Answer, Sender, begin, examine, examine_birth, examine_office, make_move, move_office
from application.errors import NotKnown
from application.streams import load, officer
from domain.command import Command
from domain.evaluation.state import Evaluation
from domain.innovation.lifecycle import BIRTH
from domain.innovation.state import Innovation
from domain.lifecycle import Lifecycle, Move, Verdict
from domain.office.lifecycle import OFFICE_LIFECYCLE
from domain.office.state import Officer
from domain.replication.state import Replication

Judged = Sequence[tuple[Move[Any], Verdict[Any]]]
PERHAPS = frozenset({"office.ambiguous"})
"""Blockers a form itself can lift: for which office she acts is asked there."""


@dataclass(frozen=True, slots=True)
class About:
    """A stream as a form speaks of it, and the case it hangs on; `back` is its page."""

    table: Lifecycle[Any]
    name: str
    back: str
    state: Any = None
    case: Innovation | None = None
    door: Door | None = None
    person: UUID | None = None  # whose offices

    @property
    def stream(self) -> UUID | None:
        """The stream that is written to; none while it is to begin."""
        return None if self.state is None else self.state.id

    @property
    def version(self) -> int:
        """The version that was seen."""
        return 0 if self.state is None else self.state.version

    @property
    def region(self) -> str | None:
        """Where what the form is about lies."""
        return None if self.state is None else self.state.region or None


def birth() -> About:
    """Speak of a case that is to begin."""
    return About(BIRTH, "", "/inovasi")


async def case(visit: SignedVisit, number: str) -> About:
    """Speak of a case the visitor may know of."""
    found = await INNOVATIONS.known(visit.given.house, await find_case(visit, number), visit.person)
    return About(INNOVATIONS.kind.lifecycle, f"{number} {found.title}", f"/inovasi/{number}", found, found, INNOVATIONS)


async def replication(visit: SignedVisit, stream: UUID) -> About:
    """Speak of a replication the visitor may see."""
    return await _child(visit, REPLICATIONS, stream, f"/replikasi/{stream}")


async def evaluation(visit: SignedVisit, stream: UUID) -> About:
    """Speak of an evaluation the visitor may see."""
    return await _child(visit, EVALUATIONS, stream, f"/evaluasi/{stream}")


async def _child(visit: SignedVisit, door: Door, stream: UUID, back: str) -> About:
    found: Replication | Evaluation = await door.seen(visit.given.house, stream, visit.person)
    about = await load(visit.given.house, INNOVATIONS.kind, found.innovation_id)
    name = f"{about.case_number} {about.title}" if about else ""
    return About(door.kind.lifecycle, name, back, found, about, door)


async def offices(visit: SignedVisit, person: UUID) -> About:
    """Speak of what a person holds."""
    if not await is_person(visit.given.pool, person):
        raise NotKnown
    holds: Officer = await officer(visit.given.house, person)
    names = await visit.given.names.of([str(person)])
    back = f"/admin/{person}" if ("admin", "/admin") in visit.menu else "/jabatan"
    return About(OFFICE_LIFECYCLE, names.get(str(person), ""), back, holds, person=person)


async def judged(visit: SignedVisit, about: About, command: str, acting_for: str | None) -> Judged:
    """Give the rows of a command, each with whether the visitor may take it now."""
    house = visit.given.house
    if about.table is BIRTH:
        verdicts = await examine_birth(house, visit.person, acting_for)
    elif about.person is not None:
        verdicts = await examine_office(house, about.person, visit.person, acting_for)
    else:
        assert about.door is not None
        verdicts = await examine(house, about.door.kind, about.state, visit.person, acting_for)
    return [(move, verdict) for move, verdict in verdicts if move.command == command]


def may_open(verdict: Verdict[Any]) -> bool:
    """Tell whether a row's form can be opened."""
    return {blocker.code for blocker in verdict.blockers} <= PERHAPS


async def carry_out(visit: SignedVisit, about: About, move: Move[Any], wish: Command, sender: Sender) -> Answer:
    """Carry a command out as the API does: in its turn, once, whatever is sent again. Raises what refuses it."""
    house = visit.given.house

    async def work() -> Answer:
        if about.table is BIRTH:
            return await begin(house, move, wish, sender)
        if about.person is not None:
            return await move_office(house, about.person, move, wish, sender)
        assert about.door is not None
        assert about.stream is not None
        return await make_move(house, about.door.kind, about.stream, move, wish, sender)

    return await carrying.carry_out(visit.given, sender, work, about.stream)
