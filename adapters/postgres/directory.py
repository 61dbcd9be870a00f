"""The directory: regions, agencies, persons and accounts. Names live here, outside the log."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import TupleRow, dict_row, kwargs_row

from adapters.postgres.connect import lent
from adapters.postgres.event_log import Pool
from application.ports import Directory
from domain.people import Agency, Region

SELECT_REGIONS = "SELECT code, name, zone, read_only, seat FROM directory.regions"
SELECT_AGENCIES = "SELECT id, name, region, parent, outside, valid_from, entered_at FROM directory.agencies"
SELECT_NAMES = "SELECT id::text, name FROM directory.persons WHERE id = ANY(%s::uuid[])"
FRESH_SECONDS = 5.0
NAMES_KEPT_MAX = 50_000  # of persons nobody asked for in the last seconds
NEVER = ("", float("-inf"))
WIDEST_ZONE = ZoneInfo("Asia/Jayapura")  # where the day begins first


def read_directory(connection: psycopg.Connection[TupleRow]) -> Directory:
    """Give every region and agency."""
    with connection.cursor(row_factory=kwargs_row(Region)) as cursor:
        regions = cursor.execute(SELECT_REGIONS).fetchall()
    with connection.cursor(row_factory=kwargs_row(Agency)) as cursor:
        agencies = cursor.execute(SELECT_AGENCIES).fetchall()
    return Directory.of(regions, agencies, datetime.now(WIDEST_ZONE).date())


async def read_directory_of(pool: Pool) -> Directory:
    """Give every region and agency, on the request path."""
    async with lent(pool) as connection:
        async with connection.cursor(row_factory=kwargs_row(Region)) as cursor:
            regions = await (await cursor.execute(SELECT_REGIONS)).fetchall()
        async with connection.cursor(row_factory=kwargs_row(Agency)) as cursor:
            agencies = await (await cursor.execute(SELECT_AGENCIES)).fetchall()
    return Directory.of(regions, agencies, datetime.now(WIDEST_ZONE).date())


class PersonNames:
    """The names of persons, as they stood some seconds ago at most."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._kept: dict[str, tuple[str, float]] = {}  # by person; and until when it is fresh

    async def of(self, persons: Iterable[str]) -> dict[str, str]:
        """Give the names of persons by id; who has none is left out."""
        now, wanted = time.monotonic(), list(persons)
        known = {person: kept[0] for person in wanted if (kept := self._kept.get(person, NEVER))[1] >= now}
        unknown = [person for person in wanted if person not in known]
        if unknown:
            async with lent(self._pool) as connection:
                found = await (await connection.execute(SELECT_NAMES, [unknown])).fetchall()
            if len(self._kept) + len(found) > NAMES_KEPT_MAX:
                self._kept = {person: kept for person, kept in self._kept.items() if kept[1] >= now}
            self._kept |= {person: (name, now + FRESH_SECONDS) for person, name in found}
            known |= dict(found)
        return {person: known[person] for person in wanted if person in known}


def enter_region(connection: psycopg.Connection[TupleRow], region: Region) -> None:
    """Enter a region; one that is known stays as it is."""
    connection.execute(
        "INSERT INTO directory.regions (code, name, zone, read_only, seat) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        [region.code, region.name, region.zone, region.read_only, region.seat],
    )


def enter_agency(connection: psycopg.Connection[TupleRow], agency: Agency) -> None:
    """Enter an agency, service unit or outside organisation, or what it is called and belongs to from a day on."""
    connection.execute(
        "INSERT INTO directory.agencies (id, name, region, parent, outside, valid_from, entered_at)"
        " SELECT %s, %s, %s, %s, %s, %s, coalesce(max(position), 0) FROM log.events ON CONFLICT DO NOTHING",
        [agency.id, agency.name, agency.region, agency.parent, agency.outside, agency.valid_from],
    )


def enter_person(connection: psycopg.Connection[TupleRow], person: UUID, name: str) -> None:
    """Enter a person by her random id."""
    connection.execute(
        "INSERT INTO directory.persons (id, name) VALUES (%s, %s) ON CONFLICT DO NOTHING", [person, name]
    )


def enter_account(
    connection: psycopg.Connection[TupleRow], username: str, person: UUID, password_hash: str | None
) -> None:
    """Give a person an account; without a hash nobody can sign in with it."""
    connection.execute(
        "INSERT INTO directory.accounts (username, person, password_hash) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [username, person, password_hash],
    )


def person_names(connection: psycopg.Connection[TupleRow]) -> dict[UUID, str]:
    """Give what every person is called today."""
    return dict(connection.execute("SELECT id, name FROM directory.persons").fetchall())


def person_of(connection: psycopg.Connection[TupleRow], username: str) -> UUID | None:
    """Give the person of an account."""
    row = connection.execute("SELECT person FROM directory.accounts WHERE username = %s", [username]).fetchone()
    return row[0] if row else None


def is_open(connection: psycopg.Connection[TupleRow], username: str) -> bool:
    """Tell whether somebody can sign in with an account."""
    found = "SELECT FROM directory.accounts WHERE username = %s AND password_hash IS NOT NULL"
    return connection.execute(found, [username]).fetchone() is not None


def list_accounts(connection: psycopg.Connection[TupleRow]) -> list[dict[str, Any]]:
    """Give every account, whose it is and whether somebody can sign in with it."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT a.username, p.name, p.id AS person, a.password_hash IS NOT NULL AS open"
            " FROM directory.accounts AS a JOIN directory.persons AS p ON p.id = a.person ORDER BY a.username"
        ).fetchall()


def list_sessions(connection: psycopg.Connection[TupleRow]) -> list[dict[str, Any]]:
    """Give every session that has not ended."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT username, expires_at FROM desk.sessions WHERE expires_at > clock_timestamp()"
            " ORDER BY username, expires_at"
        ).fetchall()


def set_password(connection: psycopg.Connection[TupleRow], username: str, password_hash: str | None) -> None:
    """Change what an account is opened with; None closes it."""
    connection.execute(
        "UPDATE directory.accounts SET password_hash = %s WHERE username = %s", [password_hash, username]
    )


def end_sessions(connection: psycopg.Connection[TupleRow], username: str) -> int:
    """End every session of an account and give their number."""
    return connection.execute("DELETE FROM desk.sessions WHERE username = %s", [username]).rowcount


def is_marked(connection: psycopg.Connection[TupleRow], name: str) -> bool:
    """Tell whether the database carries a mark, such as `demonstration`."""
    return connection.execute("SELECT FROM directory.marks WHERE name = %s", [name]).fetchone() is not None


def mark(connection: psycopg.Connection[TupleRow], name: str) -> None:
    """Set a mark for ever."""
    connection.execute("INSERT INTO directory.marks (name) VALUES (%s) ON CONFLICT DO NOTHING", [name])
