"""What takes long to count is counted once for who asks the same again within seconds."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")
FRESH_SECONDS = 10.0
KEPT_MAX = 500


class Fresh(Generic[T]):
    """Keeps answers by what was asked; a page made of one says up to which position it tells."""

    def __init__(self, seconds: float = FRESH_SECONDS) -> None:
        self._seconds = seconds
        self._kept: dict[Hashable, tuple[T, float]] = {}

    async def of(self, asked: Hashable, count: Callable[[], Awaitable[T]]) -> T:
        """Give what was counted some seconds ago at most."""
        now = time.monotonic()
        kept = self._kept.get(asked)
        if kept is not None and kept[1] > now:
            return kept[0]
        found = await count()
        self._kept = {one: kept for one, kept in list(self._kept.items())[-KEPT_MAX + 1 :] if kept[1] > now}
        self._kept[asked] = found, now + self._seconds
        return found
