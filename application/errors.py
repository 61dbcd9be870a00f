"""Why a use case could not be carried out, beside the domain's own refusals."""

from __future__ import annotations


class NotKnown(Exception):
    """There is no such thing, or the caller may not know of it."""


class Stale(Exception):
    """The caller decided on an older version than the stream has now."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(f"expected version {expected}, found {actual}")
        self.expected = expected
        self.actual = actual


class Busy(Exception):
    """Others kept writing to the same streams; nothing was written."""
