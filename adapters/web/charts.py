"""Scales of charts: where a day or a value stands, in percent of the width and pixels of the height."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MARGIN = 1.0  # percent left free at both ends
LABELS_MAX = 6
STEPS = (1, 2, 3, 6, 12, 24, 60, 120)  # months between two labels


@dataclass(frozen=True)
class TimeScale:
    """Days over the width of a chart."""

    first: date
    last: date

    def x(self, day: date) -> float:
        """Give where a day stands, in percent; what lies outside stands at the edge."""
        whole = max((self.last - self.first).days, 1)
        part = min(max((day - self.first).days / whole, 0.0), 1.0)
        return round(MARGIN + part * (100 - 2 * MARGIN), 1)

    def months(self) -> Iterator[date]:
        """Give the first days of months to label, few enough to be read beside each other."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        step = next((step for step in STEPS if count / step <= LABELS_MAX), STEPS[-1])
        month = self.first.year * 12 + self.first.month - 1
        while (day := date(month // 12, month % 12 + 1, 1)) <= self.last:
            if month % step == 0 and day >= self.first:
                yield day
            month += 1

    def ticks(self, days: Iterable[date]) -> list[float]:
        """Give where events stand; those that would cover each other are one."""
        return sorted({round(self.x(day)) + 0.0 for day in days})


def time_scale(days: Sequence[date]) -> TimeScale:
    """Give the scale that holds all of some days."""
    first, last = min(days), max(days)
    return TimeScale(first, max(last, first + timedelta(days=28)))


TOP, BOTTOM, LEFT, RIGHT = 30.0, 118.0, 6.0, 86.0
AIR = 0.12  # of the height, above the highest and below the lowest value


@dataclass(frozen=True)
class ValueScale:
    """Values over the height of a chart, and points beside each other over its width."""

    low: float
    high: float
    points: int

    @classmethod
    def of(cls, values: Sequence[float], points: int) -> ValueScale:
        """Give the scale that holds all of some values, with air above and below."""
        low, high = min(values), max(values)
        air = (high - low) * AIR or abs(high) * AIR or 1.0
        return cls(low - air, high + air, points)

    def y(self, value: float) -> float:
        """Give how far down a value stands, in pixels."""
        return round(BOTTOM - (value - self.low) / (self.high - self.low) * (BOTTOM - TOP), 1)

    def x(self, number: int) -> float:
        """Give where a point stands, in percent."""
        return round(LEFT + number * (RIGHT - LEFT) / max(self.points - 1, 1), 1)
