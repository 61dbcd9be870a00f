"""What the dashboard's pictures are drawn from: rows of the views as figures, scales and lanes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from domain.codes import ReplicationStatus, Stage
from domain.people import Agency, Region

LIVING = tuple(stage for stage in Stage if stage is not Stage.CLOSED)
EARLY_ENDS = frozenset({ReplicationStatus.DECLINED, ReplicationStatus.ABANDONED})
STEPS = tuple(status for status in ReplicationStatus if status not in EARLY_ENDS)
"""The way of a replication that nobody ends early."""
SCALES = (30, 60, 90, 180, 365, 730)
YEAR_DAYS = 365
KIND_MIN = 2  # agencies whose names begin alike stand together when there are so many
NAME_MAX = 38  # letters that fit over a bar on a phone


class Group(NamedTuple):
    """Agencies of a kind: how many have cases, of how many."""

    name: str | None
    having: int
    whole: int


class Lane(NamedTuple):
    """A replication on its way: the steps it has certainly done, and whether it ended early."""

    id: str
    title: str
    adopter: str
    status: str
    steps: int
    ended: bool


def owners_of(agencies: Mapping[str, Agency], region: Region) -> list[Agency]:
    """Give the agencies of a government by name: no service units, nobody from outside."""
    here = (a for a in agencies.values() if a.region == region.code and a.parent is None and not a.outside)
    return sorted(here, key=lambda agency: agency.name)


def groups_of(owners: Sequence[Agency], cases: Mapping[str, int]) -> list[Group]:
    """Put agencies together by the kind their names begin with; what stands alone comes last, without a name."""
    kinds = [agency.name.partition(" ")[0] for agency in owners]
    named = [kind for kind in dict.fromkeys(kinds) if kinds.count(kind) >= KIND_MIN]
    found = []
    for name in [*named, None]:
        having = [
            cases.get(agency.id, 0) > 0
            for agency, kind in zip(owners, kinds, strict=True)
            if (kind if kind in named else None) == name
        ]
        if having:
            found.append(Group(name, sum(having), len(having)))
    return found


def scale_of(days: Iterable[float | None]) -> int:
    """Give where a scale of days ends: at a round length of time that holds them all."""
    most = max((one for one in days if one is not None), default=0)
    return next((scale for scale in SCALES if most <= scale), -(-int(most) // YEAR_DAYS) * YEAR_DAYS)


def lane_of(row: Mapping[str, Any], adopter: str) -> Lane:
    """Give a replication as a lane."""
    status = ReplicationStatus(row["status"])
    if status not in EARLY_ENDS:
        return Lane(row["id"], row["title"], adopter, status, STEPS.index(status) + 1, ended=False)
    reached = ReplicationStatus.REQUESTED
    if status is ReplicationStatus.ABANDONED:
        reached = ReplicationStatus.RUNNING if row["started_at"] else ReplicationStatus.ACCEPTED
    return Lane(row["id"], row["title"], adopter, status, STEPS.index(reached) + 1, ended=True)


def short(text: str, most: int = NAME_MAX) -> str:
    """Cut a text where a word ends, when it is too long for a picture; the table has it whole."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,:") + "…"
