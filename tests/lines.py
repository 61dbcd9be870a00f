"""Lines that fail: between a client and the service, or between the service and the database."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar
from urllib.parse import quote, unquote

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]
FarEnd = Callable[[], Awaitable[Ends]]


@dataclass
class Line:
    """Carries bytes to and fro; `swallow` cuts at the answer, `mute` lets nothing through.

    `swallow_after` are words of a question: the first one that holds them is carried, and cut at its answer.
    """

    far_end: FarEnd
    swallow: bool = False
    swallow_after: bytes | None = None
    mute: bool = False
    pumps: set[asyncio.Task[None]] = field(default_factory=set)

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, questions = await self.far_end()
        doomed = asyncio.Event()
        for pump in (self._ask(reader, questions, doomed), self._answer(answers, writer, doomed)):
            self.pumps.add(asyncio.create_task(pump))

    async def _ask(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, doomed: asyncio.Event) -> None:
        while data := await source.read(65536):
            if self.swallow_after is not None and self.swallow_after in data:
                doomed.set()
                self.swallow_after = None
            self._carry(data, target)
        target.close()

    async def _answer(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, doomed: asyncio.Event) -> None:
        while data := await source.read(65536):
            if self.swallow or doomed.is_set():
                break
            self._carry(data, target)
        target.close()

    def _carry(self, data: bytes, target: asyncio.StreamWriter) -> None:
        if not self.mute:
            target.write(data)

    def hang_up(self) -> None:
        for pump in self.pumps:
            pump.cancel()


L = TypeVar("L", bound=Line)


@asynccontextmanager
async def line_to_database(url: str) -> AsyncIterator[tuple[Line, str]]:
    """Give a line to a database, and the address to reach it by."""
    async with database_over(url, Line) as found:
        yield found


@asynccontextmanager
async def database_over(url: str, make: Callable[[FarEnd], L]) -> AsyncIterator[tuple[L, str]]:
    """Give a line of some kind to a database, and the address to reach it by."""
    found = re.search(r"host=([^&]+)", url)
    assert found
    there = str(Path(unquote(found[1])) / ".s.PGSQL.5432")
    with TemporaryDirectory() as folder:
        line = make(lambda: asyncio.open_unix_connection(there))
        server = await asyncio.start_unix_server(line.meet, Path(folder) / ".s.PGSQL.5432")
        yield line, url.replace(found[0], f"host={quote(folder, safe='')}")
        server.close()
        line.hang_up()


@asynccontextmanager
async def line_to_service(port: int) -> AsyncIterator[tuple[Line, str]]:
    """Give a line to a service on this machine, and the address to reach it by."""
    line = Line(lambda: asyncio.open_connection("127.0.0.1", port))
    server = await asyncio.start_server(line.meet, "127.0.0.1", 0)
    yield line, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    line.hang_up()
