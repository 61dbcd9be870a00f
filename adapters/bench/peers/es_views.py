"""Views over `eventsourcing`: its ProjectionRunner by the book, and the fold over `select_notifications` by hand."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Mapping
from itertools import count
from typing import Any, cast

import psycopg
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL, Identifier

from adapters.bench.documents import documents
from adapters.bench.peers.es_case import Case, Cases, environment, tell_next
from adapters.bench.worker import answer_all

EVENTS_OF_A_CASE = 20
PAGE_SIZE = 1_000
POLL_SECONDS = 0.01
REBUILT = "CREATE TABLE {} (id uuid NOT NULL, title text NOT NULL, last_on text NOT NULL, version integer NOT NULL)"


class CaseView(PostgresTrackingRecorder):
    """One row per case, written together with its tracking in one transaction."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        name = (Identifier(self.datastore.schema), Identifier(f"{self.tracking_table_name}_cases"))
        self.sql_create_statements.append(
            SQL(
                "CREATE TABLE IF NOT EXISTS {}.{} (id uuid PRIMARY KEY, title text NOT NULL,"
                " last_on text NOT NULL, version integer NOT NULL)"
            ).format(*name)
        )
        self._insert_case = SQL("INSERT INTO {}.{} VALUES (%s, %s, %s, %s)").format(*name)
        self._update_case = SQL("UPDATE {}.{} SET last_on = %s, version = %s WHERE id = %s").format(*name)

    def tell(self, event: Any, tracking: Tracking) -> None:
        """Bring the row of the event's case up to date."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            document = event.document
            if event.originator_version == 1:
                title = document["body"]["profile"]["title"]
                cursor.execute(self._insert_case, [event.originator_id, title, document["occurred_on"], 1])
            else:
                values = [document["occurred_on"], event.originator_version, event.originator_id]
                cursor.execute(self._update_case, values)


class CaseProjection(Projection[CaseView]):
    """Hands every event to the view, and keeps when the first one began and the last one was there."""

    name = "cases"

    def __init__(self, view: CaseView) -> None:
        super().__init__(view)
        self.began = self.ended = 0.0
        self.events = 0
        self.head = sys.maxsize
        self.is_there = threading.Event()

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """Tell the view."""
        self.began = self.began or time.perf_counter()
        self.view.tell(domain_event, tracking)
        self.events, self.ended = self.events + 1, time.perf_counter()
        if tracking.notification_id >= self.head:
            self.is_there.set()


class EsViews:
    """A log of cases of twenty events, and the two ways to a view of them."""

    def __init__(self, url: str) -> None:
        self._url, self._environment = url, environment(url)
        self._app = Cases(env=self._environment)
        self._numbers = count(1)

    def generate(self, *, events: int) -> dict[str, float]:
        """Write so many events, whole cases."""
        told, written = documents(), 0
        while written < events:
            case = Case(told[0]["data"])
            while case.version < EVENTS_OF_A_CASE:
                tell_next(case, told)
            self._app.save(case)
            written += EVENTS_OF_A_CASE
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        return {"events": written}

    def catch_up(self, *, seconds: float) -> dict[str, float]:
        """Give events a second of a ProjectionRunner with one view, for a time or until the log's end.

        The clock begins with the first event, which is waited for: starting the runner costs it nothing.
        """
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("DROP TABLE IF EXISTS cases_tracking, cases_tracking_cases")
        with ProjectionRunner(
            application_class=Cases, projection_class=CaseProjection, view_class=CaseView, env=self._environment
        ) as runner:
            projection = cast("CaseProjection", runner.projection)
            projection.head = self._app.recorder.max_notification_id() or 0
            while not projection.ended:
                time.sleep(POLL_SECONDS)
            projection.is_there.wait(seconds)
            return {"rate": projection.events / (projection.ended - projection.began)}

    def fold(self, *, seconds: float) -> dict[str, float]:
        """Give events a second of the fold by hand over the whole log: pages, rows in memory, then one COPY."""
        began, rows, last = time.perf_counter(), dict[Any, list[Any]](), 0
        while page := self._app.recorder.select_notifications(last, PAGE_SIZE, inclusive_of_start=False):
            for notification in page:
                _fold(rows, self._app.mapper.to_domain_event(notification))
            last = page[-1].id
        self._copy(rows)
        return {"rate": last / (time.perf_counter() - began)}

    def close(self) -> None:
        """Give the connections back."""
        self._app.close()

    def _copy(self, rows: Mapping[Any, list[Any]]) -> None:
        name = Identifier(f"rebuilt_{next(self._numbers)}")
        with psycopg.connect(self._url) as connection:
            connection.execute(SQL(REBUILT).format(name))
            with connection.cursor().copy(SQL("COPY {} FROM STDIN").format(name)) as copy:
                for id, row in rows.items():
                    copy.write_row([id, *row])
            connection.execute(SQL("ALTER TABLE {} ADD PRIMARY KEY (id)").format(name))


def _fold(rows: dict[Any, list[Any]], event: Any) -> None:
    document = event.document
    row = rows.get(event.originator_id)
    if row is None:
        rows[event.originator_id] = [document["body"]["profile"]["title"], document["occurred_on"], 1]
    else:
        row[1:] = document["occurred_on"], event.originator_version


def main() -> None:
    """Answer until nobody asks; the argument is the address of a database of its own."""
    measured = EsViews(sys.argv[1])
    answer_all(
        {
            "generate": measured.generate,
            "catch_up": measured.catch_up,
            "follow": measured.catch_up,
            "rebuild": measured.fold,
        }
    )
    measured.close()


if __name__ == "__main__":
    main()
