"""The one way a command goes: load, look, decide, append. Driven by the API, the CLI and the demo alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from application.access import Sight, Viewer, sight
from application.errors import Busy, NotKnown, Stale
from application.house import House
from application.ports import (
    AlreadyDone,
    Claim,
    ClaimTaken,
    Numbering,
    ReceiptKey,
    StaleStream,
    Unit,
    Written,
    as_recorded,
)
from application.streams import INNOVATION, OFFICE, Look, Stream, fold, kind_of, load, officer, remembered
from domain.command import Command
from domain.errors import Blocker, DomainError, Refused
from domain.innovation.decisions.common import check_common
from domain.innovation.lifecycle import BIRTH
from domain.innovation.state import Innovation
from domain.lifecycle import Circumstances, Decided, Elsewhere, Move, Verdict
from domain.office.state import Officer, stream_of
from domain.record import Body, Envelope, Pending, Recorded
from domain.text import squeezed

ATTEMPTS_MAX = 5
LOOKS: tuple[Look, ...] = (remembered, *[load] * ATTEMPTS_MAX)
"""How each attempt looks at the streams: first from memory, since the log finds out what is old; then afresh."""
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a command, under which key, having seen which version (one of these)."""

    person: UUID
    key: str | None = None
    request_hash: bytes = b""
    if_match: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command became: its events in the log, the main stream after it, and whether it was written before."""

    written: Written
    events: tuple[Recorded, ...]
    state: Any
    replayed: bool = False


async def circumstances(
    house: House,
    me: Officer,
    person: UUID,
    region: str,
    command: Command | None,
    acting_for: str | None = None,
    *,
    subject_person: UUID | None = None,
    look: Look = load,
) -> tuple[Circumstances, Mapping[UUID, int]]:
    """Gather what a decision may know, and which streams were read for it."""
    today = house.today(region)
    named = {p: await officer(house, p, look) for p in (command.persons() if command else ()) if p != person}
    reads = {me.id: me.version} | {o.id: o.version for o in named.values()}
    everybody = {**{p: o for p, o in named.items() if o.version}, person: me}
    cases = await _known_cases(house, me, person, command, look)
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
        size_held=house.size_held,
        subject_person=subject_person,
        cases=frozenset(cases),
    )
    return given, reads | cases


async def _known_cases(house: House, me: Officer, person: UUID, command: Command | None, look: Look) -> dict[UUID, int]:
    """Give those of the cases a command names that the person may know of, with the versions seen."""
    known = {}
    for named in command.cases() if command else ():
        case = await look(house, INNOVATION, named)
        seer = Viewer.of(person, me, house.today(case.region), house.directory().agencies) if case else None
        if case and seer and sight(case, seer) is not Sight.NONE:
            known[named] = case.version
    return known


async def examine(
    house: House, kind: Stream[S], state: S, person: UUID, acting_for: str | None
) -> list[tuple[Move[Any], Verdict[Any]]]:
    """Say of every row of a stream's table whether the person may make it now: what `actions` answers."""
    me = await officer(house, person)
    region: str = state.region  # type: ignore[attr-defined]
    now, _reads = await circumstances(house, me, person, region, None, acting_for)
    if isinstance(state, Innovation):
        now = await _with_claims(house, state, now)
    subject = kind.subject(state, await _case_of(house, kind, state, load))
    return [(move, kind.lifecycle.examine(move, subject, now)) for move in kind.lifecycle.moves]


async def examine_birth(house: House, person: UUID, acting_for: str | None) -> list[tuple[Move[Any], Verdict[Any]]]:
    """Say of every way a case begins whether the person may go it now."""
    me = await officer(house, person)
    now, _reads = await circumstances(house, me, person, _birth_region(house, me, None), None, acting_for)
    return [(move, BIRTH.examine(move, None, now)) for move in BIRTH.moves]


async def examine_office(
    house: House, whose: UUID, person: UUID, acting_for: str | None
) -> list[tuple[Move[Any], Verdict[Any]]]:
    """Say of every move of somebody's offices whether the person may make it now."""
    me, holds = await officer(house, person), await officer(house, whose)
    region = holds.region or _home(me)
    if not region:
        raise Refused(Blocker("role.required", {"roles": "admin"}))
    now, _reads = await circumstances(house, me, person, region, None, acting_for, subject_person=whose)
    return [(move, OFFICE.lifecycle.examine(move, holds, now)) for move in OFFICE.lifecycle.moves]


async def _with_claims(house: House, case: Innovation, now: Circumstances) -> Circumstances:
    """Look up what others hold that a move of the case would claim: its title while closed, its places once in use."""
    if not case.is_open:
        taken = await house.log.claimed("title", case.region, squeezed(case.title))
        return replace(now, title_taken=bool(taken))
    if case.kit is None:
        return now
    return replace(now, copied_at=await house.log.claimed("replication", str(case.id)))


async def _case_of(house: House, kind: Stream[S], state: S, look: Look) -> Innovation | None:
    """Give the case a stream is about, None when it is about none."""
    if kind.about is None:
        return None
    return await look(house, INNOVATION, kind.about(state))


# Making a move


async def begin(house: House, move: Move[None], command: Command, sender: Sender) -> Answer:
    """Start a case: register or import."""

    async def attempt(look: Look) -> Answer:
        me = await officer(house, sender.person, look)
        region = _birth_region(house, me, command)
        now, reads = await circumstances(house, me, sender.person, region, command, look=look)
        decided = BIRTH.decide(move, None, command, now)
        check_common(None, command, now)
        numbering = Numbering(region, house.directory().regions[region].zone)
        born = Write(INNOVATION, house.new_id(), region, None, decided.bodies)
        return await _append(house, [born], _stamped(house, move, command, decided, now), reads, sender, numbering)

    return await _attempted(house, sender, attempt)


def _birth_region(house: House, me: Officer, command: Command | None) -> str:
    """A registered case belongs to its author's region, an imported one to its agency's."""
    directory = house.directory()
    agency = getattr(command, "agency", None)
    if agency is not None and agency in directory.agencies:
        return directory.agencies[agency].region
    seats = [held.region for held in (*me.roles, *me.offices)] + [d.region for d in me.delegations]
    if not seats:
        raise Refused(Blocker("role.required", {"roles": "official"}))
    return seats[0]


async def make_move(
    house: House,
    kind: Stream[S],
    stream: UUID,
    move: Move[Any],
    command: Command,
    sender: Sender,
    *,
    subject_person: UUID | None = None,
) -> Answer:
    """Load, decide and append; decide again when what was seen had moved on meanwhile.

    `subject_person`: whose offices, when the stream is a person's; it may not have begun yet.
    """

    async def attempt(look: Look) -> Answer:
        state = await look(house, kind, stream)
        me = await officer(house, sender.person, look)
        if state is None and subject_person is not None:
            state = Officer(id=stream, region=_home(me))  # type: ignore[assignment]
        if state is None:
            raise NotKnown
        version: int = state.version  # type: ignore[attr-defined]
        if sender.if_match is not None and version not in sender.if_match:
            held = [tag for tag in sender.if_match if tag <= version] or sender.if_match
            raise Stale(expected=max(held), actual=version)
        region: str = state.region  # type: ignore[attr-defined]
        now, reads = await circumstances(
            house, me, sender.person, region, command, subject_person=subject_person, look=look
        )
        case = await _case_of(house, kind, state, look)
        if case is not None:
            reads = {**reads, case.id: case.version}
        decided = kind.lifecycle.decide(move, kind.subject(state, case), command, now)
        check_common(state if isinstance(state, Innovation) else case, command, now)
        known = {} if case is None else {case.id: case}
        elsewhere = await _elsewhere(house, decided, known, look)
        writes = [Write(kind, stream, region, state, decided.bodies), *elsewhere]
        return await _append(house, writes, _stamped(house, move, command, decided, now), reads, sender)

    return await _attempted(house, sender, attempt)


async def move_case(house: House, case_id: UUID, move: Move[Innovation], command: Command, sender: Sender) -> Answer:
    """Make a move of a case."""
    return await make_move(house, INNOVATION, case_id, move, command, sender)


async def move_office(house: House, person: UUID, move: Move[Officer], command: Command, sender: Sender) -> Answer:
    """Make a move of a person's offices."""
    return await make_move(house, OFFICE, stream_of(person), move, command, sender, subject_person=person)


async def _elsewhere(house: House, decided: Decided, known: Mapping[UUID, Any], look: Look) -> list[Write]:
    """Give what other streams are told, stream by stream; on what was `known` of them when it was decided."""
    told: dict[UUID, list[Elsewhere]] = {}
    for fact in decided.elsewhere:
        told.setdefault(fact.stream, []).append(fact)
    writes = []
    for stream, facts in told.items():
        kind, region = kind_of(facts[0].body), facts[0].region
        before = None if region else known.get(stream) or await look(house, kind, stream)
        bodies = tuple(fact.body for fact in facts)
        writes.append(Write(kind, stream, region or before.region, before, bodies))  # type: ignore[union-attr]
    return writes


def _home(me: Officer) -> str:
    return next((held.region for held in (*me.roles, *me.offices)), me.region)


async def _attempted(house: House, sender: Sender, attempt: Callable[[Look], Awaitable[Answer]]) -> Answer:
    """Attempt a command until the log takes it; nothing is refused on what was only remembered, or was done before."""
    for look in LOOKS:
        try:
            return await attempt(look)
        except StaleStream:
            continue
        except (DomainError, Stale, NotKnown):
            if look is remembered:
                continue
            if (done := await carried_out_before(house, sender)) is not None:
                return done
            raise
    raise Busy


async def carried_out_before(house: House, sender: Sender) -> Answer | None:
    """Give the first answer again when the command was carried out under this key; raises KeyReused."""
    if sender.key is None:
        return None
    written = await house.log.receipt(ReceiptKey(sender.person, sender.key, sender.request_hash))
    return None if written is None else await replayed(house, written)


# Writing it down


@dataclass(frozen=True, slots=True)
class Write:
    """What one stream gets of a command, and how the stream stood before it (None: it begins)."""

    kind: Stream[Any]
    stream: UUID
    region: str
    before: Any
    bodies: tuple[Body, ...]

    def pending(self, envelope: Envelope) -> tuple[Pending, ...]:
        """Give the events as they are to be written."""
        version: int = getattr(self.before, "version", 0)
        return tuple(
            Pending(
                originator_id=self.stream,
                originator_version=version + n,
                region=self.region,
                command_id=envelope.causation,
                envelope=envelope,
                body=body,
            )
            for n, body in enumerate(self.bodies, start=1)
        )

    def after(self, events: Iterable[Recorded]) -> Any:
        """Give the stream after its events among those of the command."""
        return fold(self.kind, (event for event in events if event.stream == self.stream), self.before)

    def claims_before(self) -> frozenset[Claim]:
        """Give what the stream held so far."""
        return self.kind.claims(self.before) if self.before is not None else frozenset()

    def claims_after(self, events: Iterable[Recorded]) -> frozenset[Claim]:
        """Give what it will hold."""
        return self.kind.claims(self.after(events))


def _stamped(house: House, move: Move[Any], command: Command, decided: Decided, now: Circumstances) -> Envelope:
    command_id = house.new_id()
    return Envelope(
        actor=decided.actor,
        occurred_on=command.occurred_on or now.today,
        correlation=command_id,
        causation=command_id,
        rulebook=now.rulebook.ref if move.under_rulebook else None,
    )


async def _append(
    house: House,
    writes: Sequence[Write],
    envelope: Envelope,
    reads: Mapping[UUID, int],
    sender: Sender,
    numbering: Numbering | None = None,
) -> Answer:
    """Write to every stream or to none. The first one is the one decided on."""
    written_to = {write.stream for write in writes}
    pending = tuple(event for write in writes for event in write.pending(envelope))
    before = frozenset[Claim]().union(*(write.claims_before() for write in writes))
    after = frozenset[Claim]().union(*(write.claims_after(as_recorded(pending)) for write in writes))
    unit = Unit(
        command_id=envelope.causation,
        events=pending,
        reads={stream: version for stream, version in reads.items() if stream not in written_to},
        receipt=ReceiptKey(sender.person, sender.key, sender.request_hash) if sender.key else None,
        claims=tuple(sorted(after - before, key=str)),
        releases=tuple(sorted(before - after, key=str)),
        numbering=numbering,
    )
    try:
        written = await house.log.append(unit)
    except AlreadyDone as done:
        return await replayed(house, done.written)
    except ClaimTaken as taken:
        raise Refused(Blocker(f"claim.{taken.claim.kind}", {"holder": str(taken.holder)})) from taken
    events = as_recorded(pending, written)
    states = [write.after(events) for write in writes]
    for write, state in zip(writes, states, strict=True):
        house.memory.keep(write.kind.evolve, write.stream, state)
    return Answer(written, events, states[0])


async def replayed(house: House, written: Written) -> Answer:
    """Give the answer of a command again, from what stands in the log."""
    main = written.ranges[0]
    whole = await house.log.load(main.stream, up_to=main.last_version)
    events = [recorded for recorded in whole if recorded.version >= main.first_version]
    for other in written.ranges[1:]:
        events += await house.log.load(other.stream, after=other.first_version - 1, up_to=other.last_version)
    return Answer(written, tuple(events), fold(kind_of(whole[0].body), whole), replayed=True)
