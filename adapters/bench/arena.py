"""Where everybody is measured: one PostgreSQL that the measurement starts itself, durable, a database for each."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

from adapters.postgres.embedded import EmbeddedPostgres

SETTINGS = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "max_connections": "300"}
"""Durable for all. Many programs are connected at once, so more connections than a house needs."""


@dataclass(frozen=True)
class Arena:
    """A running server and a folder for what the programs say."""

    folder: Path
    url: str
    numbers: Iterator[int]

    def database(self, name: str) -> str:
        """Make an empty database and give its address."""
        fresh = f"{name}_{next(self.numbers)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {fresh}".encode())
        return self.url.replace("/jejak?", f"/{fresh}?")

    def log(self, name: str) -> Path:
        """Name the file for what a program says."""
        return self.folder / f"{name}_{next(self.numbers)}.log"


@contextmanager
def open_arena(under: Path) -> Iterator[Arena]:
    """Start the server in a folder of its own below `under`; nothing is left of it."""
    under.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=under) as name:
        folder = Path(name)
        folder.chmod(0o711)  # started by root the database runs as nobody, and must get there
        with EmbeddedPostgres(folder, SETTINGS) as server:
            yield Arena(folder, server.url, count(1))
