"""Found the invented governments: directory rows, accounts, and what each person is from the first day."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid5

from adapters.passwords import hash_password
from adapters.postgres import directory
from adapters.wiring import Desk
from application.founding import found
from application.ledger import finish
from domain.office.events import DelegationGranted, DelegationKind, OfficeHeld, RoleGranted
from domain.people import DECIDERS, Agency, Region, Role, office_id
from domain.record import Body

PASSWORD = "jejak-demo"  # noqa: S105  public on purpose; only ever in a demonstration database
PEOPLE = UUID("7d1f6f0a-3f0e-5a51-9a39-0f5d0a6b1c02")
MARK = "demonstration"
WITHOUT_PASSWORD = frozenset({"impor"})


def person_id(key: str) -> UUID:
    """Give the id of an invented person; the same in every demonstration."""
    return uuid5(PEOPLE, key)


def found_governments(desk: Desk, *, on: date) -> None:
    """Enter regions, agencies, people and their offices."""
    plan = tomllib.loads((files("adapters.demo") / "governments.toml").read_text(encoding="utf-8"))
    with desk.connection.transaction():
        for region in plan["region"]:
            directory.enter_region(desk.connection, Region(**region))
        for agency, (region, name, *parent) in plan["agencies"].items():
            entered = Agency(
                id=agency,
                name=name,
                region=region,
                parent=parent[0] if parent else None,
                outside=agency in plan["outside"],
            )
            directory.enter_agency(desk.connection, entered)
        hashed = hash_password(PASSWORD)
        for key, person in plan["people"].items():
            directory.enter_person(desk.connection, person_id(key), person["name"])
            for account in (key, *person.get("also", ())):
                secret = None if account in WITHOUT_PASSWORD else hashed
                directory.enter_account(desk.connection, account, person_id(key), secret)
        directory.mark(desk.connection, MARK)
    regions = {agency: row[0] for agency, row in plan["agencies"].items()}
    for key, person in plan["people"].items():
        facts = _facts(person, regions)
        home = facts[0].region  # type: ignore[attr-defined]
        finish(found(desk.house, person_id(key), home, facts, on=on))


def _facts(person: dict[str, Any], regions: dict[str, str]) -> list[Body]:
    facts: list[Body] = []
    for role, agency, *region in person.get("roles", ()):
        facts.append(RoleGranted(role=Role(role), agency=agency, region=region[0] if region else regions[agency]))
    for role, agency, letter in person.get("offices", ()):
        region = regions[agency]
        office = office_id(Role(role), agency, region)
        facts.append(OfficeHeld(office=office, role=Role(role), agency=agency, region=region, letter=letter))
    for office, kind, letter, starts_on, ends_on in person.get("delegations", ()):
        role, _, place = office.partition(":")
        assert Role(role) not in DECIDERS
        facts.append(
            DelegationGranted(
                office=office,
                role=Role(role),
                agency=place,
                region=regions[place],
                kind=DelegationKind(kind),
                letter=letter,
                starts_on=starts_on,
                ends_on=ends_on,
            )
        )
    return facts
