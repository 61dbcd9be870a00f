"""Questions about persons and their offices: who holds what where, and who acts for whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from adapters.postgres.event_log import Pool
from adapters.postgres.view_reads import read_live
from application.access import Viewer
from application.views.offices import OFFICE_VIEW, OfficerRow
from domain.office.state import stream_of
from domain.people import Role

BATCH = 500
BATCHES_MAX = 20
COLUMNS = ", ".join(OfficerRow.__struct_fields__)
CALLED = "(strpos(lower(p.name), lower(%(name)s)) > 0 OR p.id::text = %(name)s)"
"""Whether a person `p` is the one of an id, or her name holds some letters."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person by name, and what she holds; nobody holds none."""

    id: UUID
    name: str
    holds: OfficerRow

    @property
    def cursor(self) -> str:
        """Where a list goes on after her."""
        return str(self.id)


@dataclass(frozen=True, slots=True)
class People:
    """Persons by name, and after whom the list goes on."""

    items: Sequence[Person]
    next: str | None


def regions_of(viewer: Viewer) -> list[str]:
    """Give the regions the viewer belongs to in any capacity: the persons of these she may look up."""
    return sorted({capacity.region for capacity in viewer.capacities})


async def find_people(
    pool: Pool,
    regions: Sequence[str],
    *,
    name: str = "",
    agency: str | None = None,
    newcomers: bool = False,
    after: UUID | None = None,
    limit: int = 20,
) -> People:
    """Give persons who hold something in one of the regions, by name; `newcomers`: also who never held anything."""
    found: list[Person] = []
    for _ in range(BATCHES_MAX):
        batch = await _named(pool, name, after)
        held = await _held(pool, [stream_of(person) for person, _ in batch])
        for person, said in batch:
            row = held.get(stream_of(person))
            if row is None and newcomers:
                found.append(Person(person, said, OfficerRow(id=stream_of(person))))
            elif row is not None and not set(regions).isdisjoint(row.regions) and _is_at(row, agency):
                found.append(Person(person, said, row))
        if len(found) > limit or len(batch) < BATCH:
            break
        after = batch[-1][0]
    return People(found[:limit], found[limit - 1].cursor if len(found) > limit else None)


def _is_at(row: OfficerRow, agency: str | None) -> bool:
    return agency is None or any(held.agency == agency for held in (*row.roles, *row.offices))


async def find_delegates(pool: Pool, offices: Sequence[str]) -> list[Person]:
    """Give whoever acts for one of the offices, acted until lately, or will."""
    statement = f"SELECT {COLUMNS} FROM view.{OFFICE_VIEW.table} WHERE delegated && %(offices)s::text[]"
    rows, _ = await read_live(pool, statement, {"offices": list(offices)})
    held = {row["id"]: _row(row) for row in rows}
    if not held:
        return []
    everybody, _ = await read_live(pool, "SELECT id, name FROM directory.persons ORDER BY name, id", {})
    named = ((one["id"], one["name"], held.get(stream_of(one["id"]))) for one in everybody)
    return [Person(person, name, row) for person, name, row in named if row is not None]


async def offices_in(pool: Pool, regions: Sequence[str], roles: Iterable[Role]) -> list[str]:
    """Give the offices of some roles that somebody holds in one of the regions."""
    statement = f"""
        SELECT {COLUMNS} FROM view.{OFFICE_VIEW.table} WHERE regions && %(regions)s::text[] ORDER BY id LIMIT {BATCH}
    """
    rows, _ = await read_live(pool, statement, {"regions": list(regions)})
    wanted = set(roles)
    held = [held for row in map(_row, rows) for held in (*row.offices, *row.roles)]
    return sorted({one.office for one in held if one.role in wanted and one.region in regions})


async def _named(pool: Pool, name: str, after: UUID | None) -> list[tuple[UUID, str]]:
    statement = f"""
        SELECT p.id, p.name FROM directory.persons AS p
        WHERE {CALLED}
          AND (%(after)s::uuid IS NULL
               OR (p.name, p.id) > (SELECT b.name, b.id FROM directory.persons AS b WHERE b.id = %(after)s))
        ORDER BY p.name, p.id LIMIT %(limit)s
    """
    rows, _ = await read_live(pool, statement, {"name": name, "after": after, "limit": BATCH})
    return [(row["id"], row["name"]) for row in rows]


async def _held(pool: Pool, streams: Sequence[UUID]) -> dict[UUID, OfficerRow]:
    statement = f"SELECT {COLUMNS} FROM view.{OFFICE_VIEW.table} WHERE id = ANY(%(streams)s)"
    rows, _ = await read_live(pool, statement, {"streams": list(streams)})
    return {row["id"]: _row(row) for row in rows}


def _row(row: dict[str, Any]) -> OfficerRow:
    return msgspec.convert(row, OfficerRow)
