"""What everybody may read of a published case, field by field. What is not taken over here stays inside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from application.streams import INNOVATION, fold
from application.views.decisions import DECISION_VIEW, DecisionRow
from application.views.funnel import FUNNEL
from application.views.view import fold as fold_view
from domain.codes import Outcome, Recommendation
from domain.innovation import events as e
from domain.innovation.profile import Profile
from domain.innovation.state import Innovation
from domain.measurement import Indicator
from domain.people import OFFICES, Role
from domain.record import Body, LegalBasis, Recorded
from domain.value import Value

TOLD: frozenset[type[Body]] = frozenset(
    {
        e.AgencyEndorsed,
        e.PilotApproved,
        e.IdeaRejected,
        e.IdeaDeferred,
        e.PilotExtended,
        e.PilotConcluded,
        e.RolloutApproved,
        e.PilotRepeated,
        e.EvaluationConcluded,
        e.EvaluationCancelled,
        e.InnovationInstitutionalised,
        e.InnovationWidened,
        e.InnovationImproved,
        e.OwnershipTransferred,
        e.InnovationSuspended,
        e.InnovationResumed,
        e.InnovationStopped,
        e.InnovationReopened,
        e.DecisionRescinded,
        e.CasePublished,
    }
)
"""The decisions everybody may read. Left out: what passes between a team and its coach, what
is about a person, corrections, and why a case was taken off the portal."""
TOLD_TYPES = frozenset(body.stored_as for body in TOLD)


class Stay(Value, frozen=True, kw_only=True):
    """A time at one stage; still there when `until` is not known."""

    stage: str
    since: datetime
    until: datetime | None


class Decided(Value, frozen=True, kw_only=True):
    """A decision with its office and its reason. `person` is named only where she sits in an office, or stands in."""

    version: int
    position: int
    type: str
    role: str
    agency: str
    region: str
    person: UUID | None
    letter: str | None
    occurred_on: date
    recorded_at: datetime
    late: bool
    reason: str
    legal_basis: tuple[LegalBasis, ...]
    advised: str | None
    rescinded: bool


class Trial(Value, frozen=True, kw_only=True):
    """Where, for whom, for how long and with whose money it was tried."""

    place: str
    target_group: str
    starts_on: date
    ends_on: date
    budget_source: str
    budget: int | None


class Result(Value, frozen=True, kw_only=True):
    """An indicator and what was measured, oldest first: the last day of the period and the value."""

    indicator: Indicator
    measured: tuple[tuple[date, float], ...]


class Judgement(Value, frozen=True, kw_only=True):
    """What a concluded evaluation found."""

    score: str
    recommendation: Recommendation


class Kit(Value, frozen=True, kw_only=True):
    """What others need to copy it."""

    guide: str
    cost: int
    people_needed: str
    contact_office: str
    lessons: str


class Published(Value, frozen=True, kw_only=True):
    """A case as everybody may read it."""

    case_number: str | None
    version: int
    position: int
    region: str
    agency: str
    source: str | None
    profile: Profile
    stage: str
    outcome: Outcome | None
    suspended: bool
    stays: tuple[Stay, ...]
    decisions: tuple[Decided, ...]
    legal_bases: tuple[LegalBasis, ...]
    partners: tuple[str, ...]
    trial: Trial | None
    results: tuple[Result, ...]
    copies: tuple[tuple[str, str], ...]
    judgement: Judgement | None
    kit: Kit | None
    lesson: str | None


def published(events: Sequence[Recorded]) -> Published | None:
    """Give what everybody may read of a case, None when it is not published now."""
    case = fold(INNOVATION, events)
    return _told(case, events) if case is not None and case.published else None


def if_published(events: Sequence[Recorded]) -> Published | None:
    """Give what everybody could read of a case were it published as it is now, None when there is none."""
    case = fold(INNOVATION, events)
    return _told(case, events) if case is not None else None


def _told(case: Innovation, events: Sequence[Recorded]) -> Published:
    return Published(
        case_number=case.case_number,
        version=case.version,
        position=case.position,
        region=case.region,
        agency=case.agency,
        source=case.source,
        profile=case.profile,
        stage=case.place.stage.value,
        outcome=case.outcome,
        suspended=case.suspended,
        stays=_stays(case, events),
        decisions=_decisions(events),
        legal_bases=tuple(basis for _, basis in sorted(case.legal_bases.items())),
        partners=tuple(agency for agency, partner in sorted(case.partners.items()) if partner.accepted),
        trial=_trial(case),
        results=_results(case),
        copies=tuple((copy.adopter, copy.adopter_region) for copy in case.confirmed),
        judgement=_judgement(case),
        kit=_kit(case),
        lesson=case.lesson if case.outcome is Outcome.STOPPED else None,
    )


def _stays(case: Innovation, events: Sequence[Recorded]) -> tuple[Stay, ...]:
    """Give the stages a case went through, each once for every time it came there."""
    stays = fold_view(FUNNEL, events)[(case.id,)].stays
    runs = [tuple(run) for _, run in groupby(stays, key=lambda stay: stay.stage)]
    return tuple(Stay(stage=run[0].stage, since=run[0].since, until=run[-1].until) for run in runs)


def _decisions(events: Sequence[Recorded]) -> tuple[Decided, ...]:
    """Give the decisions everybody may read, oldest first; of a rescinding only when what it rescinds is told too."""
    rows = fold_view(DECISION_VIEW, events)
    told = {row.version for row in rows.values() if row.type in TOLD_TYPES}
    told -= {
        recorded.version
        for recorded in events
        if isinstance(recorded.body, e.DecisionRescinded) and recorded.body.decision not in told
    }
    return tuple(_decided(row) for row in sorted(rows.values(), key=lambda row: row.version) if row.version in told)


def _decided(row: DecisionRow) -> Decided:
    return Decided(
        version=row.version,
        position=row.position,
        type=row.type,
        role=row.role,
        agency=row.agency,
        region=row.region,
        person=row.person if Role(row.role) in OFFICES else None,
        letter=row.letter,
        occurred_on=row.occurred_on,
        recorded_at=row.recorded_at,
        late=row.late,
        reason=row.reason,
        legal_basis=row.legal_basis,
        advised=row.advised,
        rescinded=row.rescinded_by is not None,
    )


def _trial(case: Innovation) -> Trial | None:
    if (pilot := case.pilot) is None:
        return None
    return Trial(
        place=pilot.place,
        target_group=pilot.target_group,
        starts_on=pilot.starts_on,
        ends_on=pilot.ends_on,
        budget_source=pilot.budget_source.value,
        budget=pilot.budget,
    )


def _results(case: Innovation) -> tuple[Result, ...]:
    measured = sorted(case.measurements.items())
    return tuple(
        Result(
            indicator=indicator,
            measured=tuple(sorted((m.ends_on, m.value) for _, m in measured if m.indicator == code)),
        )
        for code, indicator in sorted(case.indicators.items())
    )


def _judgement(case: Innovation) -> Judgement | None:
    judged = case.evaluation
    if judged is None or judged.recommendation is None or judged.score is None:
        return None
    return Judgement(score=str(judged.score), recommendation=judged.recommendation)


def _kit(case: Innovation) -> Kit | None:
    return Kit(**{name: getattr(case.kit, name) for name in Kit.__struct_fields__}) if case.kit else None
