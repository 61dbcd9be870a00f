"""What pages with lists have in common: addresses with filters, which rows are shown, the next page, places as tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec

from adapters.http.past import moment_of
from adapters.http.query import AsOf
from adapters.web.render import capital
from adapters.web.visit import SignedVisit, Visit
from application.views.view import DAYS
from domain.codes import Stage
from domain.people import Agency

ROWS = 20


def to(path: str, **asked: Any) -> str:
    """Give the address of a page with what is asked of it; what is None or empty is left out."""
    given = {name: value for name, value in asked.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path


def asked_of(query: msgspec.Struct, *but: str) -> dict[str, Any]:
    """Give what a query asks, without where in the list it stands."""
    return {n: v for n, v in msgspec.structs.asdict(query).items() if v and n not in {"cursor", "dari", *but}}


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows of a list a page shows: the first, the last, of how many; and the address of the next page."""

    first: int
    last: int
    total: int
    next: str | None
    most: int | None = None  # beyond which nobody counted

    def said(self, visit: Visit) -> str:
        """Say which rows these are."""
        if self.most is not None and self.total > self.most:
            return visit.text("list.rows_many", first=self.first, last=self.last, most=self.most)
        return visit.text("list.rows", first=self.first, last=self.last, total=self.total)


class Tag(NamedTuple):
    """A place as it is shown: its sign and its words."""

    sign: str
    said: str


def tag_of(visit: Visit, stage: str, status: str) -> Tag:
    """Give the tag of a place."""
    return Tag(status if stage == Stage.CLOSED else stage, capital(visit.text(f"word.{stage}/{status}")))


def agencies_at(visit: SignedVisit, asked: AsOf, position: int) -> Mapping[str, Agency]:
    """Give the agencies as they stand, or stood at the moment asked for."""
    directory = visit.given.house.directory()
    if asked.as_of is None:
        return directory.agencies
    return directory.agencies_as_of(moment_of(asked.as_of, DAYS.key).astimezone(DAYS).date(), position)
