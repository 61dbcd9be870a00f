"""In whose name a command is given, and over which accounts that person has a say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

import typer

from adapters.postgres import directory
from adapters.settings import Settings
from adapters.wiring import Desk, database, evidence_store, open_desk
from application.ledger import finish
from application.streams import officer
from domain.errors import Blocker, Refused
from domain.office.state import Officer
from domain.people import Role

As = Annotated[str, typer.Option("--as", help="Nama pengguna Anda / your own username")]


@contextmanager
def own_desk() -> Iterator[Desk]:
    """Open the desk on the database of this installation."""
    settings = Settings()
    with database(settings) as url, open_desk(url, evidence_store(settings)) as desk:
        yield desk


def person_of(desk: Desk, username: str) -> UUID:
    """Give the person of an account."""
    person = directory.person_of(desk.connection, username)
    if person is None:
        raise Refused(Blocker("account.unknown", {"username": username}))
    return person


def who_acts(desk: Desk, acting: str) -> UUID:
    """Give the person of an account that acts: nothing is done any more in the name of a closed one."""
    person = person_of(desk, acting)
    if not directory.is_open(desk.connection, acting):
        raise Refused(Blocker("account.closed", {"username": acting}))
    return person


def officer_of(desk: Desk, person: UUID) -> Officer:
    """Give what a person may act as."""
    return finish(officer(desk.house, person))


def regions_of_admin(desk: Desk, acting: str) -> frozenset[str]:
    """Give the regions an account that acts administers; refused when there are none."""
    regions = _administered(desk, who_acts(desk, acting))
    if not regions:
        raise Refused(Blocker("role.required", {"roles": Role.ADMIN}))
    return regions


def managed(desk: Desk, acting: str, username: str) -> UUID:
    """Give the person of an account that is the administrator's to manage: of her regions, or of none yet."""
    regions, person = regions_of_admin(desk, acting), person_of(desk, username)
    them = officer_of(desk, person)
    theirs = {held.region for held in (*them.roles, *them.offices)} | {d.region for d in them.delegations}
    if theirs and not regions & theirs:
        raise Refused(Blocker("account.elsewhere", {"username": username}))
    return person


def check_not_last(desk: Desk, username: str) -> None:
    """Refuse to leave a region without an open account that may administer it."""
    accounts = directory.list_accounts(desk.connection)
    others = {row["person"] for row in accounts if row["open"] and row["username"] != username}
    left = frozenset[str]().union(*(_administered(desk, person) for person in others))
    if alone := _administered(desk, person_of(desk, username)) - left:
        raise Refused(Blocker("account.last_admin", {"username": username, "region": ", ".join(sorted(alone))}))


def _administered(desk: Desk, person: UUID) -> frozenset[str]:
    return frozenset(held.region for held in officer_of(desk, person).roles if held.role is Role.ADMIN)
