"""The one place where ports meet adapters."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
import uvicorn
from fastapi import FastAPI
from psycopg.rows import TupleRow

from adapters import clock
from adapters.files.store import EvidenceStore
from adapters.http.app import create_app
from adapters.http.protocol import Protocol
from adapters.postgres.connect import connect, service_pool
from adapters.postgres.directory import PersonNames, read_directory, read_directory_of
from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.embedded_keeper import kept_up
from adapters.postgres.event_log import PostgresEventLog
from adapters.postgres.kept import kept
from adapters.postgres.past_views import FOLDS_AT_ONCE_MAX, PastViews
from adapters.postgres.recorder import LogRecorder
from adapters.postgres.snapshots import PostgresSnapshots
from adapters.rulebooks.loader import load_rulebooks
from adapters.service import Service
from adapters.settings import Settings
from adapters.web import routing as web
from application.house import House
from application.ledger import Ledger, LedgerLog
from application.views import View
from application.views import all_views as views_under
from domain.errors import Blocker, Refused

DIRECTORY_SECONDS = 5.0
HEAD_SECONDS = 1.0
STOP_SECONDS_MAX = 8  # for what is being answered; a container is given ten


def all_views() -> Sequence[View[Any]]:
    """Give every live view, under the rulebooks of this release."""
    return views_under(*load_rulebooks())


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """Give the address of the database that is there: the operator's own, or the embedded one. Raises Refused."""
    check_there(settings)
    with new_database(settings) as url:
        yield url


@contextmanager
def new_database(settings: Settings) -> Iterator[str]:
    """Give the database's address: the operator's own, or the embedded one, made when there is none yet."""
    if settings.external_database is not None:
        yield settings.external_database
        return
    with EmbeddedPostgres(settings.home) as embedded:
        yield embedded.url


@contextmanager
def lasting_database(settings: Settings) -> Iterator[str]:
    """Give the same to a program that stays: the embedded database is started again when it falls."""
    if settings.external_database is not None:
        yield settings.external_database
        return
    with EmbeddedPostgres(settings.home) as embedded, kept_up(embedded):
        yield embedded.url


def check_there(settings: Settings) -> None:
    """Refuse to go on without a database: who only looks at one makes none."""
    if settings.external_database is None and not EmbeddedPostgres(settings.home).is_made:
        raise Refused(Blocker("database.nowhere", {"folder": str(settings.home.absolute())}))


def evidence_store(settings: Settings) -> EvidenceStore:
    """Give the folder of evidence files."""
    return EvidenceStore(settings.home / "evidence")


@asynccontextmanager
async def open_service(
    url: str, store: EvidenceStore, worker_is_alive: Callable[[], bool] = lambda: True
) -> AsyncIterator[Service]:
    """Open what the HTTP door needs."""
    with ThreadPoolExecutor(FOLDS_AT_ONCE_MAX, "past") as folding:
        async with AsyncExitStack() as stack:
            pool = await stack.enter_async_context(service_pool(url))
            log = PostgresEventLog(pool)
            read = partial(read_directory_of, pool)
            directory = await stack.enter_async_context(kept(read, every_seconds=DIRECTORY_SECONDS))
            await stack.enter_async_context(kept(log.head, every_seconds=HEAD_SECONDS))
            house = House(
                log=log,
                directory=directory,
                rulebooks=load_rulebooks(),
                clock=clock.now,
                new_id=clock.new_id,
                size_held=store.size_held,
                snapshots=PostgresSnapshots(pool),
            )
            past = PastViews(url, pool, all_views(), folding)
            yield Service(house, pool, past, store, worker_is_alive, lambda: log.seen_up_to, PersonNames(pool))


def http_app(url: str, store: EvidenceStore, worker_is_alive: Callable[[], bool] = lambda: True) -> FastAPI:
    """Give the HTTP door on a database."""
    return create_app(lambda: open_service(url, store, worker_is_alive), web.install)


def run_http(app: FastAPI, host: str, port: int) -> None:
    """Serve the HTTP door until told to stop."""
    uvicorn.run(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=Protocol,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS_MAX,
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """What blocking programs work with: the use cases, their log, and the owner's connection."""

    house: House
    log: LedgerLog
    recorder: LogRecorder
    connection: psycopg.Connection[TupleRow]
    store: EvidenceStore


@contextmanager
def open_desk(url: str, store: EvidenceStore) -> Iterator[Desk]:
    """Open what the CLI and the demonstration need."""
    with connect(url) as connection:
        recorder = LogRecorder(connection)
        log = LedgerLog(Ledger(recorder))
        house = House(
            log=log,
            directory=lambda: read_directory(connection),
            rulebooks=load_rulebooks(),
            clock=clock.now,
            new_id=clock.new_id,
            size_held=store.size_held,
        )
        yield Desk(house, log, recorder, connection, store)
