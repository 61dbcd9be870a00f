"""Lists asked in pages, by filters and for a region: every row once, in order, and counted as it is listed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from adapters.postgres.connect import connect
from adapters.postgres.cursors import BadCursor
from adapters.postgres.dashboard_reads import count_places, read_funnel
from adapters.postgres.event_log import Pool
from adapters.postgres.own_reads import list_own, list_returned, read_stays
from adapters.postgres.projector import Projector
from adapters.postgres.rebuild import ensure_built
from adapters.postgres.register_reads import SORTS, Filters, Sort, count_register, list_register, whole_register
from adapters.postgres.worklist_reads import Tasks, count_late, count_worklist, read_tasks, read_worklist
from application.access import Viewer
from application.views.funnel import FUNNEL
from application.views.register import REGISTER
from application.views.view import fold
from domain.codes import Stage
from domain.people import Capacity, Role
from tests.adapters.test_projector import VIEWS, Desk, desk, viewer  # noqa: F401
from tests.application.test_views import every_story
from tests.scenarios import ANI, BUDI, CITRA, SEKDA, a_submitted_idea, an_idea, person

STRANGER = Viewer(person("hasan"), (Capacity(role=Role.COORDINATOR, agency="kb-setda", region="KB"),))
SCOPE: dict[str, Any] = {"region": "KA", "agency": None}
LATER = date(2100, 1, 1)


@pytest.fixture
def told(desk: Desk, database_url: str) -> Desk:  # noqa: F811
    """Give a desk at which every story was told twice, and the views have them."""
    ensure_built(database_url, VIEWS)
    desk.tell_many(2 * len(every_story()))
    desk.tell(a_submitted_idea())
    Projector(database_url, VIEWS).catch_up()
    return desk


def keys(items: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return [(i["due_on"], i["since"], i["id"], i["command"], i["address"]) for i in items]


@pytest.mark.parametrize("who", [SEKDA, ANI, BUDI])
async def test_the_worklist_in_pages_gives_every_task_once_in_order(pool: Pool, told: Desk, who: UUID) -> None:
    whole = (await read_worklist(pool, viewer(who))).items
    found, cursor = [], None
    while True:
        page = await read_worklist(pool, viewer(who), Tasks(limit=2, cursor=cursor))
        found += page.items
        cursor = page.next
        if cursor is None:
            break
    assert len(whole) > 2
    assert found == whole
    assert [key[0] for key in keys(whole)] == sorted(key[0] for key in keys(whole))


@pytest.mark.parametrize("bad", ["x", "W10", "é", "WyJ0YXNrIiwiMSIsIjIiXQ", "WyJ0YXNrIiwiYSIsImIiLCJjIiwiZCIsImUiXQ"])
async def test_a_cursor_that_is_none_of_ours_is_refused(pool: Pool, told: Desk, bad: str) -> None:
    with pytest.raises(BadCursor):
        await read_worklist(pool, viewer(SEKDA), Tasks(cursor=bad))


async def test_tasks_are_counted_as_they_are_listed(pool: Pool, told: Desk) -> None:
    counted = (await count_worklist(pool, viewer(SEKDA), LATER)).items
    for kind in counted:
        listed = (await read_worklist(pool, viewer(SEKDA), Tasks(command=kind["command"]))).items
        assert (len(listed), kind["late"]) == (kind["waiting"], kind["waiting"])
    assert sum(kind["waiting"] for kind in counted) == len((await read_worklist(pool, viewer(SEKDA))).items)
    assert {kind["late"] for kind in (await count_worklist(pool, viewer(SEKDA), date(2000, 1, 1))).items} == {0}


async def test_what_is_late_in_a_region_is_counted_for_whom_it_waits(pool: Pool, told: Desk) -> None:
    wanted = Tasks(region="KA", due_before=LATER)
    listed = (await read_tasks(pool, viewer(SEKDA), wanted)).items
    counted = (await count_late(pool, viewer(SEKDA), wanted)).items
    assert listed
    assert {row["address"]: row["late"] for row in counted} == {
        address: sum(task["address"] == address for task in listed) for address in {task["address"] for task in listed}
    }
    for row in counted:
        theirs = await read_tasks(pool, viewer(SEKDA), Tasks(region="KA", due_before=LATER, address=row["address"]))
        assert min(task["due_on"] for task in theirs.items) == row["due_on"]
    mine = set(keys((await read_worklist(pool, viewer(SEKDA))).items))
    assert mine <= set(keys(listed))


async def test_nobody_is_told_of_tasks_in_cases_she_may_not_see(pool: Pool, told: Desk) -> None:
    assert (await read_tasks(pool, STRANGER, Tasks(region="KA"))).items == []
    assert (await count_late(pool, STRANGER, Tasks(region="KA", due_before=LATER))).items == []
    for who in (ANI, CITRA, BUDI):
        seen = {row["id"] for row in (await list_register(pool, viewer(who), Filters(limit=100))).items}
        assert {task["innovation"] for task in (await read_tasks(pool, viewer(who), Tasks())).items} <= seen


@pytest.mark.parametrize("stage", list(Stage))
async def test_the_cases_that_ever_came_to_a_stage_are_those_the_funnel_counts(
    pool: Pool, told: Desk, stage: Stage
) -> None:
    funnel = {row["stage"]: row for row in (await read_funnel(pool, viewer(SEKDA), SCOPE)).items}
    listed = (await list_register(pool, viewer(SEKDA), Filters(region="KA", reached=stage.value, limit=100))).items
    assert len(listed) == funnel[stage]["reached"]
    assert await count_register(pool, viewer(SEKDA), Filters(region="KA", reached=stage.value)) == len(listed)


def test_a_case_knows_each_stage_it_came_to_and_how_long_it_stood_there() -> None:
    for story in every_story():
        (row,) = fold(FUNNEL, [r for r in story.recorded if r.stream == story.recorded[0].stream]).values()
        assert row.reached == tuple(dict.fromkeys(stay.stage for stay in row.stays))
        ended = [stay for stay in row.stays if stay.until is not None]
        spent = sum((stay.until - stay.since).total_seconds() for stay in ended if stay.until is not None)
        assert sum(row.seconds) == pytest.approx(spent, abs=len(row.seconds))


async def test_a_board_counts_the_cases_that_stand_at_each_place(pool: Pool, told: Desk) -> None:
    places = (await count_places(pool, viewer(SEKDA), SCOPE)).items
    assert sum(row["cases"] for row in places) == await count_register(pool, viewer(SEKDA), Filters(region="KA"))
    for row in places:
        at = Filters(region="KA", agency=row["agency"], stage=row["stage"], status=row["status"])
        assert await count_register(pool, viewer(SEKDA), at) == row["cases"]
    assert (await count_places(pool, STRANGER, SCOPE)).items == []


async def test_ones_own_cases_tell_for_whom_they_wait(pool: Pool, told: Desk) -> None:
    whole = (await list_register(pool, viewer(ANI), Filters(member=ANI, limit=100))).items
    own = (await list_own(pool, viewer(ANI), limit=100)).items
    assert [row["id"] for row in own] == [row["id"] for row in whole]
    assert any("agency_head:ka-dinkes" in row["waits_for"] for row in own)
    assert (await list_own(pool, STRANGER, limit=100)).items == []


async def test_a_case_that_came_back_is_told_to_its_team_alone(pool: Pool, desk: Desk, database_url: str) -> None:  # noqa: F811
    ensure_built(database_url, VIEWS)
    notes = [{"field": "design", "text": "Jelaskan langkahnya."}]
    case = desk.tell(a_submitted_idea().then("request_revision", CITRA, reason="Belum lengkap.", notes=notes))
    Projector(database_url, VIEWS).catch_up()
    (row,) = (await list_returned(pool, viewer(ANI), limit=5)).items
    assert (UUID(row["id"]), row["reason"], row["total"]) == (case, "Belum lengkap.", 1)
    assert (await list_returned(pool, viewer(CITRA), limit=5)).items == []
    desk.tell(an_idea())
    given_back = desk.tell(a_submitted_idea().then("endorse.return", BUDI, reason="Bukan urusan dinas."))
    Projector(database_url, VIEWS).catch_up()
    (latest, _) = (await list_returned(pool, viewer(ANI), limit=5)).items
    assert (UUID(latest["id"]), latest["reason"]) == (given_back, "Bukan urusan dinas.")


async def test_the_steps_of_a_case_are_told_only_to_who_may_see_it(pool: Pool, desk: Desk, database_url: str) -> None:  # noqa: F811
    ensure_built(database_url, VIEWS)
    case = str(desk.tell(an_idea()))
    Projector(database_url, VIEWS).catch_up()
    ((row,)) = (await read_stays(pool, viewer(ANI), [case])).items
    assert [stay["stage"] for stay in row["stays"]] == ["idea"]
    assert (await read_stays(pool, STRANGER, [case])).items == []


MANY = 10_500
CROWD = f"""
    INSERT INTO view.{REGISTER.table}
    SELECT p.* FROM (SELECT * FROM view.{REGISTER.table} LIMIT 1) AS r CROSS JOIN generate_series(1, {MANY}) AS n
    CROSS JOIN jsonb_populate_record(NULL::view.{REGISTER.table},
        to_jsonb(r) || jsonb_build_object('id', gen_random_uuid(), 'case_number', 'ZZ-' || n)) AS p
"""


@pytest.mark.parametrize("sort", SORTS)
async def test_a_whole_list_has_the_rows_of_its_pages_in_their_order(pool: Pool, told: Desk, sort: Sort) -> None:
    seen, filters = viewer(SEKDA), Filters(sort=sort, limit=1_000)
    page = await list_register(pool, seen, filters)
    rows, position = await whole_register(pool, seen, filters)
    assert [row["case_number"] for row in rows] == [item["case_number"] for item in page.items]
    assert position == page.position > 0
    assert len(rows) > 2


async def test_a_whole_list_leaves_no_row_out(pool: Pool, told: Desk, database_url: str) -> None:
    with connect(database_url) as connection:
        connection.execute(CROWD.encode())
    rows, _ = await whole_register(pool, viewer(SEKDA), Filters(sort="case_number"))
    crowd = [row["case_number"] for row in rows if row["case_number"].startswith("ZZ-")]
    assert crowd == sorted({f"ZZ-{n}" for n in range(1, MANY + 1)})
