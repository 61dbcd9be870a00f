"""The base of every plain value: events, states, rows, rules."""

from __future__ import annotations

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Frozen and made of what was there before it, so never part of a cycle: the collector need not look at it."""
