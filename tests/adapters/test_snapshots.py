"""Snapshots of long streams: the same state with one, without one, and with one that cannot be used."""

from __future__ import annotations

import compileall
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest

from adapters.postgres.connect import connect
from adapters.postgres.event_log import Pool, PostgresEventLog
from adapters.postgres.snapshots import PostgresSnapshots, drop, kept, long_streams
from application.house import House
from application.ports import Directory
from application.snapshots import EVENTS_MIN, form_of
from application.streams import INNOVATION, REPLICATION, load
from domain.innovation.state import Innovation
from tests.adapters.test_projector import Desk
from tests.scenarios import AGENCIES, ANI, MEASURED, REGIONS, RULES, TODAY, Story, a_running_pilot, an_idea
from tests.serving import ROOT

FORM = form_of(Innovation)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with connect(database_url) as connection:
        yield Desk(connection)


def house(pool: Pool, *, remembering: bool = True) -> House:
    """Give the use cases of a process that has just begun."""
    return House(
        log=PostgresEventLog(pool),
        directory=lambda: Directory.of(REGIONS.values(), AGENCIES.values(), TODAY),
        rulebooks=(RULES,),
        clock=lambda: datetime.now(UTC),
        new_id=uuid4,
        size_held=lambda _digest, _case: 1,
        snapshots=PostgresSnapshots(pool) if remembering else None,
    )


def a_long_life(events: int = EVENTS_MIN + 100) -> Story:
    """Tell of a pilot that was measured more often than anybody counted."""
    story = a_running_pilot().then("record_measurement", ANI, **MEASURED)
    last = story.recorded[-1]
    more = (msgspec.structs.replace(last, version=n) for n in range(last.version + 1, events + 1))
    return replace(story, recorded=(*story.recorded, *more))


async def plain(pool: Pool, stream: UUID) -> Innovation | None:
    return await load(house(pool, remembering=False), INNOVATION, stream)


async def test_a_long_stream_is_kept_and_goes_on_to_the_same_state(pool: Pool, desk: Desk) -> None:
    case, short = desk.tell(a_long_life()), desk.tell(an_idea())
    first = await load(house(pool), INNOVATION, case)
    assert first == await plain(pool, case)
    await load(house(pool), INNOVATION, short)
    assert [(s.stream, s.form, s.version) for s in kept(desk.connection)] == [(case, FORM, EVENTS_MIN + 100)]
    after = PostgresSnapshots(pool)
    snapshot, events = await after.load(case, FORM)
    assert snapshot is not None
    assert events == []
    assert await load(house(pool), INNOVATION, case) == first
    assert await load(house(pool), REPLICATION, case) is None
    assert list(long_streams(desk.connection)) == [case]


async def test_events_after_a_snapshot_are_folded_on(pool: Pool, desk: Desk) -> None:
    story = a_long_life()
    whole = story.recorded
    case = desk.tell(replace(story, recorded=whole[: EVENTS_MIN + 50]))
    await load(house(pool), INNOVATION, case)
    desk.tell(replace(story, recorded=whole[EVENTS_MIN + 50 :]), stream=case)
    snapshot, events = await PostgresSnapshots(pool).load(case, FORM)
    assert snapshot is not None
    assert (snapshot.version, len(events)) == (EVENTS_MIN + 50, 50)
    assert await load(house(pool), INNOVATION, case) == await plain(pool, case)


@pytest.mark.parametrize(
    "harm",
    [
        "state = ''",
        r"state = '\x00'",
        "state = substr(state, 1, length(state) / 2)",
        "form = 'Innovation:of other code'",
        "version = version - 1",
        "position = position + 1",
    ],
)
async def test_a_snapshot_that_cannot_be_used_is_made_anew(pool: Pool, desk: Desk, harm: str) -> None:
    case = desk.tell(a_long_life())
    state = await load(house(pool), INNOVATION, case)
    desk.connection.execute(f"UPDATE desk.snapshots SET {harm}".encode())
    assert await load(house(pool), INNOVATION, case) == state
    (again,) = kept(desk.connection)
    assert (again.form, again.version) == (FORM, EVENTS_MIN + 100)
    assert drop(desk.connection) == 1
    assert await load(house(pool), INNOVATION, case) == state


TOLD = "from pathlib import Path; from application.snapshots import form_of; {meanwhile}; print(form_of(int))"
UPGRADED = "Path('domain/text.py').write_text('later = True')"


def form_told_by(code: Path, meanwhile: str = "pass") -> str:
    """Give the form of states by code in a folder, in a process of its own."""
    command = [sys.executable, "-c", TOLD.format(meanwhile=meanwhile)]
    return subprocess.run(command, cwd=code, check=True, capture_output=True, text=True).stdout


def test_a_form_names_the_code_that_runs_also_after_its_files_were_changed(tmp_path: Path) -> None:
    for room in ("domain", "application"):
        shutil.copytree(ROOT / room, tmp_path / room)
    running = form_told_by(tmp_path)
    assert form_told_by(tmp_path, UPGRADED) == running
    assert form_told_by(tmp_path) != running


def test_code_without_sources_reads_nothing_that_others_kept(tmp_path: Path) -> None:
    for room in ("domain", "application"):
        shutil.copytree(ROOT / room, tmp_path / room)
    compileall.compile_dir(tmp_path, legacy=True, quiet=2)
    for source in tmp_path.rglob("*.py"):
        source.unlink()
    assert form_told_by(tmp_path) != form_told_by(tmp_path)
