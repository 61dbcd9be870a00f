"""What can happen to a person's offices: the bodies of its events."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar

from domain.people import Role
from domain.record import Body


class DelegationKind(StrEnum):
    """Plt acts while the office is vacant, Plh while its holder is away."""

    PLT = "plt"
    PLH = "plh"


class OfficeHeld(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The person holds an office."""

    stored_as: ClassVar[str] = "office.held.v1"
    office: str
    role: Role
    agency: str
    region: str
    letter: str


class OfficeLeft(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The person holds the office no longer."""

    stored_as: ClassVar[str] = "office.left.v1"
    office: str
    reason: str


class RoleGranted(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The person has a role at an agency, for a region."""

    stored_as: ClassVar[str] = "office.role_granted.v1"
    role: Role
    agency: str
    region: str


class RoleRevoked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The person has the role no longer."""

    stored_as: ClassVar[str] = "office.role_revoked.v1"
    role: Role
    agency: str
    region: str
    reason: str


class DelegationGranted(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The person acts for an office between two dates, both included."""

    stored_as: ClassVar[str] = "office.delegation_granted.v1"
    office: str
    role: Role
    agency: str
    region: str
    kind: DelegationKind
    letter: str
    starts_on: date
    ends_on: date


class DelegationEnded(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The person acts for the office no longer."""

    stored_as: ClassVar[str] = "office.delegation_ended.v1"
    office: str
    reason: str


Event = OfficeHeld | OfficeLeft | RoleGranted | RoleRevoked | DelegationGranted | DelegationEnded
"""Everything that can happen to a person's offices."""
