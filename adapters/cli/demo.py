"""`jejak demo`: the demonstration, or a large one of invented cases."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from adapters.cli.progress import progress
from adapters.demo.generator import LogInUse, generate
from adapters.postgres.migrate import migrate
from adapters.postgres.projector import Projector
from adapters.settings import Settings
from adapters.wiring import all_views, database, evidence_store, open_desk

console = Console()


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("demo")(demo)


def demo(
    cases: Annotated[int, typer.Option(min=1, help="Banyaknya perkara / number of cases")],
    seed: Annotated[int, typer.Option(help="Bibit: sama bibit, sama log / same seed, same log")] = 1,
) -> None:
    """Isi basis data baru dengan perkara rekaan. / Fill a new database with invented cases."""
    settings = Settings()
    with database(settings) as url:
        migrate(url)
        with open_desk(url, evidence_store(settings)) as desk, progress("perkara / cases", console) as heard:
            try:
                head = generate(desk, cases, seed, heard)
            except LogInUse:
                console.print(
                    "Log tidak kosong; perkara rekaan hanya masuk ke basis data baru. / "
                    "The log is not empty; invented cases go into a new database only."
                )
                raise typer.Exit(1) from None
        Projector(url, all_views()).catch_up()
    console.print(f"{cases} perkara / cases, {head} peristiwa / events")
