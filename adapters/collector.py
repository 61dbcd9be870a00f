"""Python's garbage collector in a process that lives long or makes much."""

from __future__ import annotations

import gc

THRESHOLDS = (50_000, 20, 100)
"""How much is made before it looks: the defaults cost a service pauses of 50 ms, and a rebuild a third of its speed."""


def settle_memory() -> None:
    """Keep it from going over what lives as long as the process, and from going over the rest too often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
