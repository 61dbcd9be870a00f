"""Signing in: opaque tokens kept as hashes, passwords by argon2id, guesses throttled by name and by place."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from adapters.passwords import hash_password, matches
from adapters.postgres import accounts
from adapters.postgres.event_log import Pool

SESSION_HOURS = 12
TOKEN_BYTES = 32
HASHES_AT_ONCE = 2
HASHES_WAITING_MAX = 50
FRESH_SECONDS = 5.0
"""How long a session that was ended elsewhere, by another process or an operator, may still be honoured here."""
SESSIONS_KEPT_MAX = 10_000
GUESSES_BY_NAME_MAX = 10.0
GUESSES_BY_PLACE_MAX = 60.0
GUESSES_PER_SECOND = 1 / 6


class SignInFailed(Exception):
    """The name or the password is wrong; which of them is not told."""


class TooManyAttempts(Exception):
    """Somebody guesses, or more people sign in at once than can be served."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person and the token that proves it."""

    person: UUID
    name: str
    token: str
    expires_at: datetime


class Accounts:
    """Sign in and out, and tell whose a token is."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._turn = asyncio.Semaphore(HASHES_AT_ONCE)
        self._waiting = 0
        self._nobody = hash_password(secrets.token_urlsafe())
        self._seen: dict[bytes, tuple[UUID, float]] = {}  # sessions looked up, and until when that is fresh
        self._ended = 0  # how many were ended here: what was asked before one of them may be about it

    async def sign_in(self, username: str, password: str, place: str) -> Session:
        """Give a new session; raises SignInFailed or TooManyAttempts. A right password costs no attempt."""
        buckets = {_bucket("name", username): GUESSES_BY_NAME_MAX, _bucket("place", place): GUESSES_BY_PLACE_MAX}
        for bucket, most in buckets.items():
            if not await accounts.take_attempt(self._pool, bucket, most=most, per_second=GUESSES_PER_SECOND):
                raise TooManyAttempts
        account = await accounts.find_account(self._pool, username)
        kept = account.password_hash if account else None
        fits = await self._fits(kept or self._nobody, password)
        if account is None or kept is None or not fits:
            raise SignInFailed
        for bucket in buckets:
            await accounts.give_back_attempt(self._pool, bucket)
        token, expires_at = secrets.token_urlsafe(TOKEN_BYTES), datetime.now(UTC) + timedelta(hours=SESSION_HOURS)
        await accounts.open_session(self._pool, _digest(token), username, expires_at)
        return Session(account.person, account.name, token, expires_at)

    async def person_of(self, token: str) -> UUID | None:
        """Give the person a token belongs to."""
        digest = _digest(token)
        person, fresh_until = self._seen.get(digest, (None, 0.0))
        if time.monotonic() < fresh_until:
            return person
        self._seen.pop(digest, None)
        ended = self._ended
        person = await accounts.person_of_session(self._pool, digest)
        if person is not None and ended == self._ended:
            self._seen[digest] = person, time.monotonic() + FRESH_SECONDS
            if len(self._seen) > SESSIONS_KEPT_MAX:
                del self._seen[next(iter(self._seen))]
        return person

    async def sign_out(self, token: str) -> None:
        """End a session."""
        digest = _digest(token)
        await accounts.end_session(self._pool, digest)
        self._seen.pop(digest, None)
        self._ended += 1

    async def _fits(self, kept: str, password: str) -> bool:
        if self._waiting >= HASHES_WAITING_MAX:
            raise TooManyAttempts
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(matches, kept, password)
        finally:
            self._waiting -= 1


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _bucket(kind: str, value: str) -> str:
    """Name a bucket without keeping what was typed: some type their password as their name."""
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()}"
