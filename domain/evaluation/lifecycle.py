"""The table of moves of an evaluation: a panel is seated, scores, and is summed up."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from domain.codes import EvaluationStatus, Place
from domain.duties import Duty
from domain.errors import Blocker
from domain.evaluation import commands as c
from domain.evaluation import decisions as d
from domain.evaluation.state import Judged, result_of
from domain.innovation import commands as of_case
from domain.lifecycle import Circumstances, Lifecycle, Move, Who
from domain.people import Capacity, Role

COORDINATOR = Who[Judged](
    "coordinator", lambda judged, cap, _p: cap.role is Role.COORDINATOR and cap.region == judged.case.region
)


def _on_the_panel(judged: Judged, capacity: Capacity, person: UUID) -> bool:
    return capacity.role is Role.EVALUATOR and any(seat.person == person for seat in judged.evaluation.panel)


EVALUATOR = Who[Judged]("evaluator", _on_the_panel)


def has_room(judged: Judged, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """A seat of the panel is free."""
    if len(judged.evaluation.panel) >= judged.evaluation.panel_size:
        yield Blocker("evaluation.panel_full", {"size": judged.evaluation.panel_size})


def has_a_seat_to_give(judged: Judged, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """Somebody was seated who can be replaced."""
    if not any(judged.evaluation.can_give(seat) for seat in judged.evaluation.seats):
        yield Blocker("evaluation.panel_empty")


def ready_to_consolidate(judged: Judged, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """Enough of the panel have scored, and scores that part widely were talked about."""
    evaluation = judged.evaluation
    if len(evaluation.scored) < evaluation.scores_min:
        yield Blocker("evaluation.scores_missing", {"have": len(evaluation.scored), "need": evaluation.scores_min})
    elif (spread := result_of(evaluation).spread) > evaluation.spread_max:
        last = max(seat.scored_at_version for seat in evaluation.scored)
        if evaluation.discussed_at_version < last:
            yield Blocker("evaluation.discussion_missing", {"spread": str(spread), "most": evaluation.spread_max})


def stands(judged: Judged, move: Move[Judged], now: Circumstances) -> Iterator[Blocker]:
    """The region is alive, the case is in this evaluation and does not rest, and the evaluation stands at the start."""
    evaluation, case = judged.evaluation, judged.case
    if now.region.read_only:
        yield Blocker("region.read_only", {"region": now.region.name})
    current = case.evaluation is not None and case.evaluation.id == evaluation.id
    if evaluation.status not in move.start:
        yield Blocker("place.not_here", {"place": f"evaluation: {evaluation.status}"})
    elif move.command == "cancel" and case.place is Place.CLOSED_STOPPED and current:
        return  # what was stopped need not keep its panel
    elif case.place is not Place.EVALUATION_OPEN or not current:
        yield Blocker("place.not_here", {"place": case.place})
    elif case.suspended:
        yield Blocker("case.suspended")


def known_to_the_case(judged: Judged, _now: Circumstances, _capacity: Capacity) -> Iterator[Blocker]:
    """The case, too, knows that the scores stand; one that was seen earlier does not."""
    if judged.case.evaluation is None or judged.case.evaluation.score is None:
        yield Blocker("evaluation.not_consolidated")


def duties(judged: Judged, move: Move[Judged], now: Circumstances, capacity: Capacity) -> Iterator[Duty]:
    """Duties an evaluator would join by judging, also when the case or she has moved since she was seated."""
    if capacity.role is Role.EVALUATOR and move.command == "score":
        yield from d.unfit(judged.case, now.person, now.capacities, now)


OPEN = frozenset({EvaluationStatus.OPEN})
CONSOLIDATED = frozenset({EvaluationStatus.CONSOLIDATED})
M = Move[Judged]

EVALUATION_LIFECYCLE = Lifecycle[Judged](
    stands=stands,
    duties=duties,
    waivers=lambda judged: judged.case.waivers,
    prefix="evaluation.",
    moves=(
        M(
            "assign_evaluator",
            body=c.AssignEvaluator,
            decide=d.assign_evaluator,
            by=(COORDINATOR,),
            start=OPEN,
            guards=(has_room,),
            awaited="evaluation_panel",
        ),
        M("declare_conflict", body=c.DeclareConflict, decide=d.declare_conflict, by=(EVALUATOR,), start=OPEN),
        M(
            "replace_evaluator",
            body=c.ReplaceEvaluator,
            decide=d.replace_evaluator,
            by=(COORDINATOR,),
            start=OPEN,
            guards=(has_a_seat_to_give,),
        ),
        M("score", body=c.GiveScores, decide=d.score, by=(EVALUATOR,), start=OPEN, awaited="evaluation_scores"),
        M("record_discussion", body=c.RecordDiscussion, decide=d.record_discussion, by=(COORDINATOR,), start=OPEN),
        M(
            "consolidate",
            body=c.Consolidate,
            decide=d.consolidate,
            by=(COORDINATOR,),
            start=OPEN,
            end=EvaluationStatus.CONSOLIDATED,
            guards=(ready_to_consolidate,),
            awaited="evaluation_panel",
        ),
        M(
            "conclude",
            body=of_case.ConcludeEvaluation,
            decide=d.conclude,
            by=(COORDINATOR,),
            start=CONSOLIDATED,
            end=EvaluationStatus.CONCLUDED,
            decision=True,
            guards=(known_to_the_case,),
            awaited="evaluation_panel",
        ),
        M(
            "cancel",
            body=of_case.CancelEvaluation,
            decide=d.cancel,
            by=(COORDINATOR,),
            start=OPEN | CONSOLIDATED,
            end=EvaluationStatus.CANCELLED,
            decision=True,
        ),
    ),
)
