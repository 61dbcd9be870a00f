"""Fold parked keys anew: once its trouble is mended, what stood still follows the log again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from adapters.postgres.connect import connect
from adapters.postgres.rebuild import REBUILD_LOCK
from adapters.postgres.units import EVENT_COLUMNS
from adapters.postgres.view_tables import Connection
from adapters.postgres.view_writer import CHECKPOINT, PROJECTOR_ROLE, ViewWriter
from application.views import View

STREAMS_AT_ONCE_MAX = 100


@dataclass(frozen=True, slots=True)
class Redriven:
    """A key that was parked, and the error it still stands still with; None when it follows the log again."""

    view: str
    key: str
    error: str | None


def redrive(url: str, views: Sequence[View[Any]]) -> list[Redriven]:
    """Fold the streams of parked keys from their beginning and say what became of each key."""
    with connect(url, PROJECTOR_ROLE) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [REBUILD_LOCK])
        return [found for view in views for found in _redrive(connection, view)]


def _redrive(connection: Connection, view: View[Any]) -> list[Redriven]:
    before = _parked(connection, view)
    streams = sorted({UUID(key.partition("/")[0]) for key in before})
    for first in range(0, len(streams), STREAMS_AT_ONCE_MAX):
        with connection.transaction():
            _fold_anew(connection, view, streams[first : first + STREAMS_AT_ONCE_MAX])
    after = _parked(connection, view)
    return [Redriven(view.name, key, after.get(key)) for key in sorted(before.keys() | after.keys())]


def _parked(connection: Connection, view: View[Any]) -> dict[str, str]:
    return dict(connection.execute("SELECT key, error FROM view.parked WHERE view = %s", [view.table]).fetchall())


def _fold_anew(connection: Connection, view: View[Any], streams: list[UUID]) -> None:
    """Write the rows of streams as the log has them up to the checkpoint, while the projector waits."""
    position = connection.execute(
        "UPDATE view.checkpoint SET updated_at = clock_timestamp() WHERE name = %s RETURNING position", [CHECKPOINT]
    ).fetchone()  # a running projector sees it and trusts its cached rows no longer
    assert position is not None  # nothing is parked before the views are built
    connection.execute(f"DELETE FROM view.{view.table} WHERE {view.key[0]} = ANY(%s)".encode(), [streams])
    connection.execute(
        "DELETE FROM view.parked WHERE view = %s AND split_part(key, '/', 1)::uuid = ANY(%s)", [view.table, streams]
    )
    rows = connection.execute(
        f"SELECT {EVENT_COLUMNS} FROM log.events WHERE stream = ANY(%s) AND position <= %s ORDER BY position".encode(),
        [streams, position[0]],
        binary=True,
    )
    ViewWriter([view]).write(connection, rows.fetchall())
