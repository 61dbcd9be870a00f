"""The decisions report: every decision up to a cut-off, with who, office, reason and evidence."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from application.views.decisions import DECISION_VIEW, DecisionRow
from application.views.register import REGISTER, RegisterRow
from application.views.view import DAYS, fold
from domain.people import Agency
from domain.record import LegalBasis, Recorded

NAME = "decisions"
DEFINITION = 1


@dataclass(frozen=True, slots=True)
class Report:
    """A report in its two forms. `digest` is SHA-256 over `facts`, the JSON without digest and names."""

    json: bytes
    csv: bytes
    digest: str
    position: int


class DecisionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One decision with the case as it stood at the cut-off."""

    position: int
    region: str
    case_number: str | None
    title: str
    case: UUID
    version: int
    type: str
    reason: str
    person: UUID
    role: str
    agency: str
    office: str
    letter: str | None
    occurred_on: date
    recorded_at: datetime
    late: bool
    evidence: tuple[UUID, ...]
    legal_basis: tuple[LegalBasis, ...]
    waived: tuple[str, ...]
    rulebook: str | None
    rescinded_by: int | None


class DecisionsFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the log says, and nothing else: the same at every time and place."""

    report: str
    definition: int
    position: int
    region: str | None
    zone: str
    count: int
    decisions: tuple[DecisionLine, ...]


class DecisionsDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The facts, their digest, and names from the directory: of people today, of agencies at the cut-off."""

    digest: str
    facts: DecisionsFacts
    names: dict[str, str]
    agencies: dict[str, str]


_ENCODER = msgspec.json.Encoder(order="deterministic")


def decisions_report(
    events: Iterable[Recorded],
    position: int,
    region: str | None = None,
    names: Mapping[UUID, str] | None = None,
    agencies: Mapping[str, Agency] | None = None,
) -> Report:
    """Fold events up to a position into the report, by position; `region` None covers all events given."""
    held = [recorded for recorded in events if recorded.position <= position]
    cases = fold(REGISTER, held)
    rows = sorted(fold(DECISION_VIEW, held).values(), key=lambda row: row.position)
    lines = tuple(_line(row, cases[(row.stream,)]) for row in rows if region in (None, row.region))
    facts = DecisionsFacts(
        report=NAME,
        definition=DEFINITION,
        position=position,
        region=region,
        zone=str(DAYS),
        count=len(lines),
        decisions=lines,
    )
    people = {line.person for line in lines}
    known = {str(person): name for person, name in (names or {}).items() if person in people}
    called = {line.agency: agencies[line.agency].name for line in lines if agencies and line.agency in agencies}
    digest = digest_of(facts)
    document = DecisionsDocument(digest=digest, facts=facts, names=known, agencies=called)
    return Report(_ENCODER.encode(document) + b"\n", _csv(lines, {**known, **called}), digest, position)


def digest_of(facts: DecisionsFacts) -> str:
    """Give SHA-256 over the facts of a report, in hexadecimal."""
    return hashlib.sha256(_ENCODER.encode(facts)).hexdigest()


def read(report: bytes) -> DecisionsDocument:
    """Read a report's JSON back, e.g. to compare its digest; raises msgspec.DecodeError on anything else."""
    return msgspec.json.decode(report, type=DecisionsDocument)


def _line(row: DecisionRow, case: RegisterRow) -> DecisionLine:
    taken = {name: getattr(row, name) for name in row.__struct_fields__ if name != "stream"}
    return DecisionLine(case=row.stream, case_number=case.case_number, title=case.title, **taken)


# The same as a table


COLUMNS = (
    "position",
    "region",
    "case_number",
    "title",
    "version",
    "type",
    "reason",
    "person",
    "name",
    "role",
    "agency",
    "agency_name",
    "office",
    "letter",
    "occurred_on",
    "recorded_at",
    "late",
    "evidence",
    "legal_basis",
    "waived",
    "rulebook",
    "rescinded_by",
)


def _csv(lines: Iterable[DecisionLine], names: Mapping[str, str]) -> bytes:
    """Give the lines as CSV (RFC 4180, UTF-8), moments in the report's zone."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        told = {"name": names.get(str(line.person)), "agency_name": names.get(line.agency)}
        values = {**msgspec.structs.asdict(line), **told}
        writer.writerow([_cell(values[column]) for column in COLUMNS])
    return out.getvalue().encode()


FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _cell(value: Any) -> str:
    """Write a value for a spreadsheet: never as a formula (OWASP, CSV injection)."""
    match value:
        case None:
            return ""
        case bool():
            return "ya" if value else "tidak"
        case datetime():
            return value.astimezone(DAYS).isoformat()
        case LegalBasis():
            return " ".join(str(part) for part in (value.type.value, value.number, value.date, value.title) if part)
        case tuple():
            return "; ".join(_cell(part) for part in value)
        case str() if value.startswith(FORMULA):
            return f"'{value}"
        case _:
            return str(value)
