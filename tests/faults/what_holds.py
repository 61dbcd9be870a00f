"""What must hold in a log and its views after any trouble."""

from __future__ import annotations

from uuid import UUID

from adapters.postgres.connect import connect
from adapters.postgres.projector import Projector
from adapters.postgres.rebuild import rebuild
from adapters.wiring import all_views

HOLES = """
    SELECT stream FROM log.events GROUP BY stream
    HAVING count(*) <> max(version) OR min(version) <> 1
"""


def log_is_dense(url: str) -> int:
    """See that positions and the versions of every stream run without a gap; give the head."""
    with connect(url) as connection:
        found = connection.execute("SELECT count(*), coalesce(max(position), 0) FROM log.events").fetchone()
        assert found
        assert found[0] == found[1], "positions have a gap"
        assert connection.execute(HOLES).fetchall() == [], "versions have a gap"
    return int(found[1])


def views_equal_a_rebuild(url: str) -> None:
    """See that the live rows, brought up to the head, are byte for byte those of a rebuild; nothing stands still."""
    head = Projector(url, all_views()).catch_up()
    assert [(r.view, r.equal, r.position) for r in rebuild(url, all_views())] == [
        (view.name, True, head) for view in all_views()
    ]
    with connect(url) as connection:
        assert connection.execute("SELECT view, key, error FROM view.parked").fetchall() == []


def stored_under_keys(url: str, person: UUID) -> dict[str, tuple[int, int]]:
    """Give the first and last position stored under each key of a person."""
    with connect(url) as connection:
        rows = connection.execute(
            "SELECT key, first_position, last_position FROM log.receipts WHERE person = %s", [person]
        ).fetchall()
    return {key: (first, last) for key, first, last in rows}


def head_of(url: str) -> int:
    """Give the last position of the log."""
    with connect(url) as connection:
        row = connection.execute("SELECT coalesce(max(position), 0) FROM log.events").fetchone()
    assert row
    return int(row[0])
