"""A line to the database that is cut at one chosen question of a blocking program, before it arrives or after."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.lines import Line, database_over

START_SECONDS_MAX = 10.0
FAREWELL = b"X"  # no question: nobody waits for an answer


@dataclass
class CutLine(Line):
    """Carries questions, counted over all connections; the one at `at` and its connection are lost.

    `arrives`: the question is still answered, but nobody hears the answer.
    """

    at: int = 0
    arrives: bool = False
    asked: int = 0

    def cut_at(self, question: int, *, arrives: bool) -> None:
        """Cut at the n-th question from now on; 0 cuts nowhere."""
        self.at, self.arrives, self.asked = question, arrives, 0

    @property
    def was_cut(self) -> bool:
        return 0 < self.at <= self.asked

    async def _ask(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, doomed: asyncio.Event) -> None:
        while (data := await source.read(1 << 20)) and data[:1] != FAREWELL:
            self.asked += 1
            if self.asked == self.at:
                doomed.set()
                if not self.arrives:
                    break
            target.write(data)
        target.close()


@contextmanager
def cut_line_to(url: str) -> Iterator[tuple[CutLine, str]]:
    """Give a line and the address to reach the database by; it works in a thread of its own."""
    ready, over = threading.Event(), asyncio.Event()
    made: list[tuple[CutLine, str]] = []
    loops: list[asyncio.AbstractEventLoop] = []

    async def carry() -> None:
        loops.append(asyncio.get_running_loop())
        async with database_over(url, CutLine) as found:
            made.append(found)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(carry()))
    thread.start()
    assert ready.wait(START_SECONDS_MAX)
    try:
        yield made[0]
    finally:
        loops[0].call_soon_threadsafe(over.set)
        thread.join()
