"""Our views as they are measured: a generated log caught up with from its beginning, rebuilt, and followed live."""

from __future__ import annotations

import asyncio
import resource
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from adapters.bench.ours import Ours, command
from adapters.bench.worker import answer_all
from adapters.clock import new_id
from adapters.collector import settle_memory
from adapters.demo.generator import generate
from adapters.files.store import EvidenceStore
from adapters.postgres.connect import connect
from adapters.postgres.projector import Projector
from adapters.postgres.rebuild import ensure_built, rebuild
from adapters.postgres.view_writer import CHECKPOINT, PROJECTOR_ROLE
from adapters.wiring import all_views, open_desk

SEED = 1
COMMANDS_PER_SECOND = 50
LOOK_SECONDS = 0.001
LAG_SECONDS_MAX = 10.0
KIB = 1024


class OurViews:
    """The views of one database. The log is generated once; each work begins where it must."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url, self._folder = url, folder
        self._views = all_views()

    def generate(self, *, cases: int) -> dict[str, float]:
        """Fill the empty log with invented lives, the views standing at its beginning; give events, and a second."""
        ensure_built(self._url, self._views)
        with open_desk(self._url, EvidenceStore(self._folder)) as desk:
            began = time.perf_counter()
            events = generate(desk, cases, SEED)
            took = time.perf_counter() - began
            desk.connection.execute("VACUUM ANALYZE")
        return {"events": events, "rate": events / took}

    def catch_up(self, *, page_size: int, seconds: float) -> dict[str, float]:
        """Give events a second of all views over the whole log, however long it takes, each page durable."""
        self._begin_anew()
        projector = Projector(self._url, self._views, page_size=page_size)
        began = time.perf_counter()
        position = projector.catch_up()
        return {"rate": position / (time.perf_counter() - began)}

    def catch_up_on(self, *, page_size: int, seconds: float) -> dict[str, float]:
        """Give events a second of all views from where they stand, each page durable."""
        projector = Projector(self._url, self._views, page_size=page_size)
        with connect(self._url, PROJECTOR_ROLE) as connection:
            before = connection.execute("SELECT position FROM view.checkpoint WHERE name = %s", [CHECKPOINT]).fetchone()
        began = time.perf_counter()
        position = projector.catch_up()
        return {"rate": (position - before[0] if before else position) / (time.perf_counter() - began)}

    def build(self, *, seconds: float) -> dict[str, float]:
        """Give events a second of all views built from nothing, and the process's peak memory."""
        tables = ", ".join(f"view.{view.table}" for view in self._views)
        with connect(self._url) as connection, connection.transaction():
            connection.execute(f"DROP TABLE IF EXISTS {tables}".encode())
            connection.execute("DELETE FROM view.checkpoint")
        began = time.perf_counter()
        position = rebuild(self._url, self._views)[0].position
        return {"rate": position / (time.perf_counter() - began), "mib": _peak_mib()}

    def follow(self, *, seconds: float) -> dict[str, float]:
        """Give events a second of all views, one event a page, for a time, as the live projector writes them."""
        self._begin_anew()
        projector = Projector(self._url, self._views, page_size=1)
        with connect(self._url, PROJECTOR_ROLE) as connection:
            connection.execute("SET synchronous_commit = off")  # as `Projector.run` has it
            began, events = time.perf_counter(), 0
            while time.perf_counter() - began < seconds and projector.step(connection):
                events += 1
            return {"rate": events / (time.perf_counter() - began)}

    def rebuild(self, *, views: str, seconds: float) -> dict[str, float]:
        """Give events a second of a rebuild of `all` views, or of one by its name, and the process's peak memory."""
        chosen = [view for view in self._views if views in {"all", view.name}]
        Projector(self._url, self._views).catch_up()
        began = time.perf_counter()
        position = rebuild(self._url, chosen)[0].position
        took = time.perf_counter() - began
        return {"rate": position / took, "mib": _peak_mib()}

    def lag(self, *, seconds: float) -> dict[str, float]:
        """Give how long after its answer a command is in all views: p99 in milliseconds, at 50 commands a second."""
        store = Ours(self._url)
        with self._following() as projector:
            lags = store.run(_lags(store, projector, seconds))
        store.close()
        return {"rate": len(lags) / seconds, "p99_ms": quantiles(lags, n=100, method="inclusive")[98]}

    @contextmanager
    def _following(self) -> Iterator[Projector]:
        """Let a projector follow the log in a thread, as `jejak serve` does, from where the log ends."""
        Projector(self._url, self._views).catch_up()
        stop, projector = threading.Event(), Projector(self._url, self._views)
        thread = threading.Thread(target=projector.run, args=[stop])
        thread.start()
        try:
            projector.wait_for(1)
            yield projector
        finally:
            stop.set()
            thread.join()

    def _begin_anew(self) -> None:
        """Empty the views and put them at the log's beginning."""
        ensure_built(self._url, self._views)
        tables = ", ".join(f"view.{view.table}" for view in self._views)
        with connect(self._url) as connection, connection.transaction():
            connection.execute(f"TRUNCATE {tables}, view.parked".encode())
            connection.execute("UPDATE view.checkpoint SET position = 0 WHERE name = %s", [CHECKPOINT])


async def _lags(store: Ours, projector: Projector, seconds: float) -> list[float]:
    """Send commands at a steady pace; each is watched until the views have it."""
    began, watched = time.perf_counter(), list[asyncio.Task[float]]()
    for n in range(max(2, round(seconds * COMMANDS_PER_SECOND))):
        await asyncio.sleep(max(0.0, began + n / COMMANDS_PER_SECOND - time.perf_counter()))
        written = await store.log.append(command(new_id(), 1))
        watched.append(asyncio.create_task(_seen(projector, written.last_position, time.perf_counter())))
    return list(await asyncio.gather(*watched))


async def _seen(projector: Projector, position: int, answered: float) -> float:
    async with asyncio.timeout(LAG_SECONDS_MAX):
        while projector.position < position:  # noqa: ASYNC110  it moves in a thread
            await asyncio.sleep(LOOK_SECONDS)
    return (time.perf_counter() - answered) * 1000


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB


def main() -> None:
    """Answer until nobody asks; arguments: the owner's address of a migrated database, a folder of its own."""
    measured = OurViews(sys.argv[1], Path(sys.argv[2]))
    settle_memory()
    answer_all(
        {
            "generate": measured.generate,
            "catch_up": measured.catch_up,
            "catch_up_on": measured.catch_up_on,
            "build": measured.build,
            "follow": measured.follow,
            "rebuild": measured.rebuild,
            "lag": measured.lag,
        }
    )


if __name__ == "__main__":
    main()
