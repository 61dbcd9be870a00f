"""The offices: one row per person's stream, what she holds and acts for, and in which regions."""

from __future__ import annotations

from typing import cast

from msgspec.structs import replace

from application.views.view import OF_OFFICE, View
from domain.office import state
from domain.office.state import Officer
from domain.record import Recorded


class OfficerRow(Officer, frozen=True, kw_only=True):
    """What a person holds. Whose stream it is follows from her id, which no event of it names."""

    position: int = 0
    regions: tuple[str, ...] = ()  # of all she holds and acts for
    delegated: tuple[str, ...] = ()  # offices she acts for, at any time


def evolve(row: OfficerRow | None, recorded: Recorded) -> OfficerRow:
    """Fold one event of a person's offices into her row."""
    known = row or OfficerRow(id=recorded.stream, region=recorded.region)
    return replace(cast("OfficerRow", state.evolve(known, recorded)), position=recorded.position)


def derive(row: OfficerRow) -> OfficerRow:
    """Fill what follows from the rest: where, and for whom."""
    regions = {held.region for held in (*row.roles, *row.offices)} | {acted.region for acted in row.delegations}
    delegated = {delegation.office for delegation in row.delegations}
    return replace(row, regions=tuple(sorted(regions)), delegated=tuple(sorted(delegated)))


OFFICE_VIEW = View("offices", 1, OfficerRow, ("id",), OF_OFFICE, evolve, derive)
