"""Build views anew from the log: beside the live ones, compared, switched in one transaction.

Streams are folded whole and written into bare tables, which get their keys afterwards and follow the log by position
until they stand where the live views stand. Every transaction but the last is short; a build that was stopped goes on
where it was. Until the switch the live tables answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from adapters.postgres import view_tables
from adapters.postgres.connect import connect
from adapters.postgres.units import EVENT_COLUMNS, POSITION, STREAM, Row
from adapters.postgres.view_tables import NEW, Connection
from adapters.postgres.view_writer import CHECKPOINT, PAGE_SIZE, PROJECTOR_ROLE, FoldedStreams, ViewWriter, read_page
from application.codec import BODIES, names_of
from application.views import View

REBUILD_LOCK = 7204303
STREAMS_PAGE_SIZE = 5_000
VERSION_MAX = 2**31 - 1
STREAM_MAX = UUID(int=2**128 - 1)
Progress = Callable[[int, int], None]
Views = Sequence[View[Any]]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A view built anew: the digest of its rows, and whether the live ones were the same; None when there were none."""

    view: str
    digest: str
    equal: bool | None
    position: int


def rebuild(url: str, views: Views, progress: Progress = lambda _done, _of: None) -> list[Rebuilt]:
    """Build views anew, switch to the new rows and say what differed. `progress` hears events done, and of how many."""
    with connect(url, PROJECTOR_ROLE) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [REBUILD_LOCK])
        return _rebuild(connection, url, views, progress)


def ensure_built(url: str, views: Views) -> None:
    """Build the views that have no table yet: all at the first start, later those with a new version or new rules."""
    with connect(url, PROJECTOR_ROLE) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [REBUILD_LOCK])
        missing = _missing(connection, views)
        if missing:
            _rebuild(connection, url, missing, lambda _done, _of: None)


def prepare(url: str, views: Views, progress: Progress = lambda _done, _of: None) -> list[str]:
    """Build what `ensure_built` would but do not switch, and give the names: the old rows go on.

    For the next release, while this one serves: its projector then finds all but the last page done.
    """
    with connect(url, PROJECTOR_ROLE) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [REBUILD_LOCK])
        missing = _missing(connection, views)
        if missing:
            _build(connection, url, missing, progress)
        return [view.name for view in missing]


def _missing(connection: Connection, views: Views) -> list[View[Any]]:
    """Give the views that have no table, or one whose rows were derived by other rules."""
    rules = _rules(connection)
    return [
        view
        for view in views
        if not view_tables.exists(connection, view.table) or rules.get(view.table, "") != view.rules
    ]


def _rules(connection: Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT view, rules FROM view.rules").fetchall())


def _rebuild(connection: Connection, url: str, views: Views, progress: Progress) -> list[Rebuilt]:
    _build(connection, url, views, progress)
    return _switch(connection, views)


def _build(connection: Connection, url: str, views: Views, progress: Progress) -> None:
    goal = _begun(connection, views) or _begin(connection, views)
    if not view_tables.is_finished(connection, views[0].table + NEW):
        _fill(connection, url, views, goal[0], progress)
        with connection.transaction():
            for view in views:
                view_tables.finish(connection, view, view.table + NEW)
    _approach(connection, views)


# Beginning, or going on


def _begun(connection: Connection, views: Views) -> tuple[int] | None:
    """Give the position a stopped build of these views was meant for, when it can go on."""
    marks = {_mark(connection, view.table + NEW) for view in views}
    live = _mark(connection, CHECKPOINT)
    there = all(view_tables.exists(connection, view.table + NEW) for view in views)
    (goal, *others) = marks
    rules = _rules(connection)
    same = all(rules.get(view.table + NEW) == view.rules for view in views)
    if others or not there or not same or goal is None or (live is not None and goal > live):
        return None
    return (goal,)


def _begin(connection: Connection, views: Views) -> tuple[int]:
    """Make bare tables, to be filled up to where the live views stand, or to the log's head when there are none."""
    with connection.transaction():
        live = _mark(connection, CHECKPOINT)
        goal = _head(connection) if live is None else live
        for view in views:
            connection.execute(f"DROP TABLE IF EXISTS view.{view.table}{NEW}".encode())
            connection.execute("DELETE FROM view.parked WHERE view = %s", [view.table + NEW])
            view_tables.create(connection, view, view.table + NEW)
            connection.execute(
                "INSERT INTO view.rules VALUES (%s, %s) ON CONFLICT (view) DO UPDATE SET rules = excluded.rules",
                [view.table + NEW, view.rules],
            )
        _set_marks(connection, views, goal)
    return (goal,)


def _mark(connection: Connection, name: str) -> int | None:
    row = connection.execute("SELECT position FROM view.checkpoint WHERE name = %s", [name]).fetchone()
    return int(row[0]) if row else None


def _set_marks(connection: Connection, views: Views, position: int) -> None:
    connection.execute(
        "INSERT INTO view.checkpoint (name, position) SELECT unnest(%s::text[]), %s"
        " ON CONFLICT (name) DO UPDATE SET position = excluded.position",
        [[view.table + NEW for view in views], position],
    )


def _head(connection: Connection) -> int:
    row = connection.execute("SELECT coalesce(max(position), 0) FROM log.events").fetchone()
    return int(row[0]) if row else 0


# Filling, stream by stream


def _fill(connection: Connection, url: str, views: Views, goal: int, progress: Progress) -> None:
    """Fold one page while PostgreSQL takes in the one before; pages are stored in order, each whole.

    What is written goes through the connection that holds the lock: whoever goes on after a fall sees all of it.
    """
    last, unheard = _last_stream(connection, views), _unheard_by(views)
    done, of = _events_until(connection, last, goal, unheard), _events_until(connection, STREAM_MAX, goal, unheard)
    with connect(url, PROJECTOR_ROLE) as reading, ThreadPoolExecutor(1) as writer:
        stored: Future[None] | None = None
        for page in _whole_streams(reading, last, goal, unheard):
            folded = FoldedStreams(views, NEW, page)
            if stored is not None:
                stored.result()
            stored = writer.submit(folded.store, connection)
            done += len(page)
            progress(done, of)
        if stored is not None:
            stored.result()


def _last_stream(connection: Connection, views: Views) -> UUID:
    """Give the last stream whose rows are there: streams are written in order, whole, all views together."""
    found: list[tuple[UUID]] = []
    for view in views:
        key = view.key[0]
        last = connection.execute(f"SELECT {key} FROM view.{view.table}{NEW} ORDER BY 1 DESC LIMIT 1".encode())
        found += last.fetchall()
    return max((stream for (stream,) in found), default=UUID(int=0))


def _unheard_by(views: Views) -> list[str]:
    """Give the stored names of the events that none of the views hears: not even read, a damaged one stops nothing."""
    return names_of(frozenset(BODIES.values()).difference(*(view.touched_by for view in views)))


def _events_until(connection: Connection, stream: UUID, goal: int, unheard: Sequence[str]) -> int:
    row = connection.execute(
        "SELECT count(*) FROM log.events WHERE stream <= %s AND position <= %s AND stored_name <> ALL(%s)",
        [stream, goal, unheard],
    ).fetchone()
    return int(row[0]) if row else 0


def _whole_streams(connection: Connection, last: UUID, goal: int, unheard: Sequence[str]) -> Iterator[list[Row]]:
    """Give events up to a position by stream and version, in pages that never part a stream."""
    waiting: list[Row] = []
    for _stream, events in groupby(_by_stream(connection, last, goal, unheard), key=itemgetter(STREAM)):
        waiting += events
        if len(waiting) >= STREAMS_PAGE_SIZE:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _by_stream(connection: Connection, last: UUID, goal: int, unheard: Sequence[str]) -> Iterator[Row]:
    """Give events in pages, the next one asked for while one is folded."""

    def page(stream: UUID, version: int) -> list[Row]:
        return connection.execute(
            f"SELECT {EVENT_COLUMNS} FROM log.events WHERE (stream, version) > (%s, %s) AND position <= %s"
            " AND stored_name <> ALL(%s) ORDER BY stream, version LIMIT %s".encode(),
            [stream, version, goal, unheard, STREAMS_PAGE_SIZE],
            binary=True,
        ).fetchall()

    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(page, last, VERSION_MAX if last.int else 0)
        while rows := coming.result():
            coming = reader.submit(page, rows[-1][0], rows[-1][1])
            yield from rows


# Coming alongside, and switching


def _approach(connection: Connection, views: Views) -> None:
    """Follow the log by position until the live views are at most a page ahead."""
    writer = ViewWriter(views, suffix=NEW)
    while (live := _mark(connection, CHECKPOINT)) is not None:
        mark = _mark(connection, views[0].table + NEW) or 0
        if live - mark <= PAGE_SIZE:
            return
        _follow(connection, views, writer, mark, live)


def _follow(connection: Connection, views: Views, writer: ViewWriter, after: int, up_to: int) -> int:
    """Take one page by position."""
    page = read_page(connection, after=after, up_to=up_to)
    with connection.transaction():
        writer.write(connection, page)
        _set_marks(connection, views, page[-1][POSITION])
    return int(page[-1][POSITION])


def _switch(connection: Connection, views: Views) -> list[Rebuilt]:
    """Bring the new rows to where the live ones stand, compare, and let them take their place."""
    with connection.transaction():
        mark = _mark(connection, views[0].table + NEW) or 0
        connection.execute(
            "INSERT INTO view.checkpoint (name, position) VALUES (%s, %s) ON CONFLICT DO NOTHING", [CHECKPOINT, mark]
        )
        connection.execute("SELECT FROM view.checkpoint WHERE name = %s FOR UPDATE", [CHECKPOINT])
        live = _mark(connection, CHECKPOINT) or 0
        writer = ViewWriter(views, suffix=NEW)
        while mark < live:
            mark = _follow(connection, views, writer, mark, live)
        found = [_switched(connection, view, live) for view in views]
        connection.execute(
            "UPDATE view.checkpoint SET updated_at = clock_timestamp() WHERE name = %s", [CHECKPOINT]
        )  # a running projector sees it and trusts its cached rows no longer
    return found


def _switched(connection: Connection, view: View[Any], position: int) -> Rebuilt:
    new = view_tables.digest(connection, view, view.table + NEW)
    there = view_tables.exists(connection, view.table)
    equal = view_tables.digest(connection, view, view.table) == new if there else None
    view_tables.replace(connection, view)
    connection.execute("DELETE FROM view.rules WHERE view ~ %s", [f"^{view.name}_v[0-9]+({NEW})?$"])
    connection.execute("INSERT INTO view.rules VALUES (%s, %s)", [view.table, view.rules])
    connection.execute("DELETE FROM view.checkpoint WHERE name = %s", [view.table + NEW])
    connection.execute("DELETE FROM view.parked WHERE view = %s", [view.table])
    connection.execute("UPDATE view.parked SET view = %s WHERE view = %s", [view.table, view.table + NEW])
    return Rebuilt(view.name, new, equal, position)
