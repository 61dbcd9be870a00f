"""The field of the measurement on the suite's own server: what is tested is that it measures, not how fast."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from adapters.bench.arena import Arena
from adapters.bench.rows import Effort
from adapters.postgres.embedded import EmbeddedPostgres

_numbers = count(1)
TINY = Effort(rounds=2, seconds=0.1, cases=3, events=40)


@pytest.fixture
def arena(server: EmbeddedPostgres, tmp_path: Path) -> Arena:
    return Arena(tmp_path, server.url, _numbers)


@pytest.fixture
def effort() -> Effort:
    return TINY
