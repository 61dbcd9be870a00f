"""The questions asked of one case: how it stands, what happened, what changed between two versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from application.streams import EVALUATION, INNOVATION, REPLICATION, Stream, fold
from application.views.decisions import DECISIONS, is_late
from domain.evaluation.events import Scored
from domain.evaluation.state import Evaluation
from domain.innovation.profile import PROFILE_FIELDS
from domain.innovation.state import Innovation
from domain.record import Recorded
from domain.replication.state import Replication


def document(case: Innovation) -> dict[str, Any]:
    """Give a case as JSON: the profile's fields flat, people as ids, what is not known as null."""
    pilot = msgspec.to_builtins(case.pilot) if case.pilot else None
    return {
        **summary(case),
        "suspended": case.suspended,
        "review_on": msgspec.to_builtins(case.standing.review_on),
        "lead": msgspec.to_builtins(case.lead),
        "team": sorted(str(person) for person in case.team),
        "coach": msgspec.to_builtins(case.coach),
        "parts": {part.value: sorted(map(str, people)) for part, people in sorted(case.parts.items())},
        "parts_unknown": sorted(case.unknown_parts),
        "waivers": msgspec.to_builtins(case.waivers),
        "revision_notes": msgspec.to_builtins(case.notes),
        "evidence": [_evidence(item) for item in sorted(case.evidence.values(), key=lambda item: item.version)],
        "legal_bases": [msgspec.to_builtins(basis) for _, basis in sorted(case.legal_bases.items())],
        "plans": _by_version(case.plans),
        "budget_years": _by_version(case.budget_years),
        "dependencies": _by_version(case.dependencies),
        "obstacles": [
            {**_plain(obstacle.fact), "resolution": obstacle.resolution}
            for _, obstacle in sorted(case.obstacles.items())
        ],
        "partners": [msgspec.to_builtins(partner) for _, partner in sorted(case.partners.items())],
        "offered_to": case.offered_to,
        "pilot": pilot,
        "indicators": [msgspec.to_builtins(indicator) for _, indicator in sorted(case.indicators.items())],
        "measurements": _by_version(case.measurements),
        "replications": [str(replication) for replication in case.replications],
        "replications_confirmed": [str(confirmed.replication) for confirmed in case.confirmed],
        "evaluation": msgspec.to_builtins(case.evaluation),
        "published": case.published,
        "lesson": case.lesson,
        "imported": case.imported,
        "source": case.source,
    }


def summary(case: Innovation) -> dict[str, Any]:
    """Give what everybody who is signed in may read once its kit is published: profile, stage and kit."""
    known = msgspec.to_builtins(case.profile)
    return {
        "id": str(case.id),
        "case_number": case.case_number,
        "version": case.version,
        "region": case.region,
        "agency": case.agency,
        "stage": case.place.stage.value,
        "status": case.place.status,
        "outcome": case.outcome,
        **{name: known.get(name) for name in PROFILE_FIELDS},
        "kit": _plain(case.kit) if case.kit else None,
    }


def replication_document(copy: Replication) -> dict[str, Any]:
    """Give a replication as JSON."""
    return {**_plain(copy), "team": sorted(str(person) for person in copy.team)}


def evaluation_document(judging: Evaluation) -> dict[str, Any]:
    """Give an evaluation as JSON, with everybody's scores."""
    return _plain(judging)


def concealed(judging: dict[str, Any], person: UUID) -> dict[str, Any]:
    """Give an evaluation as somebody may read it: until the scores are consolidated everybody knows only her own."""
    if judging["result"] is not None:
        return judging
    seats = [
        seat
        if seat["person"] == str(person) or seat["scores"] is None
        else {**seat, "scores": dict.fromkeys(seat["scores"])}
        for seat in judging["seats"]
    ]
    return {**judging, "seats": seats}


DOCUMENTS: Mapping[Any, Callable[[Any], dict[str, Any]]] = {
    INNOVATION.evolve: document,
    REPLICATION.evolve: replication_document,
    EVALUATION.evolve: evaluation_document,
}


def _by_version(facts: Any) -> list[dict[str, Any]]:
    return [{"version": version, **_plain(fact)} for version, fact in sorted(facts.items())]


def _evidence(item: Any) -> dict[str, Any]:
    return {"version": item.version, "withdrawn": item.withdrawn, **_plain(item.fact)}


def _plain(struct: msgspec.Struct) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(struct)
    return plain


def history(
    kind: Stream[Any],
    events: Sequence[Recorded],
    shown: Callable[[dict[str, Any]], dict[str, Any]] = dict,
    *,
    after: int = 0,
) -> list[dict[str, Any]]:
    """Give every event of a stream as one entry, oldest first, with what it changed of what is `shown`.

    Events up to version `after` are only folded.
    """
    told = DOCUMENTS[kind.evolve]
    state = fold(kind, events[:after])
    before = shown(told(state)) if state is not None else {}
    entries = []
    for recorded in events[after:]:
        state = kind.evolve(state, recorded)
        now = shown(told(state))
        entries.append(entry_of(recorded, difference(before, now), state))
        before = now
    return entries


def history_read_by(person: UUID, kind: Stream[Any], events: Sequence[Recorded], now: Any) -> list[dict[str, Any]]:
    """Give the history of a stream as somebody may read it: of an evaluation without a result only her own scores."""
    if kind is not EVALUATION or now.result is not None:
        return history(kind, events)
    entries = history(kind, events, lambda judging: concealed(judging, person))
    return [
        {**entry, "body": {}, "changes": {}}
        if entry["type"] == Scored.stored_as and entry["actor"]["person"] != str(person)
        else entry
        for entry in entries
    ]


def entry_of(recorded: Recorded, changes: dict[str, Any], state: Any) -> dict[str, Any]:
    """Give an event as an entry of a history: with what it changed, and the state after it."""
    body = recorded.body
    deciding = isinstance(body, DECISIONS)
    return {
        "version": recorded.version,
        "position": recorded.position,
        "type": body.stored_as,
        "occurred_on": recorded.occurred_on.isoformat(),
        "recorded_at": msgspec.to_builtins(recorded.recorded_at),
        "late": is_late(recorded),
        "actor": msgspec.to_builtins(recorded.actor),
        "decision": deciding,
        "reason": getattr(body, "reason", None),
        "note": body.note,
        "evidence": [str(item) for item in body.evidence],
        "legal_basis": msgspec.to_builtins(body.legal_basis),
        "waived": list(body.waived),
        "parts_unknown": sorted(state.unknown_parts) if deciding and isinstance(state, Innovation) else [],
        "rulebook": msgspec.to_builtins(recorded.envelope.rulebook),
        "body": msgspec.to_builtins(body),
        "changes": changes,
        "sealed": False,
    }


UNTOLD = {"version"}


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Give each field that differs as `[before, after]`."""
    return {
        name: [before.get(name), after[name]]
        for name in after
        if name not in UNTOLD and before.get(name) != after[name]
    }


def at_version(events: Sequence[Recorded], version: int) -> Innovation | None:
    """Give the case as it stood at a version."""
    return fold(INNOVATION, [recorded for recorded in events if recorded.version <= version])
