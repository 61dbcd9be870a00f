"""Scales of charts: true to time and value, within their box, with labels that can be read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from adapters.web.casefile.indicators import Measured, trend
from adapters.web.casefile.opened import places_of
from adapters.web.casefile.stages import stays_of
from adapters.web.charts import BOTTOM, LABELS_MAX, TOP, ValueScale, time_scale
from domain.codes import Stage
from domain.measurement import Indicator
from tests.scenarios import in_use

JANUARY, JULY = date(2026, 1, 1), date(2026, 7, 2)


def test_half_the_time_is_half_the_way() -> None:
    scale = time_scale([JANUARY, date(2027, 1, 1)])
    assert (scale.x(JANUARY), scale.x(JULY), scale.x(date(2027, 1, 1))) == (1.0, 49.9, 99.0)
    assert (scale.x(date(2020, 1, 1)), scale.x(date(2030, 1, 1))) == (1.0, 99.0)


def test_a_case_of_one_day_has_a_width() -> None:
    scale = time_scale([JANUARY])
    assert scale.last == JANUARY + timedelta(days=28)
    assert list(scale.months()) == [JANUARY]


@pytest.mark.parametrize("years", [1, 2, 5, 11, 40])
def test_labels_of_months_stay_few(years: int) -> None:
    found = list(time_scale([JANUARY, JANUARY.replace(year=2026 + years)]).months())
    assert 1 <= len(found) <= LABELS_MAX + 1
    assert all(day.day == 1 for day in found)


def test_events_that_would_cover_each_other_are_one_tick() -> None:
    scale = time_scale([JANUARY, date(2027, 1, 1)])
    assert scale.ticks([JULY, JULY, JULY + timedelta(days=1)]) == [50.0]
    assert len(scale.ticks(JANUARY + timedelta(days=n) for n in range(366))) <= 100


def test_values_stay_within_the_chart_and_keep_their_order() -> None:
    scale = ValueScale.of([41, 80, 72], points=2)
    assert TOP < scale.y(80) < scale.y(72) < scale.y(41) < BOTTOM
    assert (scale.x(0), scale.x(1)) == (6.0, 86.0)


@pytest.mark.parametrize("value", [0.0, 5.0, -3.0, 1e14])
def test_values_that_are_all_the_same_have_a_height(value: float) -> None:
    assert TOP < ValueScale.of([value, value], points=1).y(value) < BOTTOM


def measured(number: int, value: float) -> Measured:
    day = JANUARY + timedelta(days=30 * number)
    return Measured(version=number, starts_on=day, ends_on=day, value=value, before=None, method="Dihitung.")


def test_less_is_better_where_the_target_lies_below_the_baseline() -> None:
    waiting = Indicator(code="antre", name="Lama antre", unit="menit", baseline=120, target=20)
    assert trend(waiting, [measured(1, 60), measured(2, 19)]).reached
    assert not trend(waiting, [measured(1, 19), measured(2, 60)]).reached
    assert trend(waiting, []).last is None


def test_of_many_points_only_the_first_and_the_last_are_labelled() -> None:
    counted = Indicator(code="hadir", name="Hadir", unit="orang", baseline=0, target=20)
    many = trend(counted, [measured(n, float(n)) for n in range(1, 30)])
    assert [point.value for point in many.points if point.label] == [1.0, 29.0]


def test_a_case_stands_at_one_stage_after_another() -> None:
    events = in_use().recorded
    stays = stays_of(events, places_of(events))
    assert [stay.stage for stay in stays] == [Stage.IDEA, Stage.PILOT, Stage.REPLICATION]
    assert [stay.until for stay in stays] == [stays[1].since, stays[2].since, None]
