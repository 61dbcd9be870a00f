"""Signing in: guesses run out, honest people do not, and the database keeps nothing that opens a door."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from adapters.accounts import GUESSES_BY_NAME_MAX, Accounts, SignInFailed, TooManyAttempts
from adapters.passwords import hash_password
from adapters.postgres import accounts
from adapters.postgres.connect import connect
from adapters.postgres.directory import enter_account, enter_person
from adapters.postgres.event_log import Pool

RIGHT = "rahasia"


@pytest.fixture
def ani(database_url: str) -> UUID:
    person = uuid4()
    with connect(database_url) as connection:
        enter_person(connection, person, "Ani")
        enter_account(connection, "ani", person, hash_password(RIGHT))
        enter_account(connection, "impor", person, None)
    return person


async def test_a_token_names_its_person_until_she_signs_out(pool: Pool, ani: UUID) -> None:
    ours = Accounts(pool)
    session = await ours.sign_in("ani", RIGHT, "here")
    assert (session.person, session.name) == (ani, "Ani")
    assert await ours.person_of(session.token) == ani
    assert await ours.person_of(session.token[:-1]) is None
    await ours.sign_out(session.token)
    assert await ours.person_of(session.token) is None


async def test_signed_out_while_her_token_was_looked_up_she_stays_signed_out(
    pool: Pool, ani: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Accounts(pool)
    session = await ours.sign_in("ani", RIGHT, "here")
    find, found, over = accounts.person_of_session, asyncio.Event(), asyncio.Event()

    async def slowly(pool: Pool, token_hash: bytes) -> UUID | None:
        person = await find(pool, token_hash)
        found.set()
        await over.wait()
        return person

    monkeypatch.setattr(accounts, "person_of_session", slowly)
    looking = asyncio.create_task(ours.person_of(session.token))
    await found.wait()
    await ours.sign_out(session.token)
    over.set()
    await looking
    assert await ours.person_of(session.token) is None


@pytest.mark.parametrize(("username", "password"), [("ani", "salah"), ("nobody", RIGHT), ("impor", ""), ("", "")])
async def test_a_wrong_name_and_a_wrong_password_look_alike(
    pool: Pool, ani: UUID, username: str, password: str
) -> None:
    with pytest.raises(SignInFailed):
        await Accounts(pool).sign_in(username, password, "here")


async def test_guesses_run_out_also_for_the_right_password(pool: Pool, ani: UUID) -> None:
    ours = Accounts(pool)
    guesses = ("salah",) * int(GUESSES_BY_NAME_MAX) + (RIGHT,)
    tries = [ours.sign_in("ani", password, f"place {n}") for n, password in enumerate(guesses)]
    ends = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(end, SignInFailed) for end in ends) in {9, 10}
    assert sum(isinstance(end, TooManyAttempts) for end in ends) == 1


async def test_who_knows_the_password_may_sign_in_as_often_as_she_likes(pool: Pool, ani: UUID) -> None:
    ours = Accounts(pool)
    for _ in range(int(GUESSES_BY_NAME_MAX) + 2):
        await ours.sign_in("ani", RIGHT, "here")


async def test_neither_token_nor_what_was_typed_is_kept(pool: Pool, ani: UUID) -> None:
    ours = Accounts(pool)
    sessions = await asyncio.gather(*(ours.sign_in("ani", RIGHT, "here") for _ in range(4)))
    with pytest.raises(SignInFailed):
        await ours.sign_in(RIGHT, "salah", "here")
    async with pool.connection() as connection:
        kept = await (await connection.execute("SELECT s::text FROM desk.sessions AS s")).fetchall()
        taken = await (await connection.execute("SELECT bucket FROM desk.throttle")).fetchall()
    assert len(kept) == len({s.token for s in sessions}) == 4
    assert not any(s.token in str(row) or s.token.encode().hex() in str(row) for s in sessions for row in kept)
    assert not any(RIGHT in bucket or "ani" in bucket for (bucket,) in taken)
