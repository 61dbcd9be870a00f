"""Suspended, resumed, stopped, reopened; a decision taken back."""

from __future__ import annotations

from domain.codes import Place
from domain.innovation import commands as c
from domain.innovation import events as e
from domain.innovation.decisions.belonging import check_ahead
from domain.innovation.state import Innovation
from domain.lifecycle import Bodies, Circumstances
from domain.people import Actor


def suspend(_case: Innovation, command: c.Suspend, now: Circumstances, _actor: Actor) -> Bodies:
    """Let the case rest until a date ahead."""
    check_ahead(command.review_on, now, "/review_on")
    return (e.InnovationSuspended(reason=command.reason, review_on=command.review_on),)


def resume(_case: Innovation, command: c.Resume, _now: Circumstances, _actor: Actor) -> Bodies:
    """Let the case go on."""
    return (e.InnovationResumed(reason=command.reason),)


def stop(case: Innovation, command: c.Stop, _now: Circumstances, _actor: Actor) -> Bodies:
    """End the case with its lesson; on an evaluation, also with what that had advised."""
    advised = case.evaluation.recommendation if case.evaluation and case.place is Place.EVALUATION_CONCLUDED else None
    return (
        e.InnovationStopped(
            reason=command.reason, reason_code=command.reason_code, lesson=command.lesson, advised=advised
        ),
    )


def reopen(case: Innovation, command: c.Reopen, _now: Circumstances, _actor: Actor) -> Bodies:
    """Open a closed case again: a rejected one for revision, a stopped one where it was left."""
    if case.place is Place.CLOSED_STOPPED and case.left:
        return (e.InnovationReopened(reason=command.reason, place=case.left.place, outcome=case.left.outcome),)
    return (e.InnovationReopened(reason=command.reason, place=Place.IDEA_REVISION),)


def rescind(case: Innovation, command: c.RescindDecision, _now: Circumstances, _actor: Actor) -> Bodies:
    """Take back the last decision; the case stands as it stood before it."""
    assert case.last_turn is not None  # the table's guard
    before = case.last_turn.before
    return (
        e.DecisionRescinded(
            decision=case.last_turn.version,
            place=before.place,
            suspended=before.suspended,
            outcome=before.outcome,
            reason=command.reason,
            letter=command.letter,
        ),
    )
