"""A real PostgreSQL for the suite: one server per worker, one migrated template, one clone per test."""

from __future__ import annotations

import itertools
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pytest

from adapters.postgres.connect import service_pool
from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.event_log import Pool
from adapters.postgres.migrate import migrate

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in the background of a script; what we start is to hear Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedPostgres]:
    """Give the suite's own server, its template migrated, in a folder no other test run tidies away."""
    home = Path(tempfile.mkdtemp(prefix="jejak-tests-"))
    home.chmod(0o711)  # started by root it runs as nobody, and must get there
    with EmbeddedPostgres(home, FAST) as running:
        with psycopg.connect(running.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE template_jejak")
        migrate(_database(running.url, "template_jejak"))
        yield running
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def fresh_database(server: EmbeddedPostgres) -> Callable[[], AbstractContextManager[str]]:
    """Give what makes a fresh, migrated database, as often as a test wants one."""

    @contextmanager
    def fresh() -> Iterator[str]:
        name = f"t{next(_numbers)}"
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template_jejak".encode())
            yield _database(server.url, name)
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    return fresh


@pytest.fixture
def database_url(fresh_database: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """Give a fresh, migrated database."""
    with fresh_database() as url:
        yield url


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Give the service's pool on a fresh database."""
    async with service_pool(database_url) as opened:
        yield opened


def _database(url: str, name: str) -> str:
    return url.replace("/jejak?", f"/{name}?")
