"""How much trouble: a small tier inside `make test`, the full one with JEJAK_FAULTS=full (`make faults`)."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass

import pytest
import structlog


@dataclass(frozen=True)
class Tier:
    """How long each experiment goes on.

    `between_kills` are the commands that may come through before the next one, `crash_points` those of a rebuild
    (None: every one there is).
    """

    kills: int
    between_kills: int
    keyed_commands: int
    weak_commands: tuple[str, ...]
    deciding_rounds: int
    tailing_seconds: float
    crash_points: int | None
    beside_seconds: float
    beside_per_second: float


SMALL = Tier(
    kills=20,
    between_kills=12,
    keyed_commands=0,
    weak_commands=("link",),
    deciding_rounds=25,
    tailing_seconds=6.0,
    crash_points=12,
    beside_seconds=1.0,
    beside_per_second=40.0,
)
FULL = Tier(
    kills=20,
    between_kills=400,
    keyed_commands=20_000,
    weak_commands=("link", "register", "link on a new connection"),
    deciding_rounds=10_000,
    tailing_seconds=60.0,
    crash_points=None,
    beside_seconds=30.0,
    beside_per_second=200.0,
)


@pytest.fixture(scope="session")
def tier() -> Tier:
    """Give the figures of this run."""
    return FULL if os.environ.get("JEJAK_FAULTS") == "full" else SMALL


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """Keep request lines out of failing tests."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@pytest.fixture
def chance() -> random.Random:
    """Give what happens by chance; the seed is printed, and JEJAK_SEED gives it again."""
    seed = int(os.environ.get("JEJAK_SEED") or random.SystemRandom().randrange(2**32))
    print(f"JEJAK_SEED={seed}")
    return random.Random(seed)
