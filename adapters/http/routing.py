"""Routes as FastAPI declares them, answered without its solving of dependencies, which costs more than most answers.

An endpoint's parameters are the request, what `Depends` gives of a request, and parts of the path.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from fastapi import APIRouter, FastAPI, Request
from fastapi.params import Depends, Path
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

Endpoint = Callable[..., Awaitable[Response]]
Resolve = Callable[[Request], Awaitable[Any]]


class NamedRoute(Route):
    """A route that says in the scope that it was taken."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether a request goes this way."""
        match, found = super().matches(scope)
        return match, found if match is Match.NONE else {**found, "route": self}


def include(app: FastAPI, *routers: APIRouter) -> None:
    """Add the routes of routers to the application, in order."""
    for router in routers:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            app.router.routes.append(
                NamedRoute(route.path, answering(route.endpoint), methods=list(route.methods or ()), name=route.name)
            )


def answering(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """Give an endpoint that needs the request alone. Who is calling is asked before what the path says."""
    steps = sorted(_steps(endpoint), key=lambda step: step[2])

    async def answer(request: Request) -> Response:
        return await endpoint(**{name: await resolve(request) for name, resolve, _ in steps})

    return answer


def _steps(endpoint: Endpoint) -> Iterator[tuple[str, Resolve, bool]]:
    """Give each parameter with how it comes about, and whether it is part of the path."""
    for name, hint in get_type_hints(endpoint, include_extras=True).items():
        plain, *marks = get_args(hint) if get_origin(hint) is Annotated else (hint,)
        if name == "return":
            continue
        if plain is Request:
            yield name, _request, False
        elif marks and isinstance(marks[0], Depends):
            assert marks[0].dependency is not None
            yield name, marks[0].dependency, False
        else:
            alias = marks[0].alias if marks and isinstance(marks[0], Path) else None
            yield name, _part(alias or name, plain), True


async def _request(request: Request) -> Request:
    return request


def _part(name: str, kind: Any) -> Resolve:
    async def part(request: Request) -> Any:
        try:
            return msgspec.convert(request.path_params[name], kind, strict=False)
        except (msgspec.ValidationError, OverflowError):
            raise HTTPException(404) from None

    return part
