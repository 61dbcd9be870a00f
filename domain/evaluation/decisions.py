"""From a command about an evaluation to what happens: the rules about input, one pure function per command."""

from __future__ import annotations

from uuid import UUID

from domain.duties import Duty, refused, waived
from domain.errors import Refused, invalid
from domain.evaluation import commands as c
from domain.evaluation import events as e
from domain.evaluation.state import Judged, result_of
from domain.innovation import commands as of_case
from domain.innovation import events as on_case
from domain.innovation.decisions.belonging import known, of_agency
from domain.innovation.decisions.outcome import cancel_evaluation, conclude_evaluation
from domain.innovation.state import Innovation
from domain.lifecycle import Circumstances, Elsewhere, Facts
from domain.people import Actor, Capacity, Part, Role


def assign_evaluator(judged: Judged, command: c.AssignEvaluator, now: Circumstances, _actor: Actor) -> Facts:
    """Give an evaluator a seat; how many panels she may sit on is a claim."""
    duties = _fit_to_judge(judged, command.person, now, "/person")
    return (
        e.EvaluatorAssigned(innovation_id=judged.case.id, person=command.person, waived=duties),
        _seated(judged, command.person, duties),
    )


def declare_conflict(judged: Judged, command: c.DeclareConflict, _now: Circumstances, actor: Actor) -> Facts:
    """Leave the panel for a reason of one's own."""
    return (
        e.ConflictDeclared(innovation_id=judged.case.id, statement=command.statement),
        _released(judged, actor.person),
    )


def replace_evaluator(judged: Judged, command: c.ReplaceEvaluator, now: Circumstances, _actor: Actor) -> Facts:
    """Give somebody's seat to another; whoever has scored keeps it, unless she declared a conflict."""
    seat = judged.evaluation.seat_of(command.person)
    if seat is None or seat.replaced_by is not None:
        raise invalid("evaluation.not_seated", "/person")
    if not seat.replaceable:
        raise invalid("evaluation.already_scored", "/person")
    if not judged.evaluation.can_give(seat):
        raise invalid("evaluation.panel_full", "/person", size=judged.evaluation.panel_size)
    duties = _fit_to_judge(judged, command.replacement, now, "/replacement")
    replaced = e.EvaluatorReplaced(
        innovation_id=judged.case.id,
        person=command.person,
        replacement=command.replacement,
        reason=command.reason,
        waived=duties,
    )
    leaves = (_released(judged, command.person),) if seat.conflict is None else ()
    return (replaced, *leaves, _seated(judged, command.replacement, duties))


def score(judged: Judged, command: c.GiveScores, _now: Circumstances, _actor: Actor) -> Facts:
    """Take scores for every criterion of the evaluation, and no other."""
    criteria = judged.evaluation.criteria
    for criterion in command.scores:
        if criterion not in criteria:
            raise invalid("score.criterion_unknown", f"/scores/{criterion}", known=", ".join(criteria))
    missing = [criterion for criterion in criteria if criterion not in command.scores]
    if missing:
        raise invalid("score.criterion_missing", "/scores", missing=", ".join(missing))
    return (e.Scored(innovation_id=judged.case.id, scores=command.scores),)


def record_discussion(judged: Judged, command: c.RecordDiscussion, _now: Circumstances, _actor: Actor) -> Facts:
    """Keep what the panel said."""
    return (e.DiscussionRecorded(innovation_id=judged.case.id, text=command.text),)


def consolidate(judged: Judged, _command: c.Consolidate, _now: Circumstances, _actor: Actor) -> Facts:
    """Let the scores stand, and tell the case."""
    result = result_of(judged.evaluation)
    return (
        e.EvaluationConsolidated(
            innovation_id=judged.case.id,
            score=result.score,
            spread=result.spread,
            by_criterion=result.by_criterion,
        ),
        Elsewhere(
            stream=judged.case.id,
            body=on_case.EvaluationConsolidated(evaluation=judged.evaluation.id, score=result.score),
        ),
    )


def conclude(judged: Judged, command: of_case.ConcludeEvaluation, now: Circumstances, actor: Actor) -> Facts:
    """Sum up: the case's own decision, seen from the evaluation."""
    return _from_here(judged, conclude_evaluation(judged.case, command, now, actor))


def cancel(judged: Judged, command: of_case.CancelEvaluation, now: Circumstances, actor: Actor) -> Facts:
    """End it without a result: the case's own decision, seen from the evaluation."""
    return _from_here(judged, cancel_evaluation(judged.case, command, now, actor))


def _from_here(judged: Judged, facts: Facts) -> Facts:
    """Turn what the case and this evaluation are told round: here the evaluation is the stream decided on."""
    case = tuple(Elsewhere(stream=judged.case.id, body=fact) for fact in facts if not isinstance(fact, Elsewhere))
    return (*(fact.body for fact in facts if isinstance(fact, Elsewhere)), *case)


def unfit(case: Innovation, person: UUID, capacities: tuple[Capacity, ...], now: Circumstances) -> tuple[Duty, ...]:
    """Give the duties a person would join by judging the case."""
    found = []
    if any(of_agency(capacity.agency, case.agency, now) for capacity in capacities):
        found.append(Duty.EVALUATOR_OWNER_AGENCY)
    if person == case.coach or person in case.parts.get(Part.COACH, frozenset()):
        found.append(Duty.EVALUATOR_COACH)
    return tuple(found)


def _fit_to_judge(judged: Judged, person: UUID, now: Circumstances, pointer: str) -> tuple[str, ...]:
    """Check a person named for the panel; give the duties a waiver lets her join."""
    case, capacities = judged.case, known(person, now, pointer)
    seat = judged.evaluation.seat_of(person)
    if seat is not None:
        raise invalid("evaluation.already_seated", pointer)
    if not any(capacity.role is Role.EVALUATOR for capacity in capacities):
        raise invalid("evaluation.not_an_evaluator", pointer)
    if person in case.parts.get(Part.INNOVATOR, frozenset()):
        raise invalid("evaluation.of_the_team", pointer)
    duties = unfit(case, person, capacities, now)
    not_waived = [duty for duty in duties if not waived(duty, person, case.waivers, now.today)]
    if not_waived:
        raise Refused(*(refused(duty, pointer=pointer) for duty in not_waived))
    return tuple(str(duty) for duty in duties)


def _seated(judged: Judged, person: UUID, duties: tuple[str, ...]) -> Elsewhere:
    body = on_case.EvaluatorAssigned(evaluation=judged.evaluation.id, person=person, waived=duties)
    return Elsewhere(stream=judged.case.id, body=body)


def _released(judged: Judged, person: UUID) -> Elsewhere:
    body = on_case.EvaluatorReleased(evaluation=judged.evaluation.id, person=person)
    return Elsewhere(stream=judged.case.id, body=body)
