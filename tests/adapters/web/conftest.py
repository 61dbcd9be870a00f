"""What people see, by HTTP: the demonstration on a database of its own, and anybody signed in before it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from adapters.files.store import EvidenceStore
from adapters.web.visit import SESSION_COOKIE
from adapters.wiring import http_app
from tests.databases import DEMONSTRATED, Databases, token_of
from tests.journeys.conftest import projecting


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """Keep request lines out of failing tests."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@pytest.fixture(scope="package")
def told(databases: Databases) -> Iterator[str]:
    """Give a database with the demonstration. Of all modules here: read it, or add to it only."""
    with databases.fresh(DEMONSTRATED) as url, projecting(url):
        yield url


@dataclass
class Visitors:
    """Gives what somebody sees at an address."""

    app: Any
    clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    async def look(self, username: str, path: str) -> httpx.Response:
        """Give the answer to somebody who asks for a page."""
        if username not in self.clients:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            headers = {"Accept": "text/html", "Accept-Language": "id"}
            client = httpx.AsyncClient(transport=transport, base_url="http://jejak", headers=headers)
            client.cookies.set(SESSION_COOKIE, token_of(username))
            self.clients[username] = client
        return await self.clients[username].get(path)

    async def page(self, username: str, path: str) -> str:
        """Give a page that opens, its white space evened out."""
        answer = await self.look(username, path)
        assert answer.status_code == 200, answer.text
        return " ".join(answer.text.split())

    async def status(self, username: str, path: str) -> int:
        """Give how somebody is answered."""
        return (await self.look(username, path)).status_code

    async def fill(self, username: str, path: str, **typed: str) -> httpx.Response:
        """Send a form that was shown before, with what it held and what was typed into it."""
        return await self.send(username, path, {**self.held(await self.page(username, path)), **typed})

    async def send(self, username: str, path: str, fields: Mapping[str, str]) -> httpx.Response:
        """Send fields of a form as a browser does."""
        return await self.clients[username].post(path, data=dict(fields))

    @staticmethod
    def held(page: str) -> dict[str, str]:
        """Give what the form of a page holds of its own: hidden, and not for people."""
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))

    async def post(self, username: str, path: str, **body: Any) -> httpx.Response:
        """Send a command to the API."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://jejak/api/v1") as client:
            return await client.post(path, json=body, headers={"Authorization": f"Bearer {token_of(username)}"})


@pytest.fixture
async def visitors(told: str, tmp_path: Path) -> AsyncIterator[Visitors]:
    """Give the door on the demonstration."""
    app = http_app(told, EvidenceStore(tmp_path / "evidence"))
    async with app.router.lifespan_context(app):
        found = Visitors(app)
        yield found
        for client in found.clients.values():
            await client.aclose()


def figure(page: str, address: str) -> int:
    """Give the number told beside a link."""
    found = re.search(rf'href="{re.escape(address)}">[^<]*</a></dt><dd class="num">([0-9.]+)', page)
    assert found
    return int(found[1])
