"""The line to the database fails at each message of a command: no wrong answer, no waiting for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.demo.governments import PASSWORD, person_id
from adapters.files.store import EvidenceStore
from adapters.postgres import connect as connecting
from adapters.service import Service
from adapters.wiring import http_app
from tests.faults.conftest import Tier
from tests.faults.keys import fresh_word
from tests.faults.weak_line import Fault, WeakLine
from tests.faults.what_holds import head_of, log_is_dense, stored_under_keys
from tests.journeys.test_idea_to_pilot import IDEA
from tests.lines import database_over

CALL_SECONDS = 0.2
DEADLINES = {"CALL_SECONDS_MAX": CALL_SECONDS, "STATEMENT_MS_MAX": 180, "TRANSACTION_MS_MAX": 200}
"""As in the service, only shorter."""
HANG_SECONDS_MAX = 5.0
MESSAGES_MAX = 400
RETRIES_MAX = 40
UNKNOWN, UNAVAILABLE = "outcome_unknown", "unavailable"
Send = Callable[[str], Awaitable[httpx.Response]]


@dataclass(frozen=True)
class Weak:
    """The service on a line that can fail, and a client who is Ani."""

    line: WeakLine
    client: httpx.AsyncClient
    service: Service

    async def post(self, path: str, body: dict[str, Any], key: str) -> httpx.Response:
        """Send a keyed command; TimeoutError when no answer comes."""
        async with asyncio.timeout(HANG_SECONDS_MAX):
            return await self.client.post(path, json=body, headers={"Idempotency-Key": key})


@asynccontextmanager
async def weakly_connected(url: str, folder: Path) -> AsyncIterator[Weak]:
    async with database_over(url, lambda end: WeakLine(end, late_seconds=1.5 * CALL_SECONDS)) as (line, weak):
        app = http_app(weak, EvidenceStore(folder))
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://jejak/api/v1") as client:
                signed = await client.post("/sessions", json={"username": "ani", "password": PASSWORD})
                client.headers["Authorization"] = f"Bearer {signed.json()['token']}"
                yield Weak(line, client, app.state.service)


@pytest.mark.parametrize("fault", Fault)
async def test_whichever_message_fails_the_answer_is_true_and_comes(
    governed_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tier: Tier, fault: Fault
) -> None:
    for name, value in DEADLINES.items():
        monkeypatch.setattr(connecting, name, value)
    async with weakly_connected(governed_url, tmp_path) as weak:
        born = await weak.post("/innovations", IDEA, "first")
        path = f"/innovations/{born.json()['id']}/link-plan"

        async def link(key: str) -> httpx.Response:
            return await weak.post(path, {"plan": "renja", "code": key}, key)

        async def link_anew(key: str) -> httpx.Response:
            await weak.service.pool.drain()
            return await link(key)

        async def register(key: str) -> httpx.Response:
            return await weak.post("/innovations", {**IDEA, "title": f"Antrean {key}"}, key)

        commands = {"link": link, "register": register, "link on a new connection": link_anew}
        for name in tier.weak_commands:
            await broken_at_every_message(governed_url, weak.line, fault, commands[name], name)
    log_is_dense(governed_url)


async def broken_at_every_message(url: str, line: WeakLine, fault: Fault, send: Send, name: str) -> None:
    """Send a command once for each of its messages, that one failing; then ask again until the service knows."""
    before, head = stored_under_keys(url, person_id("ani")), head_of(url)
    keys: list[str] = []
    told: list[str] = []
    for message in range(1, MESSAGES_MAX):
        key = fresh_word()
        keys.append(key)
        line.break_at(message, fault)
        answer = await send(key)
        passed_untouched = not line.broke
        line.fault = None
        told.append(said(answer))
        if told[-1] == "done":
            assert key in stored_under_keys(url, person_id("ani"))
        elif told[-1] == UNAVAILABLE:
            assert key not in stored_under_keys(url, person_id("ani"))
        assert said(await settled(send, key)) == "done"
        if passed_untouched and told[-1] == "done":
            break
    else:
        raise AssertionError("never came through")
    print(f"R6 {name}, {fault}: {len(told)} messages, {told.count('done')} done, {told.count(UNKNOWN)} unknown")
    assert set(told) <= {"done", UNKNOWN, UNAVAILABLE}
    assert UNKNOWN in told
    now = stored_under_keys(url, person_id("ani"))
    assert now.keys() - before.keys() == set(keys)
    assert head_of(url) == head + len(keys), "each once: one key, one event"


def said(answer: httpx.Response) -> str:
    return "done" if answer.status_code in {200, 201} else str(answer.json()["code"])


async def settled(send: Send, key: str) -> httpx.Response:
    """Ask again with the same key, as a client does, until the service knows."""
    for _ in range(RETRIES_MAX):
        answer = await send(key)
        if answer.status_code != 503:
            return answer
    raise AssertionError("never settled")
