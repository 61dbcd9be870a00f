"""What a table of moves is, and the one runner that checks a row for `actions` and for the command alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from domain.codes import Spot
from domain.command import Command
from domain.duties import Duty, Waiver, refused, waived
from domain.errors import Blocker, Refused
from domain.people import Actor, Agency, Capacity, Part, Region
from domain.record import Body
from domain.rulebook.model import ProcessRulebook

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Everything a decision may know beside the stream it decides on. Read before, passed in."""

    person: UUID
    capacities: tuple[Capacity, ...]
    acting_for: str | None
    today: date
    region: Region
    rulebook: ProcessRulebook
    regions: Mapping[str, Region]
    agencies: Mapping[str, Agency]
    named: Mapping[UUID, tuple[Capacity, ...]]  # in the body, and the caller; only who ever held something
    new_id: Callable[[], UUID]
    size_held: Callable[[str, UUID], int | None] = lambda _digest, _case: None  # of bytes received for a case
    subject_person: UUID | None = None  # whose offices, when the stream is a person's
    cases: frozenset[UUID] = frozenset()  # of the cases named in the body, those the caller may know of
    title_taken: bool = False  # does another case hold this closed one's title? Looked up beforehand only:
    copied_at: frozenset[str] = frozenset()  # and where the case is copied already; the log itself refuses a double


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A fact for another stream, written in the same append. A stream that begins with it lies in `region`."""

    stream: UUID
    body: Body
    region: str | None = None


Bodies = tuple[Body, ...]
Facts = tuple[Body | Elsewhere, ...]
"""What a decision gives: what happened to its own stream, and what others must know of it."""


@dataclass(frozen=True)
class Who(Generic[S]):
    """A kind of caller a row admits."""

    name: str
    fits: Callable[[S, Capacity, UUID], bool]


Guard = Callable[[S, Circumstances, Capacity], Iterable[Blocker]]


@dataclass(frozen=True, kw_only=True)
class Move(Generic[S]):
    """One row: a command (and choice), from where to where, by whom, under which guards."""

    command: str = field(kw_only=False)
    body: type[Command]
    decide: Callable[[S, Any, Circumstances, Actor], Facts]
    by: tuple[Who[S], ...]
    choice: str | None = None
    start: frozenset[Any] = frozenset()  # of Spot
    end: Spot | None = None  # None: the place stays, or the event says where to
    decision: bool = False
    plays: Part | None = None  # the part the doer plays by it; checked against the other parts
    guards: tuple[Guard[S], ...] = ()
    when_suspended: bool = False
    under_rulebook: bool = False
    publishes: bool = False
    awaited: str | None = None  # the rulebook clock that runs while this move is waited for

    @property
    def code(self) -> str:
        return f"{self.command}.{self.choice}" if self.choice else self.command


@dataclass(frozen=True)
class Verdict(Generic[S]):
    """What the runner found: why not, and as whom if so."""

    blockers: tuple[Blocker, ...]
    capacity: Capacity | None
    waived: tuple[Duty, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.blockers


@dataclass(frozen=True)
class Lifecycle(Generic[S]):
    """A table of moves with the checks that hold for all its rows."""

    moves: tuple[Move[S], ...]
    stands: Callable[[S, Move[S], Circumstances], Iterator[Blocker]]
    duties: Callable[[S, Move[S], Circumstances, Capacity], Iterator[Duty]] = lambda *_: iter(())
    waivers: Callable[[S], tuple[Waiver, ...]] = lambda _subject: ()
    prefix: str = ""  # what sets its commands apart from those of other tables
    by_code: Mapping[str, Move[S]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", {move.code: move for move in self.moves})

    def name(self, move: Move[S]) -> str:
        """Name a row among the rows of all tables."""
        return f"{self.prefix}{move.code}"

    def choices(self, command: str) -> tuple[Move[S], ...]:
        """Give the rows of a command, one per choice."""
        return tuple(move for move in self.moves if move.command == command)

    def examine(self, move: Move[S], subject: S, circumstances: Circumstances) -> Verdict[S]:
        """Say whether the caller may make this move now, and why not. Needs no input."""
        capacity, not_who = _capacity_for(move, subject, circumstances)
        blockers = [*not_who, *self.stands(subject, move, circumstances)]
        if capacity is None:
            return Verdict(tuple(blockers), None)
        joined = tuple(self.duties(subject, move, circumstances, capacity))
        let_through = tuple(
            duty for duty in joined if waived(duty, circumstances.person, self.waivers(subject), circumstances.today)
        )
        blockers += [refused(duty) for duty in joined if duty not in let_through]
        for guard in move.guards:
            blockers += guard(subject, circumstances, capacity)
        return Verdict(tuple(blockers), capacity, let_through)

    def decide(self, move: Move[S], subject: S, command: Command, circumstances: Circumstances) -> Decided:
        """Make the move: the bodies of its events and the actor they are written for.

        Raises Refused with every blocker, or InvalidInput from the row's own decision.
        """
        verdict = self.examine(move, subject, circumstances)
        if verdict.capacity is None or verdict.blockers:
            raise Refused(*verdict.blockers)
        actor = acting(circumstances.person, verdict.capacity)
        facts = move.decide(subject, command, circumstances, actor)
        return Decided(
            actor,
            tuple(_dressed(fact, command, verdict.waived) for fact in facts if not isinstance(fact, Elsewhere)),
            tuple(
                replace(fact, body=_dressed(fact.body, command, verdict.waived))
                for fact in facts
                if isinstance(fact, Elsewhere)
            ),
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """The outcome of a move: who acted, what happened, and what other streams are told of it."""

    actor: Actor
    bodies: tuple[Body, ...]
    elsewhere: tuple[Elsewhere, ...] = ()


def acting(person: UUID, capacity: Capacity) -> Actor:
    """Give the person in a capacity as events name her."""
    return Actor(
        person=person,
        role=capacity.role,
        agency=capacity.agency,
        region=capacity.region,
        office=capacity.office,
        letter=capacity.letter,
    )


def _dressed(body: Body, command: Command, let_through: tuple[Duty, ...]) -> Body:
    """Add to a body what every command may carry."""
    return msgspec.structs.replace(
        body,
        note=body.note or command.note,
        evidence=body.evidence or command.evidence,
        legal_basis=body.legal_basis or command.legal_basis,
        waived=tuple(str(duty) for duty in (*let_through, *body.waived)),
    )


def _capacity_for(
    move: Move[S], subject: S, circumstances: Circumstances
) -> tuple[Capacity | None, tuple[Blocker, ...]]:
    """Find the capacity the caller would act in: the one asked for, else her own, else the only delegation."""
    for who in move.by:
        fitting = [c for c in circumstances.capacities if who.fits(subject, c, circumstances.person)]
        if circumstances.acting_for is not None:
            fitting = [c for c in fitting if c.office == circumstances.acting_for]
        own = [c for c in fitting if c.letter is None]
        chosen = own[:1] or fitting
        if len({c.office for c in chosen}) > 1:
            return None, (Blocker("office.ambiguous", {"offices": ", ".join(sorted({c.office for c in chosen}))}),)
        if chosen:
            return chosen[0], ()
    return None, (Blocker("role.required", {"roles": ", ".join(who.name for who in move.by)}),)
