"""Who takes part in which field, and how each is made ready there."""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from adapters.bench import http_entrant
from adapters.bench.arena import Arena
from adapters.bench.documents import documents
from adapters.bench.http_entrant import HttpEntrant
from adapters.bench.peers import npm
from adapters.bench.peers.pgbench import PgBench
from adapters.bench.rows import Effort, Field, Peer
from adapters.bench.serving import free_port, jejak, served
from adapters.bench.worker import Worker
from adapters.demo.governments import PASSWORD
from adapters.postgres.migrate import migrate

WHO_LEADS = "ani"
EMMETT_PROGRAM = Path(__file__).parent / "peers" / "emmett.mjs"


class Entrant(Protocol):
    """One who takes part: does a work and gives its `rate` a second, and `p99_ms` where there is one."""

    @property
    def ask(self) -> Callable[..., Any]:
        """Do a work, named first, its plan by keywords; raises NotMeasured."""
        ...


Opening = Callable[[Arena, Effort], AbstractContextManager[Entrant]]


# The store: appends and loads


@contextmanager
def our_store(arena: Arena, effort: Effort) -> Iterator[Entrant]:
    """Open our event log on a database of its own."""
    url = arena.database("ours")
    migrate(url)
    with store_of(arena, url) as worker:
        yield worker


def store_of(arena: Arena, url: str) -> Worker:
    """Open our event log on a migrated database."""
    return _python("adapters.bench.ours", url, log=arena.log("ours"))


@contextmanager
def es_store(arena: Arena, effort: Effort) -> Iterator[Entrant]:
    """Open the library by the book."""
    with _python("adapters.bench.peers.es", arena.database("es"), log=arena.log("es")) as worker:
        yield worker


@contextmanager
def message_db_store(arena: Arena, effort: Effort) -> Iterator[Entrant]:
    """Open Message DB."""
    package = npm.installed("@eventide/message-db")
    url = arena.database("message_db")
    log = arena.log("message_db")
    with _python("adapters.bench.peers.message_db", url, str(package), log=log) as worker:
        yield worker


@contextmanager
def emmett_store(arena: Arena, effort: Effort) -> Iterator[Entrant]:
    """Open Emmett."""
    with _emmett(arena) as worker:
        yield worker


@contextmanager
def pgbench_store(arena: Arena, effort: Effort) -> Iterator[Entrant]:
    """Make pgbench's table."""
    yield PgBench(arena.database("pgbench"), arena.folder)


# Views over a log that is there already


@contextmanager
def our_views(arena: Arena, effort: Effort) -> Iterator[Entrant]:
    """Generate a log of ours, the views standing at its beginning."""
    url = arena.database("views")
    migrate(url)
    with log_of(arena, url) as worker:
        worker.ask("generate", cases=effort.cases)
        yield worker


def log_of(arena: Arena, url: str) -> Worker:
    """Open the program of our views on a migrated database."""
    return _python("adapters.bench.our_views", url, str(arena.folder), log=arena.log("views"))


@contextmanager
def es_views(arena: Arena, effort: Effort) -> Iterator[Entrant]:
    """Write a log of the library's."""
    with _python("adapters.bench.peers.es_views", arena.database("es_views"), log=arena.log("es_views")) as worker:
        worker.ask("generate", events=effort.events)
        yield worker


# HTTP


@contextmanager
def our_service(arena: Arena, effort: Effort) -> Iterator[Entrant]:
    """Serve this house on a fresh demonstration."""
    with serve_ours(arena, arena.database("service"), "--demo") as service:
        yield service


@contextmanager
def serve_ours(arena: Arena, url: str, *flags: str) -> Iterator[HttpEntrant]:
    """Serve a demonstration as `jejak serve` does, and sign in."""
    port, home = free_port(), arena.folder / "home"
    home.mkdir(exist_ok=True)
    told = {"JEJAK_DATABASE_URL": url, "JEJAK_HOME": str(home)}
    with served(jejak(port, *flags), port, arena.log("service"), told), _load(arena) as load:
        headers = {"Authorization": f"Bearer {_token(port)}"}
        yield HttpEntrant(load, port, http_entrant.ours(), "/api/v1/innovations/{id}", headers)


@contextmanager
def es_service(arena: Arena, effort: Effort) -> Iterator[Entrant]:
    """Serve the library behind FastAPI and uvicorn."""
    port, log = free_port(), arena.log("es_http")
    command = [sys.executable, "-m", "uvicorn", "adapters.bench.peers.es_http:app", "--port", str(port)]
    with served(command, port, log, {"BENCH_URL": arena.database("es_http")}), _load(arena) as load:
        yield HttpEntrant(load, port, http_entrant.peers(), "/cases/{id}")


@contextmanager
def emmett_service(arena: Arena, effort: Effort) -> Iterator[Entrant]:
    """Serve Emmett behind bare node http."""
    port = free_port()
    with _emmett(arena, str(port)), _load(arena) as load:
        yield HttpEntrant(load, port, http_entrant.peers(), "/cases/{id}")


OURS: Mapping[Field, Opening] = {Field.STORE: our_store, Field.VIEWS: our_views, Field.HTTP: our_service}
PEERS: Mapping[tuple[Field, Peer], Opening] = {
    (Field.STORE, Peer.ES): es_store,
    (Field.STORE, Peer.MESSAGE_DB): message_db_store,
    (Field.STORE, Peer.EMMETT): emmett_store,
    (Field.STORE, Peer.PGBENCH): pgbench_store,
    (Field.VIEWS, Peer.ES): es_views,
    (Field.HTTP, Peer.ES): es_service,
    (Field.HTTP, Peer.EMMETT): emmett_service,
}


# Programs


def _python(module: str, *arguments: str, log: Path) -> Worker:
    return Worker([sys.executable, "-m", module, *arguments], log)


def _load(arena: Arena) -> Worker:
    return _python("adapters.bench.http_load", log=arena.log("load"))


@contextmanager
def _emmett(arena: Arena, *port: str) -> Iterator[Worker]:
    npm.installed("@event-driven-io/emmett-postgresql")
    command = [npm.node(), str(EMMETT_PROGRAM), str(npm.FOLDER), arena.database("emmett"), *port]
    with Worker(command, arena.log("emmett")) as worker:
        worker.ask("documents", documents=documents())
        yield worker


def _token(port: int) -> str:
    """Sign in as the one who leads the cases."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/sessions",
        json.dumps({"username": WHO_LEADS, "password": PASSWORD}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310  our own service on this machine
        token: str = json.load(answer)["token"]
        return token
