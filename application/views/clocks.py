"""Clocks of the rulebooks: what is waited for, and on which working day it is due."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import msgspec

from application.views.view import DAYS
from domain.rulebook.model import Clocks, ProcessRulebook
from domain.value import Value

SATURDAY = 5
WEEK_DAYS = 7
DUE_DAYS_KEPT_MAX = 10_000
LAST_DAY = date(9998, 12, 31)  # days can still be counted on from here


class Calendar(NamedTuple):
    """What counts days under a rulebook."""

    effective_from: date
    clocks: Clocks
    holidays: frozenset[date]  # a set knows its hash, which makes looking up due days quick


class Task(Value, frozen=True, kw_only=True):
    """One thing waited for."""

    command: str
    address: str
    since: datetime
    due_on: date


class Rest(Value, frozen=True, kw_only=True):
    """A time the case rested: the days after the first, up to the last, do not count."""

    first: date
    last: date


def calendars_of(rulebooks: Iterable[ProcessRulebook]) -> list[Calendar]:
    """Give the calendars of rulebooks, the oldest first."""
    rules = sorted(rulebooks, key=lambda r: (r.effective_from, r.version))
    return [Calendar(r.effective_from, r.clocks, frozenset(r.holidays)) for r in rules]


def digest_of(calendars: Sequence[Calendar]) -> str:
    """Give SHA-256 over calendars, in hexadecimal: due days follow from nothing else outside a row."""
    told = [(c.effective_from, c.clocks, sorted(c.holidays)) for c in calendars]
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


def due_on(
    clock: str,
    since: datetime,
    calendars: Sequence[Calendar],
    *,
    not_before: date | None = None,
    rests: tuple[Rest, ...] = (),
) -> date:
    """Give the day something is due: the clock runs from a moment on, or from a day that lies after it."""
    day = min(max(day_of(since), not_before or date.min), LAST_DAY)
    calendar = next((c for c in reversed(calendars) if c.effective_from <= day), calendars[0])
    return working_days_after(day, getattr(calendar.clocks, clock), calendar.holidays, rests)


@lru_cache(maxsize=DUE_DAYS_KEPT_MAX)
def working_days_after(
    day: date, days: int, holidays: frozenset[date] = frozenset(), rests: tuple[Rest, ...] = ()
) -> date:
    """Count working days on from a day: Monday to Friday, without holidays and without days of rest."""
    while days > 0:
        day += timedelta(days=1)
        resting = any(rest.first < day <= rest.last for rest in rests)
        if day.weekday() < SATURDAY and day not in holidays and not resting:
            days -= 1
    return day


def working_days_between(day: date, due: date, holidays: frozenset[date] = frozenset()) -> int:
    """Count the working days left from a day to a due day; below zero, how many it is late."""
    if due < day:
        return -working_days_between(due, day, holidays)
    weeks, more = divmod((due - day).days, WEEK_DAYS)
    last = (due - timedelta(days=n) for n in range(more))
    off = sum(day < holiday <= due and holiday.weekday() < SATURDAY for holiday in holidays)
    return weeks * SATURDAY + sum(one.weekday() < SATURDAY for one in last) - off


def day_of(moment: datetime) -> date:
    return moment.astimezone(DAYS).date()
