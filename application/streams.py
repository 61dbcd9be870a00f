"""The kinds of streams: how each is folded, moved and what it claims; and how one is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from application.house import House
from application.ports import Claim, Snapshot
from application.snapshots import EVENTS_MIN, decode, encode, form_of
from domain.codes import EvaluationStatus, ReplicationStatus
from domain.evaluation import state as evaluation
from domain.evaluation.lifecycle import EVALUATION_LIFECYCLE
from domain.evaluation.state import Evaluation, Judged
from domain.innovation import state as innovation
from domain.innovation.lifecycle import INNOVATION_LIFECYCLE
from domain.innovation.state import Innovation
from domain.lifecycle import Lifecycle
from domain.office import state as office
from domain.office.lifecycle import OFFICE_LIFECYCLE
from domain.office.state import Officer, stream_of
from domain.record import Body, Recorded
from domain.replication import state as replication
from domain.replication.lifecycle import REPLICATION_LIFECYCLE
from domain.replication.state import Copied, Replication

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Stream(Generic[S]):
    """One kind of stream. A stream about a case is decided on together with it: `subject` joins the two."""

    state: type[Any]
    evolve: Callable[[S | None, Recorded], S]
    lifecycle: Lifecycle[Any]
    claims: Callable[[S], frozenset[Claim]] = lambda _state: frozenset()
    about: Callable[[S], UUID] | None = None
    subject: Callable[[S, Innovation | None], Any] = lambda state, _case: state


def _case_claims(case: Innovation) -> frozenset[Claim]:
    title = case.claimed_title
    return frozenset() if title is None else frozenset({Claim("title", case.region, title, case.id)})


def _office_claims(officer: Officer) -> frozenset[Claim]:
    return frozenset(Claim("office", held.region, held.office, officer.id) for held in officer.offices)


def _replication_claims(copy: Replication) -> frozenset[Claim]:
    """One replication of a case by an adopter at a time, and none after it was confirmed."""
    over = copy.status in {ReplicationStatus.DECLINED, ReplicationStatus.ABANDONED}
    return frozenset() if over else frozenset({Claim("replication", str(copy.innovation_id), copy.adopter, copy.id)})


def _evaluation_claims(judging: Evaluation) -> frozenset[Claim]:
    """A person sits on so many panels at a time as the rulebook lets her, in all regions together."""
    if judging.status in {EvaluationStatus.CONCLUDED, EvaluationStatus.CANCELLED}:
        return frozenset()
    return frozenset(Claim("evaluator", "", str(seat.person), judging.id, judging.load_max) for seat in judging.panel)


INNOVATION: Stream[Innovation] = Stream(Innovation, innovation.evolve, INNOVATION_LIFECYCLE, _case_claims)
OFFICE: Stream[Officer] = Stream(Officer, office.evolve, OFFICE_LIFECYCLE, _office_claims)
REPLICATION: Stream[Replication] = Stream(
    Replication,
    replication.evolve,
    REPLICATION_LIFECYCLE,
    _replication_claims,
    about=lambda copy: copy.innovation_id,
    subject=lambda copy, case: Copied(replication=copy, case=_there(case)),
)
EVALUATION: Stream[Evaluation] = Stream(
    Evaluation,
    evaluation.evolve,
    EVALUATION_LIFECYCLE,
    _evaluation_claims,
    about=lambda judging: judging.innovation_id,
    subject=lambda judging, case: Judged(evaluation=judging, case=_there(case)),
)
KINDS: Mapping[str, Stream[Any]] = {
    "innovation": INNOVATION,
    "office": OFFICE,
    "replication": REPLICATION,
    "evaluation": EVALUATION,
}
"""Every kind by the first word of its events' stored names."""


def kind_of(body: Body) -> Stream[Any]:
    """Give the kind of stream an event belongs to."""
    return KINDS[body.stored_as.partition(".")[0]]


def _there(case: Innovation | None) -> Innovation:
    assert case is not None  # whatever is about a case was written together with it
    return case


def fold(kind: Stream[S], events: Iterable[Recorded], state: S | None = None) -> S | None:
    """Fold events into a state, or None when there are none."""
    for recorded in events:
        state = kind.evolve(state, recorded)
    return state


class Look(Protocol):
    """A way to come by the state of a stream: `load`, or `remembered` where a wrong guess is found out."""

    async def __call__(self, house: House, kind: Stream[S], stream: UUID) -> S | None:
        """Give the state of a stream, None when there is none."""
        ...


async def load(house: House, kind: Stream[S], stream: UUID) -> S | None:
    """Give a stream's state now: the one remembered, brought up to date; None also for a stream of another kind."""
    known: S | None = house.memory.recall(kind.evolve, stream)
    if known is None:
        cold = await _cold(house, kind, stream)
        known, events = cold
    else:
        version: int = getattr(known, "version", 0)
        events = await house.log.load(stream, after=version)
    if events and kind_of(events[0].body) is not kind:
        return None
    state = fold(kind, events, known)
    if state is not None:
        house.memory.keep(kind.evolve, stream, state)
        if house.snapshots is not None and len(events) > EVENTS_MIN:
            await house.snapshots.keep(stream, form_of(kind.state), snapshot_of(state, events))
    return state


async def _cold(house: House, kind: Stream[S], stream: UUID) -> tuple[S | None, Sequence[Recorded]]:
    """Give the state last kept of a stream and the events after it; without one, all of them."""
    if house.snapshots is None:
        return None, await house.log.load(stream)
    kept, events = await house.snapshots.load(stream, form_of(kind.state))
    if kept is None:
        return None, events
    state = decode(kind.state, kept.state, stream, kept.version)
    return state, events if state is not None else await house.log.load(stream)


def snapshot_of(state: Any, events: Sequence[Recorded]) -> Snapshot:
    """Give a state, folded up to the last of some events, as it is kept."""
    return Snapshot(events[-1].version, events[-1].position, encode(state))


async def refresh(house: House, *streams: tuple[Stream[Any], UUID]) -> None:
    """Bring what is remembered of streams up to date, all in one round trip; what is not remembered stays unknown."""
    known = [(kind, house.memory.recall(kind.evolve, stream)) for kind, stream in streams]
    states = {state.id: (kind, state) for kind, state in known if state is not None}
    if not states:
        return
    events = await house.log.load_after({stream: state.version for stream, (_, state) in states.items()})
    for recorded in events:
        kind, state = states[recorded.stream]
        states[recorded.stream] = kind, kind.evolve(state, recorded)
    for stream, (kind, state) in states.items():
        house.memory.keep(kind.evolve, stream, state)


async def remembered(house: House, kind: Stream[S], stream: UUID) -> S | None:
    """Give a stream's state as this process last saw it, which the log may have left behind; load it when unknown."""
    known: S | None = house.memory.recall(kind.evolve, stream)
    if known is not None:
        return known
    return await load(house, kind, stream)


async def officer(house: House, person: UUID, look: Look = load) -> Officer:
    """Give a person's offices; nobody holds none."""
    return await look(house, OFFICE, stream_of(person)) or Officer(id=stream_of(person))
