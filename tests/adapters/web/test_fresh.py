"""Counted once for who asks the same again, never for who asks something else, and anew after a while."""

from __future__ import annotations

from itertools import count

from adapters.web.lists.fresh import Fresh

LONG = 3_600.0


async def test_the_same_question_is_counted_once() -> None:
    told, numbers = Fresh[int](LONG), count()

    async def counting() -> int:
        return next(numbers)

    assert [await told.of("KA", counting), await told.of("KB", counting), await told.of("KA", counting)] == [0, 1, 0]


async def test_what_is_no_longer_fresh_is_counted_anew() -> None:
    told, numbers = Fresh[int](0.0), count()

    async def counting() -> int:
        return next(numbers)

    assert [await told.of("KA", counting), await told.of("KA", counting)] == [0, 1]
