"""Enter past cases from a table as unwitnessed historical ones, each with its source."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from adapters.postgres import directory
from adapters.wiring import Desk
from application.cases import Sender, begin
from application.ledger import finish
from domain.errors import DomainError
from domain.innovation.commands import ImportHistorical
from domain.innovation.lifecycle import BIRTH
from domain.people import Agency, Region

ACCOUNT = "impor"
KINDS = {"digital": "digital", "non digital": "non_digital"}


class NoAccount(Exception):
    """There is no account of this name."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of one line: its case number, or why it was refused."""

    line: int
    title: str
    case_number: str | None
    problem: str | None


def enter_regions(desk: Desk) -> None:
    """Enter the read-only regions of real names and their agencies."""
    plan = tomllib.loads((files("adapters.demo") / "seed_regions.toml").read_text(encoding="utf-8"))
    for region in plan["region"]:
        directory.enter_region(desk.connection, Region(**region))
    for agency in plan["agency"]:
        directory.enter_agency(desk.connection, Agency(**agency))


def shipped() -> Path:
    """Give the table of real cases that ships with the release."""
    return Path(str(files("adapters.demo") / "seed_innovations.csv"))


def enter_past_cases(desk: Desk, table: Path, *, dry_run: bool, username: str = ACCOUNT) -> list[Entered]:
    """Enter every line of a CSV file in somebody's name; a line that is refused leaves no trace and says why."""
    person = directory.person_of(desk.connection, username)
    if person is None:
        raise NoAccount(username)
    with table.open(encoding="utf-8-sig", newline="") as file:
        return [_enter(desk, Sender(person), n, row, dry_run=dry_run) for n, row in _lines(file)]


def _lines(file: Iterable[str]) -> Iterable[tuple[int, dict[str, str]]]:
    return enumerate(csv.DictReader(file), start=2)


def _enter(desk: Desk, sender: Sender, line: int, row: dict[str, str], *, dry_run: bool) -> Entered:
    try:
        command = msgspec.convert(_fields(row), ImportHistorical)
        if dry_run:
            return Entered(line, command.title, None, None)
        done = finish(begin(desk.house, BIRTH.by_code["import_historical"], command, sender))
    except (msgspec.ValidationError, KeyError, DomainError) as refused:
        return Entered(line, row.get("title", ""), None, str(refused))
    return Entered(line, command.title, done.written.case_number, None)


def _fields(row: dict[str, str]) -> dict[str, Any]:
    """Read a line: what the source does not say stays unknown."""
    fields: dict[str, Any] = {
        "title": row["title"],
        "agency": row["agency_id"],
        "place": f"{row['stage']}/{row['status']}",
        "source": row["source"],
        "note": row.get("note") or None,
        "problem": row.get("origin_title_note"),
        "affairs": [row["affair_code"]] if row.get("affair_code") else None,
        "kind": KINDS.get(row.get("kind", "")),
    }
    return {name: value for name, value in fields.items() if value}
