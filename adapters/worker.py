"""The projector in a process of its own: it shares neither the interpreter nor its collector with the requests."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Self

import structlog

from adapters import logging
from adapters.collector import settle_memory
from adapters.postgres.projector import Projector
from adapters.signals import STOPS
from adapters.wiring import all_views

STOP_SECONDS_MAX = 10
LOOK_SECONDS = 0.2
PAUSE_SECONDS = 1.0
log = structlog.get_logger()


class Worker:
    """The process beside a service, started again when it falls; it ends when the service does, however that ends."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def __enter__(self) -> Self:
        self._process = self._started()
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        ends = time.monotonic() + STOP_SECONDS_MAX
        while self._keeper.is_alive():
            end = self._process.terminate if time.monotonic() < ends else self._process.kill
            end()
            self._keeper.join(LOOK_SECONDS)

    def is_alive(self) -> bool:
        """Tell whether the process runs."""
        return self._process.is_alive()

    def _started(self) -> BaseProcess:
        process = multiprocessing.get_context("spawn").Process(target=_work_beside, args=[self._url], name="worker")
        process.start()
        return process

    def _keep(self) -> None:
        while True:
            self._process.join()
            if self._stopping.is_set():
                return
            log.error("worker_fell", exit_code=self._process.exitcode)
            if not self._stopping.wait(PAUSE_SECONDS):
                try:
                    self._process = self._started()
                except OSError:  # no room for a process just now
                    log.exception("worker_not_started")


def work(url: str, stop: threading.Event) -> None:
    """Project until told to stop."""
    settle_memory()
    Projector(url, all_views()).run(stop)


def _work_beside(url: str) -> None:
    logging.configure()
    stop = threading.Event()
    for sign in STOPS:  # a terminal tells all its processes: the service stops us in its turn
        signal.signal(sign, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(target=_end_with_the_service, daemon=True).start()
    work(url, stop)


def _end_with_the_service() -> None:
    service = multiprocessing.parent_process()
    assert service is not None
    wait([service.sentinel])
    os._exit(1)
