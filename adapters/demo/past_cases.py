"""Enter past cases from a table as unwitnessed historical ones, each with its source."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

from adapters.postgres import directory
from adapters.wiring import Desk
from application.cases import Sender, begin
from application.ledger import finish
from domain.errors import Blocker, DomainError, Refused
from domain.innovation.commands import ImportHistorical
from domain.innovation.lifecycle import BIRTH
from domain.people import Agency, Region
from domain.text import composed
from domain.unfit import fitting

ACCOUNT = "impor"
KINDS = {"digital": "digital", "non digital": "non_digital"}
COLUMNS = {"title": "title", "agency": "agency_id", "place": "stage, status", "source": "source"}
MORE = {"note": "note", "problem": "origin_title_note", "affairs": "affair_code", "kind": "kind"}
"""What is read of a line and the columns it stands in: those of a table must be there, more may be."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of one line: its case number, or why it was refused."""

    line: int
    title: str
    case_number: str | None
    problem: Blocker | None
    column: str = ""  # where the problem stands, when one column is to blame


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


def enter_past_cases(desk: Desk, table: Path, *, username: str = ACCOUNT) -> Iterator[Entered]:
    """Enter every line of a CSV file in somebody's name; a line that is refused leaves no trace and says why."""
    person = directory.person_of(desk.connection, username)
    if person is None:
        raise Refused(Blocker("account.unknown", {"username": username}))
    for line, row in enumerate(read_table(table)[0], start=2):
        yield _enter(desk, Sender(person), line, row)


def read_table(table: Path) -> tuple[list[dict[str, str]], list[str]]:
    """Give the lines of a table, and its columns that are not read; or say why it is none.

    Its columns are parted by commas or, as Indonesian spreadsheets write it, by semicolons.
    """
    try:
        text = composed(table.read_text(encoding="utf-8-sig"))
        if "\0" in text:
            raise csv.Error
        head = text.partition("\n")[0]
        rows = csv.DictReader(StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
        found, rest = rows.fieldnames or (), list(rows)
    except (UnicodeDecodeError, csv.Error):
        raise Refused(Blocker("table.not_csv", {"file": str(table)})) from None
    if not found or not rest:
        raise Refused(Blocker("table.empty", {"file": str(table)}))
    if missing := [name for name in _columns(COLUMNS) if name not in found]:
        raise Refused(Blocker("table.columns", {"missing": ", ".join(missing), "found": ", ".join(found)}))
    return rest, [name for name in found if name not in (*_columns(COLUMNS), *_columns(MORE))]


def _columns(read: dict[str, str]) -> list[str]:
    return ", ".join(read.values()).split(", ")


def _enter(desk: Desk, sender: Sender, line: int, row: dict[str, str]) -> Entered:
    try:
        command = fitting(_fields(row), ImportHistorical)
        done = finish(begin(desk.house, BIRTH.by_code["import_historical"], command, sender))
    except DomainError as refused:
        problem = refused.blockers[0]
        field = (problem.pointer or "").partition("/")[2].partition("/")[0] or str(problem.params.get("field", ""))
        column = {**COLUMNS, **MORE}.get(field, field)
        return Entered(line, row["title"], None, problem, column)
    return Entered(line, command.title, done.written.case_number, None)


def _fields(row: dict[str, str]) -> dict[str, Any]:
    """Read a line: what the source does not say stays unknown."""
    kind = row.get("kind", "")
    fields: dict[str, Any] = {
        **{field: row.get(column) for field, column in {**COLUMNS, **MORE}.items()},
        "place": f"{row['stage']}/{row['status']}",
        "affairs": [row["affair_code"]] if row.get("affair_code") else None,
        "kind": KINDS.get(kind, kind),
    }
    return {name: value for name, value in fields.items() if value or name in COLUMNS}
