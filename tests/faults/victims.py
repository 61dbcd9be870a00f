"""Processes that are killed and come back, each kept by a thread as an operator's supervisor would keep it."""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Self

import psycopg

from adapters.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresError
from adapters.postgres.projector import LEADER_LOCK
from tests.forked import FORKS, be
from tests.serving import free_port

LOOK_SECONDS = 0.02
STOP_SECONDS_MAX = 60.0


class Victim(ABC):
    """What can be killed; `start` is called until it is up, again and again."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._keeper = threading.Thread(target=self._keep)

    def __enter__(self) -> Self:
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._keeper.join(timeout=STOP_SECONDS_MAX)
        self.end()

    def _keep(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            if not self.lives():
                self.start()

    @abstractmethod
    def lives(self) -> bool: ...

    @abstractmethod
    def start(self) -> None: ...

    @abstractmethod
    def is_up(self) -> bool: ...

    @abstractmethod
    def kill(self) -> None: ...

    @abstractmethod
    def end(self) -> None: ...


class Program(Victim):
    """A command of the CLI in a process of its own; forked from one that has imported it, to be back at once."""

    def __init__(self, url: str, home: Path, name: str, *words: str) -> None:
        super().__init__()
        log = home / f"{name}.log"
        self._told = (words, {"JEJAK_DATABASE_URL": url, "JEJAK_HOME": str(home)}, [Path(os.devnull), log, log])
        self._process: ForkServerProcess | None = None

    def lives(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def start(self) -> None:
        self._process = FORKS.Process(target=be, args=self._told)
        self._process.start()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def end(self) -> None:
        if self._process is not None and self._process.is_alive() and self._process.pid:
            os.kill(self._process.pid, signal.SIGINT)
            self._process.join(timeout=STOP_SECONDS_MAX)


class Api(Program):
    """An API worker: `jejak serve --no-work` on a port it keeps."""

    def __init__(self, url: str, home: Path, name: str) -> None:
        self._port = free_port()
        super().__init__(url, home, name, "serve", "--no-work", "--port", str(self._port))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def is_up(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0


class Work(Program):
    """A projector: `jejak work`."""

    def __init__(self, url: str, home: Path) -> None:
        super().__init__(url, home, "work", "work")
        self._url = url

    def is_up(self) -> bool:
        return bool(
            asked(self._url, "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", LEADER_LOCK)
        )


class Database(Victim):
    """The embedded server; `kill` ends the whole of it, or one of those who serve a client."""

    def __init__(self, server: EmbeddedPostgres, chance: random.Random) -> None:
        super().__init__()
        self._server = server
        self._chance = chance

    def lives(self) -> bool:
        return self._server.process_id is not None

    def start(self) -> None:
        with suppress(EmbeddedPostgresError):
            self._server.start()

    def is_up(self) -> bool:
        return bool(asked(self._server.url, "SELECT 1 WHERE 1 = %s", 1))

    def kill(self) -> None:
        serving = "SELECT pid FROM pg_stat_activity WHERE backend_type = %s AND pid <> pg_backend_pid()"
        one_of = asked(self._server.url, serving, "client backend") if self._chance.random() < 0.5 else []
        process = self._chance.choice(one_of) if one_of else self._server.process_id
        if process is not None:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def end(self) -> None:
        """Leave it running: who made the server stops it."""


def asked(url: str, query: str, value: object) -> list[int]:
    """Give the first column, nothing while the database is away."""
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=2) as connection:
            return [row[0] for row in connection.execute(query.encode(), [value]).fetchall()]
    except psycopg.OperationalError:
        return []


def until(is_so: Callable[[], bool], seconds_max: float) -> None:
    """Wait for something to be so; AssertionError when it takes too long."""
    waiting = threading.Event()
    for _ in range(int(seconds_max / LOOK_SECONDS)):
        if is_so():
            return
        waiting.wait(LOOK_SECONDS)
    raise AssertionError(f"not within {seconds_max} s")
