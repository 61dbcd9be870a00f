"""The way of a case: how long it stood at each stage, and the ribbon of its time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from adapters.web.casefile.opened import Opened
from adapters.web.charts import TimeScale, time_scale
from application.views.decisions import DECISIONS
from domain.codes import Place, Stage
from domain.record import Recorded

LABEL_X_MAX, LABEL_WIDTH = 93.0, 14.0  # percent: a label needs room on a phone too
WAY = (Stage.IDEA, Stage.PILOT, Stage.REPLICATION, Stage.EVALUATION)


@dataclass(frozen=True)
class Stay:
    """A time at a stage without a break; `until` is None while it lasts."""

    stage: Stage
    since: date
    until: date | None


@dataclass(frozen=True)
class Step:
    """A stage on the track: `now`, `done`, `ahead`, or `unknown` before a case was entered from a source."""

    stage: str
    state: str
    since: date | None = None
    until: date | None = None
    days: int | None = None
    times: int = 0


@dataclass(frozen=True)
class Ribbon:
    """The time of a case, true to scale: positions in percent of the width."""

    first: date
    last: date
    count: int
    lines: Sequence[tuple[str, float, float]]
    ticks: Sequence[float]
    decisions: Sequence[tuple[float, date]]
    labels: Sequence[tuple[float, date]]
    today: float
    due: tuple[float, date] | None


def stays_of(events: Sequence[Recorded], places: Mapping[int, str]) -> list[Stay]:
    """Give where a case stood, one stage after another, by the days things happened on."""
    stays: list[Stay] = []
    day = events[0].occurred_on
    for recorded in events:
        day = max(day, recorded.occurred_on)  # what is entered late does not turn the time back
        stage = Place(places[recorded.version]).stage
        if not stays or stays[-1].stage is not stage:
            if stays:
                stays[-1] = Stay(stays[-1].stage, stays[-1].since, day)
            stays.append(Stay(stage, day, None))
    return stays


def track_of(opened: Opened) -> list[Step]:
    """Give the four stages with their dates and the days spent there."""
    stays = stays_of(opened.events, opened.places)
    entered_at = stays[0].stage if opened.case.imported else None
    return [_step(stage, stays, opened.today, entered_at) for stage in WAY]


def _step(stage: Stage, stays: Sequence[Stay], today: date, entered_at: Stage | None) -> Step:
    own = [stay for stay in stays if stay.stage is stage]
    if not own:
        before = entered_at is not None and (entered_at is Stage.CLOSED or WAY.index(stage) < WAY.index(entered_at))
        over = stays[-1].stage is Stage.CLOSED
        return Step(stage, "unknown" if before else "skipped" if over else "ahead")
    days = sum(((stay.until or max(today, stay.since)) - stay.since).days for stay in own)
    state = "now" if own[-1].until is None else "done"
    return Step(stage, state, own[0].since, own[-1].until, days, len(own))


def ribbon_of(opened: Opened) -> Ribbon:
    """Give the case's time as a picture: stages as lines, events as ticks, decisions as squares."""
    events, today = opened.events, opened.today
    days = [recorded.occurred_on for recorded in events]
    due = opened.case.pilot.ends_on if opened.case.pilot and opened.case.place is Place.PILOT_RUNNING else None
    scale = time_scale([*days, today, *([due] if due and due - today < timedelta(days=3660) else [])])
    decided = sorted({recorded.occurred_on for recorded in events if isinstance(recorded.body, DECISIONS)})
    stays = stays_of(events, opened.places)
    return Ribbon(
        first=scale.first,
        last=max(days),
        count=len(events),
        lines=[_line(stay, scale, today) for stay in stays],
        ticks=scale.ticks(days),
        decisions=[(scale.x(day), day) for day in decided],
        labels=[(x, day) for day in scale.months() if (x := scale.x(day)) < LABEL_X_MAX and _apart(x, due, scale)],
        today=scale.x(today),
        due=(scale.x(due), due) if due else None,
    )


def _apart(x: float, due: date | None, scale: TimeScale) -> bool:
    return due is None or abs(scale.x(due) - x) > LABEL_WIDTH


def _line(stay: Stay, scale: TimeScale, today: date) -> tuple[str, float, float]:
    return stay.stage, scale.x(stay.since), scale.x(stay.until or today)
