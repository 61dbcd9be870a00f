"""The projector on a real PostgreSQL: killed, resumed, taken over, rebuilt, and never half old."""

from __future__ import annotations

import asyncio
import base64
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from structlog.testing import CapturingLogger

from adapters.postgres import projector as projecting
from adapters.postgres import rebuild as rebuilding
from adapters.postgres import register_reads, view_reads, view_tables, worklist_reads
from adapters.postgres.connect import connect
from adapters.postgres.cursors import BadCursor
from adapters.postgres.event_log import Pool
from adapters.postgres.projector import Projector
from adapters.postgres.rebuild import ensure_built, prepare, rebuild
from adapters.postgres.recorder import LogRecorder
from adapters.postgres.redrive import redrive
from adapters.postgres.register_reads import Filters
from adapters.postgres.view_tables import Connection
from adapters.postgres.view_writer import PROJECTOR_ROLE
from application.access import Sight, Viewer, sight
from application.ledger import Ledger, LedgerLog, finish
from application.ports import LogUnavailable, Numbering, Unit
from application.views import View, all_views
from application.views.register import REGISTER, RegisterRow
from application.views.view import OF_INNOVATION
from domain.innovation.events import IdeaRegistered, IdeaSubmitted
from domain.people import Capacity, Role
from domain.record import Body, Pending, Recorded
from tests.application.test_views import every_story
from tests.lines import Line, line_to_database
from tests.scenarios import ANI, BUDI, CAPACITIES, KOORDINATOR, RULES, SEKDA, Story, a_submitted_idea, an_idea, person

VIEWS = all_views(RULES)
TAKEN_OVER_SECONDS_MAX = 3.0
CASES = 150


class Desk:
    """Writes stories into the log, each as a case of its own."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._log = LedgerLog(Ledger(LogRecorder(connection)))

    def tell(self, story: Story, stream: UUID | None = None, bodies: dict[int, Body] | None = None) -> UUID:
        """Write a story; `bodies` puts others in the place of some events."""
        stream, command = stream or uuid4(), uuid4()
        events = tuple(
            Pending(
                originator_id=stream,
                originator_version=r.version,
                region=r.region,
                command_id=command,
                envelope=r.envelope,
                body=(bodies or {}).get(r.version, r.body),
            )
            for r in story.recorded
        )
        numbering = Numbering("KA", "Asia/Jakarta") if events[0].originator_version == 1 else None
        unit = Unit(command_id=command, events=events, reads={}, numbering=numbering)
        self.write(unit)
        return stream

    def write(self, unit: Unit) -> None:
        self.head = finish(self._log.append(unit)).last_position

    def tell_many(self, cases: int = CASES) -> None:
        stories = every_story()
        for n in range(cases):
            self.tell(stories[n % len(stories)])

    def digests(self) -> dict[str, str]:
        return {view.name: view_tables.digest(self.connection, view, view.table) for view in VIEWS}


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with connect(database_url) as connection:
        yield Desk(connection)


@contextmanager
def running(url: str, views: Sequence[View[Any]] = VIEWS) -> Iterator[Projector]:
    projector, stop = Projector(url, views), threading.Event()
    thread = threading.Thread(target=projector.run, args=[stop])
    thread.start()
    try:
        yield projector
    finally:
        stop.set()
        thread.join(timeout=10)
        assert not thread.is_alive()


def becomes(is_true: Any, seconds_max: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds_max
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.01)
    return False


def run_for_ever(url: str, page_size: int) -> None:
    Projector(url, VIEWS, page_size=page_size).run(threading.Event())


@contextmanager
def another_process(url: str, page_size: int = 1_000) -> Iterator[multiprocessing.process.BaseProcess]:
    process = multiprocessing.get_context("spawn").Process(target=run_for_ever, args=[url, page_size], daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join(timeout=10)


def position(desk: Desk) -> int:
    if not view_tables.exists(desk.connection, "checkpoint"):
        return 0
    row = desk.connection.execute("SELECT position FROM view.checkpoint WHERE name = 'live'").fetchone()
    return int(row[0]) if row else 0


def test_live_rows_and_rebuilt_rows_are_the_same_bytes(desk: Desk, database_url: str) -> None:
    ensure_built(database_url, VIEWS)
    desk.tell_many()
    assert Projector(database_url, VIEWS, page_size=7).catch_up() == desk.head
    live = desk.digests()
    heard: list[tuple[int, int]] = []
    found = rebuild(database_url, VIEWS, lambda done, of: heard.append((done, of)))
    assert [(r.view, r.digest, r.equal, r.position) for r in found] == [
        (view.name, live[view.name], True, desk.head) for view in VIEWS
    ]
    assert desk.digests() == live
    assert heard[-1] == (desk.head, desk.head)
    assert rebuild(database_url, VIEWS[:1])[0].equal


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: str(view.name))
def test_a_view_alone_is_rebuilt_from_what_it_hears(desk: Desk, database_url: str, view: View[Any]) -> None:
    ensure_built(database_url, VIEWS)
    for story in every_story():
        desk.tell(story)
    Projector(database_url, VIEWS).catch_up()
    heard: list[tuple[int, int]] = []
    assert rebuild(database_url, [view], lambda done, of: heard.append((done, of)))[0].equal
    of = sum(type(recorded.body) in view.touched_by for story in every_story() for recorded in story.recorded)
    assert heard[-1:] == [(of, of)] * bool(of)


def test_a_first_start_builds_from_the_whole_log(desk: Desk, database_url: str) -> None:
    desk.tell_many(40)
    with running(database_url) as projector:
        assert projector.wait_for(desk.head)
        desk.tell(an_idea())
        assert projector.wait_for(desk.head, seconds_max=1)
    assert all(r.equal for r in rebuild(database_url, VIEWS))


def test_a_wrong_row_is_found_and_put_right_by_a_rebuild(desk: Desk, database_url: str) -> None:
    desk.tell(an_idea())
    with running(database_url) as projector:
        assert projector.wait_for(desk.head)
        desk.connection.execute(f"UPDATE view.{REGISTER.table} SET title = 'x'".encode())
        assert [r.equal for r in rebuild(database_url, VIEWS)] == [False, *[True] * (len(VIEWS) - 1)]
        stream = desk.tell(a_submitted_idea())
        assert projector.wait_for(desk.head)
    titles = desk.connection.execute(f"SELECT DISTINCT title FROM view.{REGISTER.table}".encode()).fetchall()
    assert titles == [("Antrean tanpa berdiri",)]
    assert stream
    assert all(r.equal for r in rebuild(database_url, VIEWS))


def test_a_stopped_rebuild_goes_on_where_it_was(desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_built(database_url, VIEWS)
    desk.tell_many(60)
    Projector(database_url, VIEWS).catch_up()
    monkeypatch.setattr(rebuilding, "STREAMS_PAGE_SIZE", 50)

    def stop_soon(done: int, of: int) -> None:
        if done > of // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(database_url, VIEWS, stop_soon)
    desk.tell_many(20)
    Projector(database_url, VIEWS).catch_up()
    heard: list[int] = []
    assert all(r.equal for r in rebuild(database_url, VIEWS, lambda done, _of: heard.append(done)))
    assert heard[0] > 50


def test_a_new_version_is_built_beside_and_takes_the_old_ones_place(desk: Desk, database_url: str) -> None:
    desk.tell_many(20)
    Projector(database_url, VIEWS).catch_up()
    newer = replace(REGISTER, version=REGISTER.version + 1)
    desk.tell_many(5)
    with running(database_url, views=(newer, *VIEWS[1:])) as projector:
        assert projector.wait_for(desk.head)
    assert not view_tables.exists(desk.connection, REGISTER.table)
    assert all(r.equal for r in rebuild(database_url, (newer, *VIEWS[1:])))


def under_other_rules() -> Sequence[View[Any]]:
    """Give the views of a rulebook with one more holiday."""
    return all_views(msgspec.structs.replace(RULES, holidays=(*RULES.holidays, date(2026, 12, 24))))


def test_rows_derived_by_other_rules_are_built_anew(desk: Desk, database_url: str) -> None:
    desk.tell_many(5)
    Projector(database_url, VIEWS).catch_up()
    desk.connection.execute(f"UPDATE view.{REGISTER.table} SET title = 'untouched'".encode())
    desk.connection.execute(f"UPDATE view.{VIEWS[1].table} SET title = 'old'".encode())
    ensure_built(database_url, VIEWS)
    assert desk.connection.execute(f"SELECT DISTINCT title FROM view.{VIEWS[1].table}".encode()).fetchall() == [
        ("old",)
    ]
    Projector(database_url, under_other_rules()).catch_up()
    titles = desk.connection.execute(
        f"SELECT DISTINCT w.title, r.title FROM view.{VIEWS[1].table} AS w JOIN view.{REGISTER.table} AS r USING (id)".encode()
    ).fetchall()
    assert titles == [("Antrean tanpa berdiri", "untouched")], "only what follows from the rules is built anew"
    assert all(r.equal for r in rebuild(database_url, under_other_rules()) if r.view != REGISTER.name)


def test_the_next_release_is_prepared_while_this_one_serves(desk: Desk, database_url: str) -> None:
    desk.tell_many(20)
    Projector(database_url, VIEWS).catch_up()
    newer = (replace(REGISTER, version=REGISTER.version + 1), *under_other_rules()[1:])
    with running(database_url) as serving:
        assert prepare(database_url, newer) == ["register", "worklist", "replications", "evaluations"]
        desk.tell_many(5)
        assert serving.wait_for(desk.head), "the old rows go on following"
    heard: list[int] = []
    assert prepare(database_url, newer, lambda done, _of: heard.append(done))
    assert heard == [], "nothing is folded twice"
    Projector(database_url, newer).catch_up()
    assert not view_tables.exists(desk.connection, REGISTER.table)
    assert prepare(database_url, newer) == []
    assert all(r.equal for r in rebuild(database_url, newer))


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    version: int


def test_a_row_that_is_over_goes_away(desk: Desk, database_url: str) -> None:
    def evolve(row: Draft | None, recorded: Recorded) -> Draft | None:
        born = isinstance(recorded.body, IdeaRegistered)
        return Draft(id=recorded.stream, version=recorded.version) if born or (row and recorded.version < 4) else None

    drafts = View("drafts", 1, Draft, ("id",), OF_INNOVATION, evolve)
    ensure_built(database_url, [drafts])
    kept, _gone = desk.tell(an_idea()), desk.tell(a_submitted_idea())
    Projector(database_url, [drafts], page_size=2).catch_up()
    assert desk.connection.execute("SELECT id FROM view.drafts_v1").fetchall() == [(kept,)]
    assert rebuild(database_url, [drafts])[0].equal


def test_killed_at_any_moment_it_goes_on_without_loss_or_double(desk: Desk, database_url: str) -> None:
    ensure_built(database_url, VIEWS)
    desk.tell_many()
    for _ in range(2):
        with another_process(database_url, page_size=3) as process:
            before = position(desk)
            assert becomes(lambda before=before: position(desk) > before, 30)
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            process.join()
    Projector(database_url, VIEWS).catch_up()
    assert position(desk) == desk.head
    assert all(r.equal for r in rebuild(database_url, VIEWS))


def test_a_second_one_takes_over_within_seconds(desk: Desk, database_url: str) -> None:
    ensure_built(database_url, VIEWS)
    with another_process(database_url) as first:
        desk.tell(an_idea())
        assert becomes(lambda: position(desk) == desk.head, 30)
        with running(database_url) as second:
            time.sleep(0.2)
            assert not second.is_leader
            assert first.pid is not None
            os.kill(first.pid, signal.SIGKILL)
            killed = time.monotonic()
            desk.tell(a_submitted_idea())
            assert becomes(lambda: position(desk) == desk.head)
            assert time.monotonic() - killed < TAKEN_OVER_SECONDS_MAX
            assert second.is_leader


def test_a_lost_connection_is_made_again(desk: Desk, database_url: str) -> None:
    with running(database_url) as projector:
        desk.tell(an_idea())
        assert projector.wait_for(desk.head)
        desk.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        desk.tell(a_submitted_idea())
        assert becomes(lambda: position(desk) == desk.head)
    assert all(r.equal for r in rebuild(database_url, VIEWS))


def test_interrupted_it_says_where_it_stood(desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = CapturingLogger()
    monkeypatch.setattr(projecting, "log", heard)
    with running(database_url) as projector:
        desk.tell(an_idea())
        assert projector.wait_for(desk.head)
        with desk.connection.transaction():
            desk.connection.execute("SELECT FROM view.checkpoint FOR UPDATE")  # its next step waits here
            cut = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted"
            assert becomes(lambda: desk.connection.execute(cut).fetchall())
            assert becomes(lambda: heard.calls)
    assert {(call.args[0], call.kwargs["position"]) for call in heard.calls} == {("projector_interrupted", desk.head)}


async def test_a_server_that_falls_silent_is_left(
    desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projecting, "STEP_SECONDS_MAX", 0.5)
    ensure_built(database_url, VIEWS)

    def live(line: Line, url: str) -> None:
        with running(url) as projector:
            desk.tell(an_idea())
            assert projector.wait_for(desk.head)
            line.mute = True
            assert becomes(lambda: projector.error is not None)
            line.mute = False
            desk.tell(a_submitted_idea())
            assert projector.wait_for(desk.head)

    async with line_to_database(database_url) as (line, url):
        await asyncio.to_thread(live, line, url)


def test_a_leader_who_is_gone_is_given_up_by_the_server_too(desk: Desk, database_url: str) -> None:
    with connect(database_url, PROJECTOR_ROLE) as leader:
        told = leader.execute("SELECT source FROM pg_settings WHERE name LIKE 'tcp_%'").fetchall()
        assert leader.info.get_parameters().keys() >= {"keepalives_idle", "tcp_user_timeout"}
    assert told == [("client",)] * 4


def poisoned(desk: Desk) -> tuple[UUID, UUID, UUID]:
    """Write three cases: one cannot be folded, one cannot be stored, one cannot be read."""
    story = a_submitted_idea()
    unfolded = desk.tell(story, bodies={1: story.recorded[-1].body})
    unstored = _with_nul(desk)
    with desk.connection.transaction():  # whole before a running projector sees it
        unread = desk.tell(story)
        desk.connection.execute("SET LOCAL session_replication_role = replica")  # the tripwires sleep: a tampered log
        desk.connection.execute("UPDATE log.events SET state = '{}' WHERE stream = %s AND version = 3", [unread])
    return unfolded, unstored, unread


def _with_nul(desk: Desk) -> UUID:
    story = an_idea()
    body: Any = story.recorded[0].body
    bad = msgspec.structs.replace(body, profile=msgspec.structs.replace(body.profile, title="NUL\x00"))
    return desk.tell(story, bodies={1: bad})


@pytest.mark.parametrize("page_size", [1, 2, 1_000])
def test_poison_stands_still_alone_however_the_log_is_paged(desk: Desk, database_url: str, page_size: int) -> None:
    ensure_built(database_url, VIEWS)
    good = desk.tell(an_idea())
    unfolded, unstored, unread = poisoned(desk)
    last = desk.tell(a_submitted_idea())
    assert Projector(database_url, VIEWS, page_size=page_size).catch_up() == desk.head
    parked = desk.connection.execute("SELECT view, key FROM view.parked").fetchall()
    for view in (REGISTER.table, VIEWS[1].table):
        assert {key for name, key in parked if name == view} == {str(unfolded), str(unstored), str(unread)}
    ids = desk.connection.execute(f"SELECT id, version FROM view.{REGISTER.table}".encode()).fetchall()
    versions: dict[UUID, int] = dict(ids)
    assert versions.keys() == {good, unread, last}
    assert versions[unread] == 2, "the row stays as it was before what could not be read"
    found = rebuild(database_url, VIEWS)
    assert all(r.equal for r in found), "a rebuild parks the same"
    again = desk.connection.execute("SELECT view, key FROM view.parked").fetchall()
    assert sorted(again) == sorted(parked)


def test_what_is_mended_follows_again_and_what_is_not_stands_still(desk: Desk, database_url: str) -> None:
    def broken(row: RegisterRow | None, recorded: Recorded) -> RegisterRow | None:
        assert not isinstance(recorded.body, IdeaSubmitted), "not known yet"
        return REGISTER.evolve(row, recorded)

    ensure_built(database_url, VIEWS)
    mended = desk.tell(a_submitted_idea())
    Projector(database_url, (replace(REGISTER, evolve=broken), *VIEWS[1:])).catch_up()
    with running(database_url) as projector:
        unfolded, unstored, unread = poisoned(desk)
        assert projector.wait_for(desk.head)
        found = redrive(database_url, VIEWS)
        assert {(r.view, r.key) for r in found if r.error is None} == {("register", str(mended))}
        assert {r.key for r in found if r.error} >= {str(unfolded), str(unstored), str(unread)}
        desk.tell(an_idea())
        assert projector.wait_for(desk.head)
    assert all(r.equal for r in rebuild(database_url, VIEWS))
    assert {(r.view, r.key) for r in redrive(database_url, VIEWS)} == {(r.view, r.key) for r in found if r.error}


async def test_a_parked_case_is_marked_stale(pool: Pool, desk: Desk, database_url: str) -> None:
    ensure_built(database_url, VIEWS)
    good = desk.tell(an_idea())
    *_, unread = poisoned(desk)
    Projector(database_url, VIEWS).catch_up()
    page = await register_reads.list_register(pool, viewer(SEKDA), Filters())
    assert {UUID(item["id"]): item["stale"] for item in page.items} == {good: False, unread: True}
    health = await view_reads.health(pool)
    assert (health.position, health.head, health.seconds_behind) == (desk.head, desk.head, 0.0)
    assert health.parked >= 6


def viewer(who: UUID) -> Viewer:
    return Viewer(who, CAPACITIES.get(who, ()))


async def test_lists_show_exactly_what_each_person_may_see(pool: Pool, desk: Desk, database_url: str) -> None:
    ensure_built(database_url, VIEWS)
    stories = {desk.tell(story): story for story in [*every_story(), an_idea(), an_idea(unit="ka-pkm-melati")]}
    Projector(database_url, VIEWS).catch_up()
    stranger = Viewer(person("hasan"), (Capacity(role=Role.COORDINATOR, agency="kb-setda", region="KB"),))
    unit_head = Viewer(person("x"), (Capacity(role=Role.AGENCY_HEAD, agency="ka-pkm-melati", region="XX"),))
    for who in (*map(viewer, CAPACITIES), stranger, unit_head, Viewer(ANI, ())):
        page = await register_reads.list_register(pool, who, Filters(limit=100))
        assert {UUID(item["id"]) for item in page.items} == {
            case for case, story in stories.items() if sight(story.now, who) is not Sight.NONE
        }
        assert page.position == desk.head


async def test_filters_sorts_and_cursors_give_every_row_once(pool: Pool, desk: Desk, database_url: str) -> None:
    ensure_built(database_url, VIEWS)
    desk.tell_many(30)
    Projector(database_url, VIEWS).catch_up()
    whole = await register_reads.list_register(pool, viewer(SEKDA), Filters(limit=100))
    for sort, (column, direction) in register_reads.SORTS.items():
        found: list[Any] = []
        cursor = None
        while True:
            page = await register_reads.list_register(pool, viewer(SEKDA), Filters(sort=sort, limit=7, cursor=cursor))
            found += page.items
            cursor = page.next
            if cursor is None:
                break
        keys = [(item[column], item["id"]) for item in found]
        assert keys == sorted(keys, reverse=direction == "DESC")
        assert {item["id"] for item in found} == {item["id"] for item in whole.items}
    endorsed = await register_reads.list_register(pool, viewer(SEKDA), Filters(stage="idea", status="endorsed"))
    assert {item["status"] for item in endorsed.items} == {"endorsed"}
    nothing = await register_reads.list_register(pool, viewer(SEKDA), Filters(affair="URS-38"))
    assert nothing.items == []
    urn = ["changed_at", "2026-01-01T00:00:00", "urn:uuid:00000000-0000-0000-0000-000000000001"]
    told = base64.urlsafe_b64encode(msgspec.json.encode(urn)).decode()
    assert (await register_reads.list_register(pool, viewer(SEKDA), Filters(cursor=told))).items == []
    for bad in ("x", "W10", "é", whole.next or "", "WyJ4IiwieCIsIngiXQ"):
        if bad:
            with pytest.raises(BadCursor):
                await register_reads.list_register(pool, viewer(SEKDA), Filters(cursor=bad))


async def test_search_knows_indonesian_stems_and_case_numbers(pool: Pool, desk: Desk, database_url: str) -> None:
    ensure_built(database_url, VIEWS)
    case = desk.tell(an_idea())
    Projector(database_url, VIEWS).catch_up()
    (row,) = (await register_reads.list_register(pool, viewer(ANI), Filters())).items

    async def found(q: str) -> bool:
        page = await register_reads.list_register(pool, viewer(ANI), Filters(q=q))
        return [UUID(item["id"]) for item in page.items] == [case]

    assert await found("antre")
    assert await found("ANTREAN yang tanpa")
    assert await found("berdirilah lansia")
    assert await found(row["case_number"].lower())
    assert not await found("sampah")
    assert not await found("yang")
    assert not await found("'; DROP TABLE x; -- & | ! :*")


async def test_the_worklist_gives_each_person_her_tasks(pool: Pool, desk: Desk, database_url: str) -> None:
    ensure_built(database_url, VIEWS)
    desk.tell(a_submitted_idea())
    Projector(database_url, VIEWS).catch_up()
    (task,) = (await worklist_reads.read_worklist(pool, viewer(BUDI))).items
    assert (task["command"], task["address"]) == ("endorse", "agency_head:ka-dinkes")
    assert task["due_on"] > task["since"][:10]
    assert (await worklist_reads.read_worklist(pool, viewer(KOORDINATOR))).items == []


async def test_reading_ones_own_writes_waits_for_the_views(pool: Pool, desk: Desk, database_url: str) -> None:
    with pytest.raises(LogUnavailable):  # nothing was ever built
        await register_reads.list_register(pool, viewer(ANI), Filters())
    with running(database_url) as projector:
        assert becomes(lambda: projector.is_leader)
        desk.tell(an_idea())
        assert await view_reads.wait_for(pool, desk.head)
    assert not await view_reads.wait_for(pool, desk.head + 1)


def test_the_service_cannot_write_views(desk: Desk, database_url: str) -> None:
    ensure_built(database_url, VIEWS)
    with connect(database_url, "jejak_service") as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute(f"DELETE FROM view.{REGISTER.table}".encode())
    with connect(database_url, PROJECTOR_ROLE) as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute("DELETE FROM log.events")
