"""From a command about a replication to what happens: the rules about input, one pure function per command."""

from __future__ import annotations

from domain.errors import invalid
from domain.innovation import events as on_case
from domain.innovation.decisions.belonging import known, of_agency
from domain.lifecycle import Circumstances, Elsewhere, Facts
from domain.measurement import check_indicators, check_measurement
from domain.people import Actor
from domain.replication import commands as c
from domain.replication import events as e
from domain.replication.state import Copied


def accept(copied: Copied, command: c.Accept, _now: Circumstances, _actor: Actor) -> Facts:
    """Say yes."""
    return (e.ReplicationAccepted(innovation_id=copied.case.id, reason=command.reason),)


def decline(copied: Copied, command: c.Decline, _now: Circumstances, _actor: Actor) -> Facts:
    """Say no."""
    return (e.ReplicationDeclined(innovation_id=copied.case.id, reason=command.reason),)


def agree(copied: Copied, command: c.Agree, _now: Circumstances, _actor: Actor) -> Facts:
    """Name the paper."""
    return (
        e.ReplicationAgreed(
            innovation_id=copied.case.id, agreement=command.agreement, number=command.number, date=command.date
        ),
    )


def plan_adaptation(copied: Copied, command: c.PlanAdaptation, now: Circumstances, _actor: Actor) -> Facts:
    """Keep the plan; the team are officials of the adopter."""
    check_indicators(command.indicators)
    if not command.indicators and not copied.case.indicators:
        raise invalid("replication.indicators_missing", "/indicators")
    agency = copied.replication.adopter_agency
    for n, person in enumerate(command.team):
        if not any(of_agency(capacity.agency, agency, now) for capacity in known(person, now, f"/team/{n}")):
            raise invalid("team.not_of_agency", f"/team/{n}", agency=agency)
    return (
        e.AdaptationPlanned(
            innovation_id=copied.case.id,
            plan=command.plan,
            changes=command.changes,
            team=command.team,
            indicators=command.indicators or tuple(copied.case.indicators.values()),
        ),
    )


def start(copied: Copied, command: c.Start, _now: Circumstances, _actor: Actor) -> Facts:
    """Begin."""
    return (e.ReplicationStarted(innovation_id=copied.case.id, place=command.place, starts_on=command.starts_on),)


def record_milestone(copied: Copied, command: c.RecordMilestone, _now: Circumstances, _actor: Actor) -> Facts:
    """Keep a step that was reached."""
    return (e.MilestoneRecorded(innovation_id=copied.case.id, title=command.title, reached_on=command.reached_on),)


def measure(copied: Copied, command: c.Measure, now: Circumstances, _actor: Actor) -> Facts:
    """Keep a value of a known indicator."""
    check_measurement(command, copied.indicators, now.today)
    return (
        e.MeasurementRecorded(
            innovation_id=copied.case.id,
            indicator=command.indicator,
            value=command.value,
            unit=command.unit,
            method=command.method,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
            people=command.people,
        ),
    )


def conclude(copied: Copied, command: c.Conclude, _now: Circumstances, _actor: Actor) -> Facts:
    """Say what came of it."""
    return (e.ReplicationConcluded(innovation_id=copied.case.id, summary=command.summary),)


def confirm_by_origin(copied: Copied, _command: c.Confirm, _now: Circumstances, _actor: Actor) -> Facts:
    """The origin's word; the second of the two confirms on both streams."""
    own = e.OriginConfirmed(innovation_id=copied.case.id)
    return (own, *(_confirmed(copied) if copied.replication.confirmed_by_adopter else ()))


def confirm_by_adopter(copied: Copied, _command: c.Confirm, _now: Circumstances, _actor: Actor) -> Facts:
    """The adopter's word; the second of the two confirms on both streams."""
    own = e.AdopterConfirmed(innovation_id=copied.case.id)
    return (own, *(_confirmed(copied) if copied.replication.confirmed_by_origin else ()))


def _confirmed(copied: Copied) -> Facts:
    copy = copied.replication
    told = on_case.ReplicationConfirmed(replication=copy.id, adopter=copy.adopter, adopter_region=copy.region)
    return (
        e.ReplicationConfirmed(innovation_id=copied.case.id),
        Elsewhere(stream=copied.case.id, body=told),
    )


def abandon(copied: Copied, command: c.Abandon, _now: Circumstances, _actor: Actor) -> Facts:
    """Give it up with its lesson."""
    return (e.ReplicationAbandoned(innovation_id=copied.case.id, reason=command.reason, lesson=command.lesson),)
