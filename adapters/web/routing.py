"""How pages are reached: like the API's addresses, but what is refused is told on a page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from adapters.catalogue import LANGUAGES
from adapters.files.previews import Previews
from adapters.http.problems import CODES, HANDLED, RETRY_SECONDS, Problem, answer, from_use_case
from adapters.http.routing import include
from adapters.web import assets
from adapters.web.lists.fresh import Fresh
from adapters.web.pages import (
    audit,
    case,
    case_brief,
    case_compare,
    case_evidence,
    case_minutes,
    case_news,
    command,
    dashboard,
    evaluations,
    offices,
    portal,
    register,
    replications,
    sign_in,
    style,
    work,
)
from adapters.web.refusal import refusal
from adapters.web.visit import LANGUAGE_COOKIE, SignInFirst, language_wanted, path_of, sign_in_address, visit

Answer = Callable[[Request], Awaitable[Response]]
UNAVAILABLE = 503
YEAR_SECONDS = 365 * 24 * 3600
PAGES: tuple[APIRouter, ...] = (
    assets.routes,
    sign_in.routes,
    command.routes,
    portal.routes,
    replications.routes,
    evaluations.routes,
    offices.routes,
    audit.routes,
    style.routes,
    work.routes,
    register.routes,
    dashboard.routes,
    case_brief.routes,
    case_compare.routes,
    case_evidence.routes,
    case_minutes.routes,
    case_news.routes,
    case.routes,
)
"""The first that fits is taken: what is named stands before what is any number or command."""


def install(app: FastAPI) -> None:
    """Add every page to the application; addresses nobody answers are told so on a page, to who asks for one."""
    app.state.boards = Fresh()
    app.state.previews = Previews()
    include(app, *PAGES, told=telling)
    nowhere = telling(unknown)

    async def default(scope: Scope, receive: Receive, send: Send) -> None:
        answer = await nowhere(Request(scope, receive))
        await answer(scope, receive, send)

    app.router.default = default
    for status in (405, 500):
        app.add_exception_handler(status, anywhere)


async def unknown(request: Request) -> Response:
    """Say that there is no such address."""
    raise HTTPException(404)


def telling(given: Answer) -> Answer:
    """Give an endpoint whose refusals are pages, and that switches the language when asked to."""

    async def told(request: Request) -> Response:
        if (switched := request.query_params.get("lang")) in LANGUAGES and request.method == "GET":
            return _switched(request, str(switched))
        try:
            return await given(request)
        except SignInFirst:
            return RedirectResponse(sign_in_address(path_of(request)), 303)
        except (Problem, *HANDLED, HTTPException) as error:
            if not _wants_a_page(request):
                raise
            return await _refusal(request, error)

    return told


async def anywhere(request: Request, error: Exception) -> Response:
    """Answer what no endpoint could: on a page, to who asks for one."""
    return await _refusal(request, error) if _wants_a_page(request) else answer(request, _problem(error))


async def _refusal(request: Request, error: Exception) -> Response:
    problem = _problem(error)
    request.state.code = problem.code
    visitor = None
    if problem.status != UNAVAILABLE:
        with suppress(Exception):  # whatever is the matter with her session, the refusal is told
            visitor = await visit(request)
    return refusal(problem, language_wanted(request), request, visitor)


def _problem(error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case HTTPException():
            return Problem(error.status_code, CODES.get(error.status_code, "malformed"), headers=error.headers)
        case _:
            problem = from_use_case(error)
            if problem.status == 503:
                problem.headers.setdefault("Retry-After", RETRY_SECONDS)
            return problem


def _wants_a_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _switched(request: Request, language: str) -> Response:
    """Remember the language, and show the page again without the wish in its address."""
    rest = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    path = "/" + request.url.path.lstrip("/\\")
    answer = RedirectResponse(f"{path}?{urlencode(rest)}" if rest else path, 303)
    answer.set_cookie(LANGUAGE_COOKIE, language, max_age=YEAR_SECONDS, httponly=True, samesite="lax")
    return answer
