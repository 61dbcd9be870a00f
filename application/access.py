"""Who may see a case: judged on the case as it is now, also for its past. What she may do is the table's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from domain.innovation.state import Innovation
from domain.office.state import Officer
from domain.people import DECIDERS, Agency, Capacity, Role
from domain.replication.state import Replication


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person and what she may act as today."""

    person: UUID
    capacities: tuple[Capacity, ...]
    outside: frozenset[str] = frozenset()

    @classmethod
    def of(cls, person: UUID, officer: Officer, today: date, agencies: Mapping[str, Agency]) -> Viewer:
        """Give the viewer for a person's offices on a day."""
        capacities = officer.capacities(today)
        outside = {c.agency for c in capacities if c.agency in agencies and agencies[c.agency].outside}
        return cls(person, capacities, frozenset(outside))

    def regions(self, *roles: Role) -> list[str]:
        """Give the regions in which she has one of the roles."""
        return sorted({c.region for c in self.capacities if c.role in roles})

    @property
    def all_regions(self) -> list[str]:
        """Regions whose drafts she sees too: coordinators, deciders and auditors."""
        return self.regions(Role.COORDINATOR, Role.AUDITOR, Role.IMPORTER, *DECIDERS)

    @property
    def official_regions(self) -> list[str]:
        """Regions whose submitted cases she sees: every office and role of the government but the administrator's."""
        return sorted({c.region for c in self.capacities if c.role is not Role.ADMIN and c.agency not in self.outside})

    @property
    def agencies(self) -> list[str]:
        return sorted({c.agency for c in self.capacities if c.role is not Role.ADMIN})

    @property
    def headed(self) -> list[str]:
        return sorted({c.agency for c in self.capacities if c.role is Role.AGENCY_HEAD})


class Sight(StrEnum):
    """How much of a case somebody may know."""

    NONE = "none"
    KIT = "kit"  # its profile and its replication kit
    FULL = "full"


def sight(case: Innovation, viewer: Viewer) -> Sight:
    """Tell how much of a case the viewer may know; its kit is for everybody who is signed in."""
    insider = viewer.person in case.team or viewer.person == case.coach
    over_all = case.region in viewer.all_regions
    head = case.agency in viewer.headed or (isinstance(case.profile.unit, str) and case.profile.unit in viewer.headed)
    partner = any(agency in case.partners for agency in viewer.agencies)
    colleague = case.submitted_before and case.region in viewer.official_regions
    receiving = case.offered_to in viewer.headed
    judging = case.evaluation is not None and viewer.person in case.evaluation.evaluators
    if insider or over_all or head or partner or colleague or receiving or judging:
        return Sight.FULL
    return Sight.NONE if case.kit is None or not viewer.official_regions else Sight.KIT


def may_see(case: Innovation, viewer: Viewer) -> bool:
    """Tell whether the viewer may know all of the case."""
    return sight(case, viewer) is Sight.FULL


def may_see_copy(copy: Replication, case: Innovation, viewer: Viewer) -> bool:
    """Tell whether the viewer may know of a replication: on the origin's side or on the adopter's."""
    adopting = viewer.person in copy.team or copy.region in viewer.official_regions
    return adopting or copy.region in viewer.all_regions or may_see(case, viewer)
