"""Backup and restore: the whole database and the evidence files, in one archive."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

import typer
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from adapters.catalogue import both
from adapters.cli.files import new_file
from adapters.cli.mistakes import REFUSED
from adapters.cli.voice import err, out
from adapters.postgres.connect import connect
from adapters.postgres.embedded import find_binaries
from adapters.settings import Settings
from adapters.wiring import database, new_database
from domain.errors import Blocker, Refused

DUMP = "database.dump"
EVIDENCE = "evidence"
TOOL_SECONDS_MAX = 3_600
SQL = Path(__file__).parents[1] / "postgres"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    file: Annotated[Path, typer.Option("--out", help="Berkas tujuan / target file", callback=new_file)],
    *,
    force: Annotated[bool, typer.Option("--force", help="Timpa berkas yang ada / overwrite the file")] = False,
) -> None:
    """Cadangkan basis data dan bukti ke satu berkas. / Back up database and evidence into one file."""
    if file.exists() and not force:
        raise Refused(Blocker("backup.exists", {"file": str(file)}))
    settings = Settings()
    with tempfile.TemporaryDirectory(dir=file.absolute().parent) as folder, database(settings) as url:
        if not _is_used(url):
            raise Refused(Blocker("database.empty"))
        dump, whole = Path(folder) / DUMP, Path(folder) / "whole.tar"
        _run("pg_dump", "--format=custom", f"--file={dump}", url=url)
        with tarfile.open(whole, "w") as archive:
            archive.add(dump, DUMP)
            if (settings.home / "evidence").is_dir():
                archive.add(settings.home / "evidence", EVIDENCE)
        whole.chmod(0o600)  # it holds names and hashes of passwords
        whole.replace(file)
    out.print(f"Cadangan tersimpan / backup written: {file} ({file.stat().st_size:,} B)")


def restore(
    file: Annotated[Path, typer.Argument(help="Berkas cadangan / backup file", exists=True, dir_okay=False)],
) -> None:
    """Pulihkan cadangan ke basis data kosong. / Restore a backup into an empty database."""
    settings = Settings()
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(file) as archive:
            _unpack(archive, Path(folder))
        if not (Path(folder) / DUMP).is_file():
            raise Refused(Blocker("restore.not_a_backup"))
        script = Path(folder) / "database.sql"
        _run("pg_restore", "--no-owner", f"--file={script}", str(Path(folder) / DUMP))
        with new_database(settings) as url:
            if _is_used(url):
                raise Refused(Blocker("restore.not_empty"))
            _prepare_roles(url)
            whole = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
            _run("psql", *whole, f"--file={script}", f"--file={SQL / 'owners.sql'}", url=url)
        _return_evidence(Path(folder) / EVIDENCE, settings.home / "evidence")
    out.print("Dipulihkan. / Restored.")


def _unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """Take only plain files that a backup of ours holds; nothing outside the folder, no links."""
    for member in archive:
        name = PurePosixPath(member.name)
        if member.isfile() and ".." not in name.parts and name.parts[0] in {DUMP, EVIDENCE}:
            source = archive.extractfile(member)
            assert source is not None
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with source, target.open("wb") as out:
                shutil.copyfileobj(source, out)


def _is_used(url: str) -> bool:
    with connect(url) as connection:
        row = connection.execute("SELECT to_regclass('public.jejak_migrations')").fetchone()
    return row is not None and row[0] is not None


def _prepare_roles(url: str) -> None:
    """Roles belong to the cluster, not to the dump."""
    roles_then_rooms = (SQL / "schema" / "001_roles_and_rooms.sql").read_text(encoding="utf-8")
    with connect(url) as connection:
        connection.execute(roles_then_rooms.partition("CREATE SCHEMA")[0].encode())


def _return_evidence(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.move(path, place)


def _run(program: str, *arguments: str, url: str | None = None) -> None:
    """Run a program of PostgreSQL; a password goes by the environment, where other accounts cannot read it."""
    address: dict[str, Any] = conninfo_to_dict(url) if url else {}
    secret = {"PGPASSWORD": str(address.pop("password"))} if "password" in address else {}
    where = [f"--dbname={make_conninfo(**address)}"] if address else []
    done = subprocess.run(  # noqa: S603  our own programs and arguments
        [find_binaries() / program, *arguments, *where],
        env={**os.environ, **secret},
        capture_output=True,
        timeout=TOOL_SECONDS_MAX,
        check=False,
    )
    if done.returncode:
        first, _, _ = done.stderr.decode(errors="replace").strip().partition("\n")
        err.print(f"{both('tool.failed', program=program)}\n{first}")
        raise typer.Exit(REFUSED)
