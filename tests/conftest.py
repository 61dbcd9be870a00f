"""A real PostgreSQL for the suite: one server per worker, templates made once, one clone per test."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.postgres.connect import service_pool
from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.event_log import Pool
from tests.databases import GOVERNED, Databases

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in the background of a script; what we start is to hear Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # under nohup: we stay, what we start is to hear it
    signal.signal(signal.SIGHUP, lambda *_: None)
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedPostgres]:
    """Give the suite's own server, in a folder no other test run tidies away."""
    home = Path(tempfile.mkdtemp(prefix="jejak-tests-"))
    home.chmod(0o711)  # started by root it runs as nobody, and must get there
    with EmbeddedPostgres(home, FAST) as running:
        yield running
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def databases(server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Give what makes databases on the suite's own server."""
    return Databases(server.url, tmp_path_factory.mktemp("databases"))


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """Give a fresh, migrated database."""
    with databases.fresh() as url:
        yield url


@pytest.fixture
def governed_url(databases: Databases) -> Iterator[str]:
    """Give a database with the governments of the demonstration, everybody signed in, and no case."""
    with databases.fresh(GOVERNED) as url:
        yield url


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Give the service's pool on a fresh database."""
    async with service_pool(database_url) as opened:
        yield opened
