"""This house as it is measured: whole commands through the event log, loads as the request path makes them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Coroutine
from functools import cache
from itertools import cycle
from typing import Any, TypeVar
from uuid import UUID

import uvloop

from adapters.bench.closed_loop import rate_of_tasks
from adapters.bench.documents import PERSON, REGION, TITLE, ZONE, birth, body_at, pending
from adapters.bench.worker import answer_all
from adapters.clock import new_id, now
from adapters.collector import settle_memory
from adapters.postgres.connect import service_pool
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.snapshots import PostgresSnapshots
from application.house import House
from application.memory import Memory
from application.ports import Claim, Directory, Numbering, ReceiptKey, StaleStream, Unit
from application.snapshots import form_of
from application.streams import INNOVATION, fold, load, snapshot_of
from domain.innovation.state import Innovation
from domain.office.events import RoleGranted
from domain.office.state import stream_of
from domain.people import Role
from domain.text import squeezed

EVENTS_OF_A_CASE = 12
EVENTS_LOADED = 1_000
STREAMS_MIN = 5
T = TypeVar("T")


class Case:
    """A case one caller tells on, one event a command; after its last event a new one begins."""

    def __init__(self, log: PostgresEventLog) -> None:
        self._log = log
        self._stream, self._version = new_id(), 0

    async def step(self) -> None:
        """Write one command durably: its event, receipt, claims, and what was read for it."""
        if self._version == EVENTS_OF_A_CASE:
            self._stream, self._version = new_id(), 0
        await self._log.append(command(self._stream, self._version + 1))
        self._version += 1


def command(stream: UUID, version: int, events: int = 1) -> Unit:
    """Give a unit as the use cases make it: the office that was read, a receipt; a title and a number at birth."""
    command_id = new_id()
    bodies = [body_at(n) for n in range(version, version + events)]
    is_birth = version == 1
    if is_birth:
        title = f"{TITLE} {command_id}"
        bodies[0] = birth(title)
    return Unit(
        command_id=command_id,
        events=tuple(pending(stream, n, body, command_id) for n, body in enumerate(bodies, start=version)),
        reads={stream_of(PERSON): 1},
        receipt=ReceiptKey(PERSON, str(command_id), os.urandom(32)),
        claims=(Claim("title", REGION, squeezed(title), stream),) if is_birth else (),
        numbering=Numbering(REGION, ZONE) if is_birth else None,
    )


class Ours:
    """The event log over the service's pool, on the loop the service runs on."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self._pool = service_pool(url)
        self.log = PostgresEventLog(self._pool)
        self._runner.run(self._open())
        self._streams = cache(lambda length: self._runner.run(self._written(length)))

    def append(self, *, callers: int, seconds: float) -> dict[str, float]:
        """Give commands a second."""
        cases = [Case(self.log) for _ in range(callers)]
        return {"rate": self._runner.run(rate_of_tasks([case.step for case in cases], seconds))}

    def load(self, *, length: int, seconds: float, from_snapshot: bool = False) -> dict[str, float]:
        """Give loads a second of cases of so many events, nothing remembered; from a snapshot of each, or folded."""
        snapshots = PostgresSnapshots(self._pool) if from_snapshot else None
        streams = self._streams(length)
        if snapshots is not None:
            self._runner.run(self._keep(snapshots, streams))
        house = forgetful(self.log, snapshots)
        turns = cycle(streams)

        async def step() -> None:
            assert await load(house, INNOVATION, next(turns)) is not None

        return {"rate": self._runner.run(rate_of_tasks([step], seconds))}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do some other work on this loop."""
        return self._runner.run(work)

    def close(self) -> None:
        """Give the connections back."""
        self._runner.run(self._pool.close())
        self._runner.close()

    async def _open(self) -> None:
        await self._pool.open()
        fact = RoleGranted(role=Role.OFFICIAL, agency="ka-dinkes", region=REGION)
        command_id = new_id()
        role = pending(stream_of(PERSON), 1, fact, command_id)
        try:
            await self.log.append(Unit(command_id=command_id, events=(role,), reads={}))
        except StaleStream:
            return  # it is there from an earlier worker

    async def _keep(self, snapshots: PostgresSnapshots, streams: list[UUID]) -> None:
        for stream in streams:
            events = await self.log.load(stream)
            await snapshots.keep(stream, form_of(Innovation), snapshot_of(fold(INNOVATION, events), events))

    async def _written(self, length: int) -> list[UUID]:
        streams = [new_id() for _ in range(max(STREAMS_MIN, EVENTS_LOADED // length))]
        for stream in streams:
            for first in range(1, length + 1, 100):
                await self.log.append(command(stream, first, min(100, length + 1 - first)))
        return streams


def forgetful(log: PostgresEventLog, snapshots: PostgresSnapshots | None) -> House:
    """Give a house that loads a stream cold each time."""
    return House(
        log=log,
        directory=lambda: Directory({}, {}, ()),
        rulebooks=(),
        clock=now,
        new_id=new_id,
        size_held=lambda _digest, _case: None,
        memory=Memory(states_max=0),
        snapshots=snapshots,
    )


def main() -> None:
    """Answer until nobody asks; the argument is the owner's address of a migrated database."""
    measured = Ours(sys.argv[1])
    settle_memory()
    works: dict[str, Any] = {"append": measured.append, "load": measured.load}
    answer_all(works)
    measured.close()


if __name__ == "__main__":
    main()
