"""Commands about what is on record: a case's history, a report, past cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import typer

from adapters.catalogue import both, text, words
from adapters.cli.acting import who_acts
from adapters.cli.files import new_file
from adapters.cli.voice import err, out, write
from adapters.demo.past_cases import ACCOUNT, Entered, enter_past_cases, read_table
from adapters.postgres.directory import person_names
from adapters.postgres.past_views import events_by_stream
from adapters.postgres.units import as_recorded
from adapters.settings import Settings
from adapters.wiring import Desk, database, evidence_store, open_desk
from application.ledger import finish
from application.moments import as_moment
from application.reports import REPORTS, Names, Scope
from application.views.decisions import is_late
from domain.errors import Blocker, Refused, invalid
from domain.record import Recorded

REPORT_ZONE = ZoneInfo("Asia/Jakarta")


class Language(StrEnum):
    """Languages things are told in."""

    INDONESIAN = "id"
    ENGLISH = "en"


class Format(StrEnum):
    """Forms of a report."""

    JSON = "json"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("report")(report)
    app.command("history")(tell_history)
    app.command("import")(enter)


def report(
    name: Annotated[str, typer.Argument(help="Nama laporan / report: decisions, portfolio")],
    region: Annotated[str | None, typer.Option(help="Kode daerah / region code")] = None,
    as_of: Annotated[str | None, typer.Option(help="Batas waktu / cut-off: 2026-06-30, 2026-06-30T08:00:00Z")] = None,
    form: Annotated[Format, typer.Option("--format", help="Bentuk / form")] = Format.JSON,
    file: Annotated[Path | None, typer.Option("--out", help="Berkas tujuan / target file", callback=new_file)] = None,
) -> None:
    """Susun laporan dari peristiwa sampai satu batas waktu. / Build a report from the events up to a cut-off."""
    if name not in REPORTS:
        raise invalid("report.unknown", "", name=name, known=", ".join(REPORTS))
    settings = Settings()
    with database(settings) as url, open_desk(url, evidence_store(settings)) as desk:
        moment, position = _cut_off(desk, as_of)
        _check_region(desk, region)
        cut_off = moment if as_of else _recorded_at(desk, position)
        made = REPORTS[name].make(
            _events(desk, position, region),
            Scope(position=position, cut_off=cut_off, region=region),
            Names(
                people=person_names(desk.connection),
                agencies=desk.house.directory().agencies_as_of(moment.astimezone(REPORT_ZONE).date(), position),
            ),
        )
    content = made.json if form is Format.JSON else made.csv
    if file is None:
        write(content)
    else:
        file.write_bytes(content)
    err.print(f"posisi / position {made.position}  sha256 {made.digest}")


def _cut_off(desk: Desk, as_of: str | None) -> tuple[datetime, int]:
    """Give the moment asked for and the position of the log then."""
    try:
        moment = as_moment(as_of, REPORT_ZONE.key) if as_of else datetime.now(UTC)
    except ValueError:
        raise invalid("as_of.malformed", "") from None
    try:
        return moment, finish(desk.log.position_at(moment))
    except (ValueError, psycopg.DataError):
        raise invalid("as_of.future", "") from None


def _check_region(desk: Desk, region: str | None) -> None:
    if region is not None and region not in desk.house.directory().regions:
        raise invalid("region.unknown", "", region=region)


def _recorded_at(desk: Desk, position: int) -> datetime:
    """Give the moment a position was reached: what is asked for now gives the same bytes until the log goes on."""
    last = desk.recorder.page(after=position - 1, limit=1)
    return last[0].recorded_at if last else datetime.fromtimestamp(0, UTC)


def _events(desk: Desk, position: int, region: str | None) -> Iterator[Recorded]:
    """Give the events of a region, or of all, stream by stream: a report holds one stream and its own lines."""
    condition = "(%(region)s::text IS NULL OR region = %(region)s)"
    with desk.connection.transaction():
        yield from map(as_recorded, events_by_stream(desk.connection, condition, position, region=region))


def tell_history(
    case_number: Annotated[str, typer.Argument(help="Nomor perkara / case number")],
    language: Annotated[Language, typer.Option(help="Bahasa / language")] = Language.INDONESIAN,
) -> None:
    """Tampilkan riwayat satu perkara. / Show the history of a case."""
    settings = Settings()
    with database(settings) as url, open_desk(url, evidence_store(settings)) as desk:
        row = desk.connection.execute(
            "SELECT stream FROM log.events WHERE case_number = %s", [case_number.upper()]
        ).fetchone()
        if row is None:
            raise Refused(Blocker("case.unknown", {"case": case_number}))
        events = finish(desk.log.load(row[0]))
        names = person_names(desk.connection)
        zone = ZoneInfo(desk.house.directory().regions[events[0].region].zone)
    for recorded in events:
        out.print(_told(recorded, names, zone, language))


def _told(recorded: Recorded, names: Mapping[UUID, str], zone: ZoneInfo, language: str) -> str:
    """Say in one line when, what, who in which office, and why."""
    actor, body = recorded.actor, recorded.body
    at = recorded.recorded_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    who = f"{names.get(actor.person, actor.person)}, {words(actor.role, language)} ({actor.agency})"
    late = text("history.late", language, day=recorded.occurred_on) if is_late(recorded) else ""
    why = f"“{reason}”" if (reason := getattr(body, "reason", None)) else ""
    told = [f"{recorded.version:>3}", at, f"{text(body.stored_as, language)}: {who}", late, why]
    return "  ".join(part for part in told if part)


def enter(
    table: Annotated[Path, typer.Argument(help="Berkas CSV / CSV file", exists=True, dir_okay=False)],
    *,
    username: Annotated[str, typer.Option("--as", help="Atas nama akun / in whose name")] = ACCOUNT,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Hanya periksa / only check")] = False,
) -> None:
    """Masukkan kasus lama dari tabel. / Enter past cases from a table."""
    settings = Settings()
    refused = 0
    with database(settings) as url, open_desk(url, evidence_store(settings)) as desk:
        if username != ACCOUNT:  # which nobody signs in with
            who_acts(desk, username)
        if unread := read_table(table)[1]:
            err.print(both("table.unread", columns=", ".join(unread)))
        with desk.connection.transaction(force_rollback=True) if dry_run else nullcontext():
            for line in enter_past_cases(desk, table, username=username):
                number = "ok" if dry_run else line.case_number
                out.print(f"{line.line}  {line.title}  {_problem(line) if line.problem else number}")
                refused += line.problem is not None
    if refused:
        raise typer.Exit(1)


def _problem(line: Entered) -> str:
    assert line.problem is not None
    where = f"{line.column}: " if line.column else ""
    return f"{where}{both(line.problem.code, **line.problem.params)} [{line.problem.code}]"
