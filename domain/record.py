"""What is written: the body of an event, its envelope, and the event as the log gives it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from domain.codes import LegalBasisType
from domain.people import Actor
from domain.text import Line
from domain.value import Value


class LegalBasis(Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A regulation, decree or letter something rests on."""

    type: LegalBasisType
    number: Line
    date: date
    title: Line | None = None


class Body(Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What happened: the base of every event body. `stored_as` is its name in the log, for ever."""

    stored_as: ClassVar[str]

    note: str | None = None
    evidence: tuple[UUID, ...] = ()
    legal_basis: tuple[LegalBasis, ...] = ()
    waived: tuple[str, ...] = ()  # duties a waiver let through


class RulebookRef(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules a decision was taken under."""

    id: str
    version: int
    digest: str


class Envelope(Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who, when and why around a body: the same for every event of a command."""

    actor: Actor
    occurred_on: date
    correlation: UUID
    causation: UUID
    rulebook: RulebookRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An event decided and stamped, not yet in the log."""

    originator_id: UUID
    originator_version: int
    region: str
    command_id: UUID
    envelope: Envelope
    body: Body


class Recorded(Value, frozen=True, kw_only=True):
    """An event of the log: its columns, its envelope and its body. Every fold takes this."""

    stream: UUID
    version: int
    position: int
    region: str
    recorded_at: datetime
    command_id: UUID
    case_number: str | None
    envelope: Envelope
    body: Body

    @property
    def originator_id(self) -> UUID:
        return self.stream

    @property
    def originator_version(self) -> int:
        return self.version

    @property
    def actor(self) -> Actor:
        return self.envelope.actor

    @property
    def occurred_on(self) -> date:
        return self.envelope.occurred_on
