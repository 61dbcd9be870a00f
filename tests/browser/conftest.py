"""A real browser before the real house: Debian's Chromium, uvicorn on a port of its own, a fresh database behind it."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from adapters.files.store import EvidenceStore
from adapters.wiring import http_app


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
    """Give the address of a running house."""
    app = http_app(database_url, EvidenceStore(tmp_path / "evidence"))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=server.run, args=[[door]])
        thread.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        server.should_exit = True
        thread.join()
