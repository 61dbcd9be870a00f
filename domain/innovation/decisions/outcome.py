"""Evaluation and outcome."""

from __future__ import annotations

from typing import Any

from domain.codes import Place, Recommendation
from domain.errors import invalid
from domain.evaluation import events as on_evaluation
from domain.innovation import commands as c
from domain.innovation import events as e
from domain.innovation.state import Innovation
from domain.lifecycle import Bodies, Circumstances, Elsewhere, Facts
from domain.people import Actor

BUDGET_YEARS_MIN = 3


def open_evaluation(case: Innovation, command: c.OpenEvaluation, now: Circumstances, _actor: Actor) -> Facts:
    """Begin an evaluation under the rulebook's terms of today."""
    panel = now.rulebook.panel
    size = command.panel_size or panel.size
    if size < panel.size:
        raise invalid("evaluation.panel_too_small", "/panel_size", least=panel.size)
    evaluation = now.new_id()
    terms = on_evaluation.EvaluationOpened(
        innovation_id=case.id,
        panel_size=size,
        load_max=panel.load_max,
        scores_min=panel.scores_min,
        spread_max=panel.spread_max,
        criteria=tuple(panel.criteria),
    )
    return (
        e.EvaluationOpened(evaluation=evaluation),
        Elsewhere(stream=evaluation, body=terms, region=case.region),
    )


def conclude_evaluation(case: Innovation, command: c.ConcludeEvaluation, _now: Circumstances, _actor: Actor) -> Facts:
    """Sum up the open evaluation, on both streams."""
    assert case.evaluation is not None  # the table's guard
    assert case.evaluation.score is not None
    summed_up: dict[str, Any] = {
        "reason": command.reason,
        "drivers": command.drivers,
        "inhibitors": command.inhibitors,
        "recommendation": command.recommendation,
    }
    return (
        e.EvaluationConcluded(evaluation=case.evaluation.id, score=case.evaluation.score, **summed_up),
        Elsewhere(
            stream=case.evaluation.id,
            body=on_evaluation.EvaluationConcluded(innovation_id=case.id, **summed_up),
        ),
    )


def cancel_evaluation(case: Innovation, command: c.CancelEvaluation, _now: Circumstances, _actor: Actor) -> Facts:
    """End the open evaluation without a result, on both streams."""
    assert case.evaluation is not None  # the table's guard
    known = case.evaluation
    place = known.before if case.place is Place.EVALUATION_OPEN else case.place
    return (
        e.EvaluationCancelled(evaluation=known.id, place=place, reason=command.reason),
        Elsewhere(
            stream=known.id,
            body=on_evaluation.EvaluationCancelled(innovation_id=case.id, reason=command.reason),
        ),
    )


def institutionalise(case: Innovation, command: c.DecideOutcome, _now: Circumstances, _actor: Actor) -> Bodies:
    """Anchor it."""
    return (e.InnovationInstitutionalised(reason=command.reason, advised=_advised(case)),)


def widen(case: Innovation, command: c.DecideOutcome, _now: Circumstances, _actor: Actor) -> Bodies:
    """Have it spread further first."""
    return (e.InnovationWidened(reason=command.reason, advised=_advised(case)),)


def improve(case: Innovation, command: c.DecideOutcome, _now: Circumstances, _actor: Actor) -> Bodies:
    """Have it mended and tried again."""
    return (e.InnovationImproved(reason=command.reason, advised=_advised(case)),)


def _advised(case: Innovation) -> Recommendation:
    assert case.evaluation is not None  # only a concluded evaluation leads here
    assert case.evaluation.recommendation is not None
    return case.evaluation.recommendation


def budget_years_running(case: Innovation) -> int:
    """Give the longest run of years with a budget."""
    years = {given.year for given in case.budget_years.values() if given.amount > 0}
    longest = 0
    for year in years:
        run = 1
        while year + run in years:
            run += 1
        longest = max(longest, run)
    return longest
