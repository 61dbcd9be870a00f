"""The PostgreSQL 18 that comes with the project: one server per home folder, kept by whoever uses it.

`EmbeddedPostgres(home)` starts the server, or joins the one that runs, and hands out its owner's address. It listens on
a Unix socket only and admits only root and the account that started it.

Every user of a server holds a shared lock (`postgres.users`) which the kernel takes back when its process dies. The
last one to leave stops the server; a server left behind by `kill -9` is simply joined, and stopped, by the next.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from adapters.postgres.embedded_home import PORT, EmbeddedBusyError, EmbeddedPostgresError, Home, find_binaries
from adapters.postgres.embedded_server import (
    OWNER,
    POLL_SECONDS,
    STOP_SECONDS_MAX,
    Child,
    launch,
    running,
    said_last,
    shut_down,
)
from adapters.signals import unbroken

__all__ = ["SETTINGS", "EmbeddedPostgres", "EmbeddedPostgresError", "find_binaries"]

DATABASE: Final = "jejak"

START_SECONDS_MAX: Final = 120.0  # recovery after a crash may have much to read again
TURN_SECONDS_MAX: Final = START_SECONDS_MAX + STOP_SECONDS_MAX
CONNECT_SECONDS_MAX: Final = 10
DOUBTS_MAX: Final = 10
DOUBT_SECONDS: Final = 0.1

SETTINGS: Final[Mapping[str, str]] = {
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "100",
    "random_page_cost": "1.1",
    "checkpoint_timeout": "15min",
    "max_wal_size": "1GB",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements and details would carry names of people into the log.
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}


class EmbeddedPostgres:
    """One home folder's server (data in `home/postgres`); as a context manager it is there for the block."""

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None) -> None:
        """Name the server of this home; `settings` override `SETTINGS` when this object is the one that starts it."""
        self._home = Home.at(home)
        self._settings = {**SETTINGS, **(settings or {})}
        self._users: int | None = None  # the shared lock, held from start to stop

    @property
    def home(self) -> Path:
        """The folder that holds everything of this server."""
        return self._home.path

    @property
    def data(self) -> Path:
        """The cluster's folder."""
        return self._home.data

    @property
    def is_made(self) -> bool:
        """Tell whether there is a cluster; a home that is closed to us may hold one."""
        try:
            self.data.stat()
        except PermissionError:
            return True
        except OSError:
            return False
        return True

    @property
    def log(self) -> Path:
        """The server's log."""
        return self._home.log

    @property
    def url(self) -> str:
        """The owner's address, for libpq and psycopg; Unix socket, no password."""
        return self._url(DATABASE)

    @property
    def process_id(self) -> int | None:
        """The running server's process, or None; nobody's but this home's."""
        return running(self._home)[0]

    def start(self) -> str:
        """Start or join the server and give its address; called again, bring a server that fell back up."""
        self._home.prepare()
        with self._turn():
            if self._users is None:
                self._users = self._home.lock("postgres.users", fcntl.LOCK_SH, TURN_SECONDS_MAX)
            try:
                self._make_sure_of_it()
            except BaseException:
                self._leave()
                raise
        return self.url

    def stop(self) -> None:
        """Leave the server; when nobody else uses it, shut it down (fast: open transactions roll back) and wait."""
        if self._users is not None:
            with unbroken(), self._turn():
                self._leave()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:  # told to stop at the very end of it
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _url(self, database: str) -> str:
        folder = quote(str(self._home.socket_folder), safe="")
        return f"postgresql://{OWNER}@/{database}?host={folder}&port={PORT}"

    # Coming and going; always within one's turn

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Only one process at a time starts, joins or leaves."""
        held = self._home.lock("postgres.turn", fcntl.LOCK_EX, TURN_SECONDS_MAX)
        try:
            yield
        finally:
            os.close(held)

    def _make_sure_of_it(self) -> None:
        for doubts_left in reversed(range(DOUBTS_MAX)):
            self._bring_up()
            try:
                self._ensure_database()
            except psycopg.OperationalError as refused:
                if not doubts_left:
                    raise EmbeddedPostgresError("embedded.refused", f"{refused} {said_last(self._home)}") from refused
                time.sleep(DOUBT_SECONDS)  # a server being killed at this moment still looks alive
            else:
                break

    def _bring_up(self) -> None:
        """Wait until the server is ready, starting it when nobody's is on its way."""
        deadline = time.monotonic() + START_SECONDS_MAX
        child: Child | None = None
        try:
            while running(self._home)[1] != "ready":
                if child is not None and child.gave_up():
                    child = None
                if child is None and self.process_id is None:
                    with unbroken():  # between the process and our knowing of it
                        child = launch(self._home, self._settings)
                if time.monotonic() > deadline:
                    seconds = round(START_SECONDS_MAX)
                    raise EmbeddedPostgresError("embedded.slow", said_last(self._home), seconds=seconds)
                time.sleep(POLL_SECONDS)
        except BaseException:
            if child is not None:
                child.end()
            raise

    def _leave(self) -> None:
        if self._users is None:
            return
        os.close(self._users)
        self._users = None
        try:
            last = self._home.lock("postgres.users", fcntl.LOCK_EX, seconds_max=0)
        except EmbeddedBusyError:
            return  # others still work with it; the last of them stops it
        try:
            shut_down(self._home)
        finally:
            os.close(last)

    def _ensure_database(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True, connect_timeout=CONNECT_SECONDS_MAX) as connection:
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
