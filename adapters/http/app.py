"""The application: doors, health, metrics, and one log line per request."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import msgspec
import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from adapters.clock import new_id
from adapters.http import auth, openapi, problems
from adapters.http.input import as_struct, read_body, read_object
from adapters.http.moves import Given
from adapters.http.moves import router as moves
from adapters.http.reads import as_json, routes
from adapters.http.service import Service, service
from adapters.postgres import view_reads

log = structlog.get_logger("jejak.http")


def create_app(make: Callable[[], Any]) -> FastAPI:
    """Give the application; `make` is an asynchronous context manager that opens the Service."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with make() as given:
            app.state.service = given
            yield

    app = FastAPI(title="Jejak", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    _measure(app)
    problems.install(app)
    app.include_router(moves(), prefix="/api/v1")
    app.include_router(routes, prefix="/api/v1")
    _sessions(app)
    _health(app)
    _documents(app)
    return app


def _sessions(app: FastAPI) -> None:
    @app.post("/api/v1/sessions")
    async def sign_in(request: Request, given: Given) -> Response:
        """Sign in with name and password."""
        attempt = as_struct(read_object(await read_body(request)), auth.SignIn)
        client = request.client.host if request.client else "unknown"
        session = await auth.sign_in(given.pool, attempt, client)
        person = {"id": str(session.person), "name": session.name}
        content = {"token": session.token, "expires_at": msgspec.to_builtins(session.expires_at), "person": person}
        return Response(msgspec.json.encode(content), 201, media_type="application/json")

    @app.delete("/api/v1/sessions")
    async def sign_out(request: Request, given: Given) -> Response:
        """End the session."""
        await auth.caller(request)
        await auth.sign_out(given.pool, auth.bearer(request))
        return Response(status_code=204)


def _health(app: FastAPI) -> None:
    @app.get("/health/live")
    async def live() -> Response:
        """Say that the process answers."""
        return as_json({"status": "ok"})

    @app.get("/health/ready")
    async def ready(given: Annotated[Service, Depends(service)]) -> Response:
        """Say whether commands and reads work, and how far the views are behind."""
        head, seen = await given.house.log.head(), await view_reads.checkpoint(given.pool)
        alive = given.projector_alive()
        content = {
            "status": "ok" if alive else "projector_down",
            "position": head,
            "views": seen,
            "behind": head - seen,
        }
        return Response(msgspec.json.encode(content), 200 if alive else 503, media_type="application/json")


def _documents(app: FastAPI) -> None:
    @app.get("/api/openapi.json")
    async def openapi_document() -> Response:
        """Give the OpenAPI document."""
        return as_json(openapi.document())

    @app.get("/api/docs", response_class=HTMLResponse)
    async def docs() -> str:
        """Give the documentation page."""
        return openapi.page()


def _measure(app: FastAPI) -> None:
    """Count, time and log every request: one line each, no personal data."""
    registry = CollectorRegistry()
    seconds = Histogram("jejak_request_seconds", "Time to answer", ["method", "route"], registry=registry)
    answers = Counter("jejak_requests", "Answers given", ["method", "route", "status"], registry=registry)
    behind = Gauge("jejak_views_behind", "Positions the views are behind the log", registry=registry)

    @app.get("/metrics")
    async def metrics(given: Annotated[Service, Depends(service)]) -> Response:
        """Give the figures for Prometheus."""
        behind.set(await given.house.log.head() - await view_reads.checkpoint(given.pool))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @app.middleware("http")
    async def line(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        began, request_id = time.perf_counter(), str(new_id())
        try:
            response = await proceed(request)
        except Exception as error:
            log.exception("request_failed", request=request_id, method=request.method, error=type(error).__name__)
            response = problems.answer(request, problems.Problem(500, "internal"))
        took = time.perf_counter() - began
        route = getattr(request.scope.get("route"), "path", "-")
        state = request.state
        if "jejak-position" not in response.headers:
            response.headers["Jejak-Position"] = str(await _head(request))
        response.headers["X-Request-Id"] = request_id
        seconds.labels(request.method, route).observe(took)
        answers.labels(request.method, route, str(response.status_code)).inc()
        log.info(
            "request",
            request=request_id,
            method=request.method,
            route=route,
            status=response.status_code,
            code=getattr(state, "code", None),
            person=str(getattr(state, "person", "")) or None,
            case=getattr(state, "case", None),
            position=getattr(state, "position", None),
            milliseconds=round(took * 1000, 1),
        )
        return response


async def _head(request: Request) -> int:
    """Give the log's head for answers that know no position; 0 when the log is away."""
    try:
        return await request.app.state.service.house.log.head()  # type: ignore[no-any-return]
    except Exception:  # noqa: BLE001  a header never turns an answer into a failure
        return 0
