"""Clients that send keyed commands and ask again, whatever happens, until they have an answer that settles it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from adapters.demo.governments import PASSWORD
from tests.faults.keys import fresh_word
from tests.journeys.test_idea_to_pilot import IDEA

ANSWER_SECONDS_MAX = 20.0
SETTLED_SECONDS_MAX = 120.0
PAUSE_SECONDS_MAX = 0.2
THOUGHT_SECONDS_MAX = 0.1  # else the clients take the machine from those who come back


@dataclass(frozen=True)
class Settled:
    """What a command was told in the end, and how often it had to be asked."""

    key: str
    status: int
    content: dict[str, Any]
    asked: int

    @property
    def acknowledged(self) -> bool:
        return self.status in {200, 201}


class KeyedClient:
    """One client: registers ideas, adds to its own and to a case all share, some of it on a version it remembers."""

    def __init__(self, addresses: Sequence[str], token: str, shared_case: str, chance: random.Random) -> None:
        self._addresses = addresses
        self._http = httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=ANSWER_SECONDS_MAX)
        self._chance = chance
        self._shared = shared_case
        self._own: str | None = None
        self._version = 1
        self.settled: list[Settled] = []
        self.trouble: Exception | None = None

    def work(self, goes_on: Callable[[], bool]) -> None:
        """Send one command after the other."""
        try:
            while goes_on():
                self._next()
                time.sleep(self._chance.uniform(0, THOUGHT_SECONDS_MAX))
        except Exception as trouble:  # noqa: BLE001  told by the thread that waits for this one
            self.trouble = trouble
        finally:
            self._http.close()

    def _next(self) -> None:
        key = fresh_word()
        plan = {"plan": "renja", "code": key}
        chosen = self._chance.random()
        if self._own is None or chosen < 0.3:
            done = self._ask("/innovations", {**IDEA, "title": f"Antrean {key}"}, key)
            self._own = done.content["id"] if done.acknowledged else self._own
        elif chosen < 0.7:
            self._ask(f"/innovations/{self._own}/link-plan", plan, key)
        elif chosen < 0.85:
            done = self._ask(f"/innovations/{self._shared}/link-plan", plan, key)
            self._version = done.content.get("version", self._version)
        else:
            done = self._ask(f"/innovations/{self._shared}/link-plan", plan, key, version=self._version)
            self._version = done.content.get("version", self._version)

    def _ask(self, path: str, body: dict[str, Any], key: str, version: int | None = None) -> Settled:
        """Ask until the answer is neither a lost one nor a 503."""
        headers = {"Idempotency-Key": key} | ({"If-Match": f'"{version}"'} if version else {})
        deadline, asked = time.monotonic() + SETTLED_SECONDS_MAX, 0
        while time.monotonic() < deadline:
            asked += 1
            address = self._chance.choice(self._addresses)
            try:
                answer = self._http.post(f"{address}/api/v1{path}", json=body, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code != 503:
                self.settled.append(Settled(key, answer.status_code, answer.json(), asked))
                return self.settled[-1]
            time.sleep(self._chance.uniform(0.01, PAUSE_SECONDS_MAX))
        raise AssertionError(f"{path} under {key} was never settled")


def sign_in(address: str, username: str) -> str:
    """Give a token."""
    signed = httpx.post(f"{address}/api/v1/sessions", json={"username": username, "password": PASSWORD}, timeout=30)
    assert signed.status_code == 201, signed.text
    token: str = signed.json()["token"]
    return token


def at_work(clients: Sequence[KeyedClient], goes_on: Callable[[], bool]) -> list[threading.Thread]:
    """Let every client work in a thread of its own."""
    threads = [threading.Thread(target=client.work, args=[goes_on]) for client in clients]
    for thread in threads:
        thread.start()
    return threads
