"""How a page comes by a case: by the number people know it by."""

from __future__ import annotations

from uuid import UUID

from adapters.postgres import view_reads
from adapters.service import case_known, case_seen
from adapters.web.visit import SignedVisit
from application.errors import NotKnown
from domain.innovation.state import Innovation


async def find_case(visit: SignedVisit, number: str) -> UUID:
    """Give the id of a case by its number; NotKnown when there is none."""
    found = await view_reads.find_case(visit.given.pool, number)
    if found is None:
        raise NotKnown
    return found


async def case_by_number(visit: SignedVisit, number: str) -> Innovation:
    """Give a case the visitor may see in full; NotKnown otherwise."""
    return await case_seen(visit.given.house, await find_case(visit, number), visit.person)


async def kit_by_number(visit: SignedVisit, number: str) -> Innovation:
    """Give a case of which the visitor may know at least the kit; NotKnown otherwise."""
    return await case_known(visit.given.house, await find_case(visit, number), visit.person)
