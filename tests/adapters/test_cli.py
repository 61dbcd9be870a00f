"""The command line as an operator uses it, each call a process of its own on an embedded database."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
import typer

from adapters.cli.commands import app
from adapters.cli.docs import pages
from adapters.cli.help import command_of
from adapters.demo.governments import person_id
from adapters.demo.story import tell
from adapters.files.store import EvidenceStore
from adapters.postgres.connect import connect
from adapters.postgres.embedded import EmbeddedPostgres
from adapters.postgres.migrate import migrate
from adapters.postgres.projector import Projector
from adapters.postgres.view_tables import Connection
from adapters.settings import Settings
from adapters.wiring import all_views, database, evidence_store, new_database, open_desk
from application.views.register import REGISTER
from tests import forked

CASE = UUID(int=1)
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="jejak-cli-"))
    folder.chmod(0o711)
    settings = Settings(home=folder / "home")
    with new_database(settings) as url:
        migrate(url)
        with open_desk(url, evidence_store(settings)) as desk:
            tell(desk)
        Projector(url, all_views()).catch_up()
        yield folder
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def connect_home(home: Path) -> Iterator[Connection]:
    with database(Settings(home=home / "home")) as url, connect(url) as connection:
        yield connection


def jejak(home: Path, *arguments: str, **told: str) -> subprocess.CompletedProcess[bytes]:
    return forked.jejak(*arguments, told={"JEJAK_HOME": str(home), **told})


def test_a_report_as_of_a_day_is_the_same_every_time(home: Path) -> None:
    first = jejak(home / "home", "report", "decisions", "--as-of", "2026-06-30", "--format", "csv")
    again = jejak(home / "home", "report", "decisions", "--as-of", "2026-06-30", "--format", "csv")
    assert first.returncode == 0, first.stderr
    assert first.stdout == again.stdout
    assert first.stdout.count(b"\r\n") > 5


def test_the_portfolio_counts_every_case_once(home: Path) -> None:
    asked = ("report", "portfolio", "--region", "KA", "--as-of", "2026-06-30")
    made = json.loads(jejak(home / "home", *asked).stdout)["facts"]
    assert jejak(home / "home", *asked).stdout == jejak(home / "home", *asked).stdout
    assert made["count"] == len(made["cases"]) > 0
    assert sum(figure["here"] for figure in made["by_stage"]) == made["count"]
    assert sum(group["total"] for group in made["by_agency"]) == made["count"]
    table = jejak(home / "home", *asked, "--format", "csv").stdout.decode().splitlines()
    assert len(table) == 1 + sum(len(made[part]) for part in ("by_stage", "by_agency", "by_affair"))


def test_an_agency_that_is_renamed_keeps_its_old_name_in_old_reports(home: Path) -> None:
    before = jejak(home / "home", "report", "decisions", "--as-of", "2026-06-30").stdout
    assert "Dinas Kesehatan Kabupaten A" in json.loads(before)["agencies"].values()
    renamed = ("agency", "ka-dinkes", "Dinas Kesehatan dan KB Kabupaten A", "--from", "2026-07-01")
    assert jejak(home / "home", *renamed).returncode == 0
    assert jejak(home / "home", "report", "decisions", "--as-of", "2026-06-30").stdout == before
    now = json.loads(jejak(home / "home", "report", "decisions").stdout)
    assert now["agencies"]["ka-dinkes"] == "Dinas Kesehatan dan KB Kabupaten A"


def test_a_unit_stands_in_the_region_of_its_agency_and_keeps_it_when_renamed(home: Path) -> None:
    assert jejak(home / "home", "agency", "ka-pkm-tanjung", "Puskesmas", "--parent", "ka-dinkes").returncode == 0
    assert jejak(home / "home", "agency", "ka-pkm-tanjung", "Tanjung", "--from", "2026-02-01").returncode == 0
    with connect_home(home) as connection:
        rows = connection.execute("SELECT region, parent FROM directory.agencies WHERE id = 'ka-pkm-tanjung'")
        assert rows.fetchall() == [("KA", "ka-dinkes")] * 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("x-dinas", "Dinas"),
        ("x-dinas", "Dinas", "--region", "ZZ"),
        ("ka-dinkes", "Dinas", "--region", "KB"),
        ("x-unit", "Unit", "--region", "KA", "--parent", "ka-pkm-melati"),
    ],
)
def test_an_agency_that_does_not_fit_is_refused(home: Path, arguments: tuple[str, ...]) -> None:
    refused = jejak(home / "home", "agency", *arguments)
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert refused.stderr


def test_a_rebuild_finds_every_view_equal(home: Path) -> None:
    done = jejak(home / "home", "rebuild")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(b"sama / equal") == len(all_views())


def test_a_backup_restores_to_the_same_report(home: Path) -> None:
    digest = EvidenceStore(home / "home" / "evidence").put(b"Surat keputusan", CASE).digest
    made = jejak(home / "home", "backup", "--out", str(home / "jejak.tar"))
    assert made.returncode == 0, made.stdout + made.stderr
    assert (home / "jejak.tar").stat().st_mode & 0o777 == 0o600
    restored = jejak(home / "other", "restore", str(home / "jejak.tar"))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    kept = EvidenceStore(home / "other" / "evidence")
    assert kept.size_held(digest, CASE) is not None and (home / "other" / "evidence").stat().st_mode & 0o777 == 0o700
    reports = [jejak(home / name, "report", "decisions", "--as-of", "2026-11-22").stdout for name in ("home", "other")]
    assert reports[0] == reports[1]
    assert b"decisions" in reports[0]
    refused = jejak(home / "home", "restore", str(home / "jejak.tar"))
    assert refused.returncode == 1 and b"tidak kosong; tidak ada yang diubah" in refused.stderr


@pytest.mark.usefixtures("database_url")  # where a database was made, there are the roles to be granted
def test_a_backup_goes_into_a_database_of_ones_own_with_another_owner(home: Path, server: EmbeddedPostgres) -> None:
    with connect(server.url) as connection:
        connection.execute("CREATE ROLE pemilik LOGIN CREATEROLE")
        connection.execute("CREATE DATABASE own OWNER pemilik")
        for role in ("jejak_log", "jejak_service", "jejak_projector"):
            connection.execute(f"GRANT {role} TO pemilik WITH ADMIN TRUE, INHERIT FALSE, SET FALSE".encode())
    url = server.url.replace("/jejak?", "/own?") + "&options=-c%20role%3Dpemilik"
    own = {"JEJAK_DATABASE_URL": url}
    assert jejak(home / "home", "backup", "--out", str(home / "to-own.tar")).returncode == 0
    restored = jejak(home / "own", "restore", str(home / "to-own.tar"), **own)
    assert restored.returncode == 0, restored.stdout + restored.stderr
    with connect_home(home) as there, connect(url) as here:
        assert owners(here) == {(room, "pemilik" if owner == "jejak" else owner) for room, owner in owners(there)}
        assert log_digest(here) == log_digest(there)
    report = ("report", "decisions", "--as-of", "2026-11-22", "--format", "csv")
    assert jejak(home / "own", *report, **own).stdout == jejak(home / "home", *report).stdout != b""
    assert jejak(home / "own", "rebuild", **own).stdout.count(b"sama / equal") == len(all_views())
    assert jejak(home / "own", "backup", "--out", str(home / "from-own.tar"), **own).returncode == 0
    assert jejak(home / "back", "restore", str(home / "from-own.tar")).returncode == 0
    assert jejak(home / "back", *report).stdout == jejak(home / "home", *report).stdout
    assert jejak(home / "own", "restore", str(home / "to-own.tar"), **own).returncode == 1


def log_digest(connection: Connection) -> str:
    rows = connection.execute("SELECT * FROM log.events ORDER BY position").fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def owners(connection: Connection) -> set[tuple[str, str]]:
    """Give everything of ours and whose it is."""
    return set(
        connection.execute(
            "SELECT c.oid::regclass::text, relowner::regrole::text FROM pg_class AS c"
            " WHERE relnamespace::regnamespace::text IN ('log', 'view', 'directory', 'desk')"
            " UNION ALL SELECT p.oid::regprocedure::text, proowner::regrole::text FROM pg_proc AS p"
            " WHERE pronamespace::regnamespace::text IN ('log', 'view')"
            " UNION ALL SELECT nspname, nspowner::regrole::text FROM pg_namespace"
            " WHERE nspname IN ('log', 'view', 'directory', 'desk')"
        ).fetchall()
    )


def test_past_cases_are_entered_in_somebodys_name(home: Path) -> None:
    table = home / "past.csv"
    table.write_text("title,agency_id,stage,status,source\nPosyandu Keliling,ka-dinkes,replication,open,Laporan 2023\n")
    for who, code in (("nobody", 1), ("ani", 1), ("hasan", 1), ("koordinator", 0)):
        assert jejak(home / "home", "import", str(table), "--as", who).returncode == code, who
    with connect_home(home) as connection:
        entered = connection.execute(
            "SELECT convert_from(state, 'UTF8')::json -> 'actor' ->> 'person' FROM log.events"
            " WHERE convert_from(state, 'UTF8') LIKE '%%Posyandu Keliling%%'"
        ).fetchall()
    assert entered == [(str(person_id("koordinator")),)]


def test_what_was_parked_follows_again(home: Path) -> None:
    park = (
        f"INSERT INTO view.parked SELECT '{REGISTER.table}', stream::text, 1, 'mended since' FROM log.events"
        " WHERE stored_name = 'innovation.idea_registered.v1' LIMIT 1"
    )
    with connect_home(home) as connection:
        connection.execute(park)
    done = jejak(home / "home", "redrive", "register")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(b"follows again") == 1


def test_a_history_is_told_and_the_installation_checked(home: Path) -> None:
    told = jejak(home / "home", "history", "KA-2025-0001", "--language", "id")
    assert told.returncode == 0 and ", koordinator inovasi (ka-setda)" in told.stdout.decode().splitlines()[0]
    assert jejak(home / "home", "doctor").returncode == 0


def test_every_help_text_stands_in_both_languages() -> None:
    waiting, told = [command_of(app)], []
    while waiting:
        command = waiting.pop()
        waiting += getattr(command, "commands", {}).values()
        told += [(command.name, command.help)]
        told += [(f"{command.name} {part.name}", part.help) for part in command.get_params(typer.Context(command))]
    assert len(told) > 50
    assert [(name, text) for name, text in told if " / " not in (text or "")] == []


def test_the_documents_say_what_the_tables_say() -> None:
    for name, content in pages(ROOT).items():
        assert (ROOT / name).read_text(encoding="utf-8") == content, f"run: jejak docs ({name})"
