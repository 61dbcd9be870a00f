"""Working days, counted on and counted between."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.views.clocks import working_days_after, working_days_between

FRIDAY = date(2026, 12, 18)
CHRISTMAS = frozenset({date(2026, 12, 25)})


@pytest.mark.parametrize(
    ("due", "days"),
    [
        (FRIDAY, 0),
        (date(2026, 12, 20), 0),  # a Sunday
        (date(2026, 12, 21), 1),
        (date(2026, 12, 28), 5),  # Christmas does not count
        (date(2026, 12, 17), -1),
        (date(2026, 12, 11), -5),
    ],
)
def test_days_left_and_days_late_are_working_days(due: date, days: int) -> None:
    assert working_days_between(FRIDAY, due, CHRISTMAS) == days


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 60), st.sets(st.integers(0, 90)))
def test_what_is_counted_on_is_counted_between(day: date, days: int, off: set[int]) -> None:
    holidays = frozenset(day + timedelta(days=n) for n in off)
    assert working_days_between(day, working_days_after(day, days, holidays), holidays) == days
