"""The evaluation desk: one row per evaluation, who sits on the panel, who still owes scores, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from msgspec.structs import replace

from application.views.clocks import Calendar, Task, calendars_of, digest_of, due_on
from application.views.view import OF_EVALUATION, View
from domain.codes import EvaluationStatus
from domain.evaluation import events as e
from domain.evaluation.lifecycle import EVALUATION_LIFECYCLE
from domain.record import Recorded
from domain.rulebook.model import ProcessRulebook
from domain.value import Value


class EvaluationRow(Value, frozen=True, kw_only=True):
    """An evaluation as the desk shows it; scores of single persons never stand here."""

    id: UUID
    innovation: UUID
    region: str
    status: str
    since: datetime
    panel_size: int
    panel: tuple[UUID, ...]
    scored: tuple[UUID, ...]
    conflicts: tuple[UUID, ...]
    score: Decimal | None
    spread: Decimal | None
    recommendation: str | None
    opened_at: datetime
    changed_at: datetime
    version: int
    position: int
    tasks: tuple[Task, ...]
    waits_for: tuple[str, ...]


CLOCKS = {move.command: move.awaited for move in EVALUATION_LIFECYCLE.moves if move.awaited}


def evaluations(*rulebooks: ProcessRulebook) -> View[EvaluationRow]:
    """Give the desk under the clocks of rulebooks."""
    calendars = calendars_of(rulebooks)

    def derive(row: EvaluationRow) -> EvaluationRow:
        tasks = tuple(_tasks(row, calendars))
        return replace(row, tasks=tasks, waits_for=tuple(sorted({task.address for task in tasks})))

    return View("evaluations", 1, EvaluationRow, ("id",), OF_EVALUATION, evolve, derive, rules=digest_of(calendars))


def evolve(row: EvaluationRow | None, recorded: Recorded) -> EvaluationRow:
    """Fold one event of an evaluation into its row."""
    now = _born(recorded) if row is None else _applied(row, recorded)
    return replace(now, changed_at=recorded.recorded_at, version=recorded.version, position=recorded.position)


def _born(recorded: Recorded) -> EvaluationRow:
    body = recorded.body
    assert isinstance(body, e.EvaluationOpened), body.stored_as
    return EvaluationRow(
        id=recorded.stream,
        innovation=body.innovation_id,
        region=recorded.region,
        status=EvaluationStatus.OPEN.value,
        since=recorded.recorded_at,
        panel_size=body.panel_size,
        panel=(),
        scored=(),
        conflicts=(),
        score=None,
        spread=None,
        recommendation=None,
        opened_at=recorded.recorded_at,
        changed_at=recorded.recorded_at,
        version=recorded.version,
        position=recorded.position,
        tasks=(),
        waits_for=(),
    )


def _applied(row: EvaluationRow, recorded: Recorded) -> EvaluationRow:
    body, at = recorded.body, recorded.recorded_at
    match body:
        case e.EvaluatorAssigned():
            return replace(row, panel=_with(row.panel, body.person))
        case e.ConflictDeclared():
            person = recorded.actor.person
            left = _leaves(row, person)
            return replace(left, conflicts=_with(row.conflicts, person))
        case e.EvaluatorReplaced():
            return replace(_leaves(row, body.person), panel=_with(_without(row.panel, body.person), body.replacement))
        case e.Scored():
            return replace(row, scored=_with(row.scored, recorded.actor.person))
        case e.EvaluationConsolidated():
            status = EvaluationStatus.CONSOLIDATED.value
            return replace(row, status=status, since=at, score=body.score, spread=body.spread)
        case e.EvaluationConcluded():
            advice = body.recommendation.value
            return replace(row, status=EvaluationStatus.CONCLUDED.value, since=at, recommendation=advice)
        case e.EvaluationCancelled():
            return replace(row, status=EvaluationStatus.CANCELLED.value, since=at)
        case _:
            return row


def _leaves(row: EvaluationRow, person: UUID) -> EvaluationRow:
    return replace(row, panel=_without(row.panel, person), scored=_without(row.scored, person))


def _with(people: tuple[UUID, ...], person: UUID) -> tuple[UUID, ...]:
    return tuple(sorted({*people, person}))


def _without(people: tuple[UUID, ...], person: UUID) -> tuple[UUID, ...]:
    return tuple(one for one in people if one != person)


# What is waited for


def _tasks(row: EvaluationRow, calendars: Sequence[Calendar]) -> Iterator[Task]:
    for command, address in _waiting(row):
        due = due_on(CLOCKS[command] or "", row.since, calendars)
        yield Task(command=f"evaluation.{command}", address=address, since=row.since, due_on=due)


def _waiting(row: EvaluationRow) -> Iterator[tuple[str, str]]:
    coordinator = f"coordinator:{row.region}"
    owing = [person for person in row.panel if person not in row.scored]
    match row.status:
        case EvaluationStatus.OPEN:
            if len(row.panel) < row.panel_size:
                yield "assign_evaluator", coordinator
            for person in owing:
                yield "score", f"evaluator:{person}"
            if len(row.panel) >= row.panel_size and not owing:
                yield "consolidate", coordinator
        case EvaluationStatus.CONSOLIDATED:
            yield "conclude", coordinator
