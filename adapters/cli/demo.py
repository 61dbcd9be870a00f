"""`jejak demo`: the demonstration, or a large one of invented cases."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.progress import progress
from adapters.cli.voice import out
from adapters.demo.generator import generate
from adapters.postgres.migrate import migrate
from adapters.postgres.projector import Projector
from adapters.settings import Settings
from adapters.wiring import all_views, evidence_store, new_database, open_desk


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("demo")(demo)


def demo(
    cases: Annotated[int, typer.Option(min=1, help="Banyaknya perkara / number of cases")],
    seed: Annotated[int, typer.Option(help="Bibit acak: bibit sama, log sama / same seed, same log")] = 1,
) -> None:
    """Isi basis data baru dengan perkara rekaan. / Fill a new database with invented cases."""
    settings = Settings()
    with new_database(settings) as url:
        migrate(url)
        with open_desk(url, evidence_store(settings)) as desk, progress("perkara / cases", out) as heard:
            head = generate(desk, cases, seed, heard)
        Projector(url, all_views()).catch_up()
    out.print(f"{cases} perkara / cases, {head} peristiwa / events")
