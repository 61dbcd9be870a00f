"""A real browser before the real house: Debian's Chromium, uvicorn on a port of its own, a database behind it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from adapters.demo.governments import PASSWORD
from adapters.web.visit import SESSION_COOKIE
from tests.databases import DEMONSTRATED, Databases, token_of
from tests.journeys.conftest import projecting
from tests.serving import open_door

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


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


@pytest.fixture
def address(database_url: str, tmp_path: Path) -> Iterator[str]:
    """Give the address of a running house in which nothing has happened."""
    with open_door(database_url, tmp_path / "evidence") as opened:
        yield opened


@pytest.fixture
def governed(governed_url: str, tmp_path: Path) -> Iterator[str]:
    """Give the address of a running house with the governments of the demonstration and no case."""
    with projecting(governed_url), open_door(governed_url, tmp_path / "evidence") as opened:
        yield opened


@pytest.fixture(scope="module")
def demonstrated(databases: Databases) -> Iterator[str]:
    """Give the address of a running house with the whole demonstration. Of a module: read it, or add to it only."""
    with databases.fresh(DEMONSTRATED) as url, projecting(url), open_door(url, databases.evidence) as opened:
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
            page.context.add_cookies(
                [{"name": SESSION_COOKIE, "value": token_of(username), "url": self.address, "httpOnly": True}]
            )
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


def faults(page: Page, rules: Mapping[str, object] = RULES) -> list[str]:
    """Give what axe finds wrong with a page: the rule and where."""
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {node['target']}" for one in found for node in one["nodes"]]


def scrolls_sideways(page: Page) -> bool:
    """Tell whether a page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
