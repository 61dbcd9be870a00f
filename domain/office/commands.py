"""The commands about a person's offices, roles and delegations."""

from __future__ import annotations

from datetime import date

from domain.command import Command, Decision
from domain.office.events import DelegationKind
from domain.people import Role
from domain.text import Code, Line


class HoldOffice(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Put the person in an office. `agency` is the agency headed, or the secretariat of a decider."""

    role: Role
    agency: Code
    letter: Line


class LeaveOffice(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The person leaves an office."""

    office: Code


class GrantRole(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give the person a role; `region` when it is not the agency's own (auditors)."""

    role: Role
    agency: Code
    region: Code | None = None


class RevokeRole(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take a role back."""

    role: Role
    agency: Code
    region: Code | None = None


class GrantDelegation(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Let the person act for an office between two dates, both included."""

    office: Code
    kind: DelegationKind
    letter: Line
    starts_on: date
    ends_on: date


class EndDelegation(Decision, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End a delegation before its time."""

    office: Code
