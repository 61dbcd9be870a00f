"""Bring a database to the schema of this release: visible SQL files, each applied once, in order."""

from __future__ import annotations

import hashlib
from importlib.resources import files

from adapters.postgres.connect import connect

LOCK = 7204300
LOCK_WAIT = "60s"


class SchemaChanged(RuntimeError):
    """A file that was applied before, named, reads differently now."""


def migrate(url: str) -> list[str]:
    """Apply what is missing and give its names; one migration at a time, each in one transaction with its record."""
    applied: list[str] = []
    with connect(url) as connection, connection.transaction():
        connection.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        connection.execute(
            "CREATE TABLE IF NOT EXISTS public.jejak_migrations"
            ' (name text COLLATE "C" PRIMARY KEY, digest text NOT NULL)'
        )
        known: dict[str, str] = dict(connection.execute("SELECT name, digest FROM public.jejak_migrations").fetchall())
        for name, text in _scripts():
            digest = hashlib.sha256(text.encode()).hexdigest()
            if name not in known:
                connection.execute(text.encode())
                connection.execute("INSERT INTO public.jejak_migrations VALUES (%s, %s)", [name, digest])
                applied.append(name)
            elif known[name] != digest:
                raise SchemaChanged(name)
    return applied


def _scripts() -> list[tuple[str, str]]:
    folder = files("adapters.postgres") / "schema"
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [(f.name, f.read_text(encoding="utf-8")) for f in found]
