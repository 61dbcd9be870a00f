"""The one load generator for every service: raw streams, kept connections, a process of its own.

A script says what a case is made of: one request that gives birth to it and one that is repeated on it. In the bodies
`@unique@` becomes a word nobody used before.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import quantiles
from typing import Any
from uuid import UUID

import uvloop

from adapters.bench.closed_loop import rate_of_tasks
from adapters.bench.worker import answer_all
from adapters.clock import new_id

HOST = "127.0.0.1"
TELLERS = 8
LETTERS = str.maketrans("0123456789", "ghijklmnop")


class Unexpected(Exception):
    """A service answered with something the measurement does not reckon with."""


class Connection:
    """A kept connection, and how long each answer on it took."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, headers: bytes) -> None:
        self._reader, self._writer, self._headers = reader, writer, headers
        self.milliseconds: list[float] = []

    async def ask(self, method: str, path: str, body: bytes = b"", more: str = "") -> bytes:
        """Give the body of a good answer; raises Unexpected on any other."""
        began = time.perf_counter()
        head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n{more}"
        self._writer.write(head.encode() + self._headers + b"\r\n" + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        content = await self._reader.readexactly(_length(answer))
        self.milliseconds.append((time.perf_counter() - began) * 1000)
        if answer[9:11] != b"20":
            raise Unexpected(f"{method} {path}: {answer[9:12].decode()} {content.decode()}")
        return content


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value)
    raise Unexpected("an answer without content-length")


@asynccontextmanager
async def connected(port: int, connections: int, headers: dict[str, str]) -> AsyncIterator[list[Connection]]:
    """Give kept connections; every request on them carries the headers."""
    said = {"Content-Type": "application/json"} | headers
    sent = "".join(f"{name}: {value}\r\n" for name, value in said.items()).encode()
    ends = [await asyncio.open_connection(HOST, port) for _ in range(connections)]
    try:
        yield [Connection(*end, sent) for end in ends]
    finally:
        for _, writer in ends:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for _, writer in ends), return_exceptions=True)


@dataclass(frozen=True, slots=True)
class Script:
    """How a case comes about at one service, and what is done on it until it has so many events."""

    birth: str
    birth_body: dict[str, Any]
    step: str
    step_body: dict[str, Any]
    length: int


class Case:
    """The case one connection works on; after its last event a new one begins."""

    def __init__(self, connection: Connection, script: Script) -> None:
        self._connection, self._script = connection, script
        self._birth, self._step = json.dumps(script.birth_body), json.dumps(script.step_body)
        self.id, self._version = "", script.length

    async def step(self) -> None:
        """Send one command under a key of its own, on the version seen."""
        is_birth = self._version >= self._script.length
        key = new_id()
        if is_birth:
            path, body, more = self._script.birth, self._birth, ""
        else:
            path, body = self._script.step.replace("{id}", self.id), self._step
            more = f'If-Match: "{self._version}"\r\n'
        sent = body.replace("@unique@", _word(key)).encode()
        made = json.loads(await self._connection.ask("POST", path, sent, f"{more}Idempotency-Key: {key}\r\n"))
        self.id, self._version = made["id"], made["version"]

    async def tell_whole(self) -> str:
        """Tell a new case to its end and give its id."""
        self._version = self._script.length
        for _ in range(self._script.length):
            await self.step()
        return self.id


def _word(key: UUID) -> str:
    return key.hex.translate(LETTERS)


def commands(port: int, headers: dict[str, str], script: dict[str, Any], callers: int, seconds: float) -> Any:
    """Give commands a second and the percentiles of their answers in milliseconds."""

    async def work() -> dict[str, float]:
        async with connected(port, callers, headers) as lines:
            rate = await rate_of_tasks([Case(line, Script(**script)).step for line in lines], seconds)
            return {"rate": rate, **_percentiles(lines)}

    return uvloop.run(work())


def cases(port: int, headers: dict[str, str], script: dict[str, Any], count: int) -> Any:
    """Tell so many cases, a multiple of TELLERS, and give their ids."""

    async def work() -> list[str]:
        async with connected(port, TELLERS, headers) as lines:
            tellers = [_tell(Case(line, Script(**script)), count // TELLERS) for line in lines]
            return [id for told in await asyncio.gather(*tellers) for id in told]

    return uvloop.run(work())


async def _tell(case: Case, count: int) -> list[str]:
    return [await case.tell_whole() for _ in range(count)]


def reads(port: int, headers: dict[str, str], paths: list[str], callers: int, seconds: float) -> Any:
    """Give reads a second and the percentiles of their answers in milliseconds."""

    async def work() -> dict[str, float]:
        async with connected(port, callers, headers) as lines:
            rate = await rate_of_tasks([_reading(line, paths, n) for n, line in enumerate(lines)], seconds)
            return {"rate": rate, **_percentiles(lines)}

    return uvloop.run(work())


def _reading(line: Connection, paths: Sequence[str], first: int) -> Any:
    n = first

    async def step() -> None:
        nonlocal n
        n += 1
        await line.ask("GET", paths[n % len(paths)])

    return step


def _percentiles(lines: Sequence[Connection]) -> dict[str, float]:
    every = [ms for line in lines for ms in line.milliseconds]
    cuts = quantiles(every, n=100, method="inclusive")
    return {"p95_ms": cuts[94], "p99_ms": cuts[98]}


def main() -> None:
    """Answer until nobody asks."""
    answer_all({"commands": commands, "cases": cases, "reads": reads})


if __name__ == "__main__":
    main()
