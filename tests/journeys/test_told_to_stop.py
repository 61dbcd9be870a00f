"""Told to stop, at whatever moment and however often, the service takes its database along."""

from __future__ import annotations

import itertools
import random
import signal
import threading
import time
from pathlib import Path

import httpx
import pytest

from adapters.postgres.embedded import EmbeddedPostgres
from tests.journeys.test_idea_to_pilot import IDEA
from tests.journeys.test_one_machine import ask, home, is_ready, sign_in  # noqa: F401
from tests.serving import serving, starting

STOP_SECONDS_MAX = 60
WRITTEN_BEFORE = 40
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


@pytest.mark.parametrize("sign", STOPS)
def test_told_in_the_middle_of_its_work_it_ends_what_is_due(home: Path, sign: signal.Signals) -> None:  # noqa: F811
    with serving(None, home, "--demo") as served:
        token = sign_in(served)
        told, answers, numbers = threading.Event(), list[int](), itertools.count()

        def write() -> None:
            while True:
                try:
                    body = {**IDEA, "title": f"Tulisan {next(numbers)}"}
                    answers.append(ask(served, "POST", "/api/v1/innovations", token, json=body).status_code)
                except httpx.TransportError:  # nobody answers any more
                    return
                if len(answers) > WRITTEN_BEFORE:
                    told.set()

        writers = [threading.Thread(target=write) for _ in range(4)]
        for writer in writers:
            writer.start()
        assert told.wait(STOP_SECONDS_MAX)
        served.process.send_signal(sign)
        for writer in writers:
            writer.join(STOP_SECONDS_MAX)
            assert not writer.is_alive()
    assert served.process.returncode == 0
    assert set(answers) == {201}


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
