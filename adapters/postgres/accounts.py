"""Accounts, sessions and the throttle: the rows signing in needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from adapters.postgres.connect import lent
from adapters.postgres.event_log import Pool

TAKE = """
    INSERT INTO desk.throttle AS t (bucket, tokens, taken_at) VALUES (%(bucket)s, %(most)s - 1, clock_timestamp())
    ON CONFLICT (bucket) DO UPDATE SET
        tokens = least(%(most)s, greatest(t.tokens, 0)
                 + extract(epoch FROM clock_timestamp() - t.taken_at) * %(rate)s) - 1,
        taken_at = clock_timestamp()
    RETURNING tokens
"""
GIVE_BACK = "UPDATE desk.throttle SET tokens = tokens + 1 WHERE bucket = %(bucket)s"
TIDY_SESSIONS = "DELETE FROM desk.sessions WHERE expires_at < clock_timestamp()"
TIDY_THROTTLE = "DELETE FROM desk.throttle WHERE taken_at < clock_timestamp() - interval '1 day'"
FIND_ACCOUNT = """
    SELECT a.person, p.name, a.password_hash
    FROM directory.accounts AS a JOIN directory.persons AS p ON p.id = a.person
    WHERE a.username = %(username)s
"""
OPEN_SESSION = """
    INSERT INTO desk.sessions (token_hash, username, expires_at)
    VALUES (%(token_hash)s, %(username)s, %(expires_at)s)
"""
FIND_SESSION = """
    SELECT a.person FROM desk.sessions AS s JOIN directory.accounts AS a USING (username)
    WHERE s.token_hash = %(token_hash)s AND s.expires_at > clock_timestamp()
"""
END_SESSION = "DELETE FROM desk.sessions WHERE token_hash = %(token_hash)s"
FIND_PERSON = "SELECT FROM directory.persons WHERE id = %(person)s"


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account it is; without a hash nobody signs in with it."""

    person: UUID
    name: str
    password_hash: str | None


async def take_attempt(pool: Pool, bucket: str, *, most: float, per_second: float) -> bool:
    """Take one token of a bucket that fills up again; False when it is empty."""
    async with lent(pool) as connection:
        cursor = await connection.execute(TAKE, {"bucket": bucket, "most": most, "rate": per_second})
        row = await cursor.fetchone()
    return row is not None and row[0] >= 0


async def give_back_attempt(pool: Pool, bucket: str) -> None:
    """Give a token back: the attempt was no guess."""
    async with lent(pool) as connection:
        await connection.execute(GIVE_BACK, {"bucket": bucket})


async def find_account(pool: Pool, username: str) -> Account | None:
    """Give the account of a user name."""
    async with lent(pool) as connection:
        cursor = await connection.execute(FIND_ACCOUNT, {"username": username})
        row = await cursor.fetchone()
    return Account(*row) if row else None


async def open_session(pool: Pool, token_hash: bytes, username: str, expires_at: datetime) -> None:
    """Keep a session by the hash of its token; sessions and throttles long past are tidied away."""
    values = {"token_hash": token_hash, "username": username, "expires_at": expires_at}
    async with lent(pool) as connection:
        await connection.execute(OPEN_SESSION, values)
        await connection.execute(TIDY_SESSIONS)
        await connection.execute(TIDY_THROTTLE)


async def person_of_session(pool: Pool, token_hash: bytes) -> UUID | None:
    """Give the person of a session that has not ended."""
    async with lent(pool) as connection:
        cursor = await connection.execute(FIND_SESSION, {"token_hash": token_hash})
        row = await cursor.fetchone()
    return row[0] if row else None


async def end_session(pool: Pool, token_hash: bytes) -> None:
    """Forget a session."""
    async with lent(pool) as connection:
        await connection.execute(END_SESSION, {"token_hash": token_hash})


async def is_person(pool: Pool, person: UUID) -> bool:
    """Tell whether the directory knows the person."""
    async with lent(pool) as connection:
        cursor = await connection.execute(FIND_PERSON, {"person": person})
        return await cursor.fetchone() is not None
