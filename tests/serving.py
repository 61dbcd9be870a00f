"""The service as an operator runs it, a process of its own, its log lines kept; or in a thread of this process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn

from adapters.files.store import EvidenceStore
from adapters.http.protocol import Protocol
from adapters.wiring import http_app

ROOT = Path(__file__).parents[1]
START_SECONDS_MAX = 60.0


@dataclass(frozen=True)
class Served:
    """Where a service answers, and what it wrote to standard error."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]


@contextmanager
def serving(database_url: str | None, home: Path, *flags: str) -> Iterator[Served]:
    """Run `jejak serve` until the block ends, on a database or, without one, on the embedded one of `home`."""
    with starting(database_url, home, *flags) as served:
        _await(served)
        yield served


@contextmanager
def starting(database_url: str | None, home: Path, *flags: str) -> Iterator[Served]:
    """Run `jejak serve` without waiting until it answers."""
    port = free_port()
    told = {"JEJAK_HOME": str(home)} | ({"JEJAK_DATABASE_URL": database_url} if database_url else {})
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("JEJAK_DATABASE_URL")}
    log_path = home / "serve.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "adapters.cli", "serve", "--port", str(port), *flags],
            cwd=ROOT,
            env=surroundings | told,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        yield Served(f"http://127.0.0.1:{port}", log_path, process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(timeout=START_SECONDS_MAX)


@contextmanager
def open_door(url: str, evidence: Path) -> Iterator[str]:
    """Serve a database and give the address."""
    app = http_app(url, EvidenceStore(evidence))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, http=Protocol))
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=server.run, args=[[door]])
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def free_port() -> int:
    """Give a port of this machine nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _await(served: Served) -> None:
    """Wait until the port is open; nothing is asked, so no line is written."""
    ends = time.monotonic() + START_SECONDS_MAX
    host, port = httpx.URL(served.url).host, httpx.URL(served.url).port or 0
    while time.monotonic() < ends and served.process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(served.log.read_text(encoding="utf-8"))
