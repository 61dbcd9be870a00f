"""What several chapters ask of persons, agencies and days."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec
from msgspec import UNSET

from domain.codes import Place, Stage
from domain.duties import Duty, joined, refused, waived
from domain.errors import Refused, invalid
from domain.innovation.profile import Profile, told
from domain.innovation.state import Innovation
from domain.lifecycle import Circumstances
from domain.people import Capacity, Part, Role


def named_innovator(case: Innovation, person: UUID, agency: str, now: Circumstances, pointer: str) -> tuple[str, ...]:
    """Check a person named for the team: an official of the agency who plays no other part."""
    check_official(person, agency, now, pointer)
    return named_apart(case, person, Part.INNOVATOR, now, pointer)


def check_official(person: UUID, agency: str, now: Circumstances, pointer: str) -> None:
    """The person named is an official of an agency."""
    roles = known(person, now, pointer)
    if not any(cap.role is Role.OFFICIAL and of_agency(cap.agency, agency, now) for cap in roles):
        raise invalid("team.not_of_agency", pointer, agency=agency)


def known(person: UUID, now: Circumstances, pointer: str) -> tuple[Capacity, ...]:
    """Give what a person named may act as today; refuse somebody who never was anything."""
    if person not in now.named:
        raise invalid("person.unknown", pointer)
    return now.named[person]


def of_agency(unit: str, agency: str, now: Circumstances) -> bool:
    """Tell whether an agency is another one or a unit below it."""
    known = now.agencies.get(unit)
    return unit == agency or (known is not None and known.parent == agency)


def named_apart(case: Innovation, person: UUID, taking: Part, now: Circumstances, pointer: str) -> tuple[str, ...]:
    """Give the duties a waiver lets the named person join; refuse when one is not waived."""
    duties: tuple[Duty, ...] = tuple(joined(person, taking, case.parts))
    not_waived = [d for d in duties if not waived(d, person, case.waivers, now.today)]
    if not_waived:
        raise Refused(*(refused(duty, pointer=pointer) for duty in not_waived))
    return tuple(str(duty) for duty in duties)


def owned(agency: str, profile: Profile, now: Circumstances) -> tuple[str, Profile]:
    """Give the owner and profile of a case begun at `agency`: a unit's case is owned by the agency above it."""
    known = now.agencies.get(agency)
    owner = known.parent if known and known.parent else agency
    if owner != agency and profile.unit is UNSET:
        profile = msgspec.structs.replace(profile, unit=agency)
    check_unit(profile, owner, now)
    return owner, profile


def check_unit(profile: Profile, agency: str, now: Circumstances) -> None:
    """The unit named lies below the owner agency."""
    unit = told(profile).get("unit")
    if unit is not None and not of_agency(unit, agency, now):
        raise invalid("unit.not_of_agency", "/unit", unit=unit)


def check_started(profile: Profile, place: Place, now: Circumstances, pointer: str = "/started_on") -> None:
    """A case past its plans does not begin in days to come."""
    day = told(profile).get("started_on")
    planned = place.stage is Stage.IDEA or place is Place.PILOT_APPROVED
    if day is not None and day > now.today and not planned:
        raise invalid("input.future_date", pointer)


def check_ahead(day: date, now: Circumstances, pointer: str) -> None:
    """Refuse a day that is not ahead."""
    if day <= now.today:
        raise invalid("input.past_date", pointer)
