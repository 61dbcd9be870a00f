"""Databases of a test run: templates made once, when first asked for, and a clone for every test."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from adapters.demo.cast import plan
from adapters.demo.governments import found_governments
from adapters.demo.past_cases import enter_past_cases, enter_regions, shipped
from adapters.demo.story import tell
from adapters.files.store import EvidenceStore
from adapters.postgres.migrate import migrate
from adapters.postgres.projector import Projector
from adapters.wiring import Desk, all_views, open_desk

MIGRATED, GOVERNED, DEMONSTRATED = "migrated", "governed", "demonstrated"
ACCOUNTS = frozenset(
    account for person, told in plan()["people"].items() for account in (person, *told.get("also", ()))
)
SIGN_IN = """
    INSERT INTO desk.sessions (token_hash, username, expires_at)
    SELECT sha256(convert_to('sesi-' || username, 'UTF8')), username, now() + interval '8 hours'
    FROM directory.accounts
"""


def token_of(username: str) -> str:
    """Give the token with which an account of the demonstration is signed in from the first."""
    return f"sesi-{username}"


class Databases:
    """Makes databases on a server; what is told in a template has its files in `evidence`."""

    def __init__(self, server_url: str, folder: Path) -> None:
        self._url, self._made, self._numbers = server_url, set[str](), itertools.count(1)
        self.evidence = folder / "evidence"

    @contextmanager
    def fresh(self, like: str = MIGRATED) -> Iterator[str]:
        """Give a database of its own: migrated, with governments, or with the whole demonstration."""
        self._have(like)
        name = f"t{next(self._numbers)}"
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}".encode())
            yield self._url_of(name)
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def _have(self, template: str) -> None:
        if template in self._made:
            return
        if template != MIGRATED:
            self._have(MIGRATED)
        with psycopg.connect(self._url, autocommit=True) as connection:
            source = f" TEMPLATE {MIGRATED}" if template != MIGRATED else ""
            connection.execute(f"CREATE DATABASE {template}{source}".encode())
        url = self._url_of(template)
        if template == MIGRATED:
            migrate(url)
        else:
            fill(url, self.evidence, FILLINGS[template])
        self._made.add(template)

    def _url_of(self, name: str) -> str:
        return self._url.replace("/jejak?", f"/{name}?")


def fill(url: str, evidence: Path, what: Callable[[Desk], None]) -> None:
    """Tell something in a migrated database, sign everybody in, and bring the views up to it."""
    with open_desk(url, EvidenceStore(evidence)) as desk:
        what(desk)
        desk.connection.execute(SIGN_IN)
    Projector(url, all_views()).catch_up()


def govern(desk: Desk) -> None:
    """Found the governments of the demonstration."""
    found_governments(desk, on=datetime.now(UTC).date())


def _demonstrate(desk: Desk) -> None:
    tell(desk)
    enter_regions(desk)
    assert [line.problem for line in enter_past_cases(desk, shipped())] == [None] * 8


FILLINGS: Mapping[str, Callable[[Desk], None]] = {GOVERNED: govern, DEMONSTRATED: _demonstrate}
