"""The first answer is dropped after COMMIT: whoever asks again under her key hears it, and it happened once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from adapters.demo.governments import PASSWORD
from adapters.files.store import EvidenceStore
from adapters.http.protocol import Protocol
from adapters.wiring import http_app
from tests.journeys.conftest import House
from tests.journeys.test_idea_to_pilot import an_idea
from tests.lines import line_to_database, line_to_service

LATE = {"plan": "renja", "code": "1.02.02"}


@asynccontextmanager
async def listening(url: str, folder: Path) -> AsyncIterator[int]:
    """Run the service on a port of this machine, with the database at an address."""
    app = http_app(url, EvidenceStore(folder))
    server = uvicorn.Server(uvicorn.Config(app, http=Protocol, log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as port:
        running = asyncio.create_task(server.serve(sockets=[port]))
        try:
            yield port.getsockname()[1]
        finally:
            server.should_exit = True
            await running


async def as_ani(client: httpx.AsyncClient) -> None:
    signed = await client.post("/api/v1/sessions", json={"username": "ani", "password": PASSWORD})
    client.headers.update({"Authorization": f"Bearer {signed.json()['token']}", "Idempotency-Key": "sekali-saja"})


async def facts_of(house: House, case: str) -> list[Any]:
    return [entry["type"] for entry in (await house.get("ani", f"/innovations/{case}/history"))["items"]]


ONCE = ["innovation.idea_registered.v1", "innovation.plan_linked.v1"]


async def test_the_database_falls_silent_after_commit(house: House, tmp_path: Path) -> None:
    path = f"/api/v1/innovations/{await an_idea(house)}/link-plan"
    async with (
        line_to_database(house.url) as (line, weak),
        listening(weak, tmp_path) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        await as_ani(client)
        line.swallow_after = b"append_group"
        lost = await client.post(path, json=LATE)
        again = [await client.post(path, json=LATE) for _ in range(2)]
    assert (lost.status_code, lost.json()["code"]) == (503, "outcome_unknown")
    assert lost.headers["Retry-After"].isdigit()
    assert "kunci yang sama" in lost.json()["detail"]
    assert [(a.status_code, a.headers["Idempotency-Replayed"]) for a in again] == [(200, "true")] * 2
    assert again[0].content == again[1].content
    assert await facts_of(house, again[0].json()["id"]) == ONCE


async def test_the_line_to_the_client_is_cut_after_commit(house: House, tmp_path: Path) -> None:
    path = f"/api/v1/innovations/{await an_idea(house)}/link-plan"
    async with (
        listening(house.url, tmp_path) as port,
        line_to_service(port) as (line, weak),
        httpx.AsyncClient(base_url=weak) as client,
    ):
        await as_ani(client)
        line.swallow_after = b"link-plan"
        with pytest.raises(httpx.TransportError):
            await client.post(path, json=LATE)
        again = [await client.post(path, json=LATE) for _ in range(2)]
    assert [(a.status_code, a.headers["Idempotency-Replayed"]) for a in again] == [(200, "true")] * 2
    assert again[0].content == again[1].content
    assert await facts_of(house, again[0].json()["id"]) == ONCE


async def test_five_at_once_and_the_first_answer_is_lost(house: House, tmp_path: Path) -> None:
    path = f"/api/v1/innovations/{await an_idea(house)}/link-plan"
    async with (
        line_to_database(house.url) as (line, weak),
        listening(weak, tmp_path) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        await as_ani(client)
        line.swallow_after = b"append_group"
        first = await asyncio.gather(*(client.post(path, json=LATE) for _ in range(5)))
        lost = [answer for answer in first if answer.status_code == 503]
        answers = [answer for answer in first if answer not in lost] + [await client.post(path, json=LATE)]
    assert [answer.json()["code"] for answer in lost] == ["outcome_unknown"]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({answer.content for answer in answers}) == 1
    assert await facts_of(house, answers[0].json()["id"]) == ONCE
