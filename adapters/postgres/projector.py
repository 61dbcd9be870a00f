"""The projector: reads the log in pages, folds all live views, writes rows and checkpoint in one transaction."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
import structlog

from adapters.postgres.connect import connect, cut_off_blocking
from adapters.postgres.rebuild import ensure_built
from adapters.postgres.units import POSITION
from adapters.postgres.view_tables import Connection
from adapters.postgres.view_writer import CHECKPOINT, PAGE_SIZE, PROJECTOR_ROLE, ViewWriter, read_page
from application.views import View

LEADER_LOCK = 7204302
LOOK_SECONDS = 1.0
STEP_SECONDS_MAX = 60.0
STEP_SECONDS_MIN = 0.02  # under load a few events share a step; after a pause the first one is taken at once
CANDIDATE_SECONDS = 0.5
RETRY_SECONDS = 1.0
WAIT_SECONDS_MAX = 10.0

log = structlog.get_logger()


class Projector:
    """Keeps all live views one page behind the log at most. Of several, one leads and the others stand by."""

    def __init__(self, url: str, views: Sequence[View[Any]], *, page_size: int = PAGE_SIZE) -> None:
        self._url = url
        self._views = tuple(views)
        self._page_size = page_size
        self._writer = ViewWriter(self._views)
        self._mark: tuple[int, datetime] | None = None  # the checkpoint as we left it
        self.position = 0  # of the views when this projector last looked
        self.is_leader = False
        self.looked_at = 0.0  # time.monotonic() of the last look at the log
        self.error: str | None = None

    def run(self, stop: threading.Event) -> None:
        """Lead when nobody else does, follow the log until told to stop; come back after any trouble."""
        while not stop.is_set():
            try:
                self._run_once(stop)
            except psycopg.Error as trouble:
                self.error = type(trouble).__name__
                log.warning("projector_interrupted", error=self.error, position=self.position)
                stop.wait(RETRY_SECONDS)
            finally:
                self.is_leader = False
                self._forget()

    def catch_up(self) -> int:
        """Bring the views up to the log's head and give the position; for programs that do not stay."""
        ensure_built(self._url, self._views)
        with connect(self._url, PROJECTOR_ROLE) as connection:
            while self.step(connection):
                pass
        self._forget()
        return self.position

    def wait_for(self, position: int, *, seconds_max: float = WAIT_SECONDS_MAX) -> bool:
        """Wait until this projector's views have a position; False when they do not in time."""
        deadline = time.monotonic() + seconds_max
        while self.position < position and time.monotonic() < deadline:
            time.sleep(0.005)
        return self.position >= position

    def step(self, connection: Connection) -> int:
        """Fold one page into the views and give how many events it held."""
        try:
            with connection.transaction():
                mark = self._checkpoint(connection)
                if mark != self._mark:
                    self._writer.forget()  # somebody else wrote meanwhile
                page = read_page(connection, after=mark[0], limit=self._page_size)
                if page:
                    self._writer.write(connection, page)
                    mark = self._move(connection, page[-1][POSITION])
        except BaseException:
            self._forget()
            raise
        self._mark, self.position = mark, mark[0]
        self.looked_at = time.monotonic()
        return len(page)

    def _run_once(self, stop: threading.Event) -> None:
        with connect(self._url, PROJECTOR_ROLE) as connection:
            while not self._lead(connection):
                if stop.wait(CANDIDATE_SECONDS):
                    return
            ensure_built(self._url, self._views)
            connection.execute("SET synchronous_commit = off")  # rows and checkpoint fall together
            connection.execute("LISTEN jejak_log")
            while not stop.is_set():
                began = time.monotonic()
                with cut_off_blocking(connection, STEP_SECONDS_MAX):  # a mute server would be led by nobody for ever
                    full = self.step(connection) == self._page_size
                self.error = None
                if not full:
                    self._listen(connection)
                    stop.wait(max(0.0, began + STEP_SECONDS_MIN - time.monotonic()))

    def _lead(self, connection: Connection) -> bool:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LEADER_LOCK]).fetchone()
        self.is_leader = bool(row and row[0])
        return self.is_leader

    def _listen(self, connection: Connection) -> None:
        """Wait for news of the log; look again after a second in any case."""
        for _ in connection.notifies(timeout=LOOK_SECONDS, stop_after=1):
            pass

    def _checkpoint(self, connection: Connection) -> tuple[int, datetime]:
        row = connection.execute(
            "SELECT position, updated_at FROM view.checkpoint WHERE name = %s FOR UPDATE", [CHECKPOINT]
        ).fetchone()
        assert row is not None  # ensure_built
        return row[0], row[1]

    def _move(self, connection: Connection, position: int) -> tuple[int, datetime]:
        row = connection.execute(
            "UPDATE view.checkpoint SET position = %s, updated_at = clock_timestamp() WHERE name = %s"
            " RETURNING position, updated_at",
            [position, CHECKPOINT],
        ).fetchone()
        assert row is not None
        return row[0], row[1]

    def _forget(self) -> None:
        self._mark = None
        self._writer.forget()
