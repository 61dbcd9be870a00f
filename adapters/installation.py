"""A real installation: founded once, with its region, its first agency and its first administrator."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from uuid import uuid4

from adapters.demo.governments import MARK
from adapters.passwords import hash_password
from adapters.postgres import directory
from adapters.wiring import Desk
from application.founding import found
from application.ledger import finish
from domain.office.events import RoleGranted
from domain.people import Agency, Region, Role

ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


class Use(StrEnum):
    """What a database is used for; a demonstration and a real one never become each other."""

    NOTHING = "nothing"
    DEMONSTRATION = "demonstration"
    REAL = "real"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What a real installation begins with."""

    level: str
    region: str
    code: str
    zone: str
    agency: str
    username: str
    name: str
    password: str


def use_of(desk: Desk) -> Use:
    """Tell what the database is used for."""
    if directory.is_marked(desk.connection, MARK):
        return Use.DEMONSTRATION
    used = bool(desk.house.directory().regions) or finish(desk.log.head()) > 0
    return Use.REAL if used else Use.NOTHING


def install(desk: Desk, wanted: Installation) -> None:
    """Enter region, agency and administrator into an empty database; what she may do is her first event."""
    seat = _agency_id(wanted)  # its deciders sit at the first agency
    region = Region(
        code=wanted.code, name=f"{wanted.level.title()} {wanted.region}", zone=ZONES[wanted.zone], seat=seat
    )
    agency = Agency(id=seat, name=wanted.agency, region=region.code)
    admin = uuid4()
    with desk.connection.transaction():
        directory.enter_region(desk.connection, region)
        directory.enter_agency(desk.connection, agency)
        directory.enter_person(desk.connection, admin, wanted.name)
        directory.enter_account(desk.connection, wanted.username, admin, hash_password(wanted.password))
        role = RoleGranted(role=Role.ADMIN, agency=agency.id, region=region.code)
        finish(found(desk.house, admin, region.code, [role], on=desk.house.today(region.code)))


def _agency_id(wanted: Installation) -> str:
    return re.sub(r"[^a-z0-9]+", "-", f"{wanted.code} {wanted.agency}".lower()).strip("-")
