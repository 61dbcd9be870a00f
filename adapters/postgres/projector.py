"""The projector: reads the log in pages, folds all views in memory, writes rows and checkpoint in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import msgspec
import psycopg
from psycopg.rows import TupleRow

from adapters.postgres import view_tables
from adapters.postgres.connect import connect
from adapters.postgres.units import EVENT_COLUMNS, as_event
from application.codec import EventMapper
from application.views import Key, View
from domain.record import Recorded

CHECKPOINT = "live"
LEADER_LOCK = 7204302
PAGE_SIZE = 1_000
LOOK_SECONDS = 1.0
CACHE_ROWS_MAX = 50_000
RETRY_SECONDS = 1.0


class Projector:
    """Keeps all live views one page behind the log at most."""

    def __init__(self, url: str, views: Sequence[View[Any]], *, page_size: int = PAGE_SIZE) -> None:
        self._url = url
        self._views = views
        self._page_size = page_size
        self._mapper = EventMapper()
        self._cache: dict[str, dict[Key, msgspec.Struct | None]] = {view.name: {} for view in views}
        self._position = -1
        self.is_leader = False

    def run(self, stop: threading.Event) -> None:
        """Lead when nobody else does, follow the log until told to stop; come back after a lost connection."""
        while not stop.is_set():
            try:
                self._run_once(stop)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                stop.wait(RETRY_SECONDS)
            finally:
                self.is_leader = False
                self._forget()

    def _run_once(self, stop: threading.Event) -> None:
        with connect(self._url, "jejak_projector") as connection:
            connection.execute("SET synchronous_commit = off")
            while not stop.is_set() and not self._lead(connection):
                stop.wait(LOOK_SECONDS)
            connection.execute("LISTEN jejak_log")
            while not stop.is_set():
                if self.step(connection) < self._page_size:
                    for _ in connection.notifies(timeout=LOOK_SECONDS, stop_after=1):
                        pass

    def _lead(self, connection: psycopg.Connection[TupleRow]) -> bool:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [LEADER_LOCK]).fetchone()
        self.is_leader = bool(row and row[0])
        return self.is_leader

    def catch_up(self) -> int:
        """Bring the views up to the log's head and give the position; for programs that do not stay."""
        with connect(self._url, "jejak_projector") as connection:
            while self.step(connection):
                pass
            return self._position

    def step(self, connection: psycopg.Connection[TupleRow]) -> int:
        """Fold one page into the views and give how many events it held."""
        try:
            with connection.transaction():
                self._ensure_tables(connection)
                position = self._checkpoint(connection)
                if position != self._position:
                    self._forget()
                page = self._page(connection, position)
                if page:
                    for view in self._views:
                        self._project(connection, view, page)
                    position = page[-1].position
                    connection.execute(
                        "UPDATE view.checkpoint SET position = %s, updated_at = clock_timestamp() WHERE name = %s",
                        [position, CHECKPOINT],
                    )
        except BaseException:
            self._forget()
            raise
        self._position = position
        return len(page)

    def _checkpoint(self, connection: psycopg.Connection[TupleRow]) -> int:
        row = connection.execute(
            "SELECT position FROM view.checkpoint WHERE name = %s FOR UPDATE", [CHECKPOINT]
        ).fetchone()
        if row is not None:
            return int(row[0])
        connection.execute(
            "INSERT INTO view.checkpoint (name, position) VALUES (%s, 0) ON CONFLICT DO NOTHING", [CHECKPOINT]
        )
        return 0

    def _page(self, connection: psycopg.Connection[TupleRow], position: int) -> list[Recorded]:
        rows = connection.execute(
            f"SELECT {EVENT_COLUMNS} FROM log.events WHERE position > %s ORDER BY position LIMIT %s".encode(),
            [position, self._page_size],
        )
        return [self._mapper.to_domain_event(as_event(row)) for row in rows]

    def _ensure_tables(self, connection: psycopg.Connection[TupleRow]) -> None:
        if self._position >= 0:
            return
        for view in self._views:
            if not view_tables.exists(connection, view.table):
                view_tables.create(connection, view, view.table)
                view_tables.finish(connection, view, view.table)
                connection.execute("UPDATE view.checkpoint SET position = 0 WHERE name = %s", [CHECKPOINT])

    def _project(self, connection: psycopg.Connection[TupleRow], view: View[Any], page: list[Recorded]) -> None:
        touched = [(recorded, key) for recorded in page for key in view.keys(recorded)]
        rows = self._rows(connection, view, {key for _, key in touched})
        changed: dict[Key, msgspec.Struct] = {}
        parked = self._parked(connection, view)
        for recorded, key in touched:
            if repr(key) in parked:
                continue
            try:
                row = view.evolve(rows.get(key), recorded, key)
            except Exception as poison:  # noqa: BLE001  whatever it is, only this key stands still
                self._park(connection, view, key, recorded, poison)
                parked.add(repr(key))
                continue
            if row is not None:
                rows[key] = changed[key] = row
        view_tables.upsert(connection, view, view.table, changed.values())

    def _rows(
        self, connection: psycopg.Connection[TupleRow], view: View[Any], keys: set[Key]
    ) -> dict[Key, msgspec.Struct | None]:
        cache = self._cache[view.name]
        if len(cache) > CACHE_ROWS_MAX:
            cache.clear()
        missing = sorted(keys - cache.keys())
        cache.update(dict.fromkeys(missing))
        cache.update(view_tables.select(connection, view, view.table, missing))
        return cache

    def _parked(self, connection: psycopg.Connection[TupleRow], view: View[Any]) -> set[str]:
        return {row[0] for row in connection.execute("SELECT key FROM view.parked WHERE view = %s", [view.name])}

    def _park(
        self,
        connection: psycopg.Connection[TupleRow],
        view: View[Any],
        key: Key,
        recorded: Recorded,
        poison: Exception,
    ) -> None:
        connection.execute(
            "INSERT INTO view.parked (view, key, position, error) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [view.name, repr(key), recorded.position, f"{type(poison).__name__}: {poison}"],
        )

    def _forget(self) -> None:
        self._position = -1
        for cache in self._cache.values():
            cache.clear()
