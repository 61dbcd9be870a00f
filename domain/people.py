"""People as the log knows them: a person acting in a capacity. Names live in the directory, outside the log."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from domain.value import Value


class Role(StrEnum):
    """In what capacity somebody acts. The first group is granted, the second comes with an office."""

    OFFICIAL = "official"
    COACH = "coach"
    VERIFIER = "verifier"
    COORDINATOR = "coordinator"
    FACILITATOR = "facilitator"
    EVALUATOR = "evaluator"
    AUDITOR = "auditor"
    ADMIN = "admin"
    IMPORTER = "importer"

    AGENCY_HEAD = "agency_head"
    REGIONAL_SECRETARY = "regional_secretary"
    HEAD_OF_REGION = "head_of_region"

    SYSTEM = "system"


OFFICES = frozenset({Role.AGENCY_HEAD, Role.REGIONAL_SECRETARY, Role.HEAD_OF_REGION})
"""Roles that are offices: one holder at a time, may be delegated (Plt, Plh)."""
GRANTABLE = frozenset(Role) - OFFICES - {Role.SYSTEM}
DECIDERS = frozenset({Role.REGIONAL_SECRETARY, Role.HEAD_OF_REGION})


class Part(StrEnum):
    """A part played in one case. Four different persons play the four parts."""

    INNOVATOR = "innovator"
    COACH = "coach"
    ENDORSER = "endorser"
    DECIDER = "decider"


class Capacity(Value, frozen=True, kw_only=True):
    """What somebody may act as: a role at an agency, by herself or for an office by delegation."""

    role: Role
    agency: str
    region: str
    letter: str | None = None  # the delegation letter when acting for the office's holder
    kind: str | None = None  # and as what: plh or plt

    @property
    def office(self) -> str:
        """The office id, e.g. `agency_head:ka-dinkes` or `regional_secretary:KA`."""
        return office_id(self.role, self.agency, self.region)


def office_id(role: Role, agency: str, region: str) -> str:
    """Name an office: deciders sit for a region, everybody else at an agency."""
    return f"{role}:{region if role in DECIDERS else agency}"


class Actor(Value, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who did it, as written into every event."""

    person: UUID
    role: Role
    agency: str
    region: str
    office: str
    letter: str | None = None


class Agency(Value, frozen=True, kw_only=True):
    """An agency, service unit or outside organisation, as one dated row of the directory says."""

    id: str
    name: str
    region: str
    parent: str | None = None
    valid_from: date = date.min
    entered_at: int = 0  # the position of the log when the row was entered
    outside: bool = False  # no part of the government: a university, a firm, a radio station


class Region(Value, frozen=True, kw_only=True):
    """A province, kabupaten or kota: the tenant."""

    code: str
    name: str
    zone: str
    read_only: bool = False
    seat: str | None = None  # the agency its deciders sit at
