"""The log looked through window by window: nothing is left out, nothing comes twice, whatever is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.postgres import audit_reads
from adapters.postgres.audit_reads import Wanted, find_events
from adapters.postgres.connect import connect
from adapters.postgres.event_log import Pool
from adapters.postgres.rebuild import ensure_built
from adapters.postgres.units import as_recorded
from adapters.postgres.view_writer import read_page
from domain.record import Recorded
from tests.adapters.test_projector import VIEWS, Desk

CASES = 40
WINDOW = 30


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with connect(database_url) as connection:
        yield Desk(connection)


def decided(recorded: Recorded) -> bool:
    return bool(getattr(recorded.body, "reason", ""))


@pytest.mark.parametrize("limit", [1, 7, 1_000])
@pytest.mark.parametrize("regions", [["KA"], ["KB"]])
async def test_going_on_below_gives_every_event_once(
    pool: Pool, desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch, limit: int, regions: list[str]
) -> None:
    ensure_built(database_url, VIEWS)
    desk.tell_many(CASES)
    monkeypatch.setattr(audit_reads, "WINDOW", WINDOW)
    found: list[int] = []
    last = audit_reads.LAST
    while last:
        stretch = await find_events(pool, Wanted(regions=regions, last=last), decided, limit=limit, windows_max=2)
        assert len(stretch.events) <= limit
        found += [recorded.position for recorded in stretch.events]
        last = stretch.down_to - 1 if stretch.down_to else 0
    whole = [as_recorded(row) for row in read_page(desk.connection, after=0, limit=10_000)]
    assert found == [r.position for r in reversed(whole) if r.region in regions and decided(r)]


async def test_a_stretch_keeps_to_its_positions(pool: Pool, desk: Desk, database_url: str) -> None:
    ensure_built(database_url, VIEWS)
    desk.tell_many(CASES)
    wanted = Wanted(regions=["KA"], first=50, last=60)
    stretch = await find_events(pool, wanted, lambda _recorded: True, limit=100)
    assert [recorded.position for recorded in stretch.events] == list(range(60, 49, -1))
    assert stretch.down_to == 0
