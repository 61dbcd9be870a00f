"""Cursors: where a list goes on, as one text: the order it is in, and what the last row given has there."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec


class BadCursor(Exception):
    """The cursor is none of ours."""


def as_cursor(order: str, values: Sequence[Any]) -> str:
    """Give the cursor after a row that has these values in an order."""
    told = [value.isoformat() if isinstance(value, date) else str(value) for value in values]
    return base64.urlsafe_b64encode(msgspec.json.encode([order, *told])).decode().rstrip("=")


def read_cursor(cursor: str, order: str, kinds: Sequence[type[Any]]) -> list[str]:
    """Give the values of a cursor of an order, in the forms PostgreSQL reads; BadCursor when it is none."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        name, *values = msgspec.json.decode(raw, type=list[str])
        if name != order or len(values) != len(kinds):
            raise BadCursor
        return [_value(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, OverflowError, RecursionError) as error:
        raise BadCursor from error


def _value(value: str, kind: type[Any]) -> str:
    if kind is UUID:
        return str(UUID(value))  # Python reads more forms than PostgreSQL
    if kind is datetime:
        return datetime.fromisoformat(value).astimezone(UTC).isoformat()
    if kind is date:
        return date.fromisoformat(value).isoformat()
    value.encode()
    if "\x00" in value:
        raise BadCursor
    return value
