"""Sign in and out; what was typed before a session ended is kept and comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from adapters.accounts import SESSION_HOURS, Accounts, SignInFailed, TooManyAttempts
from adapters.http.query import Query
from adapters.postgres.drafts import DRAFTS_MAX, TooManyDrafts, save_draft
from adapters.web.form_data import read_form, read_sealed
from adapters.web.render import page
from adapters.web.visit import SESSION_COOKIE, Anybody, SignedVisit, Somebody, Visit, own_path

routes = APIRouter()
log = structlog.get_logger()
TYPED = "isian"


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
    said = {"name": data.get("nama"), "typed": data.get(TYPED)}
    try:
        session = await accounts.sign_in(data.get("nama"), data.get("sandi"), place)
    except SignInFailed:
        return _form(visit, back, **said, trouble="sign_in.failed", status=401)
    except TooManyAttempts:
        return _form(visit, back, **said, trouble="rate_limited", status=429)
    try:
        await _keep(visit, session.person, back, data.get(TYPED))
    except TooManyDrafts:
        await accounts.sign_out(session.token)
        return _form(visit, back, **said, trouble="form.drafts_full", status=409)
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


def ask_again(visit: Visit, back: str, typed: Sequence[tuple[str, str]]) -> Response:
    """Show the form to who sent another one after her session had ended; what she typed goes along."""
    return _form(visit, back, typed=msgspec.json.encode(typed).decode(), status=401)


async def _keep(visit: Visit, person: UUID, form: str, typed: str) -> None:
    """Make a draft of what was typed before the session ended."""
    try:
        fields = msgspec.json.decode(typed, type=list[tuple[str, str]]) if typed else []
    except msgspec.DecodeError:
        return
    if fields:
        await save_draft(visit.given.pool, person, urlsplit(form).path, fields)


def _form(
    visit: Visit, back: str, *, name: str = "", typed: str = "", trouble: str = "", status: int = 200
) -> Response:
    said = trouble and visit.text(trouble, most=DRAFTS_MAX)
    return page(visit, "sign_in.html", status, back=back, name=name, typed=typed, trouble=said)
