"""The ledger: the library's Application over our mapper and recorder, for blocking programs."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import ApplicationRecorder

from application.codec import EventMapper
from application.ports import ReceiptKey, SyncLog, Unit, Written
from domain.record import Recorded

T = TypeVar("T")


class Ledger(Application[UUID]):
    """The application of the library, on a recorder that is given to it."""

    name = "jejak"

    def __init__(self, recorder: ApplicationRecorder) -> None:
        self._given = recorder
        super().__init__()

    def construct_mapper(self) -> EventMapper:
        """Take our codec."""
        return EventMapper()

    def construct_recorder(self) -> ApplicationRecorder:
        """Take the recorder given."""
        return self._given


class LedgerLog:
    """Port `EventLog` on the ledger. Its methods are `async` in form only; drive them with `finish`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._log = cast("SyncLog", ledger.recorder)

    def at(self, moment: datetime | None) -> None:
        """Write at a scripted moment from now on, or by the clock again."""
        self._log.scripted_at = moment

    async def load(self, stream: UUID, *, after: int = 0, up_to: int | None = None) -> Sequence[Recorded]:
        """Give the events of a stream, oldest first."""
        return cast("list[Recorded]", list(self._ledger.events.get(stream, gt=after, lte=up_to)))

    async def load_after(self, versions: Mapping[UUID, int]) -> Sequence[Recorded]:
        """Give the events of several streams, each after a version."""
        return [event for stream, version in versions.items() for event in await self.load(stream, after=version)]

    async def load_until(self, stream: UUID, *, position: int) -> Sequence[Recorded]:
        """Give the events of a stream up to a position."""
        mapper = cast("EventMapper", self._ledger.mapper)
        return [mapper.to_domain_event(event) for event in self._log.until(stream, position)]

    async def page(self, *, after: int, limit: int) -> Sequence[Recorded]:
        """Give up to `limit` events of the whole log after a position."""
        mapper = cast("EventMapper", self._ledger.mapper)
        return [mapper.to_domain_event(event) for event in self._log.page(after=after, limit=limit)]

    async def append(self, unit: Unit) -> Written:
        """Save a unit through the library and give what it became."""
        self._ledger.save(*cast("Any", unit.events), unit=unit)
        assert self._log.last_written is not None
        return self._log.last_written

    async def receipt(self, key: ReceiptKey) -> Written | None:
        """Give what was written under a key."""
        return self._log.receipt(key)

    async def claimed(self, kind: str, scope: str, value: str | None = None) -> frozenset[str]:
        """Give what is held of a kind in a scope."""
        return self._log.claimed(kind, scope, value)

    async def position_at(self, moment: datetime) -> int:
        """Give the last position recorded at or before a moment."""
        return self._log.position_at(moment)

    async def head(self) -> int:
        """Give the last position of the log."""
        return self._ledger.recorder.max_notification_id() or 0


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run a use case whose log never waits; RuntimeError when it does."""
    try:
        work.send(None)
    except StopIteration as done:
        return cast("T", done.value)
    raise RuntimeError("this use case waits: run it on an event loop")
