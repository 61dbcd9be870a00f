"""The words a search for cases goes over, apart from the register: they seldom change, its rows do at every event."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from application.views.view import TELLING, View, told_by
from domain.record import Recorded
from domain.value import Value


class SearchRow(Value, frozen=True, kw_only=True):
    """A case by its number, title and problem."""

    id: UUID
    case_number: str | None
    title: str
    problem: str | None
    words: str


def evolve(row: SearchRow | None, recorded: Recorded) -> SearchRow:
    """Fold one event that tells of the profile."""
    told = told_by(recorded.body)
    if row is None:
        row = SearchRow(id=recorded.stream, case_number=recorded.case_number, title="", problem=None, words="")
    return replace(row, title=told.get("title", row.title), problem=told.get("problem", row.problem))


def derive(row: SearchRow) -> SearchRow:
    """Put the words together."""
    return replace(row, words="\n".join(part for part in (row.case_number, row.title, row.problem) if part))


SEARCH = View("search", 1, SearchRow, ("id",), TELLING, evolve, derive)
