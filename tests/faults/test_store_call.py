"""The n-th call of the store fails, for every n: nothing half written, and the key settles what is not known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, cast

import msgspec
import pytest

from adapters.postgres.connect import connect
from adapters.postgres.event_log import Pool, PostgresEventLog
from application.cases import Answer, Sender, begin, move_case
from application.house import House
from application.memory import Memory
from application.ports import EventLog, LogUnavailable, OutcomeUnknown
from domain.codes import Initiator
from domain.innovation.commands import RegisterIdea
from domain.innovation.lifecycle import BIRTH, INNOVATION_LIFECYCLE
from tests.adapters.test_histories import a_house
from tests.adapters.test_projector import Desk
from tests.faults.what_holds import log_is_dense
from tests.scenarios import ANI, SEKDA, an_endorsed_idea, an_idea

CALLS_MAX = 40
Command = Callable[[House, str], Awaitable[Answer]]


class Failing:
    """The log, whose n-th call fails: it never arrives, or it arrives and its answer is lost."""

    def __init__(self, log: EventLog, call: int, *, arrives: bool) -> None:
        self._log = log
        self._call = call
        self._arrives = arrives
        self.calls = 0

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def call(*given: Any, **named: Any) -> Any:
            self.calls += 1
            if self.calls != self._call:
                return await getattr(self._log, name)(*given, **named)
            if self._arrives:
                await getattr(self._log, name)(*given, **named)
            raise OutcomeUnknown if name == "append" else LogUnavailable

        return call


@pytest.mark.parametrize("remembers", [True, False], ids=["remembering", "knowing nothing"])
@pytest.mark.parametrize("arrives", [False, True], ids=["never arrives", "answer lost"])
async def test_whichever_call_of_the_store_fails_the_command_is_stored_once(
    pool: Pool, database_url: str, arrives: bool, remembers: bool
) -> None:
    with a_house(database_url) as founded, connect(database_url) as connection:
        desk = Desk(connection)
        case, endorsed, version = desk.tell(an_idea()), an_endorsed_idea(), an_endorsed_idea().now.version

        async def register(house: House, key: str) -> Answer:
            idea = RegisterIdea(title=f"Ide {key}", problem="x", initiator=Initiator.CIVIL_SERVANT, affairs=("URS-02",))
            return await begin(house, BIRTH.by_code["register_idea"], idea, Sender(ANI, key, b"1"))

        async def link(house: House, key: str) -> Answer:
            move = INNOVATION_LIFECYCLE.by_code["link_plan"]
            wish = msgspec.convert({"plan": "renja", "code": key}, move.body)
            return await move_case(house, case, move, wish, Sender(ANI, key, b"1"))

        async def decide(house: House, key: str) -> Answer:
            move = INNOVATION_LIFECYCLE.by_code["decide_pilot.defer"]
            wish = msgspec.convert({"reason": "Tahun depan."}, move.body)
            return await move_case(house, waiting[key], move, wish, Sender(SEKDA, key, b"1", frozenset({version})))

        house = replace(founded, log=PostgresEventLog(pool), memory=Memory())
        waiting = {f"decide {n}": desk.tell(endorsed) for n in range(1, CALLS_MAX)}
        for name, command in {"register": register, "link": link, "decide": decide}.items():
            await failing_at_every_call(house, command, name, arrives=arrives, remembers=remembers)
    log_is_dense(database_url)


async def failing_at_every_call(house: House, command: Command, name: str, *, arrives: bool, remembers: bool) -> None:
    """Try a command once for each of its calls, that one failing, and again under its key."""
    for call in range(1, CALLS_MAX):
        head, key = await house.log.head(), f"{name} {call}"
        failing = Failing(house.log, call, arrives=arrives)
        memory = house.memory if remembers else Memory()
        broken = replace(house, log=cast("EventLog", failing), memory=memory)
        answer: Answer | None = None
        try:
            answer = await command(broken, key)
        except LogUnavailable:
            assert await house.log.head() == head, "no trace"
        except OutcomeUnknown:
            assert await house.log.head() == head + arrives
        again = await command(replace(house, memory=memory), key)
        assert await house.log.head() == head + 1, "stored once"
        assert again.written.first_position == head + 1
        if answer is not None:
            assert failing.calls < call
            assert again.replayed
            assert again.written == answer.written
            return
    raise AssertionError("never came through")
