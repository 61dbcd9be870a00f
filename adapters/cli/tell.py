"""Commands about what is on record: a case's history, a report, past cases."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import typer
from rich.console import Console

from adapters.catalogue import text, words
from adapters.demo.past_cases import ACCOUNT, NoAccount, enter_past_cases
from adapters.postgres.directory import person_names
from adapters.postgres.past_views import events_by_stream
from adapters.postgres.units import as_recorded
from adapters.settings import Settings
from adapters.wiring import Desk, database, evidence_store, open_desk
from application.ledger import finish
from application.moments import as_moment
from application.reports import REPORTS, Names, Scope
from application.views.decisions import is_late
from domain.errors import invalid
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
    name: Annotated[str, typer.Argument(help="decisions, portfolio")],
    region: Annotated[str | None, typer.Option(help="Kode daerah / region code")] = None,
    as_of: Annotated[str | None, typer.Option(help="2026-06-30 atau/or 2026-06-30T08:00:00Z")] = None,
    form: Annotated[Format, typer.Option("--format")] = Format.JSON,
    out: Annotated[Path | None, typer.Option(help="Berkas / file")] = None,
) -> None:
    """Bangun laporan dari peristiwa pada satu batas waktu. / Rebuild a report from the events at a cut-off."""
    if name not in REPORTS:
        Console(stderr=True).print(f"Laporan yang ada / known reports: {', '.join(REPORTS)}")
        raise typer.Exit(2)
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
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        out.write_bytes(content)
    Console(stderr=True).print(f"posisi / position {made.position}  sha256 {made.digest}", soft_wrap=True)


def _cut_off(desk: Desk, as_of: str | None) -> tuple[datetime, int]:
    """Give the moment asked for and the position of the log then."""
    try:
        moment = as_moment(as_of, REPORT_ZONE.key) if as_of else datetime.now(UTC)
    except ValueError:
        raise invalid("as_of.malformed", "") from None
    try:
        return moment, finish(desk.log.position_at(moment))
    except (ValueError, psycopg.DatabaseError):
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
    language: Annotated[Language, typer.Option()] = Language.INDONESIAN,
) -> None:
    """Ceritakan riwayat satu perkara. / Tell the history of a case."""
    settings = Settings()
    with database(settings) as url, open_desk(url, evidence_store(settings)) as desk:
        row = desk.connection.execute(
            "SELECT stream FROM log.events WHERE case_number = %s", [case_number.upper()]
        ).fetchone()
        if row is None:
            Console(stderr=True).print(text("not_found", language))
            raise typer.Exit(1)
        events = finish(desk.log.load(row[0]))
        names = person_names(desk.connection)
        zone = ZoneInfo(desk.house.directory().regions[events[0].region].zone)
    for recorded in events:
        Console().print(_told(recorded, names, zone, language), soft_wrap=True, highlight=False, markup=False)


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
    with database(settings) as url, open_desk(url, evidence_store(settings)) as desk:
        try:
            found = enter_past_cases(desk, table, dry_run=dry_run, username=username)
        except NoAccount as nobody:
            Console(stderr=True).print(f"Akun {nobody} belum ada. / There is no account named {nobody}.")
            raise typer.Exit(1) from None
    for line in found:
        Console().print(f"{line.line}  {line.title}  {line.case_number or line.problem or 'ok'}", soft_wrap=True)
    if any(line.problem for line in found):
        raise typer.Exit(1)
