"""Turns at a stream: everybody who waits for one is told in time."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from adapters import service
from adapters.service import Turns
from application.errors import Busy


async def test_who_comes_right_behind_one_just_woken_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "TURN_SECONDS_MAX", 0.2)
    turns, stream, over = Turns(), uuid4(), asyncio.Event()

    async def take_one() -> None:
        async with turns.of(stream):
            await over.wait()

    async with turns.of(stream):
        woken = asyncio.create_task(take_one())
        await asyncio.sleep(0.01)  # it waits now
    async with asyncio.timeout(5):
        with pytest.raises(Busy):
            async with turns.of(stream):  # the turn is free, and promised
                pass
    over.set()
    await woken
