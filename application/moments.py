"""A cut-off as people write it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(
    rf"{DAY.pattern}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)
"""RFC 3339 with its letters large, without leap seconds."""


def as_moment(value: str, zone: str) -> datetime:
    """Read a moment (RFC 3339); a bare date is the end of that day in the zone. Raises ValueError."""
    if DAY.fullmatch(value):
        try:
            day = date.fromisoformat(value) + timedelta(days=1)
        except OverflowError as error:
            raise ValueError(value) from error
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) - timedelta(microseconds=1)
    written = value.upper().replace(" ", "+")  # what a query string makes of a plus
    if not MOMENT.fullmatch(written):
        raise ValueError(value)
    return datetime.fromisoformat(written)
