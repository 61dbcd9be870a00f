"""Pilot results: one row per case that is measured, each indicator from its baseline to what was measured last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from application.views.view import View
from domain.innovation import events as e
from domain.measurement import Disaggregation, Indicator
from domain.record import Body, Recorded
from domain.value import Value


class Measured(Value, frozen=True, kw_only=True):
    """A value as it was measured, or as it was put right later."""

    version: int
    indicator: str
    value: float
    method: str
    starts_on: date
    ends_on: date
    people: Disaggregation | None = None


class IndicatorResult(Value, frozen=True, kw_only=True):
    """What an indicator started from, what was wished, and what came of it; None while nothing was measured."""

    indicator: str
    name: str
    unit: str
    baseline: float
    target: float
    value: float | None = None
    reached: bool | None = None
    method: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    people: Disaggregation | None = None


class PilotResultsRow(Value, frozen=True, kw_only=True):
    """A case and what its indicators say."""

    id: UUID
    region: str
    indicators: tuple[Indicator, ...]
    measured: tuple[Measured, ...]
    begun_in: int  # the version the pilot began with that the results speak of
    results: tuple[IndicatorResult, ...]
    changed_at: datetime


HEARS: frozenset[type[Body]] = frozenset(
    {e.PilotStarted, e.HistoricalCaseImported, e.MeasurementRecorded, e.RecordCorrected}
)


def evolve(row: PilotResultsRow | None, recorded: Recorded) -> PilotResultsRow | None:
    """Fold one event into what is known of a case's indicators."""
    body, at = recorded.body, recorded.recorded_at
    now = row or PilotResultsRow(
        id=recorded.stream, region=recorded.region, indicators=(), measured=(), begun_in=0, results=(), changed_at=at
    )
    match body:
        case e.HistoricalCaseImported(indicators=()):
            return None
        case e.PilotStarted() | e.HistoricalCaseImported():
            known = _known(now.indicators, body.indicators)
            return replace(now, indicators=known, begun_in=recorded.version, changed_at=at)
        case e.MeasurementRecorded():
            new = Measured(
                version=recorded.version,
                indicator=body.indicator,
                value=body.value,
                method=body.method,
                starts_on=body.starts_on,
                ends_on=body.ends_on,
                people=body.people,
            )
            known = _known(now.indicators, (body.introduces,) if body.introduces else ())
            return replace(now, indicators=known, measured=(*now.measured, new), changed_at=at)
        case e.RecordCorrected() if row is not None and body.field.startswith("measurement."):
            right = tuple(_righted(one, body) if one.version == body.event else one for one in now.measured)
            return replace(now, measured=right, changed_at=at)
        case _:
            return row


def _known(before: Iterable[Indicator], new: Iterable[Indicator]) -> tuple[Indicator, ...]:
    """Add indicators; one told again takes the place of the earlier."""
    return tuple({indicator.code: indicator for indicator in (*before, *new)}.values())


def _righted(measured: Measured, body: e.RecordCorrected) -> Measured:
    name = body.field.removeprefix("measurement.")
    if name not in Measured.__struct_fields__:
        return measured
    return msgspec.convert({**msgspec.to_builtins(measured), name: body.value}, Measured)


def derive(row: PilotResultsRow) -> PilotResultsRow:
    """Set each indicator beside the value of its newest period."""
    own = [measured for measured in row.measured if measured.version > row.begun_in]
    return replace(row, results=tuple(_result(indicator, own) for indicator in row.indicators))


def _result(indicator: Indicator, measured: Iterable[Measured]) -> IndicatorResult:
    told = {
        "indicator": indicator.code,
        "name": indicator.name,
        "unit": indicator.unit,
        "baseline": indicator.baseline,
        "target": indicator.target,
    }
    found = msgspec.convert(told, IndicatorResult)
    own = [one for one in measured if one.indicator == indicator.code]
    if not own:
        return found
    last = max(own, key=lambda one: (one.ends_on, one.version))
    lower_is_better = indicator.target < indicator.baseline
    return replace(
        found,
        value=last.value,
        reached=last.value <= indicator.target if lower_is_better else last.value >= indicator.target,
        method=last.method,
        starts_on=last.starts_on,
        ends_on=last.ends_on,
        people=last.people,
    )


PILOT_RESULTS = View("pilot_results", 1, PilotResultsRow, ("id",), HEARS, evolve, derive)
