"""The table of moves of a replication: asked and answered, agreed, adapted, run, confirmed by both sides.

What happens to the case it copies does not hold it up: also while that is suspended, judged or closed it goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

from domain.codes import ReplicationStatus as R
from domain.errors import Blocker
from domain.lifecycle import Circumstances, Lifecycle, Move, Who
from domain.people import Capacity, Role
from domain.replication import commands as c
from domain.replication import decisions as d
from domain.replication.state import Copied


def _of_the_origin(copied: Copied, capacity: Capacity, person: UUID) -> bool:
    case = copied.case
    heads = capacity.role is Role.AGENCY_HEAD and capacity.agency in {case.agency, case.profile.unit}
    innovator = capacity.role is Role.OFFICIAL and person in case.team and capacity.region == case.region
    return heads or innovator


def _of_the_adopter(copied: Copied, capacity: Capacity, person: UUID) -> bool:
    copy = copied.replication
    heads = capacity.role is Role.AGENCY_HEAD and capacity.agency in {copy.adopter, copy.adopter_agency}
    team = capacity.role is Role.OFFICIAL and person in copy.team and capacity.region == copy.region
    return heads or team


def _facilitates(copied: Copied, capacity: Capacity, _person: UUID) -> bool:
    return capacity.role is Role.FACILITATOR and capacity.region in {copied.case.region, copied.replication.region}


ORIGIN = Who[Copied]("origin", _of_the_origin)
ADOPTER = Who[Copied]("adopter", _of_the_adopter)
FACILITATOR = Who[Copied]("facilitator", _facilitates)


def measured(copied: Copied, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """Every indicator was measured at least once at the adopter's place."""
    done = {measurement.indicator for measurement in copied.replication.measurements}
    for code in sorted(copied.indicators.keys() - done):
        yield Blocker("replication.measurement_missing", {"indicator": code})


def not_yet(
    own: Callable[[Copied], UUID | None], other: Callable[[Copied], UUID | None]
) -> Callable[[Copied, Circumstances, Capacity], Iterator[Blocker]]:
    """Give the guard that one side confirms once, by another person than the other side's."""

    def guard(copied: Copied, now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
        if own(copied) is not None:
            yield Blocker("replication.already_confirmed")
        elif other(copied) == now.person:
            yield Blocker("replication.same_person")

    return guard


def _by_origin(copied: Copied) -> UUID | None:
    return copied.replication.confirmed_by_origin


def _by_adopter(copied: Copied) -> UUID | None:
    return copied.replication.confirmed_by_adopter


def stands(copied: Copied, move: Move[Copied], now: Circumstances) -> Iterator[Blocker]:
    """The adopter's region is alive and the replication stands where the move starts."""
    if now.region.read_only:
        yield Blocker("region.read_only", {"region": now.region.name})
    if copied.replication.status not in move.start:
        yield Blocker("place.not_here", {"place": f"replication: {copied.replication.status}"})


UNDER_WAY = frozenset({R.REQUESTED, R.ACCEPTED, R.AGREED, R.ADAPTING, R.RUNNING, R.CONCLUDED})
M = Move[Copied]

REPLICATION_LIFECYCLE = Lifecycle[Copied](
    stands=stands,
    prefix="replication.",
    moves=(
        M(
            "accept",
            body=c.Accept,
            decide=d.accept,
            by=(ORIGIN,),
            start=frozenset({R.REQUESTED}),
            end=R.ACCEPTED,
            awaited="replication_answer",
        ),
        M("decline", body=c.Decline, decide=d.decline, by=(ORIGIN,), start=frozenset({R.REQUESTED}), end=R.DECLINED),
        M(
            "agree",
            body=c.Agree,
            decide=d.agree,
            by=(ADOPTER, ORIGIN),
            start=frozenset({R.ACCEPTED}),
            end=R.AGREED,
            awaited="replication_step",
        ),
        M(
            "plan_adaptation",
            body=c.PlanAdaptation,
            decide=d.plan_adaptation,
            by=(ADOPTER,),
            start=frozenset({R.AGREED, R.ADAPTING}),
            end=R.ADAPTING,
            awaited="replication_step",
        ),
        M(
            "start",
            body=c.Start,
            decide=d.start,
            by=(ADOPTER,),
            start=frozenset({R.ADAPTING}),
            end=R.RUNNING,
            awaited="replication_step",
        ),
        M(
            "record_milestone",
            body=c.RecordMilestone,
            decide=d.record_milestone,
            by=(ADOPTER, FACILITATOR),
            start=frozenset({R.RUNNING}),
        ),
        M(
            "record_measurement",
            body=c.Measure,
            decide=d.measure,
            by=(ADOPTER,),
            start=frozenset({R.RUNNING, R.CONCLUDED}),
        ),
        M(
            "conclude",
            body=c.Conclude,
            decide=d.conclude,
            by=(ADOPTER,),
            start=frozenset({R.RUNNING}),
            end=R.CONCLUDED,
            guards=(measured,),
        ),
        M(
            "confirm_by_origin",
            body=c.Confirm,
            decide=d.confirm_by_origin,
            by=(ORIGIN,),
            start=frozenset({R.CONCLUDED}),
            guards=(not_yet(_by_origin, _by_adopter),),
            awaited="replication_answer",
        ),
        M(
            "confirm_by_adopter",
            body=c.Confirm,
            decide=d.confirm_by_adopter,
            by=(ADOPTER,),
            start=frozenset({R.CONCLUDED}),
            guards=(not_yet(_by_adopter, _by_origin),),
            awaited="replication_answer",
        ),
        M(
            "abandon",
            body=c.Abandon,
            decide=d.abandon,
            by=(ADOPTER, ORIGIN),
            start=UNDER_WAY,
            end=R.ABANDONED,
        ),
    ),
)
