"""Rebuild views from the log: beside the live ones, compared, switched in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec
import psycopg
from psycopg.rows import TupleRow

from adapters.postgres import view_tables
from adapters.postgres.connect import connect
from adapters.postgres.projector import CHECKPOINT
from adapters.postgres.units import EVENT_COLUMNS, as_event
from application.codec import EventMapper
from application.views import View, fold
from domain.record import Recorded

CURSOR_ROWS = 5_000
BUFFER_ROWS = 5_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found: the digest of the new rows, and whether the live ones had been the same."""

    view: str
    digest: str
    equal: bool
    position: int


def rebuild(url: str, views: Sequence[View[Any]], progress: Progress) -> list[Rebuilt]:
    """Build every view anew, switch to the new rows and say what differed. The service keeps answering."""
    with connect(url, "jejak_projector") as connection:
        for view in views:
            connection.execute(f"DROP TABLE IF EXISTS view.{view.table}_new".encode())
            view_tables.create(connection, view, f"{view.table}_new")
        head = _fill(url, connection, views, progress)
        for view in views:
            view_tables.finish(connection, view, f"{view.table}_new")
        return _switch(connection, views, head)


def _fill(url: str, connection: psycopg.Connection[TupleRow], views: Sequence[View[Any]], progress: Progress) -> int:
    """Fold stream by stream (every key lies within one stream) and give the position reached."""
    buffers: dict[str, list[msgspec.Struct]] = {view.name: [] for view in views}
    with connect(url, "jejak_projector") as reader, reader.transaction():
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        head = _head(reader)
        done = 0
        for _stream, events in groupby(_by_stream(reader), key=lambda recorded: recorded.stream):
            history = list(events)
            for view in views:
                buffers[view.name] += fold(view, history).values()
                _flush(connection, view, buffers[view.name], BUFFER_ROWS)
            done += len(history)
            progress(done, head)
    for view in views:
        _flush(connection, view, buffers[view.name], 1)
    return head


def _flush(connection: psycopg.Connection[TupleRow], view: View[Any], rows: list[msgspec.Struct], least: int) -> None:
    if len(rows) >= least:
        view_tables.copy(connection, view, f"{view.table}_new", rows)
        rows.clear()


def _head(connection: psycopg.Connection[TupleRow]) -> int:
    row = connection.execute("SELECT coalesce(max(position), 0) FROM log.events").fetchone()
    return int(row[0]) if row else 0


def _by_stream(connection: psycopg.Connection[TupleRow]) -> Iterator[Recorded]:
    mapper = EventMapper()
    with connection.cursor(name="rebuild") as cursor:
        cursor.itersize = CURSOR_ROWS
        cursor.execute(f"SELECT {EVENT_COLUMNS} FROM log.events ORDER BY stream, version".encode())
        for row in cursor:
            yield mapper.to_domain_event(as_event(row))


def _switch(connection: psycopg.Connection[TupleRow], views: Sequence[View[Any]], head: int) -> list[Rebuilt]:
    """Bring both sides to one position, compare, and let the new rows take the old ones' place."""
    with connection.transaction():
        connection.execute(
            "INSERT INTO view.checkpoint (name, position) VALUES (%s, 0) ON CONFLICT DO NOTHING", [CHECKPOINT]
        )
        row = connection.execute(
            "SELECT position FROM view.checkpoint WHERE name = %s FOR UPDATE", [CHECKPOINT]
        ).fetchone()
        assert row is not None
        live = int(row[0])
        position = max(live, head)
        for view in views:
            _bring(connection, view, f"{view.table}_new", head, position)
            if view_tables.exists(connection, view.table):
                _bring(connection, view, view.table, live, position)
        found = [_swap(connection, view, position) for view in views]
        connection.execute("UPDATE view.checkpoint SET position = %s WHERE name = %s", [position, CHECKPOINT])
        connection.execute("DELETE FROM view.parked WHERE view = ANY(%s)", [[view.name for view in views]])
    return found


def _bring(connection: psycopg.Connection[TupleRow], view: View[Any], table: str, after: int, up_to: int) -> None:
    """Fold the events of a few positions into a table."""
    mapper = EventMapper()
    selected = connection.execute(
        f"SELECT {EVENT_COLUMNS} FROM log.events WHERE position > %s AND position <= %s ORDER BY position".encode(),
        [after, up_to],
    ).fetchall()
    events = [mapper.to_domain_event(as_event(row)) for row in selected]
    touched = [(recorded, key) for recorded in events for key in view.keys(recorded)]
    rows = view_tables.select(connection, view, table, sorted({key for _, key in touched}))
    changed: dict[Any, msgspec.Struct] = {}
    for recorded, key in touched:
        row = view.evolve(rows.get(key), recorded, key)
        if row is not None:
            rows[key] = changed[key] = row
    view_tables.upsert(connection, view, table, changed.values())


def _swap(connection: psycopg.Connection[TupleRow], view: View[Any], position: int) -> Rebuilt:
    new = view_tables.digest(connection, view, f"{view.table}_new")
    there = view_tables.exists(connection, view.table)
    equal = there and view_tables.digest(connection, view, view.table) == new
    connection.execute(f"DROP TABLE IF EXISTS view.{view.table}".encode())
    connection.execute(f"ALTER TABLE view.{view.table}_new RENAME TO {view.table}".encode())
    return Rebuilt(view.name, new, equal, position)
