"""Told to stop, at whatever moment and however often, the service takes its database along."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

from adapters.postgres.embedded import EmbeddedPostgres
from tests.journeys.test_one_machine import home, is_ready  # noqa: F401
from tests.serving import serving, starting

STOP_SECONDS_MAX = 60
STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def test_told_once_or_often_it_ends_well_and_leaves_no_postgres(home: Path) -> None:  # noqa: F811
    for sign in STOPS:
        with serving(None, home, "--demo") as served:
            assert is_ready(served)
            served.process.send_signal(sign)
        assert served.process.returncode == 0
        assert EmbeddedPostgres(home).process_id is None
    with serving(None, home, "--demo") as served:
        while served.process.poll() is None:
            served.process.send_signal(signal.SIGTERM)
            time.sleep(0.01)
    assert served.process.returncode in {0, -signal.SIGTERM}  # the last one found it finished
    assert EmbeddedPostgres(home).process_id is None


def test_told_while_it_starts_it_takes_the_start_back(home: Path) -> None:  # noqa: F811
    chance = random.Random()
    for n in range(3):
        with starting(None, home, "--demo") as served:
            while not (home / "postgres.turn").exists():
                time.sleep(0.01)  # from here on there may be a server
            time.sleep(chance.random() * (n + 1))
            served.process.send_signal(signal.SIGTERM)
            served.process.wait(STOP_SECONDS_MAX)
        (home / "postgres.turn").unlink()
        assert served.process.returncode == 0, served.log.read_text()
        assert EmbeddedPostgres(home).process_id is None
