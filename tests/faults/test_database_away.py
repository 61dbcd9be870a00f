"""The database goes away under a running service: what needs none answers at once, the rest soon, and it comes back."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from adapters.demo.governments import PASSWORD
from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.migrate import migrate
from adapters.postgres.view_writer import CHECKPOINT
from tests.conftest import FAST
from tests.databases import fill, govern
from tests.faults.test_killed import VIEWS_BEHIND
from tests.faults.victims import asked, until
from tests.journeys.test_idea_to_pilot import IDEA
from tests.serving import serving

AT_ONCE, SOON, AT_LAST = 1.0, 3.0, 8.0  # seconds a client waits, on a machine that has other things to do
AWAY_SECONDS = 16.0  # long enough for pauses that double to have grown long
BACK_SECONDS_MAX = 6.0


@pytest.fixture
def database() -> Iterator[EmbeddedPostgres]:
    """Give a server of one's own that can be stopped, with governments."""
    home = Path(tempfile.mkdtemp(prefix="jejak-faults-"))
    home.chmod(0o711)  # started by root it runs as nobody, and must get there
    with EmbeddedPostgres(home, FAST) as server:
        migrate(server.url)
        fill(server.url, home / "evidence", govern)
        yield server
    shutil.rmtree(home, ignore_errors=True)


def away(server: EmbeddedPostgres) -> None:
    assert server.process_id is not None
    os.kill(server.process_id, signal.SIGINT)
    until(lambda: server.process_id is None, 10)


def test_while_it_is_away_everybody_is_answered_and_when_it_is_back_all_goes_on(
    database: EmbeddedPostgres, tmp_path: Path
) -> None:
    with serving(database.url, tmp_path) as served, httpx.Client(base_url=served.url, timeout=30) as client:
        token = client.post("/api/v1/sessions", json={"username": "ani", "password": PASSWORD}).json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        born = client.post("/api/v1/innovations", json=IDEA)
        assert born.status_code == 201, born.text
        until(lambda: asked(database.url, VIEWS_BEHIND, CHECKPOINT) == [0], 30)

        away(database)
        gone = time.monotonic()
        for path, status in (("/health/live", 200), ("/api/docs", 200), ("/nowhere", 404)):
            answer = client.get(path, timeout=AT_ONCE)
            assert answer.status_code == status
            assert int(answer.headers["Jejak-Position"]) >= int(born.headers["Jejak-Position"])
        assert client.get("/health/ready", timeout=SOON).status_code == 503
        assert client.get("/metrics", timeout=SOON).status_code == 200
        for method, path in (("GET", f"/api/v1/innovations/{born.json()['id']}"), ("POST", "/api/v1/innovations")):
            refused = client.request(method, path, json=IDEA, timeout=AT_LAST)
            assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
            assert int(refused.headers["Retry-After"]) > 0
        until(lambda: time.monotonic() - gone > AWAY_SECONDS, AWAY_SECONDS)

        database.start()
        until(lambda: client.get("/health/ready").status_code == 200, BACK_SECONDS_MAX)
        again = client.post("/api/v1/innovations", json={**IDEA, "title": "Sesudah gangguan"})
        assert again.status_code == 201, again.text


def test_back_before_anybody_asked_it_was_never_away(database: EmbeddedPostgres, tmp_path: Path) -> None:
    with serving(database.url, tmp_path) as served, httpx.Client(base_url=served.url, timeout=30) as client:
        signed = client.post("/api/v1/sessions", json={"username": "ani", "password": PASSWORD})
        client.headers["Authorization"] = f"Bearer {signed.json()['token']}"
        for n in range(3):
            away(database)
            database.start()
            born = client.post("/api/v1/innovations", json={**IDEA, "title": f"Gangguan {n}"})
            assert born.status_code == 201, born.text
