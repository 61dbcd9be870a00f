"""A log made larger by copies is one that every view can follow."""

from __future__ import annotations

from pathlib import Path

from adapters.bench.copies import enlarge
from adapters.bench.our_views import OurViews
from adapters.postgres.connect import connect
from adapters.postgres.projector import Projector
from adapters.wiring import all_views

CASES = 6


def test_copied_lives_are_whole_lives_of_their_own(database_url: str, tmp_path: Path) -> None:
    first = round(OurViews(database_url, tmp_path).generate(cases=CASES)["events"])
    Projector(database_url, all_views()).catch_up()
    once = _rows(database_url)
    copied = _copied(database_url)
    wanted = first + 2 * copied
    assert enlarge(database_url, first + copied) == first + copied
    assert enlarge(database_url, wanted, generated=first) == wanted
    Projector(database_url, all_views()).catch_up()
    assert _rows(database_url) == {view: rows if view == "offices" else 3 * rows for view, rows in once.items()}
    with connect(database_url) as connection:
        dense = connection.execute("SELECT count(*) = max(position) FROM log.events").fetchone()
        numbers = connection.execute(
            "SELECT count(case_number) = count(DISTINCT case_number) FROM log.events"
        ).fetchone()
        ordered = connection.execute(
            "SELECT bool_and(recorded_at >= before) FROM"
            " (SELECT recorded_at, lag(recorded_at, 1, recorded_at) OVER (ORDER BY position) AS before FROM log.events) AS e"
        ).fetchone()
        parked = connection.execute("SELECT count(*) FROM view.parked").fetchone()
    assert (dense, numbers, ordered, parked) == ((True,), (True,), (True,), (0,))


def test_views_are_built_from_nothing_and_go_on_from_there(database_url: str, tmp_path: Path) -> None:
    measured = OurViews(database_url, tmp_path)
    first = round(measured.generate(cases=CASES)["events"])
    assert measured.build(seconds=1)["rate"] > 0
    once = _rows(database_url)
    enlarge(database_url, first + _copied(database_url))
    assert measured.catch_up_on(page_size=100, seconds=1)["rate"] > 0
    assert _rows(database_url) == {view: rows if view == "offices" else 2 * rows for view, rows in once.items()}


def test_a_log_that_is_large_enough_stays_as_it_is(database_url: str, tmp_path: Path) -> None:
    events = round(OurViews(database_url, tmp_path).generate(cases=1)["events"])
    assert enlarge(database_url, 1) == events


def _copied(url: str) -> int:
    """Give how many events are of lives, not of offices."""
    with connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM log.events WHERE stored_name NOT LIKE 'office.%'").fetchone()
    assert row
    return int(row[0])


def _rows(url: str) -> dict[str, int]:
    found = {}
    with connect(url) as connection:
        for view in all_views():
            row = connection.execute(f"SELECT count(*) FROM view.{view.table}".encode()).fetchone()
            assert row
            found[view.name] = int(row[0])
    return found
