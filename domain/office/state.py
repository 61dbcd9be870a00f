"""A person's offices, roles and delegations, folded from her stream. No rule stands here."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never, cast
from uuid import UUID, uuid5

from msgspec.structs import replace

from domain.office import events as e
from domain.people import Capacity, Role, office_id
from domain.value import Value

if TYPE_CHECKING:
    from domain.record import Recorded

OFFICE_STREAMS = UUID("5d0c3f1e-6d0a-5b0e-9f57-2a1d8c7be001")
"""The namespace in which a person's id becomes her stream's id."""
STREAMS_KEPT_MAX = 10_000


@lru_cache(maxsize=STREAMS_KEPT_MAX)
def stream_of(person: UUID) -> UUID:
    """Give the stream that holds a person's offices: found without any view."""
    return uuid5(OFFICE_STREAMS, str(person))


class Held(Value, frozen=True, kw_only=True):
    """A role or office held in one's own right."""

    role: Role
    agency: str
    region: str
    letter: str | None = None

    @property
    def office(self) -> str:
        return office_id(self.role, self.agency, self.region)


class Delegation(Value, frozen=True, kw_only=True):
    """An office acted for."""

    office: str
    role: Role
    agency: str
    region: str
    kind: e.DelegationKind
    letter: str
    starts_on: date
    ends_on: date


class Officer(Value, frozen=True, kw_only=True):
    """What a person may act as, at a version of her stream."""

    id: UUID
    version: int = 0
    region: str = ""
    roles: tuple[Held, ...] = ()
    offices: tuple[Held, ...] = ()
    delegations: tuple[Delegation, ...] = ()

    def capacities(self, today: date) -> tuple[Capacity, ...]:
        """Give every capacity in force on a day: own roles, own offices, then delegations."""
        own = [Capacity(role=h.role, agency=h.agency, region=h.region) for h in (*self.roles, *self.offices)]
        acting = [
            Capacity(role=d.role, agency=d.agency, region=d.region, letter=d.letter, kind=d.kind)
            for d in self.delegations
            if d.starts_on <= today <= d.ends_on
        ]
        return (*own, *acting)


def evolve(officer: Officer | None, recorded: Recorded) -> Officer:
    """Apply one event."""
    now = officer or Officer(id=recorded.stream, region=recorded.region)
    return replace(_applied(now, recorded), version=recorded.version)


def _applied(officer: Officer, recorded: Recorded) -> Officer:
    body = cast("e.Event", recorded.body)
    match body:
        case e.OfficeHeld():
            held = Held(role=body.role, agency=body.agency, region=body.region, letter=body.letter)
            return replace(officer, offices=(*officer.offices, held))
        case e.OfficeLeft():
            return replace(officer, offices=tuple(h for h in officer.offices if h.office != body.office))
        case e.RoleGranted():
            held = Held(role=body.role, agency=body.agency, region=body.region)
            return replace(officer, roles=(*officer.roles, held))
        case e.RoleRevoked():
            gone = Held(role=body.role, agency=body.agency, region=body.region)
            return replace(officer, roles=tuple(h for h in officer.roles if h != gone))
        case e.DelegationGranted():
            delegation = Delegation(
                office=body.office,
                role=body.role,
                agency=body.agency,
                region=body.region,
                kind=body.kind,
                letter=body.letter,
                starts_on=body.starts_on,
                ends_on=body.ends_on,
            )
            return replace(officer, delegations=(*officer.delegations, delegation))
        case e.DelegationEnded():
            left = tuple(d for d in officer.delegations if d.office != body.office)
            return replace(officer, delegations=left)
        case _:
            assert_never(body)
