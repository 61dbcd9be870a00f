"""A case as it stood at a moment: said, counted and listed as of that moment, not of the last event before it."""

from __future__ import annotations

import re

from tests.adapters.web.conftest import Visitors

CASE = "/inovasi/PC-2024-0001"


async def test_the_moment_asked_for_is_what_is_said_and_offered_again(visitors: Visitors) -> None:
    page = await visitors.page("inspektur", "/inovasi/KA-2023-0001?as_of=2026-06-30")
    assert "Keadaan kasus pada 30 Juni 2026, 23.59 " in page
    assert 'name="as_of" type="date" value="2026-06-30"' in page


async def test_days_at_a_stage_go_on_to_the_moment_asked_for(visitors: Visitors) -> None:
    days = [
        page[page.index('aria-current="step"') :].partition("</li>")[0]
        for day in ("2025-11-12", "2025-11-13")
        for page in [await visitors.page("prov", f"{CASE}?as_of={day}")]
    ]
    assert days[0] != days[1]


async def test_replications_are_those_of_the_moment_asked_for(visitors: Visitors) -> None:
    before, after = [
        await visitors.page("prov", f"{CASE}?bagian=replikasi&as_of={day}") for day in ("2025-11-10", "2025-11-12")
    ]
    lesson = "Nelayan lulusan harus mengajar sejak pertemuan kedua"
    assert (lesson in before, lesson in after) == (False, True)


async def test_every_day_that_can_be_chosen_can_be_looked_back_at(visitors: Visitors) -> None:
    for path in ("/inovasi/KA-2023-0001", "/inovasi", "/dasbor"):
        field = re.search(r'<input id="as_of"[^>]*>', await visitors.page("inspektur", path))
        assert field
        latest = re.search(r'max="([^"]+)"', field[0])
        assert latest, path
        chosen = re.search(r'value="([^"]*)"', field[0])
        assert chosen and chosen[1] <= latest[1]  # a browser refuses to send a later one
        assert await visitors.status("inspektur", f"{path}?as_of={latest[1]}") == 200
