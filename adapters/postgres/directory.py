"""The directory: regions, agencies, persons and accounts. Names live here, outside the log."""

from __future__ import annotations

from uuid import UUID

import psycopg
from psycopg.rows import TupleRow, kwargs_row

from application.ports import Directory
from domain.people import Agency, Region


def read_directory(connection: psycopg.Connection[TupleRow]) -> Directory:
    """Give every region and agency."""
    with connection.cursor(row_factory=kwargs_row(Region)) as cursor:
        regions = cursor.execute("SELECT code, name, zone, read_only, seat FROM directory.regions").fetchall()
    with connection.cursor(row_factory=kwargs_row(Agency)) as cursor:
        agencies = cursor.execute(
            "SELECT id, name, region, parent, valid_from, outside FROM directory.agencies"
        ).fetchall()
    return Directory(regions={r.code: r for r in regions}, agencies={a.id: a for a in agencies})


def enter_region(connection: psycopg.Connection[TupleRow], region: Region) -> None:
    """Enter a region; one that is known stays as it is."""
    connection.execute(
        "INSERT INTO directory.regions (code, name, zone, read_only, seat) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        [region.code, region.name, region.zone, region.read_only, region.seat],
    )


def enter_agency(connection: psycopg.Connection[TupleRow], agency: Agency) -> None:
    """Enter an agency, service unit or outside organisation."""
    connection.execute(
        "INSERT INTO directory.agencies (id, name, region, parent, outside, entered_at)"
        " SELECT %s, %s, %s, %s, %s, coalesce(max(position), 0) FROM log.events ON CONFLICT DO NOTHING",
        [agency.id, agency.name, agency.region, agency.parent, agency.outside],
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


def person_of(connection: psycopg.Connection[TupleRow], username: str) -> UUID | None:
    """Give the person of an account."""
    row = connection.execute("SELECT person FROM directory.accounts WHERE username = %s", [username]).fetchone()
    return row[0] if row else None


def is_marked(connection: psycopg.Connection[TupleRow], name: str) -> bool:
    """Tell whether the database carries a mark, such as `demonstration`."""
    return connection.execute("SELECT FROM directory.marks WHERE name = %s", [name]).fetchone() is not None


def mark(connection: psycopg.Connection[TupleRow], name: str) -> None:
    """Set a mark for ever."""
    connection.execute("INSERT INTO directory.marks (name) VALUES (%s) ON CONFLICT DO NOTHING", [name])
