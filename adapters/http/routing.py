"""Routes as FastAPI declares them, answered without its solving of dependencies, which costs more than most answers.

An endpoint's parameters are the request, what `Depends` gives of a request, a `Query`, and parts of the path.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from fastapi import APIRouter, FastAPI, Request
from fastapi.params import Depends, Path
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from adapters.http.query import Query

Endpoint = Callable[..., Awaitable[Response]]
Answer = Callable[[Request], Awaitable[Response]]
Resolve = Callable[[Request], Awaitable[Any]]


class NamedRoute(Route):
    """A route that says in the scope that it was taken, and that fits whole paths only."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        super().__init__(path, endpoint, **more)
        self.path_regex = re.compile(self.path_regex.pattern.removesuffix("$") + r"\Z")  # `$` lets a line break follow

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether a request goes this way."""
        match, found = super().matches(scope)
        return match, found if match is Match.NONE else {**found, "route": self}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say which methods the routes of its path take together."""
        if scope["method"] in (self.methods or ()):
            return await super().handle(scope, receive, send)
        here = [route for route in scope["router"].routes if route.matches(scope)[0] is not Match.NONE]
        allowed = sorted({method for route in here for method in route.methods})
        raise HTTPException(405, headers={"Allow": ", ".join(allowed)})


def include(app: FastAPI, *routers: APIRouter, told: Callable[[Answer], Answer] = lambda answer: answer) -> None:
    """Add the routes of routers to the application, in order; `told` is how their answers are told."""
    for router in routers:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            answer = told(answering(route.endpoint))
            app.router.routes.append(NamedRoute(route.path, answer, methods=list(route.methods or ()), name=route.name))


def answering(endpoint: Endpoint) -> Answer:
    """Give an endpoint that needs the request alone. Who is calling is asked before what path and query say."""
    steps = sorted(_steps(endpoint), key=lambda step: step[2])
    silent = query_of(endpoint) is Query

    async def answer(request: Request) -> Response:
        given = {name: await resolve(request) for name, resolve, _ in steps}
        if silent:
            await Query.of(request)
        return await endpoint(**given)

    return answer


def query_of(endpoint: Endpoint) -> type[Query]:
    """Give what may be asked of an endpoint: the query it declares, else nothing."""
    kinds = get_type_hints(endpoint).values()
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Query)), Query)


def _steps(endpoint: Endpoint) -> Iterator[tuple[str, Resolve, int]]:
    """Give each parameter with how it comes about, and its turn: from the request, the path, the query."""
    for name, hint in get_type_hints(endpoint, include_extras=True).items():
        plain, *marks = get_args(hint) if get_origin(hint) is Annotated else (hint,)
        if name == "return":
            continue
        if plain is Request:
            yield name, _request, 0
        elif marks and isinstance(marks[0], Depends):
            assert marks[0].dependency is not None
            yield name, marks[0].dependency, 2 if issubclass(plain, Query) else 0
        else:
            alias = marks[0].alias if marks and isinstance(marks[0], Path) else None
            yield name, _part(alias or name, plain), 1


async def _request(request: Request) -> Request:
    return request


def _part(name: str, kind: Any) -> Resolve:
    async def part(request: Request) -> Any:
        try:
            return msgspec.convert(request.path_params[name], kind, strict=False)
        except (msgspec.ValidationError, OverflowError):
            raise HTTPException(404) from None

    return part
