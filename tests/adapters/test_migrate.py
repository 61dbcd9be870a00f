"""The schema: applied once, guarded against change, and in several databases at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.migrate import SchemaChanged, migrate
from tests.conftest import FAST


def test_a_second_run_applies_nothing(database_url: str) -> None:
    assert migrate(database_url) == []


def test_a_changed_file_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        owner.execute("UPDATE public.jejak_migrations SET digest = 'other' WHERE name LIKE '002%'")
    with pytest.raises(SchemaChanged, match="002"):
        migrate(database_url)


def test_databases_of_a_new_cluster_are_migrated_side_by_side() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # a server started by root runs as nobody and must get there
        with EmbeddedPostgres(Path(folder), FAST) as cluster:
            names = [f"side_{n}" for n in range(4)]
            with psycopg.connect(cluster.url, autocommit=True) as owner:
                for name in names:
                    owner.execute(f"CREATE DATABASE {name}".encode())
            with ThreadPoolExecutor(len(names)) as together:
                applied = list(together.map(migrate, [cluster.url.replace("/jejak?", f"/{n}?") for n in names]))
    assert all(files == applied[0] != [] for files in applied)
