"""Callers without a pause: each begins anew as soon as it is answered, until the time is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor


def rate_of_threads(steps: Iterable[Callable[[], object]], seconds: float) -> float:
    """Give how many steps a second several threads make, each its own."""
    callers = list(steps)
    began = time.perf_counter()
    with ThreadPoolExecutor(len(callers)) as pool:
        made = sum(pool.map(lambda step: _repeat(step, began + seconds), callers))
    return made / (time.perf_counter() - began)


def _repeat(step: Callable[[], object], deadline: float) -> int:
    made = 0
    while time.perf_counter() < deadline:
        step()
        made += 1
    return made


async def rate_of_tasks(steps: Iterable[Callable[[], Awaitable[object]]], seconds: float) -> float:
    """Give how many steps a second several tasks make, each its own."""
    began = time.perf_counter()
    made = sum(await asyncio.gather(*(_repeat_async(step, began + seconds) for step in steps)))
    return made / (time.perf_counter() - began)


async def _repeat_async(step: Callable[[], Awaitable[object]], deadline: float) -> int:
    made = 0
    while time.perf_counter() < deadline:
        await step()
        made += 1
    return made
