"""Somebody who speaks HTTP to the service as people do, one request after the other."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any
from uuid import uuid4

from adapters.demo.governments import PASSWORD
from adapters.web.visit import SESSION_COOKIE

TIMEOUT_SECONDS = 60


class Unexpected(Exception):
    """The service answered with something the measurement does not reckon with."""


class Caller:
    """A connection that is kept, the tokens of the people who use it, and how long each answer took."""

    def __init__(self, port: int, tokens: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        self._tokens = tokens
        self.milliseconds: list[float] = []

    def sign_in(self, username: str) -> str:
        """Give a token."""
        body = {"username": username, "password": PASSWORD}
        token: str = self._ask("POST", "/api/v1/sessions", body, {})[1]["token"]
        return token

    def get(self, username: str, path: str) -> Any:
        """Read as somebody."""
        return self._timed("GET", username, path, None, {})[1]

    def look(self, username: str, path: str) -> None:
        """Open a page as somebody."""
        began = time.perf_counter()
        cookie = f"{SESSION_COOKIE}={self._tokens[username]}"
        headers = {"Cookie": cookie, "Accept": "text/html", "Accept-Encoding": "gzip"}
        self._connection.request("GET", path, headers=headers)
        answer = self._connection.getresponse()
        answer.read()
        self.milliseconds.append((time.perf_counter() - began) * 1000)
        if answer.status != http.client.OK:
            raise Unexpected(f"GET {path}: {answer.status}")

    def command(self, username: str, path: str, body: dict[str, Any], version: int | None = None) -> Any:
        """Send a command as somebody, on a version, under a key of its own."""
        headers = {"Idempotency-Key": str(uuid4())} | ({"If-Match": f'"{version}"'} if version else {})
        return self._timed("POST", username, path, body, headers)[1]

    def readiness(self) -> tuple[int, dict[str, Any]]:
        """Give status and body of `/health/ready`; raises OSError while nobody listens."""
        return self._send("GET", "/health/ready", None, {})

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _timed(self, method: str, username: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        began = time.perf_counter()
        answer = self._ask(
            method, f"/api/v1{path}", body, {"Authorization": f"Bearer {self._tokens[username]}"} | headers
        )
        self.milliseconds.append((time.perf_counter() - began) * 1000)
        return answer

    def _ask(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        status, content = self._send(method, path, body, headers)
        if status not in {200, 201}:
            raise Unexpected(f"{method} {path}: {status} {content}")
        return status, content

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        sent = None if body is None else json.dumps(body).encode()
        self._connection.request(method, path, sent, {"Content-Type": "application/json"} | headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())
