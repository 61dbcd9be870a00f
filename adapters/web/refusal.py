"""What was refused, as a page in the same voice: it needs no database, and shows a session where it can be read."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from adapters.catalogue import text
from adapters.http.problems import Problem
from adapters.web.render import HEADERS, environment, zipped
from adapters.web.visit import Visit, path_of


def refusal(problem: Problem, language: str, request: Request, visit: Visit | None) -> Response:
    """Give the page of a refusal: what is the matter, in whose hands it lies, and where to go on."""
    title = text(f"http.{problem.status}", language)
    detail = text(problem.code, language, **problem.params)
    reasons = [text(error.code, language, **error.params) for error in problem.errors]
    html = (
        environment(language)
        .get_template("refusal.html")
        .render(
            visit=visit,
            here=path_of(request),
            status=problem.status,
            title=title,
            detail=detail,
            reasons=[reason for reason in reasons if reason != detail],
        )
    )
    headers = {**HEADERS, **problem.headers}
    headers.pop("WWW-Authenticate", None)
    return zipped(HTMLResponse(html, problem.status, headers), request.headers.get("accept-encoding", ""))
