"""The questions of an audit: decisions and events, who decided how often, and samples anybody can draw again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import msgspec

from adapters.postgres.connect import lent
from adapters.postgres.event_log import Pool
from adapters.postgres.office_reads import CALLED
from adapters.postgres.units import EVENT_COLUMNS, as_recorded
from adapters.postgres.view_reads import read_live
from adapters.postgres.view_tables import RARE_DECISIONS
from application.views.decisions import DECISION_VIEW
from application.views.register import REGISTER
from domain.record import Recorded

KINDS: dict[str, str] = {"keputusan": "TRUE", **RARE_DECISIONS}
Population = Literal["kasus", "keputusan"]
WINDOW = 1_000
WINDOWS_MAX = 20
DECIDERS_MAX = 1_000
LAST = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for, within regions; None is everything. `first` and `last` are positions of the log.

    A case is one of the regions, and with it all that hangs on it, wherever it was copied to.
    """

    regions: Sequence[str]
    case: UUID | None = None
    persons: frozenset[UUID] | None = None
    office: str | None = None
    first: int = 0
    last: int = LAST

    def fits(self, recorded: Recorded) -> bool:
        """Tell whether an event is looked for."""
        return (
            (self.case is not None or recorded.region in self.regions)
            and self.first <= recorded.position <= self.last
            and (self.persons is None or recorded.actor.person in self.persons)
            and (self.office is None or recorded.actor.office == self.office)
        )


WANTED = """
    d.region = ANY(%(regions)s) AND d.position BETWEEN %(first)s AND %(last)s
    AND (%(case)s::uuid IS NULL OR d.stream = %(case)s)
    AND (%(persons)s::uuid[] IS NULL OR d.person = ANY(%(persons)s))
    AND (%(office)s::text IS NULL OR d.office = %(office)s)
"""
"""`Wanted` as SQL, over a decision `d`."""


def _values(wanted: Wanted) -> dict[str, Any]:
    return {
        "regions": list(wanted.regions),
        "case": wanted.case,
        "persons": None if wanted.persons is None else list(wanted.persons),
        "office": wanted.office,
        "first": wanted.first,
        "last": wanted.last,
    }


# Decisions


async def find_decisions(pool: Pool, wanted: Wanted, kind: str, *, limit: int) -> list[dict[str, Any]]:
    """Give decisions, the newest first."""
    statement = f"""
        SELECT d.*, r.case_number, r.title
        FROM view.{DECISION_VIEW.table} AS d JOIN view.{REGISTER.table} AS r ON r.id = d.stream
        WHERE {WANTED} AND {KINDS[kind]} ORDER BY d.position DESC LIMIT %(limit)s
    """
    rows, _ = await read_live(pool, statement, _values(wanted) | {"limit": limit})
    return rows


async def count_decisions(pool: Pool, wanted: Wanted) -> dict[str, int]:
    """Give how many decisions there are of each kind."""
    counts = ", ".join(
        f'(SELECT count(*) FROM view.{DECISION_VIEW.table} AS d WHERE {WANTED} AND {where}) AS "{kind}"'
        for kind, where in KINDS.items()
    )
    (row,), _ = await read_live(pool, f"SELECT {counts}", _values(wanted))
    return row


async def count_deciders(pool: Pool, wanted: Wanted) -> list[dict[str, Any]]:
    """Give who decided how often in which office, how often by delegation, and how often it was entered late.

    One more than DECIDERS_MAX at most.
    """
    statement = f"""
        SELECT d.office, d.person, count(*) AS decided, count(d.letter) AS acting,
               count(*) FILTER (WHERE d.late) AS late, count(d.rescinded_by) AS rescinded,
               max(d.recorded_at) AS last_at
        FROM view.{DECISION_VIEW.table} AS d WHERE {WANTED}
        GROUP BY d.office, d.person ORDER BY d.office, decided DESC, d.person LIMIT {DECIDERS_MAX + 1}
    """
    rows, _ = await read_live(pool, statement, _values(wanted))
    return rows


# The log


@dataclass(frozen=True, slots=True)
class Stretch:
    """Events found, the newest first, and the position the log was looked through down to; 0: to the beginning."""

    events: list[Recorded]
    down_to: int


async def find_events(
    pool: Pool, wanted: Wanted, keep: Callable[[Recorded], bool], *, limit: int, windows_max: int = WINDOWS_MAX
) -> Stretch:
    """Look through the log from its end, window by window, until so many events fit or enough was looked at."""
    found: list[Recorded] = []
    above = min(wanted.last, await _head(pool)) + 1
    for _ in range(windows_max):
        below = max(above - WINDOW, wanted.first, 1)
        for recorded in await _window(pool, wanted.regions, below, above):
            if wanted.fits(recorded) and keep(recorded):
                found.append(recorded)
                if len(found) == limit:
                    return Stretch(found, 0 if recorded.position <= max(wanted.first, 1) else recorded.position)
        above = below
        if below <= max(wanted.first, 1):
            return Stretch(found, 0)
    return Stretch(found, above)


async def _window(pool: Pool, regions: Sequence[str], below: int, above: int) -> list[Recorded]:
    statement = f"""
        SELECT {EVENT_COLUMNS} FROM log.events
        WHERE position >= %s AND position < %s AND region = ANY(%s) ORDER BY position DESC
    """
    async with lent(pool) as connection:
        cursor = await connection.execute(statement.encode(), [below, above, list(regions)], binary=True)
        return [as_recorded(row) for row in await cursor.fetchall()]


async def _head(pool: Pool) -> int:
    rows, _ = await read_live(pool, "SELECT coalesce(max(position), 0) AS head FROM log.events", {})
    return int(rows[0]["head"])


# Who and what is meant


async def persons_called(pool: Pool, name: str) -> frozenset[UUID]:
    """Give the person of an id, or all whose name holds some letters."""
    statement = f"SELECT p.id FROM directory.persons AS p WHERE {CALLED}"
    rows, _ = await read_live(pool, statement, {"name": name})
    return frozenset(row["id"] for row in rows)


async def find_case(pool: Pool, number: str, regions: Sequence[str]) -> UUID | None:
    """Give the id of a case of the regions by its number."""
    statement = f"""
        SELECT id FROM view.{REGISTER.table} WHERE case_number = upper(%(number)s) AND region = ANY(%(regions)s)
    """
    rows, _ = await read_live(pool, statement, {"number": number, "regions": list(regions)})
    return rows[0]["id"] if rows else None


async def cases_called(pool: Pool, cases: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Give number and title of cases by id. Who may know of them is asked of what led here."""
    statement = f"SELECT id, case_number, title FROM view.{REGISTER.table} WHERE id = ANY(%(cases)s)"
    rows, _ = await read_live(pool, statement, {"cases": list(cases)})
    return {row["id"]: (row["case_number"], row["title"]) for row in rows}


# Samples


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn, out of how many."""

    rows: list[dict[str, Any]]
    population: int


async def draw(pool: Pool, regions: Sequence[str], of: Population, *, number: int, seed: str, position: int) -> Sample:
    """Draw cases or decisions recorded up to a position: those with the lowest SHA-256 over `seed:id`, as UTF-8.

    The id of a case is its UUID, that of a decision its position in the log. The same seed, position and regions give
    the same sample for ever, whatever is recorded later.
    """
    rows, _ = await read_live(
        pool,
        DRAWS[of],
        {"regions": list(regions), "seed": seed, "position": position, "number": number},
    )
    return Sample(msgspec.to_builtins(rows), rows[0]["population"] if rows else 0)


DRAWS: dict[Population, str] = {
    "kasus": f"""
        SELECT r.id::text AS id, r.case_number, r.title, r.agency, NULL::bigint AS version, NULL::text AS type,
               encode(sha256(convert_to(%(seed)s || ':' || r.id::text, 'UTF8')), 'hex') AS drawn,
               count(*) OVER () AS population
        FROM view.{REGISTER.table} AS r
        JOIN log.events AS e ON e.stream = r.id AND e.version = 1 AND e.position <= %(position)s
        WHERE r.region = ANY(%(regions)s) ORDER BY drawn, id LIMIT %(number)s
    """,
    "keputusan": f"""
        SELECT d.position::text AS id, r.case_number, r.title, r.agency, d.version, d.type,
               encode(sha256(convert_to(%(seed)s || ':' || d.position::text, 'UTF8')), 'hex') AS drawn,
               count(*) OVER () AS population
        FROM view.{DECISION_VIEW.table} AS d JOIN view.{REGISTER.table} AS r ON r.id = d.stream
        WHERE d.region = ANY(%(regions)s) AND d.position <= %(position)s ORDER BY drawn, id LIMIT %(number)s
    """,
}
