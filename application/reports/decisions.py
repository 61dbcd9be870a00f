"""The decisions report: every decision up to a cut-off, with who, office, reason and evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from application.reports.report import Definition, Document, Facts, Scope
from application.views.decisions import DECISION_VIEW, DecisionRow
from application.views.register import REGISTER, RegisterRow
from application.views.view import fold_streams
from domain.record import LegalBasis, Recorded
from domain.value import Value


class DecisionLine(Value, frozen=True, kw_only=True):
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
    advised: str | None
    rescinded_by: int | None


class DecisionsFacts(Facts, frozen=True, kw_only=True):
    """Every decision, in the order of the log."""

    count: int
    decisions: tuple[DecisionLine, ...]


def _facts(events: Iterable[Recorded], scope: Scope) -> DecisionsFacts:
    found = (
        _line(row, cases[(row.stream,)])
        for cases, decisions in fold_streams((REGISTER, DECISION_VIEW), events)
        for row in decisions.values()
        if scope.covers(row.region)
    )
    lines = tuple(sorted(found, key=lambda line: line.position))
    return DecisionsFacts(**DECISIONS_REPORT.heading(scope), count=len(lines), decisions=lines)


def _line(row: DecisionRow, case: RegisterRow) -> DecisionLine:
    taken = {name: getattr(row, name) for name in row.__struct_fields__ if name != "stream"}
    return DecisionLine(case=row.stream, case_number=case.case_number, title=case.title, **taken)


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
    "advised",
    "rescinded_by",
)


def _rows(facts: DecisionsFacts, names: Mapping[str, str]) -> Iterator[list[Any]]:
    for line in facts.decisions:
        told = {"name": names.get(str(line.person)), "agency_name": names.get(line.agency)}
        values = {**msgspec.structs.asdict(line), **told}
        yield [values[column] for column in COLUMNS]


def read(report: bytes) -> Document[DecisionsFacts]:
    """Read a report's JSON back, e.g. to compare its digest; raises msgspec.DecodeError on anything else."""
    return msgspec.json.decode(report, type=Document[DecisionsFacts])


DECISIONS_REPORT = Definition(
    name="decisions",
    version=2,
    facts=_facts,
    people=lambda facts: (line.person for line in facts.decisions),
    agencies=lambda facts: (line.agency for line in facts.decisions),
    columns=COLUMNS,
    rows=_rows,
)
