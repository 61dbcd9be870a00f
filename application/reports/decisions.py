"""The decisions report: every decision up to a cut-off, with who, office, reason and evidence."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from application.views import Key, fold
from application.views.decisions import DECISION_VIEW, DecisionRow
from application.views.register import REGISTER, RegisterRow
from domain.record import Recorded

NAME = "decisions"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Report:
    """A report in its two forms; `digest` is SHA-256 over the JSON without the digest itself."""

    json: bytes
    csv: bytes
    digest: str
    position: int


def decisions_report(events: Iterable[Recorded], *, position: int, region: str | None = None) -> Report:
    """Fold the log up to a position into the report; `region` None covers all regions."""
    held = [recorded for recorded in events if recorded.position <= position]
    cases = fold(REGISTER, held)
    rows = sorted(fold(DECISION_VIEW, held).values(), key=lambda row: row.position)
    lines = [_line(row, cases) for row in rows if region is None or row.region == region]
    document = {
        "report": NAME,
        "definition": VERSION,
        "position": position,
        "region": region,
        "zone": "Asia/Jakarta",
        "count": len(lines),
        "decisions": lines,
    }
    body = msgspec.json.encode(document, order="sorted")
    digest = hashlib.sha256(body).hexdigest()
    return Report(
        json=msgspec.json.encode({**document, "digest": digest}, order="sorted") + b"\n",
        csv=_csv(lines),
        digest=digest,
        position=position,
    )


def _line(row: DecisionRow, cases: dict[Key, RegisterRow]) -> dict[str, Any]:
    case = cases[(row.stream,)]
    return {"case_number": case.case_number, "title": case.title, **msgspec.to_builtins(row)}


COLUMNS = (
    "position",
    "region",
    "case_number",
    "title",
    "version",
    "type",
    "reason",
    "person",
    "role",
    "agency",
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


def _csv(lines: list[dict[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow([_cell(line[column]) for column in COLUMNS])
    return out.getvalue().encode()


FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _cell(value: Any) -> str:
    """Write a value for a spreadsheet: never as a formula (OWASP, CSV injection)."""
    match value:
        case None:
            return ""
        case bool():
            return "ya" if value else "tidak"
        case list():
            return "; ".join(_cell(v) for v in value)
        case dict():
            return " ".join(str(v) for v in value.values() if v is not None)
        case str() if value.startswith(FORMULA):
            return f"'{value}"
        case _:
            return str(value)
