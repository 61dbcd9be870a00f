"""The application: its doors, its health and its documents."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import msgspec
from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp

from adapters.accounts import Accounts
from adapters.http import docs_page, moves, openapi, problems
from adapters.http.answers import as_json
from adapters.http.auth import sessions
from adapters.http.moves import Given
from adapters.http.reads import ROUTES
from adapters.http.routing import include
from adapters.http.telemetry import Figures, Telemetry
from adapters.postgres import view_reads
from adapters.service import Service
from application.ports import LogUnavailable

BEHIND_SECONDS_MAX = 30.0


class Application(FastAPI):
    """FastAPI with two layers of middleware: ours, which accounts for everything, and the one that answers refusals.

    Its others time, limit and clean up what our endpoints do not use; read_body has a limit of its own.
    """

    def __init__(self, figures: Figures, **options: Any) -> None:
        super().__init__(**options)
        self._figures = figures

    def build_middleware_stack(self) -> ASGIApp:
        """Give what a request goes through."""
        return Telemetry(ExceptionMiddleware(self.router, self.exception_handlers), self._figures)


def create_app(make: Callable[[], AbstractAsyncContextManager[Service]], *faces: Callable[[FastAPI], None]) -> FastAPI:
    """Give the application; `make` opens the Service and closes it again, `faces` add what stands beside the API."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with make() as given:
            app.state.service = given
            app.state.accounts = Accounts(given.pool)
            yield {"service": given}  # for what is refused before it is a request

    figures = Figures()
    shut = {"docs_url": None, "redoc_url": None, "openapi_url": None, "redirect_slashes": False}
    app = Application(figures, title="Jejak", lifespan=lifespan, **shut)
    problems.install(app)
    include(app, moves.router(), sessions, *ROUTES, _health(figures), _documents())
    for add in faces:
        add(app)
    return app


def _health(figures: Figures) -> APIRouter:
    routes = APIRouter()

    @routes.get("/health/live")
    async def live() -> Response:
        """Say that the process answers."""
        return as_json({"status": "ok"})

    @routes.get("/health/ready")
    async def ready(given: Given) -> Response:
        """Say whether commands and reads work, and how far the views are behind."""
        views = await view_reads.health(given.pool)
        keeping_up = views.seconds_behind <= BEHIND_SECONDS_MAX
        status = ("ok" if keeping_up else "views_behind") if given.projector_alive() else "projector_down"
        content = {
            "status": status,
            "position": views.head,
            "views": views.position,
            "behind": views.head - views.position,
            "seconds_behind": views.seconds_behind,
            "parked": views.parked,
        }
        return Response(msgspec.json.encode(content), 200 if status == "ok" else 503, media_type="application/json")

    @routes.get("/metrics")
    async def metrics(given: Given) -> Response:
        """Give the figures for Prometheus, also while the database is away."""
        try:
            views = await view_reads.health(given.pool)
            figures.behind.set(views.head - views.position)
            figures.parked.set(views.parked)
        except LogUnavailable:
            figures.behind.set(math.nan)
        return Response(generate_latest(figures.registry), media_type=CONTENT_TYPE_LATEST)

    return routes


def _documents() -> APIRouter:
    routes = APIRouter()

    @routes.get("/api/openapi.json")
    async def openapi_document() -> Response:
        """Give the OpenAPI document."""
        return as_json(openapi.document())

    @routes.get("/api/docs")
    async def docs() -> Response:
        """Give the documentation page."""
        return HTMLResponse(docs_page.page())

    return routes
