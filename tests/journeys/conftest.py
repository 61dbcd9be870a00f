"""The whole house on a fresh database: governments founded, the HTTP door open, the projector running."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from adapters.demo.governments import person_id
from adapters.files.store import EvidenceStore
from adapters.http.app import create_app
from adapters.postgres.connect import connect
from adapters.postgres.projector import Projector
from adapters.web import routing as web
from adapters.wiring import all_views, open_service
from tests.databases import token_of


@dataclass
class House:
    """A client that speaks as anybody."""

    client: httpx.AsyncClient
    url: str

    async def as_(self, who: str, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token_of(who)}", **more.pop("headers", {})}
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **more)

    async def get(self, who: str, path: str, **more: Any) -> Any:
        answer = await self.as_(who, "GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def move(self, who: str, case: str, command: str, *, key: str | None = None, **body: Any) -> httpx.Response:
        """Make a move on the newest version."""
        version = (await self.get("inspektur", f"/innovations/{case}"))["version"]
        headers = {"If-Match": f'"{version}"'} | ({"Idempotency-Key": key} if key else {})
        return await self.as_(who, "POST", f"/innovations/{case}/{command}", json=body, headers=headers)

    async def moved(self, who: str, case: str, command: str, **body: Any) -> Any:
        answer = await self.move(who, case, command, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def can(self, who: str, case: str) -> dict[str, list[str]]:
        """Give what blocks each row for somebody; an empty list is allowed."""
        actions = await self.get(who, f"/innovations/{case}/actions")
        return {
            f"{a['command']}.{a['choice']}" if a["choice"] else a["command"]: [b["code"] for b in a["blockers"]]
            for a in actions["items"]
        }


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """Keep request lines out of failing tests."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@contextmanager
def projecting(url: str) -> Iterator[None]:
    """Let the projector follow the log in a thread of this process."""
    stop = threading.Event()
    thread = threading.Thread(target=Projector(url, all_views()).run, args=[stop])
    thread.start()
    try:
        yield
    finally:
        stop.set()
        with connect(url) as connection:
            connection.execute("NOTIFY jejak_log")  # it looks up, and sees that it is to stop
        thread.join()


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence")


@pytest.fixture
async def still_house(governed_url: str, store: EvidenceStore) -> AsyncIterator[House]:
    """Give a house whose projector does not run."""
    async with opened(governed_url, store) as door:
        yield door


@pytest.fixture
def house(still_house: House) -> Iterator[House]:
    with projecting(still_house.url):
        yield still_house


@asynccontextmanager
async def opened(url: str, store: EvidenceStore) -> AsyncIterator[House]:
    """Open a door on a database, as a process of its own would: with a memory of its own."""
    app = create_app(lambda: open_service(url, store), web.install)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://jejak") as client:
            yield House(client, url)


def who(key: str) -> str:
    """Give the id of a person of the demonstration."""
    return str(person_id(key))
