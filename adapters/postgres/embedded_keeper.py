"""The embedded server started again when it falls, for as long as a service stays."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import structlog

from adapters.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresError

LOOK_SECONDS = 0.5
log = structlog.get_logger()


@contextmanager
def kept_up(server: EmbeddedPostgres) -> Iterator[None]:
    """Start a server again whenever it is gone, until the block ends."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep, args=[server, stop], name="embedded-keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def _keep(server: EmbeddedPostgres, stop: threading.Event) -> None:
    while not stop.wait(LOOK_SECONDS):
        if server.process_id is None:
            log.error("database_fell")
            try:
                server.start()
            except (EmbeddedPostgresError, OSError, psycopg.Error):
                log.exception("database_not_started")
            else:
                log.warning("database_started_again")
