"""Pages of the log folded into the tables of views. What cannot be folded or stored stands still alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from adapters.postgres import view_tables
from adapters.postgres.units import EVENT_COLUMNS, POSITION, STREAM, Row, as_recorded
from adapters.postgres.view_tables import Connection
from application.views import Key, View
from domain.record import Body, Recorded

CHECKPOINT = "live"
PROJECTOR_ROLE = "jejak_projector"
PAGE_SIZE = 1_000
CACHE_ROWS_MAX = 50_000
ERROR_CHARACTERS_MAX = 500
PARKED = "SELECT key FROM view.parked WHERE view = %s"
Write = Callable[[Connection, View[Any], str, Iterable[msgspec.Struct]], None]


class Unfit(Exception):
    """Some row of a page cannot be completed."""


@dataclass(slots=True)
class Told:
    """What a page tells of one stream: its events in order and their kinds, up to one that cannot be decoded."""

    stream: UUID
    events: list[Recorded] = field(default_factory=list)
    kinds: set[type[Body]] = field(default_factory=set)
    poison: tuple[int, Exception] | None = None  # its position and why

    def add(self, row: Row) -> None:
        """Take one more event, while all before it could be decoded."""
        if self.poison is None:
            try:
                recorded = as_recorded(row)
            except Exception as poison:  # noqa: BLE001  whatever it is, only this stream stands still
                self.poison = (row[POSITION], poison)
            else:
                self.events.append(recorded)
                self.kinds.add(type(recorded.body))


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
        told = by_stream(page)
        try:
            self._write(connection, told, self._tables)
        except (psycopg.DataError, Unfit):
            self.forget()
            self._write(connection, told, [table.checking(connection) for table in self._tables])

    def _write(self, connection: Connection, told: Sequence[Told], tables: Sequence[_Table]) -> None:
        """Ask in one trip, fold, and tell in another."""
        with connection.transaction():
            with connection.pipeline():
                takes = [table.ask(connection, told) for table in tables]
            for take, table in zip(takes, tables, strict=True):
                take()
                table.fold(told)
            with connection.pipeline():
                for table in tables:
                    table.store(connection, view_tables.upsert)


class FoldedStreams:
    """Whole streams folded in memory, to be stored in bare tables that hold nothing of them yet."""

    def __init__(self, views: Sequence[View[Any]], suffix: str, page: Sequence[Row]) -> None:
        self._views, self._suffix = views, suffix
        self._told = by_stream(page)
        self._tables = self._folded(self._new_tables())

    def _new_tables(self) -> list[_Table]:
        return [_Table(view, view.table + self._suffix) for view in self._views]

    def _folded(self, tables: list[_Table]) -> list[_Table]:
        for table in tables:
            table.fold(self._told)
        return tables

    def store(self, connection: Connection) -> None:
        """Write the rows; when one does not fit, fold once more, looking for the unfit one."""
        try:
            self._store(connection)
        except (psycopg.DataError, Unfit):
            with connection.transaction():
                self._tables = self._folded([table.checking(connection) for table in self._new_tables()])
                self._store(connection)

    def _store(self, connection: Connection) -> None:
        with connection.transaction():
            for table in self._tables:
                table.store(connection, view_tables.insert)


def by_stream(page: Iterable[Row]) -> list[Told]:
    """Decode a page once for all views, stream by stream."""
    found: dict[UUID, Told] = {}
    for row in page:
        told = found.get(row[STREAM])
        if told is None:
            told = found[row[STREAM]] = Told(row[STREAM])
        told.add(row)
    return list(found.values())


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

    def checking(self, connection: Connection) -> _Table:
        """Give the table anew, with a fold that also sees whether each row fits."""

        def evolve(row: Any, recorded: Recorded) -> Any:
            after = self._view.evolve(row, recorded)
            if after is not None:
                view_tables.check(connection, self._name, self._view.derive(after))
            return after

        return _Table(replace(self._view, evolve=evolve), self._name)

    def forget(self) -> None:
        self._rows.clear()
        self._changed.clear()
        self._still.clear()
        self._known_still = False
        self._parked.clear()

    def ask(self, connection: Connection, told: Sequence[Told]) -> Callable[[], None]:
        """Ask for the rows the events touch and for the keys that stand still; call what is given to have them."""
        if len(self._rows) > CACHE_ROWS_MAX:
            self._rows.clear()
        touched = {key for one in self._concerning(told) for key in self._view.touched(one.stream, one.events)}
        missing = sorted(touched - self._rows.keys())
        self._rows.update(dict.fromkeys(missing))
        rows = view_tables.select(connection, self._view, self._name, missing) if missing else None
        still = None if self._known_still else connection.execute(PARKED, [self._name])

        def take() -> None:
            if rows is not None:
                self._rows.update(view_tables.by_key(self._view, rows))
            if still is not None:
                self._still, self._known_still = {name for (name,) in still}, True

        return take

    def fold(self, told: Sequence[Told]) -> None:
        """Fold events into the rows."""
        for one in self._concerning(told):
            self._changed.update(self._view.follow(one.stream, one.events, self._rows, self._park, self._stands_still))
            if one.poison:
                self._park((one.stream,), *one.poison)

    def _concerning(self, told: Iterable[Told]) -> list[Told]:
        return [one for one in told if one.poison or self._view.concerns(one.kinds)]

    def _stands_still(self, key: Key) -> bool:
        """Tell whether a key, or its whole stream, was parked."""
        return bool(self._still) and not self._still.isdisjoint({key_text(key), key_text(key[:1])})

    def _park(self, key: Key, position: int, poison: Exception) -> None:
        """Let a key stand still, with the error, until the view is built again or re-driven."""
        if isinstance(poison, psycopg.OperationalError | psycopg.InterfaceError):
            raise poison  # it was the line, not the event
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
