"""Duties kept apart: four parts, four persons, whoever holds which account, role or delegation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from uuid import UUID

from domain.errors import Blocker
from domain.people import Part
from domain.value import Value


class Duty(StrEnum):
    """The closed list of what a waiver may name; a refusal's code is `duty.<name>`."""

    INNOVATOR_COACH = "innovator_coach"
    INNOVATOR_ENDORSER = "innovator_endorser"
    INNOVATOR_DECIDER = "innovator_decider"
    COACH_ENDORSER = "coach_endorser"
    COACH_DECIDER = "coach_decider"
    ENDORSER_DECIDER = "endorser_decider"
    VERIFIER_OWNER_AGENCY = "verifier_owner_agency"
    EVALUATOR_OWNER_AGENCY = "evaluator_owner_agency"
    EVALUATOR_COACH = "evaluator_coach"
    PUBLISHER_INNOVATOR = "publisher_innovator"
    REPLICATION_BEFORE_EVALUATION = "replication_before_evaluation"


class Waiver(Value, frozen=True, kw_only=True):
    """The regional secretary lets one person join two duties in one case, until a date."""

    duty: Duty
    person: UUID
    until: date


Parts = Mapping[Part, frozenset[UUID]]
_ORDER = tuple(Part)


def between(one: Part, other: Part) -> Duty:
    """Name the duty that keeps two parts apart."""
    first, second = sorted((one, other), key=_ORDER.index)
    return Duty(f"{first}_{second}")


def waived(duty: Duty, person: UUID, waivers: tuple[Waiver, ...], today: date) -> bool:
    """Tell whether a waiver in force lets this person join this duty."""
    return any(w.duty == duty and w.person == person and today <= w.until for w in waivers)


def joined(person: UUID, taking: Part, parts: Parts) -> Iterator[Duty]:
    """Give the duties a person would join by taking a part, before any waiver."""
    for part in _ORDER:
        if part is not taking and person in parts.get(part, frozenset()):
            yield between(part, taking)


def refused(duty: Duty, *, pointer: str | None = None) -> Blocker:
    """Give the refusal for a duty."""
    return Blocker(f"duty.{duty}", {}, pointer)
