"""Commands about the directory's agencies."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

import typer

from adapters.cli.voice import out
from adapters.postgres.connect import connect
from adapters.postgres.directory import enter_agency, read_directory
from adapters.settings import Settings
from adapters.wiring import database
from application.ports import Directory
from domain.errors import Blocker, Refused, invalid
from domain.people import Agency

CODE = r"[a-z0-9][a-z0-9-]{1,99}"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("agency")(agency)


def agency(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Kode / code: ka-dinkes")],
    name: Annotated[str, typer.Argument(help="Nama lengkap / full name")],
    region: Annotated[str | None, typer.Option(help="Kode daerah / region code")] = None,
    parent: Annotated[str | None, typer.Option(help="Perangkat daerah induk / the agency a unit belongs to")] = None,
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Sejak / since")] = None,
    *,
    outside: Annotated[bool, typer.Option("--outside", help="Di luar pemerintah / outside the government")] = False,
) -> None:
    """Catat perangkat daerah, unit, atau nama barunya. / Enter an agency or unit, or its new name from a day on."""
    if re.fullmatch(CODE, identifier) is None:
        raise invalid("agency.code", "")
    with database(Settings()) as url, connect(url) as connection:
        known = read_directory(connection)
        before = known.agencies.get(identifier)
        kin = before or known.agencies.get(parent or "")
        entered = Agency(
            id=identifier,
            name=name,
            region=region or (kin.region if kin else _only_region(known)),
            parent=parent or (before.parent if before else None),
            outside=outside or (before is not None and before.outside),
            valid_from=since.date() if since else date.min,
        )
        _check(entered, known)
        enter_agency(connection, entered)
    out.print(f"{entered.id}  {entered.name}  {entered.region}")


def _only_region(known: Directory) -> str:
    alive = [region.code for region in known.regions.values() if not region.read_only]
    if not alive:
        raise Refused(Blocker("database.empty"))
    if len(alive) != 1:
        raise invalid("region.which", "", known=", ".join(sorted(alive)))
    return alive[0]


def _check(entered: Agency, known: Directory) -> None:
    before = known.agencies.get(entered.id)
    if entered.region not in known.regions:
        raise invalid("region.unknown", "", region=entered.region)
    if before is not None and before.region != entered.region:
        raise invalid("agency.elsewhere", "", agency=entered.id, region=before.region)
    above = known.agencies.get(entered.parent) if entered.parent else None
    if entered.parent and (above is None or above.parent is not None or above.region != entered.region):
        raise invalid("agency.no_parent", "", agency=entered.parent, region=entered.region)
