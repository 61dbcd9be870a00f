"""Pages of the log folded into the tables of views. What cannot be folded or stored stands still alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
import psycopg

from adapters.postgres import view_tables
from adapters.postgres.units import EVENT_COLUMNS, POSITION, STREAM, Row, as_recorded
from adapters.postgres.view_tables import Connection
from application.views import Key, View
from domain.record import Recorded

CHECKPOINT = "live"
PROJECTOR_ROLE = "jejak_projector"
PAGE_SIZE = 1_000
CACHE_ROWS_MAX = 50_000
ERROR_CHARACTERS_MAX = 500
Events = Sequence[tuple[Row, Recorded | Exception]]
Check = Callable[[str, msgspec.Struct], None]
Write = Callable[[Connection, View[Any], str, Iterable[msgspec.Struct]], None]


class Unfit(Exception):
    """Some row of a page cannot be completed."""


class ViewWriter:
    """Folds pages of the log into the live tables; rows stay in a bounded cache between pages."""

    def __init__(self, views: Sequence[View[Any]], *, suffix: str = "") -> None:
        """Take the views; `suffix` names their tables while they are built."""
        self._tables = [_Table(view, view.table + suffix) for view in views]

    def forget(self) -> None:
        """Trust nothing read before: after a failed commit, or when somebody else wrote."""
        for table in self._tables:
            table.forget()

    def write(self, connection: Connection, page: Sequence[Row]) -> None:
        """Fold a page, by position, into the tables; when a row does not fit, once more, looking for the unfit one."""
        events = decoded(page)
        try:
            self._write(connection, events, unchecked)
        except (psycopg.DataError, Unfit):
            self.forget()
            self._write(connection, events, checked(connection))

    def _write(self, connection: Connection, events: Events, check: Check) -> None:
        with connection.transaction():
            for table in self._tables:
                table.load(connection, events)
                table.fold(events, check)
                table.store(connection, view_tables.upsert)


class FoldedStreams:
    """Whole streams folded in memory, to be stored in bare tables that hold nothing of them yet."""

    def __init__(self, views: Sequence[View[Any]], suffix: str, page: Sequence[Row]) -> None:
        self._views, self._suffix = views, suffix
        self._events = decoded(page)
        self._tables = self._folded(unchecked)

    def _folded(self, check: Check) -> list[_Table]:
        tables = [_Table(view, view.table + self._suffix) for view in self._views]
        for table in tables:
            table.fold(self._events, check)
        return tables

    def store(self, connection: Connection) -> None:
        """Write the rows; when one does not fit, fold once more, looking for the unfit one."""
        try:
            self._store(connection)
        except (psycopg.DataError, Unfit):
            with connection.transaction():
                self._tables = self._folded(checked(connection))
                self._store(connection)

    def _store(self, connection: Connection) -> None:
        with connection.transaction():
            for table in self._tables:
                table.store(connection, view_tables.insert)


def decoded(page: Sequence[Row]) -> Events:
    """Decode once for all views, or say why not: whatever it is, only that stream stands still."""
    events = list[tuple[Row, Recorded | Exception]]()
    for row in page:
        try:
            events.append((row, as_recorded(row)))
        except Exception as poison:  # noqa: BLE001  whatever it is
            events.append((row, poison))
    return events


def unchecked(_table: str, _row: msgspec.Struct) -> None:
    """Trust that a row fits."""


def checked(connection: Connection) -> Check:
    """Give what sees whether a row fits its table."""
    return lambda table, row: view_tables.check(connection, table, row)


class _Table:
    """One view's table, its cached rows, and its keys that stand still."""

    def __init__(self, view: View[Any], name: str) -> None:
        self._view = view
        self._name = name
        self._rows: dict[Key, msgspec.Struct | None] = {}
        self._changed: set[Key] = set()
        self._still: set[str] = set()
        self._known_still = False
        self._parked: list[tuple[str, int, str]] = []  # not yet written

    def forget(self) -> None:
        self._rows.clear()
        self._changed.clear()
        self._still.clear()
        self._known_still = False
        self._parked.clear()

    def load(self, connection: Connection, events: Events) -> None:
        """Have the rows the events touch, and know which keys stand still."""
        if len(self._rows) > CACHE_ROWS_MAX:
            self._rows.clear()
        touched = {key for _, event in events if isinstance(event, Recorded) for key in self._view.keys(event)}
        missing = sorted(touched - self._rows.keys())
        self._rows.update(dict.fromkeys(missing))
        self._rows.update(view_tables.select(connection, self._view, self._name, missing))
        if not self._known_still:
            found = connection.execute("SELECT key FROM view.parked WHERE view = %s", [self._name])
            self._still, self._known_still = {name for (name,) in found}, True

    def fold(self, events: Events, check: Check) -> None:
        """Fold events; `check` raises for a row that does not fit its table."""
        view, rows, changed, still = self._view, self._rows, self._changed, self._still
        for stored, recorded in events:
            if not isinstance(recorded, Recorded):
                self._park((stored[STREAM],), stored[POSITION], recorded)
                continue
            for key in view.keys(recorded):
                if still and not still.isdisjoint({key_text(key), key_text(key[:1])}):
                    continue  # the key, or its whole stream, was parked
                try:
                    row = view.after(rows.get(key), recorded, key)
                    if check is not unchecked and row is not None:
                        check(self._name, view.derive(row))
                except (psycopg.OperationalError, psycopg.InterfaceError):
                    raise
                except Exception as poison:  # noqa: BLE001  whatever it is, only this key stands still
                    self._park(key, recorded.position, poison)
                else:
                    rows[key] = row
                    changed.add(key)

    def _park(self, key: Key, position: int, poison: Exception) -> None:
        """Let a key stand still, with the error, until the view is built again or re-driven."""
        if key_text(key) not in self._still:
            self._parked.append((key_text(key), position, f"{type(poison).__name__}: {poison}"[:ERROR_CHARACTERS_MAX]))
            self._still.add(key_text(key))

    def store(self, connection: Connection, write: Write) -> None:
        """Write what changed, and what stands still from now on."""
        changed, self._changed = self._changed, set()
        rows = [self._derived(row) for key in changed if (row := self._rows.get(key)) is not None]
        gone = [key for key in changed if self._rows.get(key) is None]
        if gone and write is view_tables.upsert:
            view_tables.delete(connection, self._view, self._name, gone)
        if rows:
            write(connection, self._view, self._name, rows)
        if self._parked:
            connection.cursor().executemany(
                "INSERT INTO view.parked (view, key, position, error) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                [(self._name, *parked) for parked in self._parked],
            )
            self._parked.clear()

    def _derived(self, row: msgspec.Struct) -> msgspec.Struct:
        try:
            derived: msgspec.Struct = self._view.derive(row)
        except Exception as poison:
            raise Unfit from poison
        return derived


def key_text(key: Key) -> str:
    """Give a key as `view.parked` names it."""
    return "/".join(str(part) for part in key)


def read_page(connection: Connection, *, after: int, up_to: int = 2**62, limit: int = PAGE_SIZE) -> list[Row]:
    """Give events of the log after a position, in order."""
    rows = connection.execute(
        f"SELECT {EVENT_COLUMNS} FROM log.events WHERE position > %s AND position <= %s"
        " ORDER BY position LIMIT %s".encode(),
        [after, up_to, limit],
        binary=True,
    )
    return rows.fetchall()
