"""How two compare that were measured in turns: the ratio within each round, then median, least and most of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours over theirs, by rounds."""

    median: float
    least: float
    most: float


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    """Compare round by round; ValueError when the rounds do not match, or there are none."""
    if not ours:
        raise ValueError("no round was measured")
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return Ratio(median(ratios), min(ratios), max(ratios))
