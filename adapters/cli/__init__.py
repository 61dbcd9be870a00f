"""The command line: `jejak`. Exit codes: 0 done, 1 refused or tampered, 2 wrong use, 3 not reachable."""

from __future__ import annotations

import tarfile

import psycopg
import typer
from rich.console import Console

from adapters.catalogue import LANGUAGES, text
from adapters.cli import agencies, bench, demo, docs, keep, operate, snapshots, tell, users
from adapters.collector import settle_memory
from adapters.postgres.embedded import EmbeddedPostgresError
from adapters.signals import stopping
from domain.errors import DomainError

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Jejak: arsip perkara inovasi daerah.")
operate.register(app)
tell.register(app)
keep.register(app)
users.register(app)
docs.register(app)
agencies.register(app)
demo.register(app)
bench.register(app)
snapshots.register(app)


def main() -> int:
    """Run the command line and give its exit code."""
    settle_memory()
    try:
        with stopping():
            app(standalone_mode=True)
    except (EmbeddedPostgresError, psycopg.OperationalError) as away:
        Console(stderr=True).print(f"Basis data tidak dapat dihubungi. / The database is not reachable.\n{away}")
        return 3
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        Console(stderr=True).print(
            "Basis data masih kosong: jalankan make run, make run DEMO=0, atau jejak restore."
            " / The database is empty: run make run, make run DEMO=0, or jejak restore.",
            soft_wrap=True,
        )
        return 1
    except tarfile.TarError:
        Console(stderr=True).print(
            "Bukan cadangan Jejak; tidak ada yang diubah. / Not a Jejak backup; nothing changed.", soft_wrap=True
        )
        return 1
    except DomainError as refused:
        blocker = refused.blockers[0]
        said = " / ".join(text(blocker.code, language, **blocker.params) for language in LANGUAGES)
        Console(stderr=True, highlight=False).print(f"{said} [{blocker.code}]", markup=False, soft_wrap=True)
        return 1
    return 0
