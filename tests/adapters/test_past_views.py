"""Lists as they were: at every position what the live lists gave there, and nothing of the live views is touched."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.postgres import connect as connect_module
from adapters.postgres import dashboard_reads, past_views, register_reads, view_reads, worklist_reads
from adapters.postgres.connect import connect, service_pool
from adapters.postgres.event_log import Pool
from adapters.postgres.past_views import PastCut, PastViews
from adapters.postgres.projector import Projector
from adapters.postgres.rebuild import ensure_built
from adapters.postgres.register_reads import Filters
from adapters.postgres.view_reads import Page, Source
from adapters.postgres.view_writer import PROJECTOR_ROLE
from application.access import Viewer, may_see, may_see_copy
from application.errors import FoldsBusy, TooLarge
from application.house import House
from application.ledger import finish
from application.ports import LogUnavailable
from application.streams import REPLICATION, load
from domain.codes import Place
from tests.adapters.test_histories import LIVED, PACE, STEPS, VIEWS, a_house, begun, dumps, make_a_move, now
from tests.adapters.test_projector import Desk, poisoned
from tests.databases import Databases
from tests.histories import FAR, STEP
from tests.lines import Line, database_over
from tests.scenarios import ANI, CAPACITIES, FAJAR, HASAN, SEKDA, a_submitted_idea, an_idea

HISTORIES = 3
LOOKS = 4
WHO = (SEKDA, ANI, HASAN, FAJAR)
MOMENT = datetime(2026, 6, 30, tzinfo=UTC)
Ask = Callable[[Source, Viewer], Awaitable[Page]]
QUESTIONS: dict[str, Ask] = {
    "register": lambda source, who: register_reads.list_register(source, who, Filters(limit=100)),
    "by title": lambda source, who: register_reads.list_register(source, who, Filters(limit=100, sort="title")),
    "pilots": lambda source, who: register_reads.list_register(source, who, Filters(stage="pilot", region="KA")),
    "found": lambda source, who: register_reads.list_register(source, who, Filters(q="ide", affair="URS-02")),
    "replications": lambda source, who: view_reads.list_replications(source, who, {}),
    "evaluations": lambda source, who: view_reads.list_evaluations(source, who, {"region": "KA"}),
    "results": lambda source, who: view_reads.list_pilot_results(source, who, {}),
    "worklist": worklist_reads.read_worklist,
    "tasks": lambda source, who: worklist_reads.read_tasks(source, who, worklist_reads.Tasks()),
    "pilots once": lambda source, who: register_reads.list_register(source, who, Filters(reached="pilot", limit=100)),
}


def viewer(who: UUID) -> Viewer:
    return Viewer(who, CAPACITIES.get(who, ()))


@contextmanager
def past_of(url: str, pool: Pool) -> Iterator[PastViews]:
    with ThreadPoolExecutor(past_views.FOLDS_AT_ONCE_MAX) as executor:
        yield PastViews(url, pool, VIEWS, executor)


@dataclass(frozen=True)
class Unveiled:
    """The live views as they are told to somebody who may see everything."""

    pool: Pool

    async def read(self, statement: str, values: dict[str, Any]) -> Any:
        for seen in (view_reads.SEEN, view_reads.CASE_SEEN):
            statement = statement.replace(seen, "(TRUE)")
        return await view_reads.read_live(
            self.pool, statement, {**values, "seen_today": None, "position": None, "moment": None}
        )


def at(position: int, **more: Any) -> PastCut:
    return PastCut(position=position, moment=MOMENT, **more)


async def answers(source: Callable[[Viewer], Source]) -> dict[tuple[UUID, str], list[dict[str, Any]]]:
    """Give what everybody is told; not how much it is, for that counts what is hidden from her here later."""
    return {
        (who, name): [
            {name: value for name, value in item.items() if name != "total"}
            for item in (await ask(source(viewer(who)), viewer(who))).items
        ]
        for who in WHO
        for name, ask in QUESTIONS.items()
    }


def still_seen(house: House, who: UUID, item: dict[str, Any]) -> bool:
    """Tell whether what an item is about is open to somebody today."""
    case = now(house, UUID(str(item.get("innovation") or item.get("stream") or item["id"])))
    if "id" in item:
        loading = load(house, REPLICATION, UUID(item["id"]))
        copy = finish(loading)
        if copy is not None:
            return may_see_copy(copy, case, viewer(who))
    return may_see(case, viewer(who))


@settings(max_examples=HISTORIES, deadline=None)
@given(
    st.tuples(FAR, FAR),
    st.sampled_from(LIVED),
    st.lists(st.tuples(STEP, PACE), min_size=STEPS // 2, max_size=STEPS),
)
def test_a_list_of_the_past_is_what_the_live_list_was(
    databases: Databases,
    far: tuple[int, ...],
    imported_at: Place,
    steps: list[tuple[tuple[bool, int, UUID, UUID], tuple[int, bool]]],
) -> None:
    with (
        databases.fresh() as url,
        a_house(url) as house,
        connect(url, PROJECTOR_ROLE) as connection,
        asyncio.Runner() as runner,
    ):
        ensure_built(url, VIEWS)
        cases = begun(house, far, imported_at)
        for step, (which, _) in steps:
            make_a_move(house, cases[which], step)
        pool = service_pool(url)
        runner.run(pool.open())
        head = finish(house.log.head())
        projector = Projector(url, VIEWS, page_size=max(1, head // LOOKS))
        lived: dict[int, Any] = {}
        while projector.step(connection):
            lived[projector.position] = runner.run(answers(lambda _: Unveiled(pool)))
        live = dumps(connection)
        with past_of(url, pool) as past:
            for position, then in lived.items():
                found = runner.run(answers(lambda who, p=position: past.at(at(p), who)))  # type: ignore[misc]
                for (who, name), items in then.items():
                    expected = [item for item in items if still_seen(house, who, item)]
                    assert found[who, name] == expected, (position, who, name)
        assert dumps(connection) == live
        runner.run(pool.close())


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    ensure_built(database_url, VIEWS)
    with connect(database_url) as connection:
        yield Desk(connection)


async def test_pages_of_the_past_give_every_row_once(pool: Pool, desk: Desk, database_url: str) -> None:
    desk.tell_many(30)
    then = desk.head
    Projector(database_url, VIEWS).catch_up()
    whole = (await register_reads.list_register(pool, viewer(SEKDA), Filters(limit=100))).items
    desk.tell_many(5)
    Projector(database_url, VIEWS).catch_up()
    with past_of(database_url, pool) as past:
        found: list[Any] = []
        cursor = None
        while True:
            source = past.at(at(then, region="KA"), viewer(SEKDA))
            page = await register_reads.list_register(source, viewer(SEKDA), Filters(limit=7, cursor=cursor))
            assert page.position == then
            found += page.items
            cursor = page.next
            if cursor is None:
                break
    assert found == whole


async def test_the_funnel_of_the_past_counts_stays_up_to_then(pool: Pool, desk: Desk, database_url: str) -> None:
    desk.tell(a_submitted_idea())
    Projector(database_url, VIEWS).catch_up()
    year = 365.0
    begun_at = desk.connection.execute("SELECT max(recorded_at) FROM log.events").fetchone()
    assert begun_at
    later = begun_at[0].replace(year=begun_at[0].year + 1)
    with past_of(database_url, pool) as past:
        source = past.at(PastCut(position=desk.head, moment=later), viewer(SEKDA))
        (idea, *_) = (await dashboard_reads.read_funnel(source, viewer(SEKDA), {})).items
    assert (idea["stage"], idea["here"], idea["reached"]) == ("idea", 1, 1)
    assert year <= idea["median_days"] <= year + 1


async def test_what_stands_still_today_stood_still_then(pool: Pool, desk: Desk, database_url: str) -> None:
    poisoned(desk)
    desk.tell(an_idea())
    Projector(database_url, VIEWS, page_size=1).catch_up()
    live = await register_reads.list_register(pool, viewer(SEKDA), Filters())
    with past_of(database_url, pool) as past:
        then = await register_reads.list_register(past.at(at(desk.head), viewer(SEKDA)), viewer(SEKDA), Filters())
    assert then == live
    assert sorted(item["stale"] for item in then.items) == [False, True]


async def test_a_large_past_is_refused_and_a_small_part_of_it_is_not(
    pool: Pool, desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.tell(an_idea())
    desk.tell_many(10)
    Projector(database_url, VIEWS).catch_up()
    monkeypatch.setattr(past_views, "EVENTS_MAX", 10)
    with past_of(database_url, pool) as past:
        for cut in (at(desk.head), at(desk.head, region="KA")):
            with pytest.raises(TooLarge):
                await register_reads.list_register(past.at(cut, viewer(SEKDA)), viewer(SEKDA), Filters())
        small = past.at(at(desk.head, innovation=case), viewer(SEKDA))
        assert (await register_reads.list_register(small, viewer(SEKDA), Filters())).items


async def test_who_waits_too_long_for_a_turn_is_told(
    pool: Pool, desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.tell(an_idea())
    Projector(database_url, VIEWS).catch_up()
    monkeypatch.setattr(past_views, "FOLD_SECONDS_MAX", 0.2)
    with past_of(database_url, pool) as past, connect(database_url) as other, other.transaction():
        other.execute("LOCK TABLE log.events IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(FoldsBusy):
            await register_reads.list_register(past.at(at(desk.head), viewer(SEKDA)), viewer(SEKDA), Filters())


async def test_a_question_to_the_past_that_takes_too_long_is_too_large(
    desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.tell(an_idea())
    Projector(database_url, VIEWS).catch_up()
    monkeypatch.setattr(connect_module, "STATEMENT_MS_MAX", 500)
    async with service_pool(database_url) as pool:
        with past_of(database_url, pool) as past, connect(database_url) as other, other.transaction():
            other.execute("LOCK TABLE view.checkpoint IN ACCESS EXCLUSIVE MODE")  # which only the question reads
            with pytest.raises(TooLarge):
                await register_reads.list_register(past.at(at(desk.head), viewer(SEKDA)), viewer(SEKDA), Filters())


class MuteAtTheFirstQuestion(Line):
    """Lets a connection come up, and falls silent when it is asked something."""

    def _carry(self, data: bytes, target: asyncio.StreamWriter) -> None:
        self.mute = self.mute or data.startswith((b"Q", b"P"))
        super()._carry(data, target)


async def test_a_server_that_falls_silent_holds_the_turn_no_longer_than_a_list_may_take(
    pool: Pool, desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.tell(an_idea())
    Projector(database_url, VIEWS).catch_up()
    monkeypatch.setattr(past_views, "FOLD_SECONDS_MAX", 0.5)
    async with database_over(database_url, MuteAtTheFirstQuestion) as (_, mute):
        with past_of(mute, pool) as past, past_of(database_url, pool) as well:
            with pytest.raises((FoldsBusy, LogUnavailable)):
                await register_reads.list_register(past.at(at(desk.head), viewer(SEKDA)), viewer(SEKDA), Filters())
            in_turn = replace(well, executor=past.executor)
            assert True in [await listed(in_turn, desk.head) for _ in range(5)]


async def listed(past: PastViews, position: int) -> bool:
    try:
        page = await register_reads.list_register(past.at(at(position), viewer(SEKDA)), viewer(SEKDA), Filters())
    except FoldsBusy:
        return False
    return bool(page.items)
