"""Commands of the operator: serve, work, migrate, rebuild, doctor."""

from __future__ import annotations

import errno
import signal
import socket
import threading
from collections import deque
from contextlib import ExitStack, suppress
from typing import Annotated, Any

import typer

from adapters import logging
from adapters.catalogue import both
from adapters.cli.founding import ask_installation
from adapters.cli.progress import progress
from adapters.cli.voice import out
from adapters.collector import settle_memory
from adapters.demo.governments import PASSWORD
from adapters.demo.past_cases import enter_past_cases, enter_regions, shipped
from adapters.demo.story import tell
from adapters.installation import Use, install, use_of
from adapters.postgres.connect import connect
from adapters.postgres.migrate import migrate
from adapters.postgres.projector import Projector
from adapters.postgres.rebuild import prepare as prepare_new
from adapters.postgres.rebuild import rebuild
from adapters.postgres.redrive import redrive
from adapters.settings import Settings
from adapters.wiring import (
    Desk,
    all_views,
    check_there,
    database,
    evidence_store,
    http_app,
    lasting_database,
    new_database,
    open_desk,
    run_http,
)
from adapters.worker import Worker
from adapters.worker import work as project
from application.views import View
from domain.errors import Blocker, Refused, invalid

EVENTS = "peristiwa / events"
PORT_MAX = 65_535
SHOWN = (
    "ani (inovator / innovator), citra (pendamping / coach), budi (kepala dinas / agency head), koordinator, "
    "sekda (pemutus / decider), eka, fajar (penilai / evaluators), inspektur (auditor), admin; "
    "Kota B: hasan (inovator / innovator), nining (kepala dinas / agency head)"
)
COMPARED = {True: "sama / equal", False: "berbeda, diganti / differed, replaced", None: "baru / new"}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("serve")(serve)
    app.command("work")(work)
    app.command("migrate")(migrate_database)
    app.command("rebuild")(rebuild_views)
    app.command("prepare")(prepare_views)
    app.command("redrive")(redrive_views)
    app.command("doctor")(doctor)


def serve(
    *,
    host: Annotated[str, typer.Option(help="Alamat mesin ini / address of this machine")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Porta / port", min=1, max=PORT_MAX)] = 8000,
    demo: Annotated[
        bool | None, typer.Option("--demo/--no-demo", help="Data contoh atau sungguhan / demonstration or real")
    ] = None,
    no_work: Annotated[bool, typer.Option("--no-work", help="Tanpa proyektor / without the projector")] = False,
) -> None:
    """Jalankan layanan HTTP beserta proyektornya. / Serve HTTP, the projector with it."""
    _check_free(host, port)
    logging.configure()
    settings = Settings()
    store = evidence_store(settings)
    with suppress(KeyboardInterrupt), ExitStack() as stack:  # told to stop is how it ends
        url = stack.enter_context(lasting_database(settings))
        migrate(url)
        prepare(url, settings, demo=demo)
        is_alive = (lambda: True) if no_work else stack.enter_context(Worker(url)).is_alive
        settle_memory()
        address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        out.print(f"Jejak: {address}   (API: {address}/api/docs)   Ctrl-C: berhenti / stop")
        run_http(http_app(url, store, is_alive), host, port)
    out.print(both("stopped"))


def _check_free(host: str, port: int) -> None:
    """See before anything is started that the address is ours and nobody else answers at it."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as refused:
        if refused.errno == errno.EADDRINUSE:
            raise Refused(Blocker("port.taken", {"port": port, "other": port % PORT_MAX + 1})) from None
        if refused.errno == errno.EACCES:
            raise Refused(Blocker("port.forbidden", {"port": port})) from None
        raise invalid("host.not_ours", "", host=host) from None


def prepare(url: str, settings: Settings, *, demo: bool | None) -> None:
    """Fill an empty database with the demonstration, or found a real one; one never becomes the other."""
    with open_desk(url, evidence_store(settings)) as desk:
        use = use_of(desk)
        if use is (Use.REAL if demo else Use.DEMONSTRATION) and demo is not None:
            raise Refused(Blocker(f"database.{use}"))
        if use is Use.NOTHING and demo:
            load_demo(desk, url)
        elif use is Use.NOTHING:
            install(desk, ask_installation())
            Projector(url, all_views()).catch_up()
        if use_of(desk) is Use.DEMONSTRATION:
            out.print(f"Akun contoh / demo accounts, kata sandi / password {PASSWORD}:")
            out.print(f"  {SHOWN}\n  Selengkapnya / all of them: .venv/bin/jejak user list")


def load_demo(desk: Desk, url: str) -> None:
    """Tell the demonstration, then enter the real past cases: all of it or nothing."""
    said = "Menyiapkan data contoh / preparing the demonstration"
    with out.status(said), desk.connection.transaction():
        tell(desk)
        enter_regions(desk)
        deque(enter_past_cases(desk, shipped()), maxlen=0)
    Projector(url, all_views()).catch_up()


def work() -> None:
    """Jalankan proyektor saja. / Run the projector alone."""
    logging.configure()
    stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    settings = Settings()
    check_there(settings)
    with lasting_database(settings) as url:
        out.print("Proyektor berjalan / the projector runs.   Ctrl-C: berhenti / stop")
        project(url, stop)
    out.print(both("stopped"))


def migrate_database() -> None:
    """Mutakhirkan skema basis data ke rilis ini. / Bring the database to this release's schema."""
    with new_database(Settings()) as url:
        applied = migrate(url)
    out.print("\n".join(applied) if applied else "Sudah mutakhir. / Up to date.")


def rebuild_views(names: Annotated[list[str] | None, typer.Argument(help="Tampilan / views")] = None) -> None:
    """Susun ulang tampilan dari peristiwa. / Rebuild the views from the events."""
    views = _views(names)
    with database(Settings()) as url, progress(EVENTS, out) as heard:
        found = rebuild(url, views, heard)
    for view in found:
        out.print(f"{view.view}  {view.position}  {view.digest}  {COMPARED[view.equal]}")


def prepare_views() -> None:
    """Siapkan tampilan rilis baru selagi rilis lama melayani. / Build new views beside a release that serves."""
    with database(Settings()) as url:
        migrate(url)
        with progress(EVENTS, out) as heard:
            names = prepare_new(url, all_views(), heard)
    out.print(", ".join(names) if names else "Sudah mutakhir. / Up to date.")


def redrive_views(names: Annotated[list[str] | None, typer.Argument(help="Tampilan / views")] = None) -> None:
    """Lanjutkan baris tampilan yang tertahan. / Let parked rows follow the log again."""
    views = _views(names)
    with database(Settings()) as url:
        found = redrive(url, views)
    for key in found:
        out.print(f"{key.view}  {key.key}  {key.error or 'berjalan lagi / follows again'}")
    if not found:
        out.print("Tidak ada yang tertahan. / Nothing is parked.")
    if any(key.error for key in found):
        raise typer.Exit(1)


def _views(names: list[str] | None) -> list[View[Any]]:
    """Give the views named, all when none is."""
    known = [view.name for view in all_views()]
    if unknown := sorted(set(names or ()) - set(known)):
        raise invalid("view.unknown", "", name=", ".join(unknown), known=", ".join(known))
    return [view for view in all_views() if not names or view.name in names]


def doctor() -> None:
    """Periksa pemasangan ini. / Check this installation."""
    settings = Settings()
    kind = "sendiri / own" if settings.external_database else "bawaan / embedded"
    with database(settings) as url, connect(url) as connection:
        server = connection.execute("SELECT version(), current_user").fetchone()
        head = connection.execute("SELECT coalesce(max(position), 0), count(*) FROM log.events").fetchone()
        seen = connection.execute("SELECT max(position) FROM view.checkpoint").fetchone()
        parked = connection.execute("SELECT count(*) FROM view.parked").fetchone()
    assert server and head and seen and parked
    out.print(f"Basis data / database: {kind}, {server[0].split(' on ')[0]}, {server[1]}")
    out.print(f"Log: {head[1]} peristiwa / events, posisi / position {head[0]}")
    out.print(f"Tampilan / views: {seen[0] or 0}; tertahan / parked: {parked[0]}")
    if head[0] != head[1]:
        out.print("Ada celah pada posisi log. / The positions of the log have a gap.", style="red")
        raise typer.Exit(1)
