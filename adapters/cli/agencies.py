"""Commands about the directory's agencies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console

from adapters.postgres.connect import connect
from adapters.postgres.directory import enter_agency, read_directory
from adapters.settings import Settings
from adapters.wiring import database
from application.ports import Directory
from domain.people import Agency


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("agency")(agency)


def agency(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="mis. / e.g. ka-dinkes")],
    name: Annotated[str, typer.Argument(help="Nama lengkap / full name")],
    region: Annotated[str | None, typer.Option(help="Kode daerah / region code")] = None,
    parent: Annotated[str | None, typer.Option(help="Perangkat daerah induk / the agency a unit belongs to")] = None,
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Berlaku sejak")] = None,
    *,
    outside: Annotated[bool, typer.Option("--outside", help="Di luar pemerintah / outside the government")] = False,
) -> None:
    """Catat perangkat daerah, unit, atau nama barunya. / Enter an agency or unit, or its new name from a day on."""
    with database(Settings()) as url, connect(url) as connection:
        known = read_directory(connection)
        entered = Agency(
            id=identifier,
            name=name,
            region=region or _only_region(known),
            parent=parent,
            outside=outside,
            valid_from=since.date() if since else date.min,
        )
        _check(entered, known)
        enter_agency(connection, entered)
    Console().print(f"{entered.id}  {entered.name}  {entered.region}", soft_wrap=True)


def _only_region(known: Directory) -> str:
    alive = [region.code for region in known.regions.values() if not region.read_only]
    if len(alive) != 1:
        _refuse(f"Sebutkan daerahnya dengan --region / name the region with --region: {', '.join(sorted(alive))}")
    return alive[0]


def _check(entered: Agency, known: Directory) -> None:
    before = known.agencies.get(entered.id)
    if entered.region not in known.regions:
        _refuse(f"Daerah tidak dikenal / no such region: {entered.region}")
    if before is not None and before.region != entered.region:
        _refuse(f"{entered.id} sudah tercatat di / is already known in: {before.region}")
    above = known.agencies.get(entered.parent) if entered.parent else None
    if entered.parent and (above is None or above.parent is not None or above.region != entered.region):
        _refuse(f"Bukan perangkat daerah induk di {entered.region} / no agency a unit can belong to: {entered.parent}")


def _refuse(sentence: str) -> None:
    Console(stderr=True).print(sentence, soft_wrap=True)
    raise typer.Exit(2)
