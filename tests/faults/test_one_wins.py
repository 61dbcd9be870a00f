"""Thirty-two clients decide the same case at once, round after round: exactly one wins each."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec

from adapters.postgres.connect import connect, service_pool
from adapters.postgres.event_log import PostgresEventLog
from application.cases import Answer, Sender, move_case
from application.errors import Stale
from application.house import House
from application.memory import Memory
from domain.innovation.lifecycle import INNOVATION_LIFECYCLE
from domain.lifecycle import Move
from tests.adapters.test_histories import a_house
from tests.adapters.test_projector import Desk
from tests.faults.conftest import Tier
from tests.faults.what_holds import log_is_dense, stored_under_keys
from tests.scenarios import SEKDA, an_endorsed_idea

CLIENTS = 32
DEFER, APPROVE = (INNOVATION_LIFECYCLE.by_code[f"decide_pilot.{choice}"] for choice in ("defer", "approve"))
CHOICES = (DEFER,) * 15 + (APPROVE,)
"""What is deferred is decided again in the next round; what is approved makes room for another case."""


async def test_of_32_who_decide_one_wins_every_round(database_url: str, tier: Tier, chance: random.Random) -> None:
    story, winners, cases = an_endorsed_idea(), set[str](), 1
    with a_house(database_url) as founded, connect(database_url) as connection:
        desk = Desk(connection)
        async with service_pool(database_url) as one, service_pool(database_url) as other:
            houses = [replace(founded, log=PostgresEventLog(pool), memory=Memory()) for pool in (one, other)]
            case, version = desk.tell(story), story.now.version
            for number in range(tier.deciding_rounds):
                chosen = chance.choices(CHOICES, k=CLIENTS)
                answers = await asyncio.gather(
                    *(
                        decided(houses[n % len(houses)], case, move, version, f"{number}/{n}")
                        for n, move in enumerate(chosen)
                    )
                )
                (winner,) = [n for n, answer in enumerate(answers) if isinstance(answer, Answer)]
                assert all(answer.actual == version + 1 for answer in answers if isinstance(answer, Stale))
                winners.add(f"{number}/{winner}")
                version += 1
                if chosen[winner] is APPROVE:
                    case, version, cases = desk.tell(story), story.now.version, cases + 1
    print(f"R12 {len(winners)} rounds of {CLIENTS} on {cases} cases")
    assert stored_under_keys(database_url, SEKDA).keys() == winners
    log_is_dense(database_url)


async def decided(house: House, case: UUID, move: Move[Any], version: int, key: str) -> Answer | Stale:
    """Decide on a version under a key; give what came of it, or that somebody was first."""
    wish = msgspec.convert({"reason": "Sudah dipertimbangkan."}, move.body)
    try:
        return await move_case(house, case, move, wish, Sender(SEKDA, key, b"1", frozenset({version})))
    except Stale as stale:
        return stale
