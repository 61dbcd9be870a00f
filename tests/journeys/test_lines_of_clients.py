"""What comes over a client's line by bytes: too much, too slowly, or no HTTP at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.demo.governments import PASSWORD
from adapters.http import protocol
from adapters.http.evidence import EVIDENCE_BYTES_MAX
from adapters.http.protocol import HEAD_BYTES_MAX
from tests.databases import token_of
from tests.journeys.conftest import House
from tests.journeys.test_idea_to_pilot import IDEA, an_idea
from tests.journeys.test_lost_answers import listening

HEAD = "{method} {path} HTTP/1.1\r\nHost: jejak\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
WAIT_SECONDS_MAX = 10.0


class Wire:
    """A connection somebody writes to by hand, as Ani."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.token = token
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, data: str) -> None:
        if self._ends is None:
            self._ends = await asyncio.open_connection("127.0.0.1", self.port)
        self._ends[1].write(data.encode())
        await self._ends[1].drain()

    def head(self, method: str, path: str, *more: str) -> str:
        head = HEAD.format(method=method, path=f"/api/v1{path}", token=self.token)
        return head + "".join(f"{line}\r\n" for line in more) + "\r\n"

    def post(self, body: dict[str, Any]) -> str:
        said = json.dumps(body)
        return self.head("POST", "/innovations", f"Content-Length: {len(said)}") + said

    async def answers(self) -> list[tuple[int, dict[str, str], Any]]:
        """Give all that comes until the service hangs up: status, headers, content."""
        assert self._ends is not None
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            rest = await self._ends[0].read()
        self._ends[1].close()
        found = []
        while rest:
            head, _, rest = rest.partition(b"\r\n\r\n")
            first, *lines = head.decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            length = int(headers["content-length"])
            found.append((int(first.split()[1]), headers, json.loads(rest[:length])))
            rest = rest[length:]
        return found


@asynccontextmanager
async def a_wire(house: House, folder: Path) -> AsyncIterator[Wire]:
    async with listening(house.url, folder) as port:
        await house.get("ani", "/worklist")
        yield Wire(port, token_of("ani"))


async def registered(house: House) -> int:
    return len((await house.get("ani", "/events"))["items"])


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS_MAX", 0.3)
    monkeypatch.setattr(protocol, "BODY_SECONDS_MAX", 0.5)


@pytest.mark.parametrize("over", [1_000, 500_000])
async def test_a_head_above_the_limit_is_refused(house: House, tmp_path: Path, over: int) -> None:
    async with a_wire(house, tmp_path) as wire:
        await wire.send(
            wire.head("GET", "/worklist", "Accept-Language: en", "X-Long: " + "x" * (HEAD_BYTES_MAX + over))
        )
        ((status, headers, problem),) = await wire.answers()
    assert (status, problem["code"], headers["connection"]) == (431, "head_too_large", "close")
    assert headers["content-type"] == "application/problem+json"
    assert headers["x-request-id"]
    assert int(headers["jejak-position"]) > 0


async def test_a_head_that_never_ends_fills_no_memory(house: House, tmp_path: Path) -> None:
    async with a_wire(house, tmp_path) as wire:
        await wire.send(wire.head("GET", "/worklist").removesuffix("\r\n") + "X-Long: ")
        with pytest.raises(ConnectionError):
            while True:
                await wire.send("x" * 50_000)


async def test_a_head_below_the_limit_and_a_large_body_are_read(house: House, tmp_path: Path) -> None:
    async with a_wire(house, tmp_path) as wire:
        body = json.dumps({**IDEA, "note": "x" * 3_000}) + " " * 500_000
        long = "X-Long: " + "x" * 60_000
        await wire.send(
            wire.head("POST", "/innovations", long, f"Content-Length: {len(body)}", "Connection: close") + body
        )
        ((status, _, _),) = await wire.answers()
    assert status == 201


async def test_what_is_carried_out_before_nonsense_is_told_so(house: House, tmp_path: Path) -> None:
    async with a_wire(house, tmp_path) as wire:
        ideas = [{**IDEA, "title": f"Sebelum sampah {n}"} for n in range(3)]
        await wire.send("".join(map(wire.post, ideas)) + "ini bukan HTTP\r\n\r\n")
        answers = await wire.answers()
    assert [status for status, _, _ in answers] == [201] * 3


async def test_behind_others_a_request_that_breaks_off_is_not_begun(house: House, tmp_path: Path) -> None:
    async with a_wire(house, tmp_path) as wire:
        broken = wire.head("POST", "/innovations", "Transfer-Encoding: chunked") + "zz\r\n"
        await wire.send(wire.post(IDEA) + broken)
        answers = await wire.answers()
        assert [status for status, _, _ in answers] == [201]


async def test_nonsense_alone_is_refused_in_the_language_asked_for(house: House, tmp_path: Path) -> None:
    async with a_wire(house, tmp_path) as wire:
        before = await registered(house)
        for nonsense, title in (
            ("ini bukan HTTP\r\n\r\n", "Permintaan tidak terbaca"),
            (wire.head("POST", "/innovations", "Accept-Language: en", "Transfer-Encoding: chunked") + "zz\r\n", "Malformed request"),
        ):  # fmt: skip
            other = Wire(wire.port, wire.token)
            await other.send(nonsense)
            ((status, headers, problem),) = await other.answers()
            assert (status, problem["title"]) == (400, title)
            assert headers["x-request-id"]
            assert headers["jejak-position"].isdigit()
        assert await registered(house) == before


async def test_who_sends_a_request_drop_by_drop_is_told_it_is_too_late(
    house: House, tmp_path: Path, hasty: None
) -> None:
    async with a_wire(house, tmp_path) as wire:
        before = await registered(house)
        for part in ("GET /api/v1/worklist HTTP/1.1\r\nX-", wire.post(IDEA)[:-10]):
            slow = Wire(wire.port, wire.token)
            await slow.send(part)
            ((status, headers, problem),) = await slow.answers()
            assert (status, problem["code"], headers["connection"]) == (408, "request_timeout", "close")
        assert await registered(house) == before


async def test_who_says_nothing_is_left_without_a_word(house: House, tmp_path: Path, hasty: None) -> None:
    async with a_wire(house, tmp_path) as wire:
        await wire.send("")
        assert await wire.answers() == []


async def test_a_body_that_comes_slowly_but_steadily_is_taken(
    house: House, tmp_path: Path, hasty: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "BODY_BYTES_MIN", 10)
    case = await an_idea(house)
    async with a_wire(house, tmp_path) as wire:
        await wire.send(wire.head("PUT", f"/innovations/{case}/evidence", "Content-Length: 800", "Connection: close"))
        for _ in range(8):
            await wire.send("x" * 100)
            await asyncio.sleep(0.15)
        ((status, _, content),) = await wire.answers()
    assert (status, content["size"]) == (200, 800)


@pytest.mark.parametrize("protocol_offered", ["h2c", "websocket"])
async def test_an_offer_of_another_protocol_costs_no_body_and_no_answer(
    house: House, tmp_path: Path, protocol_offered: str
) -> None:
    async with a_wire(house, tmp_path) as line:
        said = json.dumps({**IDEA, "title": "Ditawarkan"})
        offer = ("Connection: Upgrade, HTTP2-Settings", f"Upgrade: {protocol_offered}", "HTTP2-Settings: AAEAAEAA")
        request = line.head("POST", "/innovations", *offer, f"Content-Length: {len(said)}") + said
        for piece in (request[:70], request[70:400], request[400:] + request[:33], request[33:]):
            await line.send(piece)
        await line.send(line.head("GET", "/worklist", *offer))
        await line.send(line.head("GET", "/worklist", "Connection: close, Upgrade", f"Upgrade: {protocol_offered}"))
        assert [status for status, _, _ in await line.answers()] == [201, 409, 200, 200]


async def test_a_file_that_says_it_is_too_large_is_refused_before_it_is_sent(house: House, tmp_path: Path) -> None:
    case = await an_idea(house)
    async with a_wire(house, tmp_path) as wire:
        length = f"Content-Length: {EVIDENCE_BYTES_MAX + 1}"
        await wire.send(wire.head("PUT", f"/innovations/{case}/evidence", length, "Connection: close"))
        ((status, _, problem),) = await wire.answers()
    assert (status, problem["code"]) == (413, "too_large")


async def test_a_client_that_waits_between_requests_keeps_its_line(house: House, tmp_path: Path, hasty: None) -> None:
    async with (
        listening(house.url, tmp_path) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1") as client,
    ):
        signed = await client.post("/sessions", json={"username": "ani", "password": PASSWORD})
        await asyncio.sleep(0.8)
        headers = {"Authorization": f"Bearer {signed.json()['token']}"}
        assert (await client.get("/worklist", headers=headers)).status_code == 200
