"""The table of moves on a person's offices: by an administrator, a delegation also by the office's holder."""

from __future__ import annotations

from collections.abc import Iterator

from domain.errors import Blocker, invalid
from domain.lifecycle import Circumstances, Lifecycle, Move, Who
from domain.office import commands as c
from domain.office import events as e
from domain.office.state import Held, Officer
from domain.people import DECIDERS, GRANTABLE, OFFICES, Actor, Capacity, Role, office_id
from domain.record import Body

ADMIN = Who[Officer]("admin", lambda _officer, capacity, _person: capacity.role is Role.ADMIN)
HOLDER = Who[Officer](
    "office_holder", lambda _officer, capacity, _person: capacity.role in OFFICES and capacity.letter is None
)


def not_for_oneself(officer: Officer, circumstances: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """Nobody gives or takes her own office, role or delegation."""
    if circumstances.subject_person == circumstances.person:
        yield Blocker("office.not_for_oneself")


def hold(officer: Officer, command: c.HoldOffice, circumstances: Circumstances, actor: Actor) -> tuple[Body, ...]:
    """Put the person in an office; that it has no other holder is a claim."""
    if command.role not in OFFICES:
        raise invalid("office.not_an_office", "/role", role=command.role)
    region = _region_of(command.agency, circumstances)
    _at_home(circumstances, actor, region, "/agency")
    office = office_id(command.role, command.agency, region)
    if any(held.office == office for held in officer.offices):
        raise invalid("office.already_held", "/role", office=office)
    return (
        e.OfficeHeld(office=office, role=command.role, agency=command.agency, region=region, letter=command.letter),
    )


def leave(officer: Officer, command: c.LeaveOffice, circumstances: Circumstances, actor: Actor) -> tuple[Body, ...]:
    """Leave an office that is held."""
    left = next((held for held in officer.offices if held.office == command.office), None)
    if left is None:
        raise invalid("office.not_held", "/office", office=command.office)
    _at_home(circumstances, actor, left.region, "/office")
    return (e.OfficeLeft(office=command.office, reason=command.reason),)


def grant(officer: Officer, command: c.GrantRole, circumstances: Circumstances, actor: Actor) -> tuple[Body, ...]:
    """Give a role that is not an office and not yet held."""
    if command.role not in GRANTABLE:
        raise invalid("office.not_a_role", "/role", role=command.role)
    held = _role_of(command, circumstances)
    _at_home(circumstances, actor, held.region, "/region" if command.region else "/agency")
    if held in officer.roles:
        raise invalid("office.role_already_granted", "/role", role=command.role)
    return (e.RoleGranted(role=held.role, agency=held.agency, region=held.region),)


def revoke(officer: Officer, command: c.RevokeRole, circumstances: Circumstances, actor: Actor) -> tuple[Body, ...]:
    """Take back a role that is held."""
    held = _role_of(command, circumstances)
    if held not in officer.roles:
        raise invalid("office.role_not_held", "/role", role=command.role)
    _at_home(circumstances, actor, held.region, "/region" if command.region else "/agency")
    return (e.RoleRevoked(role=held.role, agency=held.agency, region=held.region, reason=command.reason),)


def delegate(
    officer: Officer, command: c.GrantDelegation, circumstances: Circumstances, actor: Actor
) -> tuple[Body, ...]:
    """Let the person act for an office between two dates; a holder delegates her own office only."""
    role, place = _parsed(command.office)
    if command.ends_on < command.starts_on:
        raise invalid("input.period_reversed", "/ends_on")
    if actor.role is not Role.ADMIN and actor.office != command.office:
        raise invalid("office.not_yours", "/office", office=command.office)
    if any(d.office == command.office and d.ends_on >= command.starts_on for d in officer.delegations):
        raise invalid("office.already_delegated", "/office", office=command.office)
    agency, region = _seat(role, place, circumstances)
    _at_home(circumstances, actor, region, "/office")
    return (
        e.DelegationGranted(
            office=command.office,
            role=role,
            agency=agency,
            region=region,
            kind=command.kind,
            letter=command.letter,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
        ),
    )


def end(officer: Officer, command: c.EndDelegation, circumstances: Circumstances, actor: Actor) -> tuple[Body, ...]:
    """End a delegation; a holder ends those of her own office only."""
    ended = next((d for d in officer.delegations if d.office == command.office), None)
    if ended is None:
        raise invalid("office.not_delegated", "/office", office=command.office)
    _at_home(circumstances, actor, ended.region, "/office")
    if actor.role is not Role.ADMIN and actor.office != command.office:
        raise invalid("office.not_yours", "/office", office=command.office)
    return (e.DelegationEnded(office=command.office, reason=command.reason),)


def _at_home(circumstances: Circumstances, actor: Actor, region: str, pointer: str) -> None:
    """Keep an administrator to what is held in the regions she administers."""
    hers = {capacity.region for capacity in circumstances.capacities if capacity.role is Role.ADMIN}
    if actor.role is Role.ADMIN and region not in hers:
        raise invalid("office.elsewhere", pointer, region=region)


def _role_of(command: c.GrantRole | c.RevokeRole, circumstances: Circumstances) -> Held:
    region = _region_of(command.agency, circumstances)
    if command.region is not None and command.region not in circumstances.regions:
        raise invalid("region.unknown", "/region", region=command.region)
    return Held(role=command.role, agency=command.agency, region=command.region or region)


def _region_of(agency: str, circumstances: Circumstances) -> str:
    known = circumstances.agencies.get(agency)
    if known is None:
        raise invalid("agency.unknown", "/agency", agency=agency)
    return known.region


def _parsed(office: str) -> tuple[Role, str]:
    role, _, place = office.partition(":")
    if role not in OFFICES or not place:
        raise invalid("office.unknown", "/office", office=office)
    return Role(role), place


def _seat(role: Role, place: str, circumstances: Circumstances) -> tuple[str, str]:
    """Give the agency and region of an office id: a decider's office names the region, others the agency."""
    if role in DECIDERS:
        if place not in circumstances.regions:
            raise invalid("office.unknown", "/office", office=f"{role}:{place}")
        seat = circumstances.regions[place].seat
        if seat is None:
            raise invalid("office.no_seat", "/office", region=place)
        return seat, place
    if place not in circumstances.agencies:
        raise invalid("office.unknown", "/office", office=f"{role}:{place}")
    return place, circumstances.agencies[place].region


def _unhindered(_officer: Officer, _move: Move[Officer], _circumstances: Circumstances) -> Iterator[Blocker]:
    return iter(())


OFFICE_LIFECYCLE = Lifecycle[Officer](
    moves=(
        Move("hold_office", body=c.HoldOffice, decide=hold, by=(ADMIN,), guards=(not_for_oneself,)),
        Move("leave_office", body=c.LeaveOffice, decide=leave, by=(ADMIN,), guards=(not_for_oneself,)),
        Move("grant_role", body=c.GrantRole, decide=grant, by=(ADMIN,), guards=(not_for_oneself,)),
        Move("revoke_role", body=c.RevokeRole, decide=revoke, by=(ADMIN,), guards=(not_for_oneself,)),
        Move(
            "grant_delegation", body=c.GrantDelegation, decide=delegate, by=(ADMIN, HOLDER), guards=(not_for_oneself,)
        ),
        Move("end_delegation", body=c.EndDelegation, decide=end, by=(ADMIN, HOLDER), guards=(not_for_oneself,)),
    ),
    stands=_unhindered,
)
