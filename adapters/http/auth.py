"""Who is calling: sign in, sign out, and the person behind a bearer token."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from msgspec import Meta

from adapters.accounts import Accounts, SignInFailed, TooManyAttempts
from adapters.http.input import as_struct, read_body, read_object
from adapters.http.problems import Problem

RETRY_SECONDS = "10"
sessions = APIRouter(prefix="/api/v1")


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Name and password."""

    username: Annotated[str, Meta(max_length=200)]
    password: Annotated[str, Meta(max_length=1_000)]


@sessions.post("/sessions")
async def sign_in(request: Request) -> Response:
    """Sign in with name and password."""
    attempt = as_struct(read_object(await read_body(request)), SignIn)
    place = request.client.host if request.client else "unknown"
    try:
        session = await _accounts(request).sign_in(attempt.username, attempt.password, place)
    except SignInFailed as wrong:
        raise Problem(401, "sign_in.failed") from wrong
    except TooManyAttempts as many:
        raise Problem(429, "rate_limited", headers={"Retry-After": RETRY_SECONDS}) from many
    content = {
        "token": session.token,
        "expires_at": session.expires_at,
        "person": {"id": session.person, "name": session.name},
    }
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(content), 201, headers, media_type="application/json")


@sessions.delete("/sessions")
async def sign_out(request: Request) -> Response:
    """End the session."""
    await caller(request)
    await _accounts(request).sign_out(_bearer(request))
    return Response(status_code=204)


async def caller(request: Request) -> UUID:
    """Give the person of the request's session; 401 without one."""
    person = await _accounts(request).person_of(_bearer(request))
    if person is None:
        raise Problem(401, "unauthenticated")
    request.state.person = person
    return person


def _accounts(request: Request) -> Accounts:
    accounts: Accounts = request.app.state.accounts
    return accounts


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem(401, "unauthenticated")
    return token
