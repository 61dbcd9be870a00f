"""Sign in and out; what was typed before a session ended is kept and comes back."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from adapters.accounts import SESSION_HOURS, Accounts, SignInFailed, TooManyAttempts
from adapters.http.query import Query
from adapters.web.form_data import read_form, read_sealed
from adapters.web.render import page
from adapters.web.visit import SESSION_COOKIE, Anybody, SignedVisit, Somebody, Visit, own_path

routes = APIRouter()
log = structlog.get_logger()


class SignInQuery(Query, frozen=True, kw_only=True):
    """Where to go on."""

    ke: str | None = None


@routes.get("/masuk")
async def ask(visit: Anybody, asked: Annotated[SignInQuery, Depends(SignInQuery.of)]) -> Response:
    """Show the form; who is signed in already goes on."""
    if isinstance(visit, SignedVisit):
        return RedirectResponse(own_path(asked.ke or ""), 303)
    return _form(visit, asked.ke or "")


@routes.post("/masuk")
async def sign_in(request: Request, visit: Anybody) -> Response:
    """Open a session and go on to where the visitor wanted to."""
    data, _ = await read_form(request)
    back = own_path(data.get("ke"))
    place = request.client.host if request.client else "unknown"
    accounts: Accounts = request.app.state.accounts
    try:
        session = await accounts.sign_in(data.get("nama"), data.get("sandi"), place)
    except SignInFailed:
        return _form(visit, back, data.get("nama"), "sign_in.failed", 401)
    except TooManyAttempts:
        return _form(visit, back, data.get("nama"), "rate_limited", 429)
    answer = RedirectResponse(back, 303)
    answer.set_cookie(
        SESSION_COOKIE,
        session.token,
        max_age=SESSION_HOURS * 3600,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


@routes.post("/keluar")
async def sign_out(request: Request, visit: Somebody) -> Response:
    """End the session."""
    await read_sealed(visit)
    accounts: Accounts = request.app.state.accounts
    await accounts.sign_out(visit.token)
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
    return answer


def _form(visit: Visit, back: str, name: str = "", trouble: str = "", status: int = 200) -> Response:
    return page(visit, "sign_in.html", status, back=back, name=name, trouble=trouble and visit.text(trouble))
