"""Who is calling: sessions by opaque token, passwords by argon2id, attempts throttled by bucket."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from fastapi import Request

from adapters.http.problems import Problem
from adapters.passwords import hash_password, matches
from adapters.postgres.event_log import Pool

SESSION_HOURS = 12
HASHES_AT_ONCE = 2
ATTEMPTS_MAX = 10.0
ATTEMPTS_PER_SECOND = 1 / 6
_NOBODY = hash_password(secrets.token_urlsafe())
_turn = asyncio.Semaphore(HASHES_AT_ONCE)

TAKE = """
    INSERT INTO desk.throttle AS t (bucket, tokens, taken_at) VALUES (%(bucket)s, %(most)s - 1, clock_timestamp())
    ON CONFLICT (bucket) DO UPDATE SET
        tokens = least(%(most)s, greatest(t.tokens, 0)
                 + extract(epoch FROM clock_timestamp() - t.taken_at) * %(rate)s) - 1,
        taken_at = clock_timestamp()
    RETURNING tokens
"""


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Name and password."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in account and its person."""

    person: UUID
    name: str
    token: str
    expires_at: datetime


async def sign_in(pool: Pool, attempt: SignIn, client: str) -> Session:
    """Give a new session; 401 for a wrong name or password alike, 429 after too many attempts."""
    async with pool.connection() as connection:
        for bucket in (f"user:{attempt.username[:100]}", f"from:{client}"):
            cursor = await connection.execute(
                TAKE, {"bucket": bucket, "most": ATTEMPTS_MAX, "rate": ATTEMPTS_PER_SECOND}
            )
            row = await cursor.fetchone()
            if row is None or row[0] < 0:
                raise Problem(429, "rate_limited", headers={"Retry-After": "10"})
        cursor = await connection.execute(
            "SELECT a.person, p.name, a.password_hash FROM directory.accounts AS a"
            " JOIN directory.persons AS p ON p.id = a.person WHERE a.username = %s",
            [attempt.username],
        )
        account = await cursor.fetchone()
    person, name, kept = account or (None, None, None)
    if not await _matches(kept or _NOBODY, attempt.password) or kept is None:
        raise Problem(401, "sign_in.failed")
    return await _open(pool, attempt.username, person, name)


async def _matches(kept: str, password: str) -> bool:
    async with _turn:
        return await asyncio.to_thread(matches, kept, password)


async def _open(pool: Pool, username: str, person: UUID, name: str) -> Session:
    token = secrets.token_urlsafe(32)
    expires_at = datetime.now(UTC) + timedelta(hours=SESSION_HOURS)
    async with pool.connection() as connection:
        await connection.execute(
            "INSERT INTO desk.sessions (token_hash, username, expires_at) VALUES (%s, %s, %s)",
            [_digest(token), username, expires_at],
        )
    return Session(person, name, token, expires_at)


async def sign_out(pool: Pool, token: str) -> None:
    """End a session."""
    async with pool.connection() as connection:
        await connection.execute("DELETE FROM desk.sessions WHERE token_hash = %s", [_digest(token)])


async def caller(request: Request) -> UUID:
    """Give the person of the request's session; 401 without one."""
    token = bearer(request)
    async with request.app.state.service.pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT a.person FROM desk.sessions AS s JOIN directory.accounts AS a USING (username)"
            " WHERE s.token_hash = %s AND s.expires_at > clock_timestamp()",
            [_digest(token)],
        )
        row = await cursor.fetchone()
    if row is None:
        raise Problem(401, "unauthenticated")
    person: UUID = row[0]
    request.state.person = person
    return person


def bearer(request: Request) -> str:
    """Give the token of the Authorization header."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem(401, "unauthenticated")
    return token


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
