"""The projector and the rebuild lose the database at each question they ask: in the end every row is right, once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from adapters.postgres import rebuild as rebuilding
from adapters.postgres.connect import connect
from adapters.postgres.projector import Projector
from adapters.postgres.rebuild import ensure_built, rebuild
from adapters.postgres.view_writer import PROJECTOR_ROLE
from application.ports import Numbering, Unit
from domain.record import Pending
from tests.adapters.test_projector import VIEWS, Desk, desk, position  # noqa: F401  a fixture
from tests.application.test_views import every_story
from tests.faults.conftest import Tier
from tests.faults.cut_line import CutLine, cut_line_to
from tests.scenarios import CASE, Story, a_concluded_evaluation

QUESTIONS_MAX = 2_000
PAGE_SIZE = 5
STREAMS_PAGE_SIZE = 40
CASES = 20


@pytest.fixture
def line(database_url: str) -> Iterator[tuple[CutLine, str]]:
    with cut_line_to(database_url) as made:
        yield made


def test_cut_at_any_question_of_a_step_the_views_are_right_in_the_end(
    desk: Desk,  # noqa: F811
    database_url: str,
    line: tuple[CutLine, str],
    chance: random.Random,
) -> None:
    weak, url = line
    stories, projector = [*every_story(), a_concluded_evaluation()], Projector(url, VIEWS, page_size=PAGE_SIZE)
    ensure_built(database_url, VIEWS)
    for question in range(1, QUESTIONS_MAX):
        for arrives in (False, True):
            tell_whole(desk, chance.choice(stories))
            weak.cut_at(question, arrives=arrives)
            came_through = steps(projector, url)
            assert came_through != weak.was_cut
            weak.cut_at(0, arrives=False)
            if chance.random() < 0.5:  # it died with its connection
                projector = Projector(url, VIEWS, page_size=PAGE_SIZE)
            assert steps(projector, url)
            assert position(desk) == desk.head
        if came_through:
            break
    else:
        raise AssertionError("never came through")
    print(f"projector cut at each of {question - 1} questions, before it arrived and after")
    views_are_right(desk, database_url)


def tell_whole(desk: Desk, story: Story) -> None:  # noqa: F811
    """Write a story with all that hangs on the case, each stream under an id of its own."""
    streams = {recorded.stream: uuid4() for recorded in story.told}
    events = tuple(
        Pending(
            originator_id=streams[recorded.stream],
            originator_version=recorded.version,
            region=recorded.region,
            command_id=streams[CASE],
            envelope=recorded.envelope,
            body=recorded.body,
        )
        for recorded in story.told
    )
    desk.write(Unit(command_id=streams[CASE], events=events, reads={}, numbering=Numbering("KA", "Asia/Jakarta")))


def steps(projector: Projector, url: str) -> bool:
    """Let a projector catch up; False when it lost its connection."""
    try:
        with connect(url, PROJECTOR_ROLE) as connection:
            while projector.step(connection):
                pass
    except (psycopg.OperationalError, psycopg.InterfaceError):
        return False
    return True


def test_cut_at_any_question_a_rebuild_goes_on_to_the_same_rows(
    desk: Desk,  # noqa: F811
    database_url: str,
    line: tuple[CutLine, str],
    monkeypatch: pytest.MonkeyPatch,
    tier: Tier,
    chance: random.Random,
) -> None:
    monkeypatch.setattr(rebuilding, "STREAMS_PAGE_SIZE", STREAMS_PAGE_SIZE)
    weak, url = line
    stories = [*every_story(), a_concluded_evaluation()]
    ensure_built(database_url, VIEWS)
    for n in range(CASES):
        tell_whole(desk, stories[n % len(stories)])
    Projector(database_url, VIEWS).catch_up()
    rebuild(url, VIEWS)
    points = [(question, arrives) for question in range(1, weak.asked + 1) for arrives in (False, True)]
    for question, arrives in chosen(points, tier.crash_points, chance):
        weak.cut_at(question, arrives=arrives)
        with pytest.raises((psycopg.OperationalError, psycopg.InterfaceError)):
            rebuild(url, VIEWS)
        weak.cut_at(0, arrives=False)
        tell_whole(desk, chance.choice(stories))
        Projector(database_url, VIEWS).catch_up()
        views_are_right(desk, database_url)
    print(f"rebuild cut at {tier.crash_points or 'each'} of {len(points)} points")


def chosen(points: list[tuple[int, bool]], number: int | None, chance: random.Random) -> list[tuple[int, bool]]:
    return points if number is None else sorted(chance.sample(points, number))


def views_are_right(desk: Desk, url: str) -> None:  # noqa: F811
    """See that the live rows are those of a rebuild, that nothing stands still, and that nothing half built stays."""
    live = desk.digests()
    assert [(r.view, r.digest, r.equal, r.position) for r in rebuild(url, VIEWS)] == [
        (view.name, live[view.name], True, desk.head) for view in VIEWS
    ]
    assert desk.connection.execute("SELECT * FROM view.parked").fetchall() == []
    left = desk.connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'view' AND tablename ~ '_new$'")
    assert left.fetchall() == []
