"""Where a caller looks from: now, a version, or a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from adapters.http.problems import Problem
from adapters.http.query import AsOf, Cut
from adapters.postgres import view_reads
from adapters.postgres.past_views import PastCut
from adapters.service import Door, Service
from application.access import Viewer
from application.errors import NotKnown
from application.moments import as_moment
from application.streams import fold
from application.views.view import DAYS
from domain.people import Agency
from domain.record import Recorded

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Past:
    """A stream's events up to where the caller looks from, the agencies as they stood then, and where and when it is.

    Of a version it is the moment it was recorded.
    """

    events: Sequence[Recorded]
    agencies: Mapping[str, Agency]
    position: int | None = None  # None: now
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Then(Generic[S]):
    """A stream as it stood where the caller looks from, and the agencies then."""

    state: S
    agencies: Mapping[str, Agency]
    position: int | None = None  # None: now


async def then_at(given: Service, asked: Cut, door: Door, now: S) -> Then[S]:
    """Give a stream at the version or moment the caller names; as it is now it need not be read again."""
    if asked == Cut():
        return Then(now, given.house.directory().agencies)
    past = await past_of(given, asked, now)
    state = fold(door.kind, past.events)
    assert state is not None  # who sees a stream has its first event
    return Then(state, past.agencies, past.position)


async def past_of(given: Service, asked: Cut, now: Any) -> Past:
    """Give a stream up to the version or moment the caller names, as it is now otherwise."""
    directory = given.house.directory()
    zone = ZoneInfo(directory.regions[now.region].zone)
    if asked.version is not None and asked.as_of is not None:
        raise Problem(422, "query.one_cut")
    if asked.version is not None:
        check_version(asked.version, "version", now)
        events = await given.house.log.load(now.id, up_to=asked.version)
        last = events[-1]
        agencies = directory.agencies_as_of(last.recorded_at.astimezone(zone).date(), last.position)
        return Past(events, agencies, last.position, last.recorded_at)
    if asked.as_of is not None:
        at = moment_of(asked.as_of, zone.key)
        position = await position_at(given, at)
        events = await given.house.log.load_until(now.id, position=position)
        if not events:
            raise NotKnown
        return Past(events, directory.agencies_as_of(at.astimezone(zone).date(), position), position, at)
    return Past(await given.house.log.load(now.id), directory.agencies)


def check_version(version: int, name: str, now: Any) -> None:
    if version > now.version:
        raise Problem(422, "query.number", name=name, least=1, most=now.version)


async def source_of(
    given: Service, asked: AsOf, seer: Viewer, *, region: str | None = None, innovation: UUID | None = None
) -> view_reads.Source:
    """Give the live views, or the views as they were at the moment the caller names.

    A bare date is the end of that day in the region asked for, in Asia/Jakarta without one.
    """
    if asked.as_of is None:
        return given.pool
    known = given.house.directory().regions.get(region or "")
    at = moment_of(asked.as_of, known.zone if known else DAYS.key)
    position = await position_at(given, at)
    if not await view_reads.wait_for(given.pool, position):
        raise Problem(503, "position.not_reached")  # the live views say which streams there are
    return given.past.at(PastCut(position=position, moment=at, region=region, innovation=innovation), seer)


async def position_at(given: Service, moment: datetime) -> int:
    try:
        return await given.house.log.position_at(moment)
    except ValueError as future:
        raise Problem(422, "as_of.future") from future


def moment_of(value: str, zone: str) -> datetime:
    try:
        return as_moment(value, zone)
    except ValueError as error:
        raise Problem(422, "as_of.malformed") from error
