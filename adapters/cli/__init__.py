"""The command line: `jejak`. Exit codes: 0 done, 1 refused or tampered, 2 wrong use, 3 not reachable."""

from __future__ import annotations

import psycopg
import typer
from rich.console import Console

from adapters.cli import agencies, bench, demo, docs, keep, operate, tell
from adapters.postgres.embedded import EmbeddedPostgresError
from domain.errors import DomainError

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Jejak: arsip perkara inovasi daerah.")
operate.register(app)
tell.register(app)
keep.register(app)
docs.register(app)
agencies.register(app)
demo.register(app)
bench.register(app)


def main() -> int:
    """Run the command line and give its exit code."""
    operate.settle_memory()
    try:
        app(standalone_mode=True)
    except (EmbeddedPostgresError, psycopg.OperationalError) as away:
        Console(stderr=True).print(f"Basis data tidak dapat dihubungi. / The database is not reachable.\n{away}")
        return 3
    except DomainError as refused:
        Console(stderr=True).print(f"Ditolak / Refused: {refused.code}")
        return 1
    return 0
