"""The portfolio report: where the innovations of a government stand, by stage, agency and affair, and how long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any
from uuid import UUID

import msgspec

from application.reports.report import Definition, Document, Facts, Scope
from application.views.funnel import FUNNEL, FunnelRow
from application.views.register import REGISTER, RegisterRow
from application.views.view import fold_streams
from domain.codes import Outcome, Stage
from domain.record import Recorded
from domain.value import Value

DAY_SECONDS = 86_400
TENTH = Decimal("0.1")
STAGES = tuple(stage.value for stage in Stage)


class PortfolioLine(Value, frozen=True, kw_only=True):
    """One case as it stood at the cut-off, and the days it has spent at each stage so far, None where unknown."""

    case: UUID
    case_number: str | None
    region: str
    agency: str
    title: str
    affairs: tuple[str, ...]
    stage: str
    status: str
    outcome: str | None
    suspended: bool
    imported: bool
    since: datetime
    days: dict[str, Decimal | None]


class StageFigure(Value, frozen=True, kw_only=True):
    """How many cases stand at a stage, how many ever came there, and the median of the known days they spent there."""

    stage: str
    here: int
    reached: int
    median_days: Decimal | None


class GroupFigure(Value, frozen=True, kw_only=True):
    """The cases of an agency or affair by the stage they stand at, and by outcome."""

    key: str
    total: int
    by_stage: dict[str, int]
    by_outcome: dict[str, int]


class PortfolioFacts(Facts, frozen=True, kw_only=True):
    """Every case, and what they come to. Days are counted up to `cut_off`, to a tenth, rounded half up."""

    cut_off: datetime
    count: int
    by_stage: tuple[StageFigure, ...]
    by_agency: tuple[GroupFigure, ...]
    by_affair: tuple[GroupFigure, ...]
    cases: tuple[PortfolioLine, ...]


def _facts(events: Iterable[Recorded], scope: Scope) -> PortfolioFacts:
    found = (
        _line(row, ways[key], scope)
        for register, ways in fold_streams((REGISTER, FUNNEL), events)
        for key, row in register.items()
        if scope.covers(row.region)
    )
    lines = tuple(sorted(found, key=lambda line: (line.case_number or "", line.case)))
    return PortfolioFacts(
        **PORTFOLIO_REPORT.heading(scope),
        cut_off=scope.cut_off.astimezone(UTC),
        count=len(lines),
        by_stage=tuple(_stage(stage, lines) for stage in STAGES),
        by_agency=_grouped(lines, lambda line: (line.agency,)),
        by_affair=_grouped(lines, lambda line: line.affairs),
        cases=lines,
    )


def _line(row: RegisterRow, way: FunnelRow, scope: Scope) -> PortfolioLine:
    spent = {stay.stage: timedelta() for stay in way.stays}
    for stay in way.stays:
        spent[stay.stage] += (stay.until or max(scope.cut_off, stay.since)) - stay.since
    before_entry = {way.stays[0].stage} if way.imported else set()  # nobody knows how long it had stood there
    return PortfolioLine(
        case=row.id,
        case_number=row.case_number,
        region=row.region,
        agency=row.agency,
        title=row.title,
        affairs=row.affairs,
        stage=row.stage,
        status=row.status,
        outcome=row.outcome,
        suspended=row.suspended,
        imported=row.imported,
        since=way.since,
        days={stage: None if stage in before_entry else _days(time) for stage, time in spent.items()},
    )


def _stage(stage: str, lines: Sequence[PortfolioLine]) -> StageFigure:
    reached = [line.days[stage] for line in lines if stage in line.days]
    known = [days for days in reached if days is not None]
    return StageFigure(
        stage=stage,
        here=sum(line.stage == stage for line in lines),
        reached=len(reached),
        median_days=_tenths(median(known)) if known else None,
    )


def _grouped(lines: Iterable[PortfolioLine], keys: Callable[[PortfolioLine], Iterable[str]]) -> tuple[GroupFigure, ...]:
    groups: dict[str, list[PortfolioLine]] = {}
    for line in lines:
        for key in set(keys(line)):
            groups.setdefault(key, []).append(line)
    return tuple(_group(key, groups[key]) for key in sorted(groups))


def _group(key: str, lines: Sequence[PortfolioLine]) -> GroupFigure:
    return GroupFigure(
        key=key,
        total=len(lines),
        by_stage={stage: sum(line.stage == stage for line in lines) for stage in STAGES},
        by_outcome={outcome.value: sum(line.outcome == outcome for line in lines) for outcome in Outcome},
    )


def _days(time: timedelta) -> Decimal:
    return _tenths(Decimal(int(time.total_seconds())) / DAY_SECONDS)


def _tenths(days: Decimal) -> Decimal:
    return days.quantize(TENTH, ROUND_HALF_UP)


OUTCOMES = tuple(outcome.value for outcome in Outcome)
COLUMNS = ("section", "key", "name", "total", *STAGES, *OUTCOMES, "reached", "median_days")


def _rows(facts: PortfolioFacts, names: Mapping[str, str]) -> Iterator[list[Any]]:
    nothing = [None] * (len(STAGES) + len(OUTCOMES))
    for figure in facts.by_stage:
        yield ["stage", figure.stage, None, figure.here, *nothing, figure.reached, figure.median_days]
    for section, groups in (("agency", facts.by_agency), ("affair", facts.by_affair)):
        for group in groups:
            counts = [*group.by_stage.values(), *group.by_outcome.values()]
            yield [section, group.key, names.get(group.key), group.total, *counts, None, None]


def read(report: bytes) -> Document[PortfolioFacts]:
    """Read a report's JSON back; raises msgspec.DecodeError on anything else."""
    return msgspec.json.decode(report, type=Document[PortfolioFacts])


PORTFOLIO_REPORT = Definition(
    name="portfolio",
    version=1,
    facts=_facts,
    people=lambda _facts: (),
    agencies=lambda facts: (line.agency for line in facts.cases),
    columns=COLUMNS,
    rows=_rows,
)
