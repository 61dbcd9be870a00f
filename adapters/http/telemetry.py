"""What every answer has in common: its position, one log line without personal data, and its figures."""

from __future__ import annotations

import time
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from adapters.addresses import address
from adapters.clock import new_id
from adapters.service import Service

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
log = structlog.get_logger("jejak.http")


class Figures:
    """What Prometheus is told."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.seconds = Histogram("jejak_request_seconds", "Time to answer", ["method", "route"], registry=self.registry)
        self.answers = Counter("jejak_requests", "Answers given", ["method", "route", "status"], registry=self.registry)
        self.parked = Gauge("jejak_views_parked", "Keys the views cannot follow", registry=self.registry)
        self.behind = Gauge("jejak_views_behind", "Positions the views are behind the log", registry=self.registry)


class Telemetry:
    """Middleware, outermost of ours: whatever happens inside, an answer and its line come out."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and account for it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, request_id = time.perf_counter(), str(new_id())
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        state: dict[str, Any] = scope.setdefault("state", {})
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers.setdefault("Jejak-Position", str(_head(scope)))
                state["position"] = headers["Jejak-Position"]
            await send(message)

        with bound_contextvars(request=request_id, method=method):
            try:
                await self._app(scope, receive, sending)
            except ClientDisconnect:
                state["code"] = "client_gone"
            except Exception as error:
                log.exception("request_failed")
                if status == 0:
                    told = scope["app"].exception_handlers[500]
                    await (await told(Request(scope), error))(scope, receive, sending)
            self._account(scope, method, status, time.perf_counter() - began)

    def _account(self, scope: Scope, method: str, status: int, took: float) -> None:
        route, state = _route(scope), scope["state"]
        self._figures.seconds.labels(method, route).observe(took)
        self._figures.answers.labels(method, route, str(status)).inc()
        log.info(
            "request",
            route=route,
            status=status,
            code=state.get("code"),
            person=str(state.get("person", "")) or None,
            case=state.get("case"),
            position=state.get("position"),
            milliseconds=round(took * 1000, 1),
        )


def _head(scope: Scope) -> int:
    """Give where the log stood a moment ago, for answers that know no position of their own; nobody waits for it."""
    given: Service = scope["app"].state.service
    return given.head()


def _route(scope: Scope) -> str:
    """Give the route a request took, with its command: of these there is a known number."""
    route: str = getattr(scope.get("route"), "path", "-")
    command = scope.get("path_params", {}).get("command")
    return route if command is None else f"{route.rpartition('/')[0]}/{address(command)}"
