"""The projector's process beside the service: it comes back when it falls, and goes when the service goes."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.adapters.test_projector import becomes
from tests.journeys.test_one_machine import home, is_ready, register  # noqa: F401
from tests.serving import Served, serving


def worker_of(served: Served) -> int:
    """Give the process id of the service's worker."""
    threads = Path(f"/proc/{served.process.pid}/task").glob("*/children")
    children = [child for thread in threads for child in thread.read_text().split()]
    (found,) = [child for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
    return int(found)


def runs(process: int) -> bool:
    state = Path(f"/proc/{process}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_worker_that_falls_is_started_again_and_the_views_go_on(home: Path) -> None:  # noqa: F811
    with serving(None, home, "--demo") as served:
        assert is_ready(served)
        fallen = worker_of(served)
        os.kill(fallen, signal.SIGKILL)
        assert becomes(lambda: not is_ready(served))
        register(served, "Terdaftar selagi proyektor mati")
        assert becomes(lambda: is_ready(served))
        assert worker_of(served) != fallen
    assert served.process.returncode == 0


def test_the_worker_does_not_outlive_a_service_that_was_killed(home: Path) -> None:  # noqa: F811
    with serving(None, home, "--demo") as served:
        assert is_ready(served)
        worker = worker_of(served)
        served.process.kill()
        served.process.wait()
        assert becomes(lambda: not runs(worker))
