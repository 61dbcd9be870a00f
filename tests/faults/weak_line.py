"""A line to the database that fails at one chosen message of the protocol, in either direction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from tests.lines import Line


class Fault(StrEnum):
    """What becomes of a message, and of the connection it was on."""

    DROPPED = "dropped"  # both ends hear at once that the connection is gone
    LATE = "late"  # it arrives, after its sender has given up
    HALF_CLOSED = "half closed"  # who waits for it hears the end; the other direction stays open
    MUTE = "mute"  # nothing comes any more, in either direction, and nobody hears of it


@dataclass
class WeakLine(Line):
    """Carries whole messages, counted over both directions and all connections; the one at `at` meets a fault."""

    late_seconds: float = 1.0
    fault: Fault | None = None
    at: int = 0
    seen: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def break_at(self, message: int, fault: Fault) -> None:
        """Let the n-th message from now on meet a fault."""
        self.fault, self.at, self.seen = fault, message, 0

    @property
    def broke(self) -> bool:
        """Tell whether the message came by."""
        return self.fault is None

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, questions = await self.far_end()
        self.writers += (writer, questions)
        ends, silenced = (writer, questions), asyncio.Event()
        for source, target in ((reader, questions), (answers, writer)):
            pump = self._pump(source, target, ends, silenced, opening=source is reader)
            self.pumps.add(asyncio.create_task(pump))

    async def _pump(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        ends: tuple[asyncio.StreamWriter, ...],
        silenced: asyncio.Event,
        *,
        opening: bool,
    ) -> None:
        async for message in messages(source, opening=opening):
            fault = self._met()
            if fault is Fault.MUTE:
                silenced.set()
            if silenced.is_set():
                continue
            if fault is Fault.DROPPED:
                for end in ends:
                    end.transport.abort()
                return
            if fault is Fault.HALF_CLOSED:
                target.write_eof()
                return
            if fault is Fault.LATE:
                await asyncio.sleep(self.late_seconds)
            if not target.is_closing():
                target.write(message)
        if not silenced.is_set():
            target.close()

    def _met(self) -> Fault | None:
        self.seen += 1
        if self.seen != self.at:
            return None
        fault, self.fault = self.fault, None
        return fault

    def hang_up(self) -> None:
        super().hang_up()
        for writer in self.writers:
            writer.close()


async def messages(source: asyncio.StreamReader, *, opening: bool) -> AsyncIterator[bytes]:
    """Give the messages of one direction; the first one of a client has no type before its length."""
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            kind = b"" if opening else await source.readexactly(1)
            length = await source.readexactly(4)
            yield kind + length + await source.readexactly(int.from_bytes(length, "big") - 4)
            opening = False
