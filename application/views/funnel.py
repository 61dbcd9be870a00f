"""The funnel: one row per case, where it stands and every stay at a stage on its way there."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from application.views.view import PLACING, TELLING, View, told_by
from domain.codes import Place
from domain.innovation import events as e
from domain.innovation.state import place_after
from domain.record import Recorded
from domain.value import Value


class Stay(Value, frozen=True, kw_only=True):
    """A time at one status; still there when `until` is not known."""

    stage: str
    status: str
    since: datetime
    until: datetime | None = None


class FunnelRow(Value, frozen=True, kw_only=True):
    """A case on its way, with every stay, oldest first."""

    id: UUID
    region: str
    agency: str
    affairs: tuple[str, ...]
    stage: str
    status: str
    imported: bool
    begun_at: datetime
    since: datetime
    stays: tuple[Stay, ...]
    reached: tuple[str, ...]  # every stage it ever stood at, in the order it first came there
    seconds: tuple[int, ...]  # how long it stood at each; the stay that lasts is not counted


def evolve(row: FunnelRow | None, recorded: Recorded) -> FunnelRow:
    """Fold one event of a case into its way."""
    now = _born(recorded) if row is None else row
    body = recorded.body
    if isinstance(body, e.OwnershipTransferred):
        now = replace(now, agency=body.agency)
    told = told_by(body)
    if "affairs" in told:
        now = replace(now, affairs=tuple(told["affairs"]))
    place = place_after(body)
    return now if row is None or place is None or _stands_there(now, place) else _moved(now, place, recorded)


def _stands_there(row: FunnelRow, place: Place) -> bool:
    return (row.stage, row.status) == (place.stage.value, place.status)


def _born(recorded: Recorded) -> FunnelRow:
    body, at = recorded.body, recorded.recorded_at
    assert isinstance(body, e.IdeaRegistered | e.HistoricalCaseImported), body.stored_as
    place = place_after(body) or Place.IDEA_DRAFT
    return FunnelRow(
        id=recorded.stream,
        region=recorded.region,
        agency=body.agency,
        affairs=(),
        stage=place.stage.value,
        status=place.status,
        imported=isinstance(body, e.HistoricalCaseImported),
        begun_at=at,
        since=at,
        stays=(Stay(stage=place.stage.value, status=place.status, since=at),),
        reached=(),
        seconds=(),
    )


def _moved(row: FunnelRow, place: Place, recorded: Recorded) -> FunnelRow:
    *earlier, last = row.stays
    at = recorded.recorded_at
    here = Stay(stage=place.stage.value, status=place.status, since=at)
    stays = (*earlier, replace(last, until=at), here)
    return replace(row, stage=here.stage, status=here.status, since=at, stays=stays)


def derive(row: FunnelRow) -> FunnelRow:
    """Fill what follows from the stays."""
    spent = {stay.stage: timedelta() for stay in row.stays}
    for stay in row.stays:
        spent[stay.stage] += (stay.until or stay.since) - stay.since
    return replace(row, reached=tuple(spent), seconds=tuple(int(time.total_seconds()) for time in spent.values()))


FUNNEL = View("funnel", 2, FunnelRow, ("id",), PLACING | TELLING | {e.OwnershipTransferred}, evolve, derive)
