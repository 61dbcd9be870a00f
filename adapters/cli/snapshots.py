"""`jejak snapshots`: states of long streams, dropped and made at will."""

from __future__ import annotations

import typer

from adapters.cli.voice import out
from adapters.postgres.snapshots import drop, keep, kept, long_streams
from adapters.settings import Settings
from adapters.wiring import database, evidence_store, open_desk
from application.ledger import finish
from application.snapshots import form_of
from application.streams import KINDS, fold, kind_of, snapshot_of

commands = typer.Typer(
    no_args_is_help=True,
    help="Cuplikan keadaan (snapshot) untuk perkara dengan riwayat panjang. / Snapshots of cases with a long history.",
)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(commands, name="snapshots")


@commands.command("list")
def list_snapshots() -> None:
    """Tampilkan cuplikan yang tersimpan. / Show the snapshots kept."""
    settings = Settings()
    current = {form_of(kind.state) for kind in KINDS.values()}
    with database(settings) as url, open_desk(url, evidence_store(settings)) as desk:
        found = kept(desk.connection)
    for snapshot in found:
        state = "dipakai / in use" if snapshot.form in current else "usang / outdated"
        out.print(f"{snapshot.stream}  {snapshot.version}  {snapshot.size:,} B  {state}")
    if not found:
        out.print("Tidak ada cuplikan yang tersimpan. / No snapshot is kept.")


@commands.command("drop")
def drop_snapshots() -> None:
    """Hapus semua cuplikan; tidak ada catatan yang hilang. / Drop them all; nothing on record is lost."""
    settings = Settings()
    with database(settings) as url, open_desk(url, evidence_store(settings)) as desk:
        number = drop(desk.connection)
    out.print(f"{number} cuplikan dihapus. / {number} dropped.")


@commands.command("build")
def build_snapshots() -> None:
    """Hapus semua cuplikan, lalu buat ulang. / Drop them all, then make one of every long stream anew."""
    settings = Settings()
    number = 0
    with database(settings) as url, open_desk(url, evidence_store(settings)) as desk:
        drop(desk.connection)
        for stream in list(long_streams(desk.connection)):
            events = finish(desk.log.load(stream))
            kind = kind_of(events[0].body)
            keep(desk.connection, stream, form_of(kind.state), snapshot_of(fold(kind, events), events))
            number += 1
    out.print(f"{number} cuplikan dibuat. / {number} made.")
