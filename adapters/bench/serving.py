"""Services in processes of their own, each on a free port of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from adapters.bench.worker import NotMeasured

START_SECONDS_MAX = 120.0
POLL_SECONDS = 0.02


def free_port() -> int:
    """Give a port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def served(command: Sequence[str], port: int, log: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Run a service until the block ends; raises NotMeasured when it does not listen on its port in time."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("JEJAK_")}
    with log.open("wb") as lines:
        process = subprocess.Popen(  # noqa: S603  our own programs
            command, env=inherited | dict(environment), stdin=subprocess.DEVNULL, stdout=lines, stderr=lines
        )
    try:
        wait_until(lambda: _listens(port, process), START_SECONDS_MAX)
        yield
    finally:
        process.terminate()
        process.wait(START_SECONDS_MAX)


def jejak(port: int, *flags: str) -> list[str]:
    """Give the command line that serves this house."""
    return [sys.executable, "-m", "adapters.cli", "serve", "--port", str(port), *flags]


def wait_until(is_so: Callable[[], bool], seconds_max: float) -> None:
    """Look again and again; raises TimeoutError."""
    deadline = time.monotonic() + seconds_max
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(POLL_SECONDS)


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    if process.poll() is not None:
        raise NotMeasured(f"the service ended with {process.returncode}")
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
