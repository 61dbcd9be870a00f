"""`eventsourcing` by the book, as a measured program: threads that save and load."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from itertools import cycle
from typing import Any
from uuid import UUID

from adapters.bench.closed_loop import rate_of_threads
from adapters.bench.documents import documents
from adapters.bench.peers.es_case import Case, Cases, environment, tell_next
from adapters.bench.worker import answer_all

EVENTS_OF_A_CASE = 12
EVENTS_LOADED = 1_000
STREAMS_MIN = 5
EVENTS_OF_A_SAVE_MAX = 100


class Es:
    """One application in one process, its callers are threads."""

    def __init__(self, url: str) -> None:
        self._app = Cases(env=environment(url))
        self._documents = documents()
        self._streams = cache(self._streams_of)

    def append(self, *, callers: int, seconds: float) -> dict[str, float]:
        """Give saves of one event a second."""
        return {"rate": rate_of_threads([self._caller() for _ in range(callers)], seconds)}

    def load(self, *, length: int, seconds: float) -> dict[str, float]:
        """Give loads a second of aggregates of so many events."""
        streams = cycle(self._streams(length))
        return {"rate": rate_of_threads([lambda: self._app.repository.get(next(streams))], seconds)}

    def close(self) -> None:
        """Give the connections back."""
        self._app.close()

    def _caller(self) -> Callable[[], None]:
        case: Case | None = None

        def step() -> None:
            nonlocal case
            if case is None or case.version == EVENTS_OF_A_CASE:
                case = Case(self._documents[0]["data"])
            else:
                tell_next(case, self._documents)
            self._app.save(case)

        return step

    def _streams_of(self, length: int) -> list[UUID]:
        return [self._written(length) for _ in range(max(STREAMS_MIN, EVENTS_LOADED // length))]

    def _written(self, length: int) -> UUID:
        case = Case(self._documents[0]["data"])
        while case.version < length:
            tell_next(case, self._documents)
            if case.version % EVENTS_OF_A_SAVE_MAX == 0:
                self._app.save(case)
        self._app.save(case)
        return case.id


def main() -> None:
    """Answer until nobody asks; the argument is the address of a database of its own."""
    measured = Es(sys.argv[1])
    works: dict[str, Any] = {"append": measured.append, "load": measured.load}
    answer_all(works)
    measured.close()


if __name__ == "__main__":
    main()
