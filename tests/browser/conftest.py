"""A real browser before the real house: Debian's Chromium, uvicorn on a port of its own, a database behind it."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from adapters.demo.governments import PASSWORD, found_governments
from adapters.demo.past_cases import enter_past_cases, enter_regions, shipped
from adapters.demo.story import tell
from adapters.files.store import EvidenceStore
from adapters.http.protocol import Protocol
from adapters.postgres.projector import Projector
from adapters.wiring import all_views, http_app, open_desk
from tests.journeys.conftest import projecting

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """Keep request lines out of failing tests."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@pytest.fixture(scope="module")  # Playwright keeps an event loop running, which asynchronous tests cannot stand
def browser() -> Iterator[Browser]:
    """Give the machine's own browser; skipped only where there is none (`make test` installs it, or says how)."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no browser; as root: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program)
        yield opened
        opened.close()


@contextmanager
def open_door(url: str, folder: Path) -> Iterator[str]:
    """Serve a database and give the address."""
    app = http_app(url, EvidenceStore(folder / "evidence"))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, http=Protocol))
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=server.run, args=[[door]])
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def address(database_url: str, tmp_path: Path) -> Iterator[str]:
    """Give the address of a running house in which nothing has happened."""
    with open_door(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def governed(database_url: str, tmp_path: Path) -> Iterator[str]:
    """Give the address of a running house with the governments of the demonstration and no case."""
    with open_desk(database_url, EvidenceStore(tmp_path / "evidence")) as desk:
        found_governments(desk, on=datetime.now(UTC).date())
    with projecting(database_url), open_door(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def demonstrated(
    fresh_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Give the address of a running house with the whole demonstration. Of a module: read it, or add to it only."""
    folder = tmp_path_factory.mktemp("demonstration")
    with fresh_database() as url:
        with open_desk(url, EvidenceStore(folder / "evidence")) as desk:
            tell(desk)
            enter_regions(desk)
            enter_past_cases(desk, shipped())
        Projector(url, all_views()).catch_up()
        with projecting(url), open_door(url, folder) as opened:
            yield opened


@dataclass
class People:
    """Gives everybody a browser of her own, signed in."""

    browser: Browser
    address: str

    @contextmanager
    def anybody(self, **options: Any) -> Iterator[Page]:
        """Give a page of somebody who has not signed in."""
        context = self._context(**options)
        page = context.new_page()
        complaints: list[str] = []
        asked: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda sent: asked.append(sent.url))
        yield page
        context.close()
        assert complaints == []
        assert [url for url in asked if not url.startswith((f"{self.address}/", "data:"))] == []

    @contextmanager
    def as_(self, username: str, **options: Any) -> Iterator[Page]:
        """Give a page of somebody who has signed in."""
        with self.anybody(**options) as page:
            sign_in(page, username)
            yield page

    def _context(self, **options: Any) -> BrowserContext:
        options = {"viewport": WIDE, "locale": "id-ID", "base_url": self.address, **options}
        return self.browser.new_context(**options)


@pytest.fixture
def people(browser: Browser, demonstrated: str) -> People:
    """Give people before the house with the demonstration."""
    return People(browser, demonstrated)


@pytest.fixture
def newcomers(browser: Browser, governed: str) -> People:
    """Give people before a house without a case."""
    return People(browser, governed)


def sign_in(page: Page, username: str) -> None:
    page.goto("/masuk")
    page.fill("#nama", username)
    page.fill("#sandi", PASSWORD)
    page.click("main button")


def faults(page: Page) -> list[str]:
    """Give what axe finds wrong with a page: the rule and where."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response["violations"]
    return [f"{one['id']}: {node['target']}" for one in found for node in one["nodes"]]


def scrolls_sideways(page: Page) -> bool:
    """Tell whether a page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
