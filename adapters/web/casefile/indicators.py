"""Indicators of a case as small charts: from the baseline to what was measured last, with the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from adapters.web.casefile.opened import Opened
from adapters.web.charts import ValueScale
from domain.innovation import events as e
from domain.measurement import Indicator

LABELS_MAX = 6


@dataclass(frozen=True)
class Point:
    """A measured value: where it stands, and whether there is room to write it."""

    x: float
    y: float
    value: float
    day: date
    label: bool


@dataclass(frozen=True)
class Measured:
    """A row of the table behind a chart; `before` is what stood there until it was put right."""

    version: int
    starts_on: date
    ends_on: date
    value: float
    before: float | None
    method: str


@dataclass(frozen=True)
class Trend:
    """An indicator over time."""

    code: str
    name: str
    unit: str
    baseline: float
    target: float
    lower_is_better: bool
    base_y: float
    goal_y: float
    points: Sequence[Point]
    rows: Sequence[Measured]

    @property
    def last(self) -> Measured | None:
        """The value of the newest period."""
        return self.rows[-1] if self.rows else None

    @property
    def reached(self) -> bool:
        """Tell whether the newest value meets the target."""
        if self.last is None:
            return False
        return self.last.value <= self.target if self.lower_is_better else self.last.value >= self.target


def trends_of(opened: Opened) -> list[Trend]:
    """Give every indicator of the case."""
    written = {r.version: r.body for r in opened.events if isinstance(r.body, e.MeasurementRecorded)}
    rows: dict[str, list[Measured]] = {code: [] for code in opened.case.indicators}
    for version, fact in opened.case.measurements.items():
        before = written[version].value
        rows.setdefault(fact.indicator, []).append(
            Measured(
                version=version,
                starts_on=fact.starts_on,
                ends_on=fact.ends_on,
                value=fact.value,
                before=before if before != fact.value else None,
                method=fact.method,
            )
        )
    return [
        trend(indicator, sorted(rows[code], key=lambda row: (row.ends_on, row.version)))
        for code, indicator in opened.case.indicators.items()
    ]


def trend(indicator: Indicator, rows: Sequence[Measured]) -> Trend:
    """Set the values of an indicator on a scale that also holds its baseline and its target."""
    values = [row.value for row in rows]
    scale = ValueScale.of([indicator.baseline, indicator.target, *values], len(values) + 1)
    few = len(values) <= LABELS_MAX
    return Trend(
        code=indicator.code,
        name=indicator.name,
        unit=indicator.unit,
        baseline=indicator.baseline,
        target=indicator.target,
        lower_is_better=indicator.target < indicator.baseline,
        base_y=scale.y(indicator.baseline),
        goal_y=scale.y(indicator.target),
        points=[
            Point(scale.x(n), scale.y(row.value), row.value, row.ends_on, label=few or n in {1, len(values)})
            for n, row in enumerate(rows, start=1)
        ],
        rows=rows,
    )
