"""What can happen to an evaluation: the bodies of its events. Every one names the innovation it is about."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Meta

from domain.codes import Recommendation
from domain.record import Body
from domain.text import Paragraph
from domain.value import Value

SCORE_MAX = 100


class Score(Value, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far a criterion is met, 0 to 100, and why."""

    score: Annotated[int, Meta(ge=0, le=SCORE_MAX)]
    note: Paragraph


class EvaluationOpened(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An evaluation began, under terms that hold until it ends."""

    stored_as: ClassVar[str] = "evaluation.opened.v1"
    innovation_id: UUID
    panel_size: int
    load_max: int
    scores_min: int
    spread_max: int
    criteria: tuple[str, ...]


class EvaluatorAssigned(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person sits on the panel."""

    stored_as: ClassVar[str] = "evaluation.evaluator_assigned.v1"
    innovation_id: UUID
    person: UUID


class ConflictDeclared(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An evaluator says that she cannot judge this; her scores, if any, do not count."""

    stored_as: ClassVar[str] = "evaluation.conflict_declared.v1"
    innovation_id: UUID
    statement: str


class EvaluatorReplaced(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody else sits on the panel in a person's place."""

    stored_as: ClassVar[str] = "evaluation.evaluator_replaced.v1"
    innovation_id: UUID
    person: UUID
    replacement: UUID
    reason: str


class Scored(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An evaluator scored every criterion; her newest scores count."""

    stored_as: ClassVar[str] = "evaluation.scored.v1"
    innovation_id: UUID
    scores: dict[str, Score]


class DiscussionRecorded(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The panel talked about where its scores part."""

    stored_as: ClassVar[str] = "evaluation.discussion_recorded.v1"
    innovation_id: UUID
    text: str


class EvaluationConsolidated(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The scores stand: their mean, how far they part, and the mean of each criterion."""

    stored_as: ClassVar[str] = "evaluation.consolidated.v1"
    innovation_id: UUID
    score: Decimal
    spread: Decimal
    by_criterion: dict[str, Decimal]


class EvaluationConcluded(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The evaluation was summed up, with its advice."""

    stored_as: ClassVar[str] = "evaluation.concluded.v1"
    innovation_id: UUID
    reason: str
    drivers: str
    inhibitors: str
    recommendation: Recommendation


class EvaluationCancelled(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The evaluation ended without a result."""

    stored_as: ClassVar[str] = "evaluation.cancelled.v1"
    innovation_id: UUID
    reason: str


Event = (
    EvaluationOpened
    | EvaluatorAssigned
    | ConflictDeclared
    | EvaluatorReplaced
    | Scored
    | DiscussionRecorded
    | EvaluationConsolidated
    | EvaluationConcluded
    | EvaluationCancelled
)
"""Everything that can happen to an evaluation."""
