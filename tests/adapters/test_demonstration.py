"""The demonstration is made by commands, twice the same; views and report follow from its log alone."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import get_args
from uuid import UUID

import pytest

from adapters.demo.past_cases import enter_past_cases, enter_regions, shipped
from adapters.demo.story import tell
from adapters.files.store import EvidenceStore
from adapters.postgres import dashboard_reads
from adapters.postgres.event_log import Pool
from adapters.postgres.projector import Projector
from adapters.wiring import Desk, all_views, open_desk
from application.access import Viewer
from application.codec import EventMapper
from application.ledger import finish
from application.reports import REPORTS, Scope, portfolio
from application.streams import INNOVATION, load
from domain.codes import Place
from domain.evaluation import events as on_evaluation
from domain.innovation import events as on_case
from domain.innovation.state import Innovation
from domain.people import Capacity, Role
from domain.replication import events as on_replication
from tests.databases import Databases
from tests.scenarios import SEKDA


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(database_url, EvidenceStore(tmp_path / "evidence")) as opened:
        yield opened


def log_digest(desk: Desk) -> str:
    rows = desk.connection.execute(
        "SELECT position, stream, version, stored_name, recorded_at, state FROM log.events ORDER BY 1"
    )
    return hashlib.sha256(repr(rows.fetchall()).encode()).hexdigest()


def case_of(desk: Desk, stream: UUID) -> Innovation:
    loading = load(desk.house, INNOVATION, stream)
    state = finish(loading)
    assert state is not None
    return state


def test_told_twice_it_is_the_same_log(desk: Desk, databases: Databases, tmp_path: Path) -> None:
    tell(desk)
    once = log_digest(desk)
    with databases.fresh() as url, open_desk(url, EvidenceStore(tmp_path / "twin")) as twin:
        tell(twin)
        assert log_digest(twin) == once


def test_it_holds_every_place_and_everything_that_can_happen(desk: Desk) -> None:
    tell(desk)
    rows = desk.connection.execute("SELECT DISTINCT stored_name FROM log.events").fetchall()
    events = (on_case.Event, on_replication.Event, on_evaluation.Event)
    assert {body.stored_as for union in events for body in get_args(union)} <= {name for (name,) in rows}
    born = "stored_name IN ('innovation.idea_registered.v1', 'innovation.historical_case_imported.v1')"
    cases = desk.connection.execute(f"SELECT stream FROM log.events WHERE {born}").fetchall()
    states = [case_of(desk, stream) for (stream,) in cases]
    assert {state.place for state in states} == set(Place)
    assert {state.kit is None for state in states if state.place is Place.REPLICATION_OPEN} == {True, False}


def test_real_cases_come_with_their_source_and_cannot_be_moved(desk: Desk) -> None:
    tell(desk)
    enter_regions(desk)
    found = list(enter_past_cases(desk, shipped()))
    assert [line.problem for line in found] == [None] * 8
    again = list(enter_past_cases(desk, shipped()))
    assert {line.problem and line.problem.code for line in again} == {"claim.title"}


def test_a_second_projector_takes_over(desk: Desk, database_url: str) -> None:
    stops = [threading.Event(), threading.Event()]
    projectors = [Projector(database_url, all_views()) for _ in stops]
    threads = [threading.Thread(target=p.run, args=[s]) for p, s in zip(projectors, stops, strict=True)]
    for thread in threads:
        thread.start()
    leader = _leader(projectors)
    stops[leader].set()
    threads[leader].join()
    assert _leader([projectors[1 - leader]]) == 0
    stops[1 - leader].set()
    threads[1 - leader].join()


def _leader(projectors: list[Projector]) -> int:
    waiting = threading.Event()
    for _ in range(500):
        leading = [n for n, projector in enumerate(projectors) if projector.is_leader]
        if leading:
            return leading[0]
        waiting.wait(0.02)
    raise AssertionError("nobody leads")


async def test_the_funnel_and_the_portfolio_tell_the_same(desk: Desk, database_url: str, pool: Pool) -> None:
    """Also of imported cases, whose days before they were entered nobody knows."""
    tell(desk)
    enter_regions(desk)
    assert [line.problem for line in enter_past_cases(desk, shipped())] == [None] * 8
    Projector(database_url, all_views()).catch_up()
    events = sorted(
        (EventMapper().to_domain_event(row) for page in desk.recorder.pages() for row in page),
        key=lambda event: (event.stream, event.version),
    )
    events_end = max(event.position for event in events)
    for region in ("KA", "JTM"):
        auditor = Viewer(SEKDA, (Capacity(role=Role.AUDITOR, agency="ka-inspektorat", region=region),))
        funnel = (await dashboard_reads.read_funnel(pool, auditor, {"region": region})).items
        scope = Scope(events_end, datetime.now(UTC), region)
        facts = portfolio.read(REPORTS["portfolio"].make(events, scope).json).facts
        assert [(stage["here"], stage["reached"]) for stage in funnel] == [(s.here, s.reached) for s in facts.by_stage]
        for shown, told in zip(funnel, facts.by_stage, strict=True):
            assert shown["median_days"] == (
                pytest.approx(float(told.median_days), abs=0.2) if told.median_days else None
            )
            days = [float(spent) for line in facts.cases if (spent := line.days.get(told.stage)) is not None]
            if len(days) > 1:
                quarters = quantiles(days, n=4, method="inclusive")
                assert [shown["p25_days"], shown["p75_days"]] == pytest.approx(quarters[::2], abs=0.2)
                assert shown["p75_days"] <= shown["p90_days"] <= max(days) + 0.2


async def test_replications_are_spread_seen_from_both_sides(desk: Desk, database_url: str, pool: Pool) -> None:
    tell(desk)
    Projector(database_url, all_views()).catch_up()
    spread = {}
    for region in ("KA", "KB", "PC"):
        auditor = Viewer(SEKDA, (Capacity(role=Role.AUDITOR, agency="ka-inspektorat", region=region),))
        scope = {"region": region, "agency": None}
        spread[region] = (await dashboard_reads.list_spread(pool, auditor, scope, limit=100)).items
        counted = await dashboard_reads.count_spread(pool, auditor, scope)
        assert counted == Counter(row["status"] for row in spread[region])
        (last,) = (await dashboard_reads.list_spread(pool, auditor, scope, limit=1)).items
        assert last == spread[region][0]
    from_a_to_b = {row["id"] for row in spread["KA"] if (row["origin_region"], row["region"]) == ("KA", "KB")}
    assert from_a_to_b
    assert from_a_to_b == {row["id"] for row in spread["KB"] if row["origin_region"] == "KA"}
    stranger = Viewer(SEKDA, ())
    assert (await dashboard_reads.list_spread(pool, stranger, {"region": "KA", "agency": None}, limit=100)).items == []


def test_the_report_as_of_a_day_is_the_same_bytes_whatever_comes_later(desk: Desk) -> None:
    tell(desk)
    mapper = EventMapper()
    position = desk.recorder.position_at(datetime(2026, 6, 30, tzinfo=UTC))
    events = [mapper.to_domain_event(row) for page in desk.recorder.pages() for row in page]
    events.sort(key=lambda e: (e.stream, e.version))
    scope = Scope(position, datetime(2026, 6, 30, tzinfo=UTC))
    for made in REPORTS.values():
        assert made.make(events, scope) == made.make([e for e in events if e.position <= position], scope)
    report = REPORTS["decisions"].make(events, scope)
    assert report.digest.encode() in report.json
    assert report.csv.startswith(b"position,region,case_number")
