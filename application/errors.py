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


class TooLarge(Exception):
    """What is asked for rests on more events than are folded while somebody waits."""

    def __init__(self, events_max: int) -> None:
        super().__init__(f"more than {events_max} events")
        self.events_max = events_max


class FoldsBusy(Exception):
    """As many lists of the past are being folded as may be at once."""


class Busy(Exception):
    """Others kept writing to the same streams; nothing was written."""
