"""What every door is given: the use cases, the database, the files; and who may come to know of a stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID
from weakref import WeakValueDictionary

from adapters.postgres.directory import PersonNames
from adapters.postgres.event_log import Pool
from adapters.postgres.past_views import PastViews
from application.access import Sight, Viewer, may_see, may_see_copy, sight
from application.errors import Busy, NotKnown
from application.house import House
from application.streams import (
    EVALUATION,
    INNOVATION,
    OFFICE,
    REPLICATION,
    Look,
    Stream,
    load,
    officer,
    refresh,
    remembered,
)
from domain.evaluation.state import Evaluation
from domain.innovation.state import Innovation
from domain.office.state import stream_of
from domain.replication.state import Replication

TURN_SECONDS_MAX = 5.0


class Received(Protocol):
    """What the evidence store says of the bytes it took."""

    @property
    def digest(self) -> str: ...
    @property
    def size(self) -> int: ...


class Store(Protocol):
    """Where the bytes of evidence go, and come from."""

    def file_of(self, digest: str) -> Path | None:
        """Give the file received under a digest, None when none was."""
        ...

    async def receive(self, chunks: AsyncIterable[bytes], case: UUID) -> Received:
        """Keep a stream of bytes for a case; nothing is left behind when it breaks off."""
        ...


class Turns:
    """Commands of one stream wait for each other in this process, so that they need not fail in the log."""

    def __init__(self) -> None:
        self._turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, stream: UUID) -> AsyncIterator[None]:
        """Hold the stream's turn; Busy when it does not come in time."""
        turn = self._turns.setdefault(stream, asyncio.Lock())
        try:
            async with asyncio.timeout(TURN_SECONDS_MAX):
                await turn.acquire()
        except TimeoutError as waited:
            raise Busy from waited
        try:
            yield
        finally:
            turn.release()


@dataclass(frozen=True, slots=True)
class Service:
    """The use cases, the database, the files, and how the projector fares."""

    house: House
    pool: Pool
    past: PastViews
    store: Store
    projector_alive: Callable[[], bool]
    head: Callable[[], int]  # of the log, as this process last saw it
    names: PersonNames
    turns: Turns = field(default_factory=Turns)


async def viewer(house: House, person: UUID, look: Look = load) -> Viewer:
    """Give a person and what she may act as today."""
    me = await officer(house, person, look)
    regions = [*(held.region for held in (*me.roles, *me.offices)), *(d.region for d in me.delegations)]
    if not regions:
        return Viewer(person, ())
    return Viewer.of(person, me, house.today(regions[0]), house.directory().agencies)


async def case_seen(
    house: House, case_id: UUID, person: UUID, look: Look = load, *, least: Sight = Sight.FULL
) -> Innovation:
    """Give a case as it is now; NotKnown when there is none or the person may not know as much of it."""
    if look is load:
        await refresh(house, (INNOVATION, case_id), (OFFICE, stream_of(person)))
    case = await remembered(house, INNOVATION, case_id)
    if case is None or sight(case, await viewer(house, person, remembered)) not in ENOUGH[least]:
        if look is remembered:
            return await case_seen(house, case_id, person, least=least)
        raise NotKnown
    return case


async def case_known(house: House, case_id: UUID, person: UUID, look: Look = load) -> Innovation:
    """Give a case of which the person may know at least the kit; what she may do with it is the table's."""
    return await case_seen(house, case_id, person, look, least=Sight.KIT)


ENOUGH = {Sight.KIT: frozenset({Sight.KIT, Sight.FULL}), Sight.FULL: frozenset({Sight.FULL})}


async def replication_seen(house: House, stream: UUID, person: UUID, look: Look = load) -> Replication:
    """Give a replication the person may know of: on the origin's side or on the adopter's."""
    if look is load:
        await refresh(house, (REPLICATION, stream), (OFFICE, stream_of(person)))
    copy = await remembered(house, REPLICATION, stream)
    if copy is None:
        raise NotKnown
    case = await look(house, INNOVATION, copy.innovation_id)
    if case is None or not may_see_copy(copy, case, await viewer(house, person, remembered)):
        if look is remembered:
            return await replication_seen(house, stream, person)
        raise NotKnown
    return copy


async def evaluation_seen(house: House, stream: UUID, person: UUID, look: Look = load) -> Evaluation:
    """Give an evaluation of a case the person may see."""
    if look is load:
        await refresh(house, (EVALUATION, stream), (OFFICE, stream_of(person)))
    judging = await remembered(house, EVALUATION, stream)
    if judging is None:
        raise NotKnown
    case = await look(house, INNOVATION, judging.innovation_id)
    if case is None or not may_see(case, await viewer(house, person, remembered)):
        if look is remembered:
            return await evaluation_seen(house, stream, person)
        raise NotKnown
    return judging


class Seen(Protocol):
    """How somebody comes to know of a stream of a kind; raises NotKnown."""

    async def __call__(self, house: House, stream: UUID, person: UUID, look: Look = load, /) -> Any:
        """Give the stream's state."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """A kind of stream as it is addressed: `/{path}/{id}`."""

    path: str
    kind: Stream[Any]
    seen: Seen  # in full, to read it
    known: Seen  # enough to be told what one may do


INNOVATIONS = Door("innovations", INNOVATION, case_seen, case_known)
REPLICATIONS = Door("replications", REPLICATION, replication_seen, replication_seen)
EVALUATIONS = Door("evaluations", EVALUATION, evaluation_seen, evaluation_seen)
DOORS = (INNOVATIONS, REPLICATIONS, EVALUATIONS)
