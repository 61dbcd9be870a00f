"""A pilot: started, measured, extended, concluded, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable

from domain.codes import BudgetSource, PilotResult
from domain.errors import invalid
from domain.innovation import commands as c
from domain.innovation import events as e
from domain.innovation.state import Innovation
from domain.lifecycle import Bodies, Circumstances
from domain.measurement import check_indicators, check_measurement
from domain.people import Actor


def start_pilot(_case: Innovation, command: c.StartPilot, _now: Circumstances, _actor: Actor) -> Bodies:
    """Begin the trial."""
    if command.ends_on < command.starts_on:
        raise invalid("input.period_reversed", "/ends_on")
    check_indicators(command.indicators)
    return (
        e.PilotStarted(
            place=command.place,
            target_group=command.target_group,
            indicators=command.indicators,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
            budget_source=command.budget_source,
            budget=command.budget,
        ),
    )


def record_measurement(case: Innovation, command: c.RecordMeasurement, now: Circumstances, _actor: Actor) -> Bodies:
    """Keep a value of a known indicator; a past case may make one known by it."""
    known = case.indicators
    if command.introduces is not None:
        if not case.imported or case.pilot is not None or command.introduces.code in known:
            raise invalid("measure.introduces", "/introduces")
        known = known | {command.introduces.code: command.introduces}
    check_measurement(command, known, now.today)
    return (
        e.MeasurementRecorded(
            indicator=command.indicator,
            value=command.value,
            unit=command.unit,
            method=command.method,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
            people=command.people,
            introduces=command.introduces,
        ),
    )


def record_obstacle(case: Innovation, command: c.RecordObstacle, now: Circumstances, _actor: Actor) -> Bodies:
    """Name an obstacle; it is the owner agency's to deal with unless another one is named."""
    owner = command.owner or case.agency
    if owner not in now.agencies:
        raise invalid("agency.unknown", "/owner", agency=owner)
    return (e.ObstacleRecorded(obstacle=now.new_id(), kind=command.kind, description=command.description, owner=owner),)


def resolve_obstacle(case: Innovation, command: c.ResolveObstacle, _now: Circumstances, _actor: Actor) -> Bodies:
    """Say how an obstacle that stands was overcome."""
    known = case.obstacles.get(command.obstacle)
    if known is None:
        raise invalid("obstacle.unknown", "/obstacle")
    if known.resolution is not None:
        raise invalid("obstacle.already_resolved", "/obstacle")
    return (e.ObstacleResolved(obstacle=command.obstacle, resolution=command.resolution),)


def record_budget_year(_case: Innovation, command: c.RecordBudgetYear, _now: Circumstances, _actor: Actor) -> Bodies:
    """Keep what a year's budget gives."""
    if (command.source is BudgetSource.NONE) != (command.amount == 0):
        raise invalid("budget.source_and_amount", "/amount")
    return (e.BudgetYearRecorded(year=command.year, source=command.source, amount=command.amount),)


def extend_pilot(case: Innovation, command: c.ExtendPilot, now: Circumstances, _actor: Actor) -> Bodies:
    """Let the trial go on: past its end, and all in all no longer than the rulebook lets it."""
    assert case.pilot is not None  # the table's guard
    assert case.pilot_first_end is not None
    if command.ends_on <= case.pilot.ends_on:
        raise invalid("pilot.not_longer", "/ends_on", ends_on=case.pilot.ends_on.isoformat())
    most = now.rulebook.pilot_extension_days_max
    if (command.ends_on - case.pilot_first_end).days > most:
        raise invalid("pilot.extended_too_far", "/ends_on", days=most)
    return (e.PilotExtended(reason=command.reason, ends_on=command.ends_on),)


def conclude_pilot(result: PilotResult) -> Callable[[Innovation, c.ConcludePilot, Circumstances, Actor], Bodies]:
    """Give the decision that ends the trial with this result."""
    return lambda _case, command, _now, _actor: (e.PilotConcluded(reason=command.reason, result=result),)


def approve_rollout(_case: Innovation, command: c.DecideRollout, _now: Circumstances, _actor: Actor) -> Bodies:
    """Take it into use, and open it to others."""
    return (e.RolloutApproved(reason=command.reason),)


def repeat_pilot(_case: Innovation, command: c.DecideRollout, _now: Circumstances, _actor: Actor) -> Bodies:
    """Have it tried again."""
    return (e.PilotRepeated(reason=command.reason),)
