"""Before anybody holds an office: the first facts about people, written by the actor `system` at installation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from application.house import House
from application.ports import Claim, Unit
from application.streams import OFFICE, load
from domain.office.events import OfficeHeld
from domain.office.state import stream_of
from domain.people import Actor, Role
from domain.record import Body, Envelope, Pending

SYSTEM = UUID(int=0)


async def found(house: House, person: UUID, region: str, bodies: Iterable[Body], *, on: date) -> None:
    """Write what a person is at installation; only as long as nothing is known of her."""
    stream, command_id = stream_of(person), house.new_id()
    if await load(house, OFFICE, stream) is not None:
        return
    actor = Actor(person=SYSTEM, role=Role.SYSTEM, agency="", region=region, office="system")
    envelope = Envelope(actor=actor, occurred_on=on, correlation=command_id, causation=command_id)
    facts = tuple(bodies)
    events = tuple(
        Pending(
            originator_id=stream,
            originator_version=version,
            region=region,
            command_id=command_id,
            envelope=envelope,
            body=body,
        )
        for version, body in enumerate(facts, start=1)
    )
    held = [body for body in facts if isinstance(body, OfficeHeld)]
    claims = tuple(Claim("office", body.region, body.office, stream) for body in held)
    await house.log.append(Unit(command_id=command_id, events=events, reads={}, claims=claims))
