"""A region as it stood: what its cases were copied into elsewhere, and what its heads owe for it, belongs to it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

import pytest

from adapters.clock import now
from adapters.postgres.connect import service_pool
from adapters.postgres.dashboard_reads import list_spread
from adapters.postgres.past_views import PastCut, PastViews
from adapters.postgres.view_reads import Source
from adapters.postgres.worklist_reads import Tasks, count_late
from adapters.wiring import all_views
from application.access import Viewer
from domain.people import Capacity, Role

LATER = date(2100, 1, 1)


@pytest.mark.parametrize("region", ["KA", "KB", "PC"])
async def test_of_a_moment_ago_a_region_has_the_replications_and_tasks_it_has_now(told: str, region: str) -> None:
    capacity = Capacity(role=Role.AUDITOR, agency=f"{region.lower()}-inspektorat", region=region)
    auditor = Viewer(UUID(int=7), (capacity,))

    async def found(source: Source) -> tuple[object, object]:
        spread = await list_spread(source, auditor, {"region": region, "agency": None}, limit=100)
        late = await count_late(source, auditor, Tasks(due_before=LATER, region=region))
        return spread.items, late.items

    async with service_pool(told) as pool:
        with ThreadPoolExecutor(1) as executor:
            live = await found(pool)
            past = PastViews(told, pool, all_views(), executor)
            head = (await list_spread(pool, auditor, {"region": region, "agency": None}, limit=1)).position
            cut = PastCut(position=head, moment=now(), region=region)
            assert await found(past.at(cut, auditor)) == live
    assert live[0]
    assert live[1]
