"""The log on a real PostgreSQL: whole units, dense positions, receipts, claims, and no other way in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from adapters.postgres.connect import connect
from adapters.postgres.event_log import Pool, PostgresEventLog
from adapters.postgres.recorder import LogRecorder
from adapters.postgres.units import Prepared, append_group
from application.ledger import Ledger, LedgerLog, finish
from application.ports import (
    AlreadyDone,
    Claim,
    ClaimTaken,
    KeyReused,
    Numbering,
    ReceiptKey,
    StaleStream,
    Unit,
)
from domain.innovation.events import IdeaRegistered, IdeaReviewed
from domain.innovation.profile import Profile
from domain.people import Actor, Role
from domain.record import Envelope, Pending
from tests.scenarios import ANI, TODAY


def a_unit(stream: UUID | None = None, version: int = 1, events: int = 1, **more: Any) -> Unit:
    stream, command = stream or uuid4(), uuid4()
    actor = Actor(person=ANI, role=Role.OFFICIAL, agency="ka-dinkes", region="KA", office="official:ka-dinkes")
    envelope = Envelope(actor=actor, occurred_on=TODAY, correlation=command, causation=command)
    bodies = [
        IdeaRegistered(profile=Profile(title="Jum'at Bersih"), agency="ka-dinkes")
        if n == 1
        else IdeaReviewed(advice="Baik")
        for n in range(version, version + events)
    ]
    pending = tuple(
        Pending(
            originator_id=stream,
            originator_version=version + i,
            region="KA",
            command_id=command,
            envelope=envelope,
            body=body,
        )
        for i, body in enumerate(bodies)
    )
    return replace(Unit(command_id=command, events=pending, reads={}), **more)


async def test_positions_are_dense_and_versions_follow(pool: Pool) -> None:
    log = PostgresEventLog(pool)
    first = await log.append(a_unit(events=3))
    second = await log.append(a_unit(events=2))
    assert (first.first_position, first.last_position, second.first_position, second.last_position) == (1, 3, 4, 5)
    (range_,) = first.ranges
    events = await log.load(range_.stream)
    assert [e.version for e in events] == [1, 2, 3]
    assert [e.version for e in await log.load_until(range_.stream, position=2)] == [1, 2]
    assert events[0].recorded_at == first.recorded_at


async def test_a_stale_unit_writes_nothing(pool: Pool) -> None:
    log = PostgresEventLog(pool)
    await log.append(unit := a_unit())
    stream = unit.events[0].originator_id
    with pytest.raises(StaleStream) as stale:
        await log.append(a_unit(stream))
    assert (stale.value.expected, stale.value.actual) == (0, 1)
    with pytest.raises(StaleStream):
        await log.append(a_unit(reads={stream: 7}))
    assert await log.head() == 1


async def test_the_same_key_gives_the_first_answer_again(pool: Pool) -> None:
    log = PostgresEventLog(pool)
    key = ReceiptKey(ANI, "k1", b"a" * 32)
    done = await log.append(a_unit(receipt=key, numbering=Numbering("KA", "Asia/Jakarta")))
    with pytest.raises(AlreadyDone) as again:
        await log.append(a_unit(receipt=key))
    assert again.value.written == done == await log.receipt(key)
    with pytest.raises(KeyReused):
        await log.append(a_unit(receipt=ReceiptKey(ANI, "k1", b"b" * 32)))
    assert await log.head() == 1


async def test_a_claim_is_held_until_it_is_released(pool: Pool) -> None:
    log = PostgresEventLog(pool)
    mine, yours = uuid4(), uuid4()
    claim = Claim("title", "KA", "antrean", mine)
    await log.append(a_unit(mine, claims=(claim,)))
    with pytest.raises(ClaimTaken) as taken:
        await log.append(a_unit(yours, claims=(replace(claim, stream=yours),)))
    assert taken.value.holder == mine
    await log.append(a_unit(mine, 2, releases=(claim,)))
    await log.append(a_unit(yours, claims=(replace(claim, stream=yours),)))
    limited = [a_unit(claims=(Claim("load", "KA", "eka", uuid4(), limit=2),)) for _ in range(3)]
    await log.append(limited[0])
    await log.append(limited[1])
    with pytest.raises(ClaimTaken):
        await log.append(limited[2])


async def test_case_numbers_run_by_region_and_year(pool: Pool) -> None:
    log = PostgresEventLog(pool)
    numbers = [
        (await log.append(a_unit(numbering=Numbering(r, "Asia/Jakarta")))).case_number for r in ("KA", "KA", "KB")
    ]
    year = datetime.now(UTC).year
    assert numbers == [f"KA-{year}-0001", f"KA-{year}-0002", f"KB-{year}-0001"]


async def test_one_stale_unit_refuses_its_group_by_name(pool: Pool) -> None:
    log = PostgresEventLog(pool)
    done = await log.append(a_unit())
    group = [a_unit(), a_unit(done.ranges[0].stream), a_unit()]
    async with pool.connection() as connection:
        statement, arguments = append_group([Prepared.of(unit) for unit in group])
        cursor = await connection.execute(statement.encode(), arguments)
        assert [(unit, verdict) for unit, verdict, _ in await cursor.fetchall()] == [(2, "stale")]
        statement, arguments = append_group([Prepared.of(group[0]), Prepared.of(group[2])])
        cursor = await connection.execute(statement.encode(), arguments)
        assert [verdict for _, verdict, _ in await cursor.fetchall()] == ["written", "written"]
    assert await log.head() == 3


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO log.events SELECT * FROM log.events",
        "UPDATE log.events SET region = 'XX'",
        "DELETE FROM log.events",
        "TRUNCATE log.receipts",
        "UPDATE log.script SET last_position = 9",
        "SELECT log.append_under_lock(" + ", ".join(["NULL"] * 27) + ")",
    ],
)
async def test_the_service_can_do_nothing_but_append(pool: Pool, statement: str) -> None:
    await PostgresEventLog(pool).append(a_unit())
    async with pool.connection() as connection:
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedFunction)):
            await connection.execute(statement.encode())


def test_even_the_owner_stumbles_before_changing_history(database_url: str) -> None:
    with connect(database_url) as connection:
        finish(LedgerLog(Ledger(LogRecorder(connection))).append(a_unit()))
        for statement in ("UPDATE log.events SET region = 'XX'", "DELETE FROM log.events", "TRUNCATE log.events"):
            with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                connection.execute(statement.encode())


def test_scripted_moments_are_refused_once_real_ones_are_there(database_url: str) -> None:
    with connect(database_url) as connection:
        log = LedgerLog(Ledger(LogRecorder(connection)))
        then = datetime(2025, 12, 1, 2, 0, tzinfo=UTC)
        log.at(then)
        assert finish(log.append(a_unit(numbering=Numbering("KA", "Asia/Jakarta")))).case_number == "KA-2025-0001"
        log.at(None)
        finish(log.append(a_unit()))
        log.at(then + timedelta(days=1))
        with pytest.raises(psycopg.DatabaseError, match="scripted"):
            finish(log.append(a_unit()))
        assert finish(log.position_at(then)) == 1
        assert finish(log.position_at(then - timedelta(seconds=1))) == 0
        with pytest.raises(ValueError, match="future"):
            finish(log.position_at(datetime.now(UTC) + timedelta(hours=1)))


async def test_both_writers_store_the_same_bytes(pool: Pool, database_url: str) -> None:
    unit = a_unit(events=2)
    await PostgresEventLog(pool).append(unit)
    twin = uuid4()
    moved = replace(unit, events=tuple(replace(e, originator_id=twin) for e in unit.events))
    with connect(database_url) as connection:
        log = LedgerLog(Ledger(LogRecorder(connection)))
        finish(log.append(moved))
        rows = connection.execute("SELECT version, stored_name, state FROM log.events ORDER BY position").fetchall()
        assert rows[:2] == rows[2:]
        by_library = finish(log.load(twin))
    assert [e.body for e in by_library] == [e.body for e in unit.events]


async def test_a_dropped_answer_is_settled_by_the_key(pool: Pool) -> None:
    log = PostgresEventLog(pool)
    unit = a_unit(receipt=ReceiptKey(ANI, "lost", b"x" * 32))
    await log.append(unit)  # the answer of this one never reached the caller
    with pytest.raises(AlreadyDone):
        await log.append(replace(unit, command_id=uuid4()))
    assert await log.head() == 1
