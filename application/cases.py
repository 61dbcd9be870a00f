"""The one way a command goes: load, look, decide, append. Driven by the API, the CLI and the demo alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from application.codec import NOT_YET_RECORDED
from application.errors import Busy, NotKnown, Stale
from application.memory import Memory
from application.ports import (
    AlreadyDone,
    Claim,
    ClaimTaken,
    Directory,
    EventLog,
    Numbering,
    ReceiptKey,
    StaleStream,
    Unit,
    Written,
)
from domain.command import Command
from domain.errors import Blocker, Refused
from domain.innovation import state as innovation
from domain.innovation.decisions import check_common
from domain.innovation.lifecycle import BIRTH, INNOVATION_LIFECYCLE
from domain.innovation.state import Innovation
from domain.lifecycle import Circumstances, Decided, Lifecycle, Move, Verdict
from domain.office import state as office
from domain.office.lifecycle import OFFICE_LIFECYCLE
from domain.office.state import Officer, stream_of
from domain.record import Envelope, Pending, Recorded
from domain.rulebook.model import ProcessRulebook

ATTEMPTS_MAX = 5
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a command, under which key, having seen which version."""

    person: UUID
    key: str | None = None
    request_hash: bytes = b""
    if_match: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command became: the subject after it, what was written, and whether it was written before."""

    written: Written
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class House:
    """What use cases are given: the log, the directory, the rules, the clock, ids, the evidence store, a memory."""

    log: EventLog
    directory: Callable[[], Directory]
    rulebooks: tuple[ProcessRulebook, ...]
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    holds: Callable[[str], bool]
    memory: Memory = field(default_factory=Memory)

    def rulebook_on(self, day: date) -> ProcessRulebook:
        """Give the rulebook in force on a day; the oldest one for days before any."""
        in_force = [rules for rules in self.rulebooks if rules.effective_from <= day]
        return max(in_force or self.rulebooks[:1], key=lambda rules: (rules.effective_from, rules.version))

    def today(self, region: str) -> date:
        """Give the date it is now in a region."""
        return self.clock().astimezone(ZoneInfo(self.directory().regions[region].zone)).date()


@dataclass(frozen=True, slots=True)
class Stream(Generic[S]):
    """How one kind of stream is folded, moved and what it claims."""

    evolve: Callable[[S | None, Recorded], S]
    lifecycle: Lifecycle[Any]
    claims: Callable[[S], frozenset[Claim]]


def _case_claims(case: Innovation) -> frozenset[Claim]:
    title = case.claimed_title
    return frozenset() if title is None else frozenset({Claim("title", case.region, title, case.id)})


def _office_claims(officer: Officer) -> frozenset[Claim]:
    return frozenset(Claim("office", held.region, held.office, officer.id) for held in officer.offices)


INNOVATION: Stream[Innovation] = Stream(innovation.evolve, INNOVATION_LIFECYCLE, _case_claims)
OFFICE: Stream[Officer] = Stream(office.evolve, OFFICE_LIFECYCLE, _office_claims)


def fold(stream: Stream[S], events: Any, state: S | None = None) -> S | None:
    """Fold events into a state, or None when there are none."""
    for recorded in events:
        state = stream.evolve(state, recorded)
    return state


async def load(house: House, kind: Stream[S], stream: UUID) -> S | None:
    """Give a stream's state now: the one remembered, brought up to date."""
    known: S | None = house.memory.recall(kind.evolve, stream)
    version: int = getattr(known, "version", 0)
    state = fold(kind, await house.log.load(stream, after=version), known)
    if state is not None:
        house.memory.keep(kind.evolve, stream, state)
    return state


async def load_as_of(house: House, kind: Stream[S], stream: UUID, moment: datetime) -> S | None:
    """Give a stream's state as the log knew it at a moment."""
    position = await house.log.position_at(moment)
    return fold(kind, await house.log.load_until(stream, position=position))


async def officer(house: House, person: UUID) -> Officer:
    """Give a person's offices; nobody holds none."""
    return await load(house, OFFICE, stream_of(person)) or Officer(id=stream_of(person))


async def circumstances(
    house: House,
    me: Officer,
    person: UUID,
    region: str,
    command: Command | None,
    acting_for: str | None = None,
    subject_person: UUID | None = None,
) -> tuple[Circumstances, Mapping[UUID, int]]:
    """Gather what a decision may know, and which streams were read for it."""
    today = house.today(region)
    named = {p: await officer(house, p) for p in (command.persons() if command else ()) if p != person}
    reads = {me.id: me.version} | {o.id: o.version for o in named.values()}
    everybody = {**named, person: me}
    directory = house.directory()
    given = Circumstances(
        person=person,
        capacities=me.capacities(today),
        acting_for=command.acting_for if command else acting_for,
        today=today,
        region=directory.regions[region],
        rulebook=house.rulebook_on(today),
        regions=directory.regions,
        agencies=directory.agencies,
        named={p: o.capacities(today) for p, o in everybody.items()},
        new_id=house.new_id,
        held=house.holds,
        subject_person=subject_person,
    )
    return given, reads


async def examine(
    house: House, case: Innovation, person: UUID, acting_for: str | None
) -> list[tuple[Move[Innovation], Verdict[Innovation]]]:
    """Say of every row of the table whether the person may make it now: what `actions` answers."""
    me = await officer(house, person)
    now, _reads = await circumstances(house, me, person, case.region, None, acting_for)
    table = INNOVATION_LIFECYCLE
    return [(move, table.examine(move, case, now)) for move in table.moves]


async def begin(house: House, move: Move[None], command: Command, sender: Sender) -> Answer:
    """Start a case: register or import."""
    for _attempt in range(ATTEMPTS_MAX):
        me = await officer(house, sender.person)
        region = _birth_region(house, me, command)
        now, reads = await circumstances(house, me, sender.person, region, command)
        decided = BIRTH.decide(move, None, command, now)
        check_common(None, command, now)
        stream = house.new_id()
        zone = house.directory().regions[region].zone
        try:
            return await _append(
                house,
                INNOVATION,
                None,
                stream,
                region,
                decided,
                now,
                command,
                sender,
                reads,
                move,
                Numbering(region, zone),
            )
        except StaleStream:
            continue
    raise Busy


def _birth_region(house: House, me: Officer, command: Command) -> str:
    """A registered case belongs to its author's region, an imported one to its agency's."""
    directory = house.directory()
    agency = getattr(command, "agency", None)
    if agency is not None and agency in directory.agencies:
        return directory.agencies[agency].region
    seats = [held.region for held in (*me.roles, *me.offices)] + [d.region for d in me.delegations]
    if not seats:
        raise Refused(Blocker("role.required", {"roles": "official"}))
    return seats[0]


async def move_case(house: House, case_id: UUID, move: Move[Innovation], command: Command, sender: Sender) -> Answer:
    """Make a move of a case."""
    return await _move(house, INNOVATION, case_id, move, command, sender, None)


async def move_office(house: House, person: UUID, move: Move[Officer], command: Command, sender: Sender) -> Answer:
    """Make a move of a person's offices."""
    return await _move(house, OFFICE, stream_of(person), move, command, sender, person)


async def _move(
    house: House,
    kind: Stream[S],
    stream: UUID,
    move: Move[S],
    command: Command,
    sender: Sender,
    subject_person: UUID | None,
) -> Answer:
    """Load, decide and append; decide again when a stream moved on meanwhile."""
    for _attempt in range(ATTEMPTS_MAX):
        state = await load(house, kind, stream)
        me = await officer(house, sender.person)
        if state is None and subject_person is not None:
            state = Officer(id=stream, region=_home(me))  # type: ignore[assignment]
        if state is None:
            raise NotKnown
        version: int = state.version  # type: ignore[attr-defined]
        if sender.if_match is not None and sender.if_match != version:
            raise Stale(expected=sender.if_match, actual=version)
        region: str = state.region  # type: ignore[attr-defined]
        now, reads = await circumstances(house, me, sender.person, region, command, subject_person=subject_person)
        decided = kind.lifecycle.decide(move, state, command, now)
        check_common(state if isinstance(state, Innovation) else None, command, now)
        try:
            return await _append(house, kind, state, stream, region, decided, now, command, sender, reads, move, None)
        except StaleStream:
            continue
    raise Busy


def _home(me: Officer) -> str:
    return next((held.region for held in (*me.roles, *me.offices)), me.region)


async def _append(
    house: House,
    kind: Stream[S],
    state: S | None,
    stream: UUID,
    region: str,
    decided: Decided,
    now: Circumstances,
    command: Command,
    sender: Sender,
    reads: Mapping[UUID, int],
    move: Move[Any],
    numbering: Numbering | None,
) -> Answer:
    command_id = house.new_id()
    version: int = getattr(state, "version", 0)
    envelope = Envelope(
        actor=decided.actor,
        occurred_on=command.occurred_on or now.today,
        correlation=command_id,
        causation=command_id,
        rulebook=now.rulebook.ref if move.under_rulebook else None,
    )
    pending = tuple(
        Pending(
            originator_id=stream,
            originator_version=version + n,
            region=region,
            command_id=command_id,
            envelope=envelope,
            body=body,
        )
        for n, body in enumerate(decided.bodies, start=1)
    )
    before = kind.claims(state) if state is not None else frozenset()
    after = kind.claims(_after(kind, state, pending))
    receipt = ReceiptKey(sender.person, sender.key, sender.request_hash) if sender.key else None
    unit = Unit(
        command_id=command_id,
        events=pending,
        reads={s: v for s, v in reads.items() if s != stream},
        receipt=receipt,
        claims=tuple(sorted(after - before, key=str)),
        releases=tuple(sorted(before - after, key=str)),
        numbering=numbering,
    )
    try:
        return Answer(await house.log.append(unit))
    except AlreadyDone as done:
        return Answer(done.written, replayed=True)
    except ClaimTaken as taken:
        raise Refused(Blocker(f"claim.{taken.claim.kind}", {"holder": str(taken.holder)})) from taken


def _after(kind: Stream[S], state: S | None, pending: tuple[Pending, ...]) -> S:
    """Fold what is about to be written, to know what it will claim."""
    for p in pending:
        state = kind.evolve(
            state,
            Recorded(
                stream=p.originator_id,
                version=p.originator_version,
                position=0,
                region=p.region,
                recorded_at=NOT_YET_RECORDED,
                command_id=p.command_id,
                case_number=None,
                envelope=p.envelope,
                body=p.body,
            ),
        )
    assert state is not None
    return state
