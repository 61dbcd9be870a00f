"""A generated log: the same for the same seed, every branch in it, and its views are those of any other log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from adapters.demo.generator import generate
from adapters.demo.governments import MARK
from adapters.files.store import EvidenceStore
from adapters.postgres.directory import is_marked
from adapters.postgres.projector import Projector
from adapters.postgres.rebuild import ensure_built, rebuild
from adapters.wiring import Desk, all_views, open_desk
from application.cases import Answer, make_move
from application.codec import BODIES
from application.house import House
from application.ledger import finish
from application.streams import Stream
from domain.codes import Place, Recommendation
from domain.errors import Refused
from domain.evaluation.lifecycle import EVALUATION_LIFECYCLE
from domain.innovation.events import (
    HistoricalCaseImported,
    InnovationImproved,
    InnovationInstitutionalised,
    InnovationWidened,
)
from domain.innovation.lifecycle import INNOVATION_LIFECYCLE
from domain.innovation.state import place_after
from domain.lifecycle import Lifecycle, Move
from domain.record import Recorded
from domain.replication.events import ReplicationRequested
from domain.replication.lifecycle import REPLICATION_LIFECYCLE
from tests.adapters.test_demonstration import log_digest
from tests.databases import Databases

CASES, MANY = 120, 400
NewDesk = Callable[[], Desk]


@pytest.fixture
def new_desk(databases: Databases, tmp_path: Path) -> Iterator[NewDesk]:
    """Give desks, each on an empty database of its own."""
    with ExitStack() as stack:

        def opened() -> Desk:
            url = stack.enter_context(databases.fresh())
            return stack.enter_context(open_desk(url, EvidenceStore(tmp_path / "evidence")))

        yield opened


def test_the_same_seed_gives_the_same_log_and_another_seed_another(new_desk: NewDesk) -> None:
    digests = []
    for seed in (1, 1, 2):
        desk = new_desk()
        generate(desk, 20, seed)
        digests.append(log_digest(desk))
    assert digests[0] == digests[1] != digests[2]


def test_every_place_is_reached_and_every_move_of_every_table_made(
    new_desk: NewDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = new_desk()
    heard: list[tuple[int, int]] = []
    made: set[str] = set()

    async def watched(house: House, kind: Stream[Any], stream: UUID, move: Move[Any], *given: Any) -> Answer:
        made.add(kind.lifecycle.name(move))
        return await make_move(house, kind, stream, move, *given)

    monkeypatch.setattr("adapters.demo.generator.make_move", watched)
    head = generate(desk, MANY, 7, lambda done, of: heard.append((done, of)))

    tables: tuple[Lifecycle[Any], ...] = (INNOVATION_LIFECYCLE, REPLICATION_LIFECYCLE, EVALUATION_LIFECYCLE)
    assert {table.name(move) for table in tables for move in table.moves} - made == set()
    events = list(_whole_log(desk))
    assert {place_after(recorded.body) for recorded in events} >= set(Place)
    told = {recorded.body.stored_as for recorded in events}
    assert {name for name in BODIES if not name.startswith("office.")} - told == {HistoricalCaseImported.stored_as}
    assert heard[-1] == (MANY, MANY)
    assert head == len(events) == desk.recorder.max_notification_id()
    assert is_marked(desk.connection, MARK)


def test_some_decide_otherwise_than_was_advised_and_some_copies_lie_in_other_regions(new_desk: NewDesk) -> None:
    desk = new_desk()
    generate(desk, CASES, 5)
    events = list(_whole_log(desk))
    advised = [
        (recorded.body.advised, place_after(recorded.body))
        for recorded in events
        if isinstance(recorded.body, InnovationInstitutionalised | InnovationWidened | InnovationImproved)
    ]
    usual = {
        Recommendation.INSTITUTIONALISE: Place.CLOSED_INSTITUTIONALISED,
        Recommendation.WIDEN: Place.REPLICATION_OPEN,
        Recommendation.IMPROVE: Place.PILOT_APPROVED,
    }
    assert {usual.get(advice) == place for advice, place in advised} == {True, False}
    copies = [event for event in events if isinstance(event.body, ReplicationRequested)]
    assert {event.region == event.body.origin_region for event in copies} == {True, False}  # type: ignore[attr-defined]


def _whole_log(desk: Desk) -> Iterator[Recorded]:
    after = 0
    while page := finish(desk.log.page(after=after, limit=5_000)):
        yield from page
        after = page[-1].position


def test_live_views_of_a_generated_log_equal_rebuilt_ones(new_desk: NewDesk) -> None:
    desk = new_desk()
    url = desk.connection.info.dsn
    ensure_built(url, all_views())
    head = generate(desk, CASES, 3)
    assert Projector(url, all_views()).catch_up() == head
    assert [(r.equal, r.position) for r in rebuild(url, all_views())] == [(True, head)] * len(all_views())


def test_a_log_that_holds_anything_is_refused(new_desk: NewDesk) -> None:
    desk = new_desk()
    generate(desk, 1, 1)
    before = log_digest(desk)
    with pytest.raises(Refused, match=r"log\.in_use"):
        generate(desk, 1, 1)
    assert log_digest(desk) == before
