"""Pages of the log folded into the tables of views. What cannot be folded or stored stands still alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
import psycopg

from adapters.postgres import view_tables
from adapters.postgres.units import EVENT_COLUMNS, as_event
from adapters.postgres.view_tables import Connection
from application.codec import EventMapper, LogEvent
from application.views import Key, View
from domain.record import Recorded

CHECKPOINT = "live"
PROJECTOR_ROLE = "jejak_projector"
PAGE_SIZE = 1_000
CACHE_ROWS_MAX = 50_000
ERROR_CHARACTERS_MAX = 500
Events = Sequence[tuple[LogEvent, Recorded | Exception]]
Write = Callable[[Connection, View[Any], str, Iterable[msgspec.Struct]], None]


class ViewWriter:
    """Folds events into a set of tables through one connection; rows stay in a bounded cache between pages."""

    def __init__(self, views: Sequence[View[Any]], *, suffix: str = "") -> None:
        """Take the views; `suffix` names their tables while they are built."""
        self._tables = [_Table(view, view.table + suffix) for view in views]
        self._mapper = EventMapper()

    def forget(self) -> None:
        """Trust nothing read before: after a failed commit, or when somebody else wrote."""
        for table in self._tables:
            table.forget()

    def write(self, connection: Connection, page: Sequence[LogEvent]) -> None:
        """Fold a page, by position, into the tables."""
        self._write(connection, page, view_tables.upsert)

    def write_streams(self, connection: Connection, page: Sequence[LogEvent]) -> None:
        """Fold whole streams into bare tables that hold nothing of them yet."""
        self.forget()
        self._write(connection, page, view_tables.insert)

    def _write(self, connection: Connection, page: Sequence[LogEvent], write: Write) -> None:
        """Write in sets; when a row does not fit its table, once more, looking at every row for the unfit one."""
        events = [(stored, self._decoded(stored)) for stored in page]
        try:
            with connection.transaction():
                self._fold(connection, events, write, check=False)
        except psycopg.DataError:
            self.forget()
            with connection.transaction():
                self._fold(connection, events, write, check=True)

    def _decoded(self, stored: LogEvent) -> Recorded | Exception:
        """Decode once for all views, or say why not."""
        try:
            return self._mapper.to_domain_event(stored)
        except Exception as poison:  # noqa: BLE001  whatever it is, only this stream stands still
            return poison

    def _fold(self, connection: Connection, events: Events, write: Write, *, check: bool) -> None:
        for table in self._tables:
            if write is view_tables.upsert:
                table.load(connection, events)
            for stored, recorded in events:
                if isinstance(recorded, Recorded):
                    table.fold(connection, recorded, check=check)
                else:
                    table.park(connection, (stored.originator_id,), stored.position, recorded)
            table.store(connection, write)


class _Table:
    """One view's table, its cached rows, and its keys that stand still."""

    def __init__(self, view: View[Any], name: str) -> None:
        self._view = view
        self._name = name
        self._rows: dict[Key, msgspec.Struct | None] = {}
        self._changed: set[Key] = set()
        self._parked: set[str] | None = None

    def forget(self) -> None:
        self._rows.clear()
        self._changed.clear()
        self._parked = None

    def load(self, connection: Connection, events: Events) -> None:
        """Have the rows the events touch."""
        if len(self._rows) > CACHE_ROWS_MAX:
            self._rows.clear()
        touched = {key for _, event in events if isinstance(event, Recorded) for key in self._view.keys(event)}
        missing = sorted(touched - self._rows.keys())
        self._rows.update(dict.fromkeys(missing))
        self._rows.update(view_tables.select(connection, self._view, self._name, missing))

    def fold(self, connection: Connection, recorded: Recorded, *, check: bool) -> None:
        """Fold one event; `check` also looks whether the row fits its table."""
        for key in self._view.keys(recorded):
            if self._stands_still(connection, key):
                continue
            try:
                row = self._view.after(self._rows.get(key), recorded, key)
                if check and row is not None:
                    view_tables.check(connection, self._name, row)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                raise
            except Exception as poison:  # noqa: BLE001  whatever it is, only this key stands still
                self.park(connection, key, recorded.position, poison)
            else:
                self._rows[key] = row
                self._changed.add(key)

    def store(self, connection: Connection, write: Write) -> None:
        """Write what changed."""
        changed, self._changed = self._changed, set()
        rows = [row for key in changed if (row := self._rows.get(key)) is not None]
        gone = [key for key in changed if self._rows.get(key) is None]
        if gone and write is view_tables.upsert:
            view_tables.delete(connection, self._view, self._name, gone)
        if rows:
            write(connection, self._view, self._name, rows)

    def _stands_still(self, connection: Connection, key: Key) -> bool:
        """Tell whether the key, or its whole stream, was parked."""
        if self._parked is None:
            found = connection.execute("SELECT key FROM view.parked WHERE view = %s", [self._name])
            self._parked = {name for (name,) in found}
        return bool(self._parked) and not self._parked.isdisjoint({key_text(key), key_text(key[:1])})

    def park(self, connection: Connection, key: Key, position: int, poison: Exception) -> None:
        """Let a key stand still, with the error, until the view is built again."""
        connection.execute(
            "INSERT INTO view.parked (view, key, position, error) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [self._name, key_text(key), position, f"{type(poison).__name__}: {poison}"[:ERROR_CHARACTERS_MAX]],
        )
        if self._parked is not None:
            self._parked.add(key_text(key))


def key_text(key: Key) -> str:
    """Give a key as `view.parked` names it."""
    return "/".join(str(part) for part in key)


def read_page(connection: Connection, *, after: int, up_to: int = 2**62, limit: int = PAGE_SIZE) -> list[LogEvent]:
    """Give events of the log after a position, in order."""
    rows = connection.execute(
        f"SELECT {EVENT_COLUMNS} FROM log.events WHERE position > %s AND position <= %s"
        " ORDER BY position LIMIT %s".encode(),
        [after, up_to, limit],
        binary=True,
    )
    return [as_event(row) for row in rows]
