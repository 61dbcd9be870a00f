"""The embedded PostgreSQL: joined, left, killed and found again; nothing acknowledged is lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from adapters.postgres.embedded import EmbeddedPostgres

ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time, pathlib
from adapters.postgres.embedded import EmbeddedPostgres
server = EmbeddedPostgres(pathlib.Path(sys.argv[1]))
server.start()
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="jejak-embedded-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def holder(home: Path) -> subprocess.Popen[bytes]:
    """Start another process that uses the server."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(home)], stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    return process


def kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def is_alive(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_it_starts_answers_and_leaves_nothing_behind(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        running = server.process_id
        with psycopg.connect(server.url) as connection:
            row = connection.execute("SHOW server_version_num").fetchone()
        assert row is not None
        assert int(row[0]) >= 180000
    assert running is not None
    assert not is_alive(running)


def test_the_last_one_to_leave_stops_it(home: Path) -> None:
    first, second = EmbeddedPostgres(home), EmbeddedPostgres(home)
    first.start()
    second.start()
    running = first.process_id
    first.stop()
    with psycopg.connect(second.url) as connection:
        connection.execute("SELECT 1")
    second.stop()
    assert running is not None
    assert not is_alive(running)


def test_after_its_starter_was_killed_the_next_one_joins_and_stops_it(home: Path) -> None:
    process = holder(home)
    kill(process)
    with EmbeddedPostgres(home) as server:
        orphan = server.process_id
        with psycopg.connect(server.url) as connection:
            connection.execute("SELECT 1")
    assert orphan is not None
    assert not is_alive(orphan)


def test_after_everything_was_killed_what_was_committed_is_there(home: Path) -> None:
    process = holder(home)
    server = EmbeddedPostgres(home)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    postmaster = server.process_id
    kill(process)
    assert postmaster is not None
    os.kill(postmaster, signal.SIGKILL)
    while is_alive(postmaster):
        time.sleep(0.01)
    with server, psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_deep_folder_does_not_matter(home: Path) -> None:
    deep = home / ("d" * 60) / ("e" * 60)
    with EmbeddedPostgres(deep) as server, psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
