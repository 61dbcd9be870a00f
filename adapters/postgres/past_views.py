"""Lists as they were: rows folded anew from the log up to a position, under the very questions asked of the live ones.

A list of the past holds what the caller may see today, as it was then. Its streams are found in the live views, their
events are folded in a worker thread, and the rows stand in the question where it names the live tables. Nothing is
written anywhere.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import DictRow

from adapters.postgres import view_reads, view_tables
from adapters.postgres.connect import STATEMENT_MS_MAX, connect, cut_off_blocking
from adapters.postgres.event_log import Pool
from adapters.postgres.units import EVENT_COLUMNS, Row, as_recorded
from adapters.postgres.view_tables import Connection
from adapters.postgres.view_writer import key_text
from application.access import Viewer
from application.errors import FoldsBusy, TooLarge
from application.ports import POSITION_MAX, LogUnavailable
from application.views import Key, View
from application.views.register import REGISTER
from application.views.view import fold_streams, own_row
from domain.record import Recorded

EVENTS_MAX = 100_000
FOLDS_AT_ONCE_MAX = 1  # a fold keeps one core busy
FOLD_SECONDS_MAX = 15.0
FETCH_ROWS = 2_000

CASES = f"""
    SELECT id FROM view.{REGISTER.table}
    WHERE {view_reads.SEEN} AND (%(in_region)s::text IS NULL OR region = %(in_region)s)
      AND (%(of_case)s::uuid IS NULL OR id = %(of_case)s)
"""
_ABOUT_A_CASE = """
    SELECT unnest(ARRAY[p.id, p.innovation]) FROM view.{table} AS p JOIN view.{register} AS r ON r.id = p.innovation
    WHERE {seen} AND (%(in_region)s::text IS NULL OR %(in_region)s IN ({regions}))
      AND (%(of_case)s::uuid IS NULL OR p.innovation = %(of_case)s)
"""
STREAMS = {
    table: _ABOUT_A_CASE.format(table=table, register=REGISTER.table, seen=seen, regions=regions)
    for table, seen, regions in (
        (view_reads.REPLICATION_TABLE, view_reads.COPY_SEEN, "p.region, p.origin_region"),
        (view_reads.EVALUATION_TABLE, view_reads.CASE_SEEN, "p.region"),
    )
}
"""The streams behind a view that the caller may see today, by its table; those of every other view are CASES."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCut:
    """What is looked at: the log up to a position, which was reached by a moment; of a region or a case when named."""

    position: int
    moment: datetime
    region: str | None = None
    innovation: UUID | None = None


@dataclass(frozen=True, slots=True)
class PastViews:
    """Folds lists of the past, a bounded number at once: as many as the executor has threads."""

    url: str
    pool: Pool
    views: Sequence[View[Any]]
    executor: Executor

    def at(self, cut: PastCut, viewer: Viewer) -> view_reads.Past:
        """Give the views as they were, for a viewer."""
        return _PastViewsAt(self, cut, viewer)


@dataclass(frozen=True, slots=True)
class _PastViewsAt:
    past: PastViews
    cut: PastCut
    viewer: Viewer

    async def read(self, statement: str, values: dict[str, Any]) -> tuple[list[DictRow], int]:
        """Fold the views the statement names, and ask it of their rows."""
        named = [view for view in self.past.views if _name(view) in statement]
        try:
            async with asyncio.timeout(FOLD_SECONDS_MAX):
                rows, cases = await asyncio.get_running_loop().run_in_executor(self.past.executor, self._fold, named)
        except TimeoutError as waited:
            raise FoldsBusy from waited
        values = {**values, **rows, "seen_today": cases, "position": self.cut.position, "moment": self.cut.moment}
        try:
            found, _ = await view_reads.read_live(self.past.pool, _over(named, statement), values)
        except LogUnavailable as away:
            if isinstance(away.__cause__, psycopg.errors.QueryCanceled):
                raise TooLarge(EVENTS_MAX) from away
            raise
        return found, self.cut.position

    def _fold(self, views: Sequence[View[Any]]) -> tuple[dict[str, str], list[UUID]]:
        """Give the rows of views as JSON, by table; and the cases the viewer may see in full today."""
        try:
            with (
                connect(self.past.url, "jejak_service", statement_timeout=STATEMENT_MS_MAX) as connection,
                cut_off_blocking(connection, FOLD_SECONDS_MAX),
                connection.transaction(),
            ):
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                return self._folded(connection, views), self._ids(connection, CASES)
        except psycopg.errors.QueryCanceled as too_long:
            raise TooLarge(EVENTS_MAX) from too_long
        except (psycopg.OperationalError, psycopg.InterfaceError) as away:
            raise LogUnavailable from away

    def _folded(self, connection: Connection, views: Sequence[View[Any]]) -> dict[str, str]:
        streams = self._streams(connection, views)
        if self.cut.position > EVENTS_MAX:
            _check_size(connection, streams, self.cut.position)
        rows = events_by_stream(connection, "stream = ANY(%(streams)s)", self.cut.position, streams=streams)
        encoded: dict[str, list[bytes]] = {view.table: [] for view in views}
        for folded in fold_streams(_following(connection, views), _readable(rows)):
            for view, found in zip(views, folded, strict=True):
                encoded[view.table] += map(_ENCODER.encode, found.values())
        return {table: f"[{b','.join(found).decode()}]" for table, found in encoded.items()}

    def _streams(self, connection: Connection, views: Sequence[View[Any]]) -> list[UUID]:
        tables = {view.table for view in views} - {REGISTER.table} or {REGISTER.table}
        wanted = sorted({STREAMS.get(table, CASES) for table in tables})
        return self._ids(connection, " UNION ".join(wanted))

    def _ids(self, connection: Connection, statement: str) -> list[UUID]:
        asked = view_reads.seen_by(self.viewer) | {"in_region": self.cut.region, "of_case": self.cut.innovation}
        return [id for (id,) in connection.execute(statement.encode(), asked)]


def events_by_stream(connection: Connection, condition: str, position: int, **values: Any) -> Iterator[Row]:
    """Give the events that meet a condition, up to a position, stream by stream; few are held at once.

    Needs a transaction.
    """
    with connection.cursor("events_by_stream") as cursor:
        cursor.itersize = FETCH_ROWS
        statement = f"SELECT {EVENT_COLUMNS} FROM log.events WHERE {condition} AND position <= %(position)s"
        values["position"] = position
        yield from cursor.execute(f"{statement} ORDER BY stream, version".encode(), values, binary=True)


def _check_size(connection: Connection, streams: Sequence[UUID], position: int) -> None:
    """Refuse what would take long before anything of it is read."""
    row = connection.execute(
        "SELECT count(*) FROM (SELECT FROM log.events WHERE stream = ANY(%s) AND position <= %s LIMIT %s)",
        [streams, position, EVENTS_MAX + 1],
    ).fetchone()
    if row and row[0] > EVENTS_MAX:
        raise TooLarge(EVENTS_MAX)


# What stands still in the live views stood still at the same place then


def _following(connection: Connection, views: Sequence[View[Any]]) -> list[View[Any]]:
    """Give views that follow a parked key only up to where it stands still."""
    parked: dict[str, dict[str, int]] = {}
    for view, key, position in connection.execute("SELECT view, key, position FROM view.parked"):
        parked.setdefault(view, {})[key] = position
    return [_up_to(view, parked[view.table]) if view.table in parked else view for view in views]


def _up_to(view: View[Any], parked: Mapping[str, int]) -> View[Any]:
    def ends(key: Key) -> int:
        return min(parked.get(key_text(part), POSITION_MAX) for part in (key, key[:1]))

    def keys(recorded: Recorded) -> Iterable[Key]:
        return [key for key in view.keys(recorded) if recorded.position < ends(key)]

    def evolve(row: Any, recorded: Recorded) -> Any:
        if recorded.position >= ends((recorded.stream,)):
            return row
        after = view.evolve(row, recorded) if type(recorded.body) in view.hears else row
        return after if after is None else view.stamp(after, recorded)

    if view.keys is own_row:
        return replace(view, hears=view.touched_by, evolve=evolve, stamps=frozenset())
    return replace(view, keys=keys)


def _readable(rows: Iterable[Row]) -> Iterator[Recorded]:
    for row in rows:
        try:
            recorded = as_recorded(row)
        except Exception:  # noqa: BLE001, S112  whatever it is: the live views stand still here too
            continue
        yield recorded


# The question over the rows

_ENCODER = msgspec.json.Encoder()


def _name(view: View[Any]) -> str:
    return f"view.{view.table}"


def _over(views: Sequence[View[Any]], statement: str) -> str:
    """Put rows, given as values under the tables' names, in the place of the tables a statement names.

    Whose rows they are was settled by what she may see today: no row is hidden for how it stood then.
    """
    for seen in (view_reads.SEEN, view_reads.CASE_SEEN):
        statement = statement.replace(seen, "(TRUE)")
    rows = {_name(view): _rows(view) for view in views}
    return re.sub(rf"\b({'|'.join(map(re.escape, rows))})\b", lambda found: rows[found[0]], statement)


def _rows(view: View[Any]) -> str:
    columns = ", ".join(view_tables.columns(view))
    if view.name in view_tables.COMPUTED:
        name, _, expression = view_tables.COMPUTED[view.name]
        columns += f", {expression} AS {name}"
    return f"(SELECT {columns} FROM json_populate_recordset(NULL::view.{view.table}, %({view.table})s::json))"
