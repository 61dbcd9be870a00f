"""Group commit: units that arrive together share one call, one lock and one fsync; each is refused alone.

Whatever is queued when the call before it ends makes the next group, up to half of all that are on their way: while
the log writes one half, the process prepares the other; a few go together. Nobody waits for a group to fill up. Units
that meet in a stream, a key or a claim go one after the other.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog

from adapters.postgres.groups import next_group
from adapters.postgres.units import Prepared, settled
from application.ports import AppendRefused, LogUnavailable, OutcomeUnknown, Unit, Written

QUEUE_MAX = 1_000
HALVED_MIN = 4  # fewer are worth no second call
log = structlog.get_logger()
Verdict = tuple[int, str, dict[str, Any] | None]
Call = Callable[[Sequence[Prepared]], Awaitable[list[Verdict]]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A unit in the queue, and who is told what became of it."""

    prepared: Prepared
    told: asyncio.Future[Written]

    def settle(self, verdict: str, detail: dict[str, Any] | None) -> None:
        """Tell what the log said of the unit."""
        try:
            written = settled(self.prepared.unit, verdict, detail)
        except AppendRefused as refused:
            self.fail(refused)
        else:
            if not self.told.done():
                self.told.set_result(written)

    def fail(self, why: Exception) -> None:
        """Tell why the unit was not written, or that it is not known."""
        if not self.told.done():
            self.told.set_exception(why)


class GroupWriter:
    """The one writer of a process. `call` writes a group in one transaction and gives the log's verdicts."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._queue: deque[Waiting] = deque()
        self._task: asyncio.Task[None] | None = None

    async def append(self, unit: Unit) -> Written:
        """Give what a unit became; raises AppendRefused, OutcomeUnknown, or LogUnavailable when nothing was tried."""
        if len(self._queue) >= QUEUE_MAX:
            raise LogUnavailable
        waiting = Waiting(Prepared.of(unit), asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_all())
        return await waiting.told

    async def _write_all(self) -> None:
        group: list[Waiting] = []
        while self._queue:
            half = (len(self._queue) + len(group) + 1) // 2
            group = next_group(self._queue, lambda waiting: waiting.prepared, most=max(half, HALVED_MIN))
            try:
                await self._write(group)
            except (OutcomeUnknown, LogUnavailable) as lost:
                for waiting in group:
                    waiting.fail(lost)
                while self._queue:  # the log is away, and nothing of these was tried
                    self._queue.popleft().fail(LogUnavailable())
            except Exception:
                log.exception("group_failed")
                for waiting in group:
                    waiting.fail(OutcomeUnknown())
            except BaseException:  # the service goes down
                for waiting in group:
                    waiting.fail(OutcomeUnknown())
                while self._queue:
                    self._queue.popleft().fail(LogUnavailable())
                raise

    async def _write(self, group: list[Waiting]) -> None:
        """Write a group; settle the refused and call again with the rest, so that a stale unit fails alone."""
        while group:
            try:
                verdicts = await self._call([waiting.prepared for waiting in group])
            except psycopg.Error as error:
                if len(group) == 1:
                    group[0].fail(error)
                    return
                for waiting in group:  # one of them cannot be written at all: let it fail alone
                    await self._write([waiting])
                return
            first: dict[int, Verdict] = {}
            for verdict in verdicts:
                first.setdefault(verdict[0], verdict)
            for n, said, detail in first.values():
                group[n - 1].settle(said, detail)
            group = [waiting for n, waiting in enumerate(group, start=1) if n not in first]
