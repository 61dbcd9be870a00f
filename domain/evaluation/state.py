"""What decisions need to know of an evaluation, folded from its events. No rule stands here."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, assert_never, cast
from uuid import UUID

from msgspec.structs import replace

from domain.codes import EvaluationStatus, Recommendation
from domain.evaluation import events as e
from domain.innovation.state import Innovation
from domain.value import Value

if TYPE_CHECKING:
    from domain.record import Recorded

CENT = Decimal("0.01")


class Seat(Value, frozen=True, kw_only=True):
    """A person's place on the panel, and her scores."""

    person: UUID
    conflict: str | None = None
    replaced_by: UUID | None = None
    scores: dict[str, e.Score] | None = None
    scored_at_version: int = 0

    @property
    def active(self) -> bool:
        return self.conflict is None and self.replaced_by is None

    @property
    def replaceable(self) -> bool:
        return self.replaced_by is None and (self.conflict is not None or not self.scores)

    @property
    def total(self) -> Decimal | None:
        """The mean over the criteria, not rounded; None before she scored."""
        if not self.scores:
            return None
        return Decimal(sum(score.score for score in self.scores.values())) / len(self.scores)


class Result(Value, frozen=True, kw_only=True):
    """What the consolidated scores say."""

    score: Decimal
    spread: Decimal
    by_criterion: dict[str, Decimal]


class Evaluation(Value, frozen=True, kw_only=True):
    """An evaluation as it stands at a version."""

    id: UUID
    version: int
    position: int = 0
    region: str
    innovation_id: UUID
    status: EvaluationStatus
    panel_size: int
    load_max: int
    scores_min: int
    spread_max: int
    criteria: tuple[str, ...]
    seats: tuple[Seat, ...] = ()
    discussions: tuple[str, ...] = ()
    discussed_at_version: int = 0
    result: Result | None = None
    drivers: str | None = None
    inhibitors: str | None = None
    recommendation: Recommendation | None = None

    @property
    def panel(self) -> tuple[Seat, ...]:
        """Whoever sits on the panel now."""
        return tuple(seat for seat in self.seats if seat.active)

    @property
    def scored(self) -> tuple[Seat, ...]:
        """The seats of the panel that have scored."""
        return tuple(seat for seat in self.panel if seat.scores)

    def can_give(self, seat: Seat) -> bool:
        """Tell whether a seat can be given to somebody else: it counts already, or the panel has room."""
        return seat.replaceable and (seat.active or len(self.panel) < self.panel_size)

    def seat_of(self, person: UUID) -> Seat | None:
        """Give the newest seat of a person."""
        return next((seat for seat in reversed(self.seats) if seat.person == person), None)


class Judged(Value, frozen=True, kw_only=True):
    """An evaluation and the case it is about: what its moves look at."""

    evaluation: Evaluation
    case: Innovation


def result_of(evaluation: Evaluation) -> Result:
    """Give what the panel's scores come to: rounded half up to two places, at the end only."""
    totals = [seat.total for seat in evaluation.scored if seat.total is not None]
    if not totals:
        return Result(score=Decimal(0), spread=Decimal(0), by_criterion={})
    by_criterion = {
        criterion: _mean([Decimal(seat.scores[criterion].score) for seat in evaluation.scored if seat.scores])
        for criterion in evaluation.criteria
    }
    return Result(score=_mean(totals), spread=_rounded(max(totals) - min(totals)), by_criterion=by_criterion)


def _mean(values: list[Decimal]) -> Decimal:
    return _rounded(sum(values, Decimal(0)) / len(values))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def evolve(evaluation: Evaluation | None, recorded: Recorded) -> Evaluation:
    """Apply one event. Total over everything ever stored."""
    now = _born(recorded) if evaluation is None else _applied(evaluation, recorded)
    return replace(now, version=recorded.version, position=recorded.position)


def _born(recorded: Recorded) -> Evaluation:
    assert isinstance(recorded.body, e.EvaluationOpened), recorded.body.stored_as
    body = recorded.body
    return Evaluation(
        id=recorded.stream,
        version=recorded.version,
        region=recorded.region,
        innovation_id=body.innovation_id,
        status=EvaluationStatus.OPEN,
        panel_size=body.panel_size,
        load_max=body.load_max,
        scores_min=body.scores_min,
        spread_max=body.spread_max,
        criteria=body.criteria,
    )


def _applied(evaluation: Evaluation, recorded: Recorded) -> Evaluation:
    body = cast("e.Event", recorded.body)
    match body:
        case e.EvaluationOpened():
            return evaluation
        case e.EvaluatorAssigned():
            return replace(evaluation, seats=(*evaluation.seats, Seat(person=body.person)))
        case e.ConflictDeclared():
            return _with_seat(evaluation, recorded.actor.person, conflict=body.statement)
        case e.EvaluatorReplaced():
            left = _with_seat(evaluation, body.person, replaced_by=body.replacement)
            return replace(left, seats=(*left.seats, Seat(person=body.replacement)))
        case e.Scored():
            person, version = recorded.actor.person, recorded.version
            return _with_seat(evaluation, person, scores=body.scores, scored_at_version=version)
        case e.DiscussionRecorded():
            said = (*evaluation.discussions, body.text)
            return replace(evaluation, discussions=said, discussed_at_version=recorded.version)
        case e.EvaluationConsolidated():
            result = Result(score=body.score, spread=body.spread, by_criterion=body.by_criterion)
            return replace(evaluation, status=EvaluationStatus.CONSOLIDATED, result=result)
        case e.EvaluationConcluded():
            return replace(
                evaluation,
                status=EvaluationStatus.CONCLUDED,
                drivers=body.drivers,
                inhibitors=body.inhibitors,
                recommendation=body.recommendation,
            )
        case e.EvaluationCancelled():
            return replace(evaluation, status=EvaluationStatus.CANCELLED)
        case _:
            assert_never(body)


def _with_seat(evaluation: Evaluation, person: UUID, **changes: object) -> Evaluation:
    """Change the newest seat of a person."""
    newest = max((n for n, seat in enumerate(evaluation.seats) if seat.person == person), default=None)
    seats = tuple(replace(seat, **changes) if n == newest else seat for n, seat in enumerate(evaluation.seats))
    return replace(evaluation, seats=seats)
