"""A cut-off as people write it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

BARE_DATE = len("2026-06-30")


def as_moment(value: str, zone: str) -> datetime:
    """Read a moment (RFC 3339); a bare date is the end of that day in the zone. Raises ValueError."""
    if len(value) == BARE_DATE:
        try:
            day = date.fromisoformat(value) + timedelta(days=1)
        except OverflowError as error:
            raise ValueError(value) from error
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) - timedelta(microseconds=1)
    moment = datetime.fromisoformat(value.replace(" ", "+"))
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment
