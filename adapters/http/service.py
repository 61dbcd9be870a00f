"""What every endpoint is given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID
from weakref import WeakValueDictionary

from fastapi import Request

from adapters.http.problems import Problem
from adapters.postgres import view_reads
from adapters.postgres.event_log import Pool
from application.access import Viewer, may_see
from application.errors import Busy, NotKnown
from application.house import House
from application.streams import INNOVATION, Look, load, officer, remembered
from domain.innovation.state import Innovation

TURN_SECONDS_MAX = 5.0


class Received(Protocol):
    """What the evidence store says of the bytes it took."""

    @property
    def digest(self) -> str: ...
    @property
    def size(self) -> int: ...


class Store(Protocol):
    """Where the bytes of evidence go."""

    async def receive(self, chunks: AsyncIterable[bytes]) -> Received:
        """Keep a stream of bytes; nothing is left behind when it breaks off."""
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
    store: Store
    projector_alive: Callable[[], bool]
    turns: Turns = field(default_factory=Turns)


async def service(request: Request) -> Service:
    """Give what the application was made with."""
    given: Service = request.app.state.service
    return given


async def viewer(house: House, person: UUID, look: Look = load) -> Viewer:
    """Give a person and what she may act as today."""
    me = await officer(house, person, look)
    regions = [*(held.region for held in (*me.roles, *me.offices)), *(d.region for d in me.delegations)]
    if not regions:
        return Viewer(person, ())
    return Viewer.of(person, me, house.today(regions[0]), house.directory().agencies)


async def case_seen(house: House, case_id: UUID, person: UUID, look: Look = load) -> Innovation:
    """Give a case as it is now; NotKnown when there is none or the person may not know of it."""
    case = await look(house, INNOVATION, case_id)
    if case is None or not may_see(case, await viewer(house, person, look)):
        if look is remembered:
            return await case_seen(house, case_id, person)
        raise NotKnown
    return case


async def await_position(request: Request, given: Service) -> None:
    """Wait for the position a reader names (read your writes); 503 when the views do not get there."""
    wanted = request.headers.get("jejak-min-position")
    if wanted is None:
        return
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        raise Problem(400, "position.malformed")
    if not await view_reads.wait_for(given.pool, int(wanted)):
        raise Problem(503, "position.not_reached")
