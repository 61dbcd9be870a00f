"""Drafts as rows people read: what was begun, of which case, and when it was saved."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from adapters.addresses import address
from adapters.postgres.drafts import list_drafts
from adapters.service import EVALUATIONS, INNOVATIONS, REPLICATIONS
from adapters.web.visit import SignedVisit
from domain.office.lifecycle import OFFICE_LIFECYCLE

TABLES = {
    "inovasi": INNOVATIONS.kind.lifecycle,
    "replikasi": REPLICATIONS.kind.lifecycle,
    "evaluasi": EVALUATIONS.kind.lifecycle,
    "admin": OFFICE_LIFECYCLE,
}
TITLES = {
    "/inovasi/baru": "command.register_idea",
    "/inovasi/import-historical": "command.import_historical",
} | {
    f"/{door}//{address(move.command)}": f"title.{move.command}" if move.choice else f"command.{table.name(move)}"
    for door, table in TABLES.items()
    for move in table.moves
}
"""What a form is called, by its address without what it is about."""


class Drafted(NamedTuple):
    """A form that was not sent yet."""

    title: str
    number: str  # of its case, where its address names one
    form: str  # its address
    saved_at: datetime


async def drafts_of(visit: SignedVisit) -> list[Drafted]:
    """Give the visitor's drafts, the last saved first."""
    return [_told(visit, form, saved_at) for form, saved_at in await list_drafts(visit.given.pool, visit.person)]


def _told(visit: SignedVisit, form: str, saved_at: datetime) -> Drafted:
    door, _, rest = form[1:].partition("/")
    about, _, command = rest.rpartition("/")
    title = TITLES.get(f"/{door}//{command}" if about else form)
    return Drafted(visit.text(title) if title else form, about if door == "inovasi" else "", form, saved_at)
