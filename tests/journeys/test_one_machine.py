"""The service as `make run` starts it, on its embedded database: stopped cleanly, killed, and started again."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from adapters.demo.governments import PASSWORD
from adapters.postgres.embedded import EmbeddedPostgres
from tests.adapters.test_projector import becomes
from tests.journeys.test_idea_to_pilot import IDEA
from tests.serving import Served, serving


@pytest.fixture
def home() -> Iterator[Path]:
    """Give an empty folder that an unprivileged database may reach."""
    with TemporaryDirectory(prefix="jejak-test-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def ask(served: Served, method: str, path: str, token: str | None = None, **more: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.request(method, f"{served.url}{path}", headers=headers, timeout=30, **more)


def sign_in(served: Served, username: str = "ani") -> str:
    answer = ask(served, "POST", "/api/v1/sessions", json={"username": username, "password": PASSWORD})
    token: str = answer.json()["token"]
    return token


def register(served: Served, title: str) -> str:
    """Register an idea and give its id, once it was acknowledged."""
    answer = ask(served, "POST", "/api/v1/innovations", sign_in(served), json={**IDEA, "title": title})
    assert answer.status_code == 201, answer.text
    case: str = answer.json()["id"]
    return case


def read(served: Served, case: str) -> Any:
    return ask(served, "GET", f"/api/v1/innovations/{case}", sign_in(served)).json()


def is_ready(served: Served) -> bool:
    answer = ask(served, "GET", "/health/ready")
    return answer.status_code == 200 and bool(answer.json()["status"] == "ok")


def test_stopped_it_leaves_no_postgres_and_goes_on_where_it_was(home: Path) -> None:
    with serving(None, home, "--demo") as first:
        case = register(first, "Ditutup baik-baik")
        assert is_ready(first)
    assert first.process.returncode == 0
    assert EmbeddedPostgres(home).process_id is None
    with serving(None, home, "--demo") as second:
        assert is_ready(second)
        assert read(second, case)["title"] == "Ditutup baik-baik"


def test_when_its_postgres_is_killed_it_starts_another_and_goes_on(home: Path) -> None:
    with serving(None, home, "--demo") as served:
        case = register(served, "Basis data mati")
        postmaster = EmbeddedPostgres(home).process_id
        assert postmaster is not None
        os.kill(postmaster, signal.SIGKILL)
        assert becomes(lambda: EmbeddedPostgres(home).process_id not in {None, postmaster})
        assert becomes(lambda: is_ready(served))
        assert read(served, case)["title"] == "Basis data mati"
        told = [json.loads(line)["event"] for line in served.log.read_text(encoding="utf-8").splitlines()]
    assert [event for event in told if event.startswith("database")] == ["database_fell", "database_started_again"]
    assert served.process.returncode == 0
    assert EmbeddedPostgres(home).process_id is None


def test_after_kill_of_everything_the_next_start_has_all_that_was_acknowledged(home: Path) -> None:
    with serving(None, home, "--demo") as first:
        cases = [register(first, f"Mati listrik {n}") for n in range(5)]
        postmaster = EmbeddedPostgres(home).process_id
        assert postmaster is not None
        first.process.kill()
        os.kill(postmaster, signal.SIGKILL)
    with serving(None, home, "--demo") as second:
        assert [read(second, case)["title"] for case in cases] == [f"Mati listrik {n}" for n in range(5)]
        last = read(second, cases[-1])["position"]
        headers = {"Authorization": f"Bearer {sign_in(second)}", "Jejak-Min-Position": str(last)}

        def listed() -> int:
            answer = httpx.get(f"{second.url}/api/v1/innovations?q=listrik", headers=headers, timeout=30)
            return len(answer.json()["items"]) if answer.status_code == 200 else 0  # 503: its worker is still starting

        assert becomes(lambda: listed() == len(cases))
    assert EmbeddedPostgres(home).process_id is None
