"""Every refusal as RFC 9457 problem details: the one place where an HTTP status is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from adapters.catalogue import language_of, text
from adapters.http.strict_json import Malformed
from application.errors import Busy, FoldsBusy, NotKnown, Stale, TooLarge
from application.ports import KeyReused, LogUnavailable, OutcomeUnknown
from domain.errors import Blocker, DomainError, InvalidInput

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = "2"


class Problem(Exception):
    """A refusal of the HTTP edge itself."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        errors: Sequence[Blocker] = (),
        headers: Mapping[str, str] | None = None,
        **params: Any,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.errors = errors
        self.headers = dict(headers or {})
        self.params = params
        self.more: dict[str, Any] = {}


def status_of(blocker: Blocker, *, input_error: bool) -> int:
    """Choose the status of a domain refusal."""
    if blocker.code == "role.required":
        return 403
    if input_error or blocker.code == "office.ambiguous":
        return 422
    return 409


def answer(request: Request, problem: Problem) -> Response:
    """Render a problem in the caller's language."""
    body = problem_details(problem, language_of(request.headers.get("accept-language")))
    request.state.code = problem.code
    headers = dict(problem.headers)
    if problem.status in {429, 503}:
        headers.setdefault("Retry-After", RETRY_SECONDS)
    if problem.status == 401:
        headers.setdefault("WWW-Authenticate", "Bearer")
    return Response(body, problem.status, headers, media_type=MEDIA_TYPE)


def problem_details(problem: Problem, language: str) -> bytes:
    """Give the JSON of a problem (RFC 9457)."""
    detail = text(problem.code, language, **problem.params)
    content = {
        "type": f"urn:jejak:problem:{problem.code}",
        "title": text(f"http.{problem.status}", language),
        "status": problem.status,
        "detail": detail,
        "code": problem.code,
        **problem.more,
    }
    if problem.errors:
        content["errors"] = [
            {"pointer": e.pointer or "", "code": e.code, "detail": text(e.code, language, **e.params)}
            for e in problem.errors
        ]
    return msgspec.json.encode(content)


def from_domain(error: DomainError) -> Problem:
    """Give the problem of a domain refusal: the first blocker speaks, all are listed."""
    first = error.blockers[0]
    status = status_of(first, input_error=isinstance(error, InvalidInput))
    params: dict[str, Any] = dict(first.params)
    return Problem(status, first.code, errors=error.blockers, **params)


def from_use_case(error: Exception) -> Problem:
    """Give the problem of whatever a use case may raise."""
    match error:
        case DomainError():
            return from_domain(error)
        case NotKnown():
            return Problem(404, "not_found")
        case Stale():
            problem = Problem(412, "stale", expected=error.expected, actual=error.actual)
            problem.more = {"version": error.actual}
            return problem
        case KeyReused():
            return Problem(422, "key_reused")
        case Busy():
            return Problem(409, "conflict.busy")
        case TooLarge():
            return Problem(422, "as_of.too_large", most=error.events_max)
        case FoldsBusy():
            return Problem(503, "as_of.busy")
        case OutcomeUnknown():
            return Problem(503, "outcome_unknown")
        case LogUnavailable() | TimeoutError() | psycopg.OperationalError() | psycopg.InterfaceError():
            return Problem(503, "unavailable")
        case Malformed():
            return Problem(400, error.code)
        case _:
            return Problem(500, "internal")


HANDLED = (
    DomainError,
    NotKnown,
    Stale,
    KeyReused,
    Busy,
    TooLarge,
    FoldsBusy,
    OutcomeUnknown,
    LogUnavailable,
    TimeoutError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    Malformed,
)
CODES = {400: "malformed", 401: "unauthenticated", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def install(app: FastAPI) -> None:
    """Teach the application to answer every refusal as a problem."""

    async def known(request: Request, error: Exception) -> Response:
        return answer(request, error if isinstance(error, Problem) else from_use_case(error))

    async def routing(request: Request, error: Exception) -> Response:
        status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (404, None)
        return answer(request, Problem(status, CODES.get(status, "malformed"), headers=headers))

    for kind in (Problem, *HANDLED):
        app.add_exception_handler(kind, known)
    app.add_exception_handler(500, known)
    app.add_exception_handler(HTTPException, routing)
    app.add_exception_handler(RequestValidationError, routing)  # only ids in paths are FastAPI's: none such is here
