"""The day it is now: a region's own, and without one that in which the views count days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.adapters.test_histories import a_house


@pytest.mark.parametrize(("hour", "jakarta", "makassar"), [(15, 30, 30), (16, 30, 31), (17, 31, 31)])
def test_a_day_begins_at_midnight_of_the_place(database_url: str, hour: int, jakarta: int, makassar: int) -> None:
    moment = datetime(2026, 1, 30, hour, 30, tzinfo=UTC)
    with a_house(database_url) as house:
        there = replace(house, clock=lambda: moment)
        days = [there.today(place).day for place in (None, "KA", "KB")]
    assert days == [jakarta, jakarta, makassar]
