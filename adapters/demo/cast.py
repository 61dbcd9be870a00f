"""Who plays in invented lives: the people of every invented region, by what they do in it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from adapters.demo.governments import person_id
from domain.people import Role

MAY_LEAD = frozenset({Role.OFFICIAL, Role.EVALUATOR})
"""Whoever is nothing else may have ideas of her own, and copy those of others."""


@dataclass(frozen=True, slots=True)
class Owner:
    """An agency that has ideas: its head, and the officials who play no other part."""

    agency: str
    head: UUID
    officials: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Adopter:
    """An agency or unit that copies the ideas of others, and the officials who do it."""

    agency: str
    region: str
    officials: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of a region by what they do in it."""

    region: str
    owners: tuple[Owner, ...]
    adopters: tuple[Adopter, ...]
    coaches: tuple[UUID, ...]
    holders: dict[Role, UUID]
    partners: tuple[tuple[str, UUID], ...]  # agencies with an officer who can say yes


@dataclass(frozen=True, slots=True)
class Evaluator:
    """A person who may sit on panels, and the agencies she belongs to."""

    person: UUID
    agencies: frozenset[str]


@cache
def plan() -> dict[str, Any]:
    """Give the governments' own plan."""
    return tomllib.loads((files("adapters.demo") / "governments.toml").read_text(encoding="utf-8"))


@cache
def casts() -> tuple[Cast, ...]:
    """Give the cast of every invented region."""
    return tuple(_cast(region["code"]) for region in plan()["region"])


def evaluators() -> tuple[Evaluator, ...]:
    """Give everybody of the plan who may sit on panels."""
    return tuple(
        Evaluator(person_id(key), frozenset(agency for _, agency, *_ in person["roles"]))
        for key, person in plan()["people"].items()
        if any(role == Role.EVALUATOR for role, *_ in person.get("roles", ()))
    )


def _cast(region: str) -> Cast:
    people, of = plan()["people"], {agency: row[0] for agency, row in plan()["agencies"].items()}
    roles = [(person_id(k), r, a) for k, p in people.items() for r, a, *_ in p.get("roles", ()) if of[a] == region]
    seats = [(person_id(k), r, a) for k, p in people.items() for r, a, _ in p.get("offices", ()) if of[a] == region]
    busy = {person for person, role, _ in (*roles, *seats) if role not in MAY_LEAD}
    busy |= {person_id(key) for key, person in people.items() if person.get("delegations")}
    officials = [(person, agency) for person, role, agency in roles if role == Role.OFFICIAL]
    free = _by_agency((person, agency) for person, agency in officials if person not in busy)
    heads = [(head, agency) for head, role, agency in seats if role == Role.AGENCY_HEAD]
    return Cast(
        region=region,
        owners=tuple(Owner(agency, head, free[agency]) for head, agency in heads if agency in free),
        adopters=tuple(Adopter(a, region, those) for a, those in free.items() if a not in plan()["outside"]),
        coaches=tuple(person for person, role, _ in roles if role == Role.COACH),
        holders={Role(role): person for person, role, _ in (*roles, *seats)},
        partners=tuple({agency: (agency, person) for person, agency in officials}.values()),
    )


def _by_agency(officials: Iterable[tuple[UUID, str]]) -> dict[str, tuple[UUID, ...]]:
    found: dict[str, tuple[UUID, ...]] = {}
    for person, agency in officials:
        found[agency] = (*found.get(agency, ()), person)
    return found
