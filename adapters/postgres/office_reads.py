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
from domain.people import Role, office_id

BATCH = 500  # names; every batch after it is twice as long
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
    size = BATCH
    while True:  # to the last name
        batch = await _named(pool, name, after, size)
        held = await _held(pool, [stream_of(person) for person, _ in batch])
        for person, said in batch:
            row = held.get(stream_of(person))
            if row is None and newcomers:
                found.append(Person(person, said, OfficerRow(id=stream_of(person))))
            elif row is not None and not set(regions).isdisjoint(row.regions) and _is_at(row, agency):
                found.append(Person(person, said, row))
        if len(found) > limit or len(batch) < size:
            break
        after, size = batch[-1][0], 2 * size
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
        SELECT DISTINCT held->>'role' AS role, held->>'agency' AS agency, held->>'region' AS region
        FROM view.{OFFICE_VIEW.table} CROSS JOIN jsonb_array_elements(offices::jsonb || roles::jsonb) AS held
        WHERE regions && %(regions)s::text[]
          AND held->>'region' = ANY(%(regions)s) AND held->>'role' = ANY(%(roles)s)
    """
    rows, _ = await read_live(pool, statement, {"regions": list(regions), "roles": list(roles)})
    return sorted({office_id(Role(row["role"]), row["agency"], row["region"]) for row in rows})


async def _named(pool: Pool, name: str, after: UUID | None, limit: int) -> list[tuple[UUID, str]]:
    statement = f"""
        SELECT p.id, p.name FROM directory.persons AS p
        WHERE {CALLED}
          AND (%(after)s::uuid IS NULL
               OR (p.name, p.id) > (SELECT b.name, b.id FROM directory.persons AS b WHERE b.id = %(after)s))
        ORDER BY p.name, p.id LIMIT %(limit)s
    """
    rows, _ = await read_live(pool, statement, {"name": name, "after": after, "limit": limit})
    return [(row["id"], row["name"]) for row in rows]


async def _held(pool: Pool, streams: Sequence[UUID]) -> dict[UUID, OfficerRow]:
    statement = f"SELECT {COLUMNS} FROM view.{OFFICE_VIEW.table} WHERE id = ANY(%(streams)s)"
    rows, _ = await read_live(pool, statement, {"streams": list(streams)})
    return {row["id"]: _row(row) for row in rows}


def _row(row: dict[str, Any]) -> OfficerRow:
    return msgspec.convert(row, OfficerRow)
